#include "client/day_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> FaultsOf(const std::string& text,
                                  const Links& links = {}) {
  auto file = ReadCaseFile(text, {});
  EXPECT_TRUE(file.ok()) << file.status();
  if (!file.ok()) return {};
  CheckDays(links, Date{2024, 6, 30}, *file);
  std::vector<std::string> faults;
  for (const CellFault& fault : file->faults) {
    faults.push_back(absl::StrCat(fault.line, " ", fault.column, " [",
                                  fault.value, "] ", fault.message));
  }
  return faults;
}

TEST(DayCheck, NoDayIsInTheFuture) {
  EXPECT_THAT(
      FaultsOf("record_id,event,surgery_date,day,pain_rest\n"
               "1,baseline,2024-07-01,-3,1\n"
               "1,3_months,,91,1\n"
               "2,baseline,2024-04-01,-3,1\n"
               "2,3_months,,90,1\n"
               "2,6_months,,91,1\n"
               "3,baseline,,,\n"
               "3,3_months,,900,1\n"),
      ElementsAre("2 surgery_date [2024-07-01] is in the future; allowed: days "
                  "up to today, 2024-06-30",
                  "6 day [91] is in the future, 2024-07-01; allowed: up to 90, "
                  "which is today, 2024-06-30"));
  Links links;
  links.records["3"].surgery_date = Date{2024, 6, 1};
  EXPECT_THAT(
      FaultsOf("record_id,event,day,pain_rest\n3,6_weeks,42,1\n", links).size(),
      1u);
}

TEST(DayCheck, AVisitIsNotBeforeTheSurgery) {
  const std::string header = "record_id,event,day,pain_rest,follow_up_id\n";
  EXPECT_THAT(FaultsOf(header + "1,baseline,-20,3,\n1,3_months,-5,2,\n"),
              ElementsAre("3 day [-5] is before the surgery; allowed: 0 or "
                          "more, or the event baseline"));
  // One that the registry has keeps its day.
  EXPECT_THAT(FaultsOf(header + "1,a,-5,2," + model::FormatId({1, 2}) + "\n"),
              IsEmpty());
}

}  // namespace
}  // namespace enthesis::client
