// Resource names and etags as text: sites/{site}, sites/{site}/cases/{case}.

#ifndef ENTHESIS_REGISTRY_WIRE_RESOURCE_NAME_H_
#define ENTHESIS_REGISTRY_WIRE_RESOURCE_NAME_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "registry/model/id.h"

namespace enthesis::wire {

struct CaseName {
  std::string site;
  model::Id id;

  bool operator==(const CaseName&) const = default;
};

std::string FormatSiteName(absl::string_view site);
std::string FormatCaseName(absl::string_view site, const model::Id& id);

// The site id in "sites/{site}". INVALID_ARGUMENT says what is allowed.
absl::StatusOr<std::string> ParseSiteName(absl::string_view name);
// INVALID_ARGUMENT says what is allowed. The id is read as by model::ParseId,
// so that several texts name one case; FormatCaseName gives the canonical one.
absl::StatusOr<CaseName> ParseCaseName(absl::string_view name);

// Etag of the version that commit `index` stored: opaque to clients. Empty for
// index 0 (not stored).
std::string FormatEtag(uint64_t index);
// The commit of an etag; nullopt when it is none of ours (and so matches no
// stored version).
std::optional<uint64_t> ParseEtag(absl::string_view etag);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_RESOURCE_NAME_H_
