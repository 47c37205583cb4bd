timings <- function(data) {
  data$death <- as.integer(data$event == 1)
  data$log_time <- log(data$time)
  data$count <- floor(data$day / 365)
  fit <- function(formula, family) {
    fit <- glm(formula, family, data)
    sum(coef(fit)) + sum(sqrt(diag(vcov(fit))))
  }
  time("logistic, 10 covariates", function() {
    fit(death ~ x1 + x2 + x3 + x4 + x5 + x6 + site + group + log_time + weight,
        binomial)
  })
  time("Poisson, 6 covariates", function() {
    fit(count ~ x1 + x2 + x3 + x4 + x5 + x6, poisson)
  })
}
