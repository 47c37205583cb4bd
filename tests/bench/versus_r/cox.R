# coxph has no fit without concordance: one run more is held against ours
# without it.
timings <- function(data) {
  status <- as.integer(data$event > 0)
  figure <- function(fit) sum(coef(fit)) + sum(sqrt(diag(vcov(fit))))
  x <- ~ . + x1 + x2 + x3 + x4 + x5 + x6
  fit <- function(formula) figure(coxph(update(formula, x), data = data))
  time("Cox, whole days", function() fit(Surv(day, status) ~ 1), 1)
  time("Cox, whole days, without concordance",
       function() fit(Surv(day, status) ~ 1), 1)
  time("Cox by 50 sites, whole days",
       function() fit(Surv(day, status) ~ strata(site)), 1)
  time("Cox, continuous", function() fit(Surv(time, status) ~ 1), 1)
}
