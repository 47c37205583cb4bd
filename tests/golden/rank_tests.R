# Weighted, stratified, trend and pairwise rank tests from survival::survdiff,
# and p values from p.adjust. Gehan-Breslow, Tarone-Ware, the textbook's
# Peto-Peto and gamma > 0 are not in R: the naive oracle has them.
source("golden.R")

sets <- c(event_sets, "ovarian_rx", "kidney_disease", "gbsg_grade",
          "flchain_flc", "colon_rx")
stratified_sets <- c("lung_inst", "lung_sex", "veteran_celltype",
                     "veteran_trt", "ovarian_rx", "kidney_disease",
                     "gbsg_grade", "flchain_flc", "colon_rx")

test <- function(data, stratified, rho) {
  y <- Surv(data$time, data$cause > 0)
  group <- data$group
  if (!stratified) return(survdiff(y ~ group, rho = rho))
  survdiff(y ~ group + strata(data$stratum), rho = rho)
}

sums <- function(counts) rowSums(as.matrix(counts))

test_rows <- function(name, stratified, rho) {
  fit <- test(read_data(name), stratified, rho)
  expected <- sums(fit$exp)
  df <- sum(expected > 0) - 1
  # Trend with scores 1, 4, 9, ... in the order of the groups.
  scores <- seq_along(expected)^2
  z <- sum(scores * (sums(fit$obs) - expected)) /
    sqrt(drop(scores %*% fit$var %*% scores))
  data.frame(
    dataset = name, stratified = as.integer(stratified), rho = rho,
    group = sub("^group=", "", names(fit$n)), observed = sums(fit$obs),
    expected = expected, df = df, chi_square = fit$chisq,
    p_value = pchisq(fit$chisq, df, lower.tail = FALSE), trend_z = z,
    trend_p = 2 * pnorm(-abs(z)))
}

pair_rows <- function(name, rho) {
  data <- read_data(name)
  pairs <- combn(sort(unique(data$group)), 2)
  p <- apply(pairs, 2, function(pair) {
    fit <- test(data[data$group %in% pair, ], FALSE, rho)
    pchisq(fit$chisq, 1, lower.tail = FALSE)
  })
  data.frame(dataset = name, rho = rho, first = pairs[1, ],
             second = pairs[2, ], p_value = p, holm = p.adjust(p, "holm"),
             bh = p.adjust(p, "BH"))
}

rows <- NULL
for (rho in c(0, 0.5, 1, 2)) {
  rows <- rbind(rows, do.call(rbind, lapply(sets, test_rows, FALSE, rho)),
                do.call(rbind, lapply(stratified_sets, test_rows, TRUE, rho)))
}
write_golden(rows, "rank_tests", "rank_tests.R", sets)

pair_sets <- c("veteran_celltype", "transplant_abo", "kidney_disease",
               "gbsg_grade", "flchain_flc", "colon_rx")
rows <- rbind(do.call(rbind, lapply(pair_sets, pair_rows, 0)),
              do.call(rbind, lapply(pair_sets, pair_rows, 1)))
write_golden(rows, "rank_pairs", "rank_tests.R", pair_sets)
