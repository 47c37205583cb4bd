// Whether text is UTF-8.

#ifndef ENTHESIS_CLIENT_UTF8_H_
#define ENTHESIS_CLIENT_UTF8_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

// INVALID_ARGUMENT names the line that is not UTF-8, or says that the file is
// UTF-16.
absl::Status CheckUtf8(absl::string_view text);

// How much of text is UTF-8 beside ASCII.
struct Utf8Census {
  int64_t n_characters = 0;     // that UTF-8 writes in several bytes
  int64_t first_character = 0;  // line of the first, from 1; 0: none
  int64_t first_fault = 0;      // line of the first that is not UTF-8; 0: none
};
Utf8Census CountUtf8(absl::string_view text);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_UTF8_H_
