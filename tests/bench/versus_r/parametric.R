timings <- function(data) {
  event <- data$event > 0
  # Known at the day, or between visits every 90 days. R takes no row that is
  # open at both ends: of those censored before the first visit only n is told.
  data$before <- 90 * floor((data$day - 1) / 90)
  data$by <- ifelse(event, data$before + 90, NA)
  data$before[data$before == 0] <- NA
  data$status <- as.integer(event)
  visited <- data[!(is.na(data$before) & is.na(data$by)), ]
  fit <- function(response, data, distribution) {
    fit <- survreg(update(response, . ~ x1 + x2 + x3 + x4 + x5 + x6), data,
                   dist = distribution)
    p <- seq_along(coef(fit))
    sum(coef(fit)) + sum(sqrt(diag(fit$var))[p]) + fit$scale
  }
  time("Weibull", function() fit(Surv(day, status) ~ 1, data, "weibull"))
  time("log-normal", function() fit(Surv(day, status) ~ 1, data, "lognormal"))
  time("log-logistic, visits", function() {
    fit(Surv(before, by, type = "interval2") ~ 1, visited, "loglogistic")
  })
}
