# Quantiles and upper tails of the normal, t and chi-square distributions.
source("golden.R")

p <- c(1e-12, 1e-6, 0.001, 0.025, 0.2, 0.5, 0.7, 0.975, 0.9999)
x <- c(-8, -2.5, -1, 0, 0.1, 1, 1.96, 4, 9, 30)
dfs <- c(1, 2, 3.5, 9, 100, 1e5)
row <- function(name, argument, df, value) {
  data.frame(name = name, argument = argument, df = df, value = value)
}
rows <- rbind(row("normal_quantile", p, 0, qnorm(p)),
              row("normal_upper_tail", x, 0, pnorm(x, lower.tail = FALSE)))
for (df in dfs) {
  rows <- rbind(
    rows,
    row("t_quantile", p, df, qt(p, df)),
    row("t_upper_tail", x, df, pt(x, df, lower.tail = FALSE)),
    row("chi_square_quantile", p, df, qchisq(p, df)),
    row("chi_square_upper_tail", x, df, pchisq(x, df, lower.tail = FALSE)))
}
write_golden(rows, "distributions", "distributions.R", character())
