// What the tests of commands share.

#ifndef ENTHESIS_TESTS_REGISTRY_SERVICE_CASE_COMMANDS_H_
#define ENTHESIS_TESTS_REGISTRY_SERVICE_CASE_COMMANDS_H_

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "tests/registry/service/test_registry.h"

namespace enthesis::service {

// A registry with one site, and requests about its cases.
class CaseCommands : public ::testing::Test {
 protected:
  CaseCommands() { registry_.MakeSite(); }

  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (v1::RegistryService::Stub::*method)(
                        grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    return TestRegistry::Call(registry_.registry(), method, request, response);
  }

  v1::GetCaseResponse Get(const std::string& name,
                          std::optional<uint64_t> as_of = std::nullopt) {
    v1::GetCaseRequest request;
    request.set_name(name);
    if (as_of.has_value()) request.set_as_of(*as_of);
    v1::GetCaseResponse response;
    const grpc::Status status =
        Call(&v1::RegistryService::Stub::GetCase, request, &response);
    EXPECT_TRUE(status.ok()) << Summary(status);
    return response;
  }

  v1::AddFollowUpRequest NewFollowUpFor(const std::string& name, int day) {
    v1::AddFollowUpRequest request;
    request.set_name(name);
    *request.mutable_follow_up() = registry_.NewFollowUp(day);
    request.set_request_id(registry_.NextRequestId());
    return request;
  }

  v1::UpdateCaseRequest NewUpdate(const v1::Case& stored, int bmi) {
    v1::UpdateCaseRequest request;
    request.mutable_case_()->set_name(stored.name());
    request.mutable_case_()->set_etag(stored.etag());
    request.mutable_case_()->mutable_baseline()->set_bmi(bmi);
    request.mutable_update_mask()->add_paths("baseline.bmi");
    request.set_reason(v1::CORRECTION_REASON_TRANSCRIPTION_ERROR);
    request.set_request_id(registry_.NextRequestId());
    return request;
  }

  v1::WithdrawCaseRequest NewWithdrawal(const std::string& name) {
    v1::WithdrawCaseRequest request;
    request.set_name(name);
    request.set_reason(v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
    request.set_request_id(registry_.NextRequestId());
    return request;
  }

  uint64_t LastCommit() { return registry_.store().LastCommit().index; }

  // Sends `request` twice, with another change in between and after a restart:
  // the same answer, and nothing stored by the retry. Then the same id with
  // `other` content is refused.
  template <typename Request, typename Response>
  void ExpectReplay(grpc::Status (v1::RegistryService::Stub::*method)(
                        grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Request other,
                    const std::function<void()>& between) {
    Response first;
    const grpc::Status status = Call(method, request, &first);
    ASSERT_TRUE(status.ok()) << Summary(status) << status.error_message();
    between();
    registry_.Restart();
    const uint64_t before = LastCommit();
    Response again;
    const grpc::Status retried = Call(method, request, &again);
    ASSERT_TRUE(retried.ok()) << Summary(retried);
    EXPECT_TRUE(
        google::protobuf::util::MessageDifferencer::Equals(first, again))
        << first.ShortDebugString() << "\n"
        << again.ShortDebugString();
    EXPECT_EQ(LastCommit(), before);
    other.set_request_id(request.request_id());
    Response refused;
    EXPECT_EQ(Summary(Call(method, other, &refused)),
              "INVALID_ARGUMENT REQUEST_ID_REUSED request_id");
    EXPECT_EQ(LastCommit(), before);
  }

  TestRegistry registry_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_TESTS_REGISTRY_SERVICE_CASE_COMMANDS_H_
