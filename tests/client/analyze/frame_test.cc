// From cells to numbers, levels, groups and events: what is taken as what, and
// what is refused by line.

#include "client/analyze/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "client/analyze/interval_data.h"
#include "client/analyze/methods.h"
#include "client/analyze/time_data.h"
#include "stats/interval_times.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A frame of all columns of a small file.
class Sample {
 public:
  Sample(const std::string& text, const std::vector<std::string>& columns,
         const std::vector<std::string>& required)
      : file_(std::make_unique<DataFile>(*DataFile::Parse(text, columns))),
        frame(*file_, required) {}
  Sample(const std::string& text, const std::vector<std::string>& columns)
      : Sample(text, columns, columns) {}

 private:
  std::unique_ptr<DataFile> file_;

 public:
  Frame frame;
};

std::string MessageOf(const absl::Status& status) {
  return std::string(status.message());
}

TEST(Frame, LevelsInOrderOfNumbersElseOfBytes) {
  const Sample sample("g,h\n10,b\n9,B\n10.0,a\n-1,a\n", {"g", "h"});
  const Factor numbers = sample.frame.FactorOf("g");
  EXPECT_THAT(numbers.levels, ElementsAre("-1", "9", "10"));
  EXPECT_THAT(numbers.codes, ElementsAre(2, 1, 2, 0));
  const Factor text = sample.frame.FactorOf("h");
  EXPECT_THAT(text.levels, ElementsAre("B", "a", "b"));
  EXPECT_THAT(text.codes, ElementsAre(2, 0, 1, 1));
}

TEST(SplitAssignment, NamesWithTheSignAreQuoted) {
  const struct {
    const char *text, *column, *value;
  } kCases[] = {
      {"a", "a", ""},
      {"a=1", "a", "1"},
      {"a=b=1", "a", "b=1"},
      {R"("a=b"=1)", "a=b", "1"},
      {R"("a=b")", "a=b", ""},
      {R"(a\=b=1)", "a=b", "1"},
      {R"(a\=b)", "a=b", ""},
      {R"("say ""="", b"=x=y)", R"(say "=", b)", "x=y"},
      {R"(a="b=c")", "a", R"("b=c")"},  // the value is as written
      {R"("a" b=1)", R"("a" b)", "1"},  // as is a quote within a name
      {R"("a=1)", R"("a)", "1"},
      {R"(a\b=1)", R"(a\b)", "1"},
      {"=1", "", "1"},
      {"", "", ""},
  };
  for (const auto& one : kCases) {
    const Assignment split = SplitAssignment(one.text);
    EXPECT_EQ(split.column, one.column) << one.text;
    EXPECT_EQ(split.value, one.value) << one.text;
  }
}

// One of two open ends is enough, where both are missing the row is dropped.
TEST(Frame, EitherOfTwoColumns) {
  const auto file = DataFile::Parse("a,b,g\n1,,x\n,2,x\nNA,,x\n3,4,\n5,Inf,x\n",
                                    {"a", "b", "g"});
  ASSERT_TRUE(file.ok()) << file.status();
  const Frame frame(*file, {"g"}, {"a", "b"});
  EXPECT_EQ(frame.n_rows(), 3u);
  EXPECT_EQ(frame.dropped(), 2);
  AnalyzeOptions options;
  options.lower = "a";
  options.upper = "b";
  const auto data = ReadIntervalData(options, frame);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_THAT(data->lower, ElementsAre(1, 0, 5));
  EXPECT_THAT(data->upper,
              ElementsAre(stats::kOpenUpper, 2, stats::kOpenUpper));
}

TEST(Frame, NumbersThatAreNotFiniteAreRefusedByLine) {
  for (const std::string cell : {"NaN", "nan", "Inf", "-inf", "1e400"}) {
    const Sample sample("x\n1\n\n2\n" + cell + "\n3\n", {"x"});
    EXPECT_FALSE(sample.frame.HoldsText("x")) << cell;
    EXPECT_FALSE(sample.frame.IsNumeric("x")) << cell;
    const std::string message =
        absl::StrCat("line 5, x \"", cell, "\": is not a finite number");
    EXPECT_EQ(MessageOf(sample.frame.Numbers("x").status()), message);
    EXPECT_EQ(MessageOf(sample.frame.CheckFinite("x")), message);
    // As a covariate, too: not a factor with a level NaN.
    std::vector<std::string> warnings;
    const auto design =
        MakeDesign(sample.frame, *ParseCovariates("x"), {}, warnings);
    EXPECT_EQ(MessageOf(design.status()), message);
  }
}

TEST(Frame, TextAmongWhichIsInfIsText) {
  const Sample sample("x\nsup\ninf\nsup\n", {"x"});
  EXPECT_TRUE(sample.frame.HoldsText("x"));
  EXPECT_TRUE(sample.frame.CheckFinite("x").ok());
  EXPECT_THAT(sample.frame.FactorOf("x").levels, ElementsAre("inf", "sup"));
}

TEST(Frame, TypoAmongNumbersWarns) {
  const Sample sample("x\n1\n5O\n2\n", {"x"});
  std::vector<std::string> warnings;
  const auto design =
      MakeDesign(sample.frame, *ParseCovariates("x"), {}, warnings);
  ASSERT_TRUE(design.ok());
  EXPECT_THAT(design->names, ElementsAre("x2", "x5O"));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("line 3 \"5O\" is no number, 2 others"));
  // Said to be a factor, or text throughout: nothing to warn of.
  warnings.clear();
  EXPECT_TRUE(
      MakeDesign(sample.frame, *ParseCovariates("factor(x)"), {}, warnings)
          .ok());
  const Sample text("x\na\nb\n", {"x"});
  EXPECT_TRUE(MakeDesign(text.frame, *ParseCovariates("x"), {}, warnings).ok());
  EXPECT_THAT(warnings, IsEmpty());
}

TEST(Frame, IdentifierIsNoFactor) {
  std::string text = "id\n";
  for (size_t i = 0; i <= kFactorLevelsMax; ++i) {
    absl::StrAppend(&text, "p", i, "\n");
  }
  const Sample sample(text, {"id"});
  std::vector<std::string> warnings;
  const auto design =
      MakeDesign(sample.frame, *ParseCovariates("id"), {}, warnings);
  EXPECT_THAT(MessageOf(design.status()), HasSubstr("id has 1001 levels"));
}

TEST(Frame, LevelIsFoundAsTheSameNumber) {
  const std::vector<std::string> levels = {"0", "2", "10"};
  EXPECT_EQ(FindLevel(levels, "2"), 1u);
  EXPECT_EQ(FindLevel(levels, "2.0"), 1u);
  EXPECT_EQ(FindLevel(levels, "010"), 2u);
  EXPECT_EQ(FindLevel(levels, "-0"), 0u);
  EXPECT_EQ(FindLevel(levels, "1"), std::nullopt);
  EXPECT_EQ(FindLevel(levels, "two"), std::nullopt);
  // As written comes first.
  EXPECT_EQ(FindLevel({"1", "01", "x"}, "01"), 1u);
}

TEST(Frame, ReferenceOfAFactor) {
  const Sample sample("e\n0\n1\n2\n1\n", {"e"});
  std::vector<std::string> warnings;
  const auto terms = *ParseCovariates("factor(e)");
  const auto first = MakeDesign(sample.frame, terms, {}, warnings);
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(first->names, ElementsAre("e1", "e2"));
  EXPECT_THAT(first->values, ElementsAre(0, 1, 0, 1, 0, 0, 1, 0));
  const auto chosen = MakeDesign(sample.frame, terms, {{"e", "1.0"}}, warnings);
  ASSERT_TRUE(chosen.ok());
  EXPECT_THAT(chosen->names, ElementsAre("e0", "e2"));
  EXPECT_THAT(
      MessageOf(
          MakeDesign(sample.frame, terms, {{"e", "7"}}, warnings).status()),
      HasSubstr("the levels are 0, 1, 2"));
  EXPECT_THAT(
      MessageOf(
          MakeDesign(sample.frame, terms, {{"age", "7"}}, warnings).status()),
      HasSubstr("no such factor"));
}

TEST(Groups, CombinationsThatOccurInOrderOfLevels) {
  const Sample sample("a,b\n2,y\n10,x\n2,x\n10,x\n2,y\n", {"a", "b"});
  const Groups groups = MakeGroups(sample.frame, "a,b");
  EXPECT_THAT(groups.labels,
              ElementsAre(ElementsAre("2", "x"), ElementsAre("2", "y"),
                          ElementsAre("10", "x")));
  EXPECT_THAT(groups.codes, ElementsAre(1, 2, 0, 2, 1));
  EXPECT_EQ(groups.n_groups(), 3);
  EXPECT_EQ(groups.Name(2), "a=10, b=x");
}

// Three columns of 3,000 levels each would be 27,000,000,000 cells.
TEST(Groups, ManyColumnsOfManyLevels) {
  std::string text = "a,b,c\n";
  for (int i = 0; i < 3000; ++i) {
    absl::StrAppend(&text, i, ",", 2999 - i, ",k", i, "\n");
  }
  const Sample sample(text, {"a", "b", "c"});
  const Groups groups = MakeGroups(sample.frame, "a,b,c");
  ASSERT_EQ(groups.n_groups(), 3000);
  EXPECT_EQ(groups.codes[17], 17);
  EXPECT_THAT(groups.labels[17], ElementsAre("17", "2982", "k17"));
}

struct EventCase {
  const char* name;
  const char* cells;  // four of them
  const char* event;
  std::vector<int> expected;
  const char* said;  // in a warning or in the error
};

TEST(Events, WhatCountsAsOne) {
  const EventCase cases[] = {
      {"not zero", "0\n1\n2\n-1\n", "e", {0, 1, 1, 1}, ""},
      {"no zero", "1\n2\n2\n1\n", "e", {1, 1, 1, 1}, "no row of e is 0"},
      {"value", "1\n2\n2\n1\n", "e=2", {0, 1, 1, 0}, ""},
      {"as number", "1\n2\n2\n1\n", "e=2.0", {0, 1, 1, 0}, ""},
      {"no such", "1\n2\n2\n1\n", "e=9", {0, 0, 0, 0}, "no row has e = 9"},
      {"text value", "dead\nok\nok\ndead\n", "e=dead", {1, 0, 0, 1}, ""},
      {"logical", "TRUE\nFALSE\ntrue\nFALSE\n", "e", {1, 0, 1, 0}, ""},
      {"text", "dead\nok\nok\ndead\n", "e", {}, "say which value is the event"},
      {"typo", "0\n1\nl\n1\n", "e", {}, "line 4 \"l\" is no number, 3 others"},
      {"NaN", "0\n1\nNaN\n1\n", "e", {}, "line 4, e \"NaN\""},
      {"NaN, value", "0\n1\nNaN\n1\n", "e=1", {}, "line 4, e \"NaN\""},
  };
  for (const EventCase& one : cases) {
    SCOPED_TRACE(one.name);
    std::string text = "t,e\n";
    std::string cells = one.cells;
    for (int row = 1; !cells.empty(); ++row) {
      const size_t end = cells.find('\n');
      absl::StrAppend(&text, row, ",", cells.substr(0, end), "\n");
      cells.erase(0, end + 1);
    }
    const Sample sample(text, {"t", "e"});
    AnalyzeOptions options;
    options.time = "t";
    options.event = one.event;
    Report report;
    const auto data = ReadTimeData(options, sample.frame, report);
    if (one.expected.empty()) {
      EXPECT_THAT(MessageOf(data.status()), HasSubstr(one.said));
      continue;
    }
    ASSERT_TRUE(data.ok()) << data.status();
    EXPECT_EQ(data->events, one.expected);
    if (*one.said == '\0') {
      EXPECT_THAT(report.warnings, IsEmpty());
    } else {
      EXPECT_THAT(report.warnings, ElementsAre(HasSubstr(one.said)));
    }
  }
}

TEST(Causes, EachValueButTheOneThatCensors) {
  const Sample sample("t,e\n1,0\n2,2\n3,10\n4,1\n", {"t", "e"});
  AnalyzeOptions options;
  options.time = "t";
  options.event = "e";
  Report report;
  const auto data = ReadCauses(options, sample.frame, report);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_THAT(data->causes, ElementsAre("1", "2", "10"));
  EXPECT_THAT(data->events, ElementsAre(0, 2, 3, 1));
  EXPECT_THAT(report.warnings, IsEmpty());

  options.censored = "2.0";
  const auto other = ReadCauses(options, sample.frame, report);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_THAT(other->causes, ElementsAre("0", "1", "10"));
  EXPECT_THAT(other->events, ElementsAre(1, 0, 3, 2));
}

// The program once read a column of that name, which no file has.
TEST(Causes, EventWithAValueIsRefused) {
  const Sample sample("t,e\n1,0\n2,2\n", {"t", "e"});
  AnalyzeOptions options;
  options.time = "t";
  options.event = "e=2";
  Report report;
  EXPECT_THAT(MessageOf(ReadCauses(options, sample.frame, report).status()),
              HasSubstr("every value but that of --censored is a cause"));
}

}  // namespace
}  // namespace enthesis::client
