// The report of an import as a table: every fault once it is one of a few, and
// a count of the same fault on many lines.

#include "client/commands/import_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace enthesis::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

LineResult Rejected(int64_t line, const std::string& value) {
  LineResult result;
  result.line = line;
  result.record = absl::StrCat("R", line);
  result.event = "baseline";
  result.outcome = LineOutcome::kRejected;
  result.faults = {{line, "bmi", value,
                    absl::StrCat("(bmi \"", value, "\") is not a number")}};
  return result;
}

TEST(ImportTable, CountsOneFaultOnManyLines) {
  ImportReport report;
  for (int64_t line = 2; line < 42; ++line) {
    report.lines.push_back(Rejected(line, absl::StrCat("x", line)));
  }
  // Another one among them is shown, whatever else its line has.
  report.lines[30].faults.push_back({32, "sex", "z", "is not in the list"});
  LineResult visit = Rejected(42, "");
  visit.faults.clear();
  for (; visit.line < 50; ++visit.line) {
    visit.note = absl::StrCat("rejected because the baseline line (line ",
                              visit.line - 40, ") was rejected");
    report.lines.push_back(visit);
  }
  const std::string table = ImportTable(report, {}, false);
  EXPECT_THAT(
      table, AllOf(HasSubstr("line 6 (R6, baseline): rejected"),
                   Not(HasSubstr("line 7 (R7")), HasSubstr("line 32 (R32"),
                   HasSubstr("and 34 more lines: bmi: (bmi \"x2\") is not a "
                             "number\n"),
                   HasSubstr("and 3 more lines: rejected because the baseline"),
                   HasSubstr("--rejects FILE.csv"), HasSubstr("48 rejected")));
  EXPECT_THAT(ImportTable(report, {}, true),
              AllOf(HasSubstr("line 7 (R7"), HasSubstr("line 49 (R"),
                    Not(HasSubstr("more line"))));
}

}  // namespace
}  // namespace enthesis::client
