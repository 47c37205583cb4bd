// Meta-analysis of up to 1,000 studies of 100 rows or more: REML with
// Hartung-Knapp limits, the Q profile of tau^2 and the prediction interval, and
// DerSimonian-Laird. Their estimates, means by study, are made before the
// clock.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "stats/meta_analysis.h"
#include "tests/bench/versus_r/columns.h"
#include "tests/bench/versus_r/model.h"

namespace enthesis::versus_r {
namespace {

constexpr int kMetaRepeats = 50;
constexpr size_t kMostStudies = 1000, kLeastRows = 100;

struct Studies {
  std::vector<double> means, errors;
};

// Study i has every k-th row; a wave by study is the variance between them.
Studies StudiesOf(const Columns& columns) {
  const size_t k = std::min(kMostStudies, columns.n_rows / kLeastRows);
  std::vector<double> n(k, 0), sums(k, 0), squares(k, 0);
  for (size_t i = 0; i < columns.n_rows; ++i) {
    const size_t study = (i + 1) % k;
    const double score =
        columns.x[4][i] + 0.02 * std::sin(static_cast<double>(study));
    n[study] += 1;
    sums[study] += score;
    squares[study] += score * score;
  }
  Studies studies;
  for (size_t s = 0; s < k; ++s) {
    const double mean = sums[s] / n[s];
    studies.means.push_back(mean);
    studies.errors.push_back(
        std::sqrt((squares[s] - n[s] * mean * mean) / (n[s] - 1) / n[s]));
  }
  return studies;
}

double RemlOf(const Studies& studies) {
  stats::MetaOptions options;
  options.hartung_knapp = true;
  const auto found =
      stats::EstimateMeta({studies.means, studies.errors}, options);
  const stats::MetaAnalysis& fit = FitOf(found);
  const auto k = static_cast<double>(fit.k);
  return fit.estimate + fit.std_error +
         k * (fit.tau_squared + fit.tau_squared_lower.value_or(0) +
              fit.tau_squared_upper.value_or(0)) +
         *fit.prediction_lower + *fit.prediction_upper +
         *fit.heterogeneity.chi_square / k;
}

double DerSimonianLairdOf(const Studies& studies) {
  stats::MetaOptions options;
  options.tau_squared = stats::TauSquared::kDerSimonianLaird;
  const auto found =
      stats::EstimateMeta({studies.means, studies.errors}, options);
  const stats::MetaAnalysis& fit = FitOf(found);
  return fit.estimate + fit.std_error + fit.tau_squared;
}

}  // namespace

std::vector<Timing> TimeMeta(const Columns& columns,
                             stats::ThreadPool& /*pool*/) {
  const Studies studies = StudiesOf(columns);
  return {Time("REML, Hartung-Knapp, Q profile, prediction", kMetaRepeats,
               [&] { return RemlOf(studies); }),
          Time("DerSimonian-Laird", kMetaRepeats,
               [&] { return DerSimonianLairdOf(studies); })};
}

}  // namespace enthesis::versus_r
