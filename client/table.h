// Tables and paragraphs of plain text. Nothing is ever cut: names that differ
// must look different.

#ifndef ENTHESIS_CLIENT_TABLE_H_
#define ENTHESIS_CLIENT_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace enthesis::client {

// Of paragraphs, and the page of tests.
inline constexpr size_t kPageWidth = 100;

// Columns of the terminal that standard output is, or as COLUMNS has them, read
// once; without limit where it is a file or a pipe.
size_t ScreenWidth();

enum class Align { kLeft, kRight };

class Table {
 public:
  void AddColumn(std::string heading, Align align);
  // One cell for each column.
  void AddRow(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Heading, a rule, the rows; columns two spaces apart, no space at the end of
  // a line. Where the table would be wider than `page`, headings wrap, then the
  // widest left aligned cells, and then columns go below, with the first ones
  // again that tell the rows apart.
  std::string Render() const { return Render(ScreenWidth()); }
  std::string Render(size_t page) const;

 private:
  struct Column {
    std::string heading;
    Align align;
  };
  std::vector<size_t> WidthsWithin(size_t page) const;
  // How many of the first columns tell the rows apart.
  size_t CountKeys(const std::vector<size_t>& widths, size_t page) const;
  std::string RenderColumns(const std::vector<size_t>& shown,
                            const std::vector<size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Breaks `text` at spaces to lines of kPageWidth, or of a narrower screen;
// `first` starts the first line, `rest` the others. Ends with a line feed.
std::string Wrap(absl::string_view text, absl::string_view first,
                 absl::string_view rest);

// With lines that are wider than the screen broken as Wrap does; what follows
// has the line's own indent and two spaces more.
std::string FitScreen(absl::string_view text);

// "1 row", "3 rows": a count and what is counted, whose plural adds an s.
std::string CountOf(int64_t n, absl::string_view noun);

// Columns on the screen, for UTF-8.
size_t WidthOf(absl::string_view text);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_TABLE_H_
