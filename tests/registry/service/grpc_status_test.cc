// The table of errors: what causes one, its code, reason and details.

#include "registry/service/grpc_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "registry/analysis/answer.h"
#include "registry/disclosure/release.h"
#include "registry/storage/store.h"
#include "tests/registry/service/test_registry.h"

namespace enthesis::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

absl::Status WithPayload(absl::Status status, const char* payload) {
  status.SetPayload(payload, absl::Cord("1"));
  return status;
}

TEST(ErrorTable, CodeReasonAndDetailsOfEveryCause) {
  struct Case {
    const char* name;
    absl::Status status;
    const char* summary;
    const char* details;  // r retry, q quota, p precondition, n resource
  };
  const Case cases[] = {
      {"field", FieldViolation("a.b", "c"),
       "INVALID_ARGUMENT FIELD_VIOLATION a.b", ""},
      {"fields", FieldViolations({{"a", "1"}, {"b", "2"}}),
       "INVALID_ARGUMENT FIELD_VIOLATION a, b", ""},
      {"reused", RequestIdReused(),
       "INVALID_ARGUMENT REQUEST_ID_REUSED request_id", ""},
      {"reused in the store",
       WithPayload(absl::InvalidArgumentError("x"), storage::kRequestIdReused),
       "INVALID_ARGUMENT REQUEST_ID_REUSED request_id", ""},
      {"token", PageTokenInvalid("x"),
       "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token", ""},
      {"not found", ResourceNotFound("case", "sites/a/cases/b"),
       "NOT_FOUND RESOURCE_NOT_FOUND", "n"},
      {"exists", ResourceExists("case", "sites/a/cases/b"),
       "ALREADY_EXISTS RESOURCE_EXISTS", "n"},
      {"etag", EtagMismatch("sites/a/cases/b"), "ABORTED ETAG_MISMATCH", ""},
      {"no cases",
       WithPayload(absl::FailedPreconditionError("x"), analysis::kNoCases),
       "FAILED_PRECONDITION NO_CASES", "p"},
      {"too small",
       WithPayload(absl::FailedPreconditionError("x"),
                   disclosure::kCohortTooSmall),
       "FAILED_PRECONDITION COHORT_TOO_SMALL", "p"},
      {"busy", ConcurrencyLimit(), "RESOURCE_EXHAUSTED CONCURRENCY_LIMIT", "r"},
      {"large", AnswerTooLarge(), "RESOURCE_EXHAUSTED ROWS_LIMIT", "q"},
      {"disk", absl::UnavailableError("/var/lib/x: I/O error"),
       "UNAVAILABLE STORE_UNAVAILABLE", "r"},
      {"corrupt", absl::DataLossError("/var/lib/x"), "DATA_LOSS RECORD_CORRUPT",
       ""},
      {"deadline", absl::DeadlineExceededError("x"), "DEADLINE_EXCEEDED", ""},
      {"cancelled", absl::CancelledError("x"), "CANCELLED", ""},
      {"bug", absl::InternalError("secret"), "INTERNAL INTERNAL", ""},
      {"unexplained", absl::FailedPreconditionError("secret"),
       "INTERNAL INTERNAL", ""},
      {"unexplained argument", absl::InvalidArgumentError("secret"),
       "INTERNAL INTERNAL", ""},
      {"unknown", absl::UnknownError("secret"), "INTERNAL INTERNAL", ""},
  };
  for (const Case& c : cases) {
    const Outcome outcome = OutcomeOf(ToGrpcStatus(c.status));
    EXPECT_EQ(Summary(outcome), c.summary) << c.name;
    std::string details;
    if (outcome.has_retry) details += "r";
    if (outcome.has_quota) details += "q";
    if (outcome.has_precondition) details += "p";
    if (!outcome.resource.empty()) details += "n";
    EXPECT_EQ(details, c.details) << c.name;
    EXPECT_THAT(outcome.message, Not(HasSubstr("secret"))) << c.name;
    EXPECT_THAT(outcome.message, Not(HasSubstr("/var/lib"))) << c.name;
    EXPECT_FALSE(outcome.message.empty()) << c.name;
  }
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(ToRpcStatus(absl::OkStatus()).code(), 0);
}

TEST(ErrorTable, MessageNamesTheFirstViolationAndCountsTheOthers) {
  const absl::Status status =
      FieldViolations({{"case.baseline.bmi", "is 300, allowed: 12 to 80"},
                       {"b", "2"},
                       {"c", "3"}});
  EXPECT_EQ(ToGrpcStatus(status).error_message(),
            "case.baseline.bmi: is 300, allowed: 12 to 80 (and 2 more)");
  EXPECT_EQ(ToGrpcStatus(FieldViolation("b", "2")).error_message(), "b: 2");
}

// Stock clients refuse trailing metadata above 8 KiB, and with it the error.
TEST(ErrorTable, ManyViolationsStillReachAStockClient) {
  std::vector<validation::Violation> many;
  for (int i = 0; i < 400; ++i) {
    many.push_back({"case.follow_ups[" + std::to_string(i) + "].day",
                    "is " + std::to_string(i) + "0000, allowed: -90 to 7305"});
  }
  const grpc::Status status = ToGrpcStatus(FieldViolations(many));
  EXPECT_LT(status.error_details().size() + status.error_message().size(),
            size_t{6} << 10);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  ASSERT_TRUE(details.details(1).UnpackTo(&bad));
  EXPECT_EQ(info.metadata().at("violations"), "400");
  EXPECT_EQ(info.metadata().at("violations_listed"),
            std::to_string(bad.field_violations_size()));
  EXPECT_GT(bad.field_violations_size(), 30);
  EXPECT_THAT(status.error_message(), HasSubstr("(and 399 more)"));
  // In the answer to an import row there is room for all.
  EXPECT_EQ(OutcomeOf(ToRpcStatus(FieldViolations(many))).paths.size(), 400u);
}

TEST(ErrorTable, LongMessagesAreCut) {
  const grpc::Status status =
      ToGrpcStatus(FieldViolation("a", std::string(10'000, 'x')));
  EXPECT_LE(status.error_message().size(), 512u);
  EXPECT_LT(status.error_details().size(), size_t{6} << 10);
}

}  // namespace
}  // namespace enthesis::service
