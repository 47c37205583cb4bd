# Mixed models for repeated measures, straight from the definition with dense
# matrices: V of all rows, P, and derivatives by the parameters of the
# covariance written out. The optimum is refined until it moves no more. Held
# against nlme::gls (estimates, errors, likelihood), emmeans (means), and, where
# the model is one of lme4, lmerTest (Satterthwaite) and pbkrtest
# (Kenward-Roger). One figure a row; the inputs are written, too.
source("golden.R")
suppressPackageStartupMessages({
  library(nlme)
  library(lme4)
  library(lmerTest)
  library(pbkrtest)
  library(emmeans)
  library(numDeriv)
})

set <- function(response, subject, visit, group, ...) {
  data <- data.frame(response = as.numeric(response),
                     subject = as.integer(factor(subject)), visit = visit,
                     group = group, ...)
  data[order(data$subject, data$visit), ]
}

# 2 arms x 60 subjects x 4 visits of a score from 0 to 100, more often missing
# the lower it was; missing for good.
draw_visa <- function() {
  set.seed(20261127)
  n <- 120
  week <- c(6, 12, 26, 52)
  arm <- rep(c("A", "B"), each = n / 2)
  age <- round(rnorm(n, 45, 11))
  baseline <- round(pmin(90, pmax(5, rnorm(n, 45, 14))))
  sd <- c(10, 12, 15, 17)
  correlation <- 0.75^abs(outer(1:4, 1:4, "-"))
  noise <- matrix(rnorm(n * 4), n) %*% chol(correlation * outer(sd, sd))
  mean <- outer(0.6 * (baseline - 45), rep(1, 4)) +
    matrix(c(48, 55, 66, 72), n, 4, byrow = TRUE) +
    outer(arm == "B", c(1, 3, 6, 7))
  score <- matrix(round(pmin(100, pmax(0, mean + noise))), n)
  leaves <- plogis(-2.6 - 0.04 * (score[, -4] - 60)) > matrix(runif(n * 3), n)
  gone <- cbind(FALSE, t(apply(leaves, 1, cumsum)) > 0)
  skips <- matrix(runif(n * 4), n) < 0.04
  keep <- !gone & !skips
  data <- data.frame(response = c(score), subject = rep(1:n, 4),
                     visit = rep(week, each = n), group = rep(arm, 4),
                     baseline = rep(baseline, 4), age = rep(age, 4),
                     site = rep(c("N", "S", "W")[1 + (1:n * 7) %% 3], 4))
  data <- data[c(keep), ]
  data[order(data$subject, data$visit), ]
}

chicks <- subset(as.data.frame(ChickWeight), Time %in% c(0, 4, 10, 16, 21))
rats <- subset(as.data.frame(BodyWeight), Time %in% c(1, 15, 29, 36, 50, 64))
sets <- list(
  orthodont = with(as.data.frame(Orthodont),
                   set(distance, as.character(Subject), age,
                       as.character(Sex))),
  sleepstudy = with(sleepstudy, set(Reaction, as.character(Subject), Days,
                                    "all")),
  chicks = with(chicks, set(weight, as.character(Chick), Time,
                            paste0("diet", Diet))),
  rats = with(rats, set(weight, as.character(Rat), Time,
                        paste0("diet", Diet))),
  visa = draw_visa())

formulas <- list(orthodont = response ~ factor(visit) * group,
                 sleepstudy = response ~ visit,
                 chicks = response ~ factor(visit) * group,
                 rats = response ~ factor(visit) * group,
                 visa = response ~ baseline + age + site + factor(visit) * group)

close_to <- function(one, other, tolerance) {
  stopifnot(isTRUE(all.equal(unname(c(one)), unname(c(other)),
                             tolerance = tolerance)))
}

# Covariance of the visits and its derivatives, by structure. Parameters: the
# elements; variance and covariances; or standard deviations and correlation.
structures <- list(
  un = function(t, theta) {
    at <- which(upper.tri(diag(t), TRUE), arr.ind = TRUE)
    slopes <- lapply(seq_len(nrow(at)), function(h) {
      slope <- matrix(0, t, t)
      slope[at[h, 1], at[h, 2]] <- slope[at[h, 2], at[h, 1]] <- 1
      slope
    })
    list(sigma = Reduce(`+`, Map(`*`, theta, slopes)), slopes = slopes)
  },
  cs = function(t, theta) {
    slopes <- list(diag(t), 1 - diag(t))
    list(sigma = Reduce(`+`, Map(`*`, theta, slopes)), slopes = slopes)
  },
  toep = function(t, theta) {
    lag <- abs(outer(1:t, 1:t, "-"))
    slopes <- lapply(0:(t - 1), function(k) (lag == k) * 1)
    list(sigma = Reduce(`+`, Map(`*`, theta, slopes)), slopes = slopes)
  },
  csh = function(t, theta) scaled(t, theta, 1 - diag(t), TRUE),
  ar1 = function(t, theta) {
    scaled(t, theta, abs(outer(1:t, 1:t, "-")), FALSE)
  },
  ar1h = function(t, theta) {
    scaled(t, theta, abs(outer(1:t, 1:t, "-")), TRUE)
  })

scaled <- function(t, theta, power, heterogeneous) {
  n <- length(theta)
  sd <- if (heterogeneous) theta[-n] else rep(theta[1], t)
  r <- theta[n]
  correlation <- r^power
  slopes <- lapply(seq_len(n - 1), function(i) {
    own <- if (heterogeneous) as.numeric(1:t == i) else rep(1, t)
    (outer(own, sd) + outer(sd, own)) * correlation
  })
  last <- outer(sd, sd) * power * ifelse(power == 0, 0, r^(power - 1))
  list(sigma = outer(sd, sd) * correlation, slopes = c(slopes, list(last)))
}

# Everything at a covariance, by definition.
at_covariance <- function(theta, data, x, structure, reml = TRUE) {
  t <- length(unique(data$visit))
  parts <- structures[[structure]](t, theta)
  visit <- match(data$visit, sort(unique(data$visit)))
  same <- outer(data$subject, data$subject, "==")
  whole <- function(m) m[visit, visit] * same
  v <- whole(parts$sigma)
  inverse <- chol2inv(chol(v))
  information <- crossprod(x, inverse %*% x)
  covariance <- solve(information)
  y <- data$response
  beta <- drop(covariance %*% crossprod(x, inverse %*% y))
  p <- inverse - inverse %*% x %*% covariance %*% t(x) %*% inverse
  py <- drop(inverse %*% (y - x %*% beta))
  slopes <- lapply(parts$slopes, whole)
  middle <- if (reml) p else inverse
  gradient <- vapply(slopes, function(slope) {
    -0.5 * (sum(middle * slope) - sum(py * (slope %*% py)))
  }, 0)
  df <- nrow(x) - if (reml) ncol(x) else 0
  log_likelihood <- -0.5 * (
    df * log(2 * pi) + 2 * sum(log(diag(chol(v)))) + sum(y * py) +
      if (reml) 2 * sum(log(diag(chol(information)))) else 0)
  list(sigma = parts$sigma, beta = beta, covariance = covariance,
       gradient = gradient, log_likelihood = log_likelihood, slopes = slopes,
       inverse = inverse, p = p, py = py, middle = middle, x = x)
}

expected_information <- function(at) {
  products <- lapply(at$slopes, function(slope) at$middle %*% slope)
  n <- length(products)
  information <- matrix(0, n, n)
  for (h in 1:n) {
    for (k in h:n) {
      information[h, k] <- information[k, h] <-
        0.5 * sum(products[[h]] * t(products[[k]]))
    }
  }
  information
}

# Less the second derivatives of the likelihood; those of V, of so few
# visits, by differences.
observed_information <- function(theta, at, data, structure) {
  t <- nrow(at$sigma)
  visit <- match(data$visit, sort(unique(data$visit)))
  same <- outer(data$subject, data$subject, "==")
  second <- jacobian(function(theta) {
    unlist(structures[[structure]](t, theta)$slopes)
  }, theta)
  n <- length(theta)
  products <- lapply(at$slopes, function(slope) at$middle %*% slope)
  scores <- lapply(at$slopes, function(slope) drop(slope %*% at$py))
  information <- matrix(0, n, n)
  for (h in 1:n) {
    for (k in h:n) {
      curve <- matrix(second[(h - 1) * t^2 + seq_len(t^2), k], t, t)
      curve <- curve[visit, visit] * same
      information[h, k] <- information[k, h] <-
        -0.5 * sum(products[[h]] * t(products[[k]])) +
        sum(scores[[h]] * (at$p %*% scores[[k]])) +
        0.5 * sum(at$middle * curve) - 0.5 * sum(at$py * (curve %*% at$py))
    }
  }
  information
}

# From `theta`, by scoring and then Newton's steps.
optimum <- function(theta, data, x, structure, reml) {
  value <- function(theta) {
    tryCatch(at_covariance(theta, data, x, structure, reml)$log_likelihood,
             error = function(e) -Inf)
  }
  for (i in 1:100) {
    at <- at_covariance(theta, data, x, structure, reml)
    step <- solve(expected_information(at), at$gradient)
    gain <- sum(step * at$gradient)
    while (value(theta + step) < at$log_likelihood - 1e-9) step <- step / 2
    theta <- theta + step
    if (gain < 1e-4) break
  }
  for (i in 1:8) {
    at <- at_covariance(theta, data, x, structure, reml)
    observed <- observed_information(theta, at, data, structure)
    step <- solve(observed, at$gradient)
    theta <- theta + step
    if (sum(step * at$gradient) < 1e-24) break
  }
  if (length(theta) < 12) {
    numerical <- -jacobian(function(theta) {
      at_covariance(theta, data, x, structure, reml)$gradient
    }, theta)
    close_to(observed, numerical, 1e-6)
  }
  list(theta = theta, observed = observed)
}

# Rows of `l`: contrasts. Gradient of l' C l by theta is l' C X' V^-1 V_h V^-1 X
# C l.
satterthwaite <- function(l, at, spread) {
  apply(l, 1, function(row) {
    root <- at$inverse %*% at$x %*% at$covariance %*% row
    gradient <- vapply(at$slopes, function(slope) {
      sum(root * (slope %*% root))
    }, 0)
    variance <- sum(row * (at$covariance %*% row))
    2 * variance^2 / sum(gradient * (spread %*% gradient))
  })
}

# Kenward & Roger (1997), with V linear in the parameters.
kenward_roger <- function(l, at) {
  x <- at$x
  phi <- at$covariance
  w <- solve(expected_information(at))
  n <- length(at$slopes)
  p <- lapply(at$slopes, function(slope) {
    -t(x) %*% at$inverse %*% slope %*% at$inverse %*% x
  })
  half <- lapply(at$slopes, function(slope) slope %*% at$inverse %*% x)
  weighted <- lapply(half, function(one) at$inverse %*% one)
  sum <- 0
  for (i in 1:n) {
    for (j in 1:n) {
      q <- crossprod(half[[i]], weighted[[j]])
      sum <- sum + w[i, j] * (q - p[[i]] %*% phi %*% p[[j]])
    }
  }
  adjusted <- phi + 2 * phi %*% sum %*% phi
  figures <- apply(l, 1, function(row) {
    theta <- row %*% solve(t(row) %*% phi %*% row) %*% t(row)
    a1 <- a2 <- 0
    for (i in 1:n) {
      for (j in 1:n) {
        one <- theta %*% phi %*% p[[i]] %*% phi
        two <- theta %*% phi %*% p[[j]] %*% phi
        a1 <- a1 + w[i, j] * sum(diag(one)) * sum(diag(two))
        a2 <- a2 + w[i, j] * sum(diag(one %*% two))
      }
    }
    b <- (a1 + 6 * a2) / 2
    g <- (2 * a1 - 5 * a2) / (3 * a2)
    c <- c(g, 1 - g, 3 - g) / (3 + 2 * (1 - g))
    mean <- 1 / (1 - a2)
    variance <- 2 * (1 + c[1] * b) / ((1 - c[2] * b)^2 * (1 - c[3] * b))
    rho <- variance / (2 * mean^2)
    c(std_error = sqrt(sum(row * (adjusted %*% row))),
      df = 4 + 3 / (rho - 1))
  })
  list(std_error = figures["std_error", ], df = figures["df", ],
       adjusted = adjusted, w = w, p = p)
}

gls_correlations <- list(
  un = function() corSymm(form = ~place | subject),
  cs = function() corCompSymm(form = ~place | subject),
  csh = function() corCompSymm(form = ~place | subject),
  ar1 = function() corAR1(form = ~place | subject),
  ar1h = function() corAR1(form = ~place | subject))

# What gls finds, to its own tolerance.
gls_fit <- function(data, formula, structure, reml) {
  data$place <- match(data$visit, sort(unique(data$visit)))
  weights <- if (structure %in% c("un", "csh", "ar1h")) {
    varIdent(form = ~1 | place)
  }
  control <- glsControl(tolerance = 1e-10, msTol = 1e-12, maxIter = 500,
                        msMaxIter = 500, opt = "nlminb",
                        returnObject = TRUE)
  do.call(gls, list(formula, data, gls_correlations[[structure]](),
                    weights = weights, method = if (reml) "REML" else "ML",
                    control = control))
}

start <- function(structure, data, x) {
  fit <- lm.fit(x, data$response)
  t <- length(unique(data$visit))
  sd <- as.vector(tapply(fit$residuals, data$visit, sd))
  switch(structure, un = (diag(t) * sd^2)[upper.tri(diag(t), TRUE)],
         cs = c(mean(sd^2), 0.3 * mean(sd^2)),
         toep = c(1, 0.3 / 2^(seq_len(t - 1) - 1)) * mean(sd^2),
         csh = c(sd, 0.3), ar1 = c(mean(sd), 0.5), ar1h = c(sd, 0.5))
}

# The means of emmeans, by visit and within it by group; their differences from
# the first group.
mean_rows <- function(fit) {
  means <- emmeans(fit, ~ group | visit, mode = "asymptotic")
  n <- length(levels(means)$group)
  l <- means@linfct
  first <- rep(seq(1, nrow(l), n), each = n)
  others <- seq_len(nrow(l)) != first
  list(means = means, l = l, contrasts = (l - l[first, ])[others, ])
}

# Rows of each term, type III: means over the other factor, weighted equally.
term_rows <- function(x, formula) {
  labels <- attr(terms(formula), "term.labels")
  at <- attr(x, "assign")
  unit <- diag(ncol(x))
  names <- colnames(x)
  of <- function(label) which(at == match(label, labels))
  rows <- lapply(labels, function(label) unit[of(label), , drop = FALSE])
  names(rows) <- labels
  if (!"factor(visit):group" %in% labels) return(rows)
  visits <- of("factor(visit)")
  groups <- of("group")
  for (v in visits) {
    for (g in groups) {
      both <- match(paste0(names[v], ":", names[g]), names)
      rows[["factor(visit)"]][match(v, visits), both] <-
        1 / (length(groups) + 1)
      rows$group[match(g, groups), both] <- 1 / (length(visits) + 1)
    }
  }
  rows
}

f_satterthwaite <- function(l, at, spread) {
  parts <- eigen(l %*% at$covariance %*% t(l), symmetric = TRUE)
  along <- t(parts$vectors) %*% l
  nu <- satterthwaite(along, at, spread)
  f <- mean((along %*% at$beta)^2 / parts$values)
  df <- lmerTest:::get_Fstat_ddf(nu)
  c(numerator = nrow(l), df = df, statistic = f,
    p = pf(f, nrow(l), df, lower.tail = FALSE))
}

f_kenward_roger <- function(l, at, parts) {
  q <- nrow(l)
  phi <- at$covariance
  theta <- t(l) %*% solve(l %*% phi %*% t(l)) %*% l
  n <- length(parts$p)
  one <- lapply(parts$p, function(p) theta %*% phi %*% p %*% phi)
  a1 <- a2 <- 0
  for (i in 1:n) {
    for (j in 1:n) {
      a1 <- a1 + parts$w[i, j] * sum(diag(one[[i]])) * sum(diag(one[[j]]))
      a2 <- a2 + parts$w[i, j] * sum(one[[i]] * t(one[[j]]))
    }
  }
  b <- (a1 + 6 * a2) / (2 * q)
  g <- ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
  c <- c(g, q - g, q + 2 - g) / (3 * q + 2 * (1 - g))
  mean <- 1 / (1 - a2 / q)
  variance <- 2 / q * (1 + c[1] * b) / ((1 - c[2] * b)^2 * (1 - c[3] * b))
  rho <- variance / (2 * mean^2)
  df <- 4 + (q + 2) / (q * rho - 1)
  scale <- df / (mean * (df - 2))
  value <- l %*% at$beta
  f <- drop(scale / q *
              t(value) %*% solve(l %*% parts$adjusted %*% t(l), value))
  c(df = df, statistic = f, p = pf(f, q, df, lower.tail = FALSE))
}

model_figures <- function(dataset, structure, reml = TRUE) {
  data <- sets[[dataset]]
  x <- model.matrix(formulas[[dataset]], data)
  best <- optimum(start(structure, data, x), data, x, structure, reml)
  at <- at_covariance(best$theta, data, x, structure, reml)
  l <- diag(ncol(x))
  rows <- NULL
  if (structure %in% names(gls_correlations)) {
    fit <- gls_fit(data, formulas[[dataset]], structure, reml)
    stopifnot(at$log_likelihood > logLik(fit) - 1e-8)
    close_to(at$log_likelihood, logLik(fit), 1e-6)
    close_to(at$beta, coef(fit), 1e-4)
    if (reml) close_to(sqrt(diag(at$covariance)), sqrt(diag(vcov(fit))), 2e-3)
    if (length(unique(data$group)) > 1) {
      rows <- mean_rows(fit)
      l <- rbind(l, rows$l, rows$contrasts)
    }
  }
  degrees <- satterthwaite(l, at, solve(best$observed))
  model <- paste0(structure, if (reml) "" else "_ml")
  result <- figures(dataset, model, estimate = l %*% at$beta,
                    std_error = sqrt(diag(l %*% at$covariance %*% t(l))),
                    df = degrees, covariance = at$sigma,
                    log_likelihood = at$log_likelihood)
  wanted <- term_rows(x, formulas[[dataset]])
  tests <- vapply(wanted, f_satterthwaite, numeric(4), at,
                  solve(best$observed))
  result <- rbind(result,
                  figures(dataset, model, term_numerator = tests["numerator", ],
                          term_df = tests["df", ],
                          term_statistic = tests["statistic", ],
                          term_log_p = log(tests["p", ])))
  if (!reml) return(result)
  adjusted <- kenward_roger(l, at)
  kr <- vapply(wanted, f_kenward_roger, numeric(3), at, adjusted)
  if (structure == "cs") {
    check_lmer(data, formulas[[dataset]], degrees, adjusted, wanted, tests, kr)
  }
  rbind(result, figures(dataset, model, kr_std_error = adjusted$std_error,
                        kr_df = adjusted$df, kr_term_df = kr["df", ],
                        kr_term_statistic = kr["statistic", ],
                        kr_term_log_p = log(kr["p", ])))
}

# Compound symmetry is a random intercept.
check_lmer <- function(data, formula, degrees, adjusted, wanted, tests, kr) {
  fit <- lmer(update(formula, . ~ . + (1 | subject)), data,
              control = lmerControl(optCtrl = list(xtol_abs = 1e-12,
                                                   ftol_abs = 1e-14)))
  n <- length(fixef(fit))
  close_to(degrees[1:n], summary(fit)$coefficients[, "df"], 1e-3)
  close_to(adjusted$std_error[1:n], sqrt(diag(as.matrix(vcovAdj(fit)))), 1e-4)
  close_to(adjusted$df[1:n],
           summary(fit, ddf = "Kenward-Roger")$coefficients[, "df"], 1e-3)
  for (i in seq_along(wanted)) {
    own <- contestMD(fit, wanted[[i]])
    close_to(tests[c("df", "statistic"), i], c(own$DenDF, own$`F value`), 1e-3)
    own <- contestMD(fit, wanted[[i]], ddf = "Kenward-Roger")
    close_to(kr[c("df", "statistic"), i], c(own$DenDF, own$`F value`), 1e-3)
  }
}

for (name in names(sets)) {
  write_csv(sets[[name]], file.path("data", paste0("mmrm_", name, ".csv")),
            "from R's datasets, nlme and lme4, or drawn, by mmrm.R")
}
all <- c("un", "cs", "csh", "ar1", "ar1h", "toep")
rows <- c(lapply(all, function(s) model_figures("orthodont", s)),
          list(model_figures("orthodont", "un", FALSE)),
          list(model_figures("sleepstudy", "un"),
               model_figures("sleepstudy", "ar1h")),
          lapply(all, function(s) model_figures("chicks", s)),
          lapply(all[-1], function(s) model_figures("rats", s)),
          lapply(all, function(s) model_figures("visa", s)),
          list(model_figures("visa", "ar1h", FALSE)))
write_golden(do.call(rbind, rows), "mmrm", "mmrm.R",
             paste0("mmrm_", names(sets)))
