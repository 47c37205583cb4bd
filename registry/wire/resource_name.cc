#include "registry/wire/resource_name.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace enthesis::wire {
namespace {

constexpr absl::string_view kSiteIdRule =
    "a site id is 4 to 63 lower-case letters, digits and hyphens, starting and "
    "ending with a letter or digit";

}  // namespace

std::string FormatSiteName(absl::string_view site) {
  return absl::StrCat("sites/", site);
}

std::string FormatCaseName(absl::string_view site, const model::Id& id) {
  return absl::StrCat("sites/", site, "/cases/", model::FormatId(id));
}

absl::StatusOr<std::string> ParseSiteName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 2 || parts[0] != "sites") {
    return absl::InvalidArgumentError("must have the form sites/{site}");
  }
  if (!model::IsSiteId(parts[1])) {
    return absl::InvalidArgumentError(kSiteIdRule);
  }
  return std::string(parts[1]);
}

absl::StatusOr<CaseName> ParseCaseName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4 || parts[0] != "sites" || parts[2] != "cases") {
    return absl::InvalidArgumentError(
        "must have the form sites/{site}/cases/{case}");
  }
  if (!model::IsSiteId(parts[1])) {
    return absl::InvalidArgumentError(kSiteIdRule);
  }
  const absl::StatusOr<model::Id> id = model::ParseId(parts[3]);
  if (!id.ok()) return id.status();
  return CaseName{std::string(parts[1]), *id};
}

std::string FormatEtag(uint64_t index) {
  return index == 0 ? std::string() : absl::StrFormat("%016x", index);
}

std::optional<uint64_t> ParseEtag(absl::string_view etag) {
  uint64_t index = 0;
  if (etag.size() != 16 || !absl::SimpleHexAtoi(etag, &index) ||
      FormatEtag(index) != etag) {
    return std::nullopt;
  }
  return index;
}

}  // namespace enthesis::wire
