#include "client/table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace enthesis::client {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kNarrowest = 12;  // of a column of text that wraps

// The bytes of the first `width` columns of `text`.
size_t BytesOf(absl::string_view text, size_t width) {
  size_t bytes = 0;
  for (size_t columns = 0; columns < width && bytes < text.size(); ++columns) {
    ++bytes;
    while (bytes < text.size() && (text[bytes] & 0xC0) == 0x80) ++bytes;
  }
  return bytes;
}

bool EndsPart(char c) { return c == ' ' || c == '_' || c == '=' || c == '-'; }

// `text` in lines of at most `width` columns, broken at a space where there is
// one, else after "_", "=" or "-".
std::vector<std::string> Lines(absl::string_view text, size_t width) {
  std::vector<std::string> lines;
  while (WidthOf(text) > width) {
    size_t end = BytesOf(text, std::max<size_t>(width, 1));
    if (text[end] != ' ') {  // which may hang over the end
      const size_t space = text.rfind(' ', end - 1);
      size_t part = end;
      while (part > 0 && !EndsPart(text[part - 1])) --part;
      if (space != absl::string_view::npos && space > 0) part = space;
      if (part > 0) end = part;
    }
    lines.emplace_back(absl::StripTrailingAsciiWhitespace(text.substr(0, end)));
    text = absl::StripLeadingAsciiWhitespace(text.substr(end));
  }
  lines.emplace_back(text);
  return lines;
}

// The widest part of `text` that Lines leaves whole.
size_t WidestPart(absl::string_view text) {
  size_t widest = 0, width = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ' ' && (text[i] & 0xC0) != 0x80) ++width;
    widest = std::max(widest, width);
    if (EndsPart(text[i])) width = 0;
  }
  return widest;
}

void AppendCell(absl::string_view text, size_t width, Align align,
                std::string& line) {
  const std::string space(width - WidthOf(text), ' ');
  absl::StrAppend(&line, align == Align::kRight ? space : "", text,
                  align == Align::kLeft ? space : "");
}

void TrimEnd(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

size_t TotalOf(const std::vector<size_t>& widths) {
  size_t total = widths.empty() ? 0 : kGap * (widths.size() - 1);
  for (const size_t width : widths) total += width;
  return total;
}

// Takes from the widest of `widths` until they fit, none below its `least`.
void Narrow(size_t page, const std::vector<size_t>& least,
            std::vector<size_t>& widths) {
  while (TotalOf(widths) > page) {
    size_t widest = widths.size();
    for (size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] <= least[i]) continue;
      if (widest == widths.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == widths.size()) return;
    --widths[widest];
  }
}

}  // namespace

size_t ScreenWidth() {
  static const size_t width = [] {
    constexpr size_t kUnlimited = std::numeric_limits<size_t>::max();
    if (isatty(STDOUT_FILENO) != 1) return kUnlimited;
    const char* columns = std::getenv("COLUMNS");
    uint32_t asked = 0;
    if (columns != nullptr && absl::SimpleAtoi(columns, &asked) && asked > 0) {
      return size_t{asked};
    }
    winsize size = {};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
               ? size_t{size.ws_col}
               : kUnlimited;
  }();
  return width;
}

size_t WidthOf(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string CountOf(int64_t n, absl::string_view noun) {
  return absl::StrCat(n, " ", noun, n == 1 ? "" : "s");
}

void Table::AddColumn(std::string heading, Align align) {
  columns_.push_back({std::move(heading), align});
}

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<size_t> Table::WidthsWithin(size_t page) const {
  std::vector<size_t> widths, with_headings, with_cells;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t cells = 0;
    for (const auto& row : rows_) cells = std::max(cells, WidthOf(row[i]));
    const size_t heading = WidthOf(columns_[i].heading);
    const size_t part = WidestPart(columns_[i].heading);
    widths.push_back(std::max(cells, heading));
    with_headings.push_back(std::max(cells, part));
    with_cells.push_back(columns_[i].align == Align::kLeft
                             ? std::max(part, std::min(cells, kNarrowest))
                             : with_headings.back());
  }
  Narrow(page, with_headings, widths);
  std::vector<size_t> narrow = widths;
  Narrow(page, with_cells, narrow);
  if (TotalOf(narrow) <= page) return narrow;
  // Columns go below anyway: cells wrap no further than that takes.
  for (size_t i = 0; i < widths.size(); ++i) {
    widths[i] = std::min(widths[i], std::max(with_cells[i], page / 2));
  }
  return widths;
}

size_t Table::CountKeys(const std::vector<size_t>& widths, size_t page) const {
  std::set<std::vector<std::string>> seen;
  size_t total = 0;
  for (size_t n = 1; n < columns_.size(); ++n) {
    total += widths[n - 1] + kGap;
    if (total > page / 2 + kGap) break;
    seen.clear();
    for (const auto& row : rows_) {
      seen.emplace(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(n));
    }
    if (seen.size() == rows_.size()) return n;
  }
  return 1;
}

std::string Table::RenderColumns(const std::vector<size_t>& shown,
                                 const std::vector<size_t>& widths) const {
  std::string text;
  const auto append = [&](const auto& cell_of) {
    std::vector<std::vector<std::string>> cells;
    size_t height = 0;
    for (const size_t i : shown) {
      cells.push_back(Lines(cell_of(i), widths[i]));
      height = std::max(height, cells.back().size());
    }
    for (size_t y = 0; y < height; ++y) {
      std::string line;
      for (size_t c = 0; c < shown.size(); ++c) {
        if (c > 0) line.append(kGap, ' ');
        AppendCell(y < cells[c].size() ? cells[c][y] : "", widths[shown[c]],
                   columns_[shown[c]].align, line);
      }
      TrimEnd(line);
      absl::StrAppend(&text, line, "\n");
    }
  };
  append([&](size_t i) { return columns_[i].heading; });
  append([&](size_t i) { return std::string(widths[i], '-'); });
  for (const auto& row : rows_) {
    append([&](size_t i) { return row[i]; });
  }
  return text;
}

std::string Table::Render(size_t page) const {
  const std::vector<size_t> widths = WidthsWithin(page);
  const size_t n_keys = TotalOf(widths) > page ? CountKeys(widths, page) : 0;
  std::string text;
  for (size_t next = 0; next < columns_.size();) {
    std::vector<size_t> shown;
    size_t total = 0;
    for (size_t key = 0; next > 0 && key < n_keys; ++key) {
      shown.push_back(key);
      total += widths[key] + kGap;
    }
    const size_t first = next;
    while (next < columns_.size() &&
           (next == first || total + widths[next] <= page)) {
      total += widths[next] + kGap;
      shown.push_back(next++);
    }
    absl::StrAppend(&text, first > 0 ? "\n" : "", RenderColumns(shown, widths));
  }
  return text;
}

std::string Wrap(absl::string_view text, absl::string_view first,
                 absl::string_view rest) {
  std::string out;
  std::string line(first);
  bool any = false;
  const size_t page = std::min(kPageWidth, ScreenWidth());
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (any && WidthOf(line) + 1 + WidthOf(word) > page) {
      absl::StrAppend(&out, line, "\n");
      line = std::string(rest);
      any = false;
    }
    absl::StrAppend(&line, any ? " " : "", word);
    any = true;
  }
  return absl::StrCat(out, line, "\n");
}

std::string FitScreen(absl::string_view text) {
  const size_t width = ScreenWidth();
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const absl::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    if (WidthOf(absl::StripSuffix(line, "\n")) <= width) {
      absl::StrAppend(&out, line);
      continue;
    }
    const std::string indent(std::min(line.find_first_not_of(' '), line.size()),
                             ' ');
    absl::StrAppend(&out, Wrap(absl::StripSuffix(line, "\n"), indent,
                               absl::StrCat(indent, "  ")));
  }
  return out;
}

}  // namespace enthesis::client
