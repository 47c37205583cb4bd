// The rows of a data file that an analysis uses: those with a value in every
// column it needs.

#ifndef ENTHESIS_CLIENT_ANALYZE_FRAME_H_
#define ENTHESIS_CLIENT_ANALYZE_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/analyze/data_file.h"
#include "stats/design_matrix.h"

namespace enthesis::client {

// Where `wanted` stands among `levels`: as written, else as the same number, so
// that 2.0 finds 2.
std::optional<size_t> FindLevel(const std::vector<std::string>& levels,
                                const std::string& wanted);

// More levels than this are no factor but an identifier by mistake.
inline constexpr size_t kFactorLevelsMax = 1000;

// The values of a column as codes. Levels are in numerical order when all are
// numbers, which are then written as R writes them, else in order of bytes.
struct Factor {
  std::vector<std::string> levels;
  std::vector<int> codes;  // by row, from 0

  int n_levels() const { return static_cast<int>(levels.size()); }
};

class Frame {
 public:
  // The rows of `file`, which must outlive the frame, with a value in each of
  // the columns `required` and, unless `either` is empty, in one of those at
  // least.
  Frame(const DataFile& file, const std::vector<std::string>& required,
        const std::vector<std::string>& either = {});

  // Brings the rows into the order of a column, as FactorOf has its levels;
  // rows of one level stay as they are.
  void SortBy(absl::string_view column);

  size_t n_rows() const { return rows_.size(); }
  // Rows left out because a value was missing.
  int64_t dropped() const { return dropped_; }

  // Every value as a number. INVALID_ARGUMENT names column, line and value of
  // the first that is none, or is not finite.
  absl::StatusOr<std::vector<double>> Numbers(absl::string_view column) const;
  // The same where cells may be missing.
  absl::StatusOr<std::vector<std::optional<double>>> OpenNumbers(
      absl::string_view column) const;
  // Whether every value that is there is a finite number.
  bool IsNumeric(absl::string_view column) const;
  // Whether some value is text. NaN, Inf and 1e400 are no text: among numbers
  // they are faults, which Numbers and CheckFinite refuse.
  bool HoldsText(absl::string_view column) const;
  // INVALID_ARGUMENT as Numbers; missing cells and text are fine.
  absl::Status CheckFinite(absl::string_view column) const;
  // Empty unless the column holds both: "line 7 "5O" is no number, 12 others
  // are".
  std::string MixedText(absl::string_view column) const;
  Factor FactorOf(absl::string_view column) const;
  absl::string_view Text(absl::string_view column, size_t row) const;
  // The line of the file, from 1.
  int64_t LineOf(size_t row) const { return file_.LineOf(rows_[row]); }

  // What is wrong with a value: INVALID_ARGUMENT "line L, COLUMN "value": ...".
  absl::Status Refuse(absl::string_view column, size_t row,
                      absl::string_view why) const;
  // An error of the engine that begins "row N:" speaks of the line instead.
  // With `rows`, N counts those.
  absl::Status WithLine(const absl::Status& status,
                        const std::vector<size_t>& rows = {}) const;

 private:
  // A column read as numbers, once, on the pool of the file; the frame is not
  // for several threads.
  struct Reading {
    std::vector<double> numbers;  // by row; 0 where there is none
    size_t n_numbers = 0;
    std::optional<size_t> first_text, first_not_finite, first_missing;  // rows
  };
  const Reading& Read(absl::string_view column) const;

  const DataFile& file_;
  std::vector<size_t> rows_;
  int64_t dropped_ = 0;
  mutable std::map<std::string, Reading, std::less<>> readings_;
};

// Codes of `keys` in the order of their distinct ones, which `levels` gets.
std::vector<int> RankKeys(const std::vector<uint64_t>& keys,
                          std::vector<uint64_t>& levels);

// A column and what follows it, as in "COLUMN=VALUE". A name with "=" is
// quoted, "a=b"=1 with "" for a quote, or has a backslash before its "=". The
// value, all after the "=" that ends the name, is as written.
struct Assignment {
  std::string column, value;
};
Assignment SplitAssignment(absl::string_view text);

// "column=level" for each factor with a chosen reference.
using References = std::map<std::string, std::string>;
absl::StatusOr<References> ParseReferences(
    const std::vector<std::string>& args);

// One covariate of "--covariates age,factor(ecog),sex".
struct CovariateTerm {
  std::string column;
  bool is_factor = false;  // said so; a text column is one by itself
};
absl::StatusOr<std::vector<CovariateTerm>> ParseCovariates(
    absl::string_view list);
// The same of a model with an intercept, which "1" asks for alone.
// INVALID_ARGUMENT for an empty list.
absl::StatusOr<std::vector<CovariateTerm>> ParseTerms(absl::string_view list);
std::vector<std::string> ColumnsOf(const std::vector<CovariateTerm>& terms);

// Numeric columns as they are; factors as indicators named COLUMNLEVEL of every
// level but the reference, which is the first unless `references` names one.
// Terms are named as in a formula of R: "factor(ecog)" where so asked.
// Warns of a column that is a factor only because few of its cells are text.
// Errors: INVALID_ARGUMENT naming a number that is not finite by line, a factor
// of more than kFactorLevelsMax levels, a reference that is no level of its
// column or whose column is no factor among the terms.
absl::StatusOr<stats::DesignMatrix> MakeDesign(
    const Frame& frame, const std::vector<CovariateTerm>& terms,
    const References& references, std::vector<std::string>& warnings);

// "a,b,c" without blanks; empty for an empty text. A name with a comma is
// quoted, "a,b",c with "" for a quote, also as factor("a,b") and a="b,c", or
// has its comma after a backslash.
std::vector<std::string> SplitList(absl::string_view list);
// Several such lists, "a=1,b=2;a=3,b=4", which may quote a semicolon.
std::vector<std::string> SplitLists(absl::string_view lists);
// The same as numbers. INVALID_ARGUMENT names the option and the value.
absl::StatusOr<std::vector<double>> NumberList(absl::string_view list,
                                               absl::string_view option);
// The same as times, which are 0 or more.
absl::StatusOr<std::vector<double>> TimeList(absl::string_view list,
                                             absl::string_view option);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_FRAME_H_
