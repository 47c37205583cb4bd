# Writes the inputs of the statistics of scores: data/paired_scores.csv (one
# row a subject), data/grouped_scores.csv and data/ancova_*.csv. Nothing is
# computed here; README.md names the sources.
source("golden.R")
suppressPackageStartupMessages(library(MASS))

paired <- list()
grouped <- list()
add_paired <- function(dataset, baseline, follow_up) {
  keep <- complete.cases(baseline, follow_up)
  paired[[dataset]] <<- data.frame(dataset = dataset,
                                   baseline = as.numeric(baseline)[keep],
                                   follow_up = as.numeric(follow_up)[keep])
}
add_grouped <- function(dataset, value, group) {
  keep <- complete.cases(value, group)
  grouped[[dataset]] <<- data.frame(dataset = dataset,
                                    group = as.character(group)[keep],
                                    value = as.numeric(value)[keep])
}

by_id <- sleep[order(sleep$group, sleep$ID), ]
first <- by_id$extra[by_id$group == "1"]
second <- by_id$extra[by_id$group == "2"]
add_paired("sleep", first, second)
add_paired("sleep_rounded", round(first), round(second))
add_paired("sleep_four", first[1:4], second[1:4])
add_paired("anorexia", anorexia$Prewt, anorexia$Postwt)
add_paired("anorexia_ft", anorexia$Prewt[anorexia$Treat == "FT"],
           anorexia$Postwt[anorexia$Treat == "FT"])
add_paired("anorexia_rounded", round(anorexia$Prewt), round(anorexia$Postwt))
add_paired("immer", immer$Y1, immer$Y2)
add_paired("shoes", shoes$A, shoes$B)
add_paired("iris", iris$Petal.Length, iris$Sepal.Width)
add_paired("swiss", swiss$Examination, swiss$Education)
add_paired("judges", USJudgeRatings$INTG, USJudgeRatings$DMNR)
weights <- reshape(as.data.frame(ChickWeight)[, c("weight", "Time", "Chick")],
                   direction = "wide", idvar = "Chick", timevar = "Time")
add_paired("chicks", weights$weight.0, weights$weight.4)
add_paired("airquality", airquality$Ozone, airquality$Temp)
add_paired("flchain", flchain$kappa[1:900], flchain$lambda[1:900])
add_paired("mtcars", mtcars$qsec, mtcars$mpg)
add_paired("zeros_and_two", c(5, 5, 5, 1, 2), c(5, 5, 5, 2, 5))
set.seed(31)
visa <- function(n) pmin(100, pmax(0, round(rnorm(n, 55, 18))))
before <- visa(400)
after <- pmin(100, pmax(0, before + round(rnorm(400, 3, 14))))
add_paired("visa", before, after)
add_paired("exact_49", rnorm(49), rnorm(49, 0.4))
add_paired("normal_50", rnorm(50), rnorm(50, 0.4))
add_paired("offset", 1e4 + rnorm(40), 1e4 + rnorm(40, 0.5))

add_grouped("sleep", sleep$extra, sleep$group)
add_grouped("tooth_supp", ToothGrowth$len, ToothGrowth$supp)
add_grouped("tooth_dose", ToothGrowth$len, ToothGrowth$dose)
add_grouped("airquality", airquality$Ozone, airquality$Month)
add_grouped("iris_petal", iris$Petal.Length, iris$Species)
add_grouped("iris_sepal", iris$Sepal.Width, iris$Species)
add_grouped("plants", PlantGrowth$weight, PlantGrowth$group)
add_grouped("sprays", InsectSprays$count, InsectSprays$spray)
add_grouped("warp_tension", warpbreaks$breaks, warpbreaks$tension)
add_grouped("warp_wool", warpbreaks$breaks, warpbreaks$wool)
at_21 <- ChickWeight[ChickWeight$Time == 21, ]
add_grouped("chicks", at_21$weight, at_21$Diet)
add_grouped("feeds", chickwts$weight, chickwts$feed)
add_grouped("mtcars_cyl", mtcars$mpg, mtcars$cyl)
add_grouped("mtcars_am", mtcars$wt, mtcars$am)
add_grouped("anorexia", anorexia$Postwt - anorexia$Prewt, anorexia$Treat)
add_grouped("esoph", esoph$ncases, esoph$agegp)
add_grouped("lung", lung$age, lung$sex)
add_grouped("pbc", pbc$bili, pbc$sex)
add_grouped("gbsg", gbsg$pgr[1:300], gbsg$grade[1:300])
add_grouped("exact_49", c(rnorm(49), rnorm(49, 0.5)), rep(1:2, each = 49))
add_grouped("exact_3_5", c(1.5, 2, 9, 3, 4, 5, 6.5, 7), rep(1:2, c(3, 5)))
add_grouped("offset", 1e4 + c(rnorm(60), rnorm(50, 0.5), rnorm(30, 1, 2)),
            rep(1:3, c(60, 50, 30)))
add_grouped("visa", c(visa(300), visa(250) + 3), rep(1:2, c(300, 250)))

write_csv(do.call(rbind, paired), file.path("data", "paired_scores.csv"),
          "datasets, MASS, survival; the last sets of normal numbers")
write_csv(do.call(rbind, grouped), file.path("data", "grouped_scores.csv"),
          "datasets, MASS, survival; the last sets of normal numbers")

# Columns named NAME.LEVEL are the indicators of the factor NAME.
indicators <- function(name, values) {
  values <- factor(values)
  levels <- levels(values)[-1]
  columns <- lapply(levels, function(level) as.numeric(values == level))
  names(columns) <- paste0(name, ".", levels)
  as.data.frame(columns, check.names = FALSE)
}
save_ancova <- function(name, response, baseline, group, ...) {
  frame <- data.frame(response = response, baseline = baseline, group = group,
                      ..., check.names = FALSE)
  frame <- frame[complete.cases(frame), ]
  write_csv(frame, file.path("data", paste0("ancova_", name, ".csv")), name)
}
save_ancova("anorexia", anorexia$Postwt, anorexia$Prewt, anorexia$Treat)
save_ancova("tooth", ToothGrowth$len, ToothGrowth$dose, ToothGrowth$supp)
save_ancova("chicks", weights$weight.21, weights$weight.0,
            ChickWeight$Diet[match(weights$Chick, ChickWeight$Chick)])
save_ancova("iris", iris$Sepal.Length, iris$Sepal.Width, iris$Species,
            petal = iris$Petal.Length)
save_ancova("mtcars", mtcars$mpg, mtcars$wt, mtcars$cyl, hp = mtcars$hp,
            am = mtcars$am, indicators("gear", mtcars$gear))
save_ancova("lung", lung$wt.loss, lung$meal.cal, lung$sex, age = lung$age,
            indicators("ecog", pmin(lung$ph.ecog, 2)))
save_ancova("pbc", log(pbc$bili), pbc$albumin, pbc$stage, age = pbc$age,
            indicators("edema", pbc$edema))
save_ancova("airquality", airquality$Ozone, airquality$Temp, airquality$Month,
            wind = airquality$Wind, solar = airquality$Solar.R)
# A sum of two columns, a constant, and a copy.
save_ancova("collinear", mtcars$mpg, mtcars$wt, mtcars$cyl, hp = mtcars$hp,
            sum = mtcars$wt + mtcars$hp, constant = 0.1, qsec = mtcars$qsec,
            copy = mtcars$qsec)
save_ancova("offset", 100 + mtcars$mpg, 100 + mtcars$wt, mtcars$am,
            hp = 100 + mtcars$hp)
