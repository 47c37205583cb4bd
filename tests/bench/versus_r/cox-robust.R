# Minutes at 100,000 rows: run it with -n 20000 or -n 100000.
timings <- function(data) {
  status <- as.integer(data$event > 0)
  time("Cox, robust by cluster", function() {
    fit <- coxph(Surv(day, status) ~ x1 + x2 + x3 + x4 + x5 + x6, data = data,
                 cluster = cluster)
    sum(coef(fit)) + sum(sqrt(diag(vcov(fit))))
  }, 1)
}
