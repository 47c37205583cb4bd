#include "client/clinic_text.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/csv_separator.h"

namespace enthesis::client {
namespace {

constexpr absl::string_view kHowToExport =
    "it is not read, because what a workbook shows (dates, leading zeros, "
    "rounded numbers) is not what it holds. Excel: File > Save As > \"CSV "
    "UTF-8 (Comma delimited) (*.csv)\". LibreOffice: File > Save As > \"Text "
    "CSV (.csv)\", character set UTF-8. Export the sheet with the records; "
    "dates as YYYY-MM-DD";

// What a file is that is no CSV; empty where it may be one.
absl::string_view OtherKind(absl::string_view bytes) {
  if (absl::StartsWith(bytes, "PK\x03\x04")) {
    if (absl::StrContains(bytes.substr(0, 100), "opendocument")) {
      return "a LibreOffice spreadsheet (.ods)";
    }
    return absl::StrContains(bytes, "xl/") ? "an Excel workbook (.xlsx)"
                                           : "a zip archive";
  }
  if (absl::StartsWith(bytes, "\xD0\xCF\x11\xE0")) {
    return "an Excel workbook (.xls, or .xlsx with a password)";
  }
  if (absl::StartsWith(bytes, "%PDF")) return "a PDF document";
  const absl::string_view start =
      absl::StripLeadingAsciiWhitespace(bytes.substr(0, 200));
  for (const char* tag : {"<?xml", "<!doctype", "<html", "<table"}) {
    if (absl::StartsWithIgnoreCase(start, tag)) return "a web page or XML";
  }
  return "";
}

// Excel's own first line "sep=;" says what separates; the line stays, blank.
std::optional<char> TakeSeparatorLine(std::string& text) {
  constexpr absl::string_view kSep = "sep=";
  if (text.size() < 6 || !absl::StartsWithIgnoreCase(text, kSep) ||
      (text[5] != '\n' && text[5] != '\r')) {
    return std::nullopt;
  }
  const char separator = text[4];
  text.erase(0, 5);
  return separator;
}

}  // namespace

absl::StatusOr<ClinicText> ReadClinicText(std::string bytes,
                                          const TextOptions& options) {
  if (const absl::string_view kind = OtherKind(bytes); !kind.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the file is ", kind, ", not CSV; ", kHowToExport));
  }
  absl::StatusOr<DecodedText> decoded =
      DecodeText(std::move(bytes), options.encoding);
  if (!decoded.ok()) return decoded.status();
  ClinicText file{std::move(decoded->text), decoded->encoding,
                  decoded->byte_order_mark};
  const std::optional<char> stated = TakeSeparatorLine(file.text);
  if (options.separator.has_value()) {
    file.separator = *options.separator;
  } else if (stated.has_value()) {
    file.separator = *stated;
  } else {
    const absl::StatusOr<char> found = FindSeparator(file.text);
    if (!found.ok()) return found.status();
    file.separator = *found;
  }
  return file;
}

}  // namespace enthesis::client
