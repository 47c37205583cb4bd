#include "client/differing_columns.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/case_csv_writer.h"
#include "client/csv_columns.h"
#include "client/path_column.h"

namespace enthesis::client {
namespace {

// The column of an event by its place in the list, as the file has it.
std::string ColumnIn(const Column& column, const CsvAssessment& assessment) {
  const char* list = column.kind == ColumnKind::kComplication  ? "complications"
                     : column.kind == ColumnKind::kReoperation ? "reoperations"
                                                               : nullptr;
  if (list == nullptr) return column.name;
  const std::string name = ColumnOfFollowUpPath(
      absl::StrCat(list, "[", column.group, "].", column.info->name),
      assessment);
  return name.empty() ? column.name : name;
}

}  // namespace

std::vector<DifferingColumn> DifferingColumns(const model::Case& file,
                                              const model::Case& registry) {
  std::vector<DifferingColumn> differing;
  for (const Column& column : Columns()) {
    if (column.kind >= ColumnKind::kFollowUp) continue;
    std::string held = CaseCell(column, registry);
    std::string here = CaseCell(column, file);
    if (held == here) continue;
    differing.push_back({column.name, std::move(held), std::move(here)});
  }
  return differing;
}

std::vector<DifferingColumn> DifferingColumns(const model::FollowUp& file,
                                              const CsvAssessment& assessment,
                                              const model::FollowUp& registry) {
  std::vector<DifferingColumn> differing;
  for (const Column& column : Columns()) {
    if (column.kind < ColumnKind::kFollowUp) continue;
    std::string held = FollowUpCell(column, registry);
    std::string here = FollowUpCell(column, file);
    if (held == here) continue;
    differing.push_back(
        {ColumnIn(column, assessment), std::move(held), std::move(here)});
  }
  return differing;
}

}  // namespace enthesis::client
