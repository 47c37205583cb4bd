// Digests by which an import tells whether a line, or what the registry holds
// of it, has changed: SHA-256 of the values in a fixed text form, the first
// 128 bits in hexadecimal. Absent values are left out, so that fields added to
// the model later do not change old digests.

#ifndef ENTHESIS_CLIENT_CONTENT_DIGEST_H_
#define ENTHESIS_CLIENT_CONTENT_DIGEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "registry/model/case.h"

namespace enthesis::client {

// Everything of a case but its ids and follow-ups. `surgery_date`: the
// clinic's, where the digest stays there; empty: none.
std::string DigestOfBaseline(const model::Case& record,
                             absl::string_view surgery_date = "");
// Everything of an assessment but its id.
std::string DigestOfFollowUp(const model::FollowUp& follow_up);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CONTENT_DIGEST_H_
