# Asks the registry each question of package_test.py and writes every table as
# CSV, numbers with all their digits.
#
#   Rscript ask_everything.R HOST:PORT FOLDER

library(enthesis)
arguments <- commandArgs(trailingOnly = TRUE)
reg <- registry(arguments[1])
profiles <- data.frame(age_years = c(45, 60), sex = c("male", "female"))
times <- c("6m", "12m", "24m")

answers <- list(
  describe = ask_describe(reg, by = "site"),
  survival = ask_survival(
    reg, "complication", by = "approach", at = times, conf_type = "plain",
    quantiles = c(0.1, 0.25), rmst = "12m", landmark = 14,
    test = "fleming-harrington", rho = 1, gamma = 0.5, strata = "site",
    pairwise = TRUE, conf_level = 0.9,
    where = list(surgery_year = between(2015, 2023))),
  trend = ask_survival(reg, "complication", "sural_nerve", by = "age_band",
                       trend = TRUE, at = "1y"),
  incidence = ask_incidence(reg, "daily_life", by = "approach",
                            strata = "site", at = "13w", rho = 1,
                            variance = "jackknife", conf_type = "log"),
  `return-to-play` = ask_return_to_play(
    reg, "performance",
    where = list(sport_level = c("competitive", "professional"))),
  interval = ask_interval(reg, by = "sex", at = times),
  `score-change` = ask_score_change(reg, "pain_activity", by = "approach",
                                    thresholds = c(1.5, 3)),
  compare = ask_compare(reg, "primary_procedure", visit = "6_months",
                        change = TRUE),
  cox = ask_cox(reg, c("age_years", "sex"), "complication",
                strata = "pathology", cluster = "patient", ties = "breslow",
                zph = TRUE, newdata = profiles, at = c(180, 365)),
  `fine-gray` = ask_fine_gray(reg, c("age_years", "sex"),
                              convention = "finegray", newdata = profiles,
                              at = c(180, 365)),
  parametric = ask_parametric(reg, c("age_years", "sex"),
                              distribution = "loglogistic",
                              newdata = profiles, at = c(180, 365)),
  regress = ask_regress(reg, c("smoking", "factor(mri_grade)"),
                        endpoint = "complication", by_day = "3m",
                        cluster = "site", reference = c(mri_grade = 2)),
  mixed = ask_mixed(reg, "baseline_visa_a", by = "approach",
                    visits = c("6_months", "12_months"), structure = "ar1h",
                    df = "kenward-roger", reference = c(approach = "open")),
  ancova = ask_ancova(reg, "approach", "age_years", visit = "6_months",
                      measure = "pain_activity",
                      reference = c(approach = "open")),
  sites = ask_sites(reg, "age_years", endpoint = "complication",
                    by_day = "3m", site = "site-02", limits = "normal",
                    overdispersion = "multiplicative"),
  cusum = ask_cusum(reg, "site-02", endpoint = "complication", by_day = "3m",
                    odds_ratio = 2, arl = 500),
  withheld = ask_cox(reg, "age_years", "rupture",
                     where = list(site = "site-01")))

text <- function(column) {
  if (is.double(column)) return(ifelse(is.na(column), "",
                                       sprintf("%.17g", column)))
  if (is.list(column)) return(vapply(column, function(one) {
    paste(if (is.double(one)) sprintf("%.17g", one) else one, collapse = ";")
  }, ""))
  ifelse(is.na(column), "", as.character(column))
}
for (name in names(answers)) for (table in answer_tables(answers[[name]])) {
  frame <- answer_table(answers[[name]], table)
  frame[] <- lapply(frame, text)
  write.csv(frame, file.path(arguments[2], paste0(name, ":", table, ".csv")),
            row.names = FALSE)
}

# Each curve of the survival answer, as an object of class "survfit".
fit <- survival::survfit(answers$survival)
frame <- data.frame(group = rep(names(fit$strata), fit$strata))
for (name in c("time", "n.risk", "n.event", "n.censor", "surv", "lower",
               "upper", "cumhaz")) {
  frame[[name]] <- text(as.numeric(fit[[name]]))
}
frame$conf.int <- fit$conf.int
frame$conf.type <- fit$conf.type
write.csv(frame, file.path(arguments[2], "survfit.csv"), row.names = FALSE)
write.csv(list_sites(reg), file.path(arguments[2], "sites.csv"),
          row.names = FALSE)
