# Meta-analysis from metafor::rma with its tolerances tightened, its profile
# limits of tau^2 from confint, Egger's regression from regtest(model = "lm").
# One figure a row; the inputs are written, too.
source("golden.R")
suppressPackageStartupMessages(library(metafor))

inputs <- list(
  bcg = escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg,
               data = dat.bcg, slab = paste(author, year)),
  hackshaw = transform(dat.hackshaw1998, slab = paste(author, year)),
  normand = escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i,
                   sd2i = sd2i, n2i = n2i, data = dat.normand1999),
  two = data.frame(yi = c(0.1, 0.9), vi = c(0.04, 0.02)),
  alike = data.frame(yi = c(0.1, 0.11, 0.1, 0.105),
                     vi = c(0.04, 0.05, 0.03, 0.06)),
  offset = data.frame(yi = 1000 + c(1, 4, 2, 8, 5), vi = c(1, 4, 2, 3, 9)))

for (name in names(inputs)) {
  data <- inputs[[name]]
  write_csv(data.frame(label = paste0("study-", seq_along(data$yi)),
                       estimate = as.numeric(data$yi),
                       std_error = sqrt(as.numeric(data$vi))),
            file.path("data", paste0("meta_", name, ".csv")),
            "written by meta.R")
}

fit <- function(data, method, test) {
  suppressWarnings(rma(data$estimate, sei = data$std_error, method = method,
                       test = test, control = list(threshold = 1e-11,
                                                   maxiter = 5000,
                                                   tol = 1e-14)))
}

# metafor looks for the upper limit of tau^2 no further than tau2.max.
profile <- function(fitted) {
  if (fitted$method == "FE") return(c(NA, NA))
  limits <- confint(fitted, control = list(tol = 1e-14, tau2.max = 1e6,
                                           maxiter = 10000))
  unname(limits$random["tau^2", c("ci.lb", "ci.ub")])
}

figures <- function(dataset, method, test) {
  data <- read.csv(file.path("data", paste0("meta_", dataset, ".csv")),
                   comment.char = "#")
  fitted <- fit(data, method, test)
  predicted <- predict(fitted)
  fixed <- method == "FE"
  limits <- profile(fitted)
  values <- c(
    estimate = fitted$b[[1]], std_error = fitted$se, statistic = fitted$zval,
    p = fitted$pval, lower = fitted$ci.lb, upper = fitted$ci.ub,
    q = fitted$QE, q_p = fitted$QEp, i_squared = fitted$I2 / 100,
    h_squared = fitted$H2, tau_squared = fitted$tau2,
    tau_squared_lower = limits[1], tau_squared_upper = limits[2],
    prediction_lower = if (fixed) NA else predicted$pi.lb,
    prediction_upper = if (fixed) NA else predicted$pi.ub,
    weight = unname(weights(fitted)[1]))
  if (nrow(data) > 2) {
    egger <- lm(estimate ~ std_error, data, weights = 1 / std_error^2)
    line <- coef(summary(egger))[2, ]
    interval <- confint(egger)
    values <- c(values, egger_estimate = line[[1]], egger_std_error = line[[2]],
                egger_statistic = line[[3]], egger_p = line[[4]],
                egger_lower = interval[2, 1], egger_upper = interval[2, 2],
                egger_limit = coef(egger)[[1]],
                egger_limit_lower = interval[1, 1],
                egger_limit_upper = interval[1, 2])
    without <- leave1out(fitted)
    last <- nrow(data)
    values <- c(values, without_estimate = without$estimate[last],
                without_std_error = without$se[last],
                without_tau_squared = if (fixed) 0 else without$tau2[last],
                without_q = without$Q[last])
  }
  data.frame(dataset = dataset, method = method, test = test,
             name = names(values), value = unname(values))
}

grid <- expand.grid(test = c("z", "knha"),
                    method = c("FE", "DL", "REML", "ML", "PM", "HS", "SJ"),
                    dataset = names(inputs))
rows <- Map(function(dataset, method, test) figures(dataset, method, test),
            as.character(grid$dataset), as.character(grid$method),
            as.character(grid$test))
write_golden(do.call(rbind, unname(rows)), "meta", "meta.R",
             paste0("meta_", names(inputs)))
