// Kaplan-Meier estimate of survival from an event table.
// See: METHODS.md, "Kaplan-Meier".

#ifndef ENTHESIS_STATS_KAPLAN_MEIER_H_
#define ENTHESIS_STATS_KAPLAN_MEIER_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/event_table.h"

namespace enthesis::stats {

// Scale on which the interval of a survival probability is symmetric.
enum class IntervalTransform { kLogLog, kLog, kPlain, kLogit, kArcsin };

// What d tied events of n at risk add to the cumulative hazard.
enum class HazardTies {
  kNelsonAalen,        // d / n (survfit's ctype 1)
  kFlemingHarrington,  // 1/n + 1/(n-1) + ... + 1/(n-d+1) (ctype 2)
};

enum class SurvivalForm {
  kProductLimit,         // Kaplan-Meier (survfit's stype 1)
  kExponentiatedHazard,  // exp(-cumulative hazard) (stype 2)
};

struct KaplanMeierOptions {
  double conf_level = 0.95;  // in (0, 1)
  IntervalTransform transform = IntervalTransform::kLogLog;
  HazardTies hazard_ties = HazardTies::kNelsonAalen;
  SurvivalForm form = SurvivalForm::kProductLimit;
};

// The curve just after `time`; standard error and limits are absent where
// they are undefined (survival 0; with log-log, logit and arcsin also survival
// 1, which has no limits there).
struct SurvivalPoint {
  double time = 0;
  double at_risk = 0;  // just before `time`
  double events = 0;
  double censored = 0;
  double survival = 1;
  double cumulative_hazard = 0;     // ties as the options say
  std::optional<double> std_error;  // on the survival scale
  std::optional<double> lower, upper;
  double hazard_std_error = 0;  // of `cumulative_hazard`
};

// A quantile with its Brookmeyer-Crowley interval; absent where not reached.
struct TimeQuantile {
  double probability = 0.5;  // share with the event
  std::optional<double> estimate, lower, upper;
};

struct KaplanMeierCurve {
  double n = 0;
  double events = 0;
  std::vector<SurvivalPoint> points;  // one per distinct time of the table
  TimeQuantile median;
  KaplanMeierOptions options;
  // Standard errors by infinitesimal jackknife, a row a subject, and not by
  // Greenwood: case weights were not whole (survival_curves.h).
  bool robust = false;
};

// Input: a table with one cause (see CollapseCauses).
// Returns: points in time order, as survival::survfit lists them (which leaves
// out times at which subjects only enter; here they are listed).
// Errors: INVALID_ARGUMENT (table, confidence level), FAILED_PRECONDITION (no
// subjects).
// Cost: O(times).
absl::StatusOr<KaplanMeierCurve> EstimateKaplanMeier(
    const EventTable& table, const KaplanMeierOptions& options = {});

// The curve at each of `times`, in that order, as summary(survfit, times):
// the last step at or before it, with the number at risk just before it and
// the events and censorings of the last step's own time set to 0 between
// steps. Before the first time survival is 1 with both limits 1, whatever the
// scale. Absent beyond the last observed time, unless the curve is at 0, and
// for a time that is not finite.
std::vector<std::optional<SurvivalPoint>> SurvivalAt(
    const KaplanMeierCurve& curve, absl::Span<const double> times);

// Smallest time with survival <= 1 - probability; the midpoint of the flat
// piece where the curve sits exactly on it (within sqrt(machine epsilon)), as
// quantile.survfit. The limits are those of the curves of limits by the same
// rule. All absent for a probability outside [0, 1].
TimeQuantile SurvivalQuantile(const KaplanMeierCurve& curve,
                              double probability);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_KAPLAN_MEIER_H_
