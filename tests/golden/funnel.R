# Funnel plots: prediction limits from quantiles of R, exact limits of the
# target, limits on the square root's scale with phi and tau^2 as FunnelPlotR
# (CQC, winsorized) codes them, written out. One figure a row; the inputs are
# written, too.
source("golden.R")
suppressPackageStartupMessages({
  library(MASS)
  library(metafor)
})

herds <- aggregate(cbind(incidence, size) ~ herd, lme4::cbpp, sum)
claims <- transform(Insurance,
                    expected = fitted(glm(Claims ~ Age + offset(log(Holders)),
                                          poisson, Insurance)))
sets <- list(
  bcg = with(dat.bcg, data.frame(events = tpos, n = tpos + tneg,
                                 expected = (tpos + tneg) *
                                   sum(tpos) / sum(tpos + tneg))),
  herds = with(herds, data.frame(events = incidence, n = size,
                                 expected = size * sum(incidence) /
                                   sum(size) * seq(0.8, 1.2, along = size))),
  claims = with(claims, data.frame(events = Claims, n = Holders,
                                   expected = expected)),
  ends = data.frame(events = c(0, 1, 2, 0, 0, 3, 5, 100300000, 98),
                    n = c(1, 1, 2, 5, 40, 3, 7, 1e9, 1000),
                    expected = c(0.01, 0.1, 0.25, 1, 4, 0.8, 20, 1e8, 98.5)))
for (name in names(sets)) {
  write_csv(cbind(site = paste0("site-", seq_len(nrow(sets[[name]]))),
                  sets[[name]]),
            file.path("data", paste0("funnel_", name, ".csv")),
            "written by funnel.R")
}

# The rule of Spiegelhalter (2005): between the largest count with no more than
# the tail and the next. `q`, `p`, `d` are those of the distribution.
predicted <- function(tail, upper, q, p, d) {
  r <- q(tail, lower.tail = !upper)
  rest <- (p(r, lower.tail = !upper) - tail) / d(r)
  if (upper) r + rest else r - rest
}

exact_limit <- function(limits, measure, target, size, tail, upper) {
  mean <- target * size
  if (limits == "prediction") {
    if (measure == "ratio") {
      limit <- predicted(tail, upper, function(...) qpois(lambda = mean, ...),
                         function(...) ppois(lambda = mean, ...),
                         function(...) dpois(lambda = mean, ...))
    } else if (upper && dbinom(size, size, target) > tail) {
      return(1)
    } else {
      limit <- predicted(
        tail, upper, function(...) qbinom(size = size, prob = target, ...),
        function(...) pbinom(size = size, prob = target, ...),
        function(...) dbinom(size = size, prob = target, ...))
    }
    if (limit < 0) return(if (upper) 0 else NA)
    return(limit / size)
  }
  if (measure == "ratio") {
    return(qchisq(tail, 2 * (mean + upper), lower.tail = !upper) / 2 / size)
  }
  qbeta(tail, mean + upper, size - mean + !upper, lower.tail = !upper)
}

figures <- function(dataset, measure, limits, spread) {
  data <- read.csv(file.path("data", paste0("funnel_", dataset, ".csv")),
                   comment.char = "#")
  ratio <- measure == "ratio"
  size <- if (ratio) data$expected else data$n
  target <- if (ratio) 1 else sum(data$events) / sum(data$n)
  to <- if (ratio) sqrt else function(x) asin(sqrt(x))
  from <- if (ratio) function(x) pmax(x, 0)^2 else
    function(x) sin(pmin(pmax(x, 0), pi / 2))^2
  estimate <- data$events / size
  s <- 1 / (2 * sqrt(size))
  z <- (to(estimate) - to(target)) / s
  ends <- quantile(z, c(0.1, 0.9), names = FALSE)
  kept <- pmin(pmax(z, ends[1]), ends[2])
  k <- length(z)
  phi <- sum(kept^2) / k
  w <- 1 / s^2
  tau2 <- if (k * phi < k - 1) 0 else
    (k * phi - (k - 1)) / (sum(w) - sum(w^2) / sum(w))
  error <- s
  applied <- FALSE
  if (spread == "multiplicative" && phi > 1) {
    error <- s * sqrt(phi)
    applied <- TRUE
  }
  if (spread == "additive" && tau2 > 0) {
    error <- sqrt(s^2 + tau2)
    applied <- TRUE
  }
  limit <- function(tail, upper) {
    if (limits == "normal" || applied) {
      return(from(to(target) + (if (upper) 1 else -1) *
                    qnorm(tail, lower.tail = FALSE) * error))
    }
    vapply(size, function(n) exact_limit(limits, measure, target, n, tail, upper), 0)
  }
  values <- list(target = target, phi = phi, tau2 = tau2,
                 winsorized_lower = ends[1], winsorized_upper = ends[2])
  columns <- list(estimate = estimate, z = z,
                  lower95 = limit(0.025, FALSE), upper95 = limit(0.025, TRUE),
                  lower998 = limit(0.001, FALSE), upper998 = limit(0.001, TRUE))
  if (applied) columns$adjusted_z <- z * s / error
  rbind(data.frame(dataset, measure, limits, spread, site = 0,
                   name = names(values), value = unlist(values)),
        do.call(rbind, lapply(names(columns), function(name) {
          data.frame(dataset, measure, limits, spread, site = seq_along(size),
                     name, value = columns[[name]])
        })))
}

grid <- expand.grid(spread = c("none", "multiplicative", "additive"),
                    limits = c("prediction", "ci", "normal"),
                    measure = c("proportion", "ratio"),
                    dataset = names(sets), stringsAsFactors = FALSE)
# With overdispersion the three kinds of limits are one.
grid <- grid[grid$spread == "none" | grid$limits == "prediction", ]
rows <- Map(figures, grid$dataset, grid$measure, grid$limits, grid$spread)
write_golden(do.call(rbind, unname(rows)), "funnel", "funnel.R",
             paste0("funnel_", names(sets)))
