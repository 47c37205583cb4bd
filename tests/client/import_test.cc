// Imports against a running registry: later exports, changes, cleared cells,
// vanished lines, conflicts.

#include "tests/client/import_fixture.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Import, TheSameFileTwiceStoresNothing) {
  const Export file = TwoRecords();
  EXPECT_THAT(Summary(Run(file)),
              ElementsAre("2 created", "3 created", "4 created", "5 created",
                          "6 created"));
  const uint64_t commit = LastCommit();
  const std::string links = ReadText(LinkPath());
  const ImportReport again = Run(file);
  EXPECT_THAT(Summary(again),
              ElementsAre("2 unchanged", "3 unchanged", "4 unchanged",
                          "5 unchanged", "6 unchanged"));
  EXPECT_TRUE(again.Clean());
  EXPECT_EQ(LastCommit(), commit);
  EXPECT_EQ(ReadText(LinkPath()), links);
}

TEST_F(Import, NothingOfTheClinicIsSent) {
  Export file = TwoRecords();
  file.Line("A", "baseline")["patient_key"] = "hospital-4711";
  Run(file);
  const v1::Case stored = Stored("A");
  const std::string text = stored.ShortDebugString();
  EXPECT_THAT(text, testing::Not(HasSubstr("4711")));
  EXPECT_THAT(text, testing::Not(HasSubstr("2022-03")));
  EXPECT_THAT(text, testing::Not(HasSubstr("day_91")));
  EXPECT_EQ(stored.baseline().surgery_year(), 2022);
  EXPECT_EQ(stored.baseline().operation_sequence() % 1000, 0);
}

TEST_F(Import, TwoLimbsOfOnePersonShareAnId) {
  Export file = TwoRecords();
  file.Line("A", "baseline")["patient_key"] = "P1";
  file.Line("B", "baseline")["patient_key"] = "P1";
  file.Line("B", "baseline")["laterality"] = "right";
  EXPECT_TRUE(Run(file).Clean());
  EXPECT_EQ(Stored("A").patient(), Stored("B").patient());
  // Another person under a record that is stored is a fault.
  file.Line("B", "baseline")["patient_key"] = "P2";
  Run(file);  // a key not seen before only names the person
  file.Line("A", "baseline")["patient_key"] = "P2";
  EXPECT_TRUE(Run(file).Clean());
}

TEST_F(Import, AnotherPersonLaterIsAFault) {
  Export file = TwoRecords();
  file.Line("A", "baseline")["patient_key"] = "P1";
  file.Line("B", "baseline")["patient_key"] = "P2";
  EXPECT_TRUE(Run(file).Clean());
  file.Line("B", "baseline")["patient_key"] = "P1";
  EXPECT_EQ(Summary(Run(file))[3], "5 rejected: patient_key");
}

TEST_F(Import, ALaterExportAddsAndUpdates) {
  Export file = TwoRecords();
  Run(file);
  file.lines.push_back(VisitLine("A", 365, 1));
  file.Line("A", "day_183")["pain_activity"] = "3";
  file.Line("B", "baseline")["bmi"] = "31";
  file.lines.push_back(BaselineLine("C"));
  const ImportReport report = Run(file);
  EXPECT_THAT(
      Summary(report),
      ElementsAre("2 unchanged", "3 unchanged", "4 updated", "5 updated",
                  "6 unchanged", "7 created", "8 created"));
  EXPECT_EQ(report.n_cases_created, 1);
  EXPECT_EQ(report.n_cases_updated, 2);
  const v1::Case a = Stored("A");
  ASSERT_EQ(a.follow_ups_size(), 4);
  EXPECT_EQ(a.follow_ups(2).pain_activity(), 3);
  EXPECT_EQ(a.follow_ups(3).day(), 365);
  EXPECT_EQ(Stored("B").baseline().bmi(), 31);
  v1::ListCaseRevisionsRequest revisions;
  revisions.set_name(a.name());
  EXPECT_EQ(client_->ListCaseRevisions(revisions)->revisions(1).reason(),
            v1::CORRECTION_REASON_LATE_INFORMATION);
}

TEST_F(Import, OnlyNewAssessmentsAreAddedOneByOne) {
  Export file = TwoRecords();
  Run(file);
  file.lines.push_back(VisitLine("A", 365, 1));
  file.lines.push_back(VisitLine("A", 366, 99));  // pain above 10
  file.lines.push_back(VisitLine("A", 91, 2));
  file.lines.back()["event"] = "twice";  // the day is taken
  EXPECT_THAT(Summary(Run(file)),
              ElementsAre("2 unchanged", "3 unchanged", "4 unchanged",
                          "5 unchanged", "6 unchanged", "7 created",
                          "8 rejected: pain_activity", "9 rejected: day"));
  EXPECT_EQ(Stored("A").follow_ups_size(), 4);
}

TEST_F(Import, AVisitEnteredByHandIsTheLineOfItsDay) {
  Export file = TwoRecords();
  Run(file);
  v1::AddFollowUpRequest entered;
  entered.set_name(Stored("A").name());
  const model::Id id = model::NewId();
  entered.mutable_follow_up()->set_id(model::FormatId(id));
  entered.mutable_follow_up()->set_day(365);
  entered.mutable_follow_up()->set_pain_activity(1);
  ASSERT_TRUE(client_->AddFollowUp(entered).ok());
  // With other values, and a new line beside.
  file.lines.push_back(VisitLine("A", 365, 3));
  file.lines.push_back(VisitLine("A", 730, 1));
  const ImportReport differs = Run(file);
  EXPECT_EQ(Summary(differs)[5], "7 conflict: pain_activity");
  EXPECT_THAT(
      differs.lines[5].faults[0].message,
      testing::AllOf(HasSubstr("entered in the registry"),
                     HasSubstr("holds \"1\""), HasSubstr("Make both equal")));
  EXPECT_EQ(Summary(differs)[6], "8 created");
  EXPECT_EQ(Summary(Run(file))[5], "7 conflict: pain_activity");
  // With the same values it is unchanged, from then on as if imported.
  file.Line("A", "day_365")["pain_activity"] = "1";
  EXPECT_EQ(Summary(Run(file))[5], "7 unchanged");
  EXPECT_EQ(ReadLinks().records["A"].lines["day_365"].follow_up, id);
  file.Line("A", "day_365")["pain_activity"] = "2";
  EXPECT_EQ(Summary(Run(file))[5], "7 updated");
  EXPECT_EQ(Stored("A").follow_ups_size(), 5);
}

TEST_F(Import, ABlankCellClearsTheValue) {
  Export file = TwoRecords();
  file.Line("A", "day_91")["heel_rise_count"] = "20";
  Run(file);
  file.Line("A", "baseline")["bmi"] = "";
  file.Line("A", "day_91")["heel_rise_count"] = "";
  file.Line("B", "baseline")["visa_a_total"] = "";
  EXPECT_THAT(Summary(Run(file)),
              ElementsAre("2 updated", "3 updated", "4 unchanged", "5 updated",
                          "6 unchanged"));
  EXPECT_FALSE(Stored("A").baseline().has_bmi());
  EXPECT_FALSE(Stored("A").follow_ups(1).has_heel_rise_count());
  EXPECT_EQ(Stored("B").follow_ups_size(), 1);  // that before surgery is gone
  EXPECT_TRUE(Run(file).Clean());
  // And may come back.
  file.Line("B", "baseline")["visa_a_total"] = "44";
  EXPECT_EQ(Summary(Run(file))[3], "5 updated");
  EXPECT_EQ(Stored("B").follow_ups_size(), 2);
}

TEST_F(Import, AVanishedLineChangesNothingAndIsReported) {
  const Export file = TwoRecords();
  Run(file);
  const uint64_t commit = LastCommit();
  Export later = file;
  later.lines.erase(later.lines.begin() + 3, later.lines.end());  // all of B
  later.lines.erase(later.lines.begin() + 1);                     // A day_91
  const ImportReport report = Run(later);
  std::vector<std::string> vanished;
  for (const VanishedLine& line : report.vanished) {
    vanished.push_back(line.record + " " + line.event);
  }
  EXPECT_THAT(vanished, ElementsAre("A day_91", "B baseline", "B day_91"));
  EXPECT_TRUE(report.Clean());
  EXPECT_EQ(LastCommit(), commit);
  EXPECT_EQ(Stored("A").follow_ups_size(), 3);
}

TEST_F(Import, LineAndRegistryBothChangedIsAConflict) {
  Export file = TwoRecords();
  Run(file);
  v1::Case a = Stored("A");
  a.mutable_baseline()->set_bmi(40);
  UpdateInRegistry(a, "baseline.bmi");
  const uint64_t commit = LastCommit();
  // The line did not change: nothing to do.
  EXPECT_TRUE(Run(file).Clean());
  file.Line("A", "baseline")["bmi"] = "30";
  const ImportReport report = Run(file);
  EXPECT_THAT(Summary(report),
              ElementsAre("2 conflict: bmi", "3 unchanged", "4 unchanged",
                          "5 unchanged", "6 unchanged"));
  EXPECT_FALSE(report.Clean());
  EXPECT_EQ(LastCommit(), commit);
  EXPECT_EQ(Stored("A").baseline().bmi(), 40);
  // Other lines of the record still go in, and the conflict stays reported.
  file.lines.push_back(VisitLine("A", 365, 1));
  EXPECT_THAT(Summary(Run(file)),
              ElementsAre("2 conflict: bmi", "3 unchanged", "4 unchanged",
                          "5 unchanged", "6 unchanged", "7 created"));
  EXPECT_EQ(Stored("A").baseline().bmi(), 40);
  // Both equal: settled.
  file.Line("A", "baseline")["bmi"] = "40";
  EXPECT_TRUE(Run(file).Clean());
  file.Line("A", "baseline")["bmi"] = "41";
  EXPECT_EQ(Summary(Run(file))[0], "2 updated");
}

TEST_F(Import, AConflictOfOneAssessment) {
  Export file = TwoRecords();
  Run(file);
  v1::Case a = Stored("A");
  a.mutable_follow_ups(1)->set_pain_activity(9);
  UpdateInRegistry(a, "follow_ups");
  file.Line("A", "day_91")["pain_activity"] = "1";
  file.Line("A", "day_183")["pain_activity"] = "0";
  EXPECT_THAT(Summary(Run(file)),
              ElementsAre("2 unchanged", "3 conflict: pain_activity",
                          "4 updated", "5 unchanged", "6 unchanged"));
  EXPECT_EQ(Stored("A").follow_ups(1).pain_activity(), 9);
  EXPECT_EQ(Stored("A").follow_ups(2).pain_activity(), 0);
}

TEST_F(Import, ABadBaselineTakesItsRecordWithIt) {
  Export file = TwoRecords();
  file.Line("A", "baseline")["age_years"] = "17";
  file.Line("A", "baseline")["sex"] = "women";
  file.Line("A", "day_91")["pain_activity"] = "11";
  file.Line("A", "day_183")["hop_symmetry_percent"] = "9";
  const ImportReport report = Run(file);
  // All faults at once: one that cannot be read, three against the rules.
  EXPECT_THAT(Summary(report), ElementsAre("2 rejected: sex, age_years",
                                           "3 rejected: pain_activity",
                                           "4 rejected: hop_symmetry_percent",
                                           "5 created", "6 created"));
  EXPECT_EQ(CountCases(), 1u);
  file.Line("A", "day_183")["hop_symmetry_percent"] = "";
  const ImportReport again = Run(file);
  EXPECT_EQ(Summary(again)[2], "4 rejected");
  EXPECT_THAT(again.lines[2].note, HasSubstr("baseline line (line 2)"));
  // Set right, the record comes in whole.
  file.Line("A", "baseline")["age_years"] = "18";
  file.Line("A", "baseline")["sex"] = "female";
  file.Line("A", "day_91")["pain_activity"] = "10";
  EXPECT_TRUE(Run(file).Clean());
  EXPECT_EQ(CountCases(), 2u);
}

TEST_F(Import, ABadAssessmentRejectsItselfOnly) {
  Export file = TwoRecords();
  file.Line("A", "day_91")["pain_activity"] = "three";
  file.Line("A", "day_91")["heel_rise_count"] = "900";
  file.Line("A", "day_183")["pain_activity"] = "11";
  const ImportReport report = Run(file);
  EXPECT_THAT(
      Summary(report),
      ElementsAre("2 created", "3 rejected: pain_activity, heel_rise_count",
                  "4 rejected: pain_activity", "5 created", "6 created"));
  EXPECT_EQ(report.lines[2].faults[0].value, "11");
  EXPECT_EQ(Stored("A").follow_ups_size(), 1);
  const uint64_t commit = LastCommit();
  EXPECT_THAT(
      Summary(Run(file)),
      ElementsAre("2 unchanged", "3 rejected: pain_activity, heel_rise_count",
                  "4 rejected: pain_activity", "5 unchanged", "6 unchanged"));
  EXPECT_EQ(LastCommit(), commit);
}

TEST_F(Import, ABadChangeOfAStoredRecordLeavesItAsItWas) {
  Export file = TwoRecords();
  Run(file);
  const uint64_t commit = LastCommit();
  file.Line("A", "baseline")["bmi"] = "200";
  file.Line("A", "day_91")["pain_activity"] = "5";
  EXPECT_THAT(Summary(Run(file)),
              ElementsAre("2 rejected: bmi", "3 rejected", "4 unchanged",
                          "5 unchanged", "6 unchanged"));
  EXPECT_EQ(LastCommit(), commit);
  file.Line("A", "baseline")["bmi"] = "heavy";
  file.Line("A", "baseline")["age_years"] = "12";
  EXPECT_EQ(Summary(Run(file))[0], "2 rejected: bmi, age_years");
  EXPECT_EQ(LastCommit(), commit);
}

TEST_F(Import, AWithdrawnCaseIsReportedAndNotMadeAgain) {
  Export file = TwoRecords();
  Run(file);
  Withdraw("A");
  EXPECT_FALSE(Run(file).Clean());
  file.Line("A", "baseline")["bmi"] = "30";
  const ImportReport report = Run(file);
  EXPECT_EQ(Summary(report)[0], "2 rejected: ");
  EXPECT_THAT(report.lines[0].faults[0].message, HasSubstr("withdrawn"));
  EXPECT_EQ(CountCases(), 1u);
}

TEST_F(Import, LateEntryKeepsTheOrderOfOperations) {
  Export file = TwoRecords();
  file.Line("A", "baseline")["surgery_date"] = "2022-01-01";
  file.Line("B", "baseline")["surgery_date"] = "2022-06-01";
  Run(file);
  file.lines.push_back(BaselineLine("C"));
  file.lines.back()["surgery_date"] = "2022-03-01";
  const ImportReport report = Run(file);
  EXPECT_EQ(Summary(report)[0], "2 unchanged");
  EXPECT_EQ(Stored("A").baseline().operation_sequence(), 1000);
  EXPECT_EQ(Stored("C").baseline().operation_sequence(), 1500);
  EXPECT_EQ(Stored("B").baseline().operation_sequence(), 2000);
}

// A column that a later export lacks says nothing of what it held.
TEST_F(Import, ALackingColumnKeepsWhatTheRegistryHolds) {
  Export file = TwoRecords();
  file.Line("A", "day_91")["heel_rise_count"] = "20";
  Run(file);
  Export narrow = file;
  for (Cells& line : narrow.lines) {
    line.erase("bmi");
    line.erase("heel_rise_count");
  }
  const uint64_t commit = LastCommit();
  EXPECT_TRUE(Run(narrow).Clean());
  EXPECT_EQ(LastCommit(), commit);
  narrow.Line("A", "baseline")["age_years"] = "51";
  narrow.Line("A", "day_91")["pain_activity"] = "1";
  EXPECT_THAT(Summary(Run(narrow)),
              ElementsAre("2 updated", "3 updated", "4 unchanged",
                          "5 unchanged", "6 unchanged"));
  EXPECT_EQ(Stored("A").baseline().bmi(), 27);
  EXPECT_EQ(Stored("A").baseline().age_years(), 51);
  EXPECT_EQ(Stored("A").follow_ups(1).heel_rise_count(), 20);
  // Lines unchanged since then stay so, whatever the registry does.
  v1::Case a = Stored("A");
  a.mutable_baseline()->set_age_years(60);
  UpdateInRegistry(a, "baseline.age_years");
  EXPECT_TRUE(Run(narrow).Clean());
  EXPECT_EQ(Stored("A").baseline().age_years(), 60);
  // And changed on both sides, they conflict.
  narrow.Line("A", "baseline")["age_years"] = "52";
  EXPECT_EQ(Summary(Run(narrow))[0], "2 conflict: age_years");
}

}  // namespace
}  // namespace enthesis::client
