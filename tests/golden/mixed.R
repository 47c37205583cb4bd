# Linear mixed models from lme4 and lmerTest, at their optimum: where lme4's
# optimizer stops, Newton's steps on the derivative of the deviance go on until
# it stands still; parameters at their edge stay there. lme4 and lmerTest then
# make their figures at that point. One figure a row; the inputs are written,
# too.
source("golden.R")
suppressPackageStartupMessages({
  library(lmerTest)
  library(nlme)
})

set <- function(response, group, ...) {
  data.frame(response = as.numeric(response), group = as.integer(factor(group)),
             ...)
}
indicators <- function(formula, data) {
  matrix <- model.matrix(formula, data)[, -1, drop = FALSE]
  colnames(matrix) <- gsub("[^A-Za-z0-9_.]", "_", colnames(matrix))
  matrix
}

# 60 patients at 0, 3, 6, 12 and 24 months, some visits missed; whole scores.
visa <- function() {
  set.seed(20261127)
  visits <- expand.grid(month = c(0, 3, 6, 12, 24), patient = 1:60)
  arm <- visits$patient %% 2
  level <- rnorm(60, 0, 9)[visits$patient]
  rise <- rnorm(60, 0, 0.4)[visits$patient]
  age <- round(rnorm(60, 48, 9))[visits$patient]
  score <- 52 + level + (1.1 + 0.3 * arm + rise) * visits$month -
    0.1 * (age - 48) + rnorm(300, 0, 7)
  data <- set(pmin(100, pmax(0, round(score))), visits$patient,
              month = visits$month, arm = arm, arm_month = arm * visits$month,
              age = age)
  data[runif(300) < 0.12 + 0.008 * visits$month, "response"] <- NA
  data[!is.na(data$response), ]
}

ortho <- as.data.frame(Orthodont)
female <- as.numeric(ortho$Sex == "Female")
machines <- as.data.frame(Machines)
cake <- lme4::cake
sets <- list(
  sleepstudy = with(lme4::sleepstudy, set(Reaction, Subject, days = Days)),
  dyestuff = with(lme4::Dyestuff, set(Yield, Batch)),
  dyestuff2 = with(lme4::Dyestuff2, set(Yield, Batch)),
  penicillin = set(lme4::Penicillin$diameter, lme4::Penicillin$plate,
                   indicators(~ sample, lme4::Penicillin)),
  pastes = with(lme4::Pastes, set(strength, sample)),
  cake = set(cake$angle, interaction(cake$recipe, cake$replicate),
             indicators(~ recipe, cake), temperature = cake$temp),
  orthodont = set(ortho$distance, as.character(ortho$Subject), age = ortho$age,
                  female = female, female_age = female * ortho$age),
  rail = with(as.data.frame(Rail), set(travel, as.character(Rail))),
  machines = set(machines$score, as.character(machines$Worker),
                 indicators(~ Machine, machines)),
  visa = visa())
slopes <- c(sleepstudy = "days", cake = "temperature", orthodont = "age",
            visa = "month")

# With a second random intercept by site: crossed with the groups (penicillin,
# ratings), around them (pastes, visas) and beside (sleeps), some singular.
ratings <- function() {
  some <- subset(lme4::InstEval, as.integer(s) %% 71 == 0 &
                   as.integer(d) %% 3 == 0)
  set(some$y, some$s, site = as.integer(factor(some$d)),
      service = as.numeric(some$service == "1"),
      since = as.numeric(as.character(some$lectage)))
}
sleeps <- function() {
  set.seed(20261128)
  data <- sets$sleepstudy
  site <- sample(1:6, nrow(data), replace = TRUE)
  data$response <- round(data$response + rnorm(6, 0, 25)[site], 4)
  cbind(data[c("response", "group")], site = site, days = data$days)
}
visas <- function() {
  set.seed(20261129)
  data <- sets$visa
  site <- sample(1:9, 60, replace = TRUE)[data$group]
  data$response <- pmin(100, pmax(0, data$response +
                                    round(rnorm(9, 0, 6))[site]))
  cbind(data[c("response", "group")], site = site,
        data[setdiff(names(data), c("response", "group"))])
}
sited <- list(
  penicillin_sites = with(lme4::Penicillin,
                          set(diameter, plate, site = as.integer(sample))),
  pastes_sites = with(lme4::Pastes,
                      set(strength, sample, site = as.integer(batch))),
  cake_sites = with(cake, set(angle, interaction(recipe, replicate),
                              site = as.integer(replicate), temperature = temp,
                              indicators(~ recipe, cake))),
  ratings = ratings(), sleep_sites = sleeps(), visa_sites = visas())
# Days of sleep that lie across groups: no variance between them.
sited$days_sites <- cbind(sets$sleepstudy[c("response", "group")],
                          site = sets$sleepstudy$days + 1,
                          days = sets$sleepstudy$days)
sets <- c(sets, sited)
slopes <- c(slopes, sleep_sites = "days", visa_sites = "month")

# The derivative of the profiled deviance by theta, from dense matrices.
slope_of <- function(parts, theta) {
  x <- parts$X
  y <- parts$fr$response
  terms <- parts$reTrms
  z <- as.matrix(t(terms$Zt))
  lambda <- function(theta) {
    filled <- terms$Lambdat
    filled@x <- theta[terms$Lind]
    as.matrix(t(filled))
  }
  half <- z %*% lambda(theta)
  inverse <- solve(diag(nrow(z)) + tcrossprod(half))
  wx <- inverse %*% x
  p <- inverse - wx %*% solve(crossprod(x, wx), t(wx))
  of_trace <- if (parts$REML) p else inverse
  free <- nrow(x) - if (parts$REML) ncol(x) else 0
  rest <- drop(p %*% y)
  vapply(seq_along(theta), function(k) {
    by <- tcrossprod(z %*% lambda(replace(0 * theta, k, 1)), half)
    2 * sum(of_trace * by) -
      2 * free * drop(rest %*% by %*% rest) / sum(y * rest)
  }, 0)
}

polish <- function(parts, theta, lower) {
  free <- !(lower == 0 & theta < 1e-4)
  theta[!free] <- 0
  if (!any(free)) return(theta)
  along <- function(x) slope_of(parts, replace(theta, free, x))[free]
  for (i in 1:8) {
    step <- solve(numDeriv::jacobian(along, theta[free]), along(theta[free]))
    theta[free] <- theta[free] - step
  }
  stopifnot(max(abs(step) / abs(theta[free])) < 1e-11)
  theta
}

fit_of <- function(data, slope, reml) {
  covariates <- setdiff(names(data), c("response", "group", "site"))
  random <- if (is.na(slope)) "(1 | group)" else
    paste0("(", slope, " | group)")
  if (!is.null(data$site)) random <- c(random, "(1 | site)")
  formula <- reformulate(c(covariates, random), "response")
  parts <- lme4::lFormula(formula, data, REML = reml)
  devfun <- do.call(lme4::mkLmerDevfun, parts)
  optimum <- lme4::optimizeLmer(devfun, optimizer = "bobyqa",
                                control = list(rhoend = 1e-9))
  lower <- environment(devfun)$lower
  theta <- polish(parts, optimum$par, lower)
  optimum$fval <- devfun(theta)
  optimum$par <- theta
  fit <- lme4::mkMerMod(environment(devfun), optimum, parts$reTrms,
                        fr = parts$fr)
  list(fit = fit, test = lmerTest:::as_lmerModLT(fit, devfun))
}

# F tests of all covariates at once, and of the first two.
joint_tests <- function(test) {
  p <- length(fixef(test))
  wanted <- list()
  if (p > 2) wanted <- list(2:p)
  if (p > 3) wanted <- c(wanted, list(2:3))
  rows <- do.call(rbind, lapply(wanted, function(columns) {
    lmerTest::contestMD(test, diag(p)[columns, , drop = FALSE])
  }))
  list(term_numerator = rows$NumDF, term_denominator = rows$DenDF,
       term_statistic = rows[["F value"]], term_p = rows[["Pr(>F)"]])
}

figures <- function(dataset, slope, reml) {
  both <- fit_of(sets[[dataset]], slope, reml)
  fit <- both$fit
  table <- summary(both$test, ddf = "Satterthwaite")$coefficients
  variances <- as.data.frame(VarCorr(fit), order = "lower.tri")
  of_sites <- variances$vcov[variances$grp == "site"]
  variances <- variances$vcov[variances$grp != "site"]
  reach <- qt(0.975, table[, "df"]) * table[, "Std. Error"]
  effects <- ranef(fit, condVar = TRUE)$group
  errors <- sqrt(apply(attr(effects, "postVar"), 3, diag))
  of_site <- ranef(fit, condVar = TRUE)$site
  values <- list(
    estimate = table[, "Estimate"], std_error = table[, "Std. Error"],
    covariance = as.vector(as.matrix(vcov(fit))),
    df = table[, "df"], statistic = table[, "t value"],
    p = table[, "Pr(>|t|)"], lower = table[, "Estimate"] - reach,
    upper = table[, "Estimate"] + reach,
    random = head(variances, -1), residual = sigma(fit)^2,
    log_likelihood = as.numeric(logLik(fit)), aic = AIC(fit), bic = BIC(fit),
    effect = as.vector(t(as.matrix(effects))), effect_error = as.vector(errors),
    site_variance = of_sites, site_effect = of_site[[1]],
    site_error = if (!is.null(of_site))
      sqrt(as.vector(attr(of_site, "postVar"))))
  values <- c(values, joint_tests(both$test))
  rows <- lapply(names(Filter(length, values)), function(name) {
    data.frame(dataset = dataset,
               model = paste0(if (is.na(slope)) "intercept" else slope,
                              if (reml) " REML" else " ML"),
               name = paste0(name, seq_along(values[[name]]) - 1),
               value = unname(values[[name]]))
  })
  do.call(rbind, rows)
}

for (name in names(sets)) {
  write_csv(sets[[name]], file.path("data", paste0("mixed_", name, ".csv")),
            if (name == "visa") "made by mixed.R" else
              "from R's packages lme4 and nlme, by mixed.R")
}
rows <- list()
for (name in names(sets)) {
  for (reml in c(TRUE, FALSE)) {
    rows <- c(rows, list(figures(name, NA, reml)))
    if (name %in% names(slopes)) {
      rows <- c(rows, list(figures(name, slopes[[name]], reml)))
    }
  }
}
write_golden(do.call(rbind, rows), "mixed", "mixed.R",
             paste0("mixed_", names(sets)), tolerance = "1e-6")
