# Analysis of covariance from lm, its adjusted means from emmeans, the test of
# all groups from drop1. One figure a row.
source("golden.R")
suppressPackageStartupMessages(library(emmeans))

names_of <- c("anorexia", "tooth", "chicks", "iris", "mtcars", "lung", "pbc",
              "airquality", "collinear", "offset")

# Indicator columns NAME.LEVEL become the factor NAME again.
with_factors <- function(data) {
  roots <- sub("\\..*", "", names(data))
  for (name in unique(roots[grepl(".", names(data), fixed = TRUE)])) {
    columns <- which(roots == name)
    level <- 1 + as.matrix(data[columns]) %*% seq_along(columns)
    data[[name]] <- factor(level)
    names(data)[columns] <- paste0("unused", columns)
  }
  data[!grepl("^unused", names(data))]
}

figures <- function(dataset, term, values) {
  data.frame(dataset = dataset, term = term, name = names(values),
             value = unname(values))
}

fit_figures <- function(dataset) {
  path <- file.path("data", paste0("ancova_", dataset, ".csv"))
  data <- read.csv(path, comment.char = "#", check.names = FALSE)
  data$group <- factor(data$group)
  data <- with_factors(data)
  fit <- lm(response ~ ., data = data)
  table <- coef(summary(fit))
  limits <- confint(fit)
  rows <- lapply(seq_along(coef(fit)), function(i) {
    name <- names(coef(fit))[i]
    is_kept <- name %in% rownames(table)
    line <- if (is_kept) table[name, ] else rep(NA, 4)
    figures(dataset, paste0("coefficient", i - 1),
            c(estimate = line[[1]], std_error = line[[2]],
              statistic = line[[3]], p = line[[4]],
              lower = if (is_kept) limits[name, 1] else NA,
              upper = if (is_kept) limits[name, 2] else NA))
  })
  means <- as.data.frame(emmeans(fit, "group"))
  rows <- c(rows, lapply(seq_len(nrow(means)), function(i) {
    figures(dataset, paste0("mean", i - 1),
            c(estimate = means$emmean[i], std_error = means$SE[i],
              lower = means$lower.CL[i], upper = means$upper.CL[i]))
  }))
  pairs <- summary(pairs(emmeans(fit, "group"), adjust = "none"),
                   infer = TRUE)
  rows <- c(rows, lapply(seq_len(nrow(pairs)), function(i) {
    figures(dataset, paste0("contrast", i - 1),
            c(estimate = pairs$estimate[i], std_error = pairs$SE[i],
              statistic = pairs$t.ratio[i], p = pairs$p.value[i],
              lower = pairs$lower.CL[i], upper = pairs$upper.CL[i]))
  }))
  test <- drop1(fit, ~ group, test = "F")
  summary <- summary(fit)
  whole <- c(residual_df = fit$df.residual, residual_variance = summary$sigma^2,
             r_squared = summary$r.squared,
             group_statistic = test[2, "F value"], group_df = test[2, "Df"], group_p = test[2, "Pr(>F)"])
  rbind(do.call(rbind, rows), figures(dataset, "model", whole))
}
write_golden(do.call(rbind, lapply(names_of, fit_figures)), "ancova",
             "ancova.R", paste0("ancova_", names_of))
