#include "stats/cusum.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

absl::Status CheckCusumCases(const CusumCases& cases) {
  if (cases.outcome.size() != cases.expected.size()) {
    return absl::InvalidArgumentError("outcome and expected differ in number");
  }
  if (cases.outcome.empty()) return absl::FailedPreconditionError("no cases");
  for (size_t i = 0; i < cases.outcome.size(); ++i) {
    if (cases.outcome[i] != 0 && cases.outcome[i] != 1) {
      return absl::InvalidArgumentError(absl::StrCat(
          "row ", i, ", outcome ", cases.outcome[i], ": allowed: 0 or 1"));
    }
    if (!(cases.expected[i] >= 0 && cases.expected[i] <= 1)) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", i, ", expected ", cases.expected[i],
                       ": allowed: a probability from 0 to 1"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckOddsRatio(double odds_ratio) {
  if (odds_ratio >= 0.001 && odds_ratio <= 1000 && odds_ratio != 1) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("the odds ratio is ", odds_ratio,
                   "; allowed: from 0.001 to 1000, but not 1"));
}

absl::Status CheckThreshold(double threshold) {
  if (threshold > 0 && threshold <= 1000) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the threshold is ", threshold, "; allowed: above 0, up to 1000"));
}

double CusumWeight(double probability, bool has_event, double odds_ratio) {
  const double none = -std::log1p(probability * (odds_ratio - 1));
  return has_event ? std::log(odds_ratio) + none : none;
}

absl::StatusOr<std::vector<CusumPoint>> RunCusum(const CusumCases& cases,
                                                 const CusumOptions& options) {
  absl::Status status = CheckOddsRatio(options.odds_ratio);
  if (status.ok() && options.threshold.has_value()) {
    status = CheckThreshold(*options.threshold);
  }
  if (status.ok()) status = CheckCusumCases(cases);
  if (!status.ok()) return status;
  std::vector<CusumPoint> points(cases.outcome.size());
  double before = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    const double weight = CusumWeight(cases.expected[i], cases.outcome[i] == 1,
                                      options.odds_ratio);
    points[i].value = std::max(0.0, before + weight);
    points[i].signals =
        options.threshold.has_value() && points[i].value > *options.threshold;
    before = points[i].signals && options.resets ? 0 : points[i].value;
  }
  return points;
}

absl::StatusOr<std::vector<VladPoint>> RunVlad(const CusumCases& cases) {
  if (absl::Status status = CheckCusumCases(cases); !status.ok()) {
    return status;
  }
  std::vector<VladPoint> points(cases.outcome.size());
  LongSum value, variance;
  for (size_t i = 0; i < points.size(); ++i) {
    const double p = cases.expected[i];
    value.Add(p);
    value.Add(-cases.outcome[i]);
    variance.AddProduct(p, 1 - p);
    points[i] = {value.high, std::sqrt(variance.high)};
  }
  return points;
}

}  // namespace enthesis::stats
