// Times, cells, tables and figures as text.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_split.h"
#include "client/cell_value.h"
#include "client/csv_text.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "client/time_text.h"

namespace enthesis::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(TimeText, DaysWeeksMonthsYears) {
  const std::pair<const char*, int32_t> good[] = {
      {"0", 0},    {"91", 91},    {"91d", 91},    {" 14 ", 14}, {"13w", 91},
      {"3m", 91},  {"6M", 183},   {"12m", 365},   {"1y", 365},  {"1.5m", 46},
      {"2y", 731}, {"60m", 1826}, {"7305", 7305}, {"20y", 7305}};
  for (const auto& [text, days] : good) {
    SCOPED_TRACE(text);
    ASSERT_TRUE(ParseDays(text).ok());
    EXPECT_EQ(*ParseDays(text), days);
  }
}

TEST(TimeText, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "m", "-1", "1.5", "7306", "241m", "21y", "1000y", "1001m",
        "999999999999y", "6 m o", "1e3", "nan", "inf", "6x",
        "99999999999999999999", "1.2.3m", "+5", "0x10"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(ParseDays(text).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(TimeText, ListKeepsItsOrder) {
  EXPECT_THAT(*ParseDayList("12m,3m, 14"), ElementsAre(365, 91, 14));
  EXPECT_FALSE(ParseDayList("3m,").ok());
}

TEST(TimeText, DatesOfTheCalendar) {
  EXPECT_EQ(*ParseDate("2024-02-29"), (Date{2024, 2, 29}));
  EXPECT_EQ(FormatDate({2000, 2, 9}), "2000-02-09");
  for (const char* text :
       {"2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-04-31",
        "2024-1-1", "01-02-2024", "2024/01/01", "", "2024-01-0x"}) {
    EXPECT_FALSE(ParseDate(text).ok()) << text;
  }
  EXPECT_LT((Date{2023, 12, 31}), (Date{2024, 1, 1}));
}

const model::FieldInfo& FieldNamed(absl::string_view name) {
  for (const auto& field : model::BaselineFields()) {
    if (name == field.name) return field;
  }
  ADD_FAILURE() << name;
  return model::BaselineFields()[0];
}

TEST(CellValue, Reads) {
  EXPECT_EQ(*ParseCell("27", FieldNamed("bmi")), 27);
  EXPECT_EQ(*ParseCell("+27", FieldNamed("bmi")), 27);
  EXPECT_EQ(*ParseCell("-3", FieldNamed("bmi")), -3);  // the registry refuses
  EXPECT_EQ(*ParseCell("left", FieldNamed("laterality")), 1);
  for (const char* yes : {"1", "yes", "Yes", "TRUE"}) {
    EXPECT_EQ(*ParseCell(yes, FieldNamed("previous_surgery")), 1) << yes;
  }
  for (const char* no : {"0", "no", "NO", "false"}) {
    EXPECT_EQ(*ParseCell(no, FieldNamed("previous_surgery")), 0) << no;
  }
}

TEST(CellValue, ExplainsWhatIsNoDate) {
  const std::pair<const char*, const char*> bad[] = {
      {"2024-02-30", "is not a day of the calendar; allowed: YYYY-MM-DD"},
      {"01.02.2024", "is a date in another order, which is not guessed"},
      {"3-Mar-24", "is not a day of the calendar"},
      {"3 March", "is a date in another order"},
      {"45123", "is the number that a spreadsheet has of a day"},
      {"#VALUE!", "is an error of a spreadsheet"},
      {"soon", "is not a day of the calendar"}};
  for (const auto& [text, problem] : bad) {
    EXPECT_THAT(ExplainDate(text), HasSubstr(problem));
  }
}

TEST(CellValue, SaysWhatIsWrongAndWhatIsAllowed) {
  const std::tuple<const char*, const char*, const char*> bad[] = {
      {"bmi", "27.5", "is a decimal"},
      {"bmi", "27,5", "is a decimal with a comma"},
      {"bmi", "1,200", "is a decimal, or has a mark of thousands"},
      {"bmi", "#N/A", "is an error of a spreadsheet"},
      {"bmi", "##", "is an error of a spreadsheet"},
      {"bmi", "5-Mar", "is a date, perhaps what a spreadsheet made of"},
      {"bmi", "01. Dez", "is a date, perhaps"},
      {"bmi", "2024-05-01", "is a date"},
      {"bmi", "1/5/2024", "is a date"},
      {"bmi", "5.1.2024", "is a date"},
      {"bmi", "NaN", "is not a number"},
      {"bmi", "inf", "is not a number"},
      {"bmi", "27 kg", "is not a whole number"},
      {"bmi", "99999999999", "is far out of range"},
      {"bmi", "-99999999999", "is far out of range"},
      {"bmi", "+-3", "is not a whole number"},
      {"bmi", "0x1b", "is not a whole number"},
      {"laterality", "Left", "is not a code of the list"},
      {"laterality", "1", "is not a code of the list"},
      {"laterality", "1,5", "is not a code of the list, but a decimal"},
      {"laterality", "1", "--map translates"},
      {"laterality", "2024-05-01", "is a date"},
      {"laterality", "Mar 24", "is a date, perhaps"},
      {"laterality", "Mars", "is not a code of the list;"},
      {"previous_surgery", "1/2", "is a date"},
      {"previous_surgery", "2", "is not a flag"},
      {"previous_surgery", "unknown", "is not a flag"},
  };
  for (const auto& [field, text, problem] : bad) {
    SCOPED_TRACE(text);
    const auto value = ParseCell(text, FieldNamed(field));
    ASSERT_FALSE(value.ok());
    EXPECT_THAT(std::string(value.status().message()),
                AllOf(HasSubstr(problem), HasSubstr("; allowed: ")));
  }
}

TEST(TableText, Golden) {
  Table table;
  table.AddColumn("group", Align::kLeft);
  table.AddColumn("n", Align::kRight);
  table.AddColumn("share", Align::kLeft);
  table.AddRow({"open", "1200", "45.2 % (41.0 to 49.5)"});
  table.AddRow({"caf\xC3\xA9", "9"});
  EXPECT_EQ(table.Render(),
            "group     n  share\n"
            "-----  ----  ---------------------\n"
            "open   1200  45.2 % (41.0 to 49.5)\n"
            "caf\xC3\xA9      9\n");
}

void ExpectWithin(const std::string& text, size_t page) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    EXPECT_LE(WidthOf(line), page) << line;
  }
}

TEST(TableText, NothingIsCut) {
  Table table;
  table.AddColumn("group", Align::kLeft);
  table.AddColumn("n", Align::kRight);
  table.AddRow({std::string(200, 'x') + "1", "12345"});
  EXPECT_THAT(table.Render(1000),
              HasSubstr(std::string(200, 'x') + "1  12345"));
  const std::string narrow = table.Render(80);
  ExpectWithin(narrow, 80);
  EXPECT_EQ(std::count(narrow.begin(), narrow.end(), 'x'), 200);
  EXPECT_THAT(narrow, HasSubstr("x  12345\n"));
}

// Headings wrap first, at their parts; names stay whole and apart.
TEST(TableText, HeadingsWrapBeforeCells) {
  Table table;
  table.AddColumn("coefficient", Align::kLeft);
  table.AddColumn("robust_std_error", Align::kRight);
  table.AddRow({"12_months_a", "0.5"});
  table.AddRow({"12_months_b", "0.25"});
  EXPECT_EQ(table.Render(20),
            "coefficient  robust_\n"
            "                std_\n"
            "               error\n"
            "-----------  -------\n"
            "12_months_a      0.5\n"
            "12_months_b     0.25\n");
}

TEST(TableText, CellsOfTextWrapAtTheirParts) {
  Table table;
  table.AddColumn("group", Align::kLeft);
  table.AddColumn("n", Align::kRight);
  table.AddRow({"primary_procedure=debridement, sex=male", "7"});
  EXPECT_EQ(table.Render(23),
            "group                 n\n"
            "--------------------  -\n"
            "primary_procedure=    7\n"
            "debridement,\n"
            "sex=male\n");
}

// What cannot be narrowed goes below, with the first column again.
TEST(TableText, ColumnsOfNumbersGoBelow) {
  Table table;
  table.AddColumn("g", Align::kLeft);
  for (const char* name : {"a", "b", "c"}) table.AddColumn(name, Align::kRight);
  table.AddRow({"x", "1.23456", "2.34567", "3.45678"});
  EXPECT_EQ(table.Render(20),
            "g        a        b\n"
            "-  -------  -------\n"
            "x  1.23456  2.34567\n"
            "\n"
            "g        c\n"
            "-  -------\n"
            "x  3.45678\n");
}

TEST(TableText, WhatTellsRowsApartIsRepeatedBelow) {
  Table table;
  for (const char* name : {"g", "t"}) table.AddColumn(name, Align::kRight);
  for (const char* name : {"a", "b"}) table.AddColumn(name, Align::kRight);
  table.AddRow({"1", "5", "1.23456", "2.34567"});
  table.AddRow({"1", "6", "1.5", "2.5"});
  EXPECT_EQ(table.Render(15),
            "g  t        a\n"
            "-  -  -------\n"
            "1  5  1.23456\n"
            "1  6      1.5\n"
            "\n"
            "g  t        b\n"
            "-  -  -------\n"
            "1  5  2.34567\n"
            "1  6      2.5\n");
}

TEST(TableText, CountsAgreeWithTheirNoun) {
  EXPECT_EQ(CountOf(0, "row"), "0 rows");
  EXPECT_EQ(CountOf(1, "row"), "1 row");
  EXPECT_EQ(CountOf(2, "row"), "2 rows");
}

TEST(TableText, WrapKeepsWordsAndIndents) {
  const std::string text = Wrap(
      std::string(60, 'a') + " " + std::string(60, 'b') + "  c", "> ", "  ");
  EXPECT_EQ(text, "> " + std::string(60, 'a') + "\n  " + std::string(60, 'b') +
                      " c\n");
  EXPECT_EQ(Wrap("", "x", ""), "x\n");
}

TEST(PValue, InACellAndInASentence) {
  EXPECT_EQ(PValueText(0.0004), "<0.001");
  EXPECT_EQ(PValuePhrase(0.0004), "p < 0.001");
  EXPECT_EQ(PValuePhrase(0.04), "p = 0.040");
}

TEST(CsvText, QuotesWhereNeeded) {
  std::string csv;
  AppendCsvRow({"a", "b,c", "say \"no\"", "d\ne", ""}, csv);
  EXPECT_EQ(csv, "a,\"b,c\",\"say \"\"no\"\"\",\"d\ne\",\n");
  EXPECT_EQ(CsvNumber(std::optional(0.1)), "0.1");
  EXPECT_EQ(CsvNumber(std::optional(0.0)), "0");
  EXPECT_EQ(CsvNumber(std::optional<double>()), "");
}

v1::Provenance Source() {
  v1::Provenance source;
  source.set_as_of(77);
  source.set_n_cases(120);
  source.set_disclosure("on");
  source.set_disclosure_threshold(11);
  source.set_engine_version("0.1.0");
  source.add_conventions("interval: log-log");
  return source;
}

TEST(FigureText, AbsentFiguresAreWords) {
  const v1::Provenance source = Source();
  const FigureText figures(source);
  EXPECT_EQ(figures.Absent(v1::ABSENCE_SUPPRESSED), "withheld");
  EXPECT_EQ(figures.Absent(v1::ABSENCE_NOT_REACHED), "not reached");
  EXPECT_EQ(figures.Absent(v1::ABSENCE_BEYOND_FOLLOW_UP), "beyond follow-up");
  EXPECT_EQ(figures.Absent(v1::ABSENCE_UNDEFINED), "not defined");
  EXPECT_EQ(figures.Count(0, v1::ABSENCE_UNSPECIFIED), "0");
  EXPECT_EQ(figures.Percent(0.4521, 0.41, 0.495, v1::ABSENCE_UNSPECIFIED),
            "45.2 % (41.0 to 49.5)");
  EXPECT_EQ(
      figures.Percent(0.0, std::nullopt, std::nullopt, v1::ABSENCE_UNSPECIFIED),
      "0.0 %");
  v1::TimeEstimate time;
  time.set_estimate(183);
  time.set_lower(170);
  EXPECT_EQ(figures.Time(time), "183 d (170 or more), 6.0 mo");
  time.Clear();
  time.set_absence(v1::ABSENCE_NOT_REACHED);
  EXPECT_EQ(figures.Time(time), "not reached");
}

TEST(FigureText, FooterStatesStateSitesConventionsAndDisclosure) {
  v1::Provenance source = Source();
  auto& exclusion = *source.add_exclusions();
  exclusion.set_reason("NOT_AN_ATHLETE");
  auto& filter = *source.mutable_cohort()->add_filters();
  filter.set_dimension(v1::DIMENSION_SEX);
  filter.add_values("female");
  EXPECT_EQ(FigureText(source).Footer(),
            "\nCohort: sex = female; 120 cases, withheld sites; as of "
            "commit 77.\n"
            "Left out: not an athlete withheld.\n"
            "Conventions: interval: log-log.\n"
            "Disclosure control: on; figures on fewer than 11 cases, and "
            "figures that would tell them, are\n"
            "  withheld; a median counts as not reached where fewer are at "
            "risk. Engine 0.1.0.\n");
  source.set_synthetic(true);
  EXPECT_THAT(FigureText(source).Footer(),
              HasSubstr("SYNTHETIC DATA: some cases were drawn"));
  source.set_n_synthetic(20);
  EXPECT_THAT(FigureText(source).Footer(),
              HasSubstr("SYNTHETIC DATA: 20 of 120 cases were drawn"));
  source.set_n_synthetic(120);
  EXPECT_THAT(FigureText(source).Footer(),
              HasSubstr("SYNTHETIC DATA: all cases were drawn"));
  source.set_disclosure("off");
  source.clear_disclosure_threshold();
  EXPECT_THAT(
      FigureText(source).Footer(),
      AllOf(HasSubstr("SYNTHETIC DATA"), HasSubstr("Disclosure control: off")));
}

}  // namespace
}  // namespace enthesis::client
