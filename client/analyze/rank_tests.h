// The tests of `enthesis analyze survival`: rank tests of the groups, of pairs
// and for trend.

#ifndef ENTHESIS_CLIENT_ANALYZE_RANK_TESTS_H_
#define ENTHESIS_CLIENT_ANALYZE_RANK_TESTS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/analyze/methods.h"
#include "client/analyze/time_data.h"
#include "stats/event_columns.h"
#include "stats/multiple_comparisons.h"
#include "stats/rank_test.h"

namespace enthesis::client {

// What is done to the p of pairs of groups, and how it is said.
struct PairAdjustment {
  stats::PAdjustment method = stats::PAdjustment::kHolm;
  std::string by;
};

// What --test, --rho, --gamma and --adjust ask for.
struct TestFlag {
  std::string name;
  stats::RankTestOptions options;
  PairAdjustment pairs;
};
absl::StatusOr<TestFlag> ReadTest(const AnalyzeOptions& options);

// Adds the test of the groups, where there are two or more, and what
// --pairwise and --trend ask for; with a landmark, of those at risk after it.
absl::Status AddRankTests(const AnalyzeOptions& options, const TestFlag& flag,
                          const TimeData& data,
                          const stats::EventColumns& columns,
                          std::optional<double> landmark, Report& report);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_RANK_TESTS_H_
