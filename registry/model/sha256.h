// SHA-256 (FIPS 180-4) of bytes in memory.
//
// Threads: a pure function.

#ifndef ENTHESIS_REGISTRY_MODEL_SHA256_H_
#define ENTHESIS_REGISTRY_MODEL_SHA256_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace enthesis::model {

inline constexpr size_t kSha256Bytes = 32;

// kSha256Bytes of digest, not text.
std::string Sha256(absl::string_view bytes);

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_SHA256_H_
