# Restricted means from summary(survfit, rmean), and their contrasts by the
# formulas of survRM2::rmst2 (Uno et al. 2014) from these. Follow-up: the median
# of survfit with the status reversed. Landmark: survfit of those beyond it.
source("golden.R")

sets <- c("flat", "leukemia_x", "lung_sex", "veteran_celltype",
          "heart_transplant", "ovarian_rx", "kidney_disease", "myeloma_year",
          "gbsg_grade", "flchain_flc", "colon_rx", "heart_weight")
contrast_columns <- c("difference", "difference_lower", "difference_upper",
                      "difference_p", "ratio", "ratio_lower", "ratio_upper",
                      "ratio_p", "lost_ratio", "lost_ratio_lower",
                      "lost_ratio_upper", "lost_ratio_p")

response <- function(data, status) {
  if ("entry" %in% names(data)) {
    Surv(data$entry, data$time, status)
  } else {
    Surv(data$time, status)
  }
}

tail_p <- function(z) 2 * pnorm(-abs(z))

# No logarithm where nothing is lost.
log_ratio <- function(a, a_se, b, b_se) {
  if (a <= 0 || b <= 0) return(rep(NA, 4))
  log_value <- log(a / b)
  se <- sqrt((a_se / a)^2 + (b_se / b)^2)
  c(exp(log_value), exp(log_value - z * se), exp(log_value + z * se),
    tail_p(log_value / se))
}

z <- qnorm(0.975)

# Each group against the first.
contrasts <- function(mean, se, tau) {
  t(sapply(seq_along(mean), function(i) {
    if (i == 1) return(rep(NA, 12))
    d <- mean[i] - mean[1]
    d_se <- sqrt(se[i]^2 + se[1]^2)
    c(d, d - z * d_se, d + z * d_se, tail_p(d / d_se),
      log_ratio(mean[i], se[i], mean[1], se[1]),
      log_ratio(tau - mean[i], se[i], tau - mean[1], se[1]))
  }))
}

rows <- NULL
for (name in sets) {
  data <- read_data(name)
  weights <- if ("weight" %in% names(data)) data$weight else rep(1, nrow(data))
  y <- response(data, data$cause > 0)
  fit <- survfit(y ~ data$group, weights = weights)
  last <- max(data$time)
  for (tau in c(last * c(0.31, 0.8, 1.2), NA)) {
    rmean <- if (is.na(tau)) "common" else tau
    table <- summary(fit, rmean = rmean)$table
    mean <- unname(table[, "rmean"])
    se <- unname(table[, "se(rmean)"])
    horizon <- if (is.na(tau)) last else tau
    values <- contrasts(mean, se, horizon)
    colnames(values) <- contrast_columns
    rows <- rbind(rows, data.frame(
      dataset = name, group = sub("^data\\$group=", "", rownames(table)),
      common = as.integer(is.na(tau)), horizon = horizon, estimate = mean,
      std_error = se, values))
  }
}
write_golden(rows, "restricted_mean", "restricted_mean.R", sets)

rows <- NULL
for (name in sets) {
  data <- read_data(name)
  reverse <- response(data, data$cause == 0)
  fit <- survfit(reverse ~ data$group, conf.type = "log-log")
  q <- quantile(fit, 0.5)
  landmark <- as.numeric(quantile(data$time, 0.3, type = 1))
  beyond <- data[data$time > landmark, ]
  after <- survfit(response(beyond, beyond$cause > 0) ~ beyond$group,
                   start.time = landmark, conf.type = "log-log")
  at <- (landmark + max(data$time)) / 2
  groups <- sub("^data\\$group=", "", names(fit$strata))
  value <- lapply(groups, function(group) {
    i <- match(group, sub("^beyond\\$group=", "", names(after$strata)))
    summary(after[i], times = at, extend = TRUE)
  })
  pick <- function(column) sapply(value, function(v) v[[column]])
  ended <- sapply(groups, function(g) max(data$time[data$group == g])) < at &
    pick("surv") > 0
  frame <- data.frame(
    dataset = name, group = groups, follow_up = as.vector(q$quantile),
    follow_up_lower = as.vector(q$lower), follow_up_upper = as.vector(q$upper),
    landmark = landmark, at = at, survival = pick("surv"),
    std_error = pick("std.err"), lower = pick("lower"), upper = pick("upper"))
  frame[ended, c("survival", "std_error", "lower", "upper")] <- NA
  rows <- rbind(rows, frame)
}
write_golden(rows, "follow_up", "restricted_mean.R", sets)
