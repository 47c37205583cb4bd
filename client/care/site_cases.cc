#include "client/care/site_cases.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {

absl::StatusOr<SiteCases> ReadSiteCases(RegistryClient& client,
                                        const std::string& site,
                                        std::optional<uint64_t> as_of) {
  if (!model::IsSiteId(site)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--site \"", site, "\" is no site id"));
  }
  SiteCases held;
  held.site = site;
  v1::ListCasesRequest request;
  request.set_parent(wire::FormatSiteName(site));
  if (as_of.has_value()) request.set_as_of(*as_of);
  absl::Status unreadable;
  const absl::Status status = client.ForEachCase(
      std::move(request),
      [&](const v1::Case& sent) {
        absl::StatusOr<model::Case> record = wire::FromAnswer(sent);
        if (!record.ok()) {
          unreadable = absl::InternalError(
              absl::StrCat(sent.name(), ": ", record.status().message()));
          return false;
        }
        held.cases.push_back(*std::move(record));
        held.etags.push_back(sent.etag());
        return true;
      },
      held.as_of);
  if (!status.ok()) return status;
  if (!unreadable.ok()) return unreadable;
  return held;
}

}  // namespace enthesis::client
