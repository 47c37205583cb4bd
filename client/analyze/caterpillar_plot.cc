#include "client/analyze/caterpillar_plot.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "client/analyze/plot_axis.h"
#include "client/analyze/plot_labels.h"
#include "client/analyze/svg.h"
#include "client/analyze/text_plot.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

constexpr double kCaterpillarWidth = 760;
constexpr double kCaterpillarRight = 736;
constexpr double kCaterpillarTop = 34;
constexpr double kLetter = 7.4;
// So many have a name each; more stand closer together without.
constexpr size_t kNamedRows = 80;
constexpr double kNamedRow = 18;
constexpr double kHeightWithoutNames = 700;
// Rows in characters; of more the middle ones are left out.
constexpr size_t kTextRows = 50;

// Where a value stands: logarithms of ratios.
double PlaceOf(const CaterpillarPlot& plot, double value) {
  return plot.is_ratio ? std::log(value) : value;
}

// All that is drawn; what a site without events has lies beyond.
PlotAxis CaterpillarAxis(const CaterpillarPlot& plot) {
  PlotAxis axis{PlaceOf(plot, plot.reference), PlaceOf(plot, plot.reference)};
  const auto take = [&](double value) {
    if (plot.is_ratio && !(value > 0)) return;
    axis.low = std::min(axis.low, PlaceOf(plot, value));
    axis.high = std::max(axis.high, PlaceOf(plot, value));
  };
  for (const CaterpillarRow& row : plot.rows) {
    for (const double value :
         {row.lower, row.upper, row.own.value_or(row.estimate)}) {
      take(value);
    }
  }
  double margin = 0.04 * (axis.high - axis.low);
  if (!(margin > 0)) margin = 0.5;
  axis.low -= margin;
  axis.high += margin;
  return axis;
}

// Values at which the axis has ticks.
std::vector<double> CaterpillarTicks(const CaterpillarPlot& plot,
                                     const PlotAxis& axis) {
  if (!plot.is_ratio) return TicksBetween(axis.low, axis.high, 6);
  return RatioTicks(axis.low, axis.high);
}

std::string TickOf(const CaterpillarPlot& plot,
                   const std::vector<double>& ticks, double tick) {
  if (plot.is_ratio || ticks.size() < 2) return absl::StrCat(tick);
  return TickText(tick, ticks[1] - ticks[0]);
}

bool HasOwn(const CaterpillarPlot& plot) {
  return std::any_of(
      plot.rows.begin(), plot.rows.end(),
      [](const CaterpillarRow& row) { return row.own.has_value(); });
}

bool IsApart(const CaterpillarPlot& plot, const CaterpillarRow& row) {
  return row.lower > plot.reference || row.upper < plot.reference;
}

// A value on the page; of a ratio of 0 the edge.
double PageX(const CaterpillarPlot& plot, const PlotAxis& axis, double value) {
  const double place = PlaceOf(plot, value);
  return axis.At(std::clamp(place, axis.low, axis.high));
}

void AppendCaterpillarRow(const CaterpillarPlot& plot, const PlotAxis& axis,
                          const CaterpillarRow& row, double y, bool is_named,
                          std::string& svg) {
  const char* const color = IsApart(plot, row) ? "#D55E00" : "#0072B2";
  const double radius = is_named ? 4 : 2.5;
  const std::string style =
      absl::StrCat("class=\"interval\" stroke=\"", color, "\" stroke-width=\"",
                   is_named ? "1.6" : "1", "\"");
  AppendSvgLine(PageX(plot, axis, row.lower), y, PageX(plot, axis, row.upper),
                y, style.c_str(), svg);
  if (row.own.has_value()) {
    absl::StrAppend(&svg, "<circle class=\"own\" cx=\"",
                    SvgNumber(PageX(plot, axis, *row.own)), "\" cy=\"",
                    SvgNumber(y), "\" r=\"", SvgNumber(radius - 0.5),
                    "\" fill=\"#fff\" stroke=\"#777\"/>\n");
  }
  absl::StrAppend(&svg, "<circle class=\"",
                  IsApart(plot, row) ? "apart" : "site", "\" cx=\"",
                  SvgNumber(PageX(plot, axis, row.estimate)), "\" cy=\"",
                  SvgNumber(y), "\" r=\"", SvgNumber(radius), "\" fill=\"",
                  color, "\"/>\n");
  if (is_named) {
    AppendSvgText(axis.begin - 12, y + 4.5, "end", ShortLabel(row.label), svg);
  }
}

void AppendCaterpillarAxis(const CaterpillarPlot& plot, const PlotAxis& axis,
                           double bottom, std::string& svg) {
  AppendSvgLine(axis.begin, bottom, axis.end, bottom, "stroke=\"#000\"", svg);
  double free_from = 0;
  const std::vector<double> ticks = CaterpillarTicks(plot, axis);
  for (const double tick : ticks) {
    const double x = PageX(plot, axis, tick);
    const std::string text = TickOf(plot, ticks, tick);
    const double half = kLetter * static_cast<double>(text.size()) / 2;
    AppendSvgLine(x, bottom, x, bottom + 5, "stroke=\"#000\"", svg);
    if (x - half < free_from) continue;
    AppendSvgText(x, bottom + 19, "middle", text, svg);
    free_from = x + half + 6;
  }
  AppendSvgText((axis.begin + axis.end) / 2, bottom + 40, "middle",
                plot.x_title, svg);
  const double y = bottom + 66;
  double x = axis.begin;
  const auto key = [&](const char* fill, const char* stroke,
                       const std::string& text) {
    absl::StrAppend(&svg, "<circle cx=\"", SvgNumber(x + 5), "\" cy=\"",
                    SvgNumber(y - 4), "\" r=\"4\" fill=\"", fill,
                    "\" stroke=\"", stroke, "\"/>\n");
    AppendSvgText(x + 15, y, "start", text, svg);
    x += 36 + 0.95 * kLetter * static_cast<double>(text.size());
  };
  key("#0072B2", "none", plot.estimate_name);
  key("#D55E00", "none",
      absl::StrCat("interval without ", plot.reference_name));
  if (HasOwn(plot)) key("#fff", "#777", "its own estimate");
  if (!plot.note.empty()) {
    AppendSvgText(12, y + 24, "start", plot.note, svg);
  }
}

}  // namespace

void CaterpillarPlot::Arrange() {
  std::erase_if(rows, [](const CaterpillarRow& row) {
    return !std::isfinite(row.estimate) || !std::isfinite(row.lower) ||
           !std::isfinite(row.upper);
  });
  std::sort(rows.begin(), rows.end(),
            [](const CaterpillarRow& a, const CaterpillarRow& b) {
              return std::tie(a.estimate, a.label) <
                     std::tie(b.estimate, b.label);
            });
}

std::string CaterpillarPlot::Svg() const {
  PlotAxis axis = CaterpillarAxis(*this);
  const bool is_named = rows.size() <= kNamedRows;
  size_t widest = 0;
  for (const CaterpillarRow& row : rows) {
    widest = std::max(widest, WidthOf(ShortLabel(row.label)));
  }
  widest = std::max(widest, y_title.size());
  axis.begin = is_named ? 30 + kLetter * static_cast<double>(widest) : 40;
  axis.begin = std::max(axis.begin, 60.0);
  axis.end = kCaterpillarRight;
  const auto n = static_cast<double>(rows.size());
  const double step = is_named ? kNamedRow : kHeightWithoutNames / n;
  const double bottom = kCaterpillarTop + step * n + 8;
  std::string svg =
      SvgPage(kCaterpillarWidth, bottom + (note.empty() ? 78 : 102));
  const double mean = PageX(*this, axis, reference);
  AppendSvgLine(mean, kCaterpillarTop - 8, mean, bottom,
                "class=\"mean\" stroke=\"#000\" stroke-dasharray=\"4 3\"", svg);
  AppendSvgText(is_named ? axis.begin - 12 : axis.begin, kCaterpillarTop - 12,
                is_named ? "end" : "start", y_title, svg);
  for (size_t i = 0; i < rows.size(); ++i) {
    // From below, as an axis rises.
    const double y = bottom - 8 - step * (static_cast<double>(i) + 0.5);
    AppendCaterpillarRow(*this, axis, rows[i], y, is_named, svg);
  }
  AppendCaterpillarAxis(*this, axis, bottom, svg);
  return svg + "</svg>\n";
}

namespace {

// Of what stands to the right of the rows, and its distance from them.
size_t WidestBeside(const CaterpillarPlot& plot) {
  size_t widest = 0;
  for (const CaterpillarRow& row : plot.rows) {
    if (!row.beside.empty()) widest = std::max(widest, WidthOf(row.beside) + 2);
  }
  return widest;
}

}  // namespace

std::string CaterpillarPlot::Text() const {
  size_t widest = 0;
  for (const CaterpillarRow& row : rows) {
    widest = std::max(widest, WidthOf(ShortLabel(row.label)));
  }
  widest = std::max(widest, WidthOf(y_title));
  const size_t taken = widest + 2 + WidestBeside(*this);
  const size_t screen = TextPlotWidth();
  const size_t width = screen > taken + 20 ? screen - taken : 20;
  PlotAxis axis = CaterpillarAxis(*this);
  axis.end = static_cast<double>(width - 1);
  const auto column = [&](double value) {
    return static_cast<size_t>(std::lround(PageX(*this, axis, value)));
  };
  std::string text;
  if (!y_title.empty()) {
    absl::StrAppend(&text, std::string(widest - WidthOf(y_title), ' '), y_title,
                    "\n");
  }
  for (size_t i = rows.size(); i-- > 0;) {
    if (rows.size() > kTextRows && i >= kTextRows / 2 &&
        i < rows.size() - kTextRows / 2) {
      if (i == kTextRows / 2) {
        absl::StrAppend(&text, "... ", rows.size() - kTextRows,
                        " between are in the table ...\n");
      }
      continue;
    }
    const CaterpillarRow& row = rows[i];
    std::string line(width, ' ');
    line[column(reference)] = '|';
    for (size_t c = column(row.lower); c <= column(row.upper); ++c) {
      line[c] = row.has_point ? '-' : '=';
    }
    if (row.own.has_value()) line[column(*row.own)] = 'o';
    if (row.has_point) {
      line[column(row.estimate)] = IsApart(*this, row) ? '#' : '*';
    }
    if (!row.beside.empty()) absl::StrAppend(&line, "  ", row.beside);
    line.erase(line.find_last_not_of(' ') + 1);
    const std::string name = ShortLabel(row.label);
    absl::StrAppend(&text, std::string(widest - WidthOf(name), ' '), name, "  ",
                    line, "\n");
  }
  std::string rule(width, '-'), below(width + widest + 2, ' ');
  size_t free_from = 0;
  const std::vector<double> ticks = CaterpillarTicks(*this, axis);
  for (const double tick : ticks) {
    const std::string label = TickOf(*this, ticks, tick);
    const size_t place = column(tick);
    rule[place] = '+';
    const size_t start = widest + 2 + place - std::min(place, label.size() / 2);
    if (start < free_from || start + label.size() > below.size()) continue;
    below.replace(start, label.size(), label);
    free_from = start + label.size() + 1;
  }
  below.erase(below.find_last_not_of(' ') + 1);
  absl::StrAppend(&text, std::string(widest + 2, ' '), rule, "\n", below, "\n",
                  std::string(widest + 2, ' '), x_title, "\n* ", estimate_name,
                  "   # interval without ", reference_name,
                  HasOwn(*this) ? "   o its own estimate   | " : "   | ",
                  reference_name, "\n");
  return text;
}

}  // namespace enthesis::client
