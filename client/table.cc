#include "client/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace enthesis::client {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kNarrowest = 8;

// The first `width` columns of `text`.
std::string Cut(absl::string_view text, size_t width) {
  if (WidthOf(text) <= width) return std::string(text);
  size_t bytes = 0, columns = 0;
  while (bytes < text.size() && columns + 1 < width) {
    ++bytes;
    while (bytes < text.size() && (text[bytes] & 0xC0) == 0x80) ++bytes;
    ++columns;
  }
  return absl::StrCat(text.substr(0, bytes), "~");
}

void AppendCell(absl::string_view cell, size_t width, Align align,
                std::string& line) {
  const std::string text = Cut(cell, width);
  const std::string space(width - WidthOf(text), ' ');
  absl::StrAppend(&line, align == Align::kRight ? space : "", text,
                  align == Align::kLeft ? space : "");
}

void TrimEnd(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

}  // namespace

size_t WidthOf(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void Table::AddColumn(std::string heading, Align align) {
  columns_.push_back({std::move(heading), align});
}

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::Render() const {
  std::vector<size_t> widths;
  size_t total = columns_.empty() ? 0 : kGap * (columns_.size() - 1);
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = WidthOf(columns_[i].heading);
    for (const auto& row : rows_) width = std::max(width, WidthOf(row[i]));
    widths.push_back(width);
    total += width;
  }
  for (size_t i = 0; i < columns_.size() && total > kPageWidth; ++i) {
    if (columns_[i].align == Align::kRight || widths[i] <= kNarrowest) continue;
    const size_t less = std::min(total - kPageWidth, widths[i] - kNarrowest);
    widths[i] -= less;
    total -= less;
  }
  std::string text;
  const auto append_line = [&](const auto& cell_of) {
    std::string line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      AppendCell(cell_of(i), widths[i], columns_[i].align, line);
    }
    TrimEnd(line);
    absl::StrAppend(&text, line, "\n");
  };
  append_line([&](size_t i) { return columns_[i].heading; });
  append_line([&](size_t i) { return std::string(widths[i], '-'); });
  for (const auto& row : rows_) {
    append_line([&](size_t i) { return row[i]; });
  }
  return text;
}

std::string Wrap(absl::string_view text, absl::string_view first,
                 absl::string_view rest) {
  std::string out;
  std::string line(first);
  bool any = false;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (any && WidthOf(line) + 1 + WidthOf(word) > kPageWidth) {
      absl::StrAppend(&out, line, "\n");
      line = std::string(rest);
      any = false;
    }
    absl::StrAppend(&line, any ? " " : "", word);
    any = true;
  }
  return absl::StrCat(out, line, "\n");
}

}  // namespace enthesis::client
