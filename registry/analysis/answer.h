// From a question and a snapshot of the cohort to an answer: tabulate,
// estimate, state where the answer comes from. No figure leaves from here:
// disclosure control comes next.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_ANSWER_H_
#define ENTHESIS_REGISTRY_ANALYSIS_ANSWER_H_

#include <stop_token>

#include "absl/status/statusor.h"
#include "registry/analysis/result.h"
#include "registry/analysis/result_ancova.h"
#include "registry/analysis/result_compare.h"
#include "registry/analysis/result_interval.h"
#include "registry/analysis/result_mixed.h"
#include "registry/analysis/result_regression.h"
#include "registry/analysis/result_sites.h"
#include "registry/cohort/snapshot.h"
#include "registry/model/question.h"
#include "registry/model/regression_question.h"
#include "stats/parallel.h"

namespace enthesis::analysis {

// Input: a valid question (validation::ValidateQuestion) and the snapshot of
// the view it asks for.
// Errors: FAILED_PRECONDITION (no case in the cohort; payload kNoCases),
// CANCELLED (`stop` was requested; noticed within a chunk of 64 Ki rows, and
// while a model is fitted within one evaluation of its likelihood),
// INVALID_ARGUMENT (a site of the cohort that the view does not know; with
// payload kFieldPath another field). Regressions: FAILED_PRECONDITION with
// payload kNotFitted, too. Threads: safe; passes over rows run on `pool`.
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
absl::StatusOr<IncidenceAnswer> Answer(const model::IncidenceQuestion& question,
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
absl::StatusOr<CoxAnswer> Answer(const model::CoxQuestion& question,
                                 const cohort::Snapshot& snapshot,
                                 stats::ThreadPool& pool, std::stop_token stop);
absl::StatusOr<AncovaAnswer> Answer(const model::AncovaQuestion& question,
                                    const cohort::Snapshot& snapshot,
                                    stats::ThreadPool& pool,
                                    std::stop_token stop);
absl::StatusOr<FineGrayAnswer> Answer(const model::FineGrayQuestion& question,
                                      const cohort::Snapshot& snapshot,
                                      stats::ThreadPool& pool,
                                      std::stop_token stop);
absl::StatusOr<ParametricAnswer> Answer(
    const model::ParametricQuestion& question, const cohort::Snapshot& snapshot,
    stats::ThreadPool& pool, std::stop_token stop);
absl::StatusOr<GlmAnswer> Answer(const model::GlmQuestion& question,
                                 const cohort::Snapshot& snapshot,
                                 stats::ThreadPool& pool, std::stop_token stop);
// Sites that the disclosure threshold would withhold take no part.
absl::StatusOr<SitesAnswer> Answer(const model::SitesQuestion& question,
                                   const cohort::Snapshot& snapshot,
                                   stats::ThreadPool& pool,
                                   std::stop_token stop);
absl::StatusOr<MixedAnswer> Answer(const model::MixedQuestion& question,
                                   const cohort::Snapshot& snapshot,
                                   stats::ThreadPool& pool,
                                   std::stop_token stop);

// Payload URL on FAILED_PRECONDITION when the cohort holds no case.
inline constexpr char kNoCases[] = "enthesis/analysis/no_cases";
// On FAILED_PRECONDITION when a model has no estimate on these cases.
inline constexpr char kNotFitted[] = "enthesis/analysis/not_fitted";
// On INVALID_ARGUMENT: the path of the field that the cases of the cohort make
// invalid.
inline constexpr char kFieldPath[] = "enthesis/analysis/field_path";

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_ANSWER_H_
