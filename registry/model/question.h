// What a client asks of the registry, after the wire.

#ifndef ENTHESIS_REGISTRY_MODEL_QUESTION_H_
#define ENTHESIS_REGISTRY_MODEL_QUESTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/model/code_list.h"
#include "registry/model/dimension.h"
#include "registry/model/endpoint.h"
#include "registry/model/measure.h"
#include "registry/model/visits.h"

namespace enthesis::model {

// Cases whose value of `dimension` is one of `values` (or, for the site, of
// `sites`). A case matches a several-valued dimension by any of its values.
struct DimensionFilter {
  Dimension dimension = Dimension::kSite;
  std::vector<int32_t> values;
  std::vector<std::string> sites;

  bool operator==(const DimensionFilter&) const = default;
};

// And-ed across filters, or-ed within one. Each dimension at most once.
struct Cohort {
  std::vector<DimensionFilter> filters;

  bool operator==(const Cohort&) const = default;
};

// Scale on which the interval of a probability is symmetric.
enum class ConfidenceTransform : int32_t {
  kLogLog = 1,
  kLog = 2,
  kPlain = 3,
  kLogit = 4,
  kArcsin = 5,
};
extern const CodeList kConfidenceTransformCodes;  // "log-log", ...

// Tests of equal survival, by the weight of an event time (stats/rank_test.h).
enum class RankTestKind : int32_t {
  kLogRank = 1,
  kGehanBreslow = 2,
  kTaroneWare = 3,
  kPetoPeto = 4,
  kPetoPetoTextbook = 5,
  kFlemingHarrington = 6,
};
extern const CodeList kRankTestCodes;  // "log-rank", ...

enum class IncidenceVariance : int32_t { kAalen = 1, kJackknife = 2 };
extern const CodeList kIncidenceVarianceCodes;  // "aalen", "jackknife"

// What every question carries.
struct Question {
  Cohort cohort;
  std::optional<Dimension> group_by;  // absent: pooled
  std::optional<Dimension> then_by;   // groups by pairs of values
  std::optional<uint64_t> as_of;      // commit index; absent: the latest
  double conf_level = 0.95;
  // Groups of fewer cases take no part in a test between groups, so that it
  // tells nothing of them. Not asked: it is that of the policy in force.
  int64_t smallest_group = 1;
};

struct SurvivalQuestion : Question {
  Endpoint endpoint = Endpoint::kReoperation;  // not a return stage
  std::optional<ComplicationKind> complication;
  std::vector<int32_t> at_days;
  ConfidenceTransform transform = ConfidenceTransform::kLogLog;
  std::vector<double> quantiles;        // shares with the event, in (0, 1)
  std::optional<int32_t> mean_horizon;  // day up to which to take the mean
  std::optional<int32_t> landmark_day;  // only those at risk after this day
  // Of the groups.
  RankTestKind test = RankTestKind::kLogRank;
  double rho = 0, gamma = 0;        // of kFlemingHarrington
  std::optional<Dimension> strata;  // the test within each value of it
  bool trend = false;               // needs an ordered dimension
  bool pairwise = false;
};

// Interval-censored, so an endpoint that may be known by the visit alone.
struct IntervalQuestion : Question {
  Endpoint endpoint = Endpoint::kReturnSport;
  std::vector<int32_t> at_days;
};

// Of any endpoint, with what competes with it.
struct IncidenceQuestion : Question {
  Endpoint endpoint = Endpoint::kReoperation;
  std::optional<ComplicationKind> complication;
  std::vector<int32_t> at_days;
  ConfidenceTransform transform = ConfidenceTransform::kLogLog;
  IncidenceVariance variance = IncidenceVariance::kAalen;
  // Of Gray's test of the groups.
  double rho = 0;
  std::optional<Dimension> strata;
};

struct ReturnQuestion : Question {
  ReturnStage stage = ReturnStage::kSport;  // not kNone
  std::vector<int32_t> at_days;
  ConfidenceTransform transform = ConfidenceTransform::kLogLog;
};

struct ScoreQuestion : Question {
  Measure measure = Measure::kVisaA;
  std::vector<double> thresholds;  // empty: the measure's defaults
};

// A score between groups, which are required.
struct CompareQuestion : Question {
  Measure measure = Measure::kVisaA;
  Visit visit = Visit::k12Months;
  bool change = false;  // since baseline, instead of the level
};

struct DescribeQuestion : Question {
  bool baseline_table = false;
};

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_QUESTION_H_
