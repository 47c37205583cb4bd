#include "client/analyze/text_plot.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

constexpr size_t kWidthMax = 90;
constexpr size_t kMargin = 10;           // for the ticks at the left
constexpr size_t kBeyond = kMargin / 2;  // of what stands below the last tick

}  // namespace

size_t TextPlotWidth() {
  // The text below the last tick reaches beyond it.
  const size_t screen = ScreenWidth();
  return screen > kBeyond ? std::min(screen - kBeyond, kWidthMax) : 0;
}

TextPlot::TextPlot(double x_low, double x_high, double y_low, double y_high,
                   size_t n_rows) {
  const size_t screen = TextPlotWidth();
  const size_t width = screen > kMargin + 20 ? screen - kMargin : 20;
  x_ = {x_low, x_high, 0, static_cast<double>(width - 1)};
  y_ = {y_low, y_high, static_cast<double>(n_rows - 1), 0};
  rows_.assign(n_rows, std::string(width, ' '));
}

std::string& TextPlot::RowOf(double y) {
  return rows_[static_cast<size_t>(std::lround(y_.At(y)))];
}

void TextPlot::Mark(double x, double y, char mark) {
  if (!x_.Holds(x) || !y_.Holds(y)) return;
  RowOf(y)[static_cast<size_t>(std::lround(x_.At(x)))] = mark;
}

void TextPlot::Line(const std::vector<std::pair<double, double>>& points,
                    char mark) {
  for (size_t i = 0; i < points.size(); ++i) {
    Mark(points[i].first, points[i].second, mark);
    if (i == 0) continue;
    const auto [x0, y0] = points[i - 1];
    const auto [x1, y1] = points[i];
    const double first = std::ceil(x_.At(std::max(x0, x_.low)));
    for (double column = first; column < x_.At(std::min(x1, x_.high));
         ++column) {
      const double x =
          x_.low + (x_.high - x_.low) * column / (x_.end - x_.begin);
      Mark(x, y0 + (y1 - y0) * (x - x0) / (x1 - x0), mark);
    }
  }
}

std::string TextPlot::Render(const std::string& x_title,
                             const std::string& y_title) const {
  std::string text = absl::StrCat(y_title, "\n");
  const std::vector<double> up = TicksBetween(y_.low, y_.high, 5);
  const double up_step = up.size() > 1 ? up[1] - up[0] : 0;
  std::vector<std::string> left(rows_.size(), std::string(kMargin - 1, ' '));
  for (const double tick : up) {
    const std::string label = TickText(tick, up_step);
    std::string& cell = left[static_cast<size_t>(std::lround(y_.At(tick)))];
    if (label.size() + 1 < kMargin) {
      cell = std::string(kMargin - 2 - label.size(), ' ') + label + " ";
    }
  }
  for (size_t row = 0; row < rows_.size(); ++row) {
    std::string line = absl::StrCat(left[row], "|", rows_[row]);
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  }
  std::string rule(kMargin - 1, ' ');
  rule += '+' + std::string(rows_[0].size(), '-');
  const std::vector<PlotTick> ticks = TicksOf(x_, 6);
  std::vector<double> places;
  std::vector<std::string> labels;
  for (const PlotTick& tick : ticks) {
    rule[kMargin + static_cast<size_t>(std::lround(x_.At(tick.at)))] = '+';
    places.push_back(tick.at);
    labels.push_back(tick.text);
  }
  const size_t middle = kMargin + rows_[0].size() / 2;
  const size_t indent =
      middle > x_title.size() / 2 ? middle - x_title.size() / 2 : 0;
  absl::StrAppend(&text, rule, "\n", BelowTicks("", places, labels));
  if (x_title.empty()) return text;
  absl::StrAppend(&text, std::string(indent, ' '), x_title, "\n");
  return text;
}

std::string TextPlot::BelowTicks(const std::string& name,
                                 const std::vector<double>& ticks,
                                 const std::vector<std::string>& texts) const {
  std::string line(kMargin + rows_[0].size() + kBeyond, ' ');
  line.replace(0, name.size(), name);
  size_t free_from = name.empty() ? 0 : name.size() + 1;
  for (size_t t = 0; t < ticks.size() && t < texts.size(); ++t) {
    const size_t place =
        kMargin + static_cast<size_t>(std::lround(x_.At(ticks[t])));
    const size_t half = texts[t].size() / 2;
    const size_t start = place < half ? 0 : place - half;
    if (start < free_from || start + texts[t].size() > line.size()) continue;
    line.replace(start, texts[t].size(), texts[t]);
    free_from = start + texts[t].size() + 1;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace enthesis::client
