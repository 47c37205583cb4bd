#include "client/analyze/frame.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "stats/parallel.h"

namespace enthesis::client {
namespace {

constexpr size_t kRowsPerPart = size_t{1} << 14;

// 15 significant digits, as R turns numbers into level names.
std::string LevelName(double value) {
  return absl::StrFormat("%.15g", value == 0 ? 0.0 : value);
}

// Codes of `values` in the order of their distinct ones, which `levels` gets.
// O(n): a factor has few levels, so they are sorted, not the values.
template <typename T>
std::vector<int> Encode(const std::vector<T>& values, std::vector<T>& levels) {
  std::unordered_map<T, int> seen;
  std::vector<T> found;
  std::vector<int> codes(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0 && values[i] == values[i - 1]) {
      codes[i] = codes[i - 1];
      continue;
    }
    const auto [at, is_new] =
        seen.emplace(values[i], static_cast<int>(found.size()));
    if (is_new) found.push_back(values[i]);
    codes[i] = at->second;
  }
  levels = found;
  std::sort(levels.begin(), levels.end());
  std::vector<int> ranks(found.size());
  for (size_t code = 0; code < found.size(); ++code) {
    const auto at = std::lower_bound(levels.begin(), levels.end(), found[code]);
    ranks[code] = static_cast<int>(at - levels.begin());
  }
  for (int& code : codes) code = ranks[static_cast<size_t>(code)];
  return codes;
}

// Whether a cell that is no finite number is meant as one: NaN, Inf, 1e400.
bool IsNotFinite(absl::string_view cell) {
  absl::ConsumePrefix(&cell, "+");
  double number = 0;
  const char* end = cell.data() + cell.size();
  const std::from_chars_result result =
      std::from_chars(cell.data(), end, number);
  return result.ptr == end && result.ec != std::errc::invalid_argument;
}

void AddColumn(std::string name, int term, const std::vector<double>& values,
               stats::DesignMatrix& design) {
  design.names.push_back(std::move(name));
  design.terms.push_back(term);
  design.values.insert(design.values.end(), values.begin(), values.end());
}

absl::Status AddFactor(const Frame& frame, const std::string& column, int term,
                       const References& references,
                       stats::DesignMatrix& design) {
  const Factor factor = frame.FactorOf(column);
  if (factor.levels.size() > kFactorLevelsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("--covariates: ", column, " has ", factor.levels.size(),
                     " levels; a factor may have ", kFactorLevelsMax));
  }
  size_t reference = 0;
  if (const auto chosen = references.find(column); chosen != references.end()) {
    const std::optional<size_t> at = FindLevel(factor.levels, chosen->second);
    if (!at.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--reference ", column, "=", chosen->second, ": the levels are ",
          absl::StrJoin(factor.levels, ", ")));
    }
    reference = *at;
  }
  std::vector<double> indicator(frame.n_rows());
  for (size_t level = 0; level < factor.levels.size(); ++level) {
    if (level == reference) continue;
    for (size_t row = 0; row < indicator.size(); ++row) {
      indicator[row] = factor.codes[row] == static_cast<int>(level) ? 1 : 0;
    }
    AddColumn(column + factor.levels[level], term, indicator, design);
  }
  return absl::OkStatus();
}

// Where `rest` begins with a quoted piece of a list, that of its text with both
// quotes, else 0. Within a name, or without an end, a quote is a letter.
size_t QuotedLength(absl::string_view part, absl::string_view rest) {
  const bool opens = absl::StripAsciiWhitespace(part).empty() ||
                     absl::EndsWith(part, "(") || absl::EndsWith(part, "=");
  if (!opens || rest[0] != '"') return 0;
  for (size_t end = 1; end < rest.size(); ++end) {
    if (rest[end] != '"') continue;
    if (end + 1 == rest.size() || rest[end + 1] != '"') return end + 1;
    ++end;
  }
  return 0;
}

// The text within the quotes of QuotedLength.
std::string Unquoted(absl::string_view quoted) {
  return absl::StrReplaceAll(quoted.substr(1, quoted.size() - 2),
                             {{"\"\"", "\""}});
}

}  // namespace

std::optional<size_t> FindLevel(const std::vector<std::string>& levels,
                                const std::string& wanted) {
  const auto same = std::find(levels.begin(), levels.end(), wanted);
  if (same != levels.end()) {
    return static_cast<size_t>(same - levels.begin());
  }
  double number = 0, level = 0;
  if (!ParseNumber(wanted, number)) return std::nullopt;
  for (size_t i = 0; i < levels.size(); ++i) {
    if (ParseNumber(levels[i], level) && level == number) return i;
  }
  return std::nullopt;
}

std::vector<int> RankKeys(const std::vector<uint64_t>& keys,
                          std::vector<uint64_t>& levels) {
  return Encode(keys, levels);
}

Frame::Frame(const DataFile& file, const std::vector<std::string>& required,
             const std::vector<std::string>& either)
    : file_(file) {
  std::vector<char> kept(file.n_rows(), either.empty() ? 1 : 0);
  for (const std::string& name : either) {
    const std::vector<absl::string_view>& column = file.Column(name);
    for (size_t row = 0; row < kept.size(); ++row) {
      if (!column[row].empty()) kept[row] = 1;
    }
  }
  for (const std::string& name : required) {
    const std::vector<absl::string_view>& column = file.Column(name);
    for (size_t row = 0; row < kept.size(); ++row) {
      if (column[row].empty()) kept[row] = 0;
    }
  }
  rows_.reserve(kept.size());
  for (size_t row = 0; row < kept.size(); ++row) {
    if (kept[row] != 0) rows_.push_back(row);
  }
  dropped_ = static_cast<int64_t>(kept.size() - rows_.size());
}

const Frame::Reading& Frame::Read(absl::string_view column) const {
  const auto known = readings_.find(column);
  if (known != readings_.end()) return known->second;
  const std::vector<absl::string_view>& cells = file_.Column(column);
  Reading reading;
  reading.numbers.resize(rows_.size());
  std::vector<Reading> parts((rows_.size() + kRowsPerPart - 1) / kRowsPerPart);
  stats::RunTasks(file_.pool(), parts.size(), [&](size_t p) {
    Reading part;  // of its own: neighbors of `parts` share a line of the cache
    const size_t end = std::min(rows_.size(), (p + 1) * kRowsPerPart);
    for (size_t i = p * kRowsPerPart; i < end; ++i) {
      const absl::string_view cell = cells[rows_[i]];
      double number = 0;
      if (ParseNumber(cell, number)) {
        reading.numbers[i] = number;
        ++part.n_numbers;
        continue;
      }
      std::optional<size_t>& first = cell.empty()        ? part.first_missing
                                     : IsNotFinite(cell) ? part.first_not_finite
                                                         : part.first_text;
      if (!first.has_value()) first = i;
    }
    parts[p] = std::move(part);
  });
  for (const Reading& part : parts) {
    reading.n_numbers += part.n_numbers;
    if (!reading.first_text) reading.first_text = part.first_text;
    if (!reading.first_not_finite) {
      reading.first_not_finite = part.first_not_finite;
    }
    if (!reading.first_missing) reading.first_missing = part.first_missing;
  }
  return readings_.emplace(std::string(column), std::move(reading))
      .first->second;
}

absl::StatusOr<std::vector<double>> Frame::Numbers(
    absl::string_view column) const {
  const Reading& reading = Read(column);
  const absl::Status status = CheckFinite(column);
  if (!status.ok()) return status;
  for (const std::optional<size_t>& row :
       {reading.first_text, reading.first_missing}) {
    if (row.has_value()) return Refuse(column, *row, "is not a number");
  }
  return reading.numbers;
}

absl::Status Frame::CheckFinite(absl::string_view column) const {
  const Reading& reading = Read(column);
  if (reading.first_text.has_value() || !reading.first_not_finite.has_value()) {
    return absl::OkStatus();
  }
  return Refuse(column, *reading.first_not_finite, "is not a finite number");
}

absl::StatusOr<std::vector<std::optional<double>>> Frame::OpenNumbers(
    absl::string_view column) const {
  const std::vector<absl::string_view>& cells = file_.Column(column);
  std::vector<std::optional<double>> numbers(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    const absl::string_view cell = cells[rows_[i]];
    double number = 0;
    if (cell.empty()) continue;
    // R writes an open end as an infinite one.
    if (cell == "Inf" || cell == "-Inf") continue;
    if (!ParseNumber(cell, number)) return Refuse(column, i, "is not a number");
    numbers[i] = number;
  }
  return numbers;
}

bool Frame::IsNumeric(absl::string_view column) const {
  const Reading& reading = Read(column);
  return !reading.first_text.has_value() &&
         !reading.first_not_finite.has_value();
}

bool Frame::HoldsText(absl::string_view column) const {
  return Read(column).first_text.has_value();
}

std::string Frame::MixedText(absl::string_view column) const {
  const Reading& reading = Read(column);
  if (!reading.first_text.has_value() || reading.n_numbers == 0) return "";
  const size_t row = *reading.first_text;
  return absl::StrCat("line ", file_.LineOf(rows_[row]), " \"",
                      Text(column, row), "\" is no number, ", reading.n_numbers,
                      " others are");
}

Factor Frame::FactorOf(absl::string_view column) const {
  Factor factor;
  if (IsNumeric(column)) {
    std::vector<double> levels;
    factor.codes = Encode(Read(column).numbers, levels);
    for (double level : levels) factor.levels.push_back(LevelName(level));
    return factor;
  }
  const std::vector<absl::string_view>& cells = file_.Column(column);
  // std's string_view, which has a hash.
  std::vector<std::string_view> values(rows_.size()), levels;
  for (size_t i = 0; i < rows_.size(); ++i) {
    const absl::string_view cell = cells[rows_[i]];
    values[i] = std::string_view(cell.data(), cell.size());
  }
  factor.codes = Encode(values, levels);
  for (std::string_view level : levels) factor.levels.emplace_back(level);
  return factor;
}

void Frame::SortBy(absl::string_view column) {
  const std::vector<int> codes = FactorOf(column).codes;
  std::vector<size_t> order(rows_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&codes](size_t a, size_t b) {
    return codes[a] < codes[b];
  });
  for (size_t& row : order) row = rows_[row];
  rows_ = std::move(order);
  readings_.clear();
}

absl::string_view Frame::Text(absl::string_view column, size_t row) const {
  return file_.Column(column)[rows_[row]];
}

absl::Status Frame::Refuse(absl::string_view column, size_t row,
                           absl::string_view why) const {
  return absl::InvalidArgumentError(
      absl::StrCat("line ", file_.LineOf(rows_[row]), ", ", column, " \"",
                   Text(column, row), "\": ", why));
}

absl::Status Frame::WithLine(const absl::Status& status,
                             const std::vector<size_t>& rows) const {
  absl::string_view message = status.message();
  const size_t colon = message.find(": ");
  uint64_t row = 0;
  if (!absl::ConsumePrefix(&message, "row ") ||
      colon == absl::string_view::npos ||
      !absl::SimpleAtoi(message.substr(0, colon - 4), &row) ||
      row >= (rows.empty() ? rows_.size() : rows.size())) {
    return status;
  }
  if (!rows.empty()) row = rows[row];
  return absl::Status(status.code(),
                      absl::StrCat("line ", file_.LineOf(rows_[row]),
                                   message.substr(colon - 4)));
}

Assignment SplitAssignment(absl::string_view text) {
  const size_t quoted = text.empty() ? 0 : QuotedLength("", text);
  // A quote that does not end the name is a letter, as `"a" b` has it.
  if (quoted > 0 && (quoted == text.size() || text[quoted] == '=')) {
    return {Unquoted(text.substr(0, quoted)),
            std::string(text.substr(std::min(quoted + 1, text.size())))};
  }
  Assignment split;
  for (size_t i = 0; i < text.size(); ++i) {
    if (absl::StartsWith(text.substr(i), "\\=")) {
      ++i;
    } else if (text[i] == '=') {
      split.value = std::string(text.substr(i + 1));
      break;
    }
    split.column += text[i];
  }
  return split;
}

absl::StatusOr<References> ParseReferences(
    const std::vector<std::string>& args) {
  References references;
  for (const std::string& arg : args) {
    const Assignment split = SplitAssignment(arg);
    if (split.column.empty() || split.value.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--reference \"", arg, "\": allowed is COLUMN=LEVEL"));
    }
    references[split.column] = split.value;
  }
  return references;
}

std::vector<std::string> SplitList(absl::string_view list) {
  std::vector<std::string> parts;
  std::string part;
  const auto end_part = [&] {
    if (!part.empty()) parts.emplace_back(absl::StripAsciiWhitespace(part));
    part.clear();
  };
  for (size_t i = 0; i < list.size(); ++i) {
    const absl::string_view rest = list.substr(i);
    if (rest.size() > 1 && rest[0] == '\\' &&
        (rest[1] == ',' || rest[1] == '"' || rest[1] == '\\')) {
      part += list[++i];
    } else if (const size_t length = QuotedLength(part, rest); length > 0) {
      part += Unquoted(rest.substr(0, length));
      i += length - 1;
    } else if (rest[0] == ',') {
      end_part();
    } else {
      part += rest[0];
    }
  }
  end_part();
  return parts;
}

std::vector<std::string> SplitLists(absl::string_view lists) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (const char letter : lists) {
    if (letter == '"') quoted = !quoted;
    if (letter == ';' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  parts.erase(std::remove(parts.begin(), parts.end(), ""), parts.end());
  return parts;
}

absl::StatusOr<std::vector<double>> NumberList(absl::string_view list,
                                               absl::string_view option) {
  std::vector<double> numbers;
  for (const std::string& part : SplitList(list)) {
    if (!ParseNumber(part, numbers.emplace_back())) {
      return absl::InvalidArgumentError(
          absl::StrCat(option, ": \"", part, "\" is not a number"));
    }
  }
  return numbers;
}

absl::StatusOr<std::vector<double>> TimeList(absl::string_view list,
                                             absl::string_view option) {
  absl::StatusOr<std::vector<double>> times = NumberList(list, option);
  if (!times.ok()) return times;
  for (const double time : *times) {
    if (time >= 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(option, ": ", time, " is not a time; allowed: 0 or more"));
  }
  return times;
}

absl::StatusOr<std::vector<CovariateTerm>> ParseCovariates(
    absl::string_view list) {
  std::vector<CovariateTerm> terms;
  for (const std::string& part : SplitList(list)) {
    CovariateTerm& term = terms.emplace_back();
    absl::string_view name = part;
    if (absl::ConsumePrefix(&name, "factor(")) {
      if (!absl::ConsumeSuffix(&name, ")")) {
        return absl::InvalidArgumentError(absl::StrCat(
            "--covariates: \"", part, "\" lacks its closing parenthesis"));
      }
      term.is_factor = true;
    }
    term.column = std::string(absl::StripAsciiWhitespace(name));
    const auto same = [&](const CovariateTerm& other) {
      return other.column == term.column;
    };
    if (std::count_if(terms.begin(), terms.end(), same) > 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("--covariates names ", term.column, " twice"));
    }
  }
  return terms;
}

absl::StatusOr<std::vector<CovariateTerm>> ParseTerms(absl::string_view list) {
  if (list.empty()) {
    return absl::InvalidArgumentError(
        "--covariates is required; --covariates 1 is the intercept alone");
  }
  if (list == "1") return std::vector<CovariateTerm>();
  return ParseCovariates(list);
}

std::vector<std::string> ColumnsOf(const std::vector<CovariateTerm>& terms) {
  std::vector<std::string> columns;
  for (const CovariateTerm& term : terms) columns.push_back(term.column);
  return columns;
}

absl::StatusOr<stats::DesignMatrix> MakeDesign(
    const Frame& frame, const std::vector<CovariateTerm>& terms,
    const References& references, std::vector<std::string>& warnings) {
  stats::DesignMatrix design;
  design.n_rows = frame.n_rows();
  References unused = references;
  int term_index = 0;
  for (const CovariateTerm& term : terms) {
    design.term_names.push_back(term.is_factor
                                    ? absl::StrCat("factor(", term.column, ")")
                                    : term.column);
    if (term.is_factor || frame.HoldsText(term.column)) {
      const std::string mixed =
          term.is_factor ? "" : frame.MixedText(term.column);
      if (!mixed.empty()) {
        warnings.push_back(
            absl::StrCat(term.column, " is taken as a factor: ", mixed,
                         "; factor(", term.column, ") says that it is meant"));
      }
      const absl::Status status =
          AddFactor(frame, term.column, term_index++, references, design);
      if (!status.ok()) return status;
      unused.erase(term.column);
      continue;
    }
    const absl::StatusOr<std::vector<double>> values =
        frame.Numbers(term.column);
    if (!values.ok()) return values.status();
    AddColumn(term.column, term_index++, *values, design);
  }
  if (!unused.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--reference ", unused.begin()->first,
                     ": no such factor among the covariates; a column of "
                     "numbers is one when written factor(",
                     unused.begin()->first, ")"));
  }
  return design;
}

}  // namespace enthesis::client
