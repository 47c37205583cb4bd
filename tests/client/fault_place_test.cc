// Every fault and conflict names line and column of the clinic's file, also
// where the registry names something else than what was sent.

#include "client/commands/import_text.h"
#include "client/mapping/mapped_file.h"
#include "tests/client/import_fixture.h"

namespace enthesis::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using FaultPlace = Import;

// Record A whose visit of day 183 reports a return to sport.
Export WithReturn() {
  Export file = {{BaselineLine("A"), VisitLine("A", 91, 4),
                  VisitLine("A", 183, 2), VisitLine("A", 365, 1)}};
  file.Line("A", "day_183")["return_sport_day"] = "150";
  return file;
}

// "line column value" of the faults of a report; no path of the registry.
std::vector<std::string> Places(const ImportReport& report) {
  std::vector<std::string> places;
  for (const LineResult& line : report.lines) {
    for (const CellFault& fault : line.faults) {
      EXPECT_THAT(fault.message,
                  AllOf(Not(HasSubstr("case.")), Not(HasSubstr("follow_up"))));
      places.push_back(
          absl::StrCat(fault.line, " ", fault.column, " ", fault.value));
    }
  }
  return places;
}

TEST_F(FaultPlace, AChangeThatContradictsALaterVisitIsAtFaultItself) {
  Export file = WithReturn();
  Run(file);
  file.Line("A", "day_91")["return_sport_day"] = "80";
  const ImportReport report = Run(file);
  EXPECT_THAT(Places(report), ElementsAre("3 return_sport_day 80"));
  EXPECT_EQ(Summary(report)[2], "4 unchanged");
}

TEST_F(FaultPlace, ADayThatIsTakenIsTheFaultOfTheLineThatTookIt) {
  Export file = WithReturn();
  Run(file);
  file.Line("A", "day_91")["day"] = "183";
  EXPECT_THAT(Places(Run(file)), ElementsAre("3 day 183"));
}

// Of two lines that exchange their days one is refused: the other says why it
// cannot have the day.
TEST_F(FaultPlace, ADayThatARefusedLineKeepsNamesThatLine) {
  Export file = WithReturn();
  Run(file);
  file.Line("A", "day_91")["day"] = "183";
  file.Line("A", "day_183")["day"] = "91";  // before its return to sport
  const ImportReport report = Run(file);
  EXPECT_THAT(Places(report),
              ElementsAre("3 day 183", "4 return_sport_day 150"));
  EXPECT_THAT(report.lines[1].faults[0].message,
              HasSubstr("line 4, which is to leave that day, was not stored"));
}

// The registry names the assessment, the baseline line is what changed.
TEST_F(FaultPlace, ABaselineThatAnUnchangedVisitContradicts) {
  Export file = WithReturn();
  Run(file);
  file.Line("A", "baseline")["status"] = "died";
  file.Line("A", "baseline")["status_day"] = "200";
  const ImportReport report = Run(file);
  EXPECT_EQ(report.lines[0].outcome, LineOutcome::kRejected);
  EXPECT_EQ(report.lines[3].outcome, LineOutcome::kUnchanged);
  EXPECT_THAT(Places(report), ElementsAre("5 day 365"));
  EXPECT_THAT(ImportTable(report, {}, false),
              HasSubstr("line 2 (A, baseline): rejected\n"
                        "  with line 5, day \"365\": "));
  EXPECT_THAT(ImportCsv(report),
              HasSubstr("2,A,baseline,rejected,day,365,\"with line 5, "));
  EXPECT_THAT(ImportJson(report, {}),
              HasSubstr("{\"line\": 5, \"column\": \"day\""));
}

// One line of the clinic's file that is the baseline and two visits.
TEST_F(FaultPlace, OfALineWithSeveralVisitsItNamesTheOneAtFault) {
  const auto bring = [&](const std::string& cells) {
    const auto map = ParseImportMap(
        "enthesis_map: 1\n"
        "columns:\n"
        "  record_id: id\n  event: {value: baseline}\n"
        "  surgery_date: {from: op, date: D.M.YYYY}\n"
        "  visa_a_total: pre\n  diagnosis: {value: tendinopathy}\n"
        "  pathology: {value: insertional}\n  laterality: {value: left}\n"
        "  age_years: {value: 50}\n  sex: {value: female}\n"
        "  sport_level: {value: recreational}\n  care_months: {value: 8}\n"
        "  primary_procedure: {value: debridement}\n"
        "  approach: {value: open}\n"
        "visits:\n"
        "  - {event: 6_months, columns: {day: {value: 183}, visa_a_total: a}}\n"
        "  - {event: 12_months, columns: {day: {value: 365}, visa_a_total: "
        "b}}\n",
        "s.yaml");
    EXPECT_TRUE(map.ok()) << map.status();
    ClinicText text;
    text.text = absl::StrCat("id,op,pre,a,b\n", cells, "\n");
    const auto mapped = ApplyMap(text, *map, site_, nullptr);
    EXPECT_TRUE(mapped.ok()) << mapped.status();
    auto file = ReadMappedFile(*mapped, {});
    EXPECT_TRUE(file.ok()) << file.status();
    auto links = LinkFile::Open(LinkPath(), site_);
    EXPECT_TRUE(links.ok()) << links.status();
    ImportReport report;
    EXPECT_TRUE(
        ImportFile(mapped->text, *file, **links, *client_, {}, report).ok());
    NameAsInTheFile(*mapped, report);
    return ImportTable(report, {}, false);
  };
  EXPECT_THAT(
      bring("1,2.3.25,40,60,70"),
      AllOf(HasSubstr("line 2 (1, baseline): rejected\n  op \"2.3.25\""),
            Not(HasSubstr("because the baseline"))));
  EXPECT_THAT(bring("1,2.3.2022,40,60,700"),
              HasSubstr("line 2 (1, 12_months): rejected\n  b \"700\""));
  EXPECT_THAT(bring("1,2.3.2022,40,60,70"), Not(HasSubstr("line 2")));
}

TEST_F(FaultPlace, AnAssessmentThatTheFileLacksIsNamedByItsDay) {
  Export file = WithReturn();
  Run(file);
  file.lines.pop_back();  // day 365
  file.Line("A", "baseline")["status"] = "died";
  file.Line("A", "baseline")["status_day"] = "200";
  const ImportReport report = Run(file);
  EXPECT_THAT(Places(report), ElementsAre("2  "));
  ASSERT_EQ(report.lines[0].faults.size(), 1u);
  EXPECT_THAT(report.lines[0].faults[0].message,
              HasSubstr("day of the assessment on day 365, which is not here"));
}

TEST_F(FaultPlace, AVisitThatABaselineOutsideTheFileContradicts) {
  Export file = WithReturn();
  file.Line("A", "baseline")["sport_level"] = "none";
  file.Line("A", "day_183").erase("return_sport_day");
  Run(file);
  file.lines.erase(file.lines.begin());
  file.Line("A", "day_91")["return_sport_day"] = "80";
  EXPECT_THAT(Places(Run(file)), ElementsAre("2 return_sport_day 80"));
}

TEST_F(FaultPlace, EventsBeforeSurgeryAreShownAtTheirFirstColumn) {
  Export file = WithReturn();
  file.lines.push_back(VisitLine("A", -10, 3));
  file.lines.back()["complication_2_kind"] = "infection_deep";
  file.lines.back()["complication_2_day"] = "3";
  EXPECT_THAT(Places(Run(file)),
              ElementsAre("6 complication_2_kind infection_deep"));
}

TEST_F(FaultPlace, AConflictNamesEachColumnAndBothValues) {
  Export file = WithReturn();
  file.Line("A", "day_91")["complication_2_kind"] = "sural_nerve";
  file.Line("A", "day_91")["complication_2_day"] = "20";
  file.Line("A", "day_91")["pain_rest"] = "";
  Run(file);
  v1::Case a = Stored("A");
  a.mutable_follow_ups(1)->set_pain_activity(9);
  a.mutable_follow_ups(1)->mutable_complications(0)->set_day(21);
  a.mutable_follow_ups(1)->set_pain_rest(1);
  UpdateInRegistry(a, "follow_ups");
  a = Stored("A");
  a.mutable_baseline()->set_surgery_year(2021);
  a.mutable_baseline()->clear_bmi();
  UpdateInRegistry(a, "baseline");
  file.Line("A", "day_91")["pain_activity"] = "1";
  file.Line("A", "baseline")["age_years"] = "51";
  const ImportReport report = Run(file);
  EXPECT_THAT(Places(report),
              ElementsAre("2 surgery_date 2022-03-04", "2 age_years 51",
                          "2 bmi 27", "3 pain_activity 1", "3 pain_rest ",
                          "3 complication_2_day 20"));
  ASSERT_EQ(report.lines[0].faults.size(), 3u);
  ASSERT_EQ(report.lines[1].faults.size(), 3u);
  const std::vector<CellFault>& first = report.lines[0].faults;
  EXPECT_THAT(first[0].message, HasSubstr("holds surgery_year \"2021\""));
  EXPECT_THAT(first[1].message, HasSubstr("holds \"50\""));
  EXPECT_THAT(first[2].message, HasSubstr("holds no value"));
  EXPECT_THAT(report.lines[1].faults[1].message, HasSubstr("holds \"1\""));
}

// One line, one verdict: the conflict of its assessment is that of the line.
TEST_F(FaultPlace, AConflictOfTheAssessmentOnABaselineLine) {
  Export file = WithReturn();
  Run(file);
  v1::Case a = Stored("A");
  a.mutable_follow_ups(0)->mutable_visa_a()->set_total(30);
  UpdateInRegistry(a, "follow_ups");
  file.Line("A", "baseline")["visa_a_total"] = "31";
  EXPECT_EQ(Summary(Run(file))[0], "2 conflict: visa_a_total");
}

}  // namespace
}  // namespace enthesis::client
