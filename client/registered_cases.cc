#include "client/registered_cases.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
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

absl::StatusOr<Loss> AskForLoss(const std::string& site, const model::Id& id,
                                RegistryClient& client) {
  v1::GetCaseRequest request;
  request.set_name(wire::FormatCaseName(site, id));
  const absl::StatusOr<v1::GetCaseResponse> answer = client.GetCase(request);
  if (absl::IsNotFound(answer.status())) return Loss::kMissing;
  if (!answer.ok()) return answer.status();
  return Loss::kWithdrawn;  // what is known and not listed
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
      return "the case was withdrawn from the registry; take the record out of "
             "the file";
  }
  return "";
}

absl::StatusOr<LostCases> FindLostCases(const LinkFile& links,
                                        bool new_link_file,
                                        RegistryClient& client) {
  const Links& known = links.links();
  absl::StatusOr<CaseIds> held = ListIds(known.site, client);
  const bool no_site = absl::IsNotFound(held.status());
  if (no_site) held = CaseIds();
  if (!held.ok()) return held.status();
  if (known.records.empty() && !held->empty() && !new_link_file) {
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
    const absl::StatusOr<Loss> loss =
        no_site ? Loss::kMissing
                : AskForLoss(known.site, record.case_id, client);
    if (!loss.ok()) return loss.status();
    any_known = any_known || *loss == Loss::kWithdrawn;
    lost.emplace(key, *loss);
  }
  if (n_linked > 0 && !any_known) {
    return NoneOfThem(n_linked, links, known.site);
  }
  if (no_site) return NoSite(known.site);
  return lost;
}

}  // namespace enthesis::client
