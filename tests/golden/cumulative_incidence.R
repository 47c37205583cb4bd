# Estimate and variance of each cause from cmprsk::cuminc, at every time of the
# group and halfway between times.
source("golden.R")

rows <- NULL
for (name in cause_sets) {
  data <- read_data(name)
  for (group in sort(unique(data$group))) {
    one <- data[data$group == group, ]
    seen <- sort(unique(one$time))
    asked <- sort(unique(c(seen, head(seen, -1) + diff(seen) / 2)))
    asked <- asked[asked >= 0]
    fit <- cuminc(one$time, one$cause, cencode = 0)
    value <- timepoints(fit, asked)
    for (i in seq_len(nrow(value$est))) {
      rows <- rbind(rows, data.frame(
        dataset = name, group = group,
        cause = as.integer(sub(".* ", "", rownames(value$est)[i])),
        time = asked, incidence = value$est[i, ],
        variance = value$var[i, ]))
    }
  }
}
# Between its events a cause has one value: keep where anything changes, and
# every tenth row for the times between.
first <- !duplicated(rows[c("dataset", "group", "cause", "incidence")])
rows <- rows[first | seq_len(nrow(rows)) %% 10 == 0, ]
write_golden(rows, "cumulative_incidence", "cumulative_incidence.R", cause_sets)
