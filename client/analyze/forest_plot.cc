#include "client/analyze/forest_plot.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/caterpillar_plot.h"
#include "client/analyze/plot_axis.h"
#include "client/analyze/plot_labels.h"
#include "client/analyze/svg.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

constexpr double kForestWidth = 860;
constexpr double kPlotLeft = 210;
constexpr double kPlotRight = 590;
constexpr double kNamesLeft = 8;
constexpr double kLetterWide = 7.4;  // of 13 px Helvetica, on the wide side
constexpr double kTopEdge = 40;
constexpr double kRow = 22;
constexpr double kHalfSquare = 8;  // of a study with all the weight

// From estimates to the page; of ratios their logarithms, of a ratio of 0 the
// edge.
struct Axis {
  bool is_ratio = false;
  double low = 0, high = 1;
  double names = kNamesLeft;  // where the names of studies begin

  double PlaceOf(double value) const {
    return is_ratio ? std::log(value) : value;
  }
  void Take(std::optional<double> value) {
    if (!value.has_value() || (is_ratio && !(*value > 0))) return;
    low = std::min(low, PlaceOf(*value));
    high = std::max(high, PlaceOf(*value));
  }
  double X(double value) const {
    const double place = std::clamp(PlaceOf(value), low, high);
    return kPlotLeft + (kPlotRight - kPlotLeft) * (place - low) / (high - low);
  }
  std::vector<double> Ticks() const {
    return is_ratio ? RatioTicks(low, high) : TicksBetween(low, high, 5);
  }
};

// Everything that is drawn, and no effect.
Axis AxisOf(const ForestPlot& plot) {
  Axis axis;
  axis.is_ratio = plot.is_ratio;
  axis.low = axis.high = axis.PlaceOf(plot.no_effect);
  for (const ForestRow& study : plot.studies) {
    axis.Take(study.estimate);
    axis.Take(study.lower);
    axis.Take(study.upper);
  }
  axis.Take(plot.prediction_lower);
  axis.Take(plot.prediction_upper);
  if (!(axis.high > axis.low)) axis.high = axis.low + 1;
  const double margin = 0.04 * (axis.high - axis.low);
  axis.low -= margin;
  axis.high += margin;
  return axis;
}

std::string FiguresOf(const ForestRow& row) {
  std::string text = absl::StrFormat("%.2f", row.estimate);
  if (row.lower.has_value()) {
    absl::StrAppendFormat(&text, " (%.2f to %.2f)", *row.lower, *row.upper);
  }
  return text;
}

void AppendStudy(const ForestRow& study, const Axis& axis, double y,
                 std::string& svg) {
  AppendSvgText(axis.names, y + 4, "start", ShortLabel(study.label), svg);
  if (study.lower.has_value()) {
    AppendSvgLine(axis.X(*study.lower), y, axis.X(*study.upper), y,
                  "class=\"interval\" stroke=\"#000\"", svg);
  }
  const double half = kHalfSquare * std::sqrt(study.weight / 100) + 1;
  absl::StrAppend(&svg, "<rect class=\"study\" x=\"",
                  SvgNumber(axis.X(study.estimate) - half), "\" y=\"",
                  SvgNumber(y - half), "\" width=\"", SvgNumber(2 * half),
                  "\" height=\"", SvgNumber(2 * half),
                  "\" fill=\"#0072B2\"/>\n");
  AppendSvgText(kForestWidth - 70, y + 4, "end", FiguresOf(study), svg);
  AppendSvgText(kForestWidth - 8, y + 4, "end",
                absl::StrFormat("%.1f %%", study.weight), svg);
}

void AppendPooled(const ForestPlot& plot, const Axis& axis, double y,
                  std::string& svg) {
  const ForestRow& pooled = plot.pooled;
  AppendSvgText(axis.names, y + 4, "start", pooled.label, svg);
  AppendSvgText(kForestWidth - 70, y + 4, "end", FiguresOf(pooled), svg);
  const double x = axis.X(pooled.estimate);
  const double left = pooled.lower ? axis.X(*pooled.lower) : x - 4;
  const double right = pooled.upper ? axis.X(*pooled.upper) : x + 4;
  absl::StrAppend(&svg, "<path class=\"pooled\" d=\"M",
                  SvgNumber(std::max(left, kPlotLeft)), " ", SvgNumber(y), "L",
                  SvgNumber(x), " ", SvgNumber(y - 7), "L",
                  SvgNumber(std::min(right, kPlotRight)), " ", SvgNumber(y),
                  "L", SvgNumber(x), " ", SvgNumber(y + 7),
                  "Z\" fill=\"#D55E00\"/>\n");
  if (!plot.prediction_lower.has_value()) return;
  AppendSvgText(axis.names, y + kRow + 4, "start", "prediction interval", svg);
  AppendSvgText(kForestWidth - 70, y + kRow + 4, "end",
                absl::StrFormat("%.2f to %.2f", *plot.prediction_lower,
                                *plot.prediction_upper),
                svg);
  AppendSvgLine(axis.X(*plot.prediction_lower), y + kRow,
                axis.X(*plot.prediction_upper), y + kRow,
                "class=\"prediction\" stroke=\"#D55E00\" stroke-width=\"3\"",
                svg);
}

}  // namespace

std::string ForestPlot::Svg() const {
  Axis axis = AxisOf(*this);
  // Long names widen the page: what is right of them moves.
  size_t widest = 0;
  for (const ForestRow& study : studies) {
    widest = std::max(widest, WidthOf(ShortLabel(study.label)));
  }
  const double more =
      std::max(0.0, kNamesLeft + kLetterWide * static_cast<double>(widest) -
                        (kPlotLeft - kLetterWide));
  axis.names = kNamesLeft - more;
  const auto rows = static_cast<double>(studies.size());
  const double pooled_y = kTopEdge + kRow * (rows + 1);
  const double bottom = pooled_y + 2 * kRow;
  std::string svg = SvgPage(kForestWidth + more, bottom + 70);
  absl::StrAppend(&svg, "<g transform=\"translate(", SvgNumber(more),
                  " 0)\">\n");
  AppendSvgText(kForestWidth - 70, kTopEdge - 16, "end", "estimate (limits)",
                svg);
  AppendSvgText(kForestWidth - 8, kTopEdge - 16, "end", "weight", svg);
  AppendSvgLine(axis.X(no_effect), kTopEdge - 8, axis.X(no_effect), bottom,
                "stroke=\"#999\"", svg);
  AppendSvgLine(axis.X(pooled.estimate), kTopEdge - 8, axis.X(pooled.estimate),
                bottom, "stroke=\"#D55E00\" stroke-dasharray=\"3 3\"", svg);
  for (size_t i = 0; i < studies.size(); ++i) {
    AppendStudy(studies[i], axis, kTopEdge + kRow * static_cast<double>(i),
                svg);
  }
  AppendPooled(*this, axis, pooled_y, svg);
  AppendSvgLine(kPlotLeft, bottom, kPlotRight, bottom, "stroke=\"#000\"", svg);
  for (const double tick : axis.Ticks()) {
    AppendSvgLine(axis.X(tick), bottom, axis.X(tick), bottom + 5,
                  "stroke=\"#000\"", svg);
    AppendSvgText(axis.X(tick), bottom + 19, "middle",
                  absl::StrFormat("%.6g", tick), svg);
  }
  AppendSvgText((kPlotLeft + kPlotRight) / 2, bottom + 38, "middle", x_title,
                svg);
  if (!note.empty()) AppendSvgText(axis.names, bottom + 60, "start", note, svg);
  return svg + "</g></svg>\n";
}

// As a caterpillar plot in the order of the studies, the pooled estimate last.
std::string ForestPlot::Text() const {
  CaterpillarPlot plot;
  plot.x_title = x_title;
  plot.note = note;
  plot.estimate_name = "estimate";
  plot.reference_name = absl::StrCat(no_effect);
  plot.reference = no_effect;
  plot.is_ratio = is_ratio;
  const auto add = [&plot](const ForestRow& row) {
    CaterpillarRow& added = plot.rows.emplace_back();
    added.label = row.label;
    added.estimate = row.estimate;
    added.lower = row.lower.value_or(row.estimate);
    added.upper = row.upper.value_or(row.estimate);
    if (row.weight > 0) added.beside = absl::StrFormat("%5.1f %%", row.weight);
  };
  // Rows are drawn from below.
  if (prediction_lower.has_value() && prediction_upper.has_value()) {
    add({"prediction", pooled.estimate, prediction_lower, prediction_upper});
    plot.rows.back().has_point = false;
  }
  add(pooled);
  for (size_t i = studies.size(); i-- > 0;) add(studies[i]);
  return plot.Text();
}

}  // namespace enthesis::client
