# Generalized linear models from glm, MASS::glm.nb and brglm2, at their
# optimum: what R stops at is refined until it moves no more, since its errors
# are those of the step before the last. theta is the root of its profile score,
# as MASS::theta.ml takes differences of digammas. One figure a row; the inputs
# are written, too.
source("golden.R")
suppressPackageStartupMessages({
  library(MASS)
  library(sandwich)
  library(brglm2)
})

control <- glm.control(epsilon = 1e-14, maxit = 200)

# Factors become columns TERM.LEVEL.
columns <- function(formula, data) {
  matrix <- model.matrix(formula, data)[, -1, drop = FALSE]
  colnames(matrix) <- gsub("[^A-Za-z0-9_.]", "_", colnames(matrix))
  as.data.frame(matrix)
}
set <- function(response, x, weight = 1, offset = 0,
                cluster = seq_along(response)) {
  data.frame(response = as.numeric(response), weight = weight, offset = offset,
             cluster = as.integer(factor(cluster)), x)
}

ucb <- as.data.frame(UCBAdmissions)
lung2 <- lung[complete.cases(lung[c("age", "sex", "ph.ecog", "inst")]), ]
thirds <- function(n) 0.25 + (seq_len(n) %% 7) / 3
quasi <- transform(mtcars, am2 = ifelse(gear == 5, 1, vs), five = gear == 5)
logistic <- list(
  infert = set(infert$case,
               columns(~ age + parity + education + spontaneous + induced,
                       infert), cluster = infert$stratum),
  birthwt = set(birthwt$low,
                columns(~ age + lwt + factor(race) + smoke + ptl + ht + ui,
                        birthwt), cluster = birthwt$ftv),
  ucb = set(ucb$Admit == "Admitted", columns(~ Gender + Dept, ucb),
            weight = ucb$Freq),
  lung = set(lung2$status == 2, columns(~ age + sex + ph.ecog, lung2),
             weight = thirds(nrow(lung2)), offset = lung2$time / 1000,
             cluster = lung2$inst),
  mtcars = set(mtcars$am, columns(~ wt + hp, mtcars)))
counts <- list(
  esoph = set(esoph$ncases, columns(~ unclass(agegp) + unclass(alcgp) +
                                      unclass(tobgp), esoph),
              offset = log(esoph$ncontrols + esoph$ncases + 1)),
  quine = set(quine$Days, columns(~ Eth + Sex + Age + Lrn, quine),
              cluster = interaction(quine$Eth, quine$Age)),
  warpbreaks = set(warpbreaks$breaks, columns(~ wool * tension, warpbreaks)),
  insurance = set(Insurance$Claims,
                  columns(~ factor(District) + unclass(Group) + unclass(Age),
                          Insurance), offset = log(Insurance$Holders),
                  cluster = Insurance$District),
  weighted = set(quine$Days, columns(~ Eth + Sex, quine),
                 weight = thirds(nrow(quine))))
sets <- c(logistic, counts)
firth <- c(logistic["birthwt"], logistic["mtcars"],
           list(quasi = set(quasi$am2, columns(~ five + mpg, quasi)),
                complete = set(mtcars$am, columns(~ wt + qsec + gear + mpg,
                                                  mtcars))))
sets <- c(sets, firth[c("quasi", "complete")])

covariates <- function(data) names(data)[-(1:4)]
model <- function(data, family, ...) {
  formula <- reformulate(covariates(data), "response")
  environment(formula) <- environment()
  fit <- suppressWarnings(glm(formula, family, data, weights = weight,
                              offset = offset, control = control))
  for (i in 1:8) {
    fit <- suppressWarnings(glm(formula, family, data, weights = weight,
                                offset = offset, control = control,
                                start = coef(fit)))
  }
  fit
}

# HC0 straight from its definition, held against sandwich.
robust <- function(fit, data, working_score, cluster) {
  x <- model.matrix(fit)
  scores <- x * working_score * data$weight
  bread <- summary(fit, dispersion = 1)$cov.unscaled
  plain <- bread %*% crossprod(scores) %*% bread
  sums <- rowsum(scores, cluster)
  clustered <- bread %*% crossprod(sums) %*% bread
  g <- nrow(sums)
  stopifnot(all.equal(plain, sandwich(fit), check.attributes = FALSE,
                      tolerance = 1e-7),
            all.equal(clustered * g / (g - 1), vcovCL(fit, cluster),
                      check.attributes = FALSE, tolerance = 1e-7))
  list(robust = plain, cluster = clustered * g / (g - 1), bare = clustered)
}

common <- function(dataset, model, fit, data, score) {
  summary <- summary(fit, dispersion = 1)
  variances <- robust(fit, data, score, data$cluster)
  figures(dataset, model, estimate = coef(fit),
          variance = summary$cov.unscaled,
          p = summary$coefficients[, 4], deviance = deviance(fit),
          null_deviance = fit$null.deviance, df = df.residual(fit),
          null_df = fit$df.null,
          pearson = sum(residuals(fit, "pearson")^2),
          robust = variances$robust, cluster = variances$cluster,
          bare = variances$bare)
}

# By pairs, straight from the definition; rounding tears equal predictors apart.
area <- function(y, eta, weight) {
  eta <- round(eta, 9)
  pairs <- outer(eta[y == 1], eta[y == 0], function(a, b) {
    (a > b) + (a == b) / 2
  })
  weights <- outer(weight[y == 1], weight[y == 0])
  sum(pairs * weights) / sum(weights)
}

logistic_figures <- function(dataset) {
  data <- sets[[dataset]]
  fit <- model(data, binomial)
  p <- fitted(fit)
  eta <- fit$linear.predictors
  log_likelihood <- sum(data$weight * log(ifelse(data$response == 1, p, 1 - p)))
  rows <- rbind(
    common(dataset, "logistic", fit, data, data$response - p),
    figures(dataset, "logistic", log_likelihood = log_likelihood,
            auc = area(data$response, eta, data$weight),
            brier = weighted.mean((data$response - p)^2, data$weight)))
  if (any(data$weight != 1)) return(rows)
  breaks <- unique(quantile(p, seq(0, 1, 0.1)))
  group <- cut(p, breaks, include.lowest = TRUE)
  n <- tapply(p, group, length)
  observed <- tapply(data$response, group, sum)
  expected <- tapply(p, group, sum)
  rbind(rows, figures(dataset, "logistic", group_n = n,
                      group_observed = observed, group_expected = expected,
                      hosmer_lemeshow = sum((observed - expected)^2 /
                                              (expected * (1 - expected / n)))))
}

poisson_figures <- function(dataset) {
  data <- sets[[dataset]]
  fit <- model(data, poisson)
  mean <- fitted(fit)
  rbind(common(dataset, "poisson", fit, data, data$response - mean),
        figures(dataset, "poisson", log_likelihood =
                  sum(data$weight * dpois(data$response, mean, log = TRUE))))
}

reciprocals <- function(y, theta, power) {
  vapply(y, function(y) sum(1 / (theta + seq_len(y) - 1)^power), 0)
}

negbin_figures <- function(dataset) {
  data <- sets[[dataset]]
  y <- data$response
  w <- data$weight
  slope <- function(theta) {
    mean <- fitted(model(data, negative.binomial(theta)))
    sum(w * (reciprocals(y, theta, 1) - log1p(mean / theta) +
               (mean - y) / (mean + theta)))
  }
  formula <- reformulate(c(covariates(data), "offset(offset)"), "response")
  first <- suppressWarnings(glm.nb(formula, data, weights = weight))
  theta <- uniroot(slope, first$theta * c(0.9, 1.1), tol = 1e-15)$root
  fit <- model(data, negative.binomial(theta))
  mean <- fitted(fit)
  information <- sum(w * (reciprocals(y, theta, 2) -
                            mean / (theta * (theta + mean)) +
                            (mean - y) / (mean + theta)^2))
  stopifnot(all.equal(first$theta, theta, tolerance = 1e-4),
            all.equal(first$SE.theta, 1 / sqrt(information), tolerance = 1e-3),
            all.equal(coef(first), coef(fit), tolerance = 1e-4))
  rbind(common(dataset, "negbin", fit, data, (y - mean) / (1 + mean / theta)),
        figures(dataset, "negbin", theta = theta,
                theta_std_error = 1 / sqrt(information),
                log_likelihood = sum(w * dnbinom(y, size = theta, mu = mean,
                                                 log = TRUE))))
}

firth_figures <- function(dataset) {
  data <- sets[[dataset]]
  formula <- reformulate(covariates(data), "response")
  fit <- glm(formula, binomial, data, method = "brglmFit", type = "AS_mean",
             epsilon = 1e-13, maxit = 20000, slowit = 1)
  # Its steps are shortened at the end: more of them, straight from the
  # definition.
  x <- model.matrix(fit)
  beta <- coef(fit)
  for (i in 1:2000) {
    p <- plogis(drop(x %*% beta))
    root <- qr(x * sqrt(p * (1 - p)))
    leverage <- rowSums(qr.Q(root)^2)
    step <- drop(chol2inv(qr.R(root)) %*%
                   crossprod(x, data$response - p + leverage * (0.5 - p)))
    beta <- beta + step
    if (max(abs(step) / (1 + abs(beta))) < 1e-15) break
  }
  stopifnot(all.equal(coef(fit), beta, tolerance = 1e-6))
  p <- plogis(drop(x %*% beta))
  inverse <- chol2inv(qr.R(qr(x * sqrt(p * (1 - p)))))
  figures(dataset, "firth", estimate = beta, variance = inverse,
          deviance = -2 * sum(log(ifelse(data$response == 1, p, 1 - p))))
}

# The limit under quasi-separation: what separates is met without error, the
# rest is a model of the other rows.
limit_figures <- function(dataset, separating) {
  data <- sets[[dataset]]
  rest <- data[data[[separating]] == 0, setdiff(names(data), separating)]
  fit <- model(rest, binomial)
  full <- model(data[setdiff(names(data), covariates(data)[-1])], binomial)
  figures(dataset, "limit", estimate = coef(fit),
          std_error = summary(fit)$coefficients[, 2], deviance = deviance(fit),
          null_deviance = full$null.deviance)
}

for (name in names(sets)) {
  write_csv(sets[[name]], file.path("data", paste0("glm_", name, ".csv")),
            "from R's datasets, MASS and survival, by glm.R")
}
rows <- c(lapply(names(logistic), logistic_figures),
          lapply(names(counts), poisson_figures),
          lapply(c("quine", "warpbreaks", "weighted"), negbin_figures),
          lapply(names(firth), firth_figures),
          list(limit_figures("quasi", covariates(sets$quasi)[1])))
write_golden(do.call(rbind, rows), "glm", "glm.R", paste0("glm_", names(sets)))
