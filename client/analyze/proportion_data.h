// Events of groups and strata of a data file, as counts.

#ifndef ENTHESIS_CLIENT_ANALYZE_PROPORTION_DATA_H_
#define ENTHESIS_CLIENT_ANALYZE_PROPORTION_DATA_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/analyze/frame.h"
#include "client/analyze/methods.h"
#include "client/analyze/time_data.h"
#include "stats/event_rate.h"
#include "stats/mantel_haenszel.h"
#include "stats/two_by_two.h"

namespace enthesis::client {

struct ProportionData {
  Groups groups, strata;
  size_t reference = 0;                   // group that others are compared with
  stats::GroupCounts counts;              // of all strata
  std::vector<stats::GroupCounts> table;  // by stratum; empty without --strata
  std::vector<double> exposures;          // by group; empty without --exposure

  size_t n_groups() const { return counts.n.size(); }
  // Group g beside the reference.
  stats::TwoByTwo Pair(size_t g) const;
  std::vector<stats::TwoByTwo> Pairs(size_t g) const;  // by stratum
  stats::RateCounts Rate(size_t g) const;
};

// The columns that --event, --by, --strata, --weights and --exposure name.
absl::StatusOr<std::vector<std::string>> ProportionColumns(
    const AnalyzeOptions& options);

// INVALID_ARGUMENT names what is not a count by line, or a --reference that is
// no group.
absl::StatusOr<ProportionData> CountGroups(const AnalyzeOptions& options,
                                           const Frame& frame, Report& report);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_PROPORTION_DATA_H_
