#include "client/mapping/column_values.h"

#include <algorithm>
#include <array>
#include <iterator>
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

// How many cells are a day in each format.
class DateVotes {
 public:
  void Take(absl::string_view text, int64_t line) {
    // A long file has many cells that are no date by their signs alone.
    const size_t sign = text.find_first_not_of("0123456789");
    const bool perhaps =
        sign != absl::string_view::npos &&
        text.find_first_not_of("0123456789-./: ") == absl::string_view::npos;
    for (size_t i = 0; i < std::size(kDateFormats); ++i) {
      Votes& votes = of_format_[i];
      const absl::string_view format = kDateFormats[i];
      if (perhaps && absl::StrContains(format, text[sign]) &&
          ReadDate(text, DateFormat{std::string(format)}).ok()) {
        ++votes.n_days;
      } else if (votes.other_lines.size() < kMostLines) {
        votes.other_lines.push_back(line);
      }
    }
  }

  // Of a column that is but for its dates known.
  void End(ColumnValues& seen) const {
    int64_t most = 0;
    for (const Votes& votes : of_format_) most = std::max(most, votes.n_days);
    const bool enough =
        most > 0 &&
        (most == seen.n_cells || (most >= 2 && most >= seen.n_cells - most));
    if (!enough) return;
    for (size_t i = 0; i < std::size(kDateFormats); ++i) {
      if (of_format_[i].n_days != most) continue;
      if (seen.date_formats.empty()) {
        seen.n_not_dates = seen.n_cells - most;
        seen.lines_not_dates = of_format_[i].other_lines;
      }
      seen.date_formats.emplace_back(kDateFormats[i]);
    }
  }

 private:
  struct Votes {
    int64_t n_days = 0;
    std::vector<int64_t> other_lines;
  };
  std::array<Votes, std::size(kDateFormats)> of_format_;
};

// Cells of a column one after the other.
class Look {
 public:
  explicit Look(std::string name) { seen_.name = std::move(name); }

  void Take(absl::string_view cell, int64_t line) {
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
    ++seen_.n_cells;
    bool whole = false, comma = false;
    const bool number = IsNumberText(text, whole, comma);
    seen_.numbers = seen_.numbers && number;
    seen_.whole = seen_.whole && number && whole;
    seen_.decimal_comma = seen_.decimal_comma || (number && comma);
    dates_.Take(text, line);
  }

  ColumnValues End() {
    const bool any = seen_.n_cells > 0;
    seen_.numbers = seen_.numbers && any;
    seen_.whole = seen_.whole && any;
    dates_.End(seen_);
    if (seen_.numbers || !seen_.date_formats.empty()) seen_.missing = words_;
    return std::move(seen_);
  }

 private:
  ColumnValues seen_;
  DateVotes dates_;
  std::set<std::string> words_;
  std::unordered_set<std::string> all_;  // until one repeats
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
      looks[i].Take(reader.cells()[i], reader.line());
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
