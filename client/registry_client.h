// Client of a registry: one typed call for each method of enthesis.v1.
//
//   auto client = RegistryClient::Connect(options);
//   absl::StatusOr<v1::CreateCaseResponse> stored =
//   client->CreateCase(request);
//
// Every call has a deadline. UNAVAILABLE is tried again, and so is
// RESOURCE_EXHAUSTED where the server names a delay; at most `max_attempts`
// times, with growing, jittered delays. A change gets its request_id before the
// first try, when the caller left it empty, and keeps it on every try, so that
// no retry stores twice.
//
// Errors are those of the server; ErrorOf() reads their details.
// Threads: safe.

#ifndef ENTHESIS_CLIENT_REGISTRY_CLIENT_H_
#define ENTHESIS_CLIENT_REGISTRY_CLIENT_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "enthesis/v1/registry_service.pb.h"
#include "enthesis/v1/statistics_service.pb.h"

namespace grpc {
class ChannelInterface;
}

namespace enthesis::client {

inline constexpr char kDefaultServer[] = "127.0.0.1:7443";

struct ClientOptions {
  std::string server = kDefaultServer;                   // host:port
  std::chrono::milliseconds deadline{60'000};            // of one try
  std::chrono::milliseconds import_deadline{3'600'000};  // of one stream
  int max_attempts = 5;                                  // of one call
  std::chrono::milliseconds first_backoff{100};          // then doubled
  std::chrono::milliseconds max_backoff{5'000};
  int import_batch = 512;   // rows of one message of an import, at most
  int import_calls = 3;     // messages of one ImportCases under way, at most
  int import_window = 256;  // of a stream: rows without an answer, at most
  // Waits between tries; replaced in tests.
  std::function<void(std::chrono::milliseconds)> wait;
};

// What the server says about an error.
struct ErrorDetails {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string reason;  // "FIELD_VIOLATION", ...; empty without ErrorInfo
  std::string message;
  struct Violation {
    std::string path;
    std::string message;
  };
  std::vector<Violation> violations;
};
ErrorDetails ErrorOf(const absl::Status& status);
// The same for the status of an imported row.
ErrorDetails ErrorOf(const google::rpc::Status& status);

// A fresh UUID (version 4).
std::string NewRequestId();

class RegistryClient {
 public:
  static std::unique_ptr<RegistryClient> Connect(ClientOptions options);
  // On a channel made elsewhere, as of a server in the same process.
  static std::unique_ptr<RegistryClient> OnChannel(
      std::shared_ptr<grpc::ChannelInterface> channel, ClientOptions options);
  ~RegistryClient();

  absl::StatusOr<v1::Site> CreateSite(v1::CreateSiteRequest request);
  // All sites, page by page, of one state.
  absl::StatusOr<std::vector<v1::Site>> ListSites();
  absl::StatusOr<v1::CreateCaseResponse> CreateCase(
      v1::CreateCaseRequest request);
  absl::StatusOr<v1::GetCaseResponse> GetCase(
      const v1::GetCaseRequest& request);
  // One page.
  absl::StatusOr<v1::ListCasesResponse> ListCases(
      const v1::ListCasesRequest& request);
  // Every case of a site, page by page, of one state; stops when `visit`
  // returns false.
  absl::Status ForEachCase(const std::string& parent,
                           const std::function<bool(v1::Case)>& visit);
  // The same of the state that `first` asks for, from its page on; `as_of` is
  // set to the commit that was read.
  absl::Status ForEachCase(v1::ListCasesRequest first,
                           const std::function<bool(v1::Case)>& visit,
                           uint64_t& as_of);
  absl::StatusOr<v1::UpdateCaseResponse> UpdateCase(
      v1::UpdateCaseRequest request);
  absl::StatusOr<v1::AddFollowUpResponse> AddFollowUp(
      v1::AddFollowUpRequest request);
  absl::StatusOr<v1::WithdrawCaseResponse> WithdrawCase(
      v1::WithdrawCaseRequest request);
  absl::StatusOr<v1::ListCaseRevisionsResponse> ListCaseRevisions(
      const v1::ListCaseRevisionsRequest& request);
  absl::StatusOr<v1::ScoreVisaAResponse> ScoreVisaA(
      const v1::ScoreVisaARequest& request);

  absl::StatusOr<v1::CompareGroupsResponse> CompareGroups(
      const v1::CompareGroupsRequest& request);
  absl::StatusOr<v1::DescribeCohortResponse> DescribeCohort(
      const v1::DescribeCohortRequest& request);
  absl::StatusOr<v1::EstimateSurvivalResponse> EstimateSurvival(
      const v1::EstimateSurvivalRequest& request);
  absl::StatusOr<v1::EstimateIntervalCensoredResponse> EstimateIntervalCensored(
      const v1::EstimateIntervalCensoredRequest& request);
  absl::StatusOr<v1::EstimateIncidenceResponse> EstimateIncidence(
      const v1::EstimateIncidenceRequest& request);
  absl::StatusOr<v1::EstimateReturnToPlayResponse> EstimateReturnToPlay(
      const v1::EstimateReturnToPlayRequest& request);
  absl::StatusOr<v1::EstimateScoreChangeResponse> EstimateScoreChange(
      const v1::EstimateScoreChangeRequest& request);
  absl::StatusOr<v1::FitCoxResponse> FitCox(const v1::FitCoxRequest& request);
  absl::StatusOr<v1::FitAncovaResponse> FitAncova(
      const v1::FitAncovaRequest& request);
  absl::StatusOr<v1::FitFineGrayResponse> FitFineGray(
      const v1::FitFineGrayRequest& request);
  absl::StatusOr<v1::FitParametricResponse> FitParametric(
      const v1::FitParametricRequest& request);
  absl::StatusOr<v1::FitRegressionResponse> FitRegression(
      const v1::FitRegressionRequest& request);
  absl::StatusOr<v1::FitMixedModelResponse> FitMixedModel(
      const v1::FitMixedModelRequest& request);
  absl::StatusOr<v1::CompareSitesResponse> CompareSites(
      const v1::CompareSitesRequest& request);

  // Sends `rows` in messages of up to import_batch, a few at a time, and calls
  // `on_answer` with the index of the row, in order and on the caller's thread.
  // Rows of one case are stored in order. What a broken connection left
  // unanswered is sent again, with the same request ids. Sets `row` of each
  // request to its index. Once `stop` says so, nothing further is sent, and the
  // answers to what was are waited for: CANCELLED. `stop` is asked on any
  // thread. To a server without BatchImportCases the rows go through one
  // stream, at most import_window of them unanswered.
  using OnAnswer =
      std::function<void(size_t index, const v1::ImportCasesResponse& answer)>;
  absl::Status ImportCases(std::vector<v1::ImportCasesRequest>& rows,
                           const OnAnswer& on_answer,
                           const std::function<bool()>& stop = nullptr);

 private:
  struct Stubs;
  RegistryClient(std::shared_ptr<grpc::ChannelInterface> channel,
                 ClientOptions options);

  template <typename Method, typename Request, typename Response>
  absl::StatusOr<Response> Call(Method method, const Request& request);
  // Rows from `next` on in messages; it is advanced past every answered row.
  absl::Status ImportInBatches(std::vector<v1::ImportCasesRequest>& rows,
                               const OnAnswer& on_answer,
                               const std::function<bool()>& stop, size_t& next);
  // The same through one stream.
  absl::Status ImportOnce(const std::vector<v1::ImportCasesRequest>& rows,
                          const OnAnswer& on_answer,
                          const std::function<bool()>& stop, size_t& next);
  // Waits before try number `attempt` + 1, or returns false: no more tries.
  bool WaitToRetry(const absl::Status& status, int attempt);

  const ClientOptions options_;
  const std::unique_ptr<Stubs> stubs_;
  std::atomic<bool> has_batches_{true};  // until the server says otherwise
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_REGISTRY_CLIENT_H_
