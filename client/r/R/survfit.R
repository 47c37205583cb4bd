# Curves as objects of class "survfit", for the methods of survival.

survfit.enthesis_answer <- function(formula, ...) {
  answer <- formula
  curves <- answer[["curves"]]
  kind <- attr(answer, "kind")
  causes <- kind %in% c("EstimateIncidenceResponse",
                        "EstimateReturnToPlayResponse")
  if (!causes && kind != "EstimateSurvivalResponse") {
    stop("curves are in answers of ask_survival(), ask_incidence() and ",
         "ask_return_to_play()", call. = FALSE)
  }
  fits <- lapply(curves, if (causes) incidence_columns else survival_columns)
  shown <- lengths(lapply(fits, `[[`, "time")) > 0
  labels <- vapply(curves, group_label, "")
  if (!any(shown)) {
    stop("no curve is shown: ", paste(unique(vapply(
      curves, absence_of, "")), collapse = ", "), call. = FALSE)
  }
  if (!all(shown)) {
    message("without a curve: ", paste0(
      labels[!shown], " (", vapply(curves[!shown], absence_of, ""), ")",
      collapse = ", "))
  }
  fit <- bind_columns(fits[shown], labels[shown])
  fit$conf.int <- attr(answer, "conf_level")
  fit$conf.type <- attr(answer, "conf_type")
  fit$call <- match.call()
  # What the answer was asked for, and where it comes from.
  fit$provenance <- answer[["provenance"]]
  structure(fit, class = c("enthesis_survfit", if (causes) "survfitms",
                           "survfit"))
}

# As survival prints it. Means of curves that end on different days are those
# up to the first end: beyond it a curve may have been withheld.
print.enthesis_survfit <- function(x, ...) {
  given <- list(...)
  if (inherits(x, "survfitms") && is.null(given$rmean)) {
    ends <- if (is.null(x$strata)) length(x$time) else cumsum(x$strata)
    NextMethod(rmean = min(x$time[ends]))
  } else {
    NextMethod()
  }
  threshold <- x$provenance[["disclosureThreshold"]]
  cat("As of commit ", x$provenance[["asOf"]],
      if (isTRUE(x$provenance[["synthetic"]])) "; SYNTHETIC DATA",
      if (!is.null(threshold)) paste0(
        "; a curve ends where fewer than ", threshold, " are at risk"),
      "\n", sep = "")
  invisible(x)
}

`[.enthesis_survfit` <- function(x, ...) {
  chosen <- NextMethod()
  chosen$provenance <- x$provenance
  chosen
}

group_label <- function(curve) {
  group <- curve[["group"]]
  if (length(group) == 0) return("all")
  paste(names(group), unlist(group), sep = "=", collapse = ", ")
}

absence_of <- function(curve) {
  if (is.null(curve[["absence"]])) "no cases" else curve[["absence"]]
}

numbers <- function(points, name) {
  vapply(points, function(point) {
    value <- point[[name]]
    if (is.null(value)) NA_real_ else as.numeric(value)
  }, 0)
}

survival_columns <- function(curve) {
  points <- curve[["points"]]
  surv <- numbers(points, "survival")
  std_error <- numbers(points, "stdError")
  list(n = curve[["n"]], time = numbers(points, "day"),
       n.risk = numbers(points, "atRisk"), n.event = numbers(points, "events"),
       n.censor = numbers(points, "censored"), surv = surv,
       # As survival has it: of the logarithm.
       std.err = ifelse(surv == 0, Inf, std_error / surv),
       cumhaz = numbers(points, "cumulativeHazard"),
       lower = numbers(points, "lower"), upper = numbers(points, "upper"),
       type = "right", logse = TRUE)
}

# The causes' curves on the days of any of them. A cause that has no event on a
# day keeps its value; the numbers at risk are those of the causes that have.
# Days of censoring are not told: who left before the next day with an event is
# counted on this one.
incidence_columns <- function(curve) {
  causes <- curve[["causes"]]
  points <- lapply(causes, `[[`, "points")
  days <- lapply(points, numbers, "day")
  time <- sort(unique(unlist(days)))
  if (length(time) == 0) return(list(time = time))
  carried <- function(name, before) {
    mapply(function(of, day) {
      c(before, numbers(of, name))[findInterval(time, day) + 1]
    }, points, days, SIMPLIFY = "matrix")
  }
  on_day <- function(name) {
    mapply(function(of, day) numbers(of, name)[match(time, day)], points, days,
           SIMPLIFY = "matrix")
  }
  as_matrix <- function(x) matrix(x, nrow = length(time))
  events <- as_matrix(on_day("events"))
  events[is.na(events)] <- 0
  incidence <- as_matrix(carried("incidence", 0))
  free <- 1 - rowSums(incidence)
  at_risk <- apply(as_matrix(on_day("atRisk")), 1, function(row) {
    row[!is.na(row)][1]
  })
  unknown <- rep(NA_real_, length(time))
  states <- c("(s0)", vapply(causes, `[[`, "", "cause"))
  list(n = curve[["n"]], time = time,
       n.risk = cbind(at_risk, matrix(0, length(time), length(causes))),
       n.event = cbind(0, events),
       n.censor = c(at_risk[-length(time)] - rowSums(events)[-length(time)] -
                      at_risk[-1], 0),
       pstate = cbind(free, incidence),
       p0 = c(1, rep(0, length(causes))),
       std.err = cbind(unknown, as_matrix(carried("stdError", 0))),
       lower = cbind(unknown, as_matrix(carried("lower", NA_real_))),
       upper = cbind(unknown, as_matrix(carried("upper", NA_real_))),
       states = states, type = "mright", logse = FALSE)
}

# One fit of the columns of several curves.
bind_columns <- function(fits, labels) {
  first <- fits[[1]]
  fit <- list(n = vapply(fits, function(one) as.numeric(one$n), 0))
  single <- c("states", "type", "logse")
  for (name in setdiff(names(first), c("n", "p0", single))) {
    parts <- lapply(fits, `[[`, name)
    fit[[name]] <- unname(do.call(if (is.matrix(parts[[1]])) rbind else c,
                                  parts))
  }
  single <- intersect(single, names(first))
  fit[single] <- first[single]
  if (!is.null(first$p0)) {
    fit$p0 <- do.call(rbind, lapply(fits, `[[`, "p0"))
    colnames(fit$p0) <- first$states
    if (length(fits) == 1) fit$p0 <- fit$p0[1, ]
  }
  if (length(fits) > 1 || labels[1] != "all") {
    fit$strata <- structure(lengths(lapply(fits, `[[`, "time")),
                            names = labels)
  }
  fit
}
