# Standardized differences by their definitions: of numbers Austin (2009), of
# categories Yang & Dalton (2012).
source("golden.R")
suppressPackageStartupMessages(library(MASS))

of_number <- function(x, group) {
  a <- x[group == 0 & !is.na(x)]
  b <- x[group == 1 & !is.na(x)]
  (mean(a) - mean(b)) / sqrt((var(a) + var(b)) / 2)
}

of_categories <- function(x, group) {
  known <- !is.na(x)
  shares <- prop.table(table(x[known], group[known]), 2)
  a <- shares[-1, 1]
  b <- shares[-1, 2]
  covariance <- function(p) diag(p, length(p)) - outer(p, p)
  s <- (covariance(a) + covariance(b)) / 2
  sqrt(drop(t(a - b) %*% solve(s, a - b)))
}

# One row a case: `group` 0 and 1, numbers and categories by column.
sets <- list(
  birthwt = with(birthwt, data.frame(group = smoke, number_age = age,
                                     number_lwt = lwt, number_bwt = bwt,
                                     category_race = race,
                                     category_ptl = ptl, category_ht = ht,
                                     category_ftv = ftv)),
  mtcars = with(mtcars, data.frame(group = am, number_mpg = mpg,
                                   number_hp = hp, number_wt = wt,
                                   category_cyl = cyl, category_gear = gear,
                                   category_vs = vs)),
  lung = with(lung, data.frame(group = sex - 1, number_age = age,
                               number_meal = meal.cal, number_loss = wt.loss,
                               category_ecog = ph.ecog,
                               category_karno = ph.karno)),
  pbc = with(pbc[!is.na(pbc$trt), ],
             data.frame(group = trt - 1, number_age = age, number_bili = bili,
                        number_chol = chol, category_stage = stage,
                        category_edema = edema * 2,
                        category_spiders = spiders)))
rows <- NULL
for (name in names(sets)) {
  set <- sets[[name]]
  # mtcars: all cars of gear 3 have one group, all of 5 the other.
  write_csv(set, file.path("data", paste0("smd_", name, ".csv")),
            paste("two groups of", name, "by standardized_difference.R"))
  for (column in names(set)[-1]) {
    value <- if (startsWith(column, "number")) {
      of_number(set[[column]], set$group)
    } else {
      of_categories(set[[column]], set$group)
    }
    rows <- rbind(rows, data.frame(dataset = name, variable = column,
                                   difference = value))
  }
}
write_golden(rows, "standardized_difference", "standardized_difference.R",
             paste0("smd_", names(sets)))
