# Tables of events by group and stratum from prop.test, binom.test, chisq.test,
# mantelhaen.test, poisson.test and metafor (escalc, rma.mh). Where R stops
# short of the root (fisher.test and the exact mantelhaen.test by uniroot at
# 1e-4; the network of fisher.test beyond 2 x 2) the same equations are solved
# to the last digits and all tables are listed. One figure a row.
source("golden.R")
source("conditional.R")
suppressPackageStartupMessages(library(metafor))

# One row a stratum and group: how many had the event, of how many.
counted <- function(group, event, stratum, freq) {
  frame <- aggregate(cbind(events = event * freq, n = freq),
                     list(group = as.integer(factor(group)) - 1L,
                          stratum = as.integer(factor(stratum)) - 1L), sum)
  full <- expand.grid(group = seq_len(max(frame$group) + 1L) - 1L,
                      stratum = seq_len(max(frame$stratum) + 1L) - 1L)
  full <- merge(full, frame, all.x = TRUE, by = c("stratum", "group"))
  full[is.na(full)] <- 0
  full[order(full$stratum, full$group), ]
}

ucb <- as.data.frame(UCBAdmissions)
titanic <- as.data.frame(Titanic)
alcohol <- as.integer(esoph$alcgp)
smokers <- MASS::birthwt
small <- function(events, n, groups) {
  data.frame(stratum = (seq_along(events) - 1L) %/% groups,
             group = (seq_along(events) - 1L) %% groups, events = events, n = n)
}
inputs <- list(
  ucb = counted(ucb$Gender, ucb$Admit == "Admitted", ucb$Dept, ucb$Freq),
  esoph_alcohol = counted(
    rep(alcohol, 2), rep(1:0, each = nrow(esoph)), rep(esoph$agegp, 2),
    c(esoph$ncases, esoph$ncontrols)),
  esoph_drinkers = counted(
    rep(alcohol > 2, 2), rep(1:0, each = nrow(esoph)), rep(esoph$agegp, 2),
    c(esoph$ncases, esoph$ncontrols)),
  birthwt_smoke = counted(smokers$smoke, smokers$low, smokers$race, 1),
  birthwt_race = counted(smokers$race, smokers$low, smokers$smoke, 1),
  infert_induced = counted(infert$induced, infert$case, infert$education, 1),
  infert_pairs = counted(infert$spontaneous > 0, infert$case, infert$stratum,
                         1),
  titanic_sex = counted(titanic$Sex, titanic$Survived == "Yes", titanic$Class,
                        titanic$Freq),
  titanic_class = counted(titanic$Class, titanic$Survived == "Yes",
                          paste(titanic$Sex, titanic$Age), titanic$Freq),
  zero_events = small(c(0, 3, 0, 0, 2, 5), c(10, 12, 8, 9, 20, 20), 2),
  none_in_group = small(c(0, 3, 0, 2), c(10, 12, 8, 9), 2),
  all_in_group = small(c(10, 3, 8, 2), c(10, 12, 8, 9), 2),
  tea = small(c(1, 3), c(4, 4), 2),
  four_groups = small(c(10, 5, 2, 7), c(30, 35, 27, 25), 4))

for (name in names(inputs)) {
  write_csv(inputs[[name]], file.path("data", paste0("table_", name, ".csv")),
            "written by tables.R")
}

# Every table of the margins, group by group.
fisher_listed <- function(events, n) {
  left <- sum(events)
  logs <- 0
  for (size in n[-length(n)]) {
    x <- rep(0:size, times = length(left))
    rest <- rep(left, each = size + 1) - x
    logs <- rep(logs, each = size + 1) + lchoose(size, x)
    keep <- rest >= 0
    left <- rest[keep]
    logs <- logs[keep]
  }
  last <- n[length(n)]
  logs <- (logs + lchoose(last, left))[left <= last]
  seen <- sum(lchoose(n, events))
  sum(exp(logs[logs <= seen + log(1 + 1e-7)] - lchoose(sum(n), sum(events))))
}

limits <- function(name, estimate, interval) {
  setNames(c(estimate, interval),
           paste0(name, c("", "_lower", "_upper")))
}

share_figures <- function(x, n, label) {
  wilson <- suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int
  exact <- binom.test(x, n)$conf.int
  jeffreys <- c(if (x == 0) 0 else qbeta(0.025, x + 0.5, n - x + 0.5),
                if (x == n) 1 else
                  qbeta(0.025, x + 0.5, n - x + 0.5, lower.tail = FALSE))
  rate <- poisson.test(x, n * 1.5)
  values <- c(limits("wilson", x / n, wilson), limits("exact", x / n, exact),
              limits("jeffreys", x / n, jeffreys),
              limits("rate", rate$estimate, rate$conf.int))
  setNames(values, paste0(label, "_", names(values)))
}

contrast_figures <- function(x, n, label) {
  z <- qnorm(0.975)
  wilson <- sapply(1:2, function(i)
    suppressWarnings(prop.test(x[i], n[i], correct = FALSE))$conf.int)
  share <- x / n
  difference <- share[1] - share[2]
  newcombe <- difference + c(-1, 1) *
    sqrt(c((share[1] - wilson[1, 1])^2 + (wilson[2, 2] - share[2])^2,
           (wilson[2, 1] - share[1])^2 + (share[2] - wilson[1, 2])^2))
  effect <- function(measure, to) {
    found <- suppressWarnings(escalc(measure, ai = x[1], n1i = n[1], ci = x[2],
                                     n2i = n[2], to = to))
    estimate <- as.numeric(found$yi)
    error <- sqrt(found$vi)
    if (!is.finite(estimate) || !is.finite(error)) return(rep(NA, 4))
    c(exp(estimate), error, exp(estimate + c(-1, 1) * z * error))
  }
  values <- c(
    rd = difference, rd_error = sqrt(escalc("RD", ai = x[1], n1i = n[1],
                                            ci = x[2], n2i = n[2],
                                            to = "none")$vi),
    rd_lower = newcombe[1], rd_upper = newcombe[2])
  for (to in c("none", "only0")) {
    for (measure in c("RR", "OR")) {
      own <- effect(measure, to)
      names(own) <- paste0(tolower(measure), "_", to,
                           c("", "_error", "_lower", "_upper"))
      values <- c(values, own)
    }
  }
  exact <- conditional(x[1], n[1], n[2], sum(x))
  rates <- poisson.test(x, n * 1.5)
  values <- c(
    values, setNames(exact, paste0("conditional_", names(exact))),
    rate_ratio_exact_lower = rates$conf.int[1],
    rate_ratio_exact_upper = if (is.finite(rates$conf.int[2]))
      rates$conf.int[2] else NA)
  setNames(values, paste0(label, "_", names(values)))
}

table_figures <- function(x, n) {
  crossed <- cbind(n - x, x)
  if (sum(x) == 0) return(NULL)
  plain <- suppressWarnings(chisq.test(crossed, correct = FALSE))
  values <- c(chi_square = plain$statistic[[1]], chi_square_p = plain$p.value,
              smallest_expected = min(plain$expected))
  if (length(n) == 2) {
    yates <- suppressWarnings(chisq.test(crossed))
    values <- c(values, yates = yates$statistic[[1]], yates_p = yates$p.value)
  }
  if (prod(n[-length(n)] + 1) < 4e7) {
    values <- c(values, fisher_p = fisher_listed(x, n))
  }
  values
}

common <- function(fit, label, log_scale) {
  back <- if (log_scale) exp else identity
  ok <- is.finite(fit$se)
  values <- if (!ok) rep(NA, 4) else
    c(back(fit$b[[1]]), fit$se, back(fit$ci.lb), back(fit$ci.ub))
  setNames(values, paste0(label, c("", "_error", "_lower", "_upper")))
}

# Group 1 beside group 0 over strata.
stratified_figures <- function(data) {
  one <- data[data$group == 1, ]
  zero <- data[data$group == 0, ]
  keep <- one$n > 0 & zero$n > 0
  one <- one[keep, ]
  zero <- zero[keep, ]
  fit <- function(measure, ...) {
    suppressWarnings(rma.mh(measure = measure, ai = one$events, n1i = one$n,
                            ci = zero$events, n2i = zero$n, add = 0,
                            to = "none", ...))
  }
  odds <- fit("OR", correct = FALSE)
  values <- c(common(odds, "mh_or", TRUE), common(fit("RR"), "mh_rr", TRUE),
              common(fit("RD"), "mh_rd", FALSE),
              bd = odds$BD, bd_p = odds$BDp, ta = odds$TA, ta_p = odds$TAp)
  exact <- conditional(one$events, one$n, zero$n, one$events + zero$events)
  values <- c(values, setNames(exact, paste0("exact_", names(exact))))
  t <- one$events + zero$events
  keep <- t > 0 & t < one$n + zero$n
  one <- one[keep, ]
  zero <- zero[keep, ]
  if (nrow(one) == 0) return(values)
  cube <- array(rbind(one$events, zero$events, one$n - one$events,
                      zero$n - zero$events), c(2, 2, nrow(one)))
  with <- mantelhaen.test(cube)
  without <- mantelhaen.test(cube, correct = FALSE)
  c(values, cmh = with$statistic[[1]], cmh_p = with$p.value,
    cmh_plain = without$statistic[[1]], cmh_plain_p = without$p.value)
}

generalized_figures <- function(data) {
  groups <- max(data$group) + 1
  strata <- split(data, data$stratum)
  kept <- Filter(function(s) sum(s$events) > 0 && sum(s$events) < sum(s$n),
                 strata)
  cube <- array(unlist(lapply(kept, function(s) c(s$events, s$n - s$events))),
                c(groups, 2, length(kept)))
  test <- mantelhaen.test(cube)
  c(general = test$statistic[[1]], general_df = test$parameter[[1]],
    general_p = test$p.value)
}

figures <- function(name) {
  data <- read.csv(file.path("data", paste0("table_", name, ".csv")),
                   comment.char = "#")
  x <- tapply(data$events, data$group, sum)
  n <- tapply(data$n, data$group, sum)
  values <- table_figures(x, n)
  for (g in seq_along(n)) {
    values <- c(values, share_figures(x[[g]], n[[g]], paste0("group", g - 1)))
    if (g == 1) next
    values <- c(values, contrast_figures(c(x[[g]], x[[1]]), c(n[[g]], n[[1]]),
                                         paste0("contrast", g - 1)))
  }
  if (max(data$stratum) > 0) {
    if (length(n) == 2) values <- c(values, stratified_figures(data))
    if (length(n) > 2) values <- c(values, generalized_figures(data))
  }
  data.frame(dataset = name, name = names(values), value = unname(values))
}

write_golden(do.call(rbind, lapply(names(inputs), figures)), "tables",
             "tables.R", paste0("table_", names(inputs)))
