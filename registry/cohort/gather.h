// From columns to the rows of a regression: what is asked of each case, one
// number a column. The rows say nothing of whose they are, save the patient as
// a cluster and the order of operations; they stay inside.

#ifndef ENTHESIS_REGISTRY_COHORT_GATHER_H_
#define ENTHESIS_REGISTRY_COHORT_GATHER_H_

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "absl/status/statusor.h"
#include "registry/cohort/selection.h"
#include "registry/cohort/snapshot.h"
#include "registry/model/covariate.h"
#include "registry/model/endpoint.h"
#include "registry/model/measure.h"
#include "registry/model/visits.h"
#include "stats/parallel.h"

namespace enthesis::cohort {

// What is read of each case.
struct RowContent {
  // The response: the time to an endpoint or a measure at a visit.
  std::optional<model::Endpoint> endpoint;
  std::optional<model::ComplicationKind> kind;  // restricts complications
  // Of an endpoint: rows that are censored before this day are left out.
  std::optional<int32_t> known_by_day;
  model::Measure measure = model::Measure::kVisaA;  // without an endpoint
  model::Visit visit = model::Visit::kBaseline;
  // Instead of `visit`: the measure at each of them; a row has it at one at
  // least.
  std::vector<model::Visit> visits;
  std::vector<model::Covariate> covariates;
  bool patients = false;
  bool sequences = false;
  bool intervals = false;  // of an endpoint: where the event lies
};

struct GatheredRows {
  // Whole days and causes as Exit, or scores.
  std::vector<double> times, scores;
  std::vector<int> causes;
  // By visit asked for, [visit][row]; no score is not a number.
  std::vector<std::vector<double>> scores_at;
  // With `intervals`, of an event: the last day without it, which is the day
  // itself where that is known; of other rows their day.
  std::vector<double> last_free;
  // By covariate as asked. Numbers as they are; levels of a factor from 0:
  // codes in list order, sites by id; a set as a mask, bit code - 1.
  std::vector<std::vector<int32_t>> values;
  std::vector<uint64_t> patients;   // 0: not known
  std::vector<uint32_t> sequences;  // of operations in the site; 0: not known

  // Cases of the selection that have no row: outside the risk set of the
  // endpoint; then censored too early; without the score; then by covariate,
  // the first one lacked.
  int64_t outside_risk_set = 0;
  int64_t not_followed = 0;
  int64_t without_score = 0;
  std::vector<int64_t> without;

  size_t size() const {
    if (!scores_at.empty()) return scores_at[0].size();
    return times.empty() ? scores.size() : times.size();
  }
};

// Rows in the order of the snapshot, which has no meaning: what is made of them
// must not depend on it.
// Errors: CANCELLED, noticed within one chunk of 64 Ki rows.
// Threads: safe; the pass runs on `pool`.
absl::StatusOr<GatheredRows> GatherRows(const Snapshot& snapshot,
                                        const Selection& selection,
                                        const RowContent& content,
                                        stats::ThreadPool& pool,
                                        const std::stop_token& stop);

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_GATHER_H_
