// The commands of RegistryService as blocking functions. Every one goes the
// same way: rules of the request, conversion, validation, storage, conversion.
//
// Errors are those of grpc_status.h; all violations of a request come at once.
// Threads: safe; nothing is kept between calls but the store, and the locks of
// patients whose cases are being changed (case_writer.h).

#ifndef ENTHESIS_REGISTRY_SERVICE_REGISTRY_HANDLERS_H_
#define ENTHESIS_REGISTRY_SERVICE_REGISTRY_HANDLERS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "enthesis/v1/registry_service.pb.h"
#include "registry/model/case.h"
#include "registry/service/call.h"
#include "registry/service/case_view.h"
#include "registry/service/case_writer.h"
#include "registry/storage/records.h"
#include "registry/storage/store.h"
#include "registry/validation/validate.h"
#include "registry/wire/resource_name.h"

namespace enthesis::service {

class RegistryHandlers {
 public:
  // `store` outlives the handlers.
  explicit RegistryHandlers(storage::Store& store)
      : store_(store), writer_(store) {}

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
  absl::StatusOr<v1::BatchImportCasesResponse> BatchImportCases(
      const Call& call, const v1::BatchImportCasesRequest& request);
  // One row of ImportCases; every error is within the answer.
  v1::ImportCasesResponse ImportRow(const Call& call,
                                    const v1::ImportCasesRequest& row);
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
  // A withdrawal on its way to the store.
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
  // RESOURCE_NOT_FOUND when there is no version; a tombstone is a value.
  absl::StatusOr<StoredCase> ReadCase(const wire::CaseName& name,
                                      storage::CommitIndex as_of);

  // case_write_handlers.cc
  template <typename Response, typename Request>
  absl::StatusOr<Response> StoreOne(const Call& call, const Request& request);
  absl::StatusOr<v1::Withdrawal> TryWithdraw(const Call& call,
                                             const Change& change,
                                             const wire::CaseName& name,
                                             const std::string& etag,
                                             model::WithdrawalReason reason);

  storage::Store& store_;
  CaseWriter writer_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_REGISTRY_HANDLERS_H_
