# nlme::gls has no degrees of freedom of its own: it is timed to the fit, once,
# for it takes minutes.
library(nlme)

timings <- function(data) {
  visit <- (seq_len(nrow(data)) - 1) %% 10
  first <- seq_len(nrow(data)) - visit
  error <- 8 * data$x5[first]
  for (v in 1:9) {
    error[visit >= v] <- (0.6 * error + (5 + visit) * data$x5[first + v])[
      visit >= v]
  }
  group <- data$group[first] %% 2
  trial <- data.frame(
    subject = (seq_len(nrow(data)) - 1) %/% 10, visit = visit, place = visit + 1,
    group = group, baseline = data$x2[first],
    response = data$x2[first] / 2 + 2 * visit + 0.3 * group * visit + error +
      10 * data$x3[first])
  trial <- trial[visit == 0 | data$weight >= 0.45, ]
  fit <- function() {
    fit <- gls(response ~ baseline + factor(visit) * factor(group), trial,
               corSymm(form = ~place | subject),
               weights = varIdent(form = ~1 | place),
               control = glsControl(maxIter = 200, msMaxIter = 1000,
                                    opt = "optim"))
    sum(coef(fit)) + sum(sqrt(diag(vcov(fit))))
  }
  time("unstructured, Satterthwaite", fit, repeats = 1)
}
