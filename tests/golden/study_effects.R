# Effects of studies from metafor::escalc (zero cells: 1/2, or nothing), what
# they pool to by rma, and what their tables give by rma.mh, rma.peto and the
# exact conditional odds ratio. One figure a row; the inputs are written, too.
source("golden.R")
source("conditional.R")
suppressPackageStartupMessages(library(metafor))

arms <- function(events, n, control_events, control_n) {
  data <- data.frame(events = events, n = n, control_events = control_events,
                     control_n = control_n)
  data[complete.cases(data), ]
}
yusuf <- dat.yusuf1985
tables <- list(
  bcg = with(dat.bcg, arms(tpos, tpos + tneg, cpos, cpos + cneg)),
  collins = with(dat.collins1985b, arms(pre.xti, pre.nti, pre.xci, pre.nci)),
  stillbirths = with(dat.collins1985b, arms(stb.xti, fup.nti, stb.xci,
                                            fup.nci)),
  neonatal = with(dat.collins1985b, arms(ned.xti, fup.nti, ned.xci, fup.nci)),
  yusuf_6 = with(yusuf[yusuf$table == "6", ], arms(ai, n1i, ci, n2i)),
  yusuf_9 = with(yusuf[yusuf$table == "9", ], arms(ai, n1i, ci, n2i)),
  zeros = arms(c(0, 3, 0, 9, 2), c(10, 12, 8, 9, 20), c(2, 0, 0, 5, 1),
               c(11, 12, 9, 10, 21)))
shares <- with(dat.pritz1997, data.frame(events = xi, n = ni))
rates <- with(dat.nielweise2008, data.frame(
  events = x1i, exposure = t1i, control_events = x2i, control_exposure = t2i))
scores <- with(dat.normand1999, data.frame(
  mean = m1i, sd = sd1i, n = n1i, control_mean = m2i, control_sd = sd2i,
  control_n = n2i))

inputs <- c(tables, list(pritz = shares, nielweise = rates, normand = scores))
for (name in names(inputs)) {
  write_csv(inputs[[name]], file.path("data", paste0("study_", name, ".csv")),
            "written by study_effects.R")
}

# Each study's effect; none where escalc has no finite one or no error.
effects <- function(dataset, measure, added, found) {
  usable <- is.finite(found$yi) & is.finite(found$vi) & found$vi > 0
  yi <- ifelse(usable, found$yi, NA)
  error <- sqrt(ifelse(usable, found$vi, NA))
  k <- length(yi)
  data.frame(dataset = dataset, measure = measure, correction = added,
             study = rep(seq_len(k) - 1L, 2),
             name = rep(c("estimate", "std_error"), each = k),
             value = c(yi, error))
}

# The effects that there are, pooled, with the tolerance of REML tightened.
pooled_effects <- function(dataset, measure, added, found) {
  usable <- is.finite(found$yi) & is.finite(found$vi) & found$vi > 0
  fit <- rma(as.numeric(found$yi[usable]), found$vi[usable],
             control = list(threshold = 1e-15, maxiter = 50000))
  data.frame(dataset = dataset, measure = measure, correction = added,
             study = 0L, name = c("rma_estimate", "rma_std_error", "rma_tau2"),
             value = c(fit$b[[1]], fit$se, fit$tau2))
}

escalc_of <- function(measure, added, ...) {
  suppressWarnings(escalc(measure, ..., add = added,
                          to = if (added > 0) "only0" else "none"))
}

pooled <- function(dataset, data) {
  x <- data$events
  n <- data$n
  cx <- data$control_events
  cn <- data$control_n
  common <- function(measure) {
    fit <- suppressWarnings(rma.mh(measure = measure, ai = x, n1i = n,
                                   ci = cx, n2i = cn, add = c(0.5, 0),
                                   correct = FALSE))
    values <- c(fit$b[[1]], fit$se, fit$zval, fit$pval, fit$ci.lb, fit$ci.ub)
    names(values) <- paste0("mh_", tolower(measure), "_",
                            c("estimate", "std_error", "statistic", "p",
                              "lower", "upper"))
    if (measure == "OR") {
      values <- c(values, cmh = fit$MH, cmh_p = fit$MHp, bd = fit$BD,
                  bd_p = fit$BDp, ta = fit$TA, ta_p = fit$TAp)
    }
    values
  }
  # Its Q counts studies with both outcomes and both groups.
  kept <- x + cx > 0 & x + cx < n + cn
  peto <- suppressWarnings(rma.peto(ai = x[kept], n1i = n[kept], ci = cx[kept],
                                    n2i = cn[kept], add = c(0.5, 0)))
  exact <- conditional(x, n, cn, x + cx)
  values <- c(
    common("OR"), common("RR"), common("RD"),
    peto_estimate = peto$b[[1]], peto_std_error = peto$se,
    peto_statistic = peto$zval, peto_p = peto$pval, peto_lower = peto$ci.lb,
    peto_upper = peto$ci.ub, peto_q = peto$QE, peto_q_p = peto$QEp,
    setNames(exact, paste0("exact_", names(exact))))
  data.frame(dataset = dataset, measure = "pooled", correction = 0, study = 0L,
             name = names(values), value = unname(values))
}

rows <- list()
for (name in names(tables)) {
  data <- tables[[name]]
  for (added in c(0.5, 0)) {
    for (measure in c("OR", "RR", "RD")) {
      found <- escalc_of(measure, added, ai = data$events, n1i = data$n,
                         ci = data$control_events, n2i = data$control_n)
      rows <- c(rows, list(effects(name, measure, added, found),
                           pooled_effects(name, measure, added, found)))
    }
  }
  rows <- c(rows, list(pooled(name, data)))
}
for (added in c(0.5, 0)) {
  rows <- c(rows, list(
    effects("pritz", "PLO", added,
            escalc_of("PLO", added, xi = shares$events, ni = shares$n)),
    effects("nielweise", "IRLN", added,
            escalc_of("IRLN", added, xi = rates$events, ti = rates$exposure)),
    effects("nielweise", "IRR", added,
            escalc_of("IRR", added, x1i = rates$events, t1i = rates$exposure,
                      x2i = rates$control_events,
                      t2i = rates$control_exposure))))
}
rate_ratio <- with(rates, rma.mh(
  measure = "IRR", x1i = events, t1i = exposure, x2i = control_events,
  t2i = control_exposure, correct = FALSE))
rows <- c(rows, list(
  data.frame(dataset = "nielweise", measure = "IRR_mh", correction = 0,
             study = 0L, name = c("estimate", "std_error", "lower", "upper"),
             value = with(rate_ratio, c(b[[1]], se, ci.lb, ci.ub))),
  effects("normand", "MN", 0, escalc("MN", mi = mean, sdi = sd, ni = n,
                                     data = scores)),
  effects("normand", "MD", 0, escalc(
    "MD", m1i = mean, sd1i = sd, n1i = n, m2i = control_mean,
    sd2i = control_sd, n2i = control_n, data = scores))))
write_golden(do.call(rbind, rows), "study_effects", "study_effects.R",
             paste0("study_", names(inputs)))
