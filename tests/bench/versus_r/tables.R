timings <- function(data) {
  time("chi-square of four groups", function() {
    table <- table(data$group, data$event == 1)
    chisq.test(table, correct = FALSE)$statistic[[1]]
  })
  time("Mantel-Haenszel over 50 sites", function() {
    two <- data[data$group < 2, ]
    test <- mantelhaen.test(table(two$group, two$event == 1, two$site))
    test$statistic[[1]] + test$estimate[[1]]
  })
}
