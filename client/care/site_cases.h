// All cases of a site in one state of the registry.

#ifndef ENTHESIS_CLIENT_CARE_SITE_CASES_H_
#define ENTHESIS_CLIENT_CARE_SITE_CASES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/registry_client.h"
#include "registry/model/case.h"

namespace enthesis::client {

struct SiteCases {
  std::string site;
  uint64_t as_of = 0;              // the commit whose state was read
  std::vector<model::Case> cases;  // in order of id; without withdrawn ones
  std::vector<std::string> etags;  // of `cases`
};

// `as_of`: absent means the latest. The errors of the server; INVALID_ARGUMENT
// for a text that is no site id.
absl::StatusOr<SiteCases> ReadSiteCases(RegistryClient& client,
                                        const std::string& site,
                                        std::optional<uint64_t> as_of);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CARE_SITE_CASES_H_
