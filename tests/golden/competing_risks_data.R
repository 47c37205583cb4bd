# Data sets with competing risks and covariates, for Gray's test, Fine-Gray
# regression and the jackknife.
source("golden.R")

write_data <- function(frame, name, from) {
  frame <- frame[complete.cases(frame), ]
  write_csv(frame, file.path("data", paste0(name, ".csv")),
            c(paste("written by competing_risks_data.R from", from),
              paste("survival", as.character(packageVersion("survival")))))
}

m <- survival::mgus2
status <- with(m, ifelse(pstat == 1, 1, ifelse(death == 1, 2, 0)))
time <- with(m, ifelse(pstat == 1, ptime, futime))
write_data(data.frame(time = time, cause = status, group = m$sex,
                      stratum = ifelse(m$age < 70, "a", "b"),
                      weight = 0.5 + (seq_len(nrow(m)) %% 5) / 2,
                      cluster = m$dxyr, age = m$age,
                      male = as.integer(m$sex == "M")),
           "cr_mgus2", "mgus2, clusters by year of diagnosis, weights made")
# On the scale of age, so that everybody enters late.
write_data(data.frame(entry = m$age * 12, time = m$age * 12 + time,
                      cause = status, group = m$sex,
                      stratum = ifelse(m$dxyr < 1985, "a", "b"),
                      weight = 0.5 + (seq_len(nrow(m)) %% 5) / 2,
                      hgb = m$hgb, creat = m$creat, mspike = m$mspike,
                      male = as.integer(m$sex == "M"))[time > 0, ],
           "cr_mgus2_age", "mgus2, age in months as time")

p <- survival::pbc
write_data(data.frame(time = p$time, cause = p$status, group = p$edema,
                      stratum = p$sex, age = p$age, logbili = log(p$bili),
                      albumin = p$albumin, protime = p$protime),
           "cr_pbc", "pbc, 1 transplant, 2 death")

t <- survival::transplant
write_data(data.frame(time = t$futime, cause = as.integer(t$event) - 1,
                      group = t$abo, stratum = t$sex, age = t$age,
                      aboB = as.integer(t$abo == "B"),
                      aboAB = as.integer(t$abo == "AB"),
                      aboO = as.integer(t$abo == "O"), year = t$year - 1990),
           "cr_transplant", "transplant, 1 death, 2 transplant, 3 withdrawn")

k <- survival::colon
recurrence <- k[k$etype == 1, ]
death <- k[k$etype == 2, ]
stopifnot(all(recurrence$id == death$id))
write_data(data.frame(
    time = ifelse(recurrence$status == 1, recurrence$time, death$time),
    cause = ifelse(recurrence$status == 1, 1,
                   ifelse(death$status == 1, 2, 0)),
    group = recurrence$rx, stratum = recurrence$extent, age = recurrence$age,
    rxLev = as.integer(recurrence$rx == "Lev"),
    rxLev5FU = as.integer(recurrence$rx == "Lev+5FU"),
    nodes = recurrence$nodes),
  "cr_colon", "colon, 1 recurrence, 2 death without it")

f <- survival::flchain
f <- f[seq(1, nrow(f), 4), ]
chapter <- as.character(f$chapter)
write_data(data.frame(
    time = f$futime,
    cause = ifelse(f$death == 0, 0,
                   ifelse(chapter == "Circulatory", 1,
                          ifelse(chapter == "Neoplasms", 2, 3))),
    group = f$flc.grp, stratum = f$sex, age = f$age,
    male = as.integer(f$sex == "M"), creatinine = f$creatinine),
  "cr_flchain", "flchain, every fourth row, cause by chapter of death")

# Few enough to be all censored before the last enter.
set.seed(7)
n <- 60
exit <- round(rexp(n) * 1000)
write_data(data.frame(entry = floor(exit * runif(n)), time = exit + 1,
                      cause = sample(0:2, n, TRUE), group = "all",
                      stratum = "all", weight = round(runif(n, 0.2, 3), 2),
                      x = round(rnorm(n), 2)),
           "cr_sparse", "a simulation, everybody enters late")
