// Effects of sites shrunken toward their mean, as JSON, a table and a
// caterpillar plot.

#ifndef ENTHESIS_CLIENT_ANALYZE_SHRUNKEN_REPORT_H_
#define ENTHESIS_CLIENT_ANALYZE_SHRUNKEN_REPORT_H_

#include <string>
#include <vector>

#include "client/analyze/caterpillar_plot.h"
#include "client/analyze/json_value.h"
#include "client/analyze/report.h"
#include "stats/meta_analysis.h"
#include "stats/shrunken_effects.h"

namespace enthesis::client {

// The sites and what they are called. With `is_ratio` effects are logarithms,
// and ratios are shown, too.
struct ShrunkenSites {
  std::vector<std::string> labels;
  std::vector<JsonValue> keys;  // objects that figures are added to
  std::vector<double> estimates, std_errors;
  bool is_ratio = false;

  stats::StudyEffects effects() const { return {estimates, std_errors}; }
};

// `shrunken[]`, its table and its conventions.
void AddShrunken(const ShrunkenSites& sites, const stats::MetaAnalysis& meta,
                 Report& report);
// A table without rows, for its columns.
ReportTable ShrunkenTable();

// Lowest first.
CaterpillarPlot PlotShrunken(const ShrunkenSites& sites,
                             const stats::MetaAnalysis& meta,
                             const std::string& x_title,
                             const std::string& y_title);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_SHRUNKEN_REPORT_H_
