// Withdrawal: what is left, what it frees, what it refuses.

#include <gtest/gtest.h>

#include "google/protobuf/util/message_differencer.h"
#include "tests/registry/service/case_commands.h"

namespace enthesis::service {
namespace {

using Stub = v1::RegistryService::Stub;
using google::protobuf::util::MessageDifferencer;

using Withdrawal = CaseCommands;

TEST_F(Withdrawal, WithdrawalLeavesATombstoneAlone) {
  const v1::Case stored = registry_.MakeCase();
  v1::UpdateCaseResponse updated;
  ASSERT_TRUE(Call(&Stub::UpdateCase, NewUpdate(stored, 44), &updated).ok());
  const v1::WithdrawCaseRequest request = NewWithdrawal(stored.name());
  v1::WithdrawCaseResponse response;
  ASSERT_TRUE(Call(&Stub::WithdrawCase, request, &response).ok());
  EXPECT_EQ(response.withdrawal().reason(),
            v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
  EXPECT_EQ(response.withdrawal().commit_index(), LastCommit());

  const v1::GetCaseResponse now = Get(stored.name());
  EXPECT_FALSE(now.has_case_());
  EXPECT_TRUE(
      MessageDifferencer::Equals(now.withdrawal(), response.withdrawal()));
  v1::ListCaseRevisionsRequest revisions;
  revisions.set_name(stored.name());
  v1::ListCaseRevisionsResponse history;
  ASSERT_TRUE(Call(&Stub::ListCaseRevisions, revisions, &history).ok());
  ASSERT_EQ(history.revisions_size(), 1);
  EXPECT_TRUE(history.revisions(0).has_withdrawal());
  EXPECT_FALSE(history.revisions(0).has_case_());

  v1::UpdateCaseResponse refused_update;
  EXPECT_EQ(Summary(Call(&Stub::UpdateCase, NewUpdate(updated.case_(), 45),
                         &refused_update)),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::AddFollowUpResponse refused_follow;
  EXPECT_EQ(Summary(Call(&Stub::AddFollowUp, NewFollowUpFor(stored.name(), -88),
                         &refused_follow)),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  // A retry of what came before the withdrawal brings nothing back.
  v1::CreateCaseRequest create = registry_.NewCase();
  create.set_case_id(stored.name().substr(stored.name().rfind('/') + 1));
  v1::CreateCaseResponse refused_create;
  EXPECT_EQ(Summary(Call(&Stub::CreateCase, create, &refused_create)),
            "ALREADY_EXISTS RESOURCE_EXISTS");

  // Again for the same reason: the tombstone. For another one: too late.
  v1::WithdrawCaseResponse again;
  ASSERT_TRUE(
      Call(&Stub::WithdrawCase, NewWithdrawal(stored.name()), &again).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(response, again));
  v1::WithdrawCaseRequest other = NewWithdrawal(stored.name());
  other.set_reason(v1::WITHDRAWAL_REASON_DUPLICATE);
  EXPECT_EQ(Summary(Call(&Stub::WithdrawCase, other, &again)),
            "NOT_FOUND RESOURCE_NOT_FOUND");
}

TEST_F(Withdrawal, RetryOfACreationAfterWithdrawalFindsNothing) {
  const v1::CreateCaseRequest create = registry_.NewCase();
  v1::CreateCaseResponse response;
  ASSERT_TRUE(Call(&Stub::CreateCase, create, &response).ok());
  v1::WithdrawCaseResponse withdrawn;
  ASSERT_TRUE(Call(&Stub::WithdrawCase, NewWithdrawal(response.case_().name()),
                   &withdrawn)
                  .ok());
  EXPECT_EQ(Summary(Call(&Stub::CreateCase, create, &response)),
            "NOT_FOUND RESOURCE_NOT_FOUND");
}

// A withdrawn case no longer stands in the way of its patient's next one.
TEST_F(Withdrawal, WithdrawalFreesPatientAndSide) {
  v1::CreateCaseRequest create = registry_.NewCase();
  v1::CreateCaseResponse response;
  ASSERT_TRUE(Call(&Stub::CreateCase, create, &response).ok());
  v1::WithdrawCaseResponse withdrawn;
  ASSERT_TRUE(Call(&Stub::WithdrawCase, NewWithdrawal(response.case_().name()),
                   &withdrawn)
                  .ok());
  create.set_case_id(registry_.NewCase().case_id());
  create.set_request_id(registry_.NextRequestId());
  EXPECT_TRUE(Call(&Stub::CreateCase, create, &response).ok());
}

}  // namespace
}  // namespace enthesis::service
