at_1000 <- function(fit) {
  value <- timepoints(fit, 1000)
  sum(value$est) + sum(sqrt(value$var)) + sum(fit$Tests[, "stat"])
}

# cuminc gives curves, their variance and Gray's test in one call; `timepoints`
# for the figure takes little beside it.
timings <- function(data) {
  time("curves and Gray's test, whole days",
       function() at_1000(cuminc(data$day, data$event, data$group)))
  time("curves and Gray's test, continuous",
       function() at_1000(cuminc(data$time, data$event, data$group)))
  time("the same by 50 sites, whole days", function() {
    at_1000(cuminc(data$day, data$event, data$group, data$site))
  })
}
