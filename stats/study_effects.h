// What a study says of an effect, and how surely, from the counts or moments it
// reports: estimates and standard errors for a meta-analysis, as
// metafor::escalc of R.
// See: METHODS.md, "Effects of studies".

#ifndef ENTHESIS_STATS_STUDY_EFFECTS_H_
#define ENTHESIS_STATS_STUDY_EFFECTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "stats/event_rate.h"
#include "stats/two_by_two.h"

namespace enthesis::stats {

// Of two groups with an event or without.
enum class TableMeasure { kLogOddsRatio, kLogRiskRatio, kRiskDifference };

struct StudyEffect {
  std::optional<double> estimate, std_error;  // both or none
  bool is_corrected = false;                  // for a cell of 0
  std::string absence;                        // why there is none
};

// Mean, standard deviation and number of values, of a score or its change.
struct MeanSummary {
  double mean = 0, std_dev = 0;
  int64_t n = 0;
};

// `correction`, 0 or more, is added to every cell of a study with a cell of 0
// (escalc: add, to = "only0"); of rates to the events. With 0 such a study is
// absent where the effect or its error is not defined.
// Errors, of all: INVALID_ARGUMENT (counts and moments out of range; groups
// without subjects or exposure; a correction that is negative or not finite).
absl::StatusOr<StudyEffect> TableEffect(const TwoByTwo& table,
                                        TableMeasure measure,
                                        double correction);
// log odds of one share.
absl::StatusOr<StudyEffect> LogOddsEffect(int64_t events, int64_t n,
                                          double correction);
absl::StatusOr<StudyEffect> LogRateEffect(const RateCounts& counts,
                                          double correction);
absl::StatusOr<StudyEffect> LogRateRatioEffect(const RateCounts& group,
                                               const RateCounts& control,
                                               double correction);
// A mean, or mean change; the difference of two, each with its own variance.
absl::StatusOr<StudyEffect> MeanEffect(const MeanSummary& summary);
absl::StatusOr<StudyEffect> MeanDifferenceEffect(const MeanSummary& group,
                                                 const MeanSummary& control);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_STUDY_EFFECTS_H_
