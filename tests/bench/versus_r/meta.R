suppressPackageStartupMessages(library(metafor))

# Studies of 100 rows or more, at most 1,000: the mean of x5 in each.
timings <- function(data) {
  k <- min(1000L, nrow(data) %/% 100L)
  study <- seq_len(nrow(data)) %% k
  score <- data$x5 + 0.02 * sin(study)
  n <- tabulate(study + 1L, k)
  mean <- as.vector(rowsum(score, study)) / n
  error <- sqrt((as.vector(rowsum(score^2, study)) - n * mean^2) / (n - 1) / n)
  time("REML, Hartung-Knapp, Q profile, prediction", function() {
    fit <- rma(mean, sei = error, test = "knha",
               control = list(threshold = 1e-12, maxiter = 1000))
    profile <- confint(fit, control = list(tol = 1e-12))$random
    new <- predict(fit)
    fit$beta[[1]] + fit$se + fit$k * sum(profile[1, ]) + new$pi.lb +
      new$pi.ub + fit$QE / fit$k
  })
  time("DerSimonian-Laird", function() {
    fit <- rma(mean, sei = error, method = "DL")
    fit$beta[[1]] + fit$se + fit$tau2
  })
}
