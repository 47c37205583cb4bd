# Gray's test from cmprsk::cuminc: causes, strata, rho.
source("golden.R")

sets <- c("mgus2_sex", "pbc_trt", "transplant_abo", "cr_pbc", "cr_transplant",
          "cr_colon", "cr_flchain")
rows <- NULL
for (name in sets) {
  data <- read_data(name)
  if (name == "transplant_abo") data <- data[!is.na(data$cause), ]
  for (stratified in c(FALSE, if (!is.null(data$stratum)) TRUE)) {
    for (rho in c(0, 1, -0.5)) {
      strata <- if (stratified) data$stratum else rep(1, nrow(data))
      tests <- cuminc(data$time, data$cause, data$group, strata, rho = rho,
                      cencode = 0)$Tests
      rows <- rbind(rows, data.frame(
        dataset = name, stratified = as.integer(stratified), rho = rho,
        cause = as.integer(rownames(tests)), statistic = tests[, "stat"],
        df = tests[, "df"],
        p = pchisq(tests[, "stat"], tests[, "df"], lower.tail = FALSE)))
    }
  }
}
write_golden(rows, "gray", "gray.R", sets)
