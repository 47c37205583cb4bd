# nlme::gls has no degrees of freedom of its own: it is timed to the fit, once,
# for it takes minutes. Where it reaches its limit of evaluations there is no
# figure.
library(nlme)

timings <- function(data) {
  visit <- (seq_len(nrow(data)) - 1) %% 10
  first <- seq_len(nrow(data)) - visit
  error <- 8 * data$x5[first]
  for (v in 1:9) {
    error[visit >= v] <- (0.6 * error + (5 + visit) * data$x5[first + v])[
      visit >= v]
  }
  group <- data$group[first] %% 2
  trial <- data.frame(
    subject = (seq_len(nrow(data)) - 1) %/% 10, visit = visit, place = visit + 1,
    group = group, baseline = data$x2[first],
    response = data$x2[first] / 2 + 2 * visit + 0.3 * group * visit + error +
      10 * data$x3[first])
  trial <- trial[visit == 0 | data$weight >= 0.45, ]
  formula <- response ~ baseline + factor(visit) * factor(group)
  fit <- function() {
    found <- tryCatch(
      gls(formula, trial, corSymm(form = ~place | subject),
          weights = varIdent(form = ~1 | place),
          control = glsControl(maxIter = 200, msMaxIter = 200,
                               opt = "nlminb")),
      error = function(e) NULL)
    if (is.null(found)) return(NaN)
    sum(coef(found)) + sum(sqrt(diag(vcov(found))))
  }
  time("unstructured, Satterthwaite", fit, repeats = 1)
}
