# Curves, quantiles and values at asked times from survival::survfit.
source("golden.R")

probabilities <- c(0.1, 0.25, 0.5, 0.75, 0.9)
transforms <- c("log-log", "log", "plain")

fit_group <- function(data, transform, conf_level) {
  response <- if ("entry" %in% names(data)) {
    with(data, Surv(entry, time, cause > 0))
  } else {
    with(data, Surv(time, cause > 0))
  }
  # Grouped, so that ties are fixed over all groups at once.
  survfit(response ~ data$group, conf.type = transform, conf.int = conf_level)
}

# One curve per group; survfit drops the strata of a single group.
curves <- function(fit, groups) {
  lapply(seq_along(groups),
         function(i) if (length(groups) > 1) fit[i] else fit)
}

curve_rows <- function(name, group, fits) {
  fit <- fits[["log-log"]]
  rows <- data.frame(
    dataset = name, group = group, time = fit$time, at_risk = fit$n.risk,
    events = fit$n.event, censored = fit$n.censor, survival = fit$surv,
    cumulative_hazard = fit$cumhaz, std_error = fit$std.err * fit$surv)
  for (transform in transforms) {
    suffix <- sub("-", "", transform)
    rows[[paste0("lower_", suffix)]] <- fits[[transform]]$lower
    rows[[paste0("upper_", suffix)]] <- fits[[transform]]$upper
  }
  rows
}

quantile_rows <- function(name, group, fits) {
  do.call(rbind, lapply(transforms, function(transform) {
    q <- quantile(fits[[transform]], probabilities)
    data.frame(dataset = name, group = group, transform = transform,
               probability = probabilities, estimate = as.vector(q$quantile),
               lower = as.vector(q$lower), upper = as.vector(q$upper))
  }))
}

# Before the first time, at times, between them, and beyond the last, where R
# answers only when told to: kept where the curve is at 0.
at_times_rows <- function(name, group, fit) {
  last <- max(fit$time)
  inside <- sort(unique(c(0, min(fit$time) / 2, min(fit$time), last,
                          quantile(fit$time, c(0.2, 0.5, 0.8), type = 1),
                          last * c(0.1, 0.33, 0.5, 0.77, 0.95))))
  times <- c(inside, last * 1.5)
  value <- summary(fit, times = times, extend = TRUE)
  rows <- data.frame(dataset = name, group = group, time = times,
                     at_risk = value$n.risk, survival = value$surv,
                     std_error = value$std.err, lower = value$lower,
                     upper = value$upper)
  gone <- rows$time > last & rows$survival > 0
  rows[gone, c("at_risk", "survival", "std_error", "lower", "upper")] <- NA
  rows
}

curve <- quantiles <- at_times <- NULL
for (name in c(event_sets, entry_sets)) {
  data <- read_data(name)
  groups <- sort(unique(data$group))
  by_transform <- lapply(setNames(transforms, transforms), function(transform) {
    curves(fit_group(data, transform, 0.95), groups)
  })
  for (i in seq_along(groups)) {
    fits <- lapply(by_transform, `[[`, i)
    curve <- rbind(curve, curve_rows(name, groups[i], fits))
    quantiles <- rbind(quantiles, quantile_rows(name, groups[i], fits))
    # R counts late entries into the risk set before they happen, so values
    # between its times are not compared there.
    if (!name %in% entry_sets) {
      at_times <- rbind(at_times,
                        at_times_rows(name, groups[i], fits[["log-log"]]))
    }
  }
}
sets <- c(event_sets, entry_sets)
write_golden(curve, "kaplan_meier", "kaplan_meier.R", sets)
write_golden(quantiles, "survival_quantiles", "kaplan_meier.R", sets)
write_golden(at_times, "survival_at_times", "kaplan_meier.R", event_sets)
