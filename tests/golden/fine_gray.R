# Fine-Gray regression: cmprsk::crr, and coxph on the rows of
# survival::finegray. Both are driven to their optimum: crr by two more Newton
# steps from where its gtol of 1e-6 lets it stop (with a smaller gtol its line
# search gives up on rounding), coxph with eps = 1e-13 and iter.max = 100.
source("golden.R")

rows <- NULL
add <- function(model, quantity, name, value) {
  rows <<- rbind(rows, data.frame(model = model, quantity = quantity,
                                  name = name, value = unname(value)))
}

add_covariance <- function(model, quantity, matrix, names) {
  for (i in seq_along(names)) {
    for (j in seq_len(i)) {
      add(model, quantity, paste0(names[i], ":", names[j]), matrix[i, j])
    }
  }
}

# Every so many steps of a curve.
thin <- function(n) unique(c(seq(1, n, max(1, n %/% 15)), n))

fit_crr <- function(model, data, cause, terms, profile, censoring = NULL) {
  x <- as.matrix(data[terms])
  arguments <- list(data$time, data$cause, x, failcode = cause, cencode = 0)
  if (!is.null(censoring)) arguments$cengroup <- data[[censoring]]
  fit <- do.call(crr, arguments)
  stopifnot(fit$converged)
  for (step in 1:2) {
    at <- fit$coef + drop(fit$invinf %*% fit$score)
    fit <- do.call(crr, c(arguments, list(init = at, maxiter = 0)))
  }
  stopifnot(abs(fit$invinf %*% fit$score) < 1e-12)
  add(model, "estimate", terms, fit$coef)
  add_covariance(model, "covariance", fit$var, terms)
  add_covariance(model, "modelCovariance", fit$invinf, terms)
  add(model, "logLikelihood", c("null", "model"),
      c(fit$loglik.null, fit$loglik))
  curve <- predict(fit, cov1 = profile)
  kept <- thin(nrow(curve))
  add(model, "incidence", exact(curve[kept, 1]), curve[kept, 2])
}

fit_finegray <- function(model, data, cause, terms, profile, ties = "efron",
                         stratified = FALSE, weighted = FALSE,
                         cluster = "id") {
  data$id <- seq_len(nrow(data))
  causes <- seq_len(max(data$cause))
  data$state <- factor(data$cause, c(0, causes), c("none", causes))
  left <- if (is.null(data$entry)) {
    "Surv(time, state)"
  } else {
    "Surv(entry, time, state)"
  }
  right <- if (stratified) ". + strata(stratum)" else "."
  arguments <- list(as.formula(paste(left, "~", right)), data = data,
                    etype = as.character(cause))
  if (!is.null(data$entry)) arguments$id <- quote(id)
  if (weighted) arguments$weights <- quote(weight)
  long <- do.call(finegray, arguments)
  if (stratified && is.null(long$stratum)) {
    long$stratum <- data$stratum[long$id]
  }
  right <- paste(terms, collapse = " + ")
  if (stratified) right <- paste(right, "+ strata(stratum)")
  long$cluster_of <- long[[cluster]]
  fit <- coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", right)),
               long, weights = fgwt, ties = ties, cluster = cluster_of,
               control = coxph.control(eps = 1e-13, toler.chol = 1e-14,
                                       iter.max = 100))
  add(model, "estimate", terms, fit$coefficients)
  add_covariance(model, "covariance", fit$var, terms)
  add_covariance(model, "modelCovariance", fit$naive.var, terms)
  add(model, "logLikelihood", c("null", "model"), fit$loglik)
  add(model, "score", "score", fit$score)
  add(model, "wald", "wald", fit$wald.test)
  values <- as.data.frame(as.list(setNames(profile, terms)))
  if (stratified) return(invisible())
  curve <- survfit(fit, newdata = values, se.fit = FALSE)
  kept <- which(curve$n.event > 0)
  kept <- kept[thin(length(kept))]
  add(model, "incidence", exact(curve$time[kept]), 1 - curve$surv[kept])
}

mgus2 <- read_data("cr_mgus2")
pbc <- read_data("cr_pbc")
transplant <- read_data("cr_transplant")
colon <- read_data("cr_colon")
flchain <- read_data("cr_flchain")
aged <- read_data("cr_mgus2_age")
pbc_terms <- c("age", "logbili", "albumin", "protime")
pbc_at <- c(50, 1, 3.5, 10.5)
abo_terms <- c("age", "aboB", "aboAB", "aboO", "year")
abo_at <- c(50, 0, 0, 1, 5)
colon_terms <- c("rxLev", "rxLev5FU", "age", "nodes")
colon_at <- c(0, 1, 60, 3)
flc_terms <- c("age", "male", "creatinine")
flc_at <- c(70, 1, 1)
aged_terms <- c("hgb", "creat", "mspike", "male")
aged_at <- c(13, 1.2, 1, 1)

fit_crr("cr_mgus2/crr/1", mgus2, 1, c("age", "male"), c(70, 1))
fit_crr("cr_mgus2/crr/2", mgus2, 2, c("age", "male"), c(70, 1))
fit_crr("cr_mgus2/crr/1/groups", mgus2, 1, c("age", "male"), c(70, 1),
        "stratum")
fit_crr("cr_pbc/crr/1", pbc, 1, pbc_terms, pbc_at)
fit_crr("cr_pbc/crr/2", pbc, 2, pbc_terms, pbc_at)
fit_crr("cr_transplant/crr/1", transplant, 1, abo_terms, abo_at)
fit_crr("cr_transplant/crr/2", transplant, 2, abo_terms, abo_at)
fit_crr("cr_transplant/crr/3/groups", transplant, 3, abo_terms, abo_at,
        "stratum")
fit_crr("cr_colon/crr/1", colon, 1, colon_terms, colon_at)
fit_crr("cr_colon/crr/2/groups", colon, 2, colon_terms, colon_at, "stratum")
fit_crr("cr_flchain/crr/1", flchain, 1, flc_terms, flc_at)

fit_finegray("cr_mgus2/finegray/1", mgus2, 1, c("age", "male"), c(70, 1))
fit_finegray("cr_mgus2/finegray/1/breslow", mgus2, 1, c("age", "male"),
             c(70, 1), "breslow")
fit_finegray("cr_mgus2/finegray/2/weights", mgus2, 2, c("age", "male"),
             c(70, 1), weighted = TRUE)
fit_finegray("cr_mgus2/finegray/1/strata", mgus2, 1, c("age", "male"),
             c(70, 1), stratified = TRUE)
fit_finegray("cr_mgus2/finegray/1/clusters", mgus2, 1, c("age", "male"),
             c(70, 1), cluster = "cluster")
fit_finegray("cr_pbc/finegray/2", pbc, 2, pbc_terms, pbc_at)
fit_finegray("cr_pbc/finegray/2/strata", pbc, 2, pbc_terms, pbc_at,
             stratified = TRUE)
fit_finegray("cr_transplant/finegray/2", transplant, 2, abo_terms, abo_at)
fit_finegray("cr_transplant/finegray/1/breslow", transplant, 1, abo_terms,
             abo_at, "breslow")
fit_finegray("cr_colon/finegray/1", colon, 1, colon_terms, colon_at)
fit_finegray("cr_flchain/finegray/1", flchain, 1, flc_terms, flc_at)
fit_finegray("cr_flchain/finegray/2/strata", flchain, 2, flc_terms, flc_at,
             stratified = TRUE)
fit_finegray("cr_mgus2_age/finegray/1", aged, 1, aged_terms, aged_at)
fit_finegray("cr_mgus2_age/finegray/2/weights", aged, 2, aged_terms, aged_at,
             weighted = TRUE)
fit_finegray("cr_mgus2_age/finegray/2/strata", aged, 2, aged_terms, aged_at,
             stratified = TRUE)
sparse <- read_data("cr_sparse")
fit_finegray("cr_sparse/finegray/1", sparse, 1, "x", 1)
fit_finegray("cr_sparse/finegray/2/weights", sparse, 2, "x", 1,
             weighted = TRUE)

write_golden(rows, "fine_gray", "fine_gray.R",
             c("cr_mgus2", "cr_mgus2_age", "cr_pbc", "cr_transplant",
               "cr_colon", "cr_flchain", "cr_sparse"))
