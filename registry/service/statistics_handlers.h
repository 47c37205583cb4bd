// The questions of StatisticsService as blocking functions: rules, conversion,
// validation, a snapshot of the cohort, analysis, disclosure control,
// conversion.
//
// Errors: FIELD_VIOLATION, NO_CASES, COHORT_TOO_SMALL, NOT_FITTED, CANCELLED,
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

// Every method of the service, once: handlers, methods on gRPC and what takes
// bytes are made from this list.
#define ENTHESIS_STATISTICS_METHODS(METHOD) \
  METHOD(CompareGroups)                     \
  METHOD(CompareSites)                      \
  METHOD(DescribeCohort)                    \
  METHOD(EstimateIntervalCensored)          \
  METHOD(EstimateSurvival)                  \
  METHOD(EstimateIncidence)                 \
  METHOD(EstimateReturnToPlay)              \
  METHOD(EstimateScoreChange)               \
  METHOD(FitCox)                            \
  METHOD(FitAncova)                         \
  METHOD(FitFineGray)                       \
  METHOD(FitMixedModel)                     \
  METHOD(FitParametric)                     \
  METHOD(FitRegression)

class StatisticsHandlers {
 public:
  // Both outlive the handlers. `policy` has passed disclosure::CheckPolicy.
  StatisticsHandlers(cohort::Cohort& cohort, stats::ThreadPool& pool,
                     const disclosure::Policy& policy)
      : cohort_(cohort), pool_(pool), policy_(policy) {}

  // `Request` and `Response` are those of one method of the service.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Answer(const Call& call, const Request& request);

 private:
  cohort::Cohort& cohort_;
  stats::ThreadPool& pool_;
  const disclosure::Policy policy_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_STATISTICS_HANDLERS_H_
