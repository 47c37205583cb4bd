#include "client/commands/session.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "client/table.h"
#include "registry/wire/json.h"

namespace enthesis::client {
namespace {

void PrintError(const absl::Status& status) {
  const ErrorDetails error = ErrorOf(status);
  std::string text =
      absl::StrCat("enthesis: ", absl::StatusCodeToString(error.code),
                   error.reason.empty() ? "" : absl::StrCat(" ", error.reason),
                   ": ", error.violations.empty() ? error.message : "", "\n");
  for (const ErrorDetails::Violation& violation : error.violations) {
    absl::StrAppend(&text, "  ", violation.path, ": ", violation.message, "\n");
  }
  PrintMessage(text);
}

}  // namespace

AskPassphrase Session::Passphrase() const {
  return PassphraseFrom(passphrase_file, "--passphrase-file");
}

std::unique_ptr<RegistryClient> Session::Connect() const {
  ClientOptions options;
  options.server = server;
  return RegistryClient::Connect(std::move(options));
}

void PrintDocument(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void PrintText(absl::string_view text) { PrintDocument(FitScreen(text)); }

void PrintMessage(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void PrintJsonDocument(const google::protobuf::Message& message) {
  PrintDocument(
      absl::StrCat(wire::PrintJson(message, wire::JsonStyle::kPretty), "\n"));
}

int FailUsage(absl::string_view text) {
  PrintMessage(absl::StrCat("enthesis: ", text, "\n"));
  return kExitUsage;
}

int FailEntry(const absl::Status& status) {
  PrintError(status);
  return absl::IsInvalidArgument(status) ? kExitRejected : kExitServer;
}

int FailQuestion(const absl::Status& status) {
  PrintError(status);
  return absl::IsInvalidArgument(status) ? kExitUsage : kExitServer;
}

}  // namespace enthesis::client
