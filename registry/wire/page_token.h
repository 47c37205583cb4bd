// Page tokens: where the next page starts and which state it reads, so that the
// server keeps nothing between pages and pages do not shift under writes.
// Opaque to clients; a token that was altered, or made for another list, is
// refused.

#ifndef ENTHESIS_REGISTRY_WIRE_PAGE_TOKEN_H_
#define ENTHESIS_REGISTRY_WIRE_PAGE_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enthesis::wire {

struct PageToken {
  uint64_t as_of = 0;  // commit whose state all pages read
  std::string after;   // key of the last element sent

  bool operator==(const PageToken&) const = default;
};

// `list` names what is listed, such as "cases of sites/site-01": the same text
// must be given back to Parse. The token is base64url.
std::string FormatPageToken(const PageToken& token, absl::string_view list);

// INVALID_ARGUMENT when `text` is not a token made for `list`. The check finds
// mistakes, it is no secret: a forged token reads nothing that its maker could
// not ask for.
absl::StatusOr<PageToken> ParsePageToken(absl::string_view text,
                                         absl::string_view list);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_PAGE_TOKEN_H_
