// The commands of RegistryService as blocking functions. Every one goes the
// same way: rules of the request, conversion, validation, storage, conversion.
//
// Errors are those of grpc_status.h; all violations of a request come at once.
// Threads: safe; nothing is kept between calls but the store.

#ifndef ENTHESIS_REGISTRY_SERVICE_REGISTRY_HANDLERS_H_
#define ENTHESIS_REGISTRY_SERVICE_REGISTRY_HANDLERS_H_

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "enthesis/v1/registry_service.pb.h"
#include "registry/model/case.h"
#include "registry/service/call.h"
#include "registry/storage/records.h"
#include "registry/storage/store.h"
#include "registry/validation/validate.h"
#include "registry/wire/resource_name.h"

namespace enthesis::service {

class RegistryHandlers {
 public:
  // `store` outlives the handlers.
  explicit RegistryHandlers(storage::Store& store) : store_(store) {}

  // site_handlers.cc
  absl::StatusOr<v1::Site> CreateSite(const Call& call,
                                      const v1::CreateSiteRequest& request);
  absl::StatusOr<v1::ListSitesResponse> ListSites(
      const Call& call, const v1::ListSitesRequest& request);

  // case_write_handlers.cc
  absl::StatusOr<v1::CreateCaseResponse> CreateCase(
      const Call& call, const v1::CreateCaseRequest& request);
  absl::StatusOr<v1::UpdateCaseResponse> UpdateCase(
      const Call& call, const v1::UpdateCaseRequest& request);
  absl::StatusOr<v1::AddFollowUpResponse> AddFollowUp(
      const Call& call, const v1::AddFollowUpRequest& request);
  absl::StatusOr<v1::WithdrawCaseResponse> WithdrawCase(
      const Call& call, const v1::WithdrawCaseRequest& request);

  // case_read_handlers.cc
  absl::StatusOr<v1::GetCaseResponse> GetCase(
      const Call& call, const v1::GetCaseRequest& request);
  absl::StatusOr<v1::ListCasesResponse> ListCases(
      const Call& call, const v1::ListCasesRequest& request);
  absl::StatusOr<v1::ListCaseRevisionsResponse> ListCaseRevisions(
      const Call& call, const v1::ListCaseRevisionsRequest& request);
  absl::StatusOr<v1::ScoreVisaAResponse> ScoreVisaA(
      const Call& call, const v1::ScoreVisaARequest& request);

 private:
  // A case in one stored version.
  struct StoredCase {
    model::Case record;
    storage::CommitIndex index = 0;
    std::optional<model::WithdrawalReason> withdrawn;  // then no record
  };
  // What a change of a case answers; a retry gets the same again.
  struct CaseOutcome {
    v1::Case record;
    std::vector<validation::Warning> warnings;
  };
  // A change on its way to the store.
  struct Change {
    std::string request_id, digest;
    std::string action;  // name of the method
    std::string reason;  // code, or empty
  };

  // Where a page starts.
  struct PageStart {
    storage::CommitIndex as_of = 0;
    std::string after;  // key; empty for the first page
  };

  // case_read_handlers.cc
  // `list` names what is listed and `prefix` holds its keys. PAGE_TOKEN_INVALID
  // for a token of another list.
  absl::StatusOr<PageStart> StartPage(const std::string& page_token,
                                      std::optional<uint64_t> as_of,
                                      const std::string& list,
                                      absl::string_view prefix);

  // case_state.cc: the store as the handlers of cases see it.
  absl::StatusOr<storage::CommitIndex> ResolveAsOf(
      std::optional<uint64_t> as_of);
  absl::StatusOr<model::Site> ReadSite(absl::string_view site,
                                       storage::CommitIndex as_of);
  // Null when there is no version; a tombstone is a value.
  absl::StatusOr<std::optional<StoredCase>> FindCase(
      absl::string_view key, storage::CommitIndex as_of);
  // As FindCase, RESOURCE_NOT_FOUND instead of null.
  absl::StatusOr<StoredCase> ReadCase(const wire::CaseName& name,
                                      storage::CommitIndex as_of);
  // As ReadCase on the latest state; RESOURCE_NOT_FOUND for a tombstone too.
  absl::StatusOr<StoredCase> ReadLiveCase(const wire::CaseName& name);
  // Cases that ValidateAgainst compares `record` with.
  absl::StatusOr<std::vector<model::Case>> Candidates(
      const model::Case& record, storage::CommitIndex as_of);
  // The first answer to a retry; nullopt when this is no retry.
  absl::StatusOr<std::optional<CaseOutcome>> ReplayCase(
      const wire::CaseName& name, const Change& change);
  absl::StatusOr<CaseOutcome> OutcomeOfReplay(
      const wire::CaseName& name, const storage::CommitResult& first);
  // Stores `record` in place of `before` (null: it is new), with its indexes,
  // the change's answer and its audit entry.
  absl::StatusOr<CaseOutcome> CommitCase(
      const Call& call, const Change& change, const StoredCase* before,
      const model::Case& record, std::optional<model::CorrectionReason> reason,
      std::vector<validation::Warning> warnings);

  // case_write_handlers.cc
  absl::StatusOr<CaseOutcome> StoreNewCase(
      const Call& call, const Change& change, const model::Case& record,
      std::vector<validation::Warning> warnings, bool validate_only);
  absl::StatusOr<CaseOutcome> TryStoreNewCase(
      const Call& call, const Change& change, const model::Case& record,
      std::vector<validation::Warning> warnings, bool validate_only);
  absl::StatusOr<CaseOutcome> StoreCorrection(
      const Call& call, const Change& change, const wire::CaseName& name,
      const v1::UpdateCaseRequest& request, const model::Case& sent,
      model::CorrectionReason reason);
  absl::StatusOr<CaseOutcome> TryAddFollowUp(const Call& call,
                                             const Change& change,
                                             const wire::CaseName& name,
                                             const std::string& etag,
                                             const model::FollowUp& added);
  absl::StatusOr<v1::Withdrawal> TryWithdraw(const Call& call,
                                             const Change& change,
                                             const wire::CaseName& name,
                                             const std::string& etag,
                                             model::WithdrawalReason reason);

  // Two changes of one patient's cases are checked and stored one after the
  // other, so that the rules against other cases hold between them too.
  std::mutex& LockOfPatient(const model::Id& patient);

  static constexpr size_t kPatientLocks = 1024;

  storage::Store& store_;
  std::array<std::mutex, kPatientLocks> patient_locks_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_REGISTRY_HANDLERS_H_
