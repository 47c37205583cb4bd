#include "client/analyze/cusum_plot.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/plot_axis.h"
#include "client/analyze/plot_labels.h"
#include "client/analyze/svg.h"
#include "client/analyze/text_plot.h"

namespace enthesis::client {
namespace {

constexpr double kCusumWidth = 760;
constexpr double kCusumLeft = 84;
constexpr double kCusumRight = 692;  // the threshold is told beyond
constexpr double kCusumTop = 20;
constexpr double kPanelHeight = 230;
constexpr double kPanelGap = 66;
// Of a longer sequence each place on the page keeps its lowest and highest.
constexpr size_t kPlaces = 2600;
constexpr size_t kNamedSignals = 12;

using Points = std::vector<std::pair<double, double>>;

// Values by case, from 0 at case 0.
Points CasePoints(const std::vector<double>& values, double sign = 1) {
  Points points = {{0, 0}};
  const size_t n = values.size();
  const size_t width = std::max<size_t>(1, 2 * n / kPlaces);
  for (size_t start = 0; start < n; start += width) {
    const size_t end = std::min(n, start + width);
    const auto [low, high] =
        std::minmax_element(values.begin() + static_cast<std::ptrdiff_t>(start),
                            values.begin() + static_cast<std::ptrdiff_t>(end));
    auto first = low, second = high;
    if (second < first) std::swap(first, second);
    for (const auto at : {first, second}) {
      const auto index = static_cast<double>(at - values.begin()) + 1;
      if (points.back().first == index) continue;
      points.emplace_back(index, sign * *at);
    }
  }
  return points;
}

std::string PathOf(const Points& points, const PlotAxis& x, const PlotAxis& y) {
  std::string path;
  for (const auto& [at, value] : points) {
    absl::StrAppend(&path, path.empty() ? "M" : "L", SvgNumber(x.At(at)), " ",
                    SvgNumber(y.At(value)));
  }
  return path;
}

void AppendPath(const char* name, const Points& points, const PlotAxis& x,
                const PlotAxis& y, const char* style, std::string& svg) {
  absl::StrAppend(&svg, "<path class=\"", name, "\" d=\"", PathOf(points, x, y),
                  "\" fill=\"none\" ", style, "/>\n");
}

struct CusumAxes {
  PlotAxis x, cusum, vlad;
};

CusumAxes CusumAxesOf(const CusumPlot& plot) {
  const auto n = static_cast<double>(plot.cusum.size());
  double top = plot.threshold.value_or(0);
  for (const double value : plot.cusum) top = std::max(top, value);
  double low = 0, high = 0;
  for (size_t i = 0; i < plot.vlad.size(); ++i) {
    low = std::min({low, plot.vlad[i], -plot.limits[i]});
    high = std::max({high, plot.vlad[i], plot.limits[i]});
  }
  if (!(top > 0)) top = 1;
  if (!(high > low)) high = 1;
  const double margin = 0.06 * (high - low);
  const double bottom = kCusumTop + kPanelHeight;
  const double second = bottom + kPanelGap;
  return {{0, std::max(n, 1.0), kCusumLeft, kCusumRight, plot.x_title},
          {0, 1.08 * top, bottom, kCusumTop, plot.cusum_title},
          {low - margin, high + margin, second + kPanelHeight, second,
           plot.vlad_title}};
}

void AppendCusum(const CusumPlot& plot, const CusumAxes& axes,
                 std::string& svg) {
  const PlotAxis& x = axes.x;
  const PlotAxis& y = axes.cusum;
  AppendSvgAxes(x, y, svg);
  AppendPath("cusum", CasePoints(plot.cusum), x, y,
             plot.cusum.size() > kPlaces
                 ? "stroke=\"#0072B2\" stroke-width=\"0.6\""
                 : "stroke=\"#0072B2\" stroke-width=\"1.4\" "
                   "stroke-linejoin=\"round\"",
             svg);
  PlotLabels labels(x.begin, y.end, x.end, y.begin);
  if (plot.threshold.has_value()) {
    const double height = y.At(*plot.threshold);
    AppendSvgLine(x.begin, height, x.end, height,
                  "class=\"threshold\" stroke=\"#D55E00\" stroke-width=\"1.4\" "
                  "stroke-dasharray=\"6 4\"",
                  svg);
    AppendSvgText(x.end + 8, height + 4.5, "start",
                  absl::StrFormat("h = %.3g", *plot.threshold), svg);
  }
  // Of many signals the first has a name.
  const bool is_crowded = plot.signals.size() > kNamedSignals;
  const double radius = is_crowded ? 3 : 6;
  for (const size_t signal : plot.signals) {
    const double at = x.At(static_cast<double>(signal) + 1);
    const double height = y.At(plot.cusum[signal]);
    labels.Avoid(at, height, radius);
    absl::StrAppend(&svg, "<path class=\"signal\" d=\"M", SvgNumber(at), " ",
                    SvgNumber(height - radius), "L", SvgNumber(at + radius),
                    " ", SvgNumber(height), "L", SvgNumber(at), " ",
                    SvgNumber(height + radius), "L", SvgNumber(at - radius),
                    " ", SvgNumber(height), "Z\" fill=\"#D55E00\"/>\n");
  }
  for (const size_t signal : plot.signals) {
    labels.Append(x.At(static_cast<double>(signal) + 1),
                  y.At(plot.cusum[signal]), absl::StrCat("case ", signal + 1),
                  svg);
    if (is_crowded) break;
  }
}

void AppendVlad(const CusumPlot& plot, const CusumAxes& axes,
                std::string& svg) {
  const PlotAxis& x = axes.x;
  const PlotAxis& y = axes.vlad;
  AppendSvgAxes(x, y, svg);
  AppendSvgLine(x.begin, y.At(0), x.end, y.At(0),
                "stroke=\"#000\" stroke-width=\"0.8\"", svg);
  for (const double sign : {-1.0, 1.0}) {
    AppendPath("limits", CasePoints(plot.limits, sign), x, y,
               "stroke=\"#777\" stroke-dasharray=\"6 4\"", svg);
  }
  AppendPath("vlad", CasePoints(plot.vlad), x, y,
             "stroke=\"#0072B2\" stroke-width=\"1.4\" "
             "stroke-linejoin=\"round\"",
             svg);
}

Points Flat(double value, double end) { return {{0, value}, {end, value}}; }

}  // namespace

std::string CusumPlot::Svg() const {
  const CusumAxes axes = CusumAxesOf(*this);
  const double bottom = axes.vlad.begin;
  std::string svg = SvgPage(kCusumWidth, bottom + (note.empty() ? 56 : 80));
  AppendCusum(*this, axes, svg);
  AppendVlad(*this, axes, svg);
  if (!note.empty()) {
    AppendSvgText(kCusumLeft, bottom + 66, "start", note, svg);
  }
  return svg + "</svg>\n";
}

std::string CusumPlot::Text() const {
  const CusumAxes axes = CusumAxesOf(*this);
  constexpr size_t kTextPanelRows = 14;
  TextPlot above(axes.x.low, axes.x.high, axes.cusum.low, axes.cusum.high,
                 kTextPanelRows);
  if (threshold.has_value()) {
    above.Line(Flat(*threshold, axes.x.high), '-');
  }
  above.Line(CasePoints(cusum), '*');
  for (const size_t signal : signals) {
    above.Mark(static_cast<double>(signal) + 1, cusum[signal], '#');
  }
  TextPlot below(axes.x.low, axes.x.high, axes.vlad.low, axes.vlad.high,
                 kTextPanelRows);
  below.Line(Flat(0, axes.x.high), '-');
  below.Line(CasePoints(limits), '.');
  below.Line(CasePoints(limits, -1), '.');
  below.Line(CasePoints(vlad), '*');
  return absl::StrCat(
      above.Render(x_title, cusum_title), "- threshold   # signal\n\n",
      below.Render(x_title, vlad_title), ". limits by chance\n");
}

}  // namespace enthesis::client
