// A blank cell clears a value; a column that the file does not have, or that
// was ignored, says nothing: what the registry holds stays.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_ABSENT_COLUMNS_H_
#define ENTHESIS_CLIENT_ABSENT_COLUMNS_H_

#include <string>
#include <vector>

#include "registry/model/case.h"

namespace enthesis::client {

// `header` holds the names of the columns the file has (CaseFile::header).
// Each takes from `stored` what no column of the file speaks of: the baseline
// sections and the status of a case, or one assessment.
void KeepAbsentColumns(const std::vector<std::string>& header,
                       const model::Case& stored, model::Case& record);
void KeepAbsentColumns(const std::vector<std::string>& header,
                       const model::FollowUp& stored,
                       model::FollowUp& follow_up);

// Whether the file has any column of an assessment but its day.
bool HasAssessmentColumns(const std::vector<std::string>& header);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ABSENT_COLUMNS_H_
