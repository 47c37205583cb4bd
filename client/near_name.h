// Names that a mistyped one may have meant.

#ifndef ENTHESIS_CLIENT_NEAR_NAME_H_
#define ENTHESIS_CLIENT_NEAR_NAME_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace enthesis::client {

// At most `most` of `names`, the nearest first: those that `word` becomes by
// few letters that are other, missing, too many or swapped. Hyphens,
// underscores, points and the case of letters do not count.
std::vector<std::string> NearNames(absl::string_view word,
                                   absl::Span<const std::string> names,
                                   size_t most);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_NEAR_NAME_H_
