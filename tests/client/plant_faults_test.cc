// Faults of the simulator: each kind changes what it says and nothing else.

#include "client/simulate/plant_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "client/case_csv_writer.h"
#include "client/csv_columns.h"
#include "client/simulate/simulate.h"
#include "client/templates/branching.h"
#include "client/templates/template_files.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;

std::vector<std::string> Header() {
  return absl::StrSplit(absl::StripSuffix(CaseCsvHeader(), "\n"), ',');
}

// The lines of each record of a drawn site.
std::vector<std::string> Records() {
  std::vector<std::string> records;
  std::string last;
  const std::string text = SimulateSite(3, 1, 200);
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    if (cells[0] == "record_id") continue;
    if (cells[0] != last) records.emplace_back();
    last = cells[0];
    absl::StrAppend(&records.back(), line, "\n");
  }
  return records;
}

TEST(FaultKinds, EachHasAPlaceInSomeRecordAndNamesKnownColumns) {
  const std::vector<std::string> header = Header();
  const std::vector<std::string> records = Records();
  std::set<std::string> names;
  for (const FaultKind& kind : FaultKinds()) {
    SCOPED_TRACE(kind.name);
    EXPECT_TRUE(names.insert(kind.name).second);
    int n_planted = 0;
    for (const std::string& text : records) {
      RecordLines record(header, text);
      PlantedCell where;
      if (!kind.plant(record, where)) {
        EXPECT_EQ(record.Text(), text);  // left as it was
        continue;
      }
      ++n_planted;
      EXPECT_NE(record.Text(), text);
      ASSERT_LT(where.line, record.size());
      for (absl::string_view column :
           absl::StrSplit(where.column, '|', absl::SkipEmpty())) {
        EXPECT_NE(FindColumn(column, LineKind::kBaseline), nullptr) << column;
      }
    }
    EXPECT_GT(n_planted, 0);
  }
}

TEST(FaultPlanter, CountsLinesAndLeavesTheRestAsItIs) {
  const std::vector<std::string> records = Records();
  FaultPlanter none(0, 1);
  none.BeginFile("site-01", CaseCsvHeader());
  for (const std::string& record : records) {
    EXPECT_EQ(none.Plant(record), record);
  }
  EXPECT_TRUE(none.planted().empty());
  FaultPlanter all(1, 1);
  all.BeginFile("site-01", CaseCsvHeader());
  std::string text = CaseCsvHeader();
  for (const std::string& record : records) text += all.Plant(record);
  EXPECT_EQ(all.planted().size(), records.size());
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const PlantedFault& fault : all.planted()) {
    // A line of its record, whatever became of its key.
    const std::string& line = lines[static_cast<size_t>(fault.line) - 1];
    EXPECT_TRUE(absl::StartsWith(line, fault.record + ",")) << line;
    EXPECT_EQ(fault.whole_record, fault.event == "baseline") << line;
  }
  EXPECT_TRUE(absl::StartsWith(
      PlantedCsv(all.planted()),
      "site,line,record,event,column,kind,whole_record\nsite-01,"));
}

TEST(Branching, FollowsTheGroupsOfEvents) {
  const auto logic = [](const char* column) {
    return BranchingOf(*FindColumn(column, LineKind::kAssessment));
  };
  EXPECT_EQ(logic("complication_1_kind"), "");
  EXPECT_EQ(logic("complication_1_day"), "[complication_1_kind] <> ''");
  EXPECT_EQ(logic("complication_3_kind"), "[complication_2_kind] <> ''");
  EXPECT_EQ(logic("reoperation_2_day"), "[reoperation_2_kind] <> ''");
  EXPECT_EQ(logic("status_day"), "[status] <> '' and [status] <> 'active'");
  EXPECT_EQ(logic("pain_rest"), "");
}

TEST(TemplateFiles, HaveNamesOfTheirOwnAndText) {
  std::vector<std::string> names;
  for (const TemplateFile& file : TemplateFiles()) {
    names.push_back(file.name);
    EXPECT_TRUE(absl::EndsWith(file.text(), "\n")) << file.name;
  }
  EXPECT_THAT(names, ElementsAre("redcap", "redcap-events", "redcap-forms",
                                 "redcap-map", "csv", "example"));
}

}  // namespace
}  // namespace enthesis::client
