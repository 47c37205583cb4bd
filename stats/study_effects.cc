#include "stats/study_effects.h"

#include <cmath>

#include "absl/status/status.h"
#include "stats/value_counts.h"

namespace enthesis::stats {
namespace {

absl::Status CheckCorrection(double correction) {
  if (correction >= 0 && std::isfinite(correction)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the correction must be 0 or more and finite");
}

absl::Status CheckSummary(const MeanSummary& summary) {
  if (!std::isfinite(summary.mean) || std::abs(summary.mean) > kValueMax) {
    return absl::InvalidArgumentError("a mean must be up to 1e140 in size");
  }
  if (!(summary.std_dev >= 0) || summary.std_dev > kValueMax) {
    return absl::InvalidArgumentError(
        "a standard deviation must be 0 or more, up to 1e140");
  }
  if (summary.n < 1) return absl::InvalidArgumentError("n must be 1 or more");
  return absl::OkStatus();
}

absl::Status CheckExposed(const RateCounts& counts) {
  const auto rate = EstimateRate(counts, 0.95);
  if (!rate.ok()) return rate.status();
  if (counts.exposure > 0) return absl::OkStatus();
  return absl::InvalidArgumentError("exposure must be above 0");
}

StudyEffect NoEffect(const char* why) {
  StudyEffect effect;
  effect.absence = why;
  return effect;
}

StudyEffect EffectOf(double estimate, double variance, bool is_corrected) {
  constexpr char kUndefinedEffect[] = "a count of 0 leaves it undefined";
  if (!std::isfinite(estimate) || !std::isfinite(variance)) {
    return NoEffect(kUndefinedEffect);
  }
  if (!(variance > 0)) return NoEffect("it has no error");
  StudyEffect effect;
  effect.estimate = estimate;
  effect.std_error = std::sqrt(variance);
  effect.is_corrected = is_corrected;
  return effect;
}

double VarianceOf(const MeanSummary& summary) {
  return summary.std_dev * summary.std_dev / static_cast<double>(summary.n);
}

}  // namespace

absl::StatusOr<StudyEffect> TableEffect(const TwoByTwo& table,
                                        TableMeasure measure,
                                        double correction) {
  absl::Status status = CheckTwoByTwo(table);
  if (status.ok()) status = CheckCorrection(correction);
  if (!status.ok()) return status;
  if (table.n == 0 || table.control_n == 0) {
    return absl::InvalidArgumentError("n must be 1 or more");
  }
  const bool corrected = correction > 0 && table.HasZeroCell();
  const double added = corrected ? correction : 0;
  const double a = static_cast<double>(table.events) + added;
  const double b = static_cast<double>(table.n - table.events) + added;
  const double c = static_cast<double>(table.control_events) + added;
  const double d =
      static_cast<double>(table.control_n - table.control_events) + added;
  const double n1 = a + b, n0 = c + d;
  switch (measure) {
    case TableMeasure::kLogOddsRatio:
      return EffectOf(std::log(a / b / (c / d)), 1 / a + 1 / b + 1 / c + 1 / d,
                      corrected);
    case TableMeasure::kLogRiskRatio:
      // 1/a - 1/n1 = b / (a n1), without cancellation.
      return EffectOf(std::log(a / n1 / (c / n0)), b / a / n1 + d / c / n0,
                      corrected);
    case TableMeasure::kRiskDifference:
      return EffectOf(a / n1 - c / n0,
                      a / n1 * (b / n1) / n1 + c / n0 * (d / n0) / n0,
                      corrected);
  }
  return absl::InvalidArgumentError("measure");
}

absl::StatusOr<StudyEffect> LogOddsEffect(int64_t events, int64_t n,
                                          double correction) {
  absl::Status status = CheckTwoByTwo({events, n, 0, 0});
  if (status.ok()) status = CheckCorrection(correction);
  if (!status.ok()) return status;
  if (n == 0) return absl::InvalidArgumentError("n must be 1 or more");
  const bool corrected = correction > 0 && (events == 0 || events == n);
  const double added = corrected ? correction : 0;
  const double hits = static_cast<double>(events) + added;
  const double misses = static_cast<double>(n - events) + added;
  return EffectOf(std::log(hits / misses), 1 / hits + 1 / misses, corrected);
}

absl::StatusOr<StudyEffect> LogRateEffect(const RateCounts& counts,
                                          double correction) {
  absl::Status status = CheckExposed(counts);
  if (status.ok()) status = CheckCorrection(correction);
  if (!status.ok()) return status;
  const bool corrected = correction > 0 && counts.events == 0;
  const double events =
      static_cast<double>(counts.events) + (corrected ? correction : 0);
  return EffectOf(std::log(events / counts.exposure), 1 / events, corrected);
}

absl::StatusOr<StudyEffect> LogRateRatioEffect(const RateCounts& group,
                                               const RateCounts& control,
                                               double correction) {
  absl::Status status = CheckExposed(group);
  if (status.ok()) status = CheckExposed(control);
  if (status.ok()) status = CheckCorrection(correction);
  if (!status.ok()) return status;
  const bool corrected =
      correction > 0 && (group.events == 0 || control.events == 0);
  const double added = corrected ? correction : 0;
  const double events = static_cast<double>(group.events) + added;
  const double others = static_cast<double>(control.events) + added;
  return EffectOf(
      std::log(events / group.exposure / (others / control.exposure)),
      1 / events + 1 / others, corrected);
}

absl::StatusOr<StudyEffect> MeanEffect(const MeanSummary& summary) {
  if (absl::Status status = CheckSummary(summary); !status.ok()) return status;
  return EffectOf(summary.mean, VarianceOf(summary), false);
}

absl::StatusOr<StudyEffect> MeanDifferenceEffect(const MeanSummary& group,
                                                 const MeanSummary& control) {
  absl::Status status = CheckSummary(group);
  if (status.ok()) status = CheckSummary(control);
  if (!status.ok()) return status;
  return EffectOf(group.mean - control.mean,
                  VarianceOf(group) + VarianceOf(control), false);
}

}  // namespace enthesis::stats
