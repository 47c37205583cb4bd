# Writes data/*.csv: the inputs of all golden files, one row a subject, columns
# time, cause (0 censored, 1.. an event), group; where needed also entry (late
# entry), stratum. Nothing is computed here; README.md names the sources.
source("golden.R")

save_data <- function(frame, name, source) {
  stopifnot(!anyNA(frame))
  write_csv(frame, file.path("data", paste0(name, ".csv")), source)
}

by_inst <- lung[!is.na(lung$inst), ]
save_data(data.frame(time = by_inst$time, cause = by_inst$status - 1,
                     group = by_inst$inst, stratum = by_inst$sex),
          "lung_inst", "survival::lung; the row without inst left out")
save_data(data.frame(time = lung$time, cause = lung$status - 1,
                     group = lung$sex,
                     stratum = ifelse(is.na(lung$ph.ecog), 9, lung$ph.ecog)),
          "lung_sex", "survival::lung; stratum is ph.ecog, 9 where missing")
save_data(data.frame(time = veteran$time, cause = veteran$status,
                     group = veteran$celltype, stratum = veteran$trt),
          "veteran_celltype", "survival::veteran")
save_data(data.frame(time = veteran$time, cause = veteran$status,
                     group = veteran$trt,
                     stratum = as.integer(veteran$celltype)),
          "veteran_trt", "survival::veteran")
save_data(data.frame(time = leukemia$time, cause = leukemia$status,
                     group = leukemia$x),
          "leukemia_x", "survival::leukemia")
save_data(data.frame(time = transplant$futime,
                     cause = as.integer(transplant$event) - 1,
                     group = transplant$abo),
          "transplant_abo",
          "survival::transplant; causes death, ltx, withdraw")
progressed <- mgus2$pstat == 1
save_data(data.frame(time = ifelse(progressed, mgus2$ptime, mgus2$futime),
                     cause = ifelse(progressed, 1, 2 * mgus2$death),
                     group = mgus2$sex),
          "mgus2_sex", "survival::mgus2; causes progression, death before it")
randomized <- pbc[!is.na(pbc$trt), ]
save_data(data.frame(time = randomized$time, cause = randomized$status,
                     group = randomized$trt),
          "pbc_trt", "survival::pbc, randomized; causes transplant, death")
save_data(data.frame(entry = heart$start, time = heart$stop,
                     cause = heart$event, group = heart$transplant),
          "heart_transplant", "survival::heart, rows as they are")
save_data(data.frame(extra = sleep$extra, group = sleep$group, id = sleep$ID),
          "sleep", "datasets::sleep")

# Survival is exactly 3/4, 1/2, 1/4 on flat pieces; the second group ends at 0.
save_data(data.frame(time = c(1, 2, 3, 5, 2, 4, 6, 9, 4, 4, 7, 8),
                     cause = c(1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 0, 0),
                     group = rep(c("a", "b", "c"), each = 4)),
          "flat", "made by hand")

# Times that differ by rounding, and by a little more and less than sqrt(eps).
set.seed(20)
steps <- sample(1:12, 90, replace = TRUE)
noise <- sample(c(0, 1e-16, 4e-9, 9e-9, 1.4e-8, 3e-8, 1e-7), 90,
                replace = TRUE)
ties <- data.frame(time = steps * 0.1 + noise,
                   cause = sample(0:1, 90, replace = TRUE),
                   group = sample(c("a", "b", "c"), 90, replace = TRUE))
save_data(ties, "near_ties", "made by data.R, seed 20")
save_data(cbind(entry = pmax(0, ties$time - sample(1:9, 90, TRUE) * 0.1), ties),
          "near_ties_entry", "made by data.R, seed 20")

# With case weights, most of them not whole; columns of the data serve as
# weights only to be uneven.
save_data(data.frame(time = ovarian$futime, cause = ovarian$fustat,
                     group = ovarian$rx, stratum = ovarian$resid.ds,
                     weight = ovarian$age / 50),
          "ovarian_rx", "survival::ovarian; weight is age / 50")
save_data(data.frame(time = kidney$time, cause = kidney$status,
                     group = kidney$disease, stratum = kidney$sex,
                     weight = kidney$frail),
          "kidney_disease", "survival::kidney; weight is frail")
save_data(data.frame(time = veteran$time, cause = veteran$status,
                     group = veteran$celltype, stratum = veteran$prior,
                     weight = veteran$karno / 70),
          "veteran_weight", "survival::veteran; weight is karno / 70")
save_data(data.frame(entry = heart$start, time = heart$stop,
                     cause = heart$event, group = heart$surgery,
                     stratum = heart$transplant,
                     weight = (heart$age + 48) / 40),
          "heart_weight", "survival::heart; weight is age in years / 40")
first <- myeloma[1:400, ]
save_data(data.frame(entry = first$entry, time = first$futime,
                     cause = first$death,
                     group = ifelse(first$year < 75, "early", "late"),
                     weight = (first$year - 40) / 24),
          "myeloma_year",
          "survival::myeloma, first 400; weight is (year - 40) / 24")
save_data(data.frame(time = gbsg$rfstime, cause = gbsg$status,
                     group = gbsg$grade, stratum = gbsg$meno,
                     weight = gbsg$nodes),
          "gbsg_grade", "survival::gbsg; weight is nodes, whole numbers")
part <- flchain[seq(1, nrow(flchain), 20), ]
save_data(data.frame(time = part$futime, cause = part$death,
                     group = ceiling(part$flc.grp / 3),
                     stratum = as.integer(part$sex), weight = part$kappa),
          "flchain_flc", "survival::flchain, every 20th row; weight is kappa")
recurrence <- colon[colon$etype == 1, ]
save_data(data.frame(time = recurrence$time, cause = recurrence$status,
                     group = recurrence$rx, stratum = recurrence$extent,
                     weight = recurrence$age / 60),
          "colon_rx", "survival::colon, etype 1; weight is age / 60")
