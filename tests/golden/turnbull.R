# Interval-censored times made of shipped data, and survival from survfit with
# Surv(type = "interval2"). R's EM algorithm stops once no survival moves by
# 5e-5; it runs here, without acceleration, until none moves by 1e-14, and both
# likelihoods are kept.
source("golden.R")

write_intervals <- function(frame, name, from) {
  write_csv(frame, file.path("data", paste0(name, ".csv")),
            c(paste("written by turnbull.R from", from),
              "event in (lower, upper]; NA is an open end",
              paste("survival", as.character(packageVersion("survival")))))
  name
}

# What visits at the multiples of `every` leave of times and events.
seen_at_visits <- function(time, event, every) {
  before <- floor(time / every) * every
  after <- ceiling(time / every) * every
  before <- ifelse(before == time, time - every, before)
  lower <- ifelse(event, ifelse(before <= 0, NA, before),
                  floor(time / every) * every)
  data.frame(lower = lower, upper = ifelse(event, after, NA))
}

l <- survival::lung
row <- seq_len(nrow(l))
lung_visits <- cbind(
  seen_at_visits(l$time, l$status == 2, 20 + 7 * (row %% 6)),
  group = l$sex, weight = 1)
# Every fifth death at its day; every seventh only known to be before.
mixed <- lung_visits
at_day <- l$status == 2 & row %% 5 == 0
mixed$lower[at_day] <- mixed$upper[at_day] <- l$time[at_day]
mixed$lower[l$status == 2 & row %% 7 == 0] <- NA
mixed$weight <- 0.5 + (row %% 4) / 2

v <- survival::veteran
exact_only <- data.frame(lower = v$time,
                         upper = ifelse(v$status == 1, v$time, NA),
                         group = v$trt, weight = 1)

# First visit with bilirubin above 2 mg/dl, among who were not at entry.
p <- survival::pbcseq
high <- do.call(rbind, lapply(split(p, p$id), function(s) {
  first <- match(TRUE, s$bili > 2)
  if (is.na(first)) {
    return(data.frame(lower = max(s$day), upper = NA, group = s$trt[1]))
  }
  data.frame(lower = if (first > 1 && s$day[first - 1] > 0) s$day[first - 1]
                     else NA,
             upper = if (s$day[first] > 0) s$day[first] else NA,
             group = s$trt[1])
}))
high <- high[!(is.na(high$lower) & is.na(high$upper)), ]
high$weight <- 1

t <- survival::tobin
tobin <- data.frame(lower = ifelse(t$durable > 0, t$durable + 1, NA),
                    upper = t$durable + 1, group = 1, weight = 1)

sets <- c(
  write_intervals(lung_visits, "interval_lung",
                  "lung, visits every 20 to 55 days"),
  write_intervals(mixed, "interval_lung_mixed",
                  "the same with exact and left-censored deaths, weights made"),
  write_intervals(exact_only, "interval_veteran",
                  "veteran, exact and right-censored"),
  write_intervals(high, "interval_pbcseq",
                  "pbcseq, first visit with bilirubin above 2 mg/dl"),
  write_intervals(tobin, "interval_tobin", "tobin, durable + 1"))

tight <- survival:::survfitTurnbull
text <- deparse(tight)
stopped <- grep("eps > 5e-05", text, fixed = TRUE)
stopifnot(length(stopped) == 1)
text[stopped] <- sub("5e-05", "1e-14", text[stopped])
# Its acceleration every fifth step can throw a mass to nearly 0, from where the
# algorithm does not come back before it stops.
accelerated <- grep("if (iter%%5 == 0)", text, fixed = TRUE)
stopifnot(length(accelerated) == 1)
text[accelerated] <- "if (FALSE) {"
tight <- eval(parse(text = text), envir = asNamespace("survival"))

survival_at <- function(fit, times) {
  c(1, fit$surv)[findInterval(times, fit$time) + 1]
}

# Of each row: the mass of its interval, that of its point where exact.
log_likelihood <- function(fit, data) {
  after <- function(x, open) ifelse(is.na(x), open, survival_at(fit, x))
  below <- ifelse(is.na(data$lower), 1, after(data$lower, 1))
  point <- !is.na(data$lower) & !is.na(data$upper) & data$lower == data$upper
  below[point] <- c(1, fit$surv)[
    findInterval(data$lower[point], fit$time, left.open = TRUE) + 1]
  above <- after(data$upper, 0)
  sum(data$weight * log(below - above))
}

rows <- NULL
for (name in sets) {
  data <- read_data(name)
  for (group in unique(data$group)) {
    d <- data[data$group == group, ]
    y <- Surv(d$lower, d$upper, type = "interval2")
    one <- factor(rep(1, nrow(d)))
    loose <- survfit(y ~ 1, data = d, weights = d$weight, se.fit = FALSE)
    fit <- tight(one, aeqSurv(y), d$weight, se.fit = FALSE)
    times <- sort(unique(na.omit(c(d$lower, d$upper))))
    rows <- rbind(rows, data.frame(
      dataset = name, group = group, time = times,
      survival = survival_at(fit, times),
      log_likelihood = log_likelihood(fit, d),
      loose_log_likelihood = log_likelihood(loose, d)))
    cat(name, group, nrow(d), length(times), log_likelihood(fit, d),
        log_likelihood(loose, d), "\n")
  }
}
write_golden(rows, "turnbull", "turnbull.R", sets)

# Log-rank scores of Sun (1996) from R's estimate of both groups together, and
# the chi-square of their permutation distribution (Fay & Shaw 2010): R's own
# interval::ictest is of a package that Debian lacks.
rows <- NULL
for (name in c("interval_lung", "interval_veteran", "interval_pbcseq")) {
  d <- read_data(name)
  y <- aeqSurv(Surv(d$lower, d$upper, type = "interval2"))
  fit <- tight(factor(rep(1, nrow(d))), y, d$weight, se.fit = FALSE)
  before <- c(1, fit$surv[-length(fit$surv)])
  hazard <- cumsum(ifelse(before > 0, (before - fit$surv) / before, 0))
  # S and -S log S with S = exp(-hazard), just after and just before times.
  at <- function(times, values, start, left.open) {
    c(start, values)[findInterval(times, fit$time, left.open = left.open) + 1]
  }
  point <- !is.na(d$lower) & !is.na(d$upper) & d$lower == d$upper
  low <- ifelse(is.na(d$lower), 0, d$lower)
  high <- ifelse(is.na(d$upper), 0, d$upper)
  pick <- function(values, start, end) {
    begin <- ifelse(point, at(low, values, start, TRUE),
                    at(low, values, start, FALSE))
    list(begin = ifelse(is.na(d$lower), start, begin),
         end = ifelse(is.na(d$upper), end, at(high, values, start, FALSE)))
  }
  s <- pick(fit$surv, 1, 0)
  h <- pick(fit$surv * hazard, 0, 0)
  score <- (h$end - h$begin) / (s$begin - s$end)
  groups <- sort(unique(d$group))
  n <- as.vector(table(d$group)[groups])
  sums <- sapply(groups, function(g) sum(score[d$group == g]))
  chi_square <- sum(sums^2 / n) / (sum(score^2) / (length(score) - 1))
  rows <- rbind(rows, data.frame(
    dataset = name, group = groups, n = n, score = sums,
    chi_square = chi_square,
    p_value = pchisq(chi_square, length(n) - 1, lower.tail = FALSE)))
}
write_golden(rows, "turnbull_test", "turnbull.R",
             c("interval_lung", "interval_veteran", "interval_pbcseq"))
