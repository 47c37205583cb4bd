# A registry's report on its repairs, in a page: how long repairs last, when
# athletes are back, how far VISA-A rises, what goes with a reoperation.
#
#   Rscript report.R HOST:PORT [CURVES.pdf]
#
# The second argument also draws the curves, with the methods of survival.
# ENTHESIS_PROGRAM names the program `enthesis` where it is not on the path.

library(enthesis)
library(survival)

arguments <- commandArgs(trailingOnly = TRUE)
if (!length(arguments) %in% 1:2) stop("usage: report.R HOST:PORT [CURVES.pdf]")
times <- c("6m", "12m", "24m")

reg <- registry(arguments[1])
cohort <- ask_describe(reg)
state <- as_of(cohort)  # all about one state of the registry
repairs <- ask_survival(reg, by = "pathology", at = times, as_of = state)
returns <- ask_return_to_play(reg, by = "sport_level", at = times,
                              as_of = state)
scores <- ask_score_change(reg, as_of = state)
model <- ask_cox(reg, c("sex", "age_years"), reference = c(sex = "male"),
                 as_of = state)

# A figure with its interval, or the word that says why it is absent.
figure <- function(row, name, form, scale = 1) {
  if (is.na(row[[name]])) return(row$absence)
  text <- sprintf(form, row[[name]] * scale)
  if (is.na(row$lower) || is.na(row$upper)) return(text)
  sprintf("%s (%s to %s)", text, sprintf(form, row$lower * scale),
          sprintf(form, row$upper * scale))
}
rows <- function(frame) lapply(seq_len(nrow(frame)), function(i) frame[i, ])

group <- answer_table(cohort, "groups")
cat(if (is.na(group$absence)) sprintf("%d cases of %d sites", group$n_cases,
                                      group$n_sites) else
      paste("cases:", group$absence),
    ", as of commit ", format(state, scientific = FALSE),
    if (is_synthetic(cohort)) "; SYNTHETIC DATA", "\n\n", sep = "")
cat("Free of reoperation, by pathology\n")
for (row in rows(answer_table(repairs, "curves.at"))) {
  cat(sprintf("  %-15s day %4d  %s\n", row$group, row$day,
              figure(row, "survival", "%.1f%%", 100)))
}
cat("Back in sport, by level\n")
for (row in rows(answer_table(returns, "curves.causes.at"))) {
  if (row$cause != "return") next
  cat(sprintf("  %-15s day %4d  %s\n", row$group, row$day,
              figure(row, "incidence", "%.1f%%", 100)))
}
cat("Change of VISA-A since baseline\n")
for (row in rows(answer_table(scores, "groups.visits"))) {
  if (is.na(row$change_mean)) next
  cat(sprintf("  %-15s %+.1f points, %d cases\n", row$visit, row$change_mean,
              row$change_n))
}
cat("Hazard ratio of a reoperation\n")
for (row in rows(answer_table(model, "coefficients"))) {
  cat(sprintf("  %-15s %s\n", row$name, figure(row, "hazard_ratio", "%.2f")))
}

if (length(arguments) == 2) {
  pdf(arguments[2], width = 7, height = 5)
  title <- if (is_synthetic(cohort)) "SYNTHETIC DATA" else ""
  lasting <- survfit(repairs)
  lines <- seq_along(lasting$strata)
  plot(lasting, col = lines, lty = lines, ymin = 0.8, main = title,
       xlab = "Days since surgery", ylab = "Free of reoperation")
  legend("bottomleft", names(lasting$strata), col = lines, lty = lines,
         bty = "n")
  back <- survfit(ask_return_to_play(reg, as_of = state))
  lines <- seq_along(back$states[-1])
  plot(back, col = lines, lty = lines, main = title,
       xlab = "Days since surgery", ylab = "Cumulative incidence")
  legend("right", back$states[-1], col = lines, lty = lines, bty = "n")
  invisible(dev.off())
}
