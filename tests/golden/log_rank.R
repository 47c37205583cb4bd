# Log-rank tests from survival::survdiff, without and with strata.
source("golden.R")

test_rows <- function(name, stratified) {
  data <- read_data(name)
  fit <- if (stratified) {
    survdiff(Surv(time, cause > 0) ~ group + strata(stratum), data = data)
  } else {
    survdiff(Surv(time, cause > 0) ~ group, data = data)
  }
  expected <- rowSums(as.matrix(fit$exp))
  df <- sum(expected > 0) - 1
  data.frame(
    dataset = name, stratified = as.integer(stratified),
    group = sub("^group=", "", names(fit$n)), n = as.vector(fit$n),
    observed = rowSums(as.matrix(fit$obs)), expected = expected, df = df,
    chi_square = fit$chisq,
    p_value = pchisq(fit$chisq, df, lower.tail = FALSE))
}

stratified_sets <- c("lung_inst", "lung_sex", "veteran_celltype", "veteran_trt")
rows <- rbind(do.call(rbind, lapply(event_sets, test_rows, FALSE)),
              do.call(rbind, lapply(stratified_sets, test_rows, TRUE)))
write_golden(rows, "log_rank", "log_rank.R", event_sets)
