suppressPackageStartupMessages(library(lmerTest))

timings <- function(data) {
  data$thousand <- data$cluster %% 1000L
  score <- function(group) {
    50 + 5 * sin(group) + (1 + 0.3 * cos(1.7 * group)) * data$x3 + 8 * data$x5
  }
  data$score <- score(data$thousand)
  data$other <- score(data$cluster)
  # Degrees of freedom as well, as ours have them.
  fit <- function(formula) {
    fit <- lmer(formula, data)
    table <- coef(summary(fit))
    variances <- as.data.frame(VarCorr(fit))
    sum(table[, 1:2]) + sum(variances$vcov[is.na(variances$var2)])
  }
  time("intercepts of 1,000 groups", function() {
    fit(score ~ x1 + x2 + x3 + (1 | thousand))
  }, repeats = 1)
  time("intercepts and slopes of 1,000 groups", function() {
    fit(score ~ x1 + x2 + x3 + (x3 | thousand))
  }, repeats = 1)
  time("intercepts and slopes, groups of 10", function() {
    fit(other ~ x1 + x2 + x3 + (x3 | cluster))
  }, repeats = 1)
}
