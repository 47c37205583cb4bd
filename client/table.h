// Tables and paragraphs of plain text, at most 100 columns wide.

#ifndef ENTHESIS_CLIENT_TABLE_H_
#define ENTHESIS_CLIENT_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace enthesis::client {

inline constexpr size_t kPageWidth = 100;

enum class Align { kLeft, kRight };

class Table {
 public:
  void AddColumn(std::string heading, Align align);
  // One cell for each column.
  void AddRow(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Heading, a rule, the rows; columns two spaces apart, no space at the end of
  // a line. Where the table would be wider than the page, its first left
  // aligned columns are cut, with "~" at the end.
  std::string Render() const;

 private:
  struct Column {
    std::string heading;
    Align align;
  };
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Breaks `text` at spaces to lines of the page; `first` starts the first line,
// `rest` the others. Ends with a line feed.
std::string Wrap(absl::string_view text, absl::string_view first,
                 absl::string_view rest);

// Columns on the screen, for UTF-8.
size_t WidthOf(absl::string_view text);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_TABLE_H_
