# Means of sites against those of a linear case mix: lm, and the definitions of
# METHODS.md written out. One figure a row.
source("golden.R")

models <- list(
  list("mixed_visa_sites", "site", "response", c()),
  list("mixed_visa_sites", "site", "response", c("month", "arm", "age")),
  list("mixed_sleep_sites", "site", "response", c("days")),
  list("ancova_iris", "group", "response", c("baseline")))

site_figures <- function(dataset, by, response, covariates, spread) {
  data <- read.csv(file.path("data", paste0(dataset, ".csv")),
                   comment.char = "#")
  site <- factor(as.character(data[[by]]))
  y <- data[[response]]
  fit <- lm(reformulate(c("1", covariates), response), data)
  e <- y - fitted(fit)
  n <- as.vector(table(site))
  mean <- as.vector(tapply(y, site, mean))
  expected <- as.vector(tapply(fitted(fit), site, mean))
  d <- mean - expected
  df <- length(y) - nlevels(site) - (fit$rank - 1)
  deviation <- sqrt(sum((e - ave(e, site))^2) / df)
  error <- deviation / sqrt(n)
  t <- qt(0.975, df)
  z <- d / error
  ends <- quantile(z, c(0.1, 0.9), names = FALSE)
  kept <- pmin(pmax(z, ends[1]), ends[2])
  k <- length(z)
  phi <- sum(kept^2) / k
  w <- 1 / error^2
  tau2 <- max(0, (k * phi - (k - 1)) / (sum(w) - sum(w^2) / sum(w)))
  wide <- switch(spread, none = error,
                 multiplicative = error * sqrt(max(1, phi)),
                 additive = sqrt(error^2 + tau2))
  all <- c(df = df, deviation = deviation, phi = phi, tau2 = tau2)
  columns <- list(n = n, mean = mean, expected = expected, difference = d,
                  std_error = error, lower = d - t * error,
                  upper = d + t * error, z = z, adjusted_z = d / wide,
                  lower95 = qnorm(0.025) * wide, upper95 = -qnorm(0.025) * wide,
                  lower998 = qnorm(0.001) * wide,
                  upper998 = -qnorm(0.001) * wide)
  coefficients <- summary(fit)$coefficients
  row <- function(site, name, value) {
    data.frame(dataset, covariates = paste(covariates, collapse = " "), spread,
               site, name, value = as.vector(value))
  }
  rbind(row(0, names(all), all),
        row(seq_len(nrow(coefficients)), "coefficient", coefficients[, 1]),
        row(seq_len(nrow(coefficients)), "coefficient_error",
            coefficients[, 2]),
        do.call(rbind, lapply(names(columns), function(name) {
          row(seq_len(k), name, columns[[name]])
        })))
}

rows <- lapply(models, function(m) {
  do.call(rbind, lapply(c("none", "multiplicative", "additive"),
                        function(s) {
    site_figures(m[[1]], m[[2]], m[[3]], m[[4]], s)
  }))
})
write_golden(do.call(rbind, rows), "site_means", "site_means.R",
             unique(vapply(models, `[[`, "", 1)))
