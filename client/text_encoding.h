// Text of a clinic in any of the encodings that its programs write, as UTF-8.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_TEXT_ENCODING_H_
#define ENTHESIS_CLIENT_TEXT_ENCODING_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

enum class TextEncoding {
  kUtf8,
  kWindows1252,  // what Excel calls "CSV" in Western Europe and America
  kUtf16,        // what Excel calls "Unicode text"; with a byte order mark
};
const char* NameOf(TextEncoding encoding);  // "UTF-8", ...

// "utf-8", "windows-1252" or "utf-16", in any case; absent for another name.
std::optional<TextEncoding> EncodingNamed(absl::string_view name);

struct DecodedText {
  std::string text;  // UTF-8, without byte order mark
  TextEncoding encoding = TextEncoding::kUtf8;
  bool byte_order_mark = false;
};

// A byte order mark says what the bytes are, whatever is `named`. Without one
// `named` decides, else bytes that are UTF-8 are taken as such, and all others
// as Windows-1252, unless some of them are characters of UTF-8: then it is not
// known what the others are.
// INVALID_ARGUMENT names the line that cannot be read.
absl::StatusOr<DecodedText> DecodeText(std::string bytes,
                                       std::optional<TextEncoding> named);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_TEXT_ENCODING_H_
