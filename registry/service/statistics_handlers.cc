#include "registry/service/statistics_handlers.h"

#include <memory>
#include <string>
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
    const auto path = status.GetPayload(analysis::kFieldPath);
    return FieldViolation(
        path.has_value() ? std::string(*path) : "options.cohort",
        status.message());
  }
  return status;
}

}  // namespace

template <typename Response, typename Request>
absl::StatusOr<Response> StatisticsHandlers::Answer(const Call& call,
                                                    const Request& request) {
  wire::Faults faults;
  auto question = wire::ToModel(request, faults);
  question.smallest_group = policy_.threshold.value_or(1);
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

#define ENTHESIS_ANSWER(method)                     \
  template absl::StatusOr<v1::method##Response>     \
  StatisticsHandlers::Answer<v1::method##Response>( \
      const Call&, const v1::method##Request&);
ENTHESIS_STATISTICS_METHODS(ENTHESIS_ANSWER)
#undef ENTHESIS_ANSWER

}  // namespace enthesis::service
