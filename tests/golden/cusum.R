# Risk-adjusted CUSUM and VLAD by their definitions, written out: weights of
# Steiner et al. (2000), the chart, its mean run length from a Markov chain by
# solve(), the threshold by uniroot. One figure a row; the inputs are written,
# too.
source("golden.R")
suppressPackageStartupMessages(library(MASS))

births <- data.frame(outcome = birthwt$low,
                     expected = fitted(glm(low ~ age + lwt + smoke + ht + ui,
                                           binomial, birthwt)))
herds <- do.call(rbind, lapply(seq_len(nrow(lme4::cbpp)), function(i) {
  with(lme4::cbpp[i, ], data.frame(
    period, outcome = rep(c(1, 0), c(incidence, size - incidence))))
}))
# Not what was fitted, lest the VLAD end at a 0 of rounding errors.
herds$expected <- 0.9 * fitted(glm(outcome ~ period, binomial, herds))
set.seed(6)
alike <- data.frame(outcome = rbinom(300, 1, 0.12), expected = 0.1)
# Steiner's cardiac fixture: logit p = -3.68 + 0.077 score.
score <- rep(c(0, 5, 12, 30, 50, 71), c(120, 90, 60, 20, 8, 2))
cardiac <- data.frame(expected = plogis(-3.68 + 0.077 * score))
cardiac$outcome <- rbinom(300, 1, cardiac$expected)
sets <- list(births = births, herds = herds[c("outcome", "expected")],
             alike = alike, cardiac = cardiac[c("outcome", "expected")])
for (name in names(sets)) {
  write_csv(sets[[name]], file.path("data", paste0("cusum_", name, ".csv")),
            "written by cusum.R")
}

weight <- function(p, y, odds) log(odds^y / (1 - p + odds * p))

# From each point each weight leads between two points; it is split between
# them so that its mean is kept.
chain <- function(p, odds, true_odds, h, steps) {
  q <- true_odds * p / (1 - p + true_odds * p)
  w <- c(weight(p, 1, odds), weight(p, 0, odds))
  chance <- c(q, 1 - q) / length(p)
  place <- w / (h / steps)
  move <- matrix(0, steps + 1, steps + 1)
  for (from in 0:steps) {
    to <- from + place
    below <- floor(to)
    rest <- to - below
    stays <- to <= steps
    add <- function(at, mass) {
      at <- pmax(at, 0) + 1
      sums <- tapply(mass, at, sum)
      column <- as.integer(names(sums))
      move[from + 1, column] <<- move[from + 1, column] + sums
    }
    add(ifelse(to < 0, 0, below)[stays],
        (chance * ifelse(to < 0, 1, 1 - rest))[stays])
    up <- stays & to >= 0 & rest > 0
    if (any(up)) add(below[up] + 1, (chance * rest)[up])
  }
  solve(diag(steps + 1) - move, rep(1, steps + 1))[1]
}

# The split adds a variance that falls with the square of the step.
run_length <- function(p, odds, true_odds, h) {
  coarse <- log(chain(p, odds, true_odds, h, 256))
  fine <- log(chain(p, odds, true_odds, h, 512))
  exp(fine + (fine - coarse) / 3)
}

figures <- function(dataset, odds) {
  data <- sets[[dataset]]
  p <- data$expected
  w <- weight(p, data$outcome, odds)
  h <- uniroot(function(h) log(run_length(p, odds, 1, h) / 740), c(1, 4.5),
               tol = 1e-13)$root
  chart <- function(reset) {
    s <- 0
    vapply(w, function(step) {
      s <<- max(0, (if (reset && s > h) 0 else s) + step)
    }, 0)
  }
  some <- unique(c(1, seq(7, nrow(data), by = 7), nrow(data)))
  columns <- list(weight = w, value = chart(FALSE), reset = chart(TRUE),
                  vlad = cumsum(p - data$outcome),
                  vlad_error = sqrt(cumsum(p * (1 - p))))
  values <- list(threshold = h, in_control = run_length(p, odds, 1, h),
                 out_of_control = run_length(p, odds, odds, h),
                 grid_50 = chain(p, odds, 1, 2.5, 50),
                 grid_100 = chain(p, odds, 1, 2.5, 100),
                 grid_200 = chain(p, odds, 1, 2.5, 200))
  rbind(data.frame(dataset, odds, case = 0, name = names(values),
                   value = unlist(values)),
        do.call(rbind, lapply(names(columns), function(name) {
          data.frame(dataset, odds, case = some, name,
                     value = columns[[name]][some])
        })))
}

grid <- expand.grid(odds = c(2, 0.5), dataset = names(sets),
                    stringsAsFactors = FALSE)
rows <- Map(figures, grid$dataset, grid$odds)
write_golden(do.call(rbind, unname(rows)), "cusum", "cusum.R",
             paste0("cusum_", names(sets)))
