// Aalen-Johansen cumulative incidence of each cause under competing risks.
// Equal to cmprsk::cuminc, variance included; with the jackknife variance to
// survival::survfit of several states.
// See: METHODS.md, "Cumulative incidence".

#ifndef ENTHESIS_STATS_CUMULATIVE_INCIDENCE_H_
#define ENTHESIS_STATS_CUMULATIVE_INCIDENCE_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/event_table.h"
#include "stats/kaplan_meier.h"

namespace enthesis::stats {

enum class IncidenceVariance {
  kAalen,      // Aalen (1978), as cmprsk::cuminc
  kJackknife,  // infinitesimal jackknife, as survival::survfit
};

struct IncidenceOptions {
  double conf_level = 0.95;
  // kLogLog: limits symmetric on log(-log(1 - F)); kLog on log(1 - F); kPlain.
  IntervalTransform transform = IntervalTransform::kLogLog;
  IncidenceVariance variance = IncidenceVariance::kAalen;
};

struct IncidencePoint {
  double time = 0;
  double at_risk = 0;  // just before `time`
  double events = 0;   // of this cause at `time`
  double incidence = 0;
  std::optional<double> std_error;  // as the options say
  std::optional<double> lower, upper;
};

struct CumulativeIncidence {
  double n = 0;
  // [cause][point]; one point per distinct time of the table.
  std::vector<std::vector<IncidencePoint>> causes;
  IncidenceOptions options;
};

// Counts are subjects, each of weight 1, in the jackknife too; case weights and
// late entry take rows there (incidence_curves.h).
// Errors: INVALID_ARGUMENT (table, level; jackknife with late entry),
// FAILED_PRECONDITION (no subjects).
// Cost: O(times x causes).
absl::StatusOr<CumulativeIncidence> EstimateCumulativeIncidence(
    const EventTable& table, const IncidenceOptions& options = {});

// The curve of one cause (from 0) at each of `times`; absent beyond the last
// observed time, as cmprsk::timepoints, and for a cause out of range. `at_risk`
// is the number at risk just before the time asked, `events` those at that very
// time. Before the first time the incidence is 0 with both limits 0.
std::vector<std::optional<IncidencePoint>> IncidenceAt(
    const CumulativeIncidence& curve, int cause,
    absl::Span<const double> times);

// First time at which the incidence of `cause` reaches `level` (within
// sqrt(machine epsilon), as for a survival quantile); absent when it never
// does. No midpoint: this is a time at which something happened.
std::optional<double> FirstTimeAtIncidence(const CumulativeIncidence& curve,
                                           int cause, double level);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_CUMULATIVE_INCIDENCE_H_
