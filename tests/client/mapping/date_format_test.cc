#include "client/mapping/date_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "client/calendar_day.h"
#include "client/mapping/yaml_node.h"

namespace enthesis::client {
namespace {

using testing::HasSubstr;

TEST(DateFormat, Reads) {
  const std::tuple<const char*, const char*, Date> good[] = {
      {"DD.MM.YYYY", "04.03.2022", {2022, 3, 4}},
      {"DD.MM.YYYY", "4.3.2022", {2022, 3, 4}},
      {"MM/DD/YYYY", "03/04/2022", {2022, 3, 4}},
      {"D-M-YYYY", "29-2-2024", {2024, 2, 29}},
      {"YYYYMMDD", "20220304", {2022, 3, 4}},
      {"YYYY-MM-DD hh:mm", "2022-03-04 7:05", {2022, 3, 4}}};
  for (const auto& [format, text, date] : good) {
    const auto parsed = ParseDateFormat(format);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    const auto read = ReadDate(text, *parsed);
    ASSERT_TRUE(read.ok()) << text << read.status();
    EXPECT_EQ(*read, date) << text;
  }
}

TEST(DateFormat, RefusesOtherTexts) {
  const DateFormat format = *ParseDateFormat("DD.MM.YYYY");
  for (const char* text :
       {"", "2022-03-04", "04.03.22", "04.03.2022 ", "04.03.2022x",
        "04/03/2022", "004.03.2022", "heute"}) {
    const auto read = ReadDate(text, format);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.status().message(), "is not a day written DD.MM.YYYY");
  }
  EXPECT_FALSE(ReadDate("202234", *ParseDateFormat("YYYYMMDD")).ok());
}

// Written as the format says, and not in the calendar.
TEST(DateFormat, SaysWhyADayDoesNotExist) {
  const DateFormat format = *ParseDateFormat("DD.MM.YYYY");
  for (const auto& [text, said] :
       {std::pair("31.04.2022", "April has 30 days"),
        std::pair("29.02.2022", "February 2022 has 28 days"),
        std::pair("30.02.2024", "February 2024 has 29 days"),
        std::pair("00.03.2022", "March has 31 days"),
        std::pair("04.13.2022", "there is no month 13 (read as DD.MM.YYYY)"),
        std::pair("04.00.2022", "there is no month 0 (read as DD.MM.YYYY)")}) {
    const auto read = ReadDate(text, format);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.status().message(),
              absl::StrCat("is no day of the calendar: ", said));
  }
}

TEST(DateFormat, RefusesOtherFormats) {
  for (const char* text : {"", "YYYY", "DD.MM", "DD.MM.YYY", "MMM D YYYY",
                           "DD.MM.YYYY DD", "day"}) {
    EXPECT_FALSE(ParseDateFormat(text).ok()) << text;
  }
  EXPECT_THAT(std::string(ParseDateFormat("DD.MM.YY").status().message()),
              HasSubstr("two digits is not guessed"));
}

TEST(DateFormat, DaysAndYears) {
  EXPECT_EQ(DayNumber({1970, 1, 1}), 0);
  EXPECT_EQ(DayNumber({1969, 12, 31}), -1);
  EXPECT_EQ(DayNumber({2000, 3, 1}), 11017);
  EXPECT_EQ(DayNumber({2024, 3, 1}) - DayNumber({2024, 2, 28}), 2);
  EXPECT_EQ(DayNumber({2100, 3, 1}) - DayNumber({2100, 2, 28}), 1);
  // Each day is one later than the one before.
  int32_t last = DayNumber({1899, 12, 31});
  for (int32_t year = 1900; year < 2101; ++year) {
    for (int32_t month = 1; month <= 12; ++month) {
      for (int32_t day = 1; day <= 31; ++day) {
        const auto date =
            ReadDate(std::to_string(year) + "-" + std::to_string(month) + "-" +
                         std::to_string(day),
                     *ParseDateFormat("YYYY-M-D"));
        if (!date.ok()) continue;
        ASSERT_EQ(DayNumber(*date), ++last) << year << month << day;
      }
    }
  }
  EXPECT_EQ(CompletedYears({1970, 5, 6}, {2020, 5, 5}), 49);
  EXPECT_EQ(CompletedYears({1970, 5, 6}, {2020, 5, 6}), 50);
  EXPECT_EQ(CompletedYears({1972, 2, 29}, {2021, 2, 28}), 48);
}

TEST(YamlNode, KnowsItsLines) {
  const auto node = ParseYaml("a: 1\nb:\n  - x\n  - ''\nc: ~\n");
  ASSERT_TRUE(node.ok()) << node.status();
  EXPECT_EQ(node->Find("a")->text, "1");
  EXPECT_EQ(node->Find("b")->items.at(1).line, 4);
  EXPECT_EQ(node->Find("c")->kind, YamlNode::Kind::kNull);
  EXPECT_EQ(node->Find("d"), nullptr);
  EXPECT_EQ(node->entries.at(2).line, 5);
}

TEST(YamlNode, FaultsNameTheLine) {
  const std::pair<std::string, const char*> bad[] = {
      {"a: 1\na: 2\n", "line 2: \"a\" is there twice"},
      {"a: 1\n  b: 2\n", "line 2: "},
      {"a: [1, 2\n", "line 2: "},
      {"[1, 2]: 3\n", "line 1: a key is no text"},
      {"a: *nowhere\n", "line 1: "},
      {std::string(40, '[') + std::string(40, ']'), "too many levels"}};
  for (const auto& [text, fault] : bad) {
    const auto node = ParseYaml(text);
    ASSERT_FALSE(node.ok()) << text;
    EXPECT_THAT(std::string(node.status().message()), HasSubstr(fault));
  }
}

}  // namespace
}  // namespace enthesis::client
