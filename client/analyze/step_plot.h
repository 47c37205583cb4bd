// Step curves as a figure of journal quality in SVG: bands of intervals, marks
// at censorings, a table of numbers at risk under the time axis. Legible
// without color: curves differ in dashes and are named beside their legend. In
// characters for a terminal, too.

#ifndef ENTHESIS_CLIENT_ANALYZE_STEP_PLOT_H_
#define ENTHESIS_CLIENT_ANALYZE_STEP_PLOT_H_

#include <optional>
#include <string>
#include <vector>

#include "client/analyze/plot_looks.h"

namespace enthesis::client {

// The value from `time` on.
struct StepPoint {
  double time = 0;
  double value = 0;
  std::optional<double> lower, upper;
  double at_risk = 0;     // just before `time`
  bool censored = false;  // someone was censored here
};

struct StepCurve {
  std::string name;  // empty for a single curve
  double start = 1;  // value before the first point
  std::vector<StepPoint> points;
  // Numbers at risk at the ticks of the plot, as they are to be read; empty:
  // those of the points.
  std::vector<std::string> at_risk = {};
  // Of the group of the curve before, as another cause of it: what is at risk
  // stands there.
  bool same_group = false;
  // Of all groups together: in gray behind them.
  bool pooled = false;
};

struct StepPlot {
  std::vector<std::string> headings = {};  // above: the first says what it is
  std::string x_title = "Time";
  std::string y_title;
  std::string note;                // below, such as the test
  bool at_risk = true;             // with the table of numbers at risk
  std::vector<double> ticks = {};  // of time; empty: round numbers
  double low = 0, high = 1;        // of the values
  bool own_axis = false;           // chosen by who asks
  std::vector<StepCurve> curves;

  std::string Svg() const;
  // In characters: each curve with its mark, numbers at risk below.
  std::string Text() const;
  // The ticks, or round numbers up to the last time of a curve.
  std::vector<double> TimeTicks() const;
  // The title of the axis of values; says where one of shares that fall from 1
  // begins, unless with 0.
  std::string ValueTitle() const;
  // Of the last point of a curve, or 1.
  double EndTime() const;
};

// How curve `index` of `plot` is drawn.
Look CurveLook(const StepPlot& plot, size_t index);

// The numbers at risk of `curve` at `ticks`.
std::vector<std::string> AtRiskTexts(const StepCurve& curve,
                                     const std::vector<double>& ticks);

// About `wanted` round numbers from 0 to `end` and no further.
std::vector<double> RoundTicks(double end, int wanted);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_STEP_PLOT_H_
