#include "client/text_encoding.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "client/utf8.h"

namespace enthesis::client {
namespace {

constexpr absl::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr absl::string_view kLittleEndianMark = "\xFF\xFE";
constexpr absl::string_view kBigEndianMark = "\xFE\xFF";

// Characters of the bytes 0x80 to 0x9F; 0 where there is none. The others are
// those of Unicode.
constexpr uint16_t kWindows1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void AppendUtf8(uint32_t character, std::string& text) {
  const auto add = [&](uint32_t byte) { text += static_cast<char>(byte); };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xC0 | (character >> 6));
    add(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    add(0xE0 | (character >> 12));
    add(0x80 | ((character >> 6) & 0x3F));
    add(0x80 | (character & 0x3F));
  } else {
    add(0xF0 | (character >> 18));
    add(0x80 | ((character >> 12) & 0x3F));
    add(0x80 | ((character >> 6) & 0x3F));
    add(0x80 | (character & 0x3F));
  }
}

absl::StatusOr<std::string> FromWindows1252(absl::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 16);
  int64_t line = 1;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') ++line;
    if (byte < 0x80) {
      text += c;
      continue;
    }
    const uint32_t character = byte < 0xA0 ? kWindows1252[byte - 0x80] : byte;
    if (character == 0) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "line %d: the byte %02X is no character of Windows-1252, and the "
          "file is not UTF-8; save it as CSV in UTF-8",
          line, byte));
    }
    AppendUtf8(character, text);
  }
  return text;
}

absl::StatusOr<std::string> FromUtf16(absl::string_view bytes) {
  const bool big = absl::StartsWith(bytes, kBigEndianMark);
  if (!big && !absl::StartsWith(bytes, kLittleEndianMark)) {
    return absl::InvalidArgumentError(
        "the file has no byte order mark of UTF-16; save it as CSV in UTF-8");
  }
  const auto unit = [&](size_t i) -> uint32_t {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return big ? static_cast<uint32_t>(first << 8 | second)
               : static_cast<uint32_t>(second << 8 | first);
  };
  std::string text;
  int64_t line = 1;
  size_t i = 2;
  for (; i + 1 < bytes.size(); i += 2) {
    uint32_t character = unit(i);
    if (character == '\n') ++line;
    if (character >= 0xD800 && character < 0xE000) {
      const bool pair = character < 0xDC00 && i + 3 < bytes.size() &&
                        unit(i + 2) >= 0xDC00 && unit(i + 2) < 0xE000;
      if (!pair) break;
      character = 0x10000 + ((character - 0xD800) << 10) + unit(i + 2) - 0xDC00;
      i += 2;
    }
    AppendUtf8(character, text);
  }
  if (i != bytes.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "line ", line,
        ": the file is UTF-16 and damaged here; save it as CSV in UTF-8"));
  }
  return text;
}

// Which encoding bytes are in that are not UTF-8 throughout.
absl::StatusOr<TextEncoding> EncodingOfOthers(absl::string_view bytes) {
  const Utf8Census census = CountUtf8(bytes);
  if (bytes.find('\0') != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        "the file is not text; export it as CSV in UTF-8");
  }
  if (census.n_characters > 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "line ", census.first_fault, ": not UTF-8, while line ",
        census.first_character,
        " has characters of UTF-8: two encodings in one file. Save it as CSV "
        "in UTF-8 and look at the names with accents, or name the encoding "
        "with --encoding"));
  }
  return TextEncoding::kWindows1252;
}

}  // namespace

const char* NameOf(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kUtf8:
      return "UTF-8";
    case TextEncoding::kWindows1252:
      return "Windows-1252";
    case TextEncoding::kUtf16:
      return "UTF-16";
  }
  return "";
}

std::optional<TextEncoding> EncodingNamed(absl::string_view name) {
  for (const TextEncoding encoding :
       {TextEncoding::kUtf8, TextEncoding::kWindows1252,
        TextEncoding::kUtf16}) {
    if (absl::EqualsIgnoreCase(name, NameOf(encoding))) return encoding;
  }
  return std::nullopt;
}

absl::StatusOr<DecodedText> DecodeText(std::string bytes,
                                       std::optional<TextEncoding> named) {
  DecodedText decoded;
  if (absl::StartsWith(bytes, kLittleEndianMark) ||
      absl::StartsWith(bytes, kBigEndianMark)) {
    decoded.encoding = TextEncoding::kUtf16;
  } else if (absl::StartsWith(bytes, kUtf8Mark)) {
    decoded.encoding = TextEncoding::kUtf8;
  } else if (named.has_value()) {
    decoded.encoding = *named;
  } else if (!CheckUtf8(bytes).ok()) {
    const auto encoding = EncodingOfOthers(bytes);
    if (!encoding.ok()) return encoding.status();
    decoded.encoding = *encoding;
  }
  if (decoded.encoding == TextEncoding::kUtf8) {
    if (absl::Status status = CheckUtf8(bytes); !status.ok()) return status;
    decoded.text = std::move(bytes);
    decoded.byte_order_mark = absl::StartsWith(decoded.text, kUtf8Mark);
    if (decoded.byte_order_mark) decoded.text.erase(0, kUtf8Mark.size());
    return decoded;
  }
  decoded.byte_order_mark = decoded.encoding == TextEncoding::kUtf16;
  auto text =
      decoded.byte_order_mark ? FromUtf16(bytes) : FromWindows1252(bytes);
  if (!text.ok()) return text.status();
  decoded.text = *std::move(text);
  return decoded;
}

}  // namespace enthesis::client
