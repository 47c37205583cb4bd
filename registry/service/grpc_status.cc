#include "registry/service/grpc_status.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"
#include "registry/analysis/answer.h"
#include "registry/disclosure/release.h"
#include "registry/service/log.h"
#include "registry/storage/store.h"

namespace enthesis::service {
namespace {

// Payload that holds the finished google.rpc.Status of an error made here.
constexpr char kPayload[] = "enthesis/service/google.rpc.Status";

// Details and message of one call together stay below the 8 KiB of metadata
// that stock clients accept, base64 included.
constexpr size_t kMaxDetailsBytes = 5 * 1024;
constexpr size_t kMaxMessageBytes = 512;

constexpr int kRetryNanos = 100'000'000;
constexpr char kInternalText[] =
    "internal error; the log of the server has the cause";

google::rpc::Status MakeStatus(absl::StatusCode code, absl::string_view text) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message(std::string(text));
  return status;
}

template <typename Detail>
void AddDetail(const Detail& detail, google::rpc::Status& status) {
  status.add_details()->PackFrom(detail);
}

void AddReason(absl::string_view reason, google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(kErrorDomain);
  AddDetail(info, status);
}

void AddRetry(google::rpc::Status& status) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(kRetryNanos);
  AddDetail(retry, status);
}

void AddPrecondition(absl::string_view type, absl::string_view description,
                     google::rpc::Status& status) {
  google::rpc::PreconditionFailure failure;
  auto& violation = *failure.add_violations();
  violation.set_type(std::string(type));
  violation.set_subject("cohort");
  violation.set_description(std::string(description));
  AddDetail(failure, status);
}

absl::Status Wrap(const google::rpc::Status& status) {
  absl::Status wrapped(static_cast<absl::StatusCode>(status.code()),
                       status.message());
  wrapped.SetPayload(kPayload, absl::Cord(status.SerializeAsString()));
  return wrapped;
}

google::rpc::BadRequest ToBadRequest(
    const std::vector<validation::Violation>& violations) {
  google::rpc::BadRequest bad;
  for (const validation::Violation& violation : violations) {
    auto& added = *bad.add_field_violations();
    added.set_field(violation.path);
    added.set_description(violation.message);
  }
  return bad;
}

std::string Summary(const std::vector<validation::Violation>& violations) {
  std::string text =
      absl::StrCat(violations[0].path, ": ", violations[0].message);
  if (violations.size() > 1) {
    absl::StrAppend(&text, " (and ", violations.size() - 1, " more)");
  }
  return text;
}

absl::Status InvalidArgument(
    absl::string_view reason,
    const std::vector<validation::Violation>& violations) {
  google::rpc::Status status =
      MakeStatus(absl::StatusCode::kInvalidArgument, Summary(violations));
  AddReason(reason, status);
  AddDetail(ToBadRequest(violations), status);
  return Wrap(status);
}

absl::Status OfResource(absl::StatusCode code, absl::string_view reason,
                        absl::string_view type, absl::string_view name,
                        absl::string_view description,
                        absl::string_view verdict) {
  google::rpc::Status status = MakeStatus(
      code, absl::StrCat(type, " ", name, " ", verdict,
                         description.empty() ? "" : ": ", description));
  AddReason(reason, status);
  google::rpc::ResourceInfo info;
  info.set_resource_type(absl::StrCat("enthesis.v1/", type));
  info.set_resource_name(std::string(name));
  info.set_description(std::string(description));
  AddDetail(info, status);
  return Wrap(status);
}

// Drops violations from the end until `bad` fits, and says so in `info`.
void Shorten(size_t allowed_bytes, google::rpc::BadRequest& bad,
             google::rpc::ErrorInfo& info) {
  const int n_all = bad.field_violations_size();
  size_t bytes = 0;
  int n_fit = 0;
  for (; n_fit < n_all; ++n_fit) {
    bytes += bad.field_violations(n_fit).ByteSizeLong() + 4;
    if (bytes > allowed_bytes) break;
  }
  if (n_fit == n_all) return;
  bad.mutable_field_violations()->DeleteSubrange(n_fit, n_all - n_fit);
  (*info.mutable_metadata())["violations"] = absl::StrCat(n_all);
  (*info.mutable_metadata())["violations_listed"] = absl::StrCat(n_fit);
}

}  // namespace

absl::Status FieldViolations(
    const std::vector<validation::Violation>& violations) {
  return InvalidArgument("FIELD_VIOLATION", violations);
}

absl::Status FieldViolation(absl::string_view path, absl::string_view message) {
  return FieldViolations({{std::string(path), std::string(message)}});
}

absl::Status RequestIdReused() {
  return InvalidArgument(
      "REQUEST_ID_REUSED",
      {{"request_id",
        "was used for a request with other content; make a new "
        "one for every change"}});
}

absl::Status PageTokenInvalid(absl::string_view message) {
  return InvalidArgument("PAGE_TOKEN_INVALID",
                         {{"page_token", std::string(message)}});
}

absl::Status ResourceNotFound(absl::string_view type, absl::string_view name,
                              absl::string_view description) {
  return OfResource(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", type,
                    name, description, "does not exist");
}

absl::Status ResourceExists(absl::string_view type, absl::string_view name,
                            absl::string_view description) {
  return OfResource(absl::StatusCode::kAlreadyExists, "RESOURCE_EXISTS", type,
                    name, description, "exists already");
}

absl::Status EtagMismatch(absl::string_view name) {
  google::rpc::Status status = MakeStatus(
      absl::StatusCode::kAborted,
      absl::StrCat(name,
                   " changed since it was read: read it again, apply "
                   "the change to it, and send its etag"));
  AddReason("ETAG_MISMATCH", status);
  return Wrap(status);
}

absl::Status ConcurrencyLimit() {
  google::rpc::Status status =
      MakeStatus(absl::StatusCode::kResourceExhausted,
                 "too many requests at once; try again shortly");
  AddReason("CONCURRENCY_LIMIT", status);
  AddRetry(status);
  return Wrap(status);
}

absl::Status AnswerTooLarge() {
  google::rpc::Status status =
      MakeStatus(absl::StatusCode::kResourceExhausted,
                 "the answer does not fit into one message; ask for less");
  AddReason("ROWS_LIMIT", status);
  google::rpc::QuotaFailure failure;
  auto& violation = *failure.add_violations();
  violation.set_subject("response");
  violation.set_description("4 MiB for one message");
  AddDetail(failure, status);
  return Wrap(status);
}

namespace {

// Errors that come as they are from storage, cohort, analysis and disclosure.
google::rpc::Status FromForeign(const absl::Status& status) {
  const absl::string_view text = status.message();
  google::rpc::Status rpc = MakeStatus(status.code(), text);
  switch (status.code()) {
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
      return rpc;
    case absl::StatusCode::kFailedPrecondition:
      for (const auto& [payload, reason] :
           {std::pair(analysis::kNoCases, "NO_CASES"),
            std::pair(analysis::kNotFitted, "NOT_FITTED"),
            std::pair(disclosure::kCohortTooSmall, "COHORT_TOO_SMALL")}) {
        if (!status.GetPayload(payload).has_value()) continue;
        AddReason(reason, rpc);
        AddPrecondition(reason, text, rpc);
        return rpc;
      }
      break;
    case absl::StatusCode::kUnavailable:
      LogError(absl::StrCat("store unavailable: ", text));
      rpc.set_message("the store cannot be reached; try again");
      AddReason("STORE_UNAVAILABLE", rpc);
      AddRetry(rpc);
      return rpc;
    case absl::StatusCode::kDataLoss:
      LogError(absl::StrCat("record corrupt: ", text));
      rpc.set_message("a stored record cannot be read");
      AddReason("RECORD_CORRUPT", rpc);
      return rpc;
    default:
      break;
  }
  LogError(absl::StrCat("internal: ", status.ToString()));
  rpc = MakeStatus(absl::StatusCode::kInternal, kInternalText);
  AddReason("INTERNAL", rpc);
  return rpc;
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status rpc;
  if (status.ok()) return rpc;
  const auto payload = status.GetPayload(kPayload);
  if (payload.has_value() && rpc.ParseFromString(std::string(*payload))) {
    return rpc;
  }
  if (status.GetPayload(storage::kRequestIdReused).has_value()) {
    return ToRpcStatus(RequestIdReused());
  }
  return FromForeign(status);
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status rpc = ToRpcStatus(status);
  if (rpc.message().size() > kMaxMessageBytes) {
    rpc.mutable_message()->resize(kMaxMessageBytes - 3);
    *rpc.mutable_message() += "...";
  }
  if (rpc.ByteSizeLong() > kMaxDetailsBytes && rpc.details_size() == 2) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (rpc.details(0).UnpackTo(&info) && rpc.details(1).UnpackTo(&bad)) {
      Shorten(kMaxDetailsBytes - kMaxMessageBytes - 256, bad, info);
      rpc.clear_details();
      AddDetail(info, rpc);
      AddDetail(bad, rpc);
    }
  }
  if (rpc.details().empty()) {
    return {static_cast<grpc::StatusCode>(rpc.code()), rpc.message()};
  }
  return {static_cast<grpc::StatusCode>(rpc.code()), rpc.message(),
          rpc.SerializeAsString()};
}

}  // namespace enthesis::service
