// What a baseline line that was not accepted leaves as it was: the surgery
// date, the rank and the person in the link file, and what counts from them.

#include "tests/client/import_fixture.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

constexpr Date kDay{2022, 3, 4};

class RejectedBaseline : public Import {
 protected:
  std::optional<Date> DateOf(const std::string& record) {
    return ReadLinks().records[record].surgery_date;
  }
};

TEST_F(RejectedBaseline, OfAStoredCaseKeepsDateAndRank) {
  Export file = TwoRecords();
  Run(file);
  const LinkedRecord before = ReadLinks().records["A"];
  Cells& line = file.Line("A", "baseline");
  line["surgery_date"] = "2023-03-05";
  // By a rule of the registry, and by what the client cannot read.
  for (const char* age : {"17", "fifty"}) {
    line["age_years"] = age;
    EXPECT_EQ(Summary(Run(file))[0], "2 rejected: age_years");
    EXPECT_THAT(DateOf("A"), Optional(kDay));
    EXPECT_EQ(ReadLinks().records["A"].operation_sequence,
              before.operation_sequence);
  }
  line["age_years"] = "50";
  EXPECT_EQ(Summary(Run(file))[0], "2 updated");
  EXPECT_THAT(DateOf("A"), Optional(Date{2023, 3, 5}));
}

TEST_F(RejectedBaseline, OfANewRecordLeavesNoDate) {
  Export file = TwoRecords();
  file.Line("A", "baseline")["surgery_date"] = "2023-03-05";
  file.Line("A", "baseline")["age_years"] = "17";
  Run(file);
  EXPECT_EQ(DateOf("A"), std::nullopt);
  file.Line("A", "baseline") = BaselineLine("A");
  EXPECT_TRUE(Run(file).Clean());
  EXPECT_THAT(DateOf("A"), Optional(kDay));
}

TEST_F(RejectedBaseline, AConflictKeepsTheDateAndItsVisits) {
  Export file = TwoRecords();
  Run(file);
  v1::Case changed = Stored("A");
  changed.mutable_baseline()->set_bmi(33);
  UpdateInRegistry(changed, "baseline.bmi");
  file.Line("A", "baseline")["bmi"] = "30";
  file.Line("A", "baseline")["surgery_date"] = "2022-05-04";
  file.Line("A", "day_91")["day"] = "30";
  file.lines.push_back(VisitLine("A", 365, 1));
  const ImportReport report = Run(file);
  EXPECT_EQ(report.lines[0].outcome, LineOutcome::kConflict);
  EXPECT_EQ(report.lines[1].outcome, LineOutcome::kRejected);
  EXPECT_THAT(report.lines[1].note, HasSubstr("surgery_date"));
  EXPECT_EQ(report.lines[2].outcome, LineOutcome::kUnchanged);
  EXPECT_EQ(report.lines[5].outcome, LineOutcome::kRejected);
  EXPECT_THAT(DateOf("A"), Optional(kDay));
  EXPECT_EQ(Stored("A").follow_ups_size(), 3);
}

// The registry keeps the year then.
TEST_F(RejectedBaseline, ABlankDateLeavesTheDate) {
  Export file = TwoRecords();
  Run(file);
  file.Line("A", "baseline")["surgery_date"] = "";
  file.Line("A", "baseline")["age_years"] = "51";
  EXPECT_EQ(Summary(Run(file))[0], "2 updated");
  EXPECT_THAT(DateOf("A"), Optional(kDay));
  EXPECT_EQ(Stored("A").baseline().surgery_year(), 2022);
}

TEST_F(RejectedBaseline, NamesNoPerson) {
  Export file = {{BaselineLine("A")}};
  file.Line("A", "baseline")["patient_key"] = "P1";
  file.Line("A", "baseline")["age_years"] = "17";
  Run(file);
  EXPECT_EQ(ReadLinks().patients.count("P1"), 0u);
  // An accepted line of the same file does.
  file.lines.push_back(BaselineLine("B"));
  file.Line("B", "baseline")["patient_key"] = "P1";
  file.Line("B", "baseline")["laterality"] = "right";
  Run(file);
  EXPECT_EQ(ReadLinks().patients.count("P1"), 1u);
}

}  // namespace
}  // namespace enthesis::client
