#include "client/rejected_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/case_csv.h"
#include "client/commands/progress_bar.h"

namespace enthesis::client {
namespace {

LineResult Rejected(int64_t line, std::vector<CellFault> faults) {
  LineResult result;
  result.line = line;
  result.outcome = LineOutcome::kRejected;
  result.faults = std::move(faults);
  return result;
}

LineResult Accepted(int64_t line) {
  LineResult result;
  result.line = line;
  result.outcome = LineOutcome::kCreated;
  return result;
}

TEST(RejectedLines, AreAsTheyWereWithTheirFaultsInFront) {
  ClinicText file;
  file.separator = ';';
  file.text =
      "record_id;event;bmi\n"
      "A;baseline;27,5\n"
      "B;baseline;27\n"
      "\"C;\"\"1\"\"\nx\";baseline\n"
      "D;baseline;26\n";
  ImportReport report;
  report.lines = {
      Rejected(2, {{2, "bmi", "27,5", "is a decimal"},
                   {2, "sex", "", "is required"}}),
      Accepted(3),
      Rejected(4, {{4, "", "", "has 2 cells"}}),
      Rejected(6, {{2, "bmi", "27,5", "differs"}})};
  report.lines.back().note = "rejected because";
  report.lines.back().other_lines = {2, 3};
  EXPECT_EQ(RejectedLines(file, report),
            "\xEF\xBB\xBFimport_faults;record_id;event;bmi\r\n"
            "\"line 2: bmi \"\"27,5\"\": is a decimal | sex (blank): is "
            "required\";A;baseline;27,5\r\n"
            "line 3: goes with line 6;B;baseline;27\r\n"
            "line 4: has 2 cells;\"C;\"\"1\"\"\nx\";baseline\r\n"
            "\"line 6: with line 2, bmi \"\"27,5\"\": differs | rejected "
            "because\";D;baseline;26\r\n");
}

TEST(RejectedLines, TheirColumnIsReplacedAndMakesAFileAPart) {
  ClinicText file;
  file.text = "import_faults,record_id,event\nold,A,baseline\nold,B,baseline\n";
  ImportReport report;
  report.lines = {Rejected(3, {{3, "", "", "new"}})};
  EXPECT_EQ(RejectedLines(file, report),
            "\xEF\xBB\xBFimport_faults,record_id,event\r\n"
            "line 3: new,B,baseline\r\n");
  const auto read = ReadCaseFile(file.text, {});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->partial);
  EXPECT_TRUE(read->faults.empty());
  EXPECT_FALSE(ReadCaseFile("record_id,event\nA,baseline\n", {})->partial);
}

TEST(ProgressText, RateAndTimeLeftFitTheWidth) {
  EXPECT_EQ(ProgressText(0, 4000, 0.1, 79),
            "[                              ] 0 %, 0 of 4000 records");
  EXPECT_EQ(ProgressText(2000, 4000, 2, 79),
            "[===============               ] 50 %, 2000 of 4000 records, "
            "1000/s, 0:02 left");
  EXPECT_EQ(ProgressText(1, 100001, 1, 200),
            "[                              ] 0 %, 1 of 100001 records, 1/s, "
            "27:46:40 left");
  EXPECT_EQ(ProgressText(2000, 4000, 2, 60),
            "50 %, 2000 of 4000 records, 1000/s, 0:02 left");
  EXPECT_EQ(ProgressText(2000, 4000, 2, 30), "50 %, 2000 of 4000 records");
  EXPECT_EQ(ProgressText(0, 0, 1, 30), "100 %, 0 of 0 records");
}

}  // namespace
}  // namespace enthesis::client
