// Whether text is UTF-8.

#ifndef ENTHESIS_CLIENT_UTF8_H_
#define ENTHESIS_CLIENT_UTF8_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

// INVALID_ARGUMENT names the line that is not UTF-8, or says that the file is
// UTF-16.
absl::Status CheckUtf8(absl::string_view text);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_UTF8_H_
