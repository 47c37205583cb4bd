// The clinic's CSV with the ids of the registry, as an export has it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "client/case_csv.h"
#include "client/case_csv_writer.h"
#include "registry/model/fields.h"
#include "registry/model/limits.h"
#include "tests/client/care/sample_case.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string Written(const model::Case& record, const LocalColumns& local,
                    bool local_columns = false) {
  CsvShape shape;
  shape.ids = true;
  shape.local = local_columns;
  shape.Widen(record);
  const CaseCsvWriter writer(shape);
  std::string csv = writer.Header();
  writer.Append(record, local, csv);
  return csv;
}

CaseFile Read(const std::string& csv) {
  auto file = ReadCaseFile(csv, {});
  EXPECT_TRUE(file.ok()) << file.status();
  for (const CellFault& fault : file->faults) {
    ADD_FAILURE() << fault.line << " " << fault.column << " " << fault.message;
  }
  return *std::move(file);
}

std::vector<std::string> EventsOf(const CsvRecord& record) {
  std::vector<std::string> events;
  for (const CsvLine& line : record.follow_ups) events.push_back(line.event);
  return events;
}

// Each field absent, or any value that it may have.
template <typename T>
void Fill(absl::Span<const model::Field<T>> fields, std::mt19937_64& random,
          T& record) {
  for (const model::Field<T>& field : fields) {
    if (random() % 2 == 0) continue;
    int32_t low = field.min, high = field.max;
    if (field.kind == model::FieldKind::kFlag) high = (low = 0) + 1;
    if (field.kind == model::FieldKind::kCode) {
      low = 1;
      high = static_cast<int32_t>(field.codes->codes.size());
    }
    field.set(record,
              low + static_cast<int32_t>(
                        random() % static_cast<uint64_t>(high - low + 1)));
  }
}

template <typename T>
void FillList(absl::Span<const model::Field<T>> fields, size_t most,
              std::mt19937_64& random, std::vector<T>& list) {
  const size_t n = random() % 3 == 0 ? random() % (most + 1) : 0;
  for (size_t i = 0; i < n; ++i) {
    T event;
    fields[0].set(event, 1);  // never blank as a whole
    Fill(fields, random, event);
    list.push_back(event);
  }
}

model::Case AnyCase(std::mt19937_64& random) {
  model::Case record = SampleCase(random());
  Fill(model::BaselineFields(), random, record.baseline);
  Fill(model::ConservativeCareFields(), random, record.conservative_care);
  Fill(model::OperationFields(), random, record.operation);
  for (int32_t code = 1; code <= 9; ++code) {
    if (random() % 4 != 0) continue;
    record.operation.concomitant_procedures.push_back(
        static_cast<model::Procedure>(code));
  }
  record.synthetic = random() % 2 == 0;
  record.status = static_cast<model::CaseStatus>(1 + random() % 4);
  if (random() % 2 == 0)
    record.status_day = static_cast<int32_t>(random() % 99);
  for (int32_t day = -90; day < 7000;
       day += 1 + static_cast<int32_t>(random() % 900)) {
    model::FollowUp& visit = AddVisit(record, day);
    Fill(model::FollowUpFields(), random, visit);
    visit.day = day;
    if (random() % 2 == 0) {
      visit.visa_a.emplace().total = 50;
      Fill(model::VisaAFields(), random, *visit.visa_a);
    }
    FillList(model::ComplicationFields(), model::kMaxComplicationsPerFollowUp,
             random, visit.complications);
    FillList(model::ReoperationFields(), model::kMaxReoperationsPerFollowUp,
             random, visit.reoperations);
  }
  return record;
}

// What is read of a file with one case, put together again.
model::Case CaseOf(const CsvRecord& read) {
  model::Case record;
  record.site = "site-01";
  record.id = *read.baseline.case_id;
  record.patient = *read.baseline.patient_id;
  record.synthetic = read.baseline.synthetic;
  record.baseline = read.baseline.baseline;
  record.conservative_care = read.baseline.care;
  record.operation = read.baseline.operation;
  record.status = read.baseline.status;
  record.status_day = read.baseline.status_day;
  const auto add = [&](const CsvLine& line) {
    if (!line.assessment.has_value()) return;
    record.follow_ups.push_back(line.assessment->follow_up);
    record.follow_ups.back().id = *line.follow_up_id;
  };
  add(*read.baseline_line);
  for (const CsvLine& line : read.follow_ups) add(line);
  std::sort(record.follow_ups.begin(), record.follow_ups.end(),
            [](const model::FollowUp& a, const model::FollowUp& b) {
              return a.day < b.day;
            });
  return record;
}

TEST(CaseCsvIds, AnyCaseComesBack) {
  std::mt19937_64 random(20261127);
  for (int i = 0; i < 500; ++i) {
    const model::Case record = AnyCase(random);
    const CaseFile file = Read(Written(record, {"KEY", "", std::nullopt}));
    ASSERT_EQ(file.records.size(), 1u);
    ASSERT_EQ(CaseOf(file.records[0]), record) << i;
  }
}

model::Case WithVisits() {
  model::Case record = SampleCase(1);
  AddVisit(record, -20).tegner_score = 3;
  AddVisit(record, -4);  // nothing but its day
  model::FollowUp& visit = AddVisit(record, 91, 60);
  for (int32_t day = 1; day <= model::kMaxComplicationsPerFollowUp; ++day) {
    visit.complications.push_back(
        {model::ComplicationKind::kScarPain, day, {}, {}});
  }
  for (int32_t day = 1; day <= model::kMaxReoperationsPerFollowUp; ++day) {
    visit.reoperations.push_back({model::ReoperationKind::kRevision, day});
  }
  return record;
}

TEST(CaseCsvIds, EveryAssessmentComesBackWithItsId) {
  const model::Case record = WithVisits();
  LocalColumns local{"KEY", "", std::nullopt};
  local.etag = "00000000000000e7";
  const CaseFile file = Read(Written(record, local));
  ASSERT_EQ(file.records.size(), 1u);
  const CsvRecord& read = file.records[0];
  EXPECT_EQ(read.baseline.case_id, record.id);
  EXPECT_EQ(read.baseline.patient_id, record.patient);
  EXPECT_EQ(read.baseline.etag, local.etag);
  EXPECT_EQ(read.baseline.baseline, record.baseline);
  EXPECT_TRUE(read.baseline_line->assessment.has_value());
  EXPECT_EQ(CaseOf(read), record);
}

TEST(CaseCsvIds, AClinicsFileHasNone) {
  for (const char* column : {"case_id", "patient_id", "etag", "follow_up_id",
                             "complication_5_kind", "reoperation_3_kind"}) {
    EXPECT_THAT(CaseCsvHeader(), Not(HasSubstr(column)));
    const auto listed = Columns();
    EXPECT_TRUE(
        std::none_of(listed.begin(), listed.end(),
                     [&](const Column& one) { return one.name == column; }));
    EXPECT_NE(FindColumn(column, LineKind::kBaseline), nullptr);
  }
  EXPECT_EQ(FindColumn("complication_21_kind", LineKind::kAssessment), nullptr);
  EXPECT_EQ(FindColumn("reoperation_6_kind", LineKind::kAssessment), nullptr);
}

TEST(CaseCsvIds, TheClinicsNamesOfLinesAndNoNameTwice) {
  model::Case record = SampleCase(1);
  const model::Id before = AddVisit(record, -4, 40).id;
  const model::Id three = AddVisit(record, 91, 60).id;
  AddVisit(record, 95, 61);
  LocalColumns local{"KEY", "P", Date{2020, 3, 4}};
  local.events[before] = "pre_op";
  local.events[three] = "3_months_day_95";
  const CaseFile file = Read(Written(record, local, true));
  const CsvRecord& read = file.records[0];
  EXPECT_FALSE(read.baseline_line->assessment.has_value());
  EXPECT_THAT(EventsOf(read),
              ElementsAre("pre_op", "3_months_day_95", "3_months_day_95_2"));
  EXPECT_EQ(read.baseline.surgery_date, (Date{2020, 3, 4}));
  EXPECT_EQ(read.baseline.patient_key, "P");
  // The one that the clinic has on its baseline line goes back there.
  local.events[before] = "baseline";
  EXPECT_TRUE(Read(Written(record, local, true))
                  .records[0]
                  .baseline_line->assessment.has_value());
}

TEST(CaseCsvIds, AnIdThatCannotBeReadIsAFaultOfItsCell) {
  const auto file = ReadCaseFile(
      "record_id,event,case_id,follow_up_id,day\n"
      "A,baseline,X,,\n"
      "A,visit,,Y,91\n"
      "A,other,0CMXYTHPAJG82DA8QPKJVKYW7H,,92\n",
      {});
  ASSERT_TRUE(file.ok()) << file.status();
  std::vector<std::string> places;
  for (const CellFault& fault : file->faults) {
    places.push_back(std::to_string(fault.line) + " " + fault.column);
  }
  EXPECT_THAT(places, ElementsAre("2 case_id", "3 follow_up_id", "4 case_id"));
}

}  // namespace
}  // namespace enthesis::client
