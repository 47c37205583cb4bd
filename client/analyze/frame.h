// The rows of a data file that an analysis uses: those with a value in every
// column it needs.

#ifndef ENTHESIS_CLIENT_ANALYZE_FRAME_H_
#define ENTHESIS_CLIENT_ANALYZE_FRAME_H_

#include <cstddef>
#include <cstdint>
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
  // the columns `required`.
  Frame(const DataFile& file, const std::vector<std::string>& required);

  size_t n_rows() const { return rows_.size(); }
  // Rows left out because a value was missing.
  int64_t dropped() const { return dropped_; }

  // Every value as a number. INVALID_ARGUMENT names column, line and value.
  absl::StatusOr<std::vector<double>> Numbers(absl::string_view column) const;
  // The same where cells may be missing.
  absl::StatusOr<std::vector<std::optional<double>>> OpenNumbers(
      absl::string_view column) const;
  // Whether every value that is there is a number.
  bool IsNumeric(absl::string_view column) const;
  Factor FactorOf(absl::string_view column) const;
  absl::string_view Text(absl::string_view column, size_t row) const;

  // What is wrong with a value: INVALID_ARGUMENT "line L, COLUMN "value": ...".
  absl::Status Refuse(absl::string_view column, size_t row,
                      absl::string_view why) const;
  // An error of the engine that begins "row N:" speaks of the line instead.
  absl::Status WithLine(const absl::Status& status) const;

 private:
  const DataFile& file_;
  std::vector<size_t> rows_;
  int64_t dropped_ = 0;
};

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
std::vector<std::string> ColumnsOf(const std::vector<CovariateTerm>& terms);

// Numeric columns as they are; factors as indicators named COLUMNLEVEL of every
// level but the reference, which is the first unless `references` names one.
// Errors: INVALID_ARGUMENT naming a reference that is no level of its column or
// whose column is no factor among the terms.
absl::StatusOr<stats::DesignMatrix> MakeDesign(
    const Frame& frame, const std::vector<CovariateTerm>& terms,
    const References& references);

// "a,b,c" without blanks; empty for an empty text.
std::vector<std::string> SplitList(absl::string_view list);
// The same as numbers. INVALID_ARGUMENT names the option and the value.
absl::StatusOr<std::vector<double>> NumberList(absl::string_view list,
                                               absl::string_view option);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_FRAME_H_
