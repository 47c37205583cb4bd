#include "client/commands/session.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/color.h"
#include "client/commands/plain_words.h"
#include "client/table.h"
#include "registry/wire/json.h"

namespace enthesis::client {
namespace {

int output_error = 0;  // errno of the first failure of standard output
bool to_programs = false;

// "enthesis:" before what went wrong.
std::string Alarm() {
  return HasColor(STDERR_FILENO) ? InTone(Tone::kError, "enthesis:")
                                 : "enthesis:";
}

// The code and the reason, which may say the same.
std::string KindOf(const ErrorDetails& error) {
  const std::string code = absl::StatusCodeToString(error.code);
  if (error.reason.empty()) return code;
  return absl::StrContains(error.reason, code)
             ? error.reason
             : absl::StrCat(code, " ", error.reason);
}

std::string NoAnswer(const ErrorDetails& error) {
  return absl::StrCat("no registry answers (", error.message,
                      "); --server or the environment's ENTHESIS_SERVER says "
                      "where it is, else ",
                      kDefaultServer);
}

// What a program reads of an error: code and reason, then the message or a line
// for each violation.
std::string ForPrograms(const ErrorDetails& error,
                        const std::vector<std::string>& violations) {
  std::string text = absl::StrCat(
      KindOf(error), ": ", violations.empty() ? error.message : "", "\n");
  for (const std::string& one : violations) {
    absl::StrAppend(&text, "  ", one, "\n");
  }
  return text;
}

std::string ForPeople(const ErrorDetails& error,
                      const std::vector<std::string>& violations) {
  if (violations.size() == 1) return absl::StrCat(violations[0], "\n");
  if (violations.empty()) {
    const std::string words =
        error.message.empty() ? KindOf(error) : error.message;
    return absl::StrCat(
        words,
        error.reason.empty() ? "" : absl::StrCat(" (", error.reason, ")"),
        "\n");
  }
  return absl::StrCat(violations.size(), " faults:\n  ",
                      absl::StrJoin(violations, "\n  "), "\n");
}

// Each violation under the name that `name_of` gives its field, in the words
// of `words_of`.
void PrintError(const absl::Status& status,
                const std::function<std::string(absl::string_view)>& name_of,
                const std::function<std::string(absl::string_view)>& words_of) {
  ErrorDetails error = ErrorOf(status);
  if (error.code == absl::StatusCode::kUnavailable && error.reason.empty()) {
    error.message = NoAnswer(error);
  }
  std::vector<std::string> violations;
  for (const ErrorDetails::Violation& violation : error.violations) {
    violations.push_back(absl::StrCat(name_of(violation.path), ": ",
                                      words_of(violation.message)));
  }
  PrintMessage(absl::StrCat(Alarm(), " ",
                            to_programs ? ForPrograms(error, violations)
                                        : ForPeople(error, violations)));
}

std::string AsItIs(absl::string_view text) { return std::string(text); }

}  // namespace

void SayErrorsIn(Format format) { to_programs = format != Format::kTable; }

AskPassphrase Session::Passphrase() const {
  return PassphraseFrom(passphrase_file, "--passphrase-file");
}

std::unique_ptr<RegistryClient> Session::Connect() const {
  ClientOptions options;
  options.server = server;
  return RegistryClient::Connect(std::move(options));
}

void PrintDocument(absl::string_view text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
      std::fflush(stdout) == 0;
  if (!written && output_error == 0) output_error = errno;
}

void PrintDocument(const Session& session, absl::string_view table,
                   absl::string_view csv, absl::string_view json) {
  switch (session.format) {
    case Format::kTable:
      return PrintDocument(table);
    case Format::kCsv:
      return PrintDocument(csv);
    case Format::kJson:
      return PrintDocument(json);
  }
}

int EndOutput(int code) {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  if (!flushed && output_error == 0) output_error = errno;
  if (flushed && output_error == 0 && std::ferror(stdout) == 0) return code;
  PrintMessage(absl::StrCat(
      Alarm(), " standard output: ",
      output_error == 0 ? "could not be written" : std::strerror(output_error),
      "; the document is not whole\n"));
  return kExitServer;
}

void PrintText(absl::string_view text) {
  const std::string fitted = FitScreen(text);
  PrintDocument(HasColor(STDOUT_FILENO) ? WithHeadings(fitted) : fitted);
}

void PrintMessage(absl::string_view text) {
  for (const absl::string_view word : {"warning:", "unusual:"}) {
    if (!absl::StartsWith(text, word) || !HasColor(STDERR_FILENO)) continue;
    text.remove_prefix(word.size());
    PrintMessage(InTone(Tone::kWarning, word));
  }
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void PrintJsonDocument(const google::protobuf::Message& message) {
  PrintDocument(
      absl::StrCat(wire::PrintJson(message, wire::JsonStyle::kPretty), "\n"));
}

int FailUsage(absl::string_view text) {
  PrintMessage(absl::StrCat(Alarm(), " ", text, "\n"));
  return kExitUsage;
}

std::string NameInEntry(absl::string_view path, const EntryWords& words) {
  return to_programs ? FieldOf(path, words.sent) : words.Name(path);
}

int FailEntry(const absl::Status& status, const EntryWords& words) {
  PrintError(
      status,
      [&words](absl::string_view path) { return NameInEntry(path, words); },
      AsItIs);
  return absl::IsInvalidArgument(status) ? kExitRejected : kExitServer;
}

int FailQuestion(const absl::Status& status) {
  PrintError(status, FlagOf, WithFlags);
  return absl::IsInvalidArgument(status) ? kExitUsage : kExitServer;
}

}  // namespace enthesis::client
