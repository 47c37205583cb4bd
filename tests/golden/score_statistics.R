# What base R says of paired and grouped scores: t.test, wilcox.test with
# tol.root 1e-14 (its own 1e-4 stops early), binom.test, oneway.test,
# kruskal.test, quantile. One figure a row.
source("golden.R")

paired <- read.csv("data/paired_scores.csv", comment.char = "#")
grouped <- read.csv("data/grouped_scores.csv", comment.char = "#",
                    colClasses = c(group = "character"))
tol_root <- 1e-14

figures <- function(dataset, conf_level, values) {
  data.frame(dataset = dataset, conf_level = conf_level, name = names(values),
             value = unname(values))
}
t_figures <- function(prefix, fit, std_error = TRUE) {
  values <- c(statistic = unname(fit$statistic), df = unname(fit$parameter),
              p = fit$p.value, lower = fit$conf.int[1],
              upper = fit$conf.int[2], std_error = fit$stderr)
  setNames(values, paste0(prefix, "_", names(values)))
}
rank_figures <- function(prefix, fit) {
  level <- attr(fit$conf.int, "conf.level")
  values <- c(statistic = unname(fit$statistic), p = fit$p.value,
              exact = grepl("exact", fit$method),
              estimate = unname(fit$estimate), lower = fit$conf.int[1],
              upper = fit$conf.int[2], level = level)
  setNames(values, paste0(prefix, "_", names(values)))
}

change_figures <- function(set, conf_level) {
  change <- set$follow_up - set$baseline
  n <- length(change)
  ratio <- mean(change) / sd(change)
  df <- n - 1
  factor <- exp(lgamma(df / 2) - log(sqrt(df / 2)) - lgamma((df - 1) / 2))
  hits <- sum(change >= 1)
  exact <- binom.test(hits, n, conf.level = conf_level)
  ranks <- suppressWarnings(
    wilcox.test(set$follow_up, set$baseline, paired = TRUE, conf.int = TRUE,
                conf.level = conf_level, tol.root = tol_root))
  figures(set$dataset[1], conf_level, c(
    n = n, mean = mean(change), std_dev = sd(change),
    t_figures("t", t.test(change, conf.level = conf_level)),
    rank_figures("signed_rank", ranks), srm = ratio, hedges_g = factor * ratio,
    hits = hits, exact_lower = exact$conf.int[1],
    exact_upper = exact$conf.int[2]))
}

description_figures <- function(group, values, conf_level) {
  quarters <- quantile(values, c(0, 0.25, 0.5, 0.75, 1), names = FALSE)
  result <- c(length(values), mean(values), sd(values), quarters)
  names <- c("n", "mean", "std_dev", "min", "q1", "median", "q3", "max")
  setNames(result, paste0("group_", group, "_", names))
}

two_figures <- function(set, a, b, conf_level) {
  x <- set$value[set$group == a]
  y <- set$value[set$group == b]
  ranks <- suppressWarnings(
    wilcox.test(x, y, conf.int = TRUE, conf.level = conf_level,
                tol.root = tol_root))
  values <- c(
    t_figures("welch", t.test(x, y, conf.level = conf_level)),
    t_figures("pooled", t.test(x, y, var.equal = TRUE,
                               conf.level = conf_level)),
    rank_figures("mann_whitney", ranks))
  figures(paste(set$dataset[1], a, b, sep = "|"), conf_level, values)
}

group_figures <- function(set, conf_level) {
  labels <- sort(unique(set$group))
  group <- factor(set$group, labels)
  anova <- oneway.test(set$value ~ group, var.equal = TRUE)
  ranks <- kruskal.test(set$value, group)
  values <- c(anova_statistic = unname(anova$statistic),
              anova_df = unname(anova$parameter[1]),
              anova_residual_df = unname(anova$parameter[2]),
              anova_p = anova$p.value,
              kruskal_statistic = unname(ranks$statistic),
              kruskal_df = unname(ranks$parameter), kruskal_p = ranks$p.value,
              kruskal_epsilon = unname(ranks$statistic) / (nrow(set) - 1))
  welch <- oneway.test(set$value ~ group)
  values <- c(values, welch_anova_statistic = unname(welch$statistic),
              welch_anova_df = unname(welch$parameter[1]),
              welch_anova_residual_df = unname(welch$parameter[2]),
              welch_anova_p = welch$p.value)
  for (g in labels) {
    values <- c(values, description_figures(g, set$value[set$group == g]))
  }
  rows <- figures(set$dataset[1], conf_level, values)
  if (conf_level == 0.95) {
    pairs <- combn(labels, 2, simplify = FALSE)
  } else {
    pairs <- list(labels[1:2])
  }
  rbind(rows, do.call(rbind, lapply(pairs, function(pair) {
    two_figures(set, pair[1], pair[2], conf_level)
  })))
}

run <- function(sets, f, levels) {
  parts <- split(sets, factor(sets$dataset, unique(sets$dataset)))
  do.call(rbind, lapply(parts, function(set) {
    do.call(rbind, lapply(levels, function(level) f(set, level)))
  }))
}
write_golden(run(paired, change_figures, c(0.5, 0.95, 0.99)), "paired_scores",
             "score_statistics.R", "paired_scores")
write_golden(run(grouped, group_figures, c(0.9, 0.95)), "grouped_scores",
             "score_statistics.R", "grouped_scores")
