# Wilson's score interval from prop.test without continuity correction.
source("golden.R")

grid <- expand.grid(count = c(0, 1, 2, 5, 9, 10, 37, 500, 999, 1000),
                    n = c(1, 2, 10, 37, 1000, 123456),
                    conf_level = c(0.5, 0.9, 0.95, 0.999))
grid <- grid[grid$count <= grid$n, ]
intervals <- mapply(function(count, n, conf_level) {
  fit <- suppressWarnings(
    prop.test(count, n, conf.level = conf_level, correct = FALSE))
  c(fit$estimate, fit$conf.int)
}, grid$count, grid$n, grid$conf_level)
rows <- data.frame(grid, estimate = intervals[1, ], lower = intervals[2, ],
                   upper = intervals[3, ])
write_golden(rows, "proportion", "proportion.R", character())
