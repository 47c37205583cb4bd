// From columns to count tables, in one pass per question: the tables are all
// that a statistic needs, and cost nothing per case afterwards.
//
// Results come in group order; groups without a case are left out. Sums are
// whole numbers, so the same for any order of rows and number of threads.
// Errors of every function: CANCELLED when `stop` was requested (noticed within
// one chunk of 64 Ki rows).
// Threads: safe; passes run on `pool`.

#ifndef ENTHESIS_REGISTRY_COHORT_TABULATE_H_
#define ENTHESIS_REGISTRY_COHORT_TABULATE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "registry/cohort/selection.h"
#include "registry/cohort/snapshot.h"
#include "registry/model/covariate.h"
#include "registry/model/endpoint.h"
#include "registry/model/measure.h"
#include "registry/model/visits.h"
#include "stats/event_table.h"
#include "stats/parallel.h"
#include "stats/score_table.h"

namespace enthesis::cohort {

// What a pass runs over and with.
struct Pass {
  const Snapshot& snapshot;
  const Selection& selection;
  const Grouping& grouping;
  stats::ThreadPool& pool;
  std::stop_token stop;
};

// The cohort as a whole, whatever the grouping; each case once.
struct CohortCounts {
  int64_t n_cases = 0;
  int64_t n_sites = 0;  // with a case
  int64_t n_synthetic = 0;
  int64_t n_athletes = 0;
  int64_t n_osteotomies = 0;
};
absl::StatusOr<CohortCounts> CountCases(const Pass& pass);

// Cases without the measure at any visit, whatever the grouping.
absl::StatusOr<int64_t> CountWithoutScore(const Pass& pass,
                                          model::Measure measure);

// Time to an endpoint of one group.
struct EventGroup {
  size_t group = 0;
  int64_t n_cases = 0;           // of the group, the next ones included
  int64_t outside_risk_set = 0;  // not in the table
  // Causes: the event, then model::CompetingExits of the endpoint.
  stats::EventTable table;
  // Return stages only.
  int64_t known_by_visit = 0;  // of those back
  int64_t sustained_asked = 0;
  int64_t sustained = 0;
};

// `kind` restricts complications; ignored elsewhere.
absl::StatusOr<std::vector<EventGroup>> TabulateEvents(
    const Pass& pass, model::Endpoint endpoint,
    std::optional<model::ComplicationKind> kind);

// The exits of some groups within each value of another dimension.
//
// Input: `groups`, indexes of the pass's grouping; `strata` not of a dimension
// of several values.
// Returns: [stratum][i], the table of groups[i], empty where it has no case in
// the stratum; strata in group order, those without any case left out.
absl::StatusOr<std::vector<std::vector<stats::EventTable>>> TabulateStrata(
    const Pass& pass, const Grouping& strata, absl::Span<const size_t> groups,
    model::Endpoint endpoint, std::optional<model::ComplicationKind> kind);

// Cases of whom the same is known: free of the event on `last_free`, with it on
// `first_known` (the same day: it was that day), or never seen with it.
struct CensoredCases {
  int32_t last_free = 0;
  std::optional<int32_t> first_known;
  int64_t n = 0;
};

// Time to an endpoint of one group as far as it is known.
struct IntervalGroup {
  size_t group = 0;
  int64_t n_cases = 0;  // of the group, the next ones included
  int64_t outside_risk_set = 0;
  std::vector<CensoredCases> cases;  // in an order of their days
};

// Competing events censor on their day.
absl::StatusOr<std::vector<IntervalGroup>> TabulateIntervals(
    const Pass& pass, model::Endpoint endpoint);

// A visit that is due for a case that has not died, and whether the case has
// what was asked for at that visit.
struct Completeness {
  int64_t due = 0;
  int64_t completed = 0;  // of the due ones
};
using VisitCompleteness = std::array<Completeness, model::kVisitCount>;

struct Share {
  int64_t count = 0;
  int64_t n = 0;
};

// Scores of one group by visit (index: visit - 1).
struct ScoreGroup {
  size_t group = 0;
  int64_t n_cases = 0;
  // That of the baseline has follow-up counts only: the score at baseline.
  std::array<stats::ScoreTable, model::kVisitCount> visits;
  VisitCompleteness completeness;
  // Ready: limb symmetry of 90 % or more; plyometric as recorded.
  std::array<Share, model::kVisitCount> strength, hop, plyometric;
};

// Calls `sink` with each group in order: many sites by many scores are not held
// at once. An error of `sink` ends the pass and is returned.
absl::Status TabulateScores(
    const Pass& pass, model::Measure measure,
    const std::function<absl::Status(const ScoreGroup& group)>& sink);

// One group of a description.
struct CaseGroup {
  size_t group = 0;
  int64_t n_cases = 0;
  int64_t n_patients = 0;  // limbs of one person once
  int64_t n_athletes = 0;
  int64_t age_sum = 0, age_n = 0;  // years, of cases with an age
  // Reverse: last contact is the event, death censors.
  stats::EventTable follow_up;
  // By dimension - 1 and stored value; concomitant procedures by code; sites by
  // their index in the snapshot.
  std::array<std::vector<int64_t>, model::kDimensionCount> values;
  // VISA-A, either version; at 2 weeks any assessment.
  VisitCompleteness completeness;
};

absl::StatusOr<std::vector<CaseGroup>> TabulateCases(const Pass& pass);

// What the cases of one group have of one number.
struct NumberCounts {
  int32_t first = 0;            // the number that counts[0] have
  std::vector<int64_t> counts;  // by number from `first` on
  int64_t missing = 0;
};
struct NumberGroup {
  size_t group = 0;
  std::vector<NumberCounts> numbers;  // by covariate as asked
};

// Input: covariates that are numbers but no dimension.
absl::StatusOr<std::vector<NumberGroup>> TabulateNumbers(
    const Pass& pass, absl::Span<const model::Covariate> covariates);

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_TABULATE_H_
