// The column of the clinic's file behind a field path of the registry.

#ifndef ENTHESIS_CLIENT_PATH_COLUMN_H_
#define ENTHESIS_CLIENT_PATH_COLUMN_H_

#include <string>

#include "absl/strings/string_view.h"
#include "client/case_csv.h"

namespace enthesis::client {

// The column of a field path within Case, such as "operation.wedge_mm" or
// "baseline"; empty when none is behind it.
std::string ColumnOfCasePath(absl::string_view path);
// The same for a path within FollowUp, such as "complications[0].day".
std::string ColumnOfFollowUpPath(absl::string_view path,
                                 const CsvAssessment& assessment);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_PATH_COLUMN_H_
