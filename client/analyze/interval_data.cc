#include "client/analyze/interval_data.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/interval_times.h"

namespace enthesis::client {
namespace {

// One end of every row; `open` where the cell is blank or infinite that way,
// `wrong_side` is the other infinity.
absl::StatusOr<std::vector<double>> ReadEnds(const Frame& frame,
                                             const std::string& column,
                                             double open,
                                             absl::string_view wrong_side) {
  const absl::StatusOr<std::vector<std::optional<double>>> cells =
      frame.OpenNumbers(column);
  if (!cells.ok()) return cells.status();
  std::vector<double> ends(cells->size(), open);
  for (size_t row = 0; row < ends.size(); ++row) {
    const std::optional<double>& end = (*cells)[row];
    if (!end.has_value()) {
      if (frame.Text(column, row) != wrong_side) continue;
      return frame.Refuse(column, row, "leaves no time for the event");
    }
    if (*end < 0) return frame.Refuse(column, row, "must be 0 or more");
    ends[row] = *end;
  }
  return ends;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> IntervalColumns(
    const AnalyzeOptions& options) {
  for (const auto& [flag, column] : {std::pair("--lower", &options.lower),
                                     std::pair("--upper", &options.upper)}) {
    if (!column->empty()) continue;
    return absl::InvalidArgumentError(absl::StrCat(flag, " is required"));
  }
  return std::vector<std::string>{options.lower, options.upper};
}

absl::StatusOr<IntervalData> ReadIntervalData(const AnalyzeOptions& options,
                                              const Frame& frame) {
  if (frame.n_rows() == 0) {
    return absl::FailedPreconditionError(
        frame.dropped() > 0 ? "every row lacks a value of a column in use"
                            : "the file has no rows");
  }
  absl::StatusOr<std::vector<double>> lower =
      ReadEnds(frame, options.lower, 0, "Inf");
  if (!lower.ok()) return lower.status();
  absl::StatusOr<std::vector<double>> upper =
      ReadEnds(frame, options.upper, stats::kOpenUpper, "-Inf");
  if (!upper.ok()) return upper.status();
  for (size_t row = 0; row < lower->size(); ++row) {
    if ((*lower)[row] <= (*upper)[row]) continue;
    return frame.Refuse(options.upper, row,
                        absl::StrCat("must not be below ", options.lower, ", ",
                                     frame.Text(options.lower, row)));
  }
  return IntervalData{*std::move(lower), *std::move(upper)};
}

}  // namespace enthesis::client
