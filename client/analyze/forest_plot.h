// Studies and what they are pooled to, as a forest plot in SVG or in
// characters: a square for each, as large as its weight, on its interval; a
// diamond for the pooled estimate and a bar for the prediction interval;
// figures beside them.

#ifndef ENTHESIS_CLIENT_ANALYZE_FOREST_PLOT_H_
#define ENTHESIS_CLIENT_ANALYZE_FOREST_PLOT_H_

#include <optional>
#include <string>
#include <vector>

namespace enthesis::client {

struct ForestRow {
  std::string label;
  double estimate = 0;
  std::optional<double> lower, upper;
  double weight = 0;  // percent
};

struct ForestPlot {
  std::string x_title;
  std::string note;  // below, such as Q and tau^2
  std::vector<ForestRow> studies;
  ForestRow pooled;  // without weight
  std::optional<double> prediction_lower, prediction_upper;
  double no_effect = 0;   // 1 of ratios
  bool is_ratio = false;  // above 0, on a logarithmic axis

  std::string Svg() const;
  std::string Text() const;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_FOREST_PLOT_H_
