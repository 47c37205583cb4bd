# Questions about a cohort: description, curves, scores.

between <- function(first, last) {
  structure(list(first = first, last = last), class = "enthesis_between")
}

ask_describe <- function(registry, by = NULL, where = NULL, as_of = NULL) {
  ask(registry, "describe", "DescribeCohortResponse", flags(by = by), where,
      as_of)
}

ask_survival <- function(registry, endpoint = "reoperation",
                         complication = NULL, by = NULL, where = NULL,
                         at = NULL, conf_type = "log-log", conf_level = 0.95,
                         quantiles = NULL, rmst = NULL, landmark = NULL,
                         test = NULL, rho = NULL, gamma = NULL, strata = NULL,
                         trend = FALSE, pairwise = FALSE, as_of = NULL) {
  ask(registry, "survival", "EstimateSurvivalResponse", flags(
    endpoint = endpoint, complication = complication, by = by, at = at,
    conf_type = conf_type, conf_level = conf_level, quantiles = quantiles,
    rmst = rmst, landmark = landmark, test = test, rho = rho, gamma = gamma,
    strata = strata, trend = trend, pairwise = pairwise), where, as_of)
}

ask_incidence <- function(registry, endpoint, complication = NULL, by = NULL,
                          where = NULL, at = NULL, conf_type = "log-log",
                          conf_level = 0.95, variance = NULL, rho = NULL,
                          strata = NULL, as_of = NULL) {
  ask(registry, "incidence", "EstimateIncidenceResponse", flags(
    endpoint = endpoint, complication = complication, by = by, at = at,
    conf_type = conf_type, conf_level = conf_level, variance = variance,
    rho = rho, strata = strata), where, as_of)
}

ask_return_to_play <- function(registry, stage = "sport", by = NULL,
                               where = NULL, at = NULL, conf_type = "log-log",
                               conf_level = 0.95, as_of = NULL) {
  ask(registry, "return-to-play", "EstimateReturnToPlayResponse", flags(
    stage = stage, by = by, at = at, conf_type = conf_type,
    conf_level = conf_level), where, as_of)
}

ask_interval <- function(registry, endpoint = "return_sport", by = NULL,
                         where = NULL, at = NULL, as_of = NULL) {
  ask(registry, "interval", "EstimateIntervalCensoredResponse",
      flags(endpoint = endpoint, by = by, at = at), where, as_of)
}

ask_score_change <- function(registry, measure = "visa_a", by = NULL,
                             where = NULL, thresholds = NULL,
                             conf_level = 0.95, as_of = NULL) {
  ask(registry, "score-change", "EstimateScoreChangeResponse", flags(
    measure = measure, by = by, thresholds = thresholds,
    conf_level = conf_level), where, as_of)
}

ask_compare <- function(registry, by, measure = "visa_a",
                        visit = "12_months", change = FALSE, where = NULL,
                        conf_level = 0.95, as_of = NULL) {
  ask(registry, "compare", "CompareGroupsResponse", flags(
    by = by, measure = measure, visit = visit, change = change,
    conf_level = conf_level), where, as_of)
}

ask <- function(registry, command, kind, words, where, as_of) {
  words <- c(command, words, where_flags(where), flags(as_of = as_of))
  json <- run_json(registry, words)
  level <- words[match("--conf-level", words) + 1]
  transform <- words[match("--conf-type", words) + 1]
  answer <- new_answer(json, kind)
  attr(answer, "asked") <- words
  attr(answer, "conf_level") <- if (is.na(level)) 0.95 else as.numeric(level)
  attr(answer, "conf_type") <- if (is.na(transform)) "log-log" else transform
  answer
}

where_flags <- function(where) {
  if (length(where) > 0 && !all(nzchar(names(where))) ||
      length(where) != length(names(where))) {
    stop("`where` is a list with the names of dimensions, such as ",
         "list(pathology = \"insertional\")", call. = FALSE)
  }
  as.character(unlist(lapply(names(where), function(dimension) {
    chosen <- where[[dimension]]
    values <- if (inherits(chosen, "enthesis_between")) {
      paste0(word_of(chosen$first), "..", word_of(chosen$last))
    } else {
      paste(word_of(chosen), collapse = ",")
    }
    c("--where", paste0(dimension, "=", values))
  })))
}
