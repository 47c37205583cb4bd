// A risk-adjusted CUSUM with its threshold and signals above the variable
// life-adjusted display of the same cases, in SVG or in characters.

#ifndef ENTHESIS_CLIENT_ANALYZE_CUSUM_PLOT_H_
#define ENTHESIS_CLIENT_ANALYZE_CUSUM_PLOT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace enthesis::client {

struct CusumPlot {
  std::string x_title, cusum_title, vlad_title;
  std::string note;  // below
  std::optional<double> threshold;
  std::vector<double> cusum;         // by case
  std::vector<size_t> signals;       // cases, from 0: the first of each row
  std::vector<double> vlad, limits;  // limits: how far by chance

  std::string Svg() const;
  std::string Text() const;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_CUSUM_PLOT_H_
