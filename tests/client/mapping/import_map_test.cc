#include "client/mapping/import_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/client/programs.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Fault(const std::string& body) {
  const auto map =
      ParseImportMap(absl::StrCat("enthesis_map: 1\n", body), "s.yaml");
  return map.ok() ? "" : std::string(map.status().message());
}

TEST(ImportMap, ReadsEveryPart) {
  const auto map = ParseImportMap(
      "enthesis_map: 1\n"
      "site: site-01\n"
      "file: {separator: semicolon, encoding: windows-1252, export: labels,\n"
      "       missing: ['NA', '-99'], decimal: comma}\n"
      "sites: {column: dag, values: {north: site-01, south: ~}}\n"
      "events: {baseline_arm_1: baseline, screening_arm_1: ~}\n"
      "instruments:\n"
      "  visit: {event: visit}\n"
      "  trouble: {group: complication, attach: day,\n"
      "            columns: {kind: what, day: {from: when, date: true}}}\n"
      "  diary: ~\n"
      "dates: {format: DD.MM.YYYY, surgery: op, visit: {from: seen, date: "
      "YYYY-MM-DD}}\n"
      "columns:\n"
      "  sex: {from: geschlecht, values: {w: female, m: male}}\n"
      "  bmi: {from: bmi, round: nearest}\n"
      "  symptom_duration_months: {from: years, factor: 12}\n"
      "  diagnosis: {value: tendinopathy}\n"
      "  record_id: {join: [centre, number], with: '-'}\n"
      "  implants: {checkbox: implant}\n"
      "visits:\n"
      "  - {event: 3_months, columns: {day: {value: 91}, visa_a_total: v3}}\n"
      "ignore: [name, '*_complete']\n",
      "s.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(map->site, "site-01");
  EXPECT_EQ(map->text.separator, ';');
  EXPECT_EQ(map->text.encoding, TextEncoding::kWindows1252);
  EXPECT_TRUE(map->labels && map->decimal_comma);
  EXPECT_THAT(map->missing, ElementsAre("-99", "NA"));
  EXPECT_EQ(map->site_column, "dag");
  EXPECT_EQ(map->sites->values.at("north"), "site-01");
  EXPECT_EQ(map->sites->values.at("south"), std::nullopt);
  EXPECT_TRUE(map->instruments.at("diary").left_out);
  EXPECT_TRUE(map->instruments.at("trouble").attach_by_day);
  EXPECT_EQ(map->instruments.at("trouble").columns[1].column->name,
            "complication_1_day");
  ASSERT_EQ(map->columns.size(), 8u);
  EXPECT_EQ(map->columns[0].target, "surgery_date");
  EXPECT_EQ(map->columns[0].date->text, "DD.MM.YYYY");
  EXPECT_EQ(map->columns[1].date->text, "YYYY-MM-DD");
  EXPECT_EQ(map->columns[4].factor, 12);
  EXPECT_THAT(map->columns[6].from, ElementsAre("centre", "number"));
  EXPECT_EQ(map->visits[0].columns[0].text, "91");
  EXPECT_TRUE(map->Ignores("form_complete"));
  EXPECT_FALSE(map->Ignores("form_completed"));
  EXPECT_EQ(map->columns[2].line, 14);
}

TEST(ImportMap, FaultsNameTheLineAndWhatIsAllowed) {
  const std::pair<const char*, const char*> bad[] = {
      {"colums: {}\n", "s.yaml, line 2: unknown key \"colums\""},
      {"columns:\n  age: alter\n",
       "line 3: \"age\" is no column of the import"},
      {"columns:\n  sex: {form: x}\n", "line 3: unknown key \"form\" in sex"},
      {"columns:\n  sex: {from: a, first: [a, b]}\n", "needs one of from"},
      {"columns:\n  sex: {values: {}}\n", "needs one of from"},
      {"columns:\n  sex: {from: [a, b]}\n", "from takes one name"},
      {"columns:\n  sex: {combine: [a, b]}\n", "for columns that are lists"},
      {"columns:\n  sex: {from: a, factor: 2}\n", "are for numbers"},
      {"columns:\n  bmi: {from: a, factor: much}\n", "is no number"},
      {"columns:\n  bmi: {from: a, factor: nan}\n", "is no number"},
      {"columns:\n  bmi: {from: a, round: off}\n",
       "allowed: nearest, down, up"},
      {"columns:\n  bmi: {from: a, date: true}\n", "a date gives surgery_date"},
      {"columns:\n  day: {from: a, date: DD.MM.YY}\n", "two digits"},
      {"columns:\n  sex: {from: a, values: {w: [x]}}\n", "needs a code"},
      {"columns:\n  sex: {from: a, with: x}\n", "with goes with join"},
      {"dates: {visit: a}\ncolumns:\n  day: b\n",
       "line 4: day is made on line 2 already"},
      {"dates: {format: D}\n", "date format \"D\""},
      {"file: {export: word}\n", "allowed: raw, labels"},
      {"file: {separator: pipe}\n", "allowed: comma, semicolon, tab"},
      {"sites: {column: a}\n", "sites needs values"},
      {"sites: {values: {a: Site 1}}\n", "\"Site 1\" is no site id"},
      {"site: Site 1\n", "is no site id"},
      {"instruments: {a: {}}\n", "needs event"},
      {"instruments: {a: {group: pain, columns: {}}}\n",
       "allowed: complication, reoperation"},
      {"instruments: {a: {group: complication}}\n", "a group needs columns"},
      {"instruments: {a: {group: complication, columns: {sex: b}}}\n",
       "\"complication_1_sex\" is no column"},
      {"visits: [{event: a}]\n", "a visit needs event and columns"},
      {"visits: [{event: a, columns: {sex: b}}]\n",
       "sex belongs on the baseline line"},
      {"ignore: rest\n", "or \"others\""},
      {"columns: [a]\n", "columns needs lines"},
      {"a: [\n", "s.yaml, line 3: "}};
  for (const auto& [body, fault] : bad) {
    EXPECT_THAT(Fault(body), HasSubstr(fault)) << body;
  }
  EXPECT_EQ(Fault(""), "");
  const auto no_version = ParseImportMap("columns: {}\n", "s.yaml");
  EXPECT_THAT(std::string(no_version.status().message()),
              HasSubstr("line 1: a mapping file begins with"));
}

TEST(ImportMap, TheExampleOfTheDocumentIsOne) {
  const std::string text = ReadText(
      absl::StrCat(ENTHESIS_SOURCE_DIR, "/client/mapping/example.yaml"));
  const auto map = ParseImportMap(text, "example.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_GT(map->columns.size(), 10u);
}

}  // namespace
}  // namespace enthesis::client
