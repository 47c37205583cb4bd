#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::CensoredInterval;
using analysis::IntervalCurve;

void SuppressCurve(IntervalCurve& curve) {
  analysis::Group label = std::move(curve.group);
  std::vector<analysis::SurvivalBounds> at = std::move(curve.at);
  curve = {};
  curve.group = std::move(label);
  for (analysis::SurvivalBounds& bounds : at) {
    bounds.lower.reset();
    bounds.upper.reset();
    bounds.absence = Absence::kSuppressed;
  }
  curve.at = std::move(at);
  curve.absence = curve.median_absence = Absence::kSuppressed;
}

// The three kinds sum to n: one that is too small takes all.
void ReleaseKinds(IntervalCurve& curve, int threshold) {
  if (!TooFew(curve.exact, threshold) &&
      !TooFew(curve.known_by_visit, threshold) &&
      !TooFew(curve.right_censored, threshold)) {
    return;
  }
  curve.exact.reset();
  curve.known_by_visit.reset();
  curve.right_censored.reset();
}

// Ends the curve where too few are observed: a mass there may be one case's.
void ReleaseIntervals(IntervalCurve& curve, int threshold) {
  const auto thin = std::find_if(curve.intervals.begin(), curve.intervals.end(),
                                 [threshold](const CensoredInterval& interval) {
                                   return interval.observed < threshold;
                                 });
  const bool ends = thin != curve.intervals.end();
  const int32_t cut =
      ends ? thin->left_day.value_or(0) : std::numeric_limits<int32_t>::max();
  curve.intervals.erase(thin, curve.intervals.end());
  if (ends) {
    // They speak of the end as well.
    curve.log_likelihood.reset();
    curve.max_violation.reset();
  }
  for (analysis::SurvivalBounds& bounds : curve.at) {
    if (bounds.observed >= threshold && (!ends || bounds.day < cut)) continue;
    bounds.lower.reset();
    bounds.upper.reset();
    bounds.absence = Absence::kSuppressed;
  }
  // As of a curve whose median was never reached.
  if (ends && curve.median_right_day > cut) {
    curve.median_left_day.reset();
    curve.median_right_day.reset();
    curve.median_absence = Absence::kNotReached;
  }
}

void ReleaseIntervalTest(const std::vector<IntervalCurve>& curves,
                         analysis::IntervalTest& test, int threshold) {
  const auto is_shown = [&curves](const analysis::IntervalTestGroup& group) {
    return std::any_of(curves.begin(), curves.end(),
                       [&group](const IntervalCurve& curve) {
                         return curve.group == group.group && curve.n;
                       });
  };
  const bool enough =
      test.groups.size() >= 2 &&
      std::all_of(test.groups.begin(), test.groups.end(), is_shown) &&
      std::all_of(test.groups.begin(), test.groups.end(),
                  [threshold](const analysis::IntervalTestGroup& group) {
                    return group.n.value_or(0) >= threshold;
                  });
  if (enough) return;
  test.groups.clear();
  test.chi_square.reset();
  test.p_value.reset();
  test.df.reset();
  if (test.absence == Absence::kNone) test.absence = Absence::kSuppressed;
}

}  // namespace

absl::StatusOr<Released<analysis::IntervalAnswer>> Release(
    analysis::IntervalAnswer answer, const Policy& policy) {
  const CohortParts parts = PartsOf(answer.provenance);
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    const int least = *policy.threshold;
    ReleaseRows(
        answer.curves, parts,
        [](const IntervalCurve& curve) { return curve.n; }, least,
        [](IntervalCurve& curve) { SuppressCurve(curve); },
        [least](IntervalCurve& curve) {
          ReleaseKinds(curve, least);
          ReleaseIntervals(curve, least);
        });
    WithholdExclusions(answer.provenance, answer.curves);
    ExplainLeftOut(parts, least, answer.provenance);
    if (answer.test.has_value()) {
      ReleaseIntervalTest(answer.curves, *answer.test, least);
    }
  }
  for (IntervalCurve& curve : answer.curves) {
    for (CensoredInterval& interval : curve.intervals) interval.observed = 0;
    for (analysis::SurvivalBounds& bounds : curve.at) bounds.observed = 0;
  }
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
