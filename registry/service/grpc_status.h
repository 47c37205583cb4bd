// The one place where errors become google.rpc.Status with details.
//
// Code, reason, details:
//   INVALID_ARGUMENT    FIELD_VIOLATION, REQUEST_ID_REUSED,
//                       PAGE_TOKEN_INVALID               BadRequest, ErrorInfo
//   NOT_FOUND           RESOURCE_NOT_FOUND             ResourceInfo, ErrorInfo
//   ALREADY_EXISTS      RESOURCE_EXISTS                ResourceInfo, ErrorInfo
//   ABORTED             ETAG_MISMATCH                  ErrorInfo
//   FAILED_PRECONDITION NO_CASES, COHORT_TOO_SMALL
//                                               PreconditionFailure, ErrorInfo
//   RESOURCE_EXHAUSTED  CONCURRENCY_LIMIT              RetryInfo, ErrorInfo
//                       ROWS_LIMIT                     QuotaFailure, ErrorInfo
//   UNAVAILABLE         STORE_UNAVAILABLE              RetryInfo, ErrorInfo
//   DATA_LOSS           RECORD_CORRUPT                 ErrorInfo
//   INTERNAL            INTERNAL                       ErrorInfo
//   CANCELLED, DEADLINE_EXCEEDED                       none
// The domain is "enthesis". A status that no line above explains becomes
// INTERNAL with a fixed text, and its own text goes to the log only.

#ifndef ENTHESIS_REGISTRY_SERVICE_GRPC_STATUS_H_
#define ENTHESIS_REGISTRY_SERVICE_GRPC_STATUS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"
#include "registry/validation/validate.h"

namespace enthesis::service {

inline constexpr char kErrorDomain[] = "enthesis";

// INVALID_ARGUMENT FIELD_VIOLATION with every violation; at least one.
absl::Status FieldViolations(
    const std::vector<validation::Violation>& violations);
absl::Status FieldViolation(absl::string_view path, absl::string_view message);
absl::Status RequestIdReused();
absl::Status PageTokenInvalid(absl::string_view message);
// `type` is "site" or "case", `name` its resource name; `description` such as
// "withdrawn" may be empty.
absl::Status ResourceNotFound(absl::string_view type, absl::string_view name,
                              absl::string_view description = "");
absl::Status ResourceExists(absl::string_view type, absl::string_view name,
                            absl::string_view description = "");
absl::Status EtagMismatch(absl::string_view name);
absl::Status ConcurrencyLimit();
absl::Status AnswerTooLarge();

// With all details, however many.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// For the end of a call. Details travel in the trailing metadata, for which
// stock clients allow 8 KiB: where violations do not fit, the last ones are
// left out and ErrorInfo.metadata says "violations" and "violations_listed".
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_GRPC_STATUS_H_
