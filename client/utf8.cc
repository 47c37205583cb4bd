#include "client/utf8.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace enthesis::client {
namespace {

// The length of the character that starts `text`, 0 when it is not UTF-8.
size_t Utf8Length(absl::string_view text) {
  const auto byte = [&](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char first = byte(0);
  const size_t length = first < 0x80                    ? 1
                        : first >= 0xC2 && first < 0xE0 ? 2
                        : first >= 0xE0 && first < 0xF0 ? 3
                        : first >= 0xF0 && first < 0xF5 ? 4
                                                        : 0;
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// The first byte from `at` on that is not ASCII. Most of a file is, so eight
// bytes are looked at together.
size_t EndOfAscii(absl::string_view text, size_t at) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  for (; at + sizeof(uint64_t) <= text.size(); at += sizeof(uint64_t)) {
    uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, sizeof(eight));
    if ((eight & kHighBits) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace

// Another encoding would give keys that the next export does not match.
absl::Status CheckUtf8(absl::string_view text) {
  if (absl::StartsWith(text, "\xFF\xFE") ||
      absl::StartsWith(text, "\xFE\xFF")) {
    return absl::InvalidArgumentError(
        "the file is UTF-16; save it as CSV in UTF-8");
  }
  const int64_t fault = CountUtf8(text).first_fault;
  if (fault == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "line ", fault, ": not UTF-8; save the file as CSV in UTF-8"));
}

Utf8Census CountUtf8(absl::string_view text) {
  Utf8Census census;
  const auto line_of = [text](size_t at) {
    return 1 + std::count(text.begin(), text.begin() + at, '\n');
  };
  for (size_t at = EndOfAscii(text, 0); at < text.size();
       at = EndOfAscii(text, at)) {
    const size_t length = Utf8Length(text.substr(at));
    if (length == 0) {
      if (census.first_fault == 0) census.first_fault = line_of(at);
      ++at;
      continue;
    }
    if (census.n_characters++ == 0) census.first_character = line_of(at);
    at += length;
  }
  return census;
}

}  // namespace enthesis::client
