# crr is O(n^2): more than some thousand rows take minutes.
timings <- function(data) {
  x <- as.matrix(data[paste0("x", 1:3)])
  time("crr, 3 covariates, whole days", function() {
    fit <- crr(data$day, data$event, x)
    sum(fit$coef) + sum(sqrt(diag(fit$var)))
  }, repeats = 1)
  time("finegray and coxph, 3 covariates, whole days", function() {
    data$id <- seq_len(nrow(data))
    data$state <- factor(data$event, 0:2)
    long <- finegray(Surv(day, state) ~ x1 + x2 + x3 + id, data, etype = "1")
    fit <- coxph(Surv(fgstart, fgstop, fgstatus) ~ x1 + x2 + x3, long,
                 weights = fgwt, cluster = id)
    sum(fit$coefficients) + sum(sqrt(diag(fit$var)))
  }, repeats = 1)
}
