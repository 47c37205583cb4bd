#include "client/case_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/content_digest.h"
#include "client/csv_columns.h"
#include "client/path_column.h"
#include "tests/client/programs.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string FaultTexts(const CaseFile& file) {
  std::string text;
  for (const CellFault& fault : file.faults) {
    absl::StrAppend(&text, fault.line, " ", fault.column, " [", fault.value,
                    "] ", fault.message, "\n");
  }
  return text;
}

TEST(CsvColumns, EveryNameIsThereOnceSaveTegner) {
  std::map<std::string, int> times;
  for (const Column& column : Columns()) ++times[column.name];
  for (const auto& [name, n] : times) {
    EXPECT_EQ(n, name == "tegner_score" ? 2 : 1) << name;
  }
  EXPECT_EQ(FindColumn("tegner_score", LineKind::kBaseline)->kind,
            ColumnKind::kBaseline);
  EXPECT_EQ(FindColumn("tegner_score", LineKind::kAssessment)->kind,
            ColumnKind::kFollowUp);
  EXPECT_EQ(FindColumn("nobody", LineKind::kBaseline), nullptr);
}

// The documentation names every column with what it allows.
TEST(CsvColumns, AreAllDocumented) {
  const std::string readme =
      ReadText(absl::StrCat(ENTHESIS_SOURCE_DIR, "/client/README.md"));
  for (const Column& column : Columns()) {
    if (absl::StrContains(column.name, "_2_") ||
        absl::StrContains(column.name, "_3_") ||
        absl::StrContains(column.name, "_4_")) {
      continue;  // as the first group of their kind
    }
    const size_t at = readme.find(absl::StrCat("| `", column.name, "` |"));
    ASSERT_NE(at, std::string::npos) << column.name;
    const std::string row = readme.substr(at, readme.find('\n', at) - at);
    if (column.info == nullptr) continue;
    if (column.info->codes != nullptr) {
      for (const model::Code& code : column.info->codes->codes) {
        EXPECT_THAT(row, HasSubstr(absl::StrCat("`", code.code, "`")));
      }
    }
    if (column.info->kind == model::FieldKind::kNumber) {
      EXPECT_THAT(row, HasSubstr(absl::StrCat(column.info->min, " to ",
                                              column.info->max)));
    }
  }
}

TEST(CaseCsv, ReadsRecordsInAnyOrderOfLines) {
  const auto file = ReadCaseFile(
      "event,record_id,day,bmi,pain_activity,visa_a_total,"
      "concomitant_procedures,surgery_date\n"
      "visit_1,B,91,,3,70,,\n"
      "baseline_arm_1,A,,27,,50,fhl_transfer; debridement,2024-02-29\n"
      "baseline,B,-10,,4,,,\n"
      "visit_1,A,90,,,,,\n",
      {});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(FaultTexts(*file), "");
  ASSERT_EQ(file->records.size(), 2u);
  const CsvRecord& b = file->records[0];
  const CsvRecord& a = file->records[1];
  EXPECT_EQ(b.key, "B");
  EXPECT_EQ(b.follow_ups[0].line, 2);
  EXPECT_EQ(b.follow_ups[0].assessment->follow_up.visa_a->total, 70);
  EXPECT_EQ(b.baseline_line->assessment->follow_up.day, -10);
  EXPECT_EQ(a.baseline_line->event, "baseline");
  EXPECT_EQ(a.baseline_line->assessment->follow_up.day, 0);
  EXPECT_EQ(a.baseline.baseline.surgery_year, 2024);
  EXPECT_EQ(a.baseline.surgery_date, (Date{2024, 2, 29}));
  EXPECT_THAT(a.baseline.operation.concomitant_procedures,
              ElementsAre(model::Procedure::kFhlTransfer,
                          model::Procedure::kDebridement));
}

TEST(CaseCsv, DayAloneMakesNoAssessmentOnABaselineLine) {
  const auto file =
      ReadCaseFile("record_id,event,day,bmi\nA,baseline,0,27\n", {});
  ASSERT_TRUE(file.ok());
  EXPECT_FALSE(file->records[0].baseline_line->assessment.has_value());
}

TEST(CaseCsv, StopsBeforeAnythingIsSent) {
  const std::pair<const char*, const char*> bad[] = {
      {"", "the file is empty"},
      {"record_id,event,name,born\n", "unknown columns \"name\", \"born\""},
      {"record_id,event,day,day\n", "\"day\" is there twice"},
      {"record_id,day\n", "the column \"event\" is missing"},
      {"event,day\n", "the column \"record_id\" is missing"},
      {"record_id,event\nA,\"b\n", "never closed"},
  };
  for (const auto& [text, message] : bad) {
    const auto file = ReadCaseFile(text, {});
    ASSERT_FALSE(file.ok()) << text;
    EXPECT_THAT(std::string(file.status().message()), HasSubstr(message));
  }
  EXPECT_TRUE(ReadCaseFile("record_id,event,name\n", {"name"}).ok());
}

TEST(CaseCsv, AnotherSeparator) {
  const std::string text =
      "record_id;event;concomitant_procedures;bmi\n"
      "A;baseline;\"fhl_transfer; debridement\";27,5\n"
      "B;baseline;fhl_transfer;debridement;27\n"
      "1,23E+11;baseline;;27\n";
  const auto file = ReadCaseFile(text, {}, ';');
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(
      FaultTexts(*file),
      "2 bmi [27,5] is a decimal with a comma; allowed: a whole number "
      "from 12 to 80 (kg/m2)\n"
      "3  [] has 5 cells; the header has 4. A cell with a semicolon in "
      "it, as a list of codes, is quoted\n"
      "4 record_id [1,23E+11] is a key that a spreadsheet rounded; format "
      "the column as text there and export it again\n");
  const CsvRecord& a = file->records[0];
  EXPECT_EQ(a.baseline.operation.concomitant_procedures.size(), 2u);
  EXPECT_EQ(CellText(text, *file, *a.baseline_line, "bmi"), "27,5");
}

TEST(CaseCsv, FaultsOfLines) {
  const auto file = ReadCaseFile(
      "record_id,event,redcap_repeat_instance,day,bmi,surgery_year,"
      "surgery_date,status\n"
      "A,baseline,,5,27.5,2023,2024-01-01,gone\n"
      "A,visit,,10,27,,,\n"
      "A,visit,,11,,,,\n"
      "A,visit,2,11,,,,\n"
      ",visit,,1,,,,\n"
      "A,,,1,,,,\n"
      "A,short,1\n"
      ",,,,,,,\n"
      "B,baseline,,,,,1.2.2024,\n",
      {});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(
      FaultTexts(*file),
      "2 day [5] is after surgery on a baseline line; allowed: a whole number "
      "from -90 to 0 (days)\n"
      "2 bmi [27.5] is a decimal; allowed: a whole number from 12 to 80 "
      "(kg/m2)\n"
      "2 status [gone] is not a code of the list; allowed: active, lost, "
      "declined, died\n"
      "2 surgery_year [2023] contradicts surgery_date; leave it blank, or give "
      "the same year\n"
      "3 bmi [27] belongs on the baseline line of the record; leave it blank "
      "here\n"
      "4 event [visit] is there already for this record, on line 3\n"
      "6 record_id [] is required: the clinic's own key of the record\n"
      "7 event [] is required: \"baseline\", or the name of the visit\n"
      "8  [] has 3 cells; the header has 8\n"
      "10 surgery_date [1.2.2024] is a date in another order, which is not "
      "guessed (--map can name it); allowed: YYYY-MM-DD\n");
  EXPECT_EQ(file->n_lines, 8);
  EXPECT_EQ(file->strays.size(), 4u);
  EXPECT_EQ(file->records[0].follow_ups[1].event, "visit#2");
}

TEST(CaseCsv, PathsOfTheRegistryNameColumns) {
  EXPECT_EQ(ColumnOfCasePath("baseline.bmi"), "bmi");
  EXPECT_EQ(ColumnOfCasePath("conservative_care.months"), "care_months");
  EXPECT_EQ(ColumnOfCasePath("operation.implants[1]"), "implants");
  EXPECT_EQ(ColumnOfCasePath("status_day"), "status_day");
  EXPECT_EQ(ColumnOfCasePath("patient"), "patient_key");
  EXPECT_EQ(ColumnOfCasePath("nobody"), "");
  CsvAssessment assessment;
  assessment.complication_groups = {1, 3};
  assessment.reoperation_groups = {1};
  EXPECT_EQ(ColumnOfFollowUpPath("day", assessment), "day");
  EXPECT_EQ(ColumnOfFollowUpPath("visa_a.item_8_points", assessment),
            "visa_a_item_8_points");
  EXPECT_EQ(ColumnOfFollowUpPath("complications[1].grade", assessment),
            "complication_4_grade");
  EXPECT_EQ(ColumnOfFollowUpPath("reoperations[0]", assessment),
            "reoperation_2_kind");
  EXPECT_EQ(ColumnOfFollowUpPath("complications[7].day", assessment), "");
}

// Every column of every path exists.
TEST(CaseCsv, EveryFieldOfTheModelHasAColumn) {
  const CsvAssessment assessment{{}, {0}, {0}};
  for (const auto& field : model::FollowUpFields()) {
    const std::string name = ColumnOfFollowUpPath(field.name, assessment);
    EXPECT_NE(FindColumn(name, LineKind::kAssessment), nullptr) << name;
  }
  for (const auto& field : model::ConservativeCareFields()) {
    const std::string name =
        ColumnOfCasePath(absl::StrCat("conservative_care.", field.name));
    EXPECT_NE(FindColumn(name, LineKind::kBaseline), nullptr) << name;
  }
}

TEST(ContentDigest, EveryFieldCounts) {
  model::Case record;
  std::set<std::string> digests = {DigestOfBaseline(record)};
  size_t n = 1;
  const auto add = [&] {
    digests.insert(DigestOfBaseline(record));
    EXPECT_EQ(digests.size(), ++n);
  };
  for (const auto& field : model::BaselineFields()) {
    field.set(record.baseline, 1);
    add();
  }
  for (const auto& field : model::ConservativeCareFields()) {
    field.set(record.conservative_care, 1);
    add();
  }
  for (const auto& field : model::OperationFields()) {
    field.set(record.operation, 1);
    add();
  }
  record.operation.concomitant_procedures.push_back(
      model::Procedure::kDebridement);
  add();
  record.operation.implants.push_back(model::ImplantClass::kScrew);
  add();
  record.status = model::CaseStatus::kDied;
  add();
  record.status_day = 3;
  add();
  record.synthetic = true;
  add();
}

TEST(ContentDigest, EveryFieldOfAnAssessmentCountsAndItsIdDoesNot) {
  model::FollowUp follow_up;
  std::set<std::string> digests = {DigestOfFollowUp(follow_up)};
  size_t n = 1;
  const auto add = [&] {
    digests.insert(DigestOfFollowUp(follow_up));
    EXPECT_EQ(digests.size(), ++n);
  };
  for (const auto& field : model::FollowUpFields()) {
    field.set(follow_up, 1);
    add();
  }
  follow_up.visa_a.emplace();
  add();
  for (const auto& field : model::VisaAFields()) {
    field.set(*follow_up.visa_a, 1);
    add();
  }
  follow_up.complications.emplace_back();
  add();
  follow_up.reoperations.emplace_back();
  add();
  const std::string before = DigestOfFollowUp(follow_up);
  follow_up.id = model::NewId();
  EXPECT_EQ(DigestOfFollowUp(follow_up), before);
}

}  // namespace
}  // namespace enthesis::client
