# A registry, and the program through which it is asked.

registry <- function(server = Sys.getenv("ENTHESIS_SERVER", "127.0.0.1:7443"),
                     program = Sys.getenv("ENTHESIS_PROGRAM", "enthesis")) {
  found <- Sys.which(program)
  if (found == "") {
    stop("the program \"", program, "\" was not found; name it by `program` ",
         "or in the environment's ENTHESIS_PROGRAM", call. = FALSE)
  }
  structure(list(server = server, program = unname(found)),
            class = "enthesis_registry")
}

print.enthesis_registry <- function(x, ...) {
  cat("Enthesis registry at ", x$server, ", asked through ", x$program, "\n",
      sep = "")
  invisible(x)
}

list_sites <- function(registry) {
  answer <- new_answer(run_json(registry, c("site", "list")),
                       "ListSitesResponse")
  sites <- answer_table(answer, "sites")
  sites[names(sites) != "as_of"]  # which `site list` does not say
}

get_case <- function(registry, name, as_of = NULL) {
  run_json(registry, c("case", "get", name, flags(as_of = as_of)))
}

import_file <- function(registry, file, site, links = NULL,
                        new_link_file = FALSE, reason = NULL,
                        ignore_column = NULL, lines = FALSE) {
  words <- c("import", file, flags(
    site = site, links = links, new_link_file = new_link_file,
    reason = reason, lines = lines),
    repeated_flags("ignore_column", ignore_column))
  # Lines that were rejected are in the report; the others are stored.
  done <- run_program(registry, c(words, "--format", "json"), allowed = 0:1)
  fromJSON(done$document, simplifyVector = FALSE)
}

# Runs the program and returns what it printed. An exit status that is not
# `allowed` is an error of class "enthesis_error".
run_program <- function(registry, words, allowed = 0L) {
  stopifnot(inherits(registry, "enthesis_registry"))
  document <- tempfile("enthesis-document-")
  messages <- tempfile("enthesis-messages-")
  on.exit(unlink(c(document, messages)))
  words <- enc2utf8(c("--server", registry$server, words))
  status <- system2(registry$program, shQuote(words), stdout = document,
                    stderr = messages)
  said <- readLines(messages, warn = FALSE, encoding = "UTF-8")
  if (!status %in% allowed) stop(error_of(said, status))
  for (line in said) message(line)
  list(document = paste(readLines(document, warn = FALSE, encoding = "UTF-8"),
                        collapse = "\n"), status = status)
}

run_json <- function(registry, words) {
  done <- run_program(registry, c(words, "--format", "json"))
  fromJSON(done$document, simplifyVector = FALSE)
}

# The condition of what the program said when it failed: the server's code and
# reason, which stand there with --format json ("enthesis: INVALID_ARGUMENT
# FIELD_VIOLATION: ..."), then a line for each fault; without a code the words
# were wrong.
error_of <- function(said, status) {
  whole <- paste(said, collapse = "\n")
  head <- regmatches(said[1], regexec(
    "^enthesis: ([A-Z_]+)( [A-Z_]+)?: ?(.*)$", said[1]))[[1]]
  told <- length(head) == 4
  # A reason that names its code stands alone.
  if (told && grepl("_(NOT_FOUND|UNAVAILABLE)$", head[2])) {
    head <- c(head[1], sub("^.*_(NOT_FOUND|UNAVAILABLE)$", "\\1", head[2]),
              head[2], head[4])
  }
  faults <- regmatches(said[-1], regexec("^  ([^ :]+): (.*)$", said[-1]))
  faults <- faults[lengths(faults) == 3]
  structure(
    class = c(if (!told) "enthesis_usage_error", "enthesis_error", "error",
              "condition"),
    list(message = sub("^enthesis: ", "", whole), call = NULL,
         status = status,
         code = if (told) head[2] else NA_character_,
         reason = if (told && nzchar(head[3])) trimws(head[3]) else
           NA_character_,
         violations = data.frame(
           field = vapply(faults, `[`, "", 2),
           description = vapply(faults, `[`, "", 3),
           stringsAsFactors = FALSE)))
}

# Flags of the program: c(by = "site") is --by site, TRUE the flag alone, NULL
# and FALSE nothing, several values a comma list.
flags <- function(...) {
  given <- list(...)
  words <- lapply(names(given), function(name) {
    value <- given[[name]]
    flag <- paste0("--", gsub("_", "-", name, fixed = TRUE))
    if (is.null(value) || identical(value, FALSE)) return(NULL)
    if (identical(value, TRUE)) return(flag)
    c(flag, paste(word_of(value), collapse = ","))
  })
  as.character(unlist(words))
}

repeated_flags <- function(name, values) {
  as.character(unlist(lapply(values, function(value) {
    c(paste0("--", gsub("_", "-", name, fixed = TRUE)), value)
  })))
}

# Numbers with all their digits, without an exponent.
word_of <- function(value) {
  if (!is.numeric(value)) return(as.character(value))
  vapply(value, format, "", digits = 15, scientific = FALSE, trim = TRUE)
}
