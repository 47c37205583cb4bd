// The first stage of a search for outliers among components or sites, by rates
// of events: the rule of the Australian Orthopaedic Association National Joint
// Replacement Registry. What it finds is looked at by people.
// See: METHODS.md, "Indirect standardization".

#ifndef ENTHESIS_STATS_OUTLIER_SCREEN_H_
#define ENTHESIS_STATS_OUTLIER_SCREEN_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace enthesis::stats {

// Primaries, their revisions (whole numbers) and component-years of a group.
struct ScreenedGroup {
  double cases = 0, events = 0, exposure = 0;
};

// Of a group against all groups; without itself where it has more than a
// quarter of all cases.
struct OutlierScreen {
  bool is_left_out = false;  // of its own comparison
  // Events by 100 of exposure. Absent without exposure.
  std::optional<double> rate, comparator_rate;
  std::optional<double> rate_ratio;  // absent where the comparison has no event
  // Of that many events or more, Poisson, where the group has the rate of the
  // comparison, which is taken as known.
  std::optional<double> p_value;
  // Rate above twice the comparison's, p below 0.05, and 10 cases, or 75 % of
  // them with an event and two events.
  std::optional<bool> is_outlier;
};

// Errors: INVALID_ARGUMENT "group N: ..." for events above cases, counts that
// are no whole number from 0 to 2^53, an exposure that is negative or not
// finite.
absl::StatusOr<std::vector<OutlierScreen>> ScreenOutliers(
    absl::Span<const ScreenedGroup> groups);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_OUTLIER_SCREEN_H_
