// Fine-Gray regression on three covariates in both conventions, variance
// included.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "stats/fine_gray.h"
#include "tests/bench/versus_r/columns.h"

namespace enthesis::versus_r {
namespace {

constexpr int kRepeats = 5;
constexpr size_t kColumns = 3;

double Fit(const Columns& columns, stats::FineGrayConvention convention) {
  stats::FineGrayRows rows;
  rows.times = columns.day;
  rows.causes = columns.event;
  stats::DesignMatrix design;
  design.n_rows = columns.n_rows;
  for (size_t c = 0; c < kColumns; ++c) {
    design.names.push_back("x" + std::to_string(c + 1));
    design.values.insert(design.values.end(), columns.x[c].begin(),
                         columns.x[c].end());
  }
  stats::FineGrayOptions options;
  options.convention = convention;
  const auto fit = stats::FitFineGray(rows, design, options);
  if (!fit.ok()) {
    std::fprintf(stderr, "versus_r: %s\n", fit.status().ToString().c_str());
    std::exit(1);
  }
  double figure = 0;
  for (const stats::Coefficient& coefficient : fit->coefficients) {
    figure += *coefficient.estimate + *coefficient.std_error;
  }
  return figure;
}

}  // namespace

std::vector<Timing> TimeFineGray(const Columns& columns,
                                 stats::ThreadPool& /*pool*/) {
  return {Time("crr, 3 covariates, whole days", kRepeats,
               [&] { return Fit(columns, stats::FineGrayConvention::kCrr); }),
          Time("finegray and coxph, 3 covariates, whole days", kRepeats, [&] {
            return Fit(columns, stats::FineGrayConvention::kFineGray);
          })};
}

}  // namespace enthesis::versus_r
