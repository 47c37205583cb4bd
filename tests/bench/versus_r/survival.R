at_1000 <- function(fit) {
  value <- summary(fit, times = 1000, extend = TRUE)
  sum(value$surv) + sum(value$std.err)
}

# `summary` for the figure is outside what the library is compared with, but
# takes little beside survfit.
timings <- function(data) {
  status <- as.integer(data$event > 0)
  both <- function(y) {
    fit <- survfit(y ~ group, data = data)
    test <- survdiff(y ~ group, data = data)
    at_1000(fit) + test$chisq
  }
  time("curves and log-rank, whole days",
       function() both(Surv(data$day, status)))
  time("curves and log-rank, continuous",
       function() both(Surv(data$time, status)))
  time("log-rank by 50 sites, whole days", function() {
    survdiff(Surv(day, status) ~ group + strata(site), data = data)$chisq
  })
  time("curves with late entry, whole days", function() {
    at_1000(survfit(Surv(entry, day, status) ~ group, data = data))
  })
  time("curves with weights, whole days", function() {
    at_1000(survfit(Surv(day, status) ~ group, data = data, weights = weight))
  })
}
