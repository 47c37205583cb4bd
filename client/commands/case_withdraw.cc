// enthesis case withdraw

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/commands/case_content.h"
#include "client/commands/case_name.h"
#include "client/commands/case_verbs.h"
#include "client/commands/open_links.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/csv_text.h"
#include "client/withdrawn_records.h"
#include "registry/model/codes.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

struct CaseWithdrawOptions {
  CaseNameOptions which;
  std::string reason, etag;
  bool yes = false;
};

// Whether the person at the terminal names the case once more.
bool Confirmed(const wire::CaseName& name, const std::string& reason) {
  PrintMessage(absl::StrCat(
      "Withdraw ", wire::FormatCaseName(name.site, name.id), " (", reason,
      ")?\nIts content goes out of every version and of every answer, also "
      "of those as of an earlier commit;\nit cannot be brought back. What is "
      "left is that it was withdrawn, and why.\nType the id of the case to "
      "withdraw it: "));
  std::string typed;
  std::getline(std::cin, typed);
  const absl::StatusOr<model::Id> id =
      model::ParseId(absl::StripAsciiWhitespace(typed));
  return id.ok() && *id == name.id;
}

int PrintWithdrawal(const v1::WithdrawCaseResponse& answer,
                    const std::string& reason, const Session& session) {
  if (session.format == Format::kJson) {
    PrintJsonDocument(answer.withdrawal());
    return kExitDone;
  }
  const v1::Withdrawal& withdrawal = answer.withdrawal();
  const std::string commit = absl::StrCat(withdrawal.commit_index());
  if (session.format == Format::kCsv) {
    std::string csv;
    AppendCsvRow({"name", "reason", "commit_index"}, csv);
    AppendCsvRow({withdrawal.name(), reason, commit}, csv);
    PrintDocument(csv);
    return kExitDone;
  }
  PrintText(absl::StrCat(withdrawal.name(), " was withdrawn (", reason,
                         ") by commit ", commit, "\n"));
  return kExitDone;
}

// The link file that is to forget the person; null where there is none, with
// `why` for people. One that was named must open: nothing is withdrawn else.
absl::StatusOr<std::unique_ptr<LinkFile>> LinksToForgetIn(
    const std::string& named, const std::string& site, const Session& session,
    std::string& why) {
  const std::string path = named.empty() ? LinkPathOf(site) : named;
  auto links = OpenKnownLinks(path, site, session);
  if (links.ok()) {
    const absl::Status may_save = (*links)->MaySave();
    if (!may_save.ok()) links = may_save;
  }
  if (links.ok() || !named.empty()) return links;
  why = absl::IsNotFound(links.status())
            ? "no link file was named and none is here"
            : std::string(links.status().message());
  return nullptr;
}

// Takes the person out of the clinic's link file; what is not done here the
// next import does.
int ForgetInLinks(const model::Id& id, LinkFile* links,
                  const std::string& why) {
  constexpr char kLater[] =
      "`enthesis link verify FILE --registry`, or the next import with it, "
      "makes a link file forget the person.\n";
  if (links == nullptr) {
    PrintMessage(absl::StrCat("enthesis: ", why, ". ", kLater));
    return kExitDone;
  }
  if (!ForgetCase(id, links->links())) {
    PrintMessage(absl::StrCat("enthesis: ", links->path(), " has no record of ",
                              "the case.\n"));
    return kExitDone;
  }
  const absl::Status status = links->Save();
  if (!status.ok()) {
    const int code = FailQuestion(status);
    PrintMessage(absl::StrCat("enthesis: the case is withdrawn. ", kLater));
    return code;
  }
  PrintMessage(absl::StrCat(
      "enthesis: ", links->path(), " has forgotten the person of the record. ",
      "Copies of it have not: back it up anew and remove them.\n"));
  return kExitDone;
}

int WithdrawCase(const CaseWithdrawOptions& options, const Session& session) {
  const auto reason =
      ReadCode(options.reason, model::kWithdrawalReasonCodes, "--reason");
  if (!reason.ok()) return FailUsage(std::string(reason.status().message()));
  std::unique_ptr<LinkFile> opened;
  const auto name = ReadCaseName(options.which, session, opened);
  if (!name.ok()) return FailCaseName(name.status());
  if (!options.yes && isatty(STDIN_FILENO) != 1) {
    return FailUsage(
        "a withdrawal cannot be undone and asks at the terminal; nothing was "
        "withdrawn. Without a terminal: --yes");
  }
  if (!options.yes && !Confirmed(*name, options.reason)) {
    return FailUsage("that is not the id of the case; nothing was withdrawn");
  }
  std::string why;
  absl::StatusOr<std::unique_ptr<LinkFile>> links = std::move(opened);
  if (*links == nullptr) {
    links = LinksToForgetIn(options.which.links, name->site, session, why);
  }
  if (!links.ok()) return FailQuestion(links.status());
  if (*links != nullptr && !(*links)->MaySave().ok()) {
    return FailQuestion((*links)->MaySave());
  }
  v1::WithdrawCaseRequest request;
  request.set_name(wire::FormatCaseName(name->site, name->id));
  request.set_etag(options.etag);
  request.set_reason(static_cast<v1::WithdrawalReason>(*reason));
  const auto answer = session.Connect()->WithdrawCase(request);
  if (!answer.ok()) return FailEntry(answer.status());
  const int code = PrintWithdrawal(*answer, options.reason, session);
  return std::max(code, ForgetInLinks(name->id, links->get(), why));
}

}  // namespace

void AddCaseWithdrawVerb(CLI::App& verbs, Command& chosen) {
  CLI::App* withdraw = verbs.add_subcommand(
      "withdraw", "Take the content of a case out of every version, for good.");
  withdraw->fallthrough();
  const auto options = std::make_shared<CaseWithdrawOptions>();
  AddCaseNameOptions(*withdraw, options->which,
                     "forgets the person of the record");
  withdraw
      ->add_option(
          "--reason", options->reason,
          absl::StrCat("Why: ", model::kWithdrawalReasonCodes.Allowed()))
      ->required();
  withdraw->add_option("--etag", options->etag,
                       "Only where this is the stored version");
  withdraw->add_flag("--yes", options->yes,
                     "Do not ask for the id of the case once more");
  withdraw->footer(
      "An answer as of an earlier commit leaves the case out, too, and differs "
      "from what it was then.\nThe id stays taken. A later export that still "
      "has the record is rejected there: take it out.\n"
      "Of the record the link file keeps its key and the id of the case, so "
      "that it is not stored anew.\n"
      "Examples:\n"
      "  enthesis case withdraw sites/site-01/cases/"
      "0CMXYTHPAJG82DA8QPKJVKYW7HQ --reason consent_withdrawn\n"
      "  enthesis case withdraw --record 4711 --links "
      "enthesis-link-site-01.tsv --reason consent_withdrawn\n"
      "  enthesis case withdraw NAME --reason duplicate --yes");
  RunWhenChosen(*withdraw, options, WithdrawCase, chosen);
}

}  // namespace enthesis::client
