# An answer: the JSON of the program as a list, and its figures as data frames.

new_answer <- function(json, kind) {
  structure(json, class = "enthesis_answer", kind = kind)
}

# Kinds by the command that asks.
kinds <- c(
  describe = "DescribeCohortResponse", survival = "EstimateSurvivalResponse",
  incidence = "EstimateIncidenceResponse",
  `return-to-play` = "EstimateReturnToPlayResponse",
  interval = "EstimateIntervalCensoredResponse",
  `score-change` = "EstimateScoreChangeResponse",
  compare = "CompareGroupsResponse", cox = "FitCoxResponse",
  `fine-gray` = "FitFineGrayResponse", parametric = "FitParametricResponse",
  regress = "FitRegressionResponse", mixed = "FitMixedModelResponse",
  ancova = "FitAncovaResponse", sites = "CompareSitesResponse",
  cusum = "CompareSitesResponse")

read_answer <- function(file, question, conf_level = 0.95,
                        conf_type = "log-log") {
  question <- match.arg(question, names(kinds))
  text <- paste(readLines(file, warn = FALSE, encoding = "UTF-8"),
                collapse = "\n")
  answer <- new_answer(fromJSON(text, simplifyVector = FALSE),
                       kinds[[question]])
  attr(answer, "conf_level") <- conf_level
  attr(answer, "conf_type") <- conf_type
  answer
}

as_of <- function(answer) answer[["provenance"]][["asOf"]]

is_synthetic <- function(answer) isTRUE(answer[["provenance"]][["synthetic"]])

# Where each column of each table stands in the JSON: inst/tables.csv, read
# once.
read <- new.env(parent = emptyenv())

schema_of <- function(answer) {
  if (is.null(read$schema)) {
    file <- system.file("tables.csv", package = "enthesis", mustWork = TRUE)
    read$schema <- read.csv(file, colClasses = "character", na.strings = NULL)
  }
  read$schema[read$schema$answer == attr(answer, "kind"), ]
}

answer_tables <- function(answer) unique(schema_of(answer)$table)

answer_table <- function(answer, table) {
  stopifnot(inherits(answer, "enthesis_answer"))
  schema <- schema_of(answer)
  if (!table %in% schema$table) {
    stop("there is no table \"", table, "\"; there are: ",
         paste(unique(schema$table), collapse = ", "), call. = FALSE)
  }
  made <- rows_of(answer, table, schema)$columns
  columns <- schema$column[schema$table == table]
  frame <- made[columns]
  n <- if (length(frame) > 0) length(frame[[1]]) else 0L
  frame$as_of <- rep(if (is.null(as_of(answer))) NA_real_ else
    as.numeric(as_of(answer)), n)
  if (!"synthetic" %in% columns) {
    frame$synthetic <- rep(is_synthetic(answer), n)
  }
  structure(frame, class = "data.frame", row.names = seq_len(n))
}

# The elements of the JSON that are a table's rows, and its columns with those
# of the tables that it hangs under.
rows_of <- function(answer, table, schema) {
  here <- schema[schema$table == table, ]
  if (table == "answer") {
    elements <- list(unclass(answer))
    above <- list()
  } else {
    parent <- here$parent[1]
    # A parent without columns of its own is not in the schema.
    outer <- if (parent == "answer") list(elements = list(unclass(answer)),
                                          columns = list())
    else rows_of(answer, parent, schema)
    lists <- lapply(outer$elements, pick, path = here$list[1])
    elements <- unlist(lists, recursive = FALSE)
    above <- lapply(outer$columns, rep, times = lengths(lists))
  }
  own <- here[here$path != "", ]
  columns <- Map(column_of, own$path, own$kind,
                 MoreArgs = list(elements = elements))
  names(columns) <- own$column
  above[names(columns)] <- columns
  list(elements = elements, columns = above)
}

pick <- function(element, path) {
  for (part in strsplit(path, ".", fixed = TRUE)[[1]]) {
    if (!is.list(element)) return(NULL)
    element <- element[[part]]
  }
  element
}

column_of <- function(path, kind, elements) {
  values <- lapply(elements, pick, path = path)
  one <- function(type) {
    filled <- lapply(values, function(v) if (is.null(v)) NA else v)
    as.vector(unlist(filled), mode = type)
  }
  switch(
    kind, int = one("integer"), float = one("double"), bool = one("logical"),
    text = one("character"),
    by = vapply(values, function(v) {
      if (length(v) == 0) NA_character_ else paste(names(v), collapse = ", ")
    }, ""),
    group = vapply(values, function(v) {
      if (length(v) == 0) "all" else paste(unlist(v), collapse = ", ")
    }, ""),
    list = I(lapply(values, unlist)))
}

as.data.frame.enthesis_answer <- function(x, row.names = NULL,
                                          optional = FALSE, ...,
                                          table = NULL) {
  if (is.null(table)) {
    # The first list of the answer: its curves, groups, sites, coefficients.
    table <- setdiff(answer_tables(x), "answer")[1]
  }
  answer_table(x, table)
}

print.enthesis_answer <- function(x, ...) {
  provenance <- x[["provenance"]]
  cat(attr(x, "kind"), ", as of commit ", as_of(x),
      if (is_synthetic(x)) "; SYNTHETIC DATA", "\n", sep = "")
  if (!is.null(provenance[["estimand"]])) {
    cat(strwrap(provenance[["estimand"]]), sep = "\n")
  }
  for (table in answer_tables(x)) {
    rows <- nrow(answer_table(x, table))
    if (rows > 0) cat("  ", table, ": ", rows, " row", if (rows > 1) "s",
                      "\n", sep = "")
  }
  invisible(x)
}
