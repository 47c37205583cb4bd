// A change of one case on its way from a request to the store: what a request
// asks, checked as far as it can be by itself.
//
// Threads: pure functions.

#ifndef ENTHESIS_REGISTRY_SERVICE_CASE_CHANGE_H_
#define ENTHESIS_REGISTRY_SERVICE_CASE_CHANGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "enthesis/v1/registry_service.pb.h"
#include "registry/model/case.h"
#include "registry/storage/store.h"
#include "registry/validation/validate.h"
#include "registry/wire/resource_name.h"

namespace enthesis::service {

struct CaseChange {
  enum class Kind { kCreate, kUpdate, kAddFollowUp };

  Kind kind = Kind::kCreate;
  wire::CaseName name;
  std::string request_id, digest;
  std::string etag;       // of the version to change; empty: of any
  std::string sent_name;  // as the request has it, for an answer about it
  // New: the case. Correction: what was sent. Once stored: the case as stored.
  model::Case record;
  model::FollowUp added;
  const google::protobuf::FieldMask* mask = nullptr;  // the request's
  std::optional<model::CorrectionReason> correction;
  bool validate_only = false;

  // The answer, which a retry gets again. The caller that sets `status` sets
  // the rest where it is OK. `index` is the commit that stored `record`, 0 when
  // it was only validated.
  absl::Status status;
  storage::CommitIndex index = 0;
  std::vector<validation::Warning> warnings;
};

// Each: rules of the request, conversion, and the rules that a change can be
// held to by itself. FIELD_VIOLATION with every violation. `request` outlives
// the change.
absl::StatusOr<CaseChange> CheckChange(absl::Time now,
                                       const v1::CreateCaseRequest& request);
absl::StatusOr<CaseChange> CheckChange(absl::Time now,
                                       const v1::UpdateCaseRequest& request);
absl::StatusOr<CaseChange> CheckChange(absl::Time now,
                                       const v1::AddFollowUpRequest& request);
// Whichever the row has.
absl::StatusOr<CaseChange> CheckChange(absl::Time now,
                                       const v1::ImportCasesRequest& request);

// How often a change that lost a race against another one is tried again. Each
// lost race is another caller's success.
inline constexpr int kMaxAttempts = 100;

// Whether the etag is that of the version which commit `index` stored.
bool EtagNames(const std::string& etag, storage::CommitIndex index);
// The calendar year (UTC) that rules go by.
int32_t YearOf(absl::Time now);
// Assessments in the order in which they are stored.
void SortByDay(model::Case& record);

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_CASE_CHANGE_H_
