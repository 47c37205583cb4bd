// A clinic's file as text, whatever program wrote it: its encoding and what
// separates its cells are found and can be told.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CLINIC_TEXT_H_
#define ENTHESIS_CLIENT_CLINIC_TEXT_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/text_encoding.h"

namespace enthesis::client {

struct TextOptions {
  std::optional<TextEncoding> encoding;  // absent: found
  std::optional<char> separator;         // absent: found
};

struct ClinicText {
  std::string text;  // UTF-8 without byte order mark, lines as in the file
  TextEncoding encoding = TextEncoding::kUtf8;
  bool byte_order_mark = false;
  char separator = ',';
};

// INVALID_ARGUMENT for a file that is no CSV (a workbook, with the way to
// export it) and for what cannot be told apart.
absl::StatusOr<ClinicText> ReadClinicText(std::string bytes,
                                          const TextOptions& options);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CLINIC_TEXT_H_
