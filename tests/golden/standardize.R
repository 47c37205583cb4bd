# Indirectly standardized ratios: limits from poisson.test and by Byar's
# formula, the rule of the AOANJRR from ppois, and the ratios shrunken by
# metafor (escalc(measure = "IRLN"), rma, blup). One figure a row; the inputs
# are written, too.
source("golden.R")
suppressPackageStartupMessages({
  library(MASS)
  library(metafor)
})

herds <- do.call(rbind, lapply(seq_len(nrow(lme4::cbpp)), function(i) {
  with(lme4::cbpp[i, ], data.frame(
    group = herd, period, outcome = rep(c(1, 0), c(incidence,
                                                   size - incidence))))
}))
herds$expected <- fitted(glm(outcome ~ period, binomial, herds))
herds$exposure <- 0.25 + (seq_len(nrow(herds)) %% 7) / 10
claims <- with(Insurance, data.frame(
  group = District, outcome = Claims,
  expected = fitted(glm(Claims ~ Age + Group + offset(log(Holders)), poisson)),
  exposure = NA))
set.seed(2)
component <- sample(11, 900, TRUE, prob = c(300, 90, 60, 50, 40, 30, 20, 15,
                                            9, 5, 3))
components <- data.frame(
  group = sprintf("component-%02d", component),
  outcome = rbinom(900, 1, c(0.05, 0.04, 0.3, 0.05, 0.25, 0.02, 0, 0.3, 0.4, 1,
                             0.9)[component]),
  expected = round(runif(900, 0, 0.2), 4), exposure = round(rexp(900) * 3, 3))
components$expected[components$group == "component-07"] <- 0
sets <- list(herds = herds[names(components)], claims = claims,
             components = components)
for (name in names(sets)) {
  write_csv(sets[[name]], file.path("data", paste0("standardize_", name,
                                                   ".csv")),
            "written by standardize.R")
}

byar <- function(count, side, z) {
  count * pmax(0, 1 - 1 / (9 * count) + side * z / (3 * sqrt(count)))^3
}

ratios <- function(observed, expected, level) {
  z <- qnorm((1 - level) / 2, lower.tail = FALSE)
  exact <- vapply(seq_along(observed), function(i) {
    as.numeric(poisson.test(observed[i], expected[i],
                            conf.level = level)$conf.int)
  }, c(0, 0))
  list(observed = observed, expected = expected, ratio = observed / expected,
       exact_lower = exact[1, ], exact_upper = exact[2, ],
       byar_lower = ifelse(observed == 0, 0, byar(observed, -1, z) / expected),
       byar_upper = byar(observed + 1, 1, z) / expected)
}

# Stage 1: rate above twice that of all, p < 0.05, 10 cases or 75 % of them
# with an event; a group of more than a quarter of the cases is left out of its
# own comparison.
screen <- function(cases, observed, exposure) {
  do.call(rbind, lapply(seq_along(cases), function(i) {
    out <- cases[i] > sum(cases) / 4
    others <- if (out) -i else seq_along(cases)
    rate <- 100 * sum(observed[others]) / sum(exposure[others])
    own <- 100 * observed[i] / exposure[i]
    p <- if (observed[i] == 0) 1 else
      ppois(observed[i] - 1, rate / 100 * exposure[i], lower.tail = FALSE)
    enough <- cases[i] >= 10 ||
      (observed[i] >= 0.75 * cases[i] && observed[i] >= 2)
    data.frame(rate = own, comparator_rate = rate, rate_ratio = own / rate,
               screen_p = p, outlier = as.numeric(own > 2 * rate && p < 0.05 &&
                                                    enough))
  }))
}

shrunken <- function(observed, expected, level) {
  effects <- suppressWarnings(
    escalc("IRLN", xi = observed, ti = expected, add = 1 / 2, to = "only0"))
  fitted <- rma(yi, vi, data = effects, method = "REML", level = 100 * level,
                control = list(threshold = 1e-12, maxiter = 5000, tol = 1e-15))
  drawn <- blup(fitted, level = 100 * level)
  list(log_ratio = as.numeric(effects$yi), log_variance = as.numeric(effects$vi),
       shrunken = drawn$pred, shrunken_error = drawn$se,
       shrunken_lower = exp(drawn$pi.lb), shrunken_upper = exp(drawn$pi.ub))
}

figures <- function(dataset, level) {
  data <- sets[[dataset]]
  sums <- function(x) as.numeric(tapply(x, data$group, sum))
  groups <- levels(factor(data$group))
  observed <- sums(data$outcome)
  expected <- sums(data$expected)
  columns <- ratios(observed, pmax(expected, 1e-300), level)
  without <- expected == 0
  for (name in setdiff(names(columns), c("observed", "expected"))) {
    columns[[name]][without] <- NA
  }
  columns$expected <- expected
  drawn <- shrunken(observed[!without], expected[!without], level)
  columns <- c(columns, lapply(drawn, function(x) {
    replace(rep(NA_real_, length(observed)), !without, x)
  }))
  if (!anyNA(data$exposure)) {
    columns <- c(columns, screen(sums(data$outcome^0), observed,
                                 sums(data$exposure)))
  }
  do.call(rbind, lapply(names(columns), function(name) {
    data.frame(dataset, level, group = groups, name, value = columns[[name]])
  }))
}

grid <- expand.grid(level = c(0.95, 0.998), dataset = names(sets),
                    stringsAsFactors = FALSE)
rows <- Map(figures, grid$dataset, grid$level)
write_golden(do.call(rbind, unname(rows)), "standardize", "standardize.R",
             paste0("standardize_", names(sets)))

# The same of published estimates, by every estimator of tau^2 and both tests.
published <- c("bcg", "hackshaw", "normand", "two", "alike", "offset")
drawn <- function(dataset, method, test) {
  data <- read.csv(file.path("data", paste0("meta_", dataset, ".csv")),
                   comment.char = "#")
  fitted <- suppressWarnings(
    rma(data$estimate, sei = data$std_error, method = method, test = test,
        control = list(threshold = 1e-12, maxiter = 5000, tol = 1e-14)))
  b <- blup(fitted)
  columns <- list(estimate = b$pred, std_error = b$se, lower = b$pi.lb,
                  upper = b$pi.ub)
  do.call(rbind, lapply(names(columns), function(name) {
    data.frame(dataset, method, test, study = seq_along(b$pred), name,
               value = columns[[name]])
  }))
}
grid <- expand.grid(test = c("z", "knha"), method = c("DL", "REML", "PM", "SJ"),
                    dataset = published, stringsAsFactors = FALSE)
rows <- Map(drawn, grid$dataset, grid$method, grid$test)
write_golden(do.call(rbind, unname(rows)), "shrunken", "standardize.R",
             paste0("meta_", published))
