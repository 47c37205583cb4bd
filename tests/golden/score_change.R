# The paired change of datasets::sleep, second drug minus first, from t.test;
# in hours, as shipped, and in whole tenths of an hour.
source("golden.R")

data <- read_data("sleep")
data <- data[order(data$id), ]
first <- data$extra[data$group == "1"]
second <- data$extra[data$group == "2"]

change_row <- function(unit, scale, conf_level) {
  change <- scale * (second - first)
  if (scale > 1) change <- round(change)
  fit <- t.test(change, conf.level = conf_level)
  data.frame(unit = unit, conf_level = conf_level, n = length(change),
             mean = as.vector(fit$estimate), std_dev = sd(change),
             lower = fit$conf.int[1], upper = fit$conf.int[2],
             statistic = as.vector(fit$statistic),
             df = as.vector(fit$parameter), p_value = fit$p.value)
}
levels <- c(0.8, 0.95, 0.99)
rows <- rbind(do.call(rbind, lapply(levels, change_row, unit = "hours",
                                    scale = 1)),
              do.call(rbind, lapply(levels, change_row, unit = "tenths",
                                    scale = 10)))
write_golden(rows, "score_change", "score_change.R", "sleep")
