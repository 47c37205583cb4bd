#include "client/registry_client.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/optional.h"
#include "client/row_batches.h"
#include "enthesis/v1/registry_service.grpc.pb.h"
#include "enthesis/v1/statistics_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "registry/model/id.h"
#include "registry/model/limits.h"

namespace enthesis::client {
namespace {

using std::chrono::milliseconds;

constexpr char kPayload[] = "type.googleapis.com/google.rpc.Status";

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status converted(static_cast<absl::StatusCode>(status.error_code()),
                         status.error_message());
  if (!status.error_details().empty()) {
    converted.SetPayload(kPayload, absl::Cord(status.error_details()));
  }
  return converted;
}

google::rpc::Status DetailsOf(const absl::Status& status) {
  google::rpc::Status details;
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  if (!payload.has_value() || !details.ParseFromString(std::string(*payload))) {
    details.Clear();
  }
  return details;
}

// The delay that the server asks for; negative when it names none.
milliseconds RetryDelay(const absl::Status& status) {
  const google::rpc::Status details = DetailsOf(status);
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&retry)) {
      return milliseconds(retry.retry_delay().seconds() * 1000 +
                          retry.retry_delay().nanos() / 1'000'000);
    }
  }
  return milliseconds(-1);
}

void WaitFor(milliseconds delay) {
  std::mutex mutex;
  std::unique_lock<std::mutex> lock(mutex);
  std::condition_variable never;
  never.wait_for(lock, delay, [] { return false; });
}

template <typename Request>
void EnsureRequestId(Request& request) {
  if (request.request_id().empty()) request.set_request_id(NewRequestId());
}

void EnsureRequestId(v1::ImportCasesRequest& row) {
  switch (row.change_case()) {
    case v1::ImportCasesRequest::kCreate:
      return EnsureRequestId(*row.mutable_create());
    case v1::ImportCasesRequest::kUpdate:
      return EnsureRequestId(*row.mutable_update());
    case v1::ImportCasesRequest::kAddFollowUp:
      return EnsureRequestId(*row.mutable_add_follow_up());
    case v1::ImportCasesRequest::CHANGE_NOT_SET:
      return;
  }
}

}  // namespace

ErrorDetails ErrorOf(const google::rpc::Status& status) {
  ErrorDetails error;
  error.code = static_cast<absl::StatusCode>(status.code());
  error.message = status.message();
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (detail.UnpackTo(&info)) {
      error.reason = info.reason();
    } else if (detail.UnpackTo(&bad)) {
      for (const auto& violation : bad.field_violations()) {
        error.violations.push_back(
            {violation.field(), violation.description()});
      }
    }
  }
  return error;
}

ErrorDetails ErrorOf(const absl::Status& status) {
  ErrorDetails error = ErrorOf(DetailsOf(status));
  error.code = status.code();
  error.message = std::string(status.message());
  return error;
}

std::string NewRequestId() {
  const model::Id id = model::NewId();
  const uint64_t high = (id.high & ~uint64_t{0xf000}) | 0x4000;
  const uint64_t low = (id.low & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32,
                         (high >> 16) & 0xffff, high & 0xffff, low >> 48,
                         low & 0xffffffffffff);
}

struct RegistryClient::Stubs {
  explicit Stubs(std::shared_ptr<grpc::ChannelInterface> channel)
      : registry(channel), statistics(channel) {}

  v1::RegistryService::Stub registry;
  v1::StatisticsService::Stub statistics;
};

std::unique_ptr<RegistryClient> RegistryClient::Connect(ClientOptions options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  // A channel that could not connect fails every call until it tries again: it
  // has to do so at the pace of the tries of a call.
  const auto first = static_cast<int>(options.first_backoff.count());
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, first);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 10 * first);
  std::shared_ptr<grpc::Channel> channel = grpc::CreateCustomChannel(
      options.server, grpc::InsecureChannelCredentials(), arguments);
  return OnChannel(std::move(channel), std::move(options));
}

std::unique_ptr<RegistryClient> RegistryClient::OnChannel(
    std::shared_ptr<grpc::ChannelInterface> channel, ClientOptions options) {
  if (!options.wait) options.wait = WaitFor;
  return std::unique_ptr<RegistryClient>(
      new RegistryClient(std::move(channel), std::move(options)));
}

RegistryClient::RegistryClient(std::shared_ptr<grpc::ChannelInterface> channel,
                               ClientOptions options)
    : options_(std::move(options)),
      stubs_(std::make_unique<Stubs>(std::move(channel))) {}

RegistryClient::~RegistryClient() = default;

bool RegistryClient::WaitToRetry(const absl::Status& status, int attempt) {
  if (attempt >= options_.max_attempts) return false;
  const milliseconds asked = RetryDelay(status);
  const bool retryable =
      absl::IsUnavailable(status) ||
      (absl::IsResourceExhausted(status) && asked.count() >= 0);
  if (!retryable) return false;
  const auto doubled = options_.first_backoff * (int64_t{1} << (attempt - 1));
  const milliseconds longest =
      std::min<milliseconds>(doubled, options_.max_backoff);
  // Between half and all of it, so that many clients do not come back at once.
  const auto jitter = static_cast<int64_t>(
      model::NewId().low % static_cast<uint64_t>(longest.count() / 2 + 1));
  options_.wait(std::max(asked, longest - milliseconds(jitter)));
  return true;
}

template <typename Method, typename Request, typename Response>
absl::StatusOr<Response> RegistryClient::Call(Method method,
                                              const Request& request) {
  for (int attempt = 1;; ++attempt) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + options_.deadline);
    Response response;
    const absl::Status status = ToStatus(method(&context, request, &response));
    if (status.ok()) return response;
    if (!WaitToRetry(status, attempt)) return status;
  }
}

absl::StatusOr<v1::Site> RegistryClient::CreateSite(
    v1::CreateSiteRequest request) {
  EnsureRequestId(request);
  const auto method = [this](auto* context, const auto& sent, auto* response) {
    return stubs_->registry.CreateSite(context, sent, response);
  };
  return Call<decltype(method), v1::CreateSiteRequest, v1::Site>(method,
                                                                 request);
}

absl::StatusOr<std::vector<v1::Site>> RegistryClient::ListSites() {
  const auto method = [this](auto* context, const auto& sent, auto* response) {
    return stubs_->registry.ListSites(context, sent, response);
  };
  std::vector<v1::Site> sites;
  v1::ListSitesRequest request;
  request.set_page_size(model::kMaxPageSize);
  do {
    const auto page =
        Call<decltype(method), v1::ListSitesRequest, v1::ListSitesResponse>(
            method, request);
    if (!page.ok()) return page.status();
    sites.insert(sites.end(), page->sites().begin(), page->sites().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return sites;
}

absl::StatusOr<v1::CreateCaseResponse> RegistryClient::CreateCase(
    v1::CreateCaseRequest request) {
  EnsureRequestId(request);
  const auto method = [this](auto* context, const auto& sent, auto* response) {
    return stubs_->registry.CreateCase(context, sent, response);
  };
  return Call<decltype(method), v1::CreateCaseRequest, v1::CreateCaseResponse>(
      method, request);
}

absl::StatusOr<v1::GetCaseResponse> RegistryClient::GetCase(
    const v1::GetCaseRequest& request) {
  const auto method = [this](auto* context, const auto& sent, auto* response) {
    return stubs_->registry.GetCase(context, sent, response);
  };
  return Call<decltype(method), v1::GetCaseRequest, v1::GetCaseResponse>(
      method, request);
}

absl::StatusOr<v1::ListCasesResponse> RegistryClient::ListCases(
    const v1::ListCasesRequest& request) {
  const auto method = [this](auto* context, const auto& sent, auto* response) {
    return stubs_->registry.ListCases(context, sent, response);
  };
  return Call<decltype(method), v1::ListCasesRequest, v1::ListCasesResponse>(
      method, request);
}

absl::Status RegistryClient::ForEachCase(
    const std::string& parent, const std::function<bool(v1::Case)>& visit) {
  v1::ListCasesRequest request;
  request.set_parent(parent);
  uint64_t as_of = 0;
  return ForEachCase(std::move(request), visit, as_of);
}

absl::Status RegistryClient::ForEachCase(
    v1::ListCasesRequest first, const std::function<bool(v1::Case)>& visit,
    uint64_t& as_of) {
  first.set_page_size(model::kMaxPageSize);
  do {
    absl::StatusOr<v1::ListCasesResponse> page = ListCases(first);
    if (!page.ok()) return page.status();
    as_of = page->as_of();
    for (v1::Case& record : *page->mutable_cases()) {
      if (!visit(std::move(record))) return absl::OkStatus();
    }
    first.set_page_token(page->next_page_token());
  } while (!first.page_token().empty());
  return absl::OkStatus();
}

absl::StatusOr<v1::UpdateCaseResponse> RegistryClient::UpdateCase(
    v1::UpdateCaseRequest request) {
  EnsureRequestId(request);
  const auto method = [this](auto* context, const auto& sent, auto* response) {
    return stubs_->registry.UpdateCase(context, sent, response);
  };
  return Call<decltype(method), v1::UpdateCaseRequest, v1::UpdateCaseResponse>(
      method, request);
}

absl::StatusOr<v1::AddFollowUpResponse> RegistryClient::AddFollowUp(
    v1::AddFollowUpRequest request) {
  EnsureRequestId(request);
  const auto method = [this](auto* context, const auto& sent, auto* response) {
    return stubs_->registry.AddFollowUp(context, sent, response);
  };
  return Call<decltype(method), v1::AddFollowUpRequest,
              v1::AddFollowUpResponse>(method, request);
}

absl::StatusOr<v1::WithdrawCaseResponse> RegistryClient::WithdrawCase(
    v1::WithdrawCaseRequest request) {
  EnsureRequestId(request);
  const auto method = [this](auto* context, const auto& sent, auto* response) {
    return stubs_->registry.WithdrawCase(context, sent, response);
  };
  return Call<decltype(method), v1::WithdrawCaseRequest,
              v1::WithdrawCaseResponse>(method, request);
}

absl::StatusOr<v1::ListCaseRevisionsResponse> RegistryClient::ListCaseRevisions(
    const v1::ListCaseRevisionsRequest& request) {
  const auto method = [this](auto* context, const auto& sent, auto* response) {
    return stubs_->registry.ListCaseRevisions(context, sent, response);
  };
  return Call<decltype(method), v1::ListCaseRevisionsRequest,
              v1::ListCaseRevisionsResponse>(method, request);
}

absl::StatusOr<v1::ScoreVisaAResponse> RegistryClient::ScoreVisaA(
    const v1::ScoreVisaARequest& request) {
  const auto method = [this](auto* context, const auto& sent, auto* response) {
    return stubs_->registry.ScoreVisaA(context, sent, response);
  };
  return Call<decltype(method), v1::ScoreVisaARequest, v1::ScoreVisaAResponse>(
      method, request);
}

#define ENTHESIS_QUESTION(name)                                           \
  absl::StatusOr<v1::name##Response> RegistryClient::name(                \
      const v1::name##Request& request) {                                 \
    const auto method = [this](auto* context, const auto& sent,           \
                               auto* response) {                          \
      return stubs_->statistics.name(context, sent, response);            \
    };                                                                    \
    return Call<decltype(method), v1::name##Request, v1::name##Response>( \
        method, request);                                                 \
  }
ENTHESIS_QUESTION(CompareGroups)
ENTHESIS_QUESTION(DescribeCohort)
ENTHESIS_QUESTION(EstimateIncidence)
ENTHESIS_QUESTION(EstimateIntervalCensored)
ENTHESIS_QUESTION(EstimateReturnToPlay)
ENTHESIS_QUESTION(EstimateScoreChange)
ENTHESIS_QUESTION(EstimateSurvival)
ENTHESIS_QUESTION(FitAncova)
ENTHESIS_QUESTION(FitCox)
ENTHESIS_QUESTION(FitFineGray)
ENTHESIS_QUESTION(FitParametric)
ENTHESIS_QUESTION(FitRegression)
ENTHESIS_QUESTION(FitMixedModel)
ENTHESIS_QUESTION(CompareSites)
#undef ENTHESIS_QUESTION

absl::Status RegistryClient::ImportInBatches(
    std::vector<v1::ImportCasesRequest>& rows, const OnAnswer& on_answer,
    const std::function<bool()>& stop, size_t& next) {
  RowBatchOptions batches;
  batches.max_rows = static_cast<size_t>(
      std::clamp(options_.import_batch, 1, model::kMaxBatchRows));
  batches.calls = options_.import_calls;
  batches.is_too_large = [](const absl::Status& status) {
    // What is full for now says when to come again.
    return absl::IsResourceExhausted(status) && RetryDelay(status).count() < 0;
  };
  const auto send = [&](const v1::BatchImportCasesRequest& batch)
      -> absl::StatusOr<v1::BatchImportCasesResponse> {
    for (int attempt = 1;; ++attempt) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() +
                           options_.deadline);
      v1::BatchImportCasesResponse answer;
      const absl::Status status =
          ToStatus(stubs_->registry.BatchImportCases(&context, batch, &answer));
      if (status.ok()) return answer;
      if (stop && stop()) return absl::CancelledError("interrupted");
      if (!WaitToRetry(status, attempt)) return status;
    }
  };
  return SendInBatches(rows, batches, send, on_answer, stop, next);
}

absl::Status RegistryClient::ImportOnce(
    const std::vector<v1::ImportCasesRequest>& rows, const OnAnswer& on_answer,
    const std::function<bool()>& stop, size_t& next) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       options_.import_deadline);
  const auto stream = stubs_->registry.ImportCases(&context);
  std::mutex mutex;
  std::condition_variable answered;
  size_t n_answered = next;  // guarded by mutex, as is `broken`
  bool broken = false;
  bool stopped = false;  // the writer's, until it is joined
  const size_t window =
      static_cast<size_t>(std::max(options_.import_window, 1));

  std::thread writer([&] {
    for (size_t i = n_answered; i < rows.size(); ++i) {
      std::unique_lock<std::mutex> lock(mutex);
      answered.wait(lock, [&] { return broken || i < n_answered + window; });
      if (broken) return;
      lock.unlock();
      stopped = stop && stop();
      if (stopped) break;
      if (!stream->Write(rows[i])) return;
    }
    stream->WritesDone();
  });
  absl::Status fault;
  v1::ImportCasesResponse answer;
  while (next < rows.size() && stream->Read(&answer)) {
    if (answer.row() != static_cast<int64_t>(next)) {
      fault = absl::InternalError("the server answered rows out of order");
      break;
    }
    on_answer(next++, answer);
    const std::lock_guard<std::mutex> lock(mutex);
    n_answered = next;
    answered.notify_one();
  }
  {
    const std::lock_guard<std::mutex> lock(mutex);
    broken = next < rows.size();
    answered.notify_one();
  }
  // A stream that ended by itself keeps its own status.
  if (!fault.ok()) context.TryCancel();
  writer.join();
  const absl::Status status = ToStatus(stream->Finish());
  if (!fault.ok()) return fault;
  if (status.ok() && stopped) return absl::CancelledError("interrupted");
  if (status.ok() && next < rows.size()) {
    return absl::UnavailableError("the server ended the import early");
  }
  return next == rows.size() ? absl::OkStatus() : status;
}

absl::Status RegistryClient::ImportCases(
    std::vector<v1::ImportCasesRequest>& rows, const OnAnswer& on_answer,
    const std::function<bool()>& stop) {
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].set_row(static_cast<int64_t>(i));
    EnsureRequestId(rows[i]);
  }
  size_t next = 0;
  if (has_batches_) {
    const absl::Status status = ImportInBatches(rows, on_answer, stop, next);
    if (!absl::IsUnimplemented(status)) return status;
    has_batches_ = false;
  }
  for (int attempt = 1; next < rows.size(); ++attempt) {
    const size_t before = next;
    const absl::Status status = ImportOnce(rows, on_answer, stop, next);
    if (status.ok()) break;
    if (next > before) attempt = 1;  // it went on: count tries anew
    if (stop && stop()) return absl::CancelledError("interrupted");
    if (!WaitToRetry(status, attempt)) return status;
  }
  return absl::OkStatus();
}

}  // namespace enthesis::client
