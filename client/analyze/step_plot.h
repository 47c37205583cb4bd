// Step curves as a figure of journal quality in SVG: bands of intervals, marks
// at censorings, a table of numbers at risk under the time axis. Legible
// without color: curves differ in dashes and are named beside their legend.

#ifndef ENTHESIS_CLIENT_ANALYZE_STEP_PLOT_H_
#define ENTHESIS_CLIENT_ANALYZE_STEP_PLOT_H_

#include <optional>
#include <string>
#include <vector>

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
};

struct StepPlot {
  std::string x_title = "Time";
  std::string y_title;
  std::string note;     // below, such as the test
  bool at_risk = true;  // with the table of numbers at risk
  std::vector<StepCurve> curves;

  std::string Svg() const;
};

// About `wanted` round numbers from 0 to `end` and no further.
std::vector<double> RoundTicks(double end, int wanted);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_STEP_PLOT_H_
