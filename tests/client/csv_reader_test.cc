#include "client/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace enthesis::client {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Read {
  Rows rows;
  std::vector<int64_t> lines;
  std::string fault;
};

Read ReadAll(absl::string_view text) {
  Read read;
  CsvReader reader(text);
  while (reader.Next()) {
    auto& row = read.rows.emplace_back();
    for (absl::string_view cell : reader.cells()) row.emplace_back(cell);
    read.lines.push_back(reader.line());
    EXPECT_EQ(reader.offset() == 0, read.rows.size() == 1 &&
                                        text.substr(0, 1) != "\xEF" &&
                                        text.substr(0, 1) != "\n");
  }
  read.fault = std::string(reader.status().message());
  return read;
}

struct Case {
  const char* name;
  std::string text;
  Rows rows;
  std::vector<int64_t> lines;
};

class CsvReaderTable : public testing::TestWithParam<Case> {};

TEST_P(CsvReaderTable, Reads) {
  const Read read = ReadAll(GetParam().text);
  EXPECT_EQ(read.fault, "");
  EXPECT_EQ(read.rows, GetParam().rows);
  EXPECT_EQ(read.lines, GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    All, CsvReaderTable,
    testing::Values(
        Case{"Empty", "", {}, {}}, Case{"OneCell", "a", {{"a"}}, {1}},
        Case{"EmptyCells", ",,\n", {{"", "", ""}}, {1}},
        Case{"NoLastLineEnd", "a,b\nc,d", {{"a", "b"}, {"c", "d"}}, {1, 2}},
        Case{"CrLf", "a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}, {1, 2}},
        Case{"LoneCr", "a\rb\r", {{"a"}, {"b"}}, {1, 2}},
        Case{"ByteOrderMark", "\xEF\xBB\xBF\"a\",b", {{"a", "b"}}, {1}},
        Case{"BlankLines", "\n\na\n\r\n\nb\n", {{"a"}, {"b"}}, {3, 6}},
        Case{"Quoted", "\"a,b\",\"\",\"c\"\n", {{"a,b", "", "c"}}, {1}},
        Case{"DoubledQuote",
             "\"say \"\"no\"\"\",\"\"\"\"\n",
             {{"say \"no\"", "\""}},
             {1}},
        Case{"LineBreakInQuotes",
             "\"a\nb\r\nc\",d\ne\n",
             {{"a\nb\r\nc", "d"}, {"e"}},
             {1, 4}},
        Case{"Ragged",
             "a,b\nc\nd,e,f\n",
             {{"a", "b"}, {"c"}, {"d", "e", "f"}},
             {1, 2, 3}},
        Case{"Utf8",
             "\xC3\xA9,\xE2\x82\xAC\n",
             {{"\xC3\xA9", "\xE2\x82\xAC"}},
             {1}}),
    [](const auto& tested) { return tested.param.name; });

TEST(CsvReader, AnotherSeparator) {
  CsvReader reader("a,b;\"c;d\";\n", 1, ';');
  ASSERT_TRUE(reader.Next());
  EXPECT_THAT(reader.cells(), testing::ElementsAre("a,b", "c;d", ""));
  EXPECT_FALSE(reader.Next());
}

TEST(CsvReader, FaultsNameLineAndCharacter) {
  EXPECT_EQ(ReadAll("a\nb,\"c\nd").fault,
            "line 2, character 3: a quote that is never closed");
  EXPECT_EQ(ReadAll("a\nb,c\"d\n").fault,
            "line 2, character 4: a quote within a cell that is not quoted; "
            "quote the cell and double the quote");
  EXPECT_EQ(ReadAll("\"a\"b\n").fault,
            "line 1, character 4: a character after a closing quote");
  EXPECT_EQ(ReadAll("a\n\"b\n\nc\"x\n").fault,
            "line 4, character 3: a character after a closing quote");
}

TEST(CsvReader, StopsAtAFaultAndStaysThere) {
  CsvReader reader("a\n\"b");
  EXPECT_TRUE(reader.Next());
  EXPECT_FALSE(reader.Next());
  EXPECT_FALSE(reader.Next());
  EXPECT_TRUE(reader.cells().empty());
}

TEST(CsvReader, ReadsAgainFromAnOffset) {
  const std::string text = "h\n\"a\nb\",c\nd\n";
  CsvReader reader(text);
  ASSERT_TRUE(reader.Next() && reader.Next() && reader.Next());
  CsvReader again(absl::string_view(text).substr(reader.offset()));
  ASSERT_TRUE(again.Next());
  EXPECT_THAT(again.cells(), testing::ElementsAre("d"));
}

}  // namespace
}  // namespace enthesis::client
