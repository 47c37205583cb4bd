# Models of a cohort, and the comparison of sites.

ask_cox <- function(registry, covariates = NULL, endpoint = "reoperation",
                    complication = NULL, reference = NULL, strata = NULL,
                    cluster = NULL, ties = NULL, zph = FALSE, newdata = NULL,
                    at = NULL, where = NULL, conf_level = 0.95,
                    as_of = NULL) {
  ask(registry, "cox", "FitCoxResponse", c(
    flags(covariates = covariates, endpoint = endpoint,
          complication = complication, strata = strata, cluster = cluster,
          ties = ties, zph = zph, at = at, conf_level = conf_level),
    reference_flags(reference), profile_flags(newdata)), where, as_of)
}

ask_fine_gray <- function(registry, covariates = NULL,
                          endpoint = "return_sport", complication = NULL,
                          cause = "event", convention = "crr",
                          reference = NULL, strata = NULL, cluster = NULL,
                          ties = NULL, newdata = NULL, at = NULL,
                          where = NULL, conf_level = 0.95, as_of = NULL) {
  ask(registry, "fine-gray", "FitFineGrayResponse", c(
    flags(covariates = covariates, endpoint = endpoint,
          complication = complication, cause = cause, convention = convention,
          strata = strata, cluster = cluster, ties = ties, at = at,
          conf_level = conf_level),
    reference_flags(reference), profile_flags(newdata)), where, as_of)
}

ask_parametric <- function(registry, covariates = NULL,
                           endpoint = "return_sport", complication = NULL,
                           distribution = "weibull", reference = NULL,
                           newdata = NULL, at = NULL, where = NULL,
                           conf_level = 0.95, as_of = NULL) {
  ask(registry, "parametric", "FitParametricResponse", c(
    flags(covariates = covariates, endpoint = endpoint,
          complication = complication, distribution = distribution, at = at,
          conf_level = conf_level),
    reference_flags(reference), profile_flags(newdata)), where, as_of)
}

ask_regress <- function(registry, covariates = NULL, family = "logistic",
                        endpoint = NULL, complication = NULL, by_day = NULL,
                        measure = NULL, visit = NULL, threshold = NULL,
                        reference = NULL, cluster = NULL, firth = FALSE,
                        where = NULL, conf_level = 0.95, as_of = NULL) {
  ask(registry, "regress", "FitRegressionResponse", c(
    flags(covariates = covariates, family = family, endpoint = endpoint,
          complication = complication, by_day = by_day, measure = measure,
          visit = visit, threshold = threshold, cluster = cluster,
          firth = firth, conf_level = conf_level),
    reference_flags(reference)), where, as_of)
}

ask_mixed <- function(registry, covariates = NULL, measure = "visa_a",
                      visits = NULL, by = NULL, structure = "intercept",
                      df = "satterthwaite", ml = FALSE, random_site = FALSE,
                      reference = NULL, where = NULL, conf_level = 0.95, as_of = NULL) {
  ask(registry, "mixed", "FitMixedModelResponse", c(
    flags(covariates = covariates, measure = measure, visits = visits,
          by = by, structure = structure, df = df, ml = ml,
          random_site = random_site, conf_level = conf_level),
    reference_flags(reference)), where, as_of)
}

ask_ancova <- function(registry, by, covariates = NULL, measure = "visa_a",
                       visit = "12_months", reference = NULL, where = NULL,
                       conf_level = 0.95, as_of = NULL) {
  ask(registry, "ancova", "FitAncovaResponse", c(
    flags(by = by, covariates = covariates, measure = measure, visit = visit,
          conf_level = conf_level),
    reference_flags(reference)), where, as_of)
}

ask_sites <- function(registry, covariates = NULL, endpoint = NULL,
                      complication = NULL, by_day = NULL, measure = NULL,
                      visit = NULL, threshold = NULL, reference = NULL,
                      score = NULL, site = NULL, limits = "prediction",
                      overdispersion = NULL, tau2 = "reml", hksj = FALSE,
                      where = NULL, conf_level = 0.95, as_of = NULL) {
  ask(registry, "sites", "CompareSitesResponse", c(
    flags(covariates = covariates, endpoint = endpoint,
          complication = complication, by_day = by_day, measure = measure,
          visit = visit, threshold = threshold, score = score, site = site,
          limits = limits,
          overdispersion = overdispersion, tau2 = tau2, hksj = hksj,
          conf_level = conf_level),
    reference_flags(reference)), where, as_of)
}

ask_cusum <- function(registry, site, covariates = NULL, endpoint = NULL,
                      complication = NULL, by_day = NULL, measure = NULL,
                      visit = NULL, threshold = NULL, reference = NULL,
                      odds_ratio = 2, arl = NULL, where = NULL,
                      conf_level = 0.95, as_of = NULL) {
  ask(registry, "cusum", "CompareSitesResponse", c(
    flags(site = site, covariates = covariates, endpoint = endpoint,
          complication = complication, by_day = by_day, measure = measure,
          visit = visit, threshold = threshold, odds_ratio = odds_ratio,
          arl = arl, conf_level = conf_level),
    reference_flags(reference)), where, as_of)
}

# c(sex = "male") is --reference sex=male.
reference_flags <- function(reference) {
  if (is.null(reference)) return(character())
  repeated_flags("reference", paste0(names(reference), "=", reference))
}

# A row of `newdata` is for whom a curve is predicted.
profile_flags <- function(newdata) {
  if (is.null(newdata)) return(character())
  newdata <- as.data.frame(newdata, stringsAsFactors = FALSE)
  repeated_flags("predict", vapply(seq_len(nrow(newdata)), function(row) {
    paste(names(newdata), vapply(newdata[row, , drop = FALSE], function(one) {
      word_of(if (is.factor(one)) as.character(one) else one)
    }, ""), sep = "=", collapse = ",")
  }, ""))
}
