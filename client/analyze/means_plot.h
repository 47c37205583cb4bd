// Means over visits by group, each with its interval, in SVG or in characters.

#ifndef ENTHESIS_CLIENT_ANALYZE_MEANS_PLOT_H_
#define ENTHESIS_CLIENT_ANALYZE_MEANS_PLOT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace enthesis::client {

struct PlottedMean {
  size_t visit = 0;  // place among the visits
  double estimate = 0;
  std::optional<double> lower, upper;
};

struct MeansSeries {
  std::string label;  // of the group
  std::vector<PlottedMean> means;
};

struct MeansPlot {
  std::string x_title, y_title;
  std::string note;  // below
  std::vector<std::string> visits;
  // Where they stand; empty: as far apart as their numbers are, where all are
  // numbers that leave room for names, else equally far.
  std::vector<double> places;
  std::vector<MeansSeries> series;

  std::string Svg() const;
  std::string Text() const;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_MEANS_PLOT_H_
