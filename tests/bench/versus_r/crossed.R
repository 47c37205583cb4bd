suppressPackageStartupMessages(library(lmerTest))

timings <- function(data) {
  data$many <- data$cluster %% 500L
  data$score <- 50 + 5 * sin(data$many) + 3 * cos(2.3 * data$site) + data$x1 +
    8 * data$x5
  time("intercepts by group, crossed with site", function() {
    fit <- lmer(score ~ x1 + (1 | many) + (1 | site), data)
    sum(coef(summary(fit))[, 1:2]) + sum(as.data.frame(VarCorr(fit))$vcov)
  }, repeats = 1)
}
