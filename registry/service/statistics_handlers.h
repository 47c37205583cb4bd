// The questions of StatisticsService as blocking functions: rules, conversion,
// validation, a snapshot of the cohort, analysis, disclosure control,
// conversion.
//
// Errors: FIELD_VIOLATION, NO_CASES, COHORT_TOO_SMALL, CANCELLED,
// DEADLINE_EXCEEDED and those of the store.
// Threads: safe.

#ifndef ENTHESIS_REGISTRY_SERVICE_STATISTICS_HANDLERS_H_
#define ENTHESIS_REGISTRY_SERVICE_STATISTICS_HANDLERS_H_

#include "absl/status/statusor.h"
#include "enthesis/v1/statistics_service.pb.h"
#include "registry/cohort/cohort.h"
#include "registry/disclosure/release.h"
#include "registry/service/call.h"
#include "stats/parallel.h"

namespace enthesis::service {

class StatisticsHandlers {
 public:
  // Both outlive the handlers. `policy` has passed disclosure::CheckPolicy.
  StatisticsHandlers(cohort::Cohort& cohort, stats::ThreadPool& pool,
                     const disclosure::Policy& policy)
      : cohort_(cohort), pool_(pool), policy_(policy) {}

  absl::StatusOr<v1::DescribeCohortResponse> DescribeCohort(
      const Call& call, const v1::DescribeCohortRequest& request);
  absl::StatusOr<v1::EstimateSurvivalResponse> EstimateSurvival(
      const Call& call, const v1::EstimateSurvivalRequest& request);
  absl::StatusOr<v1::EstimateReturnToPlayResponse> EstimateReturnToPlay(
      const Call& call, const v1::EstimateReturnToPlayRequest& request);
  absl::StatusOr<v1::EstimateScoreChangeResponse> EstimateScoreChange(
      const Call& call, const v1::EstimateScoreChangeRequest& request);

 private:
  template <typename Response, typename Request>
  absl::StatusOr<Response> Answer(const Call& call, const Request& request);

  cohort::Cohort& cohort_;
  stats::ThreadPool& pool_;
  const disclosure::Policy policy_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_STATISTICS_HANDLERS_H_
