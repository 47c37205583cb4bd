// Times known up to an interval, from the columns of --lower and --upper.

#ifndef ENTHESIS_CLIENT_ANALYZE_INTERVAL_DATA_H_
#define ENTHESIS_CLIENT_ANALYZE_INTERVAL_DATA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/analyze/frame.h"
#include "client/analyze/methods.h"

namespace enthesis::client {

// As stats::IntervalTimes views them.
struct IntervalData {
  std::vector<double> lower;  // 0 where open
  std::vector<double> upper;  // stats::kOpenUpper where open
};

// The columns of --lower and --upper, in that order. A blank cell is an open
// end, so they are no `required` columns of a Frame but its `either`: a row
// without both ends lacks its value and is dropped, as R does.
// INVALID_ARGUMENT when one of the flags is missing.
absl::StatusOr<std::vector<std::string>> IntervalColumns(
    const AnalyzeOptions& options);

// An open end is blank, NA, or infinite as R writes it.
// Errors: FAILED_PRECONDITION without rows; INVALID_ARGUMENT naming line,
// column and value of an end that is no number, negative or infinite to the
// wrong side, and of an upper end below the lower.
absl::StatusOr<IntervalData> ReadIntervalData(const AnalyzeOptions& options,
                                              const Frame& frame);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_INTERVAL_DATA_H_
