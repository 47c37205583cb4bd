#include "client/commands/import_columns.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "client/csv_columns.h"
#include "client/csv_text.h"
#include "client/json_text.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

const char* LineOf(const Column& column) {
  if (column.kind == ColumnKind::kRecordId ||
      column.kind == ColumnKind::kEvent ||
      column.kind == ColumnKind::kRepeatInstance) {
    return "every";
  }
  return column.OnAssessmentLine() ? "assessment" : "baseline";
}

}  // namespace

int PrintColumns(const Session& session) {
  std::string text, csv, json = "[";
  AppendCsvRow({"column", "line", "required", "allowed", "meaning"}, csv);
  for (const Column& column : Columns()) {
    const bool required = column.info != nullptr
                              ? column.info->required
                              : column.kind == ColumnKind::kRecordId ||
                                    column.kind == ColumnKind::kEvent;
    const std::string allowed = AllowedIn(column);
    absl::StrAppend(&text, column.name, " (", LineOf(column), " line",
                    required ? ", required" : "", ")\n",
                    Wrap(column.meaning, "    ", "    "),
                    Wrap(allowed, "    ", "    "));
    AppendCsvRow({column.name, LineOf(column), required ? "1" : "0", allowed,
                  column.meaning},
                 csv);
    absl::StrAppend(&json, json.size() > 1 ? "," : "",
                    "\n  {\"column\": ", JsonText(column.name),
                    ", \"line\": \"", LineOf(column),
                    "\", \"required\": ", required ? "true" : "false",
                    ", \"allowed\": ", JsonText(allowed),
                    ", \"meaning\": ", JsonText(column.meaning), "}");
  }
  PrintDocument(session, text, csv, absl::StrCat(json, "\n]\n"));
  return kExitDone;
}

}  // namespace enthesis::client
