// A case as lines of the clinic's file, the inverse of case_csv.h: what is
// written here imports unchanged.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CASE_CSV_WRITER_H_
#define ENTHESIS_CLIENT_CASE_CSV_WRITER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "client/csv_columns.h"
#include "client/time_text.h"
#include "registry/model/case.h"

namespace enthesis::client {

// What a file holds of a record beside the case.
struct LocalColumns {
  std::string record_id;
  std::string patient_key;           // may be empty
  std::optional<Date> surgery_date;  // empty: the year is written instead
};

// What a file holds of a case, or of an assessment, in one column; empty for a
// column of another section and for those that stay in the clinic.
std::string CaseCell(const Column& column, const model::Case& record);
std::string FollowUpCell(const Column& column,
                         const model::FollowUp& follow_up);

// The line of column names, with its line end.
std::string CaseCsvHeader();

// Appends the baseline line and one line per assessment. The last assessment
// before surgery shares the baseline line unless it has a Tegner score, which
// that line cannot hold.
void AppendCaseCsv(const model::Case& record, const LocalColumns& local,
                   std::string& out);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CASE_CSV_WRITER_H_
