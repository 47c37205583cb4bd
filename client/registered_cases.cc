#include "client/registered_cases.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/model/id.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

using CaseIds = std::set<model::Id>;

absl::StatusOr<CaseIds> ListIds(const std::string& site,
                                RegistryClient& client) {
  CaseIds ids;
  absl::Status unreadable;
  const absl::Status status =
      client.ForEachCase(wire::FormatSiteName(site), [&](const v1::Case& held) {
        const absl::StatusOr<wire::CaseName> name =
            wire::ParseCaseName(held.name());
        if (!name.ok()) {
          unreadable = absl::InternalError(
              absl::StrCat("the server names a case \"", held.name(), "\""));
          return false;
        }
        ids.insert(name->id);
        return true;
      });
  if (!status.ok()) return status;
  if (!unreadable.ok()) return unreadable;
  return ids;
}

// Absent where the registry holds the case after all.
absl::StatusOr<std::optional<Loss>> AskForLoss(const std::string& site,
                                               const model::Id& id,
                                               RegistryClient& client) {
  v1::GetCaseRequest request;
  request.set_name(wire::FormatCaseName(site, id));
  const absl::StatusOr<v1::GetCaseResponse> answer = client.GetCase(request);
  if (absl::IsNotFound(answer.status())) return Loss::kMissing;
  if (!answer.ok()) return answer.status();
  if (!answer->has_withdrawal()) return std::nullopt;
  return Loss::kWithdrawn;
}

absl::Status NoneOfThem(size_t n_linked, const LinkFile& links,
                        const std::string& site) {
  return absl::FailedPreconditionError(absl::StrCat(
      "the registry holds none of the ", n_linked, " cases of site ", site,
      " that the link file ", links.path(),
      " knows; nothing was sent. Is it the registry that they were sent to "
      "(--server, ENTHESIS_SERVER)? If it is, it lost them: have its data "
      "folder restored from a backup. To store all records anew there, move "
      "the link file away first"));
}

absl::Status NoLinkFile(size_t n_held, const LinkFile& links,
                        const std::string& site) {
  return absl::FailedPreconditionError(absl::StrCat(
      "site ", site, " has ", n_held, n_held == 1 ? " case" : " cases",
      " already, and the link file ", links.path(),
      " does not exist or is empty; nothing was sent, because records that are "
      "stored would be stored a second time. Put the link file of the earlier "
      "imports there, or name it with --links FILE; `enthesis link lost` tells "
      "what to do where there is none any more. Only for records that were "
      "never sent, as those of a second coordinator: --new-link-file starts "
      "another link file"));
}

absl::Status NoSite(const std::string& site) {
  return absl::NotFoundError(
      absl::StrCat("the registry has no site ", site,
                   "; make it with `enthesis site create ", site, "`"));
}

}  // namespace

const char* Describe(Loss loss) {
  switch (loss) {
    case Loss::kMissing:
      return "was stored once, and the registry does not hold the case any "
             "more; ask those who run the registry";
    case Loss::kWithdrawn:
      return "the case was withdrawn from the registry and is not stored "
             "again; take the record out of the file";
  }
  return "";
}

absl::StatusOr<RegisteredCases> FindRegisteredCases(const LinkFile& links,
                                                    bool new_link_file,
                                                    RegistryClient& client) {
  const Links& known = links.links();
  absl::StatusOr<CaseIds> held = ListIds(known.site, client);
  const bool no_site = absl::IsNotFound(held.status());
  if (no_site) held = CaseIds();
  if (!held.ok()) return held.status();
  if (known.records.empty() && known.withdrawn.empty() && !held->empty() &&
      !new_link_file) {
    return NoLinkFile(held->size(), links, known.site);
  }
  LostCases lost;
  size_t n_linked = 0;
  bool any_known = false;  // to the registry, be it as withdrawn
  for (const auto& [key, record] : known.records) {
    if (record.etag.empty()) continue;
    ++n_linked;
    if (held->count(record.case_id) > 0) {
      any_known = true;
      continue;
    }
    absl::StatusOr<std::optional<Loss>> loss = Loss::kMissing;
    if (!no_site) loss = AskForLoss(known.site, record.case_id, client);
    if (!loss.ok()) return loss.status();
    any_known = any_known || *loss != Loss::kMissing;
    if (loss->has_value()) lost.emplace(key, **loss);
  }
  // What was withdrawn earlier tells whose registry it is, too.
  for (auto one = known.withdrawn.begin();
       n_linked > 0 && !any_known && !no_site && one != known.withdrawn.end();
       ++one) {
    const auto loss = AskForLoss(known.site, one->second, client);
    if (!loss.ok()) return loss.status();
    any_known = *loss != Loss::kMissing;
  }
  if (n_linked > 0 && !any_known) {
    return NoneOfThem(n_linked, links, known.site);
  }
  if (no_site) return NoSite(known.site);
  for (const auto& [key, id] : known.withdrawn) {
    lost.emplace(key, Loss::kWithdrawn);
  }
  return RegisteredCases{std::move(lost), *std::move(held)};
}

absl::Status CheckNewRecords(const CaseFile& file, const Links& known,
                             const std::set<model::Id>& held,
                             const std::string& path) {
  CaseIds unknown = held;
  for (const auto& [key, record] : known.records) {
    // A case under its own id is known from an export: which record of the
    // clinic it is, the link file still does not know.
    if (key != model::FormatId(record.case_id)) unknown.erase(record.case_id);
  }
  if (unknown.empty()) return absl::OkStatus();
  size_t n_new = 0;
  const CsvRecord* first = nullptr;
  for (const CsvRecord& record : file.records) {
    // What names its case by id is never stored twice.
    if (!record.baseline_line.has_value() || record.baseline_line->faulty ||
        record.baseline.case_id.has_value() ||
        known.withdrawn.count(record.key) > 0) {
      continue;
    }
    const auto link = known.records.find(record.key);
    if (link != known.records.end() &&
        (!link->second.etag.empty() || !link->second.pending.empty())) {
      continue;
    }
    if (n_new++ == 0) first = &record;
  }
  if (n_new == 0) return absl::OkStatus();
  const auto count = [](size_t n, const char* what) {
    return absl::StrCat(n, " ", what, n == 1 ? "" : "s");
  };
  return absl::FailedPreconditionError(absl::StrCat(
      "site ", known.site, " has ", count(unknown.size(), "case"),
      " that the link file ", path, " does not know, and the file has ",
      count(n_new, "new record"), " (line ", first->baseline_line->line, ", ",
      first->key,
      "); nothing was sent, because records that are stored would be stored a "
      "second time. Is it an old copy? Put the link file of the last import "
      "there, or name it with --links FILE; where the cases are in the link "
      "file of another coordinator, take that in with `enthesis link merge`. "
      "Only for records that were never sent, beside cases of another "
      "coordinator or entered without an import: --shared-site stores them"));
}

}  // namespace enthesis::client
