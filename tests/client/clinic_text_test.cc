// Files as the programs of clinics write them.

#include "client/clinic_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/csv_separator.h"

namespace enthesis::client {
namespace {

using namespace std::string_literals;  // NOLINT(build/namespaces)
using testing::HasSubstr;

std::string Fault(absl::string_view bytes, const TextOptions& options = {}) {
  const auto text = ReadClinicText(std::string(bytes), options);
  return text.ok() ? "" : std::string(text.status().message());
}

ClinicText Read(absl::string_view bytes, const TextOptions& options = {}) {
  const auto text = ReadClinicText(std::string(bytes), options);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? *text : ClinicText();
}

TEST(ClinicText, Utf8WithAndWithoutMark) {
  const ClinicText plain = Read("a,b\nM\xC3\xBCller,1\n");
  EXPECT_EQ(plain.text, "a,b\nM\xC3\xBCller,1\n");
  EXPECT_EQ(plain.encoding, TextEncoding::kUtf8);
  EXPECT_FALSE(plain.byte_order_mark);
  const ClinicText marked = Read(
      "\xEF\xBB\xBF"
      "a;b\n1;2\n");
  EXPECT_EQ(marked.text, "a;b\n1;2\n");
  EXPECT_TRUE(marked.byte_order_mark);
  EXPECT_EQ(marked.separator, ';');
}

TEST(ClinicText, Windows1252) {
  // M\u00fcller, \u20ac, \u0152, \u00ff
  const ClinicText text = Read("a,b\nM\xFCller,\x80\x8C\xFF\n");
  EXPECT_EQ(text.text, "a,b\nM\xC3\xBCller,\xE2\x82\xAC\xC5\x92\xC3\xBF\n");
  EXPECT_EQ(text.encoding, TextEncoding::kWindows1252);
  EXPECT_THAT(Fault("a,b\nx,1\ny,\x81\n"),
              HasSubstr("line 3: the byte 81 is no character of Windows-1252"));
}

TEST(ClinicText, Utf16InBothOrders) {
  // "a\t\u00fc\n" and the pair of U+1F600.
  const std::string little(
      "\xFF\xFE"
      "a\0\t\0\xFC\0\n\0\x3D\xD8\x00\xDE",
      14);
  const ClinicText text = Read(little);
  EXPECT_EQ(text.text, "a\t\xC3\xBC\n\xF0\x9F\x98\x80");
  EXPECT_EQ(text.encoding, TextEncoding::kUtf16);
  EXPECT_EQ(text.separator, '\t');
  EXPECT_EQ(Read(std::string("\xFE\xFF\0a\0\t\0b", 8)).text, "a\tb");
  // Half a character, half a pair.
  EXPECT_THAT(Fault(std::string("\xFF\xFE"
                                "a\0\n\0b",
                                7)),
              HasSubstr("line 2: the file is UTF-16 and damaged here"));
  EXPECT_THAT(Fault(std::string("\xFF\xFE\x3D\xD8"
                                "a\0",
                                6)),
              HasSubstr("damaged"));
}

// As the rejected lines of a clinic that exports in Windows-1252.
TEST(ClinicText, AByteOrderMarkCountsMoreThanWhatIsNamed) {
  TextOptions named;
  named.encoding = TextEncoding::kWindows1252;
  const ClinicText text = Read("\xEF\xBB\xBFM\xC3\xBCller,b\n1,2\n", named);
  EXPECT_EQ(text.text, "M\xC3\xBCller,b\n1,2\n");
  EXPECT_EQ(text.encoding, TextEncoding::kUtf8);
  EXPECT_TRUE(text.byte_order_mark);
  EXPECT_EQ(Read("\xFF\xFE"s + "a\0,\0b\0"s, named).text, "a,b");
}

TEST(ClinicText, TwoEncodingsInOneFileAreNotGuessed) {
  const std::string mixed = "a,b\nM\xC3\xBCller,1\nM\xFCller,2\n";
  EXPECT_THAT(Fault(mixed), HasSubstr("line 3: not UTF-8, while line 2"));
  TextOptions named;
  named.encoding = TextEncoding::kWindows1252;
  EXPECT_EQ(Read(mixed, named).text,
            "a,b\nM\xC3\x83\xC2\xBCller,1\nM\xC3\xBCller,2\n");
  named.encoding = TextEncoding::kUtf8;
  EXPECT_THAT(Fault(mixed, named), HasSubstr("line 3: not UTF-8"));
}

TEST(ClinicText, OtherFilesAreNamedWithTheWayToExport) {
  const std::pair<std::string, const char*> others[] = {
      {"PK\x03\x04\x14\0\x06\0xl/workbook.xml"s, ".xlsx"},
      {"PK\x03\x04\x14\0mimetypeapplication/vnd.oasis."
       "opendocument.spreadsheet"s,
       ".ods"},
      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ".xls"},
      {"%PDF-1.7", "PDF"},
      {"\n<html><table>", "web page"}};
  for (const auto& [bytes, kind] : others) {
    EXPECT_THAT(Fault(bytes), HasSubstr(kind));
    EXPECT_THAT(Fault(bytes), HasSubstr("File > Save As"));
  }
  EXPECT_THAT(Fault("a\0b\xFF"s), HasSubstr("not text"));
}

TEST(ClinicText, ExcelsLineOfTheSeparatorKeepsTheNumbersOfLines) {
  const ClinicText text = Read("sep=;\r\na,b;c\r\n1;2\r\n");
  EXPECT_EQ(text.separator, ';');
  EXPECT_EQ(text.text, "\r\na,b;c\r\n1;2\r\n");
  EXPECT_EQ(Read("sep=|\na|b\n").separator, '|');
  // A column of that name is none.
  EXPECT_EQ(Read("sep=x,b\n1,2\n").text, "sep=x,b\n1,2\n");
}

struct Shape {
  const char* text;
  char separator;
};

TEST(CsvSeparator, GivesTheLinesTheMostCells) {
  const Shape shapes[] = {
      {"", ','},
      {"a\n1\n", ','},
      {"a,b\n1,2\n", ','},
      {"a;b\n1;2\n", ';'},
      {"a\tb\n1\t2\n", '\t'},
      // Lists and decimals within cells.
      {"a,b,c\n1,x;y;z,3\n", ','},
      {"a;b;c\n1,5;2,5;3,5\n", ';'},
      // A label with commas among semicolons, quoted and not.
      {"a;\"b, c, d, e\"\n1;2\n", ';'},
      {"a;b, c, d, e\n1;2\n", ';'},
      // A ragged line does not hide the separator.
      {"a;b;c\n1;2;3\n1;2\n", ';'},
      {"a;b;c,d\n1;2\n", ';'},
      // A quote that is open in the eyes of another separator.
      {"a;b\n1,\"x\";2\n", ';'},
  };
  for (const Shape& shape : shapes) {
    const auto found = FindSeparator(shape.text);
    ASSERT_TRUE(found.ok()) << shape.text << found.status();
    EXPECT_EQ(*found, shape.separator) << shape.text;
  }
}

TEST(CsvSeparator, ATieIsNotGuessed) {
  const auto found = FindSeparator("a,b;c\n1,2;3\n");
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(std::string(found.status().message()),
              HasSubstr("commas and semicolons both make 2 columns"));
  EXPECT_THAT(std::string(found.status().message()),
              HasSubstr("--separator semicolon"));
  TextOptions named;
  named.separator = SeparatorNamed("Semicolon");
  EXPECT_EQ(Read("a,b;c\n1,2;3\n", named).separator, ';');
  EXPECT_FALSE(SeparatorNamed("pipe").has_value());
}

TEST(TextEncoding, Names) {
  EXPECT_EQ(EncodingNamed("utf-8"), TextEncoding::kUtf8);
  EXPECT_EQ(EncodingNamed("WINDOWS-1252"), TextEncoding::kWindows1252);
  EXPECT_FALSE(EncodingNamed("latin-2").has_value());
}

}  // namespace
}  // namespace enthesis::client
