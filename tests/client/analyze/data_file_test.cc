// Pieces of a file that are read side by side give what the reader of RFC 4180
// gives, cell by cell and line by line.

#include "client/analyze/data_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/csv_reader.h"
#include "stats/parallel.h"

namespace enthesis::client {
namespace {

using testing::HasSubstr;

// Columns a to d; every line ends as `end`, some are blank.
std::string ManyLines(size_t n, const std::string& end) {
  std::mt19937_64 random(7);
  std::string text = absl::StrCat("a,b,c,d", end);
  for (size_t i = 0; i < n; ++i) {
    if (random() % 50 == 0) text += end;
    absl::StrAppend(&text, random() % 10'000, ", x", random() % 9, " ,");
    if (random() % 20 > 0)
      absl::StrAppend(&text, 0.5 * static_cast<int>(random() % 99));
    absl::StrAppend(&text, ",", random() % 30 == 0 ? "NA" : "y", end);
  }
  return text;
}

TEST(DataFile, PiecesGiveWhatTheReaderGives) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    for (const size_t n : {0u, 1u, 100u, 60000u}) {
      std::string text = ManyLines(n, end);
      text.resize(text.size() - end.size());  // the last line has no end
      std::vector<std::vector<std::string>> cells;
      std::vector<int64_t> lines;
      CsvReader reader(text);
      reader.Next();
      while (reader.Next()) {
        auto& row = cells.emplace_back();
        for (const size_t c : {0u, 1u, 2u, 3u})
          row.emplace_back(reader.cells()[c]);
        lines.push_back(reader.line());
      }
      for (const int n_threads : {1, 2, 7}) {
        stats::ThreadPool pool(n_threads);
        const auto file = DataFile::Parse(text, {"d", "b", "a"}, &pool);
        ASSERT_TRUE(file.ok()) << file.status();
        ASSERT_EQ(file->n_rows(), n);
        for (size_t i = 0; i < n; ++i) {
          ASSERT_EQ(file->LineOf(i), lines[i]);
          ASSERT_EQ(file->Column("a")[i], cells[i][0]);
          ASSERT_EQ(absl::StrCat(" ", file->Column("b")[i], " "), cells[i][1]);
          ASSERT_EQ(file->Column("d")[i], cells[i][3] == "NA" ? "" : "y");
        }
      }
    }
  }
}

TEST(DataFile, NamesTheFirstLineOfAnotherWidth) {
  for (const bool quoted : {false, true}) {
    for (const int n_threads : {1, 7}) {
      stats::ThreadPool pool(n_threads);
      std::string text = ManyLines(50'000, "\n");
      const auto lines = std::count(text.begin(), text.end(), '\n');
      absl::StrAppend(&text, "1,2,3\n1,2,3,4,5\n");
      if (quoted) text += "\"1\",2,3,4\n";
      const auto file = DataFile::Parse(text, {"a"}, &pool);
      EXPECT_EQ(
          file.status().message(),
          absl::StrCat("line ", lines + 1, " has 3 cells, the first line 4"));
    }
  }
  EXPECT_EQ(DataFile::Parse("a,b\n1,2,\n", {"a"}).status().message(),
            "line 2 has 3 cells, the first line 2");
}

TEST(DataFile, QuotesAreReadAfterManyPlainLines) {
  std::string text = ManyLines(1000, "\n");
  absl::StrAppend(&text, "\"7\",\"say \"\"no\"\", twice\",,\"two\nlines\"\n");
  const auto file = DataFile::Parse(text, {"a", "b", "d"});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->Column("a").back(), "7");
  EXPECT_EQ(file->Column("b").back(), "say \"no\", twice");
  EXPECT_EQ(file->Column("d").back(), "two\nlines");
  const auto broken = DataFile::Parse(text + "1,a\"b,,\n", {"a"});
  EXPECT_THAT(std::string(broken.status().message()),
              HasSubstr("a quote within a cell"));
}

// The nearest double, as strtod.
TEST(ParseNumber, IsTheNearestDouble) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 200'000; ++i) {
    const int digits = static_cast<int>(random() % 18);
    const double value = static_cast<double>(random() >> (random() % 64)) /
                         static_cast<double>(random() % 7 + 1);
    const std::string text =
        i % 2 == 0 ? absl::StrFormat("%.*f", digits % 9, value / 1e9)
                   : absl::StrFormat("%.*g", digits + 1, value);
    double number = 0;
    ASSERT_TRUE(ParseNumber(text, number)) << text;
    ASSERT_EQ(number, std::strtod(text.c_str(), nullptr)) << text;
  }
}

TEST(ParseNumber, TakesNumbersOnly) {
  const std::pair<const char*, double> good[] = {
      {"0", 0},       {"007", 7},
      {"1.50", 1.5},  {"-2", -2},
      {"+3", 3},      {"1e3", 1000},
      {".5", 0.5},    {"5.", 5},
      {"-.25", -.25}, {"123456789012345", 123456789012345}};
  for (const auto& [text, value] : good) {
    double number = -1;
    EXPECT_TRUE(ParseNumber(text, number)) << text;
    EXPECT_EQ(number, value) << text;
  }
  for (const char* text : {"", ".", "1.2.3", "1,5", "5O", "0x10", "1 2", "--1",
                           "NaN", "Inf", "1e400", "1e", "e5"}) {
    double number = 0;
    EXPECT_FALSE(ParseNumber(text, number)) << text;
  }
}

}  // namespace
}  // namespace enthesis::client
