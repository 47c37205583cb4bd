# Curves with the other options of survival::survfit: logit and arcsin limits,
# tied hazards, survival from the hazard; and with case weights, whole and not.
source("golden.R")

option_sets <- c("flat", "leukemia_x", "lung_sex", "kidney_disease",
                 "ovarian_rx", "heart_transplant", "veteran_celltype")
weight_sets <- c("ovarian_rx", "kidney_disease", "veteran_weight",
                 "heart_weight", "myeloma_year", "gbsg_grade", "flchain_flc",
                 "colon_rx")

response <- function(data) {
  if ("entry" %in% names(data)) {
    with(data, Surv(entry, time, cause > 0))
  } else {
    with(data, Surv(time, cause > 0))
  }
}

fit <- function(data, ..., weighted = FALSE) {
  y <- response(data)
  if (weighted) {
    survfit(y ~ data$group, weights = data$weight, ...)
  } else {
    survfit(y ~ data$group, ...)
  }
}

# Standard errors on the scale of survival, whichever scale R stores.
std_error <- function(f) if (f$logse) f$std.err * f$surv else f$std.err

group_of <- function(f) {
  rep(sub("^data\\$group=", "", names(f$strata)), f$strata)
}

# With one group survfit has no strata; none of these sets has.
limits <- function(rows, data, transforms, ...) {
  for (transform in transforms) {
    f <- fit(data, conf.type = transform, ...)
    suffix <- sub("-", "", transform)
    rows[[paste0("lower_", suffix)]] <- f$lower
    rows[[paste0("upper_", suffix)]] <- f$upper
  }
  rows
}

option_rows <- function(name) {
  data <- read_data(name)
  f <- fit(data)
  tied <- fit(data, ctype = 2)
  exponent <- fit(data, stype = 2, ctype = 1)
  tied_exponent <- fit(data, stype = 2, ctype = 2, conf.type = "log-log")
  rows <- data.frame(
    dataset = name, group = group_of(f), time = f$time,
    hazard_std_error = f$std.chaz, tied_hazard = tied$cumhaz,
    tied_std_error = tied$std.chaz, exponent_survival = exponent$surv,
    exponent_std_error = std_error(exponent),
    tied_survival = tied_exponent$surv, tied_lower = tied_exponent$lower,
    tied_upper = tied_exponent$upper)
  limits(rows, data, c("logit", "arcsin"))
}

weight_rows <- function(name) {
  data <- read_data(name)
  f <- fit(data, weighted = TRUE)
  rows <- data.frame(
    dataset = name, group = group_of(f), time = f$time, at_risk = f$n.risk,
    events = f$n.event, censored = f$n.censor, survival = f$surv,
    std_error = std_error(f), cumulative_hazard = f$cumhaz,
    hazard_std_error = f$std.chaz)
  rows <- limits(rows, data, c("log-log", "plain", "arcsin"), weighted = TRUE)
  # With entries and a robust error survfit also lists times without counts.
  rows <- rows[rows$events + rows$censored > 0, ]
  # Every point of a long curve says the same: a fourth is enough.
  if (nrow(rows) > 150) rows <- rows[seq(1, nrow(rows), 4), ]
  rows
}

median_rows <- function(name) {
  data <- read_data(name)
  do.call(rbind, lapply(c("log-log", "log", "plain"), function(transform) {
    f <- fit(data, weighted = TRUE, conf.type = transform)
    q <- quantile(f, c(0.25, 0.5))
    data.frame(dataset = name,
               group = rep(sub("^data\\$group=", "", names(f$strata)), 2),
               transform = transform,
               probability = rep(c(0.25, 0.5), each = length(f$strata)),
               estimate = as.vector(q$quantile), lower = as.vector(q$lower),
               upper = as.vector(q$upper))
  }))
}

write_golden(do.call(rbind, lapply(option_sets, option_rows)),
             "survival_options", "survival_curves.R", option_sets)
write_golden(do.call(rbind, lapply(weight_sets, weight_rows)),
             "survival_weighted", "survival_curves.R", weight_sets)
write_golden(do.call(rbind, lapply(weight_sets, median_rows)),
             "survival_weighted_quantiles", "survival_curves.R", weight_sets)
