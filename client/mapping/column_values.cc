#include "client/mapping/column_values.h"

#include <unordered_set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "client/csv_reader.h"
#include "client/mapping/date_format.h"

namespace enthesis::client {
namespace {

constexpr const char* kDateFormats[] = {
    "YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY",       "MM/DD/YYYY",
    "DD-MM-YYYY", "YYYY/MM/DD", "YYYY-MM-DD hh:mm", "DD.MM.YYYY hh:mm"};

bool IsMissingWord(absl::string_view text) {
  for (const char* word :
       {"NA", "N/A", "n.a.", "k.A.", "NULL", ".", "?", "unknown", "unbekannt",
        "-99", "-999", "999", "9999"}) {
    if (absl::EqualsIgnoreCase(text, word)) return true;
  }
  return false;
}

bool IsNumberText(absl::string_view text, bool& whole, bool& comma) {
  if (text.find_first_not_of("0123456789+-.,") != absl::string_view::npos) {
    return false;
  }
  double number = 0;
  comma = absl::StrContains(text, ',') && !absl::StrContains(text, '.');
  whole = text.find_first_of(".,") == absl::string_view::npos;
  return absl::SimpleAtod(absl::StrReplaceAll(text, {{",", "."}}), &number);
}

// Cells of a column one after the other.
class Look {
 public:
  explicit Look(std::string name) {
    seen_.name = std::move(name);
    for (const char* format : kDateFormats) {
      seen_.date_formats.emplace_back(format);
    }
  }

  void Take(absl::string_view cell) {
    const std::string text(absl::StripAsciiWhitespace(cell));
    if (text.empty()) return;
    ++seen_.n_filled;
    if (!seen_.repeats) seen_.repeats = !all_.insert(text).second;
    if (seen_.values.count(text) == 0) {
      if (seen_.values.size() < kMostValues) {
        seen_.values.insert(text);
      } else {
        seen_.many = true;
      }
    }
    // Whether it is one is known when the others are.
    if (IsMissingWord(text)) {
      words_.insert(text);
      return;
    }
    any_ = true;
    bool whole = false, comma = false;
    const bool number = IsNumberText(text, whole, comma);
    seen_.numbers = seen_.numbers && number;
    seen_.whole = seen_.whole && number && whole;
    seen_.decimal_comma = seen_.decimal_comma || (number && comma);
    std::erase_if(seen_.date_formats, [&](const std::string& format) {
      return !ReadDate(text, DateFormat{format}).ok();
    });
  }

  ColumnValues End() {
    seen_.numbers = seen_.numbers && any_;
    seen_.whole = seen_.whole && any_;
    if (!any_) seen_.date_formats.clear();
    if (seen_.numbers || !seen_.date_formats.empty()) seen_.missing = words_;
    return std::move(seen_);
  }

 private:
  ColumnValues seen_;
  std::set<std::string> words_;
  std::unordered_set<std::string> all_;  // until one repeats
  bool any_ = false;
};

}  // namespace

absl::StatusOr<std::vector<ColumnValues>> LookAtColumns(
    const ClinicText& file) {
  CsvReader reader(file.text, 1, file.separator);
  std::vector<Look> looks;
  if (reader.Next()) {
    for (const absl::string_view cell : reader.cells()) {
      looks.emplace_back(std::string(absl::StripAsciiWhitespace(cell)));
    }
  }
  while (reader.Next()) {
    for (size_t i = 0; i < reader.cells().size() && i < looks.size(); ++i) {
      looks[i].Take(reader.cells()[i]);
    }
  }
  if (!reader.status().ok()) return reader.status();
  if (looks.empty()) {
    return absl::InvalidArgumentError(
        "the file is empty; its first line names the columns");
  }
  std::vector<ColumnValues> columns;
  for (Look& look : looks) columns.push_back(look.End());
  return columns;
}

}  // namespace enthesis::client
