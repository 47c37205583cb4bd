#include "stats/binary_prediction.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/design_matrix.h"
#include "stats/glm.h"
#include "stats/glm_rows.h"
#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

constexpr double kTiedPredictors = 1e-10;

double ProbabilityOf(double predictor) {
  if (predictor >= 0) return 1 / (1 + std::exp(-predictor));
  const double odds = std::exp(predictor);
  return odds / (1 + odds);
}

// Rows of one predictor.
struct TiedRows {
  double predictor = 0;  // the lowest
  LongSum events, others;

  double n() const { return events.high + others.high; }
};

std::vector<TiedRows> TieRows(const BinaryPredictions& rows) {
  std::vector<size_t> order;
  for (size_t i = 0; i < rows.response.size(); ++i) {
    if (rows.weights.empty() || rows.weights[i] > 0) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (rows.predictors[a] != rows.predictors[b]) {
      return rows.predictors[a] < rows.predictors[b];
    }
    return rows.response[a] < rows.response[b];
  });
  std::vector<TiedRows> ties;
  double previous = 0;
  for (size_t row : order) {
    const double predictor = rows.predictors[row];
    // Equal infinities differ by NaN.
    const bool apart =
        predictor != previous && !(predictor - previous <= kTiedPredictors);
    if (ties.empty() || apart) ties.emplace_back().predictor = predictor;
    previous = predictor;
    const double weight = rows.weights.empty() ? 1 : rows.weights[row];
    (rows.response[row] != 0 ? ties.back().events : ties.back().others)
        .Add(weight);
  }
  return ties;
}

std::optional<double> AreaUnderCurve(const std::vector<TiedRows>& ties) {
  LongSum below, won, events;
  for (const TiedRows& tied : ties) {
    won.AddProduct(tied.events.high, below.high);
    won.AddProduct(tied.events.high, tied.others.high / 2);
    below.Add(tied.others.high);
    events.Add(tied.events.high);
  }
  if (!(below.high > 0) || !(events.high > 0)) return std::nullopt;
  return won.high / below.high / events.high;
}

std::vector<PredictionGroup> GroupRows(const std::vector<TiedRows>& ties,
                                       size_t n_groups) {
  double total = 0;
  for (const TiedRows& tied : ties) total += tied.n();
  std::vector<PredictionGroup> groups;
  double passed = 0;
  size_t cut = 0;  // of n_groups - 1 inner ones, those passed
  bool begins = true;
  for (const TiedRows& tied : ties) {
    const double probability = ProbabilityOf(tied.predictor);
    if (begins) groups.emplace_back().lowest = probability;
    PredictionGroup& group = groups.back();
    group.n += tied.n();
    group.observed += tied.events.high;
    group.expected += tied.n() * probability;
    group.highest = probability;
    passed += tied.n();
    begins = false;
    while (cut + 1 < n_groups) {
      const double share =
          static_cast<double>(cut + 1) / static_cast<double>(n_groups);
      if (passed < std::floor((total - 1) * share) + 1) break;
      ++cut;
      begins = true;
    }
  }
  return groups;
}

ChiSquareTest HosmerLemeshow(const std::vector<PredictionGroup>& groups) {
  double chi_square = 0;
  for (const PredictionGroup& group : groups) {
    const double off = group.observed - group.expected;
    const double spread = group.expected * (1 - group.expected / group.n);
    if (spread > 0) chi_square += off * off / spread;
  }
  return MakeChiSquareTest(chi_square,
                           groups.size() > 2 ? groups.size() - 2 : 0);
}

// One coefficient of a logistic model; absent where it is infinite.
std::optional<double> CoefficientOf(const GlmRows& rows,
                                    const DesignMatrix& design, size_t which,
                                    ThreadPool* pool) {
  const auto fit = FitGlm(rows, design, {}, pool);
  if (!fit.ok() || which >= fit->coefficients.size()) return std::nullopt;
  return fit->coefficients[which].estimate;
}

}  // namespace

absl::StatusOr<BinaryAssessment> AssessBinaryPredictions(
    const BinaryPredictions& rows, size_t n_groups, ThreadPool* pool) {
  const size_t n = rows.response.size();
  if (n_groups < 2) {
    return absl::InvalidArgumentError("at least two groups are needed");
  }
  if (rows.predictors.size() != n) {
    return absl::InvalidArgumentError(
        "responses and predictors have different numbers of rows");
  }
  const GlmRows outcome = {rows.response, rows.weights, {}, {}};
  const absl::Status status = CheckGlmRows(outcome, GlmFamily::kLogistic);
  if (!status.ok()) return status;
  const std::vector<TiedRows> ties = TieRows(rows);
  if (ties.empty()) {
    return absl::FailedPreconditionError("no rows of positive weight");
  }
  BinaryAssessment assessment;
  assessment.auc = AreaUnderCurve(ties);
  LongSum brier, weight;
  for (const TiedRows& tied : ties) {
    const double event = ProbabilityOf(tied.predictor);
    const double other = ProbabilityOf(-tied.predictor);
    brier.AddProduct(other * other, tied.events.high);
    brier.AddProduct(event * event, tied.others.high);
    weight.Add(tied.n());
  }
  assessment.brier = brier.high / weight.high;
  assessment.groups = GroupRows(ties, n_groups);
  assessment.hosmer_lemeshow = HosmerLemeshow(assessment.groups);
  if (std::isfinite(ties.front().predictor) &&
      std::isfinite(ties.back().predictor)) {
    GlmRows shifted = outcome;
    shifted.offsets = rows.predictors;
    assessment.calibration_intercept = CoefficientOf(shifted, {}, 0, pool);
    DesignMatrix design;
    design.n_rows = n;
    design.names = {"predictor"};
    design.values.assign(rows.predictors.begin(), rows.predictors.end());
    assessment.calibration_slope = CoefficientOf(outcome, design, 1, pool);
  }
  return assessment;
}

}  // namespace enthesis::stats
