// A case as lines of the clinic's file, the inverse of case_csv.h: what is
// written here imports unchanged.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CASE_CSV_WRITER_H_
#define ENTHESIS_CLIENT_CASE_CSV_WRITER_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

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
  std::string etag{};                // where ids are written
  // The clinic's names of the lines, by assessment; the others are named for
  // their day. Where it is empty, the last assessment before surgery shares the
  // baseline line.
  std::map<model::Id, std::string> events{};
};

// Which columns a file has.
struct CsvShape {
  bool local = true;  // surgery_date and patient_key
  bool ids = false;   // those of the registry
  int complication_groups = kListedComplicationGroups;
  int reoperation_groups = kListedReoperationGroups;

  // Adds the groups of events that the case needs.
  void Widen(const model::Case& record);
};

// What a file holds of a case, or of an assessment, in one column; empty for a
// column of another section and for those that stay in the clinic.
std::string CaseCell(const Column& column, const model::Case& record);
std::string FollowUpCell(const Column& column,
                         const model::FollowUp& follow_up);

class CaseCsvWriter {
 public:
  explicit CaseCsvWriter(const CsvShape& shape);

  // The line of column names, with its line end.
  std::string Header() const;
  // Appends the baseline line and one line per assessment. An assessment with
  // a Tegner score never shares the baseline line, which cannot hold that.
  void Append(const model::Case& record, const LocalColumns& local,
              std::string& out) const;

 private:
  std::vector<const Column*> columns_;
};

// The same with the columns of a clinic's file.
std::string CaseCsvHeader();
void AppendCaseCsv(const model::Case& record, const LocalColumns& local,
                   std::string& out);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CASE_CSV_WRITER_H_
