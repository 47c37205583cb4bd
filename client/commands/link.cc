// enthesis link: looking after the clinic's link file

#include <CLI/CLI.hpp>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/json_value.h"
#include "client/commands/link_verbs.h"
#include "client/commands/open_links.h"
#include "client/commands/question_command.h"
#include "client/csv_text.h"
#include "client/file_bytes.h"
#include "client/link_merge.h"
#include "client/table.h"
#include "client/withdrawn_records.h"

namespace enthesis::client {
namespace {

// The file at `path` must not be there, unless `force`.
absl::Status CheckFree(const std::string& path, bool force) {
  if (force || absl::IsNotFound(ReadFileBytes(path).status())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(path,
                   " exists already; name another file, or overwrite it with "
                   "--force"));
}

int FailLink(const absl::Status& status) {
  return absl::IsInvalidArgument(status)
             ? FailUsage(std::string(status.message()))
             : FailQuestion(status);
}

absl::StatusOr<std::unique_ptr<LinkFile>> OpenNamedLinks(
    const std::string& path, const std::string& site, const Session& session) {
  return OpenKnownLinks(path, site, session, kNamedByFile);
}

// Where the file is to be encrypted anew.
absl::Status SealAnew(const LinkOptions& options, LinkFile& links) {
  absl::StatusOr<std::string> passphrase = PassphraseFrom(
      options.new_passphrase_file, "--new-passphrase-file")(links.path(), true);
  if (!passphrase.ok()) return passphrase.status();
  const absl::Status status = links.SealWith(*passphrase);
  Wipe(*passphrase);
  return status;
}

std::string Contents(const Links& links) {
  return absl::StrCat(
      CountOf(static_cast<int64_t>(links.records.size()), "record"),
      " of site ", links.site);
}

using Withdrawn = std::map<std::string, model::Id>;

// As a document: "record"|"problem" rows, and a sentence. Withdrawn records
// are listed beside where they are asked for; they are no problem.
void PrintProblems(const std::vector<LinkProblem>& problems,
                   const std::string& sentence, const Session& session,
                   const Withdrawn* withdrawn = nullptr) {
  Table table;
  table.AddColumn("record", Align::kLeft);
  table.AddColumn("what", Align::kLeft);
  std::string csv;
  const auto add_csv = [&](std::vector<std::string> row, std::string id) {
    if (withdrawn != nullptr) row.push_back(std::move(id));
    AppendCsvRow(row, csv);
  };
  add_csv({"record", "problem"}, "withdrawn_case");
  JsonValue list = JsonValue::Array(), gone = JsonValue::Array();
  for (const LinkProblem& problem : problems) {
    table.AddRow({problem.key, problem.what});
    add_csv({problem.key, problem.what}, "");
    JsonValue one = JsonValue::Object();
    one.Set("record", problem.key);
    one.Set("problem", problem.what);
    list.Add(std::move(one));
  }
  const Withdrawn none;
  for (const auto& [key, id] : withdrawn == nullptr ? none : *withdrawn) {
    const std::string name = model::FormatId(id);
    table.AddRow({key, absl::StrCat("withdrawn, case ", name)});
    add_csv({key, ""}, name);
    JsonValue one = JsonValue::Object();
    one.Set("record", key);
    one.Set("case", name);
    gone.Add(std::move(one));
  }
  switch (session.format) {
    case Format::kTable:
      PrintDocument(
          absl::StrCat(table.empty() ? "" : absl::StrCat(table.Render(), "\n"),
                       sentence, "\n"));
      return;
    case Format::kCsv:
      PrintDocument(csv);
      PrintMessage(absl::StrCat(sentence, "\n"));
      return;
    case Format::kJson: {
      JsonValue document = JsonValue::Object();
      document.Set("problems", std::move(list));
      if (withdrawn != nullptr) document.Set("withdrawn", std::move(gone));
      document.Set("message", sentence);
      PrintDocument(document.Print());
    }
  }
}

int Tell(const std::string& sentence, const Session& session) {
  PrintProblems({}, sentence, session);
  return kExitDone;
}

int EncryptLinks(const LinkOptions& options, const Session& session) {
  // A new one may be encrypted before its first import.
  const auto links = options.site.empty()
                         ? OpenNamedLinks(options.file, "", session)
                         : OpenLinks(options.file, options.site, session);
  if (!links.ok()) return FailLink(links.status());
  absl::Status status = SealAnew(options, **links);
  if (status.ok()) status = (*links)->Save();
  if (!status.ok()) return FailLink(status);
  return Tell(
      absl::StrCat(
          options.file, " is encrypted now: ", Contents((*links)->links()),
          ". Without the passphrase it cannot be read by anybody.\nCopies that "
          "were made before are not encrypted; remove them."),
      session);
}

int DecryptLinks(const LinkOptions& options, const Session& session) {
  const auto links = OpenNamedLinks(options.file, options.site, session);
  if (!links.ok()) return FailLink(links.status());
  (*links)->Unseal();
  const absl::Status status = (*links)->Save();
  if (!status.ok()) return FailLink(status);
  return Tell(absl::StrCat(options.file, " is not encrypted now: ",
                           Contents((*links)->links())),
              session);
}

// The copy is as the file is: encrypted or not, and read back.
int BackUpLinks(const LinkOptions& options, const Session& session) {
  const auto links = OpenNamedLinks(options.file, options.site, session);
  if (!links.ok()) return FailLink(links.status());
  absl::Status status = CheckFree(options.other, options.force);
  if (!status.ok()) return FailLink(status);
  const absl::StatusOr<std::string> bytes = ReadFileBytes(options.file);
  if (!bytes.ok()) return FailLink(bytes.status());
  status = ReplaceFile(options.other, *bytes, 0600);
  if (!status.ok()) return FailLink(status);
  const absl::StatusOr<std::string> copy = ReadFileBytes(options.other);
  if (!copy.ok()) return FailLink(copy.status());
  if (*copy != *bytes) {
    return FailLink(absl::DataLossError(
        absl::StrCat(options.other, ": is not what was written to it")));
  }
  return Tell(
      absl::StrCat(
          options.other, " is a copy of ", options.file, ": ",
          Contents((*links)->links()),
          (*links)->sealed()
              ? ", encrypted with the same passphrase"
              : "; it is not encrypted: keep it as safe as the records"),
      session);
}

// Whether `links` has records that `withdrawn` says are to be forgotten; they
// are then. A copy must not bring a person back.
bool ForgetAgain(const Withdrawn& withdrawn, Links& links) {
  bool any = false;
  for (const auto& [key, id] : withdrawn) any = ForgetCase(id, links) || any;
  return any;
}

// Records that `now` knows to be stored and `copy` does not.
std::vector<LinkProblem> LostByRestoring(const Links& now, const Links& copy) {
  std::vector<LinkProblem> lost;
  for (const auto& [key, record] : now.records) {
    if (record.etag.empty() && record.pending.empty()) continue;
    const auto known = copy.records.find(key);
    if (known == copy.records.end()) {
      lost.push_back({key, "is not in the copy"});
    } else if (known->second.case_id != record.case_id) {
      lost.push_back({key, "is another case in the copy"});
    }
  }
  return lost;
}

int RestoreLinks(const LinkOptions& options, const Session& session) {
  const auto copy = OpenKnownLinks(options.other, options.site, session,
                                   "give its path as COPY");
  if (!copy.ok()) return FailLink(copy.status());
  const Links& wanted = (*copy)->links();
  bool forgets = false;
  // A damaged file is what a copy is for: it is put aside, not read.
  absl::StatusOr<std::string> old = ReadFileBytes(options.file);
  if (!old.ok() && !absl::IsNotFound(old.status())) {
    return FailLink(old.status());
  }
  if (old.ok() && !options.force) {
    const auto now = OpenLinks(options.file, "", session);
    if (now.ok() && (*now)->links().site != wanted.site) {
      return FailUsage(absl::StrCat(options.file, " is the link file of site ",
                                    (*now)->links().site, ", and ",
                                    options.other, " a copy of that of site ",
                                    wanted.site, "; nothing was restored"));
    }
    if (!now.ok()) {
      return FailUsage(
          absl::StrCat("what is there cannot be read (", now.status().message(),
                       "); --force puts it aside and restores the copy"));
    }
    const std::vector<LinkProblem> lost =
        LostByRestoring((*now)->links(), wanted);
    if (!lost.empty()) {
      PrintProblems(
          lost,
          absl::StrCat("The copy lacks ",
                       CountOf(static_cast<int64_t>(lost.size()), "record"),
                       " that was stored since; nothing was "
                       "restored. `enthesis link merge` takes both, "
                       "--force the copy alone."),
          session);
      return kExitRejected;
    }
    forgets = ForgetAgain((*now)->links().withdrawn, (*copy)->links());
  }
  const std::string aside = absl::StrCat(options.file, ".before-restore");
  if (old.ok()) {
    const absl::Status kept = ReplaceFile(aside, *old, 0600);
    if (!kept.ok()) return FailLink(kept);
  }
  absl::StatusOr<std::string> bytes = ReadFileBytes(options.other);
  if (!bytes.ok()) return FailLink(bytes.status());
  if (forgets) *bytes = (*copy)->Bytes();
  const absl::Status status = ReplaceFile(options.file, *bytes, 0600);
  if (!status.ok()) return FailLink(status);
  return Tell(absl::StrCat(options.file, " is restored: ", Contents(wanted),
                           old.ok() ? "; what was there is in " : "",
                           old.ok() ? aside : "",
                           forgets ? "; the copy still names persons of "
                                     "withdrawn cases: remove it"
                                   : ""),
              session);
}

int MergeLinkFiles(const LinkOptions& options, const Session& session) {
  Prefer prefer = Prefer::kNeither;
  if (options.prefer == "mine") prefer = Prefer::kMine;
  if (options.prefer == "theirs") prefer = Prefer::kTheirs;
  const auto mine = OpenNamedLinks(options.file, options.site, session);
  if (!mine.ok()) return FailLink(mine.status());
  Session theirs_session = session;
  if (!options.other_passphrase_file.empty()) {
    theirs_session.passphrase_file = options.other_passphrase_file;
  }
  const auto theirs = OpenKnownLinks(options.other, (*mine)->links().site,
                                     theirs_session, "give its path as OTHER");
  if (!theirs.ok()) return FailLink(theirs.status());
  MergedLinks merged = MergeLinks((*mine)->links(), (*theirs)->links(), prefer);
  if (!merged.conflicts.empty() && prefer == Prefer::kNeither) {
    PrintProblems(
        merged.conflicts,
        absl::StrCat(
            CountOf(static_cast<int64_t>(merged.conflicts.size()), "conflict"),
            "; nothing was merged. --prefer mine or --prefer theirs "
            "decides all of them."),
        session);
    return kExitRejected;
  }
  (*mine)->links() = std::move(merged.links);
  const absl::Status status = (*mine)->Save();
  if (!status.ok()) return FailLink(status);
  std::vector<LinkProblem> told = merged.conflicts;
  told.insert(told.end(), merged.two_ids.begin(), merged.two_ids.end());
  PrintProblems(
      told,
      absl::StrCat(
          options.file, ": ", merged.n_added, " added, ", merged.n_updated,
          " updated from ", options.other,
          merged.conflicts.empty()
              ? ""
              : absl::StrCat("; in conflict, decided for ", options.prefer,
                             ": ", merged.conflicts.size()),
          "; now ", Contents((*mine)->links()), ".",
          merged.n_reranked == 0
              ? ""
              : absl::StrCat(" Ranks that stood against the dates "
                             "were given anew: ",
                             merged.n_reranked,
                             "; the next import of these records "
                             "sends them.")),
      session);
  return kExitDone;
}

int VerifyLinks(const LinkOptions& options, const Session& session) {
  const auto links = OpenNamedLinks(options.file, options.site, session);
  if (!links.ok()) return FailLink(links.status());
  std::vector<LinkProblem> problems = FindLinkProblems((*links)->links());
  std::string more;
  if (options.registry) {
    const absl::Status status =
        CompareWithRegistry((*links)->links(), session, problems, more);
    if (!status.ok()) return FailLink(status);
    const absl::Status saved = (*links)->Save();
    if (!saved.ok()) return FailLink(saved);
  }
  const size_t n_withdrawn = (*links)->links().withdrawn.size();
  size_t n_stored = 0, n_dated = 0;
  for (const auto& [key, record] : (*links)->links().records) {
    if (!record.etag.empty()) ++n_stored;
    if (record.surgery_date.has_value()) ++n_dated;
  }
  PrintProblems(
      problems,
      absl::StrCat(
          options.file, ": ", Contents((*links)->links()), ", ", n_stored,
          " stored, ", n_dated, " with a surgery date",
          n_withdrawn == 0 ? "" : absl::StrCat(", ", n_withdrawn, " withdrawn"),
          "; ", (*links)->sealed() ? "encrypted" : "not encrypted", "; ",
          problems.empty()
              ? std::string("no problem")
              : CountOf(static_cast<int64_t>(problems.size()), "problem"),
          more, "."),
      session, &(*links)->links().withdrawn);
  return problems.empty() ? kExitDone : kExitRejected;
}

int ExplainLost(const LinkOptions&, const Session&) {
  PrintDocument(LostLinkText());
  return kExitDone;
}

}  // namespace

void AddLinkCommand(CLI::App& app, Command& chosen) {
  CLI::App* verbs = app.add_subcommand(
      "link",
      "Look after the link file: the clinic's only key from its records to "
      "their cases.");
  verbs->require_subcommand(1);
  verbs->fallthrough();
  verbs->footer(
      "Examples:\n"
      "  enthesis link encrypt enthesis-link-site-01.tsv\n"
      "  enthesis link verify enthesis-link-site-01.tsv");
  const auto options = std::make_shared<LinkOptions>();
  const auto add = [&](const char* name, const char* what,
                       int (*run)(const LinkOptions&, const Session&)) {
    CLI::App* verb = verbs->add_subcommand(name, what);
    verb->fallthrough();
    RunWhenChosen(*verb, options, run, chosen);
    return verb;
  };
  const auto add_file = [&](CLI::App* verb) {
    verb->add_option("file", options->file, "The link file")
        ->required()
        ->type_name("FILE");
    verb->add_option("--site", options->site,
                     "Refuse a file of another site than this");
  };
  CLI::App* encrypt = add(
      "encrypt", "Encrypt it with a passphrase, or with another one than now.",
      EncryptLinks);
  add_file(encrypt);
  encrypt
      ->add_option("--new-passphrase-file", options->new_passphrase_file,
                   "File whose first line is the new passphrase; without it "
                   "the terminal asks")
      ->type_name("FILE");
  encrypt->footer(
      "With --site a file that is not there yet is made, so that its first "
      "import is encrypted already.\n"
      "Examples:\n"
      "  enthesis link encrypt enthesis-link-site-01.tsv\n"
      "  enthesis link encrypt enthesis-link-site-01.tsv --site site-01 "
      "--new-passphrase-file secret.txt");
  CLI::App* decrypt =
      add("decrypt", "Write it without encryption.", DecryptLinks);
  add_file(decrypt);
  decrypt->footer(
      "Examples:\n  enthesis link decrypt enthesis-link-site-01.tsv");
  CLI::App* backup =
      add("backup", "Copy it, once it was read and found whole.", BackUpLinks);
  add_file(backup);
  backup->add_option("copy", options->other, "Where to")
      ->required()
      ->type_name("COPY");
  backup->add_flag("--force", options->force, "Overwrite an older copy");
  backup->footer(
      "Examples:\n  enthesis link backup enthesis-link-site-01.tsv "
      "/media/safe/links-2026-11.tsv");
  CLI::App* restore = add(
      "restore", "Put a copy in its place; what was there is kept beside it.",
      RestoreLinks);
  add_file(restore);
  restore->add_option("copy", options->other, "The copy")
      ->required()
      ->type_name("COPY");
  restore->add_flag("--force", options->force,
                    "Also where the copy lacks records, or what is there "
                    "cannot be read");
  restore->footer(
      "Examples:\n  enthesis link restore enthesis-link-site-01.tsv "
      "/media/safe/links-2026-11.tsv");
  CLI::App* merge =
      add("merge", "Take in what the link file of another coordinator has.",
          MergeLinkFiles);
  add_file(merge);
  merge->add_option("other", options->other, "The other file")
      ->required()
      ->type_name("OTHER");
  merge
      ->add_option("--prefer", options->prefer,
                   "What counts where they contradict: mine or theirs; without "
                   "it conflicts are named and nothing is merged")
      ->check(CLI::IsMember({"mine", "theirs"}));
  merge
      ->add_option("--other-passphrase-file", options->other_passphrase_file,
                   "Of an encrypted OTHER with a passphrase of its own")
      ->type_name("FILE");
  merge->footer(
      "Exit code 1: conflicts. Merge on both machines, and both go on with the "
      "same.\n"
      "Examples:\n  enthesis link merge enthesis-link-site-01.tsv "
      "/media/stick/her-links.tsv");
  CLI::App* verify = add("verify",
                         "Check that it is whole and contradicts neither "
                         "itself nor the registry.",
                         VerifyLinks);
  add_file(verify);
  verify->add_flag("--registry", options->registry,
                   "Ask the registry for its cases, too");
  verify->footer(
      "With --registry it forgets the persons of cases that were withdrawn; "
      "those are listed and no problem.\n"
      "Exit code 1: problems.\n"
      "Examples:\n  enthesis link verify enthesis-link-site-01.tsv\n"
      "  enthesis link verify enthesis-link-site-01.tsv --registry");
  CLI::App* lost =
      add("lost", "Tell what can be done where the link file is lost.",
          ExplainLost);
  lost->footer("Examples:\n  enthesis link lost");
  AddLinkDatesVerb(*verbs, chosen);
}

}  // namespace enthesis::client
