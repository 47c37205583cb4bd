// From a question and a snapshot of the cohort to an answer: tabulate,
// estimate, state where the answer comes from. No figure leaves from here:
// disclosure control comes next.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_ANSWER_H_
#define ENTHESIS_REGISTRY_ANALYSIS_ANSWER_H_

#include <stop_token>

#include "absl/status/statusor.h"
#include "registry/analysis/result.h"
#include "registry/analysis/result_compare.h"
#include "registry/analysis/result_interval.h"
#include "registry/cohort/snapshot.h"
#include "registry/model/question.h"
#include "stats/parallel.h"

namespace enthesis::analysis {

// Input: a valid question (validation::ValidateQuestion) and the snapshot of
// the view it asks for.
// Errors: FAILED_PRECONDITION (no case in the cohort; payload kNoCases),
// CANCELLED (`stop` was requested; noticed within a chunk of 64 Ki rows),
// INVALID_ARGUMENT (a site of the cohort that the view does not know).
// Threads: safe; passes over rows run on `pool`.
absl::StatusOr<DescribeAnswer> Answer(const model::DescribeQuestion& question,
                                      const cohort::Snapshot& snapshot,
                                      stats::ThreadPool& pool,
                                      std::stop_token stop);
absl::StatusOr<SurvivalAnswer> Answer(const model::SurvivalQuestion& question,
                                      const cohort::Snapshot& snapshot,
                                      stats::ThreadPool& pool,
                                      std::stop_token stop);
absl::StatusOr<IntervalAnswer> Answer(const model::IntervalQuestion& question,
                                      const cohort::Snapshot& snapshot,
                                      stats::ThreadPool& pool,
                                      std::stop_token stop);
absl::StatusOr<ReturnAnswer> Answer(const model::ReturnQuestion& question,
                                    const cohort::Snapshot& snapshot,
                                    stats::ThreadPool& pool,
                                    std::stop_token stop);
absl::StatusOr<CompareAnswer> Answer(const model::CompareQuestion& question,
                                     const cohort::Snapshot& snapshot,
                                     stats::ThreadPool& pool,
                                     std::stop_token stop);
absl::StatusOr<ScoreAnswer> Answer(const model::ScoreQuestion& question,
                                   const cohort::Snapshot& snapshot,
                                   stats::ThreadPool& pool,
                                   std::stop_token stop);

// Payload URL on FAILED_PRECONDITION when the cohort holds no case.
inline constexpr char kNoCases[] = "enthesis/analysis/no_cases";

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_ANSWER_H_
