# Parametric regression from survreg, at its converged optimum: survreg's own
# tolerance is 1e-9 on the log-likelihood. One figure a row. Data sets hold
# lower and upper ends (NA is open), a weight and the covariates.
source("golden.R")

control <- survreg.control(rel.tolerance = 1e-14, maxiter = 500)
distributions <- c("weibull", "exponential", "lognormal", "loglogistic")

known <- function(time, event) {
  data.frame(lower = time, upper = ifelse(event == 1, time, NA))
}

# The event lies between visits, the last of which leaves it open.
visits <- function(time, event, days) {
  below <- findInterval(time, days)
  upper <- c(days, NA)[below + 1]
  data.frame(lower = c(NA, days)[below + 1],
             upper = ifelse(event == 1, upper, NA))
}

whole <- function(frame, covariates, weight = 1) {
  data <- cbind(frame, weight = weight, covariates)
  data <- data[complete.cases(data[-(1:2)]), ]
  data[!(is.na(data$lower) & is.na(data$upper)), ]
}

lung2 <- lung[complete.cases(lung[c("age", "sex", "ph.ecog")]), ]
pbc2 <- pbc[complete.cases(pbc[c("age", "bili", "edema")]), ]
sets <- list(
  lung = whole(known(lung2$time, lung2$status - 1),
               lung2[c("age", "sex", "ph.ecog")]),
  ovarian = whole(known(ovarian$futime, ovarian$fustat),
                  ovarian[c("age", "rx", "ecog.ps")]),
  veteran = whole(known(veteran$time, veteran$status),
                  veteran[c("trt", "karno", "age")],
                  weight = 0.25 + (seq_len(nrow(veteran)) %% 7) / 3),
  pbc = whole(known(pbc2$time, as.numeric(pbc2$status == 2)),
              data.frame(age = pbc2$age, log_bili = log(pbc2$bili),
                         edema = pbc2$edema)),
  lung_visits = whole(visits(lung2$time, lung2$status - 1,
                             c(60, 120, 183, 274, 365, 730)),
                      lung2[c("age", "sex")]),
  rats_visits = whole(visits(rats$time, rats$status, c(40, 60, 75, 90)),
                      rats["rx"]))

figures <- function(dataset, distribution, name, values) {
  data.frame(dataset = dataset, distribution = distribution,
             name = paste0(name, seq_along(values) - 1), value = unname(values))
}

fit_figures <- function(dataset, distribution) {
  data <- sets[[dataset]]
  covariates <- names(data)[-(1:3)]
  fit <- survreg(reformulate(covariates,
                             quote(Surv(lower, upper, type = "interval2"))),
                 data = data, weights = weight, dist = distribution,
                 control = control)
  summary <- summary(fit)$table
  rbind(figures(dataset, distribution, "estimate", coef(fit)),
        figures(dataset, distribution, "variance", as.vector(fit$var)),
        figures(dataset, distribution, "p",
                summary[seq_along(coef(fit)), "p"]),
        figures(dataset, distribution, "scale", fit$scale),
        figures(dataset, distribution, "log_likelihood", fit$loglik[2]),
        figures(dataset, distribution, "null", fit$loglik[1]))
}

for (name in names(sets)) {
  data <- sets[[name]]
  write_csv(data, file.path("data", paste0("parametric_", name, ".csv")),
            "from R's survival, by parametric.R")
}
grid <- expand.grid(distribution = distributions, dataset = names(sets))
rows <- Map(fit_figures, as.character(grid$dataset),
            as.character(grid$distribution))
write_golden(do.call(rbind, rows), "parametric", "parametric.R",
             paste0("parametric_", names(sets)))

# Predictions: quantiles and their errors by predict, survival with its error
# from the derivatives in predictor and log(scale). psurvreg is 1 less survival,
# which loses digits where survival is small.
upper_tail <- function(z, distribution) {
  switch(distribution,
         lognormal = pnorm(z, lower.tail = FALSE),
         loglogistic = plogis(z, lower.tail = FALSE),
         exp(-exp(z)))
}

predicted_survival <- function(time, x, fit, distribution) {
  eta <- sum(x * coef(fit))
  z <- (log(time) - eta) / fit$scale
  survival <- upper_tail(z, distribution)
  stopifnot(all.equal(survival, check.attributes = FALSE,
                      1 - psurvreg(time, eta, fit$scale, distribution)))
  slope <- dsurvreg(time, eta, fit$scale, distribution) * time
  gradient <- c(x, if (distribution != "exponential") log(time) - eta)
  error <- sqrt(drop(gradient %*% fit$var %*% gradient))
  reach <- qnorm(0.975) * error / fit$scale
  data.frame(kind = "survival", at = time, estimate = survival,
             std_error = slope * error,
             lower = upper_tail(z + reach, distribution),
             upper = upper_tail(z - reach, distribution))
}

predicted <- function(dataset, distribution) {
  data <- sets[[dataset]]
  covariates <- names(data)[-(1:3)]
  fit <- survreg(reformulate(covariates,
                             quote(Surv(lower, upper, type = "interval2"))),
                 data = data, weights = weight, dist = distribution,
                 control = control)
  at <- data[3, ]
  shares <- c(0.05, 0.5, 0.9)
  times <- predict(fit, at, type = "quantile", p = shares, se.fit = TRUE)
  logs <- predict(fit, at, type = "uquantile", p = shares, se.fit = TRUE)
  reach <- qnorm(0.975) * logs$se.fit
  rows <- data.frame(kind = "quantile", at = shares, estimate = times$fit,
                     std_error = times$se.fit, lower = exp(logs$fit - reach),
                     upper = exp(logs$fit + reach))
  x <- c(1, unlist(at[covariates]))
  survival <- lapply(c(10, 200, 1000), predicted_survival, x, fit,
                     distribution)
  cbind(dataset = dataset, distribution = distribution,
        rbind(rows, do.call(rbind, survival)))
}
rows <- Map(predicted, as.character(grid$dataset),
            as.character(grid$distribution))
write_golden(do.call(rbind, unname(rows)), "parametric_predictions",
             "parametric.R", paste0("parametric_", names(sets)))
