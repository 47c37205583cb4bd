// Estimates of sites with their intervals, lowest first, as a caterpillar plot
// in SVG or in characters: a dot for each, a ring for what the site itself has,
// where that is another figure.

#ifndef ENTHESIS_CLIENT_ANALYZE_CATERPILLAR_PLOT_H_
#define ENTHESIS_CLIENT_ANALYZE_CATERPILLAR_PLOT_H_

#include <optional>
#include <string>
#include <vector>

namespace enthesis::client {

struct CaterpillarRow {
  std::string label;
  double estimate = 0, lower = 0, upper = 0;
  std::optional<double> own = {};  // before it was drawn toward the mean
  bool has_point = true;           // else an interval alone
  std::string beside = {};         // figures, in characters only
};

struct CaterpillarPlot {
  std::string x_title;
  std::string y_title;  // what the rows are
  std::string note;     // below
  std::string estimate_name = "shrunken", reference_name = "the mean";
  double reference = 0;
  bool is_ratio = false;  // above 0, on a logarithmic axis
  std::vector<CaterpillarRow> rows;

  // Ascending, by name where equal, without rows that are beyond the range of
  // numbers.
  void Arrange();
  std::string Svg() const;
  std::string Text() const;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_CATERPILLAR_PLOT_H_
