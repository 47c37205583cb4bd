// Sites beside their size within limits at 95 % and 99.8 %, as a funnel plot in
// SVG or in characters. Legible without color: what lies beyond limits has
// marks of its own and is named; one's own site has a ring.

#ifndef ENTHESIS_CLIENT_ANALYZE_FUNNEL_PLOT_H_
#define ENTHESIS_CLIENT_ANALYZE_FUNNEL_PLOT_H_

#include <optional>
#include <string>
#include <vector>

namespace enthesis::client {

struct FunnelMark {
  std::string label;
  double size = 0, estimate = 0;
  int level = 0;        // beyond no limits, of 95 % (1), of 99.8 % (2)
  double z = 0;         // of many beyond limits the furthest are named
  bool is_own = false;  // ringed and named, wherever it lies
};

struct FunnelLine {
  double size = 0;
  std::optional<double> lower95, upper95, lower998, upper998;
};

struct FunnelPlot {
  std::string x_title, y_title;
  std::string note;  // below, such as the overdispersion
  double target = 0;
  double ceiling = 0;          // of estimates: 1 of proportions; 0: none
  bool is_difference = false;  // estimates may lie below 0
  std::vector<FunnelMark> sites;
  std::vector<FunnelLine> limits;  // by size, ascending

  std::string Svg() const;
  std::string Text() const;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_FUNNEL_PLOT_H_
