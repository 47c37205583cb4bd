# Infinitesimal jackknife standard errors of survival::survfit of several
# states: plain, with case weights, with late entry, with both.
source("golden.R")

sets <- c("cr_colon", "cr_mgus2", "cr_mgus2_age", "cr_pbc", "cr_transplant")
rows <- NULL
for (name in sets) {
  data <- read_data(name)
  data$id <- seq_len(nrow(data))
  causes <- seq_len(max(data$cause))
  data$state <- factor(data$cause, c(0, causes), c("none", causes))
  for (weighted in c(FALSE, if (!is.null(data$weight)) TRUE)) {
    data$w <- if (weighted) data$weight else 1
    for (group in sort(unique(data$group))) {
      one <- data[data$group == group, ]
      fit <- if (is.null(one$entry)) {
        survfit(Surv(time, state) ~ 1, one, weights = w)
      } else {
        survfit(Surv(entry, time, state) ~ 1, one, id = id, weights = w)
      }
      for (cause in causes) {
        column <- match(as.character(cause), fit$states)
        kept <- !duplicated(fit$std.err[, column]) |
          seq_along(fit$time) %% 10 == 0
        rows <- rbind(rows, data.frame(
          dataset = name, weighted = as.integer(weighted), group = group,
          cause = cause, time = fit$time,
          incidence = fit$pstate[, column],
          stdError = fit$std.err[, column])[kept, ])
      }
    }
  }
}
# A third of the rows keeps the file small.
rows <- rows[seq_len(nrow(rows)) %% 3 == 1, ]
write_golden(rows, "incidence_jackknife", "incidence_jackknife.R", sets)
