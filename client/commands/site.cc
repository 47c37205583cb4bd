// enthesis site create|list

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/session.h"
#include "client/csv_text.h"
#include "client/table.h"
#include "registry/model/id.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

struct SiteOptions {
  std::string site;
  bool synthetic = false;
};

void PrintSites(const Session& session, const std::vector<v1::Site>& sites) {
  Table table;
  table.AddColumn("site", Align::kLeft);
  table.AddColumn("data", Align::kLeft);
  table.AddColumn("commit", Align::kRight);
  std::string csv = "site,synthetic,commit_index\n";
  for (const v1::Site& site : sites) {
    const auto id = wire::ParseSiteName(site.name());
    const std::string text = id.ok() ? *id : site.name();
    table.AddRow({text, site.synthetic() ? "SYNTHETIC" : "clinical",
                  absl::StrCat(site.commit_index())});
    AppendCsvRow(
        {text, site.synthetic() ? "1" : "0", absl::StrCat(site.commit_index())},
        csv);
  }
  PrintDocument(session.format == Format::kCsv ? csv : table.Render());
}

int CreateSite(const SiteOptions& options, const Session& session) {
  if (!model::IsSiteId(options.site)) {
    return FailUsage(absl::StrCat(
        "\"", options.site,
        "\" is no site id; allowed: 4 to 63 lower-case letters, digits and "
        "hyphens, with a letter or digit at both ends"));
  }
  v1::CreateSiteRequest request;
  request.set_site_id(options.site);
  request.mutable_site()->set_synthetic(options.synthetic);
  const absl::StatusOr<v1::Site> site = session.Connect()->CreateSite(request);
  if (!site.ok()) return FailEntry(site.status());
  if (session.format == Format::kJson) {
    PrintJsonDocument(*site);
  } else {
    PrintSites(session, {*site});
  }
  return kExitDone;
}

int ListSites(const Session& session) {
  const auto sites = session.Connect()->ListSites();
  if (!sites.ok()) return FailQuestion(sites.status());
  if (session.format == Format::kJson) {
    v1::ListSitesResponse all;
    for (const v1::Site& site : *sites) *all.add_sites() = site;
    PrintJsonDocument(all);
  } else {
    PrintSites(session, *sites);
  }
  return kExitDone;
}

}  // namespace

void AddSiteCommand(CLI::App& app, Command& chosen) {
  CLI::App* site = app.add_subcommand("site", "Make and list sites.");
  site->require_subcommand(1);
  site->footer(
      "Examples:\n"
      "  enthesis site create site-01\n"
      "  enthesis site list");
  site->fallthrough();
  const auto options = std::make_shared<SiteOptions>();
  CLI::App* create = site->add_subcommand(
      "create",
      "Make a site: a hospital or clinic under an opaque id. Making an equal "
      "site again is a success.");
  create->fallthrough();
  create
      ->add_option("site", options->site,
                   "Its id: 4 to 63 lower-case letters, digits, hyphens")
      ->required();
  create->add_flag("--synthetic", options->synthetic,
                   "The site holds cases of a simulator only");
  create->footer(
      "Examples:\n  enthesis site create site-01\n"
      "  enthesis site create demo-01 --synthetic");
  create->callback([options, &chosen] {
    chosen = [options](const Session& session) {
      return CreateSite(*options, session);
    };
  });
  CLI::App* list = site->add_subcommand("list", "List the sites.");
  list->fallthrough();
  list->footer(
      "Examples:\n  enthesis site list\n  enthesis site list --format csv");
  list->callback([&chosen] { chosen = ListSites; });
}

}  // namespace enthesis::client
