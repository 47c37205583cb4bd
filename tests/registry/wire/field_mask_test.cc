#include "registry/wire/field_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/registry/wire/filled_case.h"

namespace enthesis::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

MATCHER_P(HasPath, path, "") { return arg.path == path; }

google::protobuf::FieldMask Mask(std::initializer_list<const char*> paths) {
  google::protobuf::FieldMask mask;
  for (const char* path : paths) mask.add_paths(path);
  return mask;
}

Faults FaultsOf(std::initializer_list<const char*> paths) {
  Faults faults;
  CheckFieldMask(Mask(paths), faults);
  return faults;
}

TEST(FieldMask, AcceptsSectionsAndTheirFields) {
  EXPECT_THAT(
      FaultsOf({"baseline", "conservative_care", "operation", "follow_ups",
                "status", "status_day", "baseline.bmi", "operation.implants",
                "operation.concomitant_procedures", "operation.wedge_mm",
                "conservative_care.months"}),
      IsEmpty());
}

TEST(FieldMask, RefusesEverythingElse) {
  EXPECT_THAT(FaultsOf({}), ElementsAre(HasPath("update_mask")));
  EXPECT_THAT(
      FaultsOf({"*", "status", "name", "etag", "commit_index", "patient",
                "synthetic", "baseline.", "baseline.height", "follow_ups.day",
                "follow_ups[0]", "", "case.baseline", "Baseline"}),
      ElementsAre(
          HasPath("update_mask.paths[0]"), HasPath("update_mask.paths[2]"),
          HasPath("update_mask.paths[3]"), HasPath("update_mask.paths[4]"),
          HasPath("update_mask.paths[5]"), HasPath("update_mask.paths[6]"),
          HasPath("update_mask.paths[7]"), HasPath("update_mask.paths[8]"),
          HasPath("update_mask.paths[9]"), HasPath("update_mask.paths[10]"),
          HasPath("update_mask.paths[11]"), HasPath("update_mask.paths[12]"),
          HasPath("update_mask.paths[13]")));
}

TEST(FieldMask, CopiesWhatItNamesAndNothingElse) {
  std::mt19937_64 random(3);
  const model::Case stored = FilledCase(random, 1);
  model::Case sent = FilledCase(random, 1);
  sent.baseline.bmi.reset();
  model::Case record = stored;
  ApplyFieldMask(Mask({"baseline.bmi", "operation"}), sent, record);
  model::Case expected = stored;
  expected.baseline.bmi.reset();
  expected.operation = sent.operation;
  EXPECT_EQ(record, expected);

  record = stored;
  ApplyFieldMask(Mask({"status", "status_day", "follow_ups"}), sent, record);
  expected = stored;
  expected.status = sent.status;
  expected.status_day = sent.status_day;
  expected.follow_ups = sent.follow_ups;
  EXPECT_EQ(record, expected);
}

}  // namespace
}  // namespace enthesis::wire
