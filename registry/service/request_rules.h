// Rules that requests share: names, ids, page sizes, and the digest by which a
// retry is recognised. Each adds what is wrong to `violations`.

#ifndef ENTHESIS_REGISTRY_SERVICE_REQUEST_RULES_H_
#define ENTHESIS_REGISTRY_SERVICE_REQUEST_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "registry/model/codes.h"
#include "registry/validation/validate.h"
#include "registry/wire/fault.h"
#include "registry/wire/resource_name.h"

namespace enthesis::service {

using Violations = std::vector<validation::Violation>;

void Violate(absl::string_view path, absl::string_view message,
             Violations& violations);

// Faults of the form come first; a rule is not reported for a field that
// already has a fault.
void AddFaults(const wire::Faults& faults, Violations& violations);
void AddFindings(const Violations& found, Violations& violations);

// Every unknown field of the request.
void RequireKnownFields(const google::protobuf::Message& request,
                        Violations& violations);

// The resource named by field `path`; empty and a violation when it is none.
std::string RequireSiteName(absl::string_view name, absl::string_view path,
                            Violations& violations);
wire::CaseName RequireCaseName(absl::string_view name, absl::string_view path,
                               Violations& violations);
model::Id RequireId(absl::string_view text, absl::string_view path,
                    Violations& violations);

// The 16 bytes of a UUID of version 4, the only kind that is random; empty and
// a violation of "request_id" otherwise.
std::string RequireRequestId(absl::string_view text, Violations& violations);

// The reason code of a request; a violation of "reason" unless it is in the
// list.
template <typename Reason>
Reason RequireReason(int number, const model::CodeList& codes,
                     Violations& violations) {
  if (codes.Find(number) == nullptr) {
    Violate("reason", absl::StrCat("must be one of: ", codes.Allowed()),
            violations);
  }
  return static_cast<Reason>(number);
}

// 0 means the default, more than the maximum means the maximum, a negative size
// is a violation.
int RequirePageSize(int32_t page_size, Violations& violations);

// SHA-256 of the method and the request without its request id: equal for a
// retry, different for any other content.
std::string DigestOf(absl::string_view method,
                     const google::protobuf::Message& request);

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_REQUEST_RULES_H_
