#include "registry/wire/page_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace enthesis::wire {
namespace {

// Bytes before base64url: format (1), as_of (8, big-endian), check (8), key.
constexpr char kFormat = 1;
constexpr size_t kHeaderBytes = 1 + 8 + 8;

void AppendBigEndian(uint64_t value, std::string& bytes) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

uint64_t ReadBigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

// FNV-1a, 64 bits: the same on every build, which absl::Hash is not.
uint64_t CheckOf(absl::string_view list, const PageToken& token) {
  uint64_t hash = 0xcbf29ce484222325u;
  const std::string text =
      absl::StrCat(list, "\n", token.as_of, "\n", token.after);
  for (const char c : text) {
    hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  }
  return hash;
}

}  // namespace

std::string FormatPageToken(const PageToken& token, absl::string_view list) {
  std::string bytes(1, kFormat);
  AppendBigEndian(token.as_of, bytes);
  AppendBigEndian(CheckOf(list, token), bytes);
  bytes += token.after;
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<PageToken> ParsePageToken(absl::string_view text,
                                         absl::string_view list) {
  const absl::Status refused = absl::InvalidArgumentError(
      "is not a page token of this list; start again without one");
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes) ||
      bytes.size() < kHeaderBytes || bytes[0] != kFormat) {
    return refused;
  }
  const absl::string_view view = bytes;
  PageToken token{ReadBigEndian(view.substr(1, 8)),
                  std::string(view.substr(kHeaderBytes))};
  if (ReadBigEndian(view.substr(9, 8)) != CheckOf(list, token)) return refused;
  return token;
}

}  // namespace enthesis::wire
