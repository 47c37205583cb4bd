# Writes data/cox_*.csv: the inputs of cox.R. Columns time, event, and where
# there are any entry, weight, stratum, cluster; then the covariates, columns
# of one factor named TERM.LEVEL. Nothing is computed here but logarithms and
# indicators; rows with a missing value are left out.
source("golden.R")

indicators <- function(x, name) {
  x <- factor(x)
  columns <- lapply(levels(x)[-1], function(level) as.numeric(x == level))
  names(columns) <- paste(name, gsub("[^A-Za-z0-9]", "", levels(x)[-1]),
                          sep = ".")
  as.data.frame(columns)
}

save_cox <- function(name, frame, source) {
  frame <- frame[stats::complete.cases(frame), ]
  write_csv(frame, file.path("data", paste0("cox_", name, ".csv")), source)
}

set.seed(3)
draw_weights <- function(n) round(runif(n, 0.2, 3), 3)

with(lung, save_cox("lung", data.frame(
  time, event = status - 1, weight = draw_weights(length(time)),
  stratum = inst, age, sex, ph_ecog = ph.ecog, wt_loss = wt.loss),
  "survival::lung; weights at random"))
with(veteran, save_cox("veteran", cbind(
  data.frame(time, event = status, weight = sample(1:4, 137, TRUE),
             stratum = prior, trt, karno, diagtime, age),
  indicators(celltype, "celltype")),
  "survival::veteran; weights at random"))
with(ovarian, save_cox("ovarian", data.frame(
  time = futime, event = fustat, age, resid_ds = resid.ds, rx,
  ecog_ps = ecog.ps), "survival::ovarian"))
with(heart, save_cox("heart", data.frame(
  entry = start, time = stop, event, weight = draw_weights(length(stop)),
  stratum = surgery, cluster = id, age, year,
  transplant = as.numeric(transplant) - 1),
  "survival::heart; weights at random"))
with(kidney, save_cox("kidney", cbind(
  data.frame(time, event = status, cluster = id, age, sex),
  indicators(disease, "disease")), "survival::kidney"))
with(pbc[!is.na(pbc$trt), ], save_cox("pbc", cbind(
  data.frame(time, event = as.numeric(status == 2), stratum = trt,
             weight = draw_weights(length(time)), age, edema,
             log_bili = log(bili), log_albumin = log(albumin),
             log_protime = log(protime)), indicators(stage, "stage")),
  "survival::pbc, randomized; weights at random"))
with(flchain[seq(1, nrow(flchain), 3), ], save_cox("flchain", cbind(
  data.frame(time = futime, event = death, stratum = mgus, age), 
  indicators(sex, "sex"),
  data.frame(lambda, log_kappa = log(kappa), sample_yr = sample.yr)),
  "survival::flchain, every third row"))
with(gbsg, save_cox("gbsg", cbind(
  data.frame(time = rfstime, event = status, stratum = meno, age, size),
  indicators(grade, "grade"), data.frame(nodes, pgr, er, hormon)),
  "survival::gbsg"))
with(rats, save_cox("rats", data.frame(
  time, event = status, cluster = litter, rx,
  male = as.numeric(sex == "m")), "survival::rats"))
with(cgd, save_cox("cgd", cbind(
  data.frame(entry = tstart, time = tstop, event = status, cluster = id,
             stratum = as.numeric(hos.cat),
             weight = draw_weights(length(tstop)),
             treat = as.numeric(treat) - 1, age, height, weight_kg = weight),
  indicators(inherit, "inherit")), "survival::cgd; weights at random"))
with(retinopathy, save_cox("retinopathy", data.frame(
  time = futime, event = status, cluster = id, stratum = as.numeric(laser),
  trt, juvenile = as.numeric(type == "juvenile"), age, risk),
  "survival::retinopathy"))
with(bladder2, save_cox("bladder2", data.frame(
  entry = start, time = stop, event, cluster = id, stratum = enum, rx, number,
  size), "survival::bladder2"))
with(mgus2, save_cox("mgus2", data.frame(
  time = futime, event = death, stratum = as.numeric(mspike > 1.2), age,
  male = as.numeric(sex == "M"), dxyr, hgb, creat),
  "survival::mgus2"))
with(nwtco, save_cox("nwtco", cbind(
  data.frame(time = edrel, event = rel, stratum = study, histol, age),
  indicators(stage, "stage")), "survival::nwtco"))

# Times that differ by rounding or by little more or less than the tolerance,
# a covariate in millions, one around 2020, and one that repeats a sum.
n <- 150
steps <- sample(1:15, n, TRUE)
noise <- sample(c(0, 1e-16, 4e-9, 9e-9, 1.4e-8, 3e-8, 1e-7), n, TRUE)
near <- data.frame(
  entry = pmax(0, (steps - sample(1:12, n, TRUE)) * 0.1),
  time = steps * 0.1 + noise, event = sample(0:1, n, TRUE),
  weight = draw_weights(n), stratum = sample(1:3, n, TRUE),
  year = 2015 + sample(0:8, n, TRUE), cost = 1e6 * (1 + rexp(n)),
  tiny = 1e-5 * rnorm(n))
near$both <- near$year + near$tiny
save_cox("near_ties", near, "made by cox_data.R, seed 3")
