#include "client/import_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace enthesis::client {

const char* NameOf(LineOutcome outcome) {
  switch (outcome) {
    case LineOutcome::kUnchanged:
      return "unchanged";
    case LineOutcome::kCreated:
      return "created";
    case LineOutcome::kUpdated:
      return "updated";
    case LineOutcome::kConflict:
      return "conflict";
    case LineOutcome::kRejected:
      return "rejected";
    case LineOutcome::kNotSent:
      return "not sent";
  }
  return "";
}

int64_t ImportReport::Count(LineOutcome outcome) const {
  return std::count_if(lines.begin(), lines.end(), [&](const LineResult& line) {
    return line.outcome == outcome;
  });
}

bool ImportReport::Clean() const {
  return std::all_of(lines.begin(), lines.end(), [](const LineResult& line) {
    return line.outcome <= LineOutcome::kUpdated;
  });
}

std::string Describe(const CellFault& fault, int64_t line) {
  std::string text =
      fault.line == line ? "" : absl::StrCat("with line ", fault.line, ", ");
  if (!fault.column.empty()) {
    absl::StrAppend(
        &text, fault.column, " ",
        fault.value.empty() ? "(blank)" : absl::StrCat("\"", fault.value, "\""),
        ": ");
  }
  return text + fault.message;
}

}  // namespace enthesis::client
