// Fine-Gray regression on three covariates in both conventions, variance
// included.

#include <vector>

#include "stats/fine_gray.h"
#include "tests/bench/versus_r/columns.h"
#include "tests/bench/versus_r/model.h"

namespace enthesis::versus_r {
namespace {

constexpr int kRepeats = 5;
constexpr size_t kColumns = 3;

double Fit(const Columns& columns, stats::FineGrayConvention convention) {
  stats::FineGrayRows rows;
  rows.times = columns.day;
  rows.causes = columns.event;
  const stats::DesignMatrix design = CovariatesOf(columns, kColumns);
  stats::FineGrayOptions options;
  options.convention = convention;
  const auto fit = stats::FitFineGray(rows, design, options);
  return SumOfEstimates(FitOf(fit));
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
