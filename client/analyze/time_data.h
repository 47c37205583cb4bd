// Times, events, entries, weights, groups and strata of a data file, as the
// methods on times to events take them.

#ifndef ENTHESIS_CLIENT_ANALYZE_TIME_DATA_H_
#define ENTHESIS_CLIENT_ANALYZE_TIME_DATA_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/analyze/frame.h"
#include "client/analyze/json_value.h"
#include "client/analyze/methods.h"
#include "stats/kaplan_meier.h"

namespace enthesis::client {

// "--event COLUMN" or "--event COLUMN=VALUE", as SplitAssignment reads it.
struct EventFlag {
  std::string column, value;
};
absl::StatusOr<EventFlag> ParseEvent(const std::string& event);
// 1 for the value of the flag, else for all that is not 0 or FALSE, by row; 0
// otherwise. Warns where no row is an event, or every one.
absl::StatusOr<std::vector<int>> ReadEvents(const Frame& frame,
                                            const EventFlag& flag,
                                            Report& report);

// Rows by group: the combinations of the columns of --by that occur, in the
// order of their levels.
struct Groups {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> labels;  // [group][column]
  std::vector<int> codes;                        // by row; empty: one group

  int n_groups() const;
  JsonValue Json(size_t group) const;    // {"arm": "B"}
  std::string Name(size_t group) const;  // "arm=B"; "all" for one group
};
Groups MakeGroups(const Frame& frame, const std::string& by);

// FAILED_PRECONDITION where no row is left to analyze.
absl::Status CheckRows(const Frame& frame);

struct TimeData {
  std::vector<double> times;
  std::vector<int> events;  // 0 censored, 1.. the cause
  std::vector<std::string> causes;
  std::vector<double> entries;  // empty: none
  std::vector<double> weights;  // empty: 1
  std::vector<int> strata;      // empty: one
  int n_strata = 1;
  Groups groups;
};

// The columns that --time, --event, --entry, --weights, --by and --strata name.
// INVALID_ARGUMENT when --time or --event is missing.
absl::StatusOr<std::vector<std::string>> TimeColumns(
    const AnalyzeOptions& options);

// One cause: any event (--event COLUMN: not 0), or that of --event
// COLUMN=VALUE.
absl::StatusOr<TimeData> ReadTimeData(const AnalyzeOptions& options,
                                      const Frame& frame, Report& report);
// Each value of --event but the one that censors (0, or --censored) is a cause,
// in the order of levels; none where every row is censored, which is warned of.
absl::StatusOr<TimeData> ReadCauses(const AnalyzeOptions& options,
                                    const Frame& frame, Report& report);

absl::StatusOr<stats::IntervalTransform> ParseTransform(
    const std::string& conf_type);

// {"estimate", "lower", "upper"}, absent figures left out.
JsonValue EstimateJson(std::optional<double> estimate,
                       std::optional<double> lower,
                       std::optional<double> upper);

// A number given to `flag`.
absl::StatusOr<double> ParseFlagNumber(const std::string& text,
                                       const char* flag);

// Columns used, each once; empty names are left out.
std::vector<std::string> WithoutEmpty(std::vector<std::string> names);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_TIME_DATA_H_
