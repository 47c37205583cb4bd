#include "client/commands/case_name.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/commands/open_links.h"
#include "registry/model/id.h"

namespace enthesis::client {
namespace {

constexpr char kAllowed[] =
    "allowed: sites/SITE/cases/CASE, the id CASE alone, or --record KEY with "
    "--site or --links";

absl::StatusOr<wire::CaseName> NameOfRecord(const CaseNameOptions& options,
                                            const Session& session,
                                            std::unique_ptr<LinkFile>& opened) {
  if (options.site.empty() && options.links.empty()) {
    return absl::InvalidArgumentError(
        "--record needs the link file: --links FILE, or --site SITE for "
        "enthesis-link-SITE.tsv in this folder");
  }
  const std::string path = LinkPathOf(options);
  auto links = OpenKnownLinks(path, options.site, session);
  if (!links.ok()) return links.status();
  opened = *std::move(links);
  const Links& known = opened->links();
  const auto record = known.records.find(options.record);
  if (record != known.records.end()) {
    return wire::CaseName{known.site, record->second.case_id};
  }
  const auto withdrawn = known.withdrawn.find(options.record);
  if (withdrawn != known.withdrawn.end()) {
    return wire::CaseName{known.site, withdrawn->second};
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--record \"", options.record, "\" is no record of ", path,
                   "; allowed: the clinic's own keys, as `enthesis case list "
                   "--links FILE` shows them"));
}

// Where the registry has the case.
absl::StatusOr<wire::CaseName> FindAtSites(const model::Id& id,
                                           const Session& session) {
  const std::unique_ptr<RegistryClient> client = session.Connect();
  const auto sites = client->ListSites();
  if (!sites.ok()) return sites.status();
  for (const v1::Site& site : *sites) {
    const auto name = wire::ParseCaseName(
        absl::StrCat(site.name(), "/cases/", model::FormatId(id)));
    if (!name.ok()) continue;
    v1::GetCaseRequest request;
    request.set_name(wire::FormatCaseName(name->site, id));
    const auto held = client->GetCase(request);
    if (held.ok()) return name;
    if (!absl::IsNotFound(held.status())) return held.status();
  }
  return absl::NotFoundError(
      absl::StrCat("no site of the registry has a case ", model::FormatId(id)));
}

absl::StatusOr<wire::CaseName> NameOfId(const model::Id& id,
                                        const CaseNameOptions& options,
                                        const Session& session,
                                        std::unique_ptr<LinkFile>& opened) {
  if (!options.site.empty()) {
    if (!model::IsSiteId(options.site)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--site \"", options.site, "\" is no site id"));
    }
    return wire::CaseName{options.site, id};
  }
  if (options.links.empty()) return FindAtSites(id, session);
  auto links = OpenKnownLinks(options.links, "", session);
  if (!links.ok()) return links.status();
  opened = *std::move(links);
  return wire::CaseName{opened->links().site, id};
}

}  // namespace

void AddCaseNameOptions(CLI::App& command, CaseNameOptions& options,
                        const std::string& what_for) {
  command.add_option("name", options.name,
                     "sites/SITE/cases/CASE, or the id CASE alone");
  command
      .add_option("--record", options.record,
                  "Instead of NAME: the clinic's own key of the record, as the "
                  "link file has it")
      ->type_name("KEY");
  command.add_option("--site", options.site,
                     "Site of the case, where NAME does not say");
  command
      .add_option("--links,--link", options.links,
                  absl::StrCat("Link file, which knows --record",
                               what_for.empty() ? "" : " and ", what_for,
                               "; without it enthesis-link-SITE.tsv in this "
                               "folder"))
      ->type_name("FILE");
}

std::string LinkPathOf(const CaseNameOptions& options) {
  if (!options.links.empty()) return options.links;
  return options.site.empty() ? "" : LinkPathOf(options.site);
}

absl::StatusOr<wire::CaseName> ReadCaseName(const CaseNameOptions& options,
                                            const Session& session) {
  std::unique_ptr<LinkFile> opened;
  return ReadCaseName(options, session, opened);
}

absl::StatusOr<wire::CaseName> ReadCaseName(const CaseNameOptions& options,
                                            const Session& session,
                                            std::unique_ptr<LinkFile>& opened) {
  if (options.name.empty() == options.record.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.name.empty() ? "no case is named; "
                             : "NAME and --record were both given; ",
        kAllowed));
  }
  if (options.name.empty()) return NameOfRecord(options, session, opened);
  if (!absl::StrContains(options.name, '/')) {
    const absl::StatusOr<model::Id> id = model::ParseId(options.name);
    if (id.ok()) return NameOfId(*id, options, session, opened);
  }
  const absl::StatusOr<wire::CaseName> name = wire::ParseCaseName(options.name);
  if (!name.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", options.name, "\" names no case; ", kAllowed));
  }
  if (!options.site.empty() && options.site != name->site) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.name, " is a case of another site than --site ", options.site));
  }
  return name;
}

void TakeFileForName(CaseNameOptions& options, std::string& file) {
  if (options.record.empty() || !file.empty()) return;
  file = std::exchange(options.name, "");
}

int FailCaseName(const absl::Status& status) {
  return absl::IsInvalidArgument(status)
             ? FailUsage(std::string(status.message()))
             : FailQuestion(status);
}

}  // namespace enthesis::client
