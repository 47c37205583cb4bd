# Cox models from survival::coxph, cox.zph, survfit and residuals, at a tight
# tolerance of convergence (eps 1e-14 instead of 1e-9).
source("golden.R")

# It warns that this is below its tolerance for singular columns.
control <- suppressWarnings(coxph.control(eps = 1e-14, iter.max = 60))
reserved <- c("entry", "time", "event", "weight", "stratum", "cluster")

read_cox <- function(name) {
  path <- file.path("data", paste0("cox_", name, ".csv"))
  data <- read.csv(path, comment.char = "#")
  as.data.frame(lapply(data, as.numeric))  # cox.zph takes no integers
}

# Columns TERM.LEVEL of one factor become one matrix, hence one term.
model_terms <- function(data) {
  columns <- setdiff(names(data), reserved)
  split(columns, factor(sub("[.].*", "", columns),
                        unique(sub("[.].*", "", columns))))
}

fit_cox <- function(data, ties, stratified, weighted, clustered) {
  terms <- model_terms(data)
  frame <- data.frame(row = seq_len(nrow(data)))
  for (term in names(terms)) {
    frame[[term]] <- if (length(terms[[term]]) == 1) {
      data[[terms[[term]]]]
    } else as.matrix(data[terms[[term]]])
  }
  surv <- if ("entry" %in% names(data)) {
    Surv(data$entry, data$time, data$event)
  } else Surv(data$time, data$event)
  frame$surv <- surv
  frame$stratum <- data$stratum
  frame$wts <- if (weighted) data$weight else rep(1, nrow(data))
  frame$cl <- data$cluster
  right <- c(names(terms), if (stratified) "strata(stratum)")
  formula <- as.formula(paste("surv ~", paste(right, collapse = " + ")))
  arguments <- list(formula, data = frame, ties = ties, control = control,
                    x = TRUE)
  if (weighted) arguments$weights <- frame$wts
  if (clustered) arguments$cluster <- frame$cl
  fit <- suppressWarnings(do.call(coxph, arguments))
  fit$flat_names <- unlist(terms, use.names = FALSE)
  fit$frame <- frame
  fit
}

rows_of <- function(model, quantity, term, value) {
  flags <- c("strata", "weights", "cluster")
  given <- unlist(model[c("stratified", "weighted", "clustered")]) > 0
  label <- paste(c(model$ties, flags[given]), collapse = " ")
  data.frame(dataset = model$dataset, model = label, quantity = quantity, term = term, value = value,
             row.names = NULL)
}

coefficient_rows <- function(model, fit) {
  robust <- !is.null(fit$naive.var)
  estimate <- fit$coefficients
  keep <- !is.na(estimate)
  diagonal <- function(v) ifelse(keep, sqrt(diag(as.matrix(v))), NA)
  used <- diagonal(fit$var)
  z <- estimate / used
  reach <- qnorm(0.975) * used
  term <- fit$flat_names
  rbind(
    rows_of(model, "estimate", term, estimate),
    rows_of(model, "std_error", term,
            if (robust) diagonal(fit$naive.var) else used),
    if (robust) rows_of(model, "robust_std_error", term, used),
    rows_of(model, "p_value", term, 2 * pnorm(-abs(z))),
    rows_of(model, "upper", term, estimate + reach),
    if (model$ties == "efron") rows_of(model, "mean", term, fit$means))
}

# Of the standardized estimates: coxph's own tolerance drops columns whose
# variance is small beside that of others (near_ties).
wald_test <- function(fit) {
  keep <- !is.na(fit$coefficients)
  variance <- as.matrix(fit$var)[keep, keep, drop = FALSE]
  z <- fit$coefficients[keep] / sqrt(diag(variance))
  drop(z %*% solve(cov2cor(variance), z))
}

test_rows <- function(model, fit) {
  df <- sum(!is.na(fit$coefficients))
  likelihood_ratio <- 2 * diff(fit$loglik)
  tests <- c(likelihood_ratio = likelihood_ratio, score = fit$score,
             wald = wald_test(fit))
  counts <- fit$concordance
  rbind(
    rows_of(model, "log_likelihood", c("null", "model"), fit$loglik),
    rows_of(model, "chi_square", names(tests), tests),
    rows_of(model, "test_p", "wald",
            pchisq(tests[["wald"]], df, lower.tail = FALSE)),
    rows_of(model, "concordance", names(counts)[1:7], counts[1:7]))
}

# Nothing where R stops: it inverts the unscaled information.
zph_rows <- function(model, fit, transforms) {
  one <- function(transform) {
    if (inherits(try(cox.zph(fit, transform), silent = TRUE), "try-error")) {
      message("no cox.zph: ", model$dataset, " ", transform)
      return(NULL)
    }
    columns <- cox.zph(fit, transform, terms = FALSE)$table
    terms <- cox.zph(fit, transform)$table
    names <- c(fit$flat_names[!is.na(fit$coefficients)], "GLOBAL")
    rbind(rows_of(model, paste0("zph_", transform), names, columns[, "chisq"]),
          if (transform == "km") rows_of(
            model, paste0("zph_p_", transform), names, columns[, "p"]),
          if (length(terms) < length(columns)) rows_of(model, paste0("zph_term_", transform), rownames(terms),
                  terms[, "chisq"]))
  }
  do.call(rbind, lapply(transforms, one))
}

# Residuals of every 23rd row (event), all columns.
residual_rows <- function(model, fit) {
  thin <- function(n) seq(1, n, by = 23)
  wide <- function(values, quantity) {
    values <- as.matrix(values)
    keep <- thin(nrow(values))
    do.call(rbind, lapply(seq_len(ncol(values)), function(j) {
      rows_of(model, paste0(quantity, " ", fit$flat_names[j]), keep - 1,
              values[keep, j])
    }))
  }
  rows <- thin(fit$n)
  rbind(
    rows_of(model, "martingale", rows - 1, residuals(fit, "martingale")[rows]),
    rows_of(model, "deviance", rows - 1, residuals(fit, "deviance")[rows]),
    wide(residuals(fit, "score"), "score"),
    wide(residuals(fit, "dfbeta"), "dfbeta"),
    wide(residuals(fit, "schoenfeld"), "schoenfeld"),
    wide(residuals(fit, "scaledsch"), "scaled"))
}

# Curves at the means and at the first row's covariates, every 25th point.
curve_rows <- function(model, fit) {
  one <- function(curve, profile) {
    strata <- if (is.null(curve$strata)) length(curve$time) else curve$strata
    index <- unlist(lapply(strata, seq_len)) - 1
    label <- rep(seq_along(strata), strata) - 1
    keep <- index %% 25 == 0
    where <- paste(profile, label, index)[keep]
    limits <- function(type) {
      survival:::survfit_confint(curve$surv, curve$std.err, TRUE, type, 0.95)
    }
    loglog <- limits("log-log")
    part <- function(quantity, value) {
      rows_of(model, quantity, where, as.vector(value)[keep])
    }
    rbind(part("curve_time", curve$time), part("curve_at_risk", curve$n.risk),
          part("curve_hazard", curve$cumhaz), part("curve_survival", curve$surv),
          part("curve_hazard_std_error", curve$std.err),
          part("curve_lower", loglog$lower), part("curve_upper", loglog$upper),
          part("curve_lower_log", curve$lower))
  }
  first <- fit$frame[1, ]
  if (!is.null(first$stratum)) first$stratum <- NULL
  rbind(one(survfit(fit, censor = TRUE), "mean"),
        one(survfit(fit, newdata = first, censor = TRUE), "first"))
}

models <- function(name) {
  columns <- names(read_cox(name))
  grid <- expand.grid(ties = c("efron", "breslow"),
                      stratified = 0:("stratum" %in% columns),
                      weighted = 0:("weight" %in% columns),
                      clustered = 0:("cluster" %in% columns))
  grid$ties <- as.character(grid$ties)
  cbind(dataset = name, grid)
}

sets <- c("lung", "veteran", "ovarian", "heart", "kidney", "pbc", "flchain",
          "gbsg", "rats", "cgd", "retinopathy", "bladder2", "mgus2", "nwtco",
          "near_ties")
small <- c("lung", "veteran", "ovarian", "heart", "kidney", "cgd", "bladder2",
           "near_ties")
parts <- list(fit = NULL, after = NULL)
for (name in sets) {
  data <- read_cox(name)
  grid <- models(name)
  for (i in seq_len(nrow(grid))) {
    model <- grid[i, ]
    fit <- fit_cox(data, model$ties, model$stratified > 0, model$weighted > 0,
                   model$clustered > 0)
    last <- all(unlist(model[c("stratified", "weighted", "clustered")]) ==
                  sapply(grid[c("stratified", "weighted", "clustered")], max))
    transforms <- c("km", if (i == 1) c("rank", "identity", "log"))
    parts$fit <- rbind(parts$fit, coefficient_rows(model, fit),
                       test_rows(model, fit), zph_rows(model, fit, transforms))
    if (name %in% small && (i == 1 || last) && !anyNA(fit$coefficients)) {
      parts$after <- rbind(parts$after, residual_rows(model, fit),
                           curve_rows(model, fit))
    }
  }
}
write_golden(parts$fit, "cox", "cox.R", paste0("cox_", sets),
             "1e-9 (near_ties 1e-7)")
write_golden(parts$after, "cox_residuals_curves", "cox.R",
             paste0("cox_", small))
