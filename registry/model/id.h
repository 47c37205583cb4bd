// Random 128-bit identifiers of cases, patients and follow-ups, written as 27
// characters: 26 of Crockford's base 32 and his check symbol (value mod 37).
// Never derived from anything about a patient.

#ifndef ENTHESIS_REGISTRY_MODEL_ID_H_
#define ENTHESIS_REGISTRY_MODEL_ID_H_

#include <compare>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enthesis::model {

struct Id {
  uint64_t high = 0;
  uint64_t low = 0;

  bool IsZero() const { return high == 0 && low == 0; }
  auto operator<=>(const Id&) const = default;
};

// A fresh identifier from the operating system's random source. Only ids whose
// check symbol is a letter or digit are made, so that none needs quoting in a
// shell or escaping in a URL.
Id NewId();

std::string FormatId(const Id& id);

// Reads upper or lower case, O as 0, I and L as 1. INVALID_ARGUMENT on a wrong
// length, character or check symbol, and on the zero id.
absl::StatusOr<Id> ParseId(absl::string_view text);

// 16 bytes, big-endian, and back. The caller passes exactly 16 bytes.
std::string IdToBytes(const Id& id);
Id IdFromBytes(absl::string_view bytes);

// Whether `text` is a site id: 4-63 lower-case letters, digits and hyphens,
// starting and ending with a letter or digit.
bool IsSiteId(absl::string_view text);

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_ID_H_
