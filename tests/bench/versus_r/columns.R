# R's half: columns.R SUBJECT FILE ROWS reads what versus_r wrote and times
# the expressions of SUBJECT.R, which defines `timings(data)`. A line a timing:
# name, seconds, figure, separated by tabs.
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})
options(digits = 17)
arguments <- commandArgs(trailingOnly = TRUE)
n <- as.numeric(arguments[3])
file <- file(arguments[2], "rb")
data <- list()
for (name in c("day", "time", "event", "group", "site", "cluster", "entry",
               "weight", paste0("x", 1:6))) {
  data[[name]] <- readBin(file, "double", n)
}
close(file)
# As a data frame in memory would have them: whole numbers as integers.
for (name in c("event", "group", "site", "cluster")) {
  data[[name]] <- as.integer(data[[name]])
}
data <- as.data.frame(data)

# The best of `repeats` runs of `run`, which returns one figure of its result.
time <- function(name, run, repeats = 2) {
  seconds <- Inf
  for (i in seq_len(repeats)) {
    gc()
    seconds <- min(seconds, system.time(figure <- run())[["elapsed"]])
  }
  cat(sprintf("%s\t%.9g\t%.17g\n", name, seconds, figure))
}

source(paste0(arguments[1], ".R"))
timings(data)
