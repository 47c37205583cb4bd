// Text as a JSON string.

#ifndef ENTHESIS_CLIENT_JSON_TEXT_H_
#define ENTHESIS_CLIENT_JSON_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace enthesis::client {

// A JSON string, quotes included.
std::string JsonText(absl::string_view text);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_JSON_TEXT_H_
