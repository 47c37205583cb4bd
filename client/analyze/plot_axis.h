// Axes of a figure: from data to the page, round ticks, a frame with titles.

#ifndef ENTHESIS_CLIENT_ANALYZE_PLOT_AXIS_H_
#define ENTHESIS_CLIENT_ANALYZE_PLOT_AXIS_H_

#include <string>
#include <vector>

namespace enthesis::client {

struct PlotTick {
  double at = 0;
  std::string text;
};

// From `low`..`high` of the data to `begin`..`end` of the page; `end` may lie
// before `begin`, as upward.
struct PlotAxis {
  double low = 0, high = 1;
  double begin = 0, end = 1;
  std::string title = {};
  std::vector<PlotTick> ticks = {};  // empty: round numbers

  double At(double value) const {
    return begin + (end - begin) * (value - low) / (high - low);
  }
  bool Holds(double value) const { return value >= low && value <= high; }
};

// Round numbers from `low` to `high`, not many more than `wanted`.
std::vector<double> TicksBetween(double low, double high, int wanted);
// Ratios to mark on a logarithmic axis from exp(low) to exp(high).
std::vector<double> RatioTicks(double low, double high);
// As short as tells ticks of this `step` apart: "0.25", "1500".
std::string TickText(double tick, double step);

// Those of the axis, round numbers not many more than `wanted`.
std::vector<PlotTick> TicksOf(const PlotAxis& axis, int wanted);

// A line on the page.
void AppendSvgLine(double x1, double y1, double x2, double y2,
                   const char* style, std::string& svg);
// The axes at the left and below, with ticks and titles.
void AppendSvgAxes(const PlotAxis& x, const PlotAxis& y, std::string& svg);
// Makes `id` the area within the axes, for clip-path="url(#id)".
void AppendSvgClip(const PlotAxis& x, const PlotAxis& y, const char* id,
                   std::string& svg);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_PLOT_AXIS_H_
