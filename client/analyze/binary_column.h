// A column of a data file as 0 and 1.

#ifndef ENTHESIS_CLIENT_ANALYZE_BINARY_COLUMN_H_
#define ENTHESIS_CLIENT_ANALYZE_BINARY_COLUMN_H_

#include <vector>

#include "absl/status/statusor.h"
#include "client/analyze/frame.h"
#include "client/analyze/time_data.h"

namespace enthesis::client {

// 0 and 1 as they are, or whether a value is the one that `flag` asks for.
// `option` is what the flag was given to, and `what` the column is, such as "a
// logistic response". Errors: INVALID_ARGUMENT for text, for another number by
// line, and for a value that the column has not.
absl::StatusOr<std::vector<double>> ReadBinary(const Frame& frame,
                                               const EventFlag& flag,
                                               const char* option,
                                               const char* what);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_BINARY_COLUMN_H_
