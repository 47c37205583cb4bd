# What the golden scripts share: reading an input, writing an output.

suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})
options(warn = 1, stringsAsFactors = FALSE)

read_data <- function(name) {
  path <- file.path("data", paste0(name, ".csv"))
  read.csv(path, comment.char = "#", na.strings = "NA",
           colClasses = c(group = "character"))
}

# 17 significant digits hold a double exactly.
exact <- function(x) {
  if (!is.numeric(x)) return(as.character(x))
  x[is.nan(x)] <- NA
  ifelse(is.na(x), "NA", formatC(x, digits = 17, format = "g", width = 1))
}

write_csv <- function(frame, path, header) {
  cells <- as.data.frame(lapply(frame, exact))
  out <- file(path, "wb")
  on.exit(close(out))
  writeLines(c(paste("#", header), paste(names(frame), collapse = ","),
               do.call(paste, c(unname(cells), sep = ","))), out)
}

write_golden <- function(frame, name, script, inputs, tolerance = "1e-9") {
  checksum <- function(input) {
    path <- file.path("data", paste0(input, ".csv"))
    paste0("input data/", input, ".csv, md5 ", tools::md5sum(path))
  }
  version <- function(package) {
    paste(package, as.character(packageVersion(package)))
  }
  header <- c(
    paste("written by", script),
    paste0(R.version.string, "; ", version("survival"), ", ",
           version("cmprsk"), "; ", R.version$platform),
    vapply(inputs, checksum, ""),
    paste("tolerance", tolerance, "relative, every column"))
  write_csv(frame, paste0(name, ".csv"), unname(header))
}

# Named vectors of figures of a model as rows, numbered from 0.
figures <- function(dataset, model, ...) {
  values <- list(...)
  rows <- lapply(names(values), function(name) {
    data.frame(dataset = dataset, model = model,
               name = paste0(name, seq_along(values[[name]]) - 1),
               value = unname(as.vector(values[[name]])))
  })
  do.call(rbind, rows)
}

# Data sets by name. `group` is the only grouping; a data set grouped in two
# ways is stored twice. `cause` 0 is censored.
event_sets <- c("flat", "leukemia_x", "lung_inst", "lung_sex", "near_ties",
                "transplant_abo", "veteran_celltype", "veteran_trt")
entry_sets <- c("heart_transplant", "near_ties_entry")
cause_sets <- c("mgus2_sex", "pbc_trt", "transplant_abo")
