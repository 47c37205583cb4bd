#include "registry/service/statistics_handlers.h"

#include <memory>
#include <utility>

#include "registry/analysis/answer.h"
#include "registry/service/grpc_status.h"
#include "registry/service/request_rules.h"
#include "registry/validation/validate.h"
#include "registry/wire/answer_wire.h"
#include "registry/wire/question_wire.h"

namespace enthesis::service {
namespace {

// The copy of the registry in columns is moments behind the store; one that
// does not get there in this time is stuck.
constexpr int64_t kSnapshotMillis = 30'000;

// Errors of the cohort and the analysis that the question caused.
absl::Status Explain(const absl::Status& status) {
  if (absl::IsOutOfRange(status)) {
    return FieldViolation("options.as_of", status.message());
  }
  if (absl::IsInvalidArgument(status)) {
    return FieldViolation("options.cohort", status.message());
  }
  return status;
}

}  // namespace

template <typename Response, typename Request>
absl::StatusOr<Response> StatisticsHandlers::Answer(const Call& call,
                                                    const Request& request) {
  wire::Faults faults;
  const auto question = wire::ToModel(request, faults);
  Violations violations;
  AddFaults(faults, violations);
  AddFindings(validation::ValidateQuestion(question), violations);
  if (!violations.empty()) return FieldViolations(violations);

  const absl::StatusOr<std::shared_ptr<const cohort::Snapshot>> snapshot =
      cohort_.SnapshotAt(question.as_of.value_or(0),
                         call.MillisLeft(kSnapshotMillis));
  if (!snapshot.ok()) return Explain(snapshot.status());
  auto answer = analysis::Answer(question, **snapshot, pool_, call.stop);
  if (!answer.ok()) return Explain(answer.status());
  auto released = disclosure::Release(*std::move(answer), policy_);
  if (!released.ok()) return released.status();
  return wire::ToWire(*released);
}

absl::StatusOr<v1::DescribeCohortResponse> StatisticsHandlers::DescribeCohort(
    const Call& call, const v1::DescribeCohortRequest& request) {
  return Answer<v1::DescribeCohortResponse>(call, request);
}

absl::StatusOr<v1::EstimateSurvivalResponse>
StatisticsHandlers::EstimateSurvival(
    const Call& call, const v1::EstimateSurvivalRequest& request) {
  return Answer<v1::EstimateSurvivalResponse>(call, request);
}

absl::StatusOr<v1::EstimateReturnToPlayResponse>
StatisticsHandlers::EstimateReturnToPlay(
    const Call& call, const v1::EstimateReturnToPlayRequest& request) {
  return Answer<v1::EstimateReturnToPlayResponse>(call, request);
}

absl::StatusOr<v1::EstimateScoreChangeResponse>
StatisticsHandlers::EstimateScoreChange(
    const Call& call, const v1::EstimateScoreChangeRequest& request) {
  return Answer<v1::EstimateScoreChangeResponse>(call, request);
}

}  // namespace enthesis::service
