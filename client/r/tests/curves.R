# Curves of saved answers against survival's own, on data with the same counts.

library(enthesis)
library(survival)

saved <- function(question) {
  read_answer(system.file("extdata", paste0(question, ".json"),
                          package = "enthesis", mustWork = TRUE), question)
}
same <- function(wanted, got) {
  stopifnot(isTRUE(all.equal(unname(wanted), unname(got), tolerance = 1e-12)))
}

# Survival: who is at risk after the last day of a curve was censored later.
answer <- saved("survival")
fit <- survfit(answer)
stopifnot(inherits(fit, "survfit"), length(fit$strata) == 3,
          fit$provenance$synthetic)
ends <- cumsum(fit$strata)
starts <- c(1, head(ends, -1) + 1)
for (i in seq_along(fit$strata)) {
  rows <- starts[i]:ends[i]
  last <- ends[i]
  left <- fit$n.risk[last] - fit$n.event[last] - fit$n.censor[last]
  data <- data.frame(
    time = c(rep(fit$time[rows], fit$n.event[rows]),
             rep(fit$time[rows], fit$n.censor[rows]),
             rep(fit$time[last] + 1, left)),
    event = rep(1:0, c(sum(fit$n.event[rows]),
                       sum(fit$n.censor[rows]) + left)))
  stopifnot(nrow(data) == fit$n[i], left < 11)
  own <- survfit(Surv(time, event) ~ 1, data, conf.type = "log-log")
  for (name in c("time", "n.risk", "n.event", "n.censor", "surv", "std.err",
                 "cumhaz", "lower", "upper")) {
    same(own[[name]][seq_along(rows)], fit[[name]][rows])
  }
  stopifnot(identical(names(own)[names(own) %in% names(fit)][1:8],
                      names(fit)[names(fit) %in% names(own)][1:8]))
  # What survival makes of the fit, it makes of its own.
  days <- c(30, 183, 365)
  for (name in c("surv", "std.err", "lower", "upper", "n.risk", "n.event")) {
    same(summary(own, times = days)[[name]],
         summary(fit[i], times = days)[[name]])
  }
  same(unlist(quantile(own, 0.05)), unlist(quantile(fit[i], 0.05)))
}

# The points of the answer, the summary at its days, and the table agree.
at <- answer_table(answer, "curves.at")
told <- summary(fit, times = unique(at$day))
same(at$survival, told$surv)
same(at$std_error, told$std.err)
same(at$lower, told$lower)
same(at$at_risk, told$n.risk)

# Competing causes.
back <- saved("return-to-play")
fit <- survfit(back)
stopifnot(inherits(fit, "survfitms"),
          identical(fit$states, c("(s0)", "return", "reoperation",
                                  "retirement", "death")))
events <- fit$n.event[, -1]
last <- length(fit$time)
left <- fit$n.risk[last, 1] - sum(events[last, ])
early <- fit$n - fit$n.risk[1, 1]
data <- data.frame(
  time = c(rep(rep(fit$time, ncol(events)), events),
           rep(fit$time, fit$n.censor), rep(fit$time[last] + 1, left),
           rep(fit$time[1] - 1, early)),
  state = factor(rep(c(seq_len(ncol(events)), 0),
                     c(colSums(events), sum(fit$n.censor) + left + early)),
                 0:ncol(events), c("censored", fit$states[-1])))
stopifnot(nrow(data) == fit$n)
own <- survfit(Surv(time, state) ~ 1, data, conf.type = "log-log")
of <- match(fit$time, own$time)
same(own$pstate[of, ], fit$pstate)
same(own$n.risk[of, 1], fit$n.risk[, 1])
at <- answer_table(back, "curves.causes.at")
told <- summary(fit, times = unique(at$day))
for (cause in c("return", "death")) {
  one <- at[at$cause == cause, ]
  column <- match(cause, fit$states)
  same(one$incidence, told$pstate[, column])
  same(one$std_error, told$std.err[, column])
  same(one$upper, told$upper[, column])
}

# Printing keeps where the figures come from; subsets do, too.
for (one in list(survfit(answer), survfit(answer)[1], fit)) {
  said <- capture.output(print(one))
  stopifnot(any(grepl("SYNTHETIC DATA", said)),
            any(grepl("As of commit", said)))
}
pdf(NULL)
plot(survfit(answer), conf.int = TRUE, mark.time = TRUE)
plot(fit, mark.time = TRUE)

# Tables do not depend on the data, and an absent figure is NA.
for (one in list(answer, back)) for (table in answer_tables(one)) {
  frame <- answer_table(one, table)
  stopifnot(is.data.frame(frame), "as_of" %in% names(frame),
            all(frame$synthetic))
}
means <- answer_table(answer, "restricted_mean_contrasts")
stopifnot(nrow(means) == 0, "difference_estimate" %in% names(means))
curves <- as.data.frame(answer)
stopifnot(is.na(curves$median_estimate[1]),
          curves$median_absence[1] == "not_reached")
refused <- tryCatch(answer_table(answer, "curve"), error = conditionMessage)
stopifnot(grepl("there is no table \"curve\"; there are: answer, curves",
                refused))
