#include "client/commands/clinic_file.h"

#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/calendar_day.h"
#include "client/commands/session.h"
#include "client/csv_separator.h"
#include "client/day_check.h"
#include "client/file_bytes.h"
#include "registry/model/id.h"

namespace enthesis::client {

int ClinicFile::ReadTextOptions(TextOptions& as) const {
  if (!options_.separator.empty()) {
    as.separator = SeparatorNamed(options_.separator);
    if (!as.separator.has_value()) {
      return FailUsage(absl::StrCat("--separator \"", options_.separator,
                                    "\"; allowed: comma, semicolon, tab"));
    }
  }
  if (!options_.encoding.empty()) {
    as.encoding = EncodingNamed(options_.encoding);
    if (!as.encoding.has_value()) {
      return FailUsage(
          absl::StrCat("--encoding \"", options_.encoding,
                       "\"; allowed: utf-8, windows-1252, utf-16"));
    }
  }
  return kExitDone;
}

// What the map is at fault for names it; the rest is the file's.
int ClinicFile::Fail(const absl::Status& status) const {
  const bool of_map = map_.has_value() &&
                      (absl::StartsWith(status.message(), map_->path + ",") ||
                       absl::StartsWith(status.message(), map_->path + ":"));
  return FailUsage(of_map
                       ? std::string(status.message())
                       : absl::StrCat(options_.file, ": ", status.message()));
}

int ClinicFile::OpenMap() {
  if (options_.map.empty()) return kExitDone;
  const absl::StatusOr<std::string> yaml = ReadFileBytes(options_.map);
  if (!yaml.ok()) return FailQuestion(yaml.status());
  absl::StatusOr<ImportMap> map = ParseImportMap(*yaml, options_.map);
  if (!map.ok()) return FailUsage(map.status().message());
  map_ = *std::move(map);
  map_->today = TodayHere();
  return kExitDone;
}

int ClinicFile::FindSite() {
  site_ = options_.site;
  if (site_.empty() && map_.has_value()) site_ = map_->site;
  if (site_.empty() && map_.has_value()) {
    const absl::StatusOr<std::set<std::string>> sites = SitesIn(text_, *map_);
    if (!sites.ok()) return Fail(sites.status());
    if (sites->size() > 1) {
      return FailUsage(
          absl::StrCat(options_.file, " has lines of the sites ",
                       absl::StrJoin(*sites, ", "),
                       "; name one with --site, the others are left out"));
    }
    if (sites->size() == 1) site_ = *sites->begin();
  }
  if (model::IsSiteId(site_)) return kExitDone;
  return FailUsage(site_.empty()
                       ? std::string("import: --site is required")
                       : absl::StrCat("--site \"", site_, "\" is no site id"));
}

int ClinicFile::Open() {
  // Said before the file is looked for: there is nothing that names a site.
  if (options_.site.empty() && options_.map.empty()) {
    return FailUsage("import: --site is required");
  }
  TextOptions as;
  if (const int code = OpenMap(); code != kExitDone) return code;
  if (map_.has_value()) as = map_->text;
  if (const int code = ReadTextOptions(as); code != kExitDone) return code;
  absl::StatusOr<std::string> bytes = ReadFileBytes(options_.file);
  if (!bytes.ok()) return FailQuestion(bytes.status());
  absl::StatusOr<ClinicText> text = ReadClinicText(*std::move(bytes), as);
  if (!text.ok()) return Fail(text.status());
  text_ = *std::move(text);
  if (as.encoding.has_value() && text_.encoding != *as.encoding) {
    PrintMessage(absl::StrCat(
        options_.file, " has the byte order mark of ", NameOf(text_.encoding),
        " and is read so, not as ", NameOf(*as.encoding), "\n"));
  }
  return FindSite();
}

int ClinicFile::Read(const Links& links) {
  const std::set<std::string> ignored(options_.ignored.begin(),
                                      options_.ignored.end());
  absl::StatusOr<CaseFile> records = absl::UnknownError("not read");
  if (map_.has_value()) {
    map_->ignored.insert(map_->ignored.end(), ignored.begin(), ignored.end());
    absl::StatusOr<MappedFile> mapped =
        ApplyMap(text_, *map_, site_,
                 [&](const std::string& record) -> std::optional<Date> {
                   const auto known = links.records.find(record);
                   if (known == links.records.end()) return std::nullopt;
                   return known->second.surgery_date;
                 });
    if (!mapped.ok()) return Fail(mapped.status());
    mapped_ = *std::move(mapped);
    records = ReadMappedFile(*mapped_, {});
  } else {
    records = ReadCaseFile(text_.text, ignored, text_.separator);
  }
  if (!records.ok()) return Fail(records.status());
  records_ = *std::move(records);
  CheckDays(links, TodayHere(), records_);
  return kExitDone;
}

}  // namespace enthesis::client
