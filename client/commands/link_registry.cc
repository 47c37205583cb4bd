// The link file beside the registry, and what is left without it.

#include <map>

#include "absl/strings/str_cat.h"
#include "client/care/site_cases.h"
#include "client/commands/link_verbs.h"
#include "client/table.h"
#include "client/withdrawn_records.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

void CompareRecord(const std::string& key, const LinkedRecord& link,
                   const model::Case& held,
                   std::vector<LinkProblem>& problems) {
  if (held.patient != link.patient) {
    problems.push_back({key, absl::StrCat("the registry has another person, ",
                                          model::FormatId(held.patient))});
  }
  const auto& year = held.baseline.surgery_year;
  if (link.surgery_date.has_value() && year.has_value() &&
      *year != link.surgery_date->year) {
    problems.push_back(
        {key, absl::StrCat("was operated on ", FormatDate(*link.surgery_date),
                           ", but the registry has the year ", *year)});
  }
}

// Why a case is not among those of the site; empty where it was withdrawn.
absl::StatusOr<std::string> WhyAbsent(const std::string& site,
                                      const LinkedRecord& link,
                                      RegistryClient& client) {
  v1::GetCaseRequest request;
  request.set_name(wire::FormatCaseName(site, link.case_id));
  const auto answer = client.GetCase(request);
  if (absl::IsNotFound(answer.status())) {
    return std::string("was stored, and the registry does not have the case");
  }
  if (!answer.ok()) return answer.status();
  if (answer->has_withdrawal()) return std::string();
  return std::string("was stored while the file was checked; check it again");
}

}  // namespace

absl::Status CompareWithRegistry(Links& links, const Session& session,
                                 std::vector<LinkProblem>& problems,
                                 std::string& more) {
  const std::unique_ptr<RegistryClient> client = session.Connect();
  const auto held = ReadSiteCases(*client, links.site, std::nullopt);
  if (!held.ok()) return held.status();
  std::map<model::Id, const model::Case*> cases;
  for (const model::Case& record : held->cases) cases[record.id] = &record;
  std::vector<std::string> withdrawn;
  for (const auto& [key, link] : links.records) {
    const auto known = cases.find(link.case_id);
    if (known != cases.end()) {
      CompareRecord(key, link, *known->second, problems);
      cases.erase(known);
      continue;
    }
    if (link.etag.empty()) continue;  // never stored
    const absl::StatusOr<std::string> why =
        WhyAbsent(links.site, link, *client);
    if (!why.ok()) return why.status();
    if (why->empty()) {
      withdrawn.push_back(key);
    } else {
      problems.push_back({key, *why});
    }
  }
  for (const std::string& key : withdrawn) ForgetRecord(key, links);
  if (!cases.empty()) {
    more = absl::StrCat(
        "; the registry has ",
        CountOf(static_cast<int64_t>(cases.size()), "more case"),
        " of the site, of another coordinator or entered without an import");
  }
  return absl::OkStatus();
}

const char* LostLinkText() {
  return R"(Without the link file nobody can say which case of the registry is which
record of the clinic: the ids are random, and the registry has no name, no
date and no number of the clinic.

What is not lost: every case, its history and every answer of the registry.
What is lost for good: the surgery dates that only the link file had, and which
case belongs to which record where two cases look alike.

What to do, in this order:
1. Look for a copy: a backup of the folder, FILE.before-restore, FILE.new, the
   machine of another coordinator.
     enthesis link restore FILE COPY
2. Import nothing meanwhile: with a new link file every record would be stored a
   second time (the import refuses it without --new-link-file).
3. Without any copy, join records and cases by what they hold:
     enthesis case export --site SITE --out cases.csv
   In cases.csv every line has its case_id and follow_up_id. Write the clinic's
   own key into record_id, and its names of the visits into event, wherever year,
   age, side, procedure and scores leave no doubt; take out the lines of the
   cases that stay in doubt. Then
     enthesis import cases.csv --site SITE --links NEW-FILE
     enthesis link dates NEW-FILE dates.csv
   stores nothing, makes a new link file for the records of cases.csv, and puts
   their surgery dates into it.
4. A case that stays in doubt can still be corrected by its id with `enthesis
   case update`. One that was stored twice: `enthesis case list --duplicates`,
   `enthesis case withdraw NAME --reason duplicate`.

Where somebody else may have the lost file: it joins pseudonyms to records, so
tell those who are responsible for data protection. Encrypted, it is of no use
without the passphrase; a forgotten passphrase is as a lost file.
)";
}

}  // namespace enthesis::client
