// Commands on sites and cases: retries, lost updates, corrections,
// rules between cases.

#include "tests/registry/service/case_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "registry/model/id.h"

namespace enthesis::service {
namespace {

using Stub = v1::RegistryService::Stub;
using google::protobuf::util::MessageDifferencer;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::StartsWith;

TEST_F(CaseCommands, CreatedCaseReadsBackAsSent) {
  const v1::CreateCaseRequest request = registry_.NewCase();
  v1::CreateCaseResponse response;
  ASSERT_TRUE(Call(&Stub::CreateCase, request, &response).ok());
  const v1::Case stored = Get(response.case_().name()).case_();
  EXPECT_TRUE(MessageDifferencer::Equals(stored, response.case_()));
  EXPECT_EQ(stored.name(), "sites/site-01/cases/" + request.case_id());
  EXPECT_EQ(stored.commit_index(), LastCommit());
  EXPECT_FALSE(stored.etag().empty());
  v1::Case content = stored;
  content.clear_name();
  content.clear_etag();
  content.clear_commit_index();
  v1::Case sent = request.case_();
  std::sort(sent.mutable_follow_ups()->begin(),
            sent.mutable_follow_ups()->end(),
            [](const auto& a, const auto& b) { return a.day() < b.day(); });
  EXPECT_TRUE(MessageDifferencer::Equals(content, sent));
}

TEST_F(CaseCommands, RetryOfCreateSite) {
  v1::CreateSiteRequest request;
  request.set_site_id("site-02");
  request.mutable_site()->set_synthetic(true);
  request.set_request_id(registry_.NextRequestId());
  v1::CreateSiteRequest other = request;
  other.set_site_id("site-03");
  ExpectReplay(&Stub::CreateSite, request, other,
               [this] { registry_.MakeCase(); });
}

TEST_F(CaseCommands, RetryOfCreateCase) {
  const v1::CreateCaseRequest request = registry_.NewCase();
  ExpectReplay(&Stub::CreateCase, request, registry_.NewCase(), [&] {
    // The case moved on: the retry still gets the first answer.
    const std::string name = "sites/site-01/cases/" + request.case_id();
    v1::AddFollowUpResponse response;
    ASSERT_TRUE(
        Call(&Stub::AddFollowUp, NewFollowUpFor(name, -88), &response).ok());
  });
}

TEST_F(CaseCommands, RetryOfUpdateCase) {
  const v1::Case stored = registry_.MakeCase();
  const int bmi = stored.baseline().bmi() == 31 ? 32 : 31;
  ExpectReplay(
      &Stub::UpdateCase, NewUpdate(stored, bmi), NewUpdate(stored, bmi + 2),
      [&] {
        const v1::Case now = Get(stored.name()).case_();
        v1::UpdateCaseResponse response;
        ASSERT_TRUE(
            Call(&Stub::UpdateCase, NewUpdate(now, bmi + 1), &response).ok());
      });
}

TEST_F(CaseCommands, RetryOfAddFollowUp) {
  const v1::Case stored = registry_.MakeCase();
  const v1::AddFollowUpRequest request = NewFollowUpFor(stored.name(), -87);
  ExpectReplay(&Stub::AddFollowUp, request, NewFollowUpFor(stored.name(), -86),
               [&] {
                 v1::AddFollowUpResponse response;
                 ASSERT_TRUE(Call(&Stub::AddFollowUp,
                                  NewFollowUpFor(stored.name(), -85), &response)
                                 .ok());
               });
}

TEST_F(CaseCommands, RetryOfWithdrawCase) {
  const v1::Case stored = registry_.MakeCase();
  const v1::Case other = registry_.MakeCase();
  ExpectReplay(&Stub::WithdrawCase, NewWithdrawal(stored.name()),
               NewWithdrawal(other.name()), [] {});
}

// The id of a change belongs to its method too.
TEST_F(CaseCommands, RequestIdOfAnotherMethodIsRefused) {
  v1::CreateCaseRequest request = registry_.NewCase();
  v1::CreateCaseResponse response;
  ASSERT_TRUE(Call(&Stub::CreateCase, request, &response).ok());
  v1::WithdrawCaseRequest withdraw = NewWithdrawal(response.case_().name());
  withdraw.set_request_id(request.request_id());
  v1::WithdrawCaseResponse withdrawn;
  EXPECT_EQ(Summary(Call(&Stub::WithdrawCase, withdraw, &withdrawn)),
            "INVALID_ARGUMENT REQUEST_ID_REUSED request_id");
}

TEST_F(CaseCommands, CreatingTheSameAgainIsASuccessAndStoresNothing) {
  v1::CreateCaseRequest request = registry_.NewCase();
  v1::CreateCaseResponse first, again;
  ASSERT_TRUE(Call(&Stub::CreateCase, request, &first).ok());
  const uint64_t before = LastCommit();
  request.set_request_id(registry_.NextRequestId());
  ASSERT_TRUE(Call(&Stub::CreateCase, request, &again).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(first.case_(), again.case_()));
  EXPECT_EQ(LastCommit(), before);

  request.mutable_case_()->mutable_baseline()->set_haglund_prominence(
      !request.case_().baseline().haglund_prominence());
  request.set_request_id(registry_.NextRequestId());
  const Outcome other = OutcomeOf(Call(&Stub::CreateCase, request, &again));
  EXPECT_EQ(Summary(other), "ALREADY_EXISTS RESOURCE_EXISTS");
  EXPECT_EQ(other.resource, first.case_().name());
  EXPECT_EQ(LastCommit(), before);
}

TEST_F(CaseCommands, SiteAgain) {
  v1::CreateSiteRequest request;
  request.set_site_id(TestRegistry::kSite);
  request.mutable_site()->set_synthetic(true);
  request.set_request_id(registry_.NextRequestId());
  v1::Site site;
  EXPECT_TRUE(Call(&Stub::CreateSite, request, &site).ok());
  EXPECT_EQ(site.commit_index(), 1u);
  request.mutable_site()->set_synthetic(false);
  request.set_request_id(registry_.NextRequestId());
  EXPECT_EQ(Summary(Call(&Stub::CreateSite, request, &site)),
            "ALREADY_EXISTS RESOURCE_EXISTS");
}

TEST_F(CaseCommands, SiteMustExistAndBeOfTheSameKind) {
  v1::CreateCaseRequest request = registry_.NewCase();
  request.set_parent("sites/site-77");
  v1::CreateCaseResponse response;
  const Outcome missing =
      OutcomeOf(Call(&Stub::CreateCase, request, &response));
  EXPECT_EQ(Summary(missing), "NOT_FOUND RESOURCE_NOT_FOUND");
  EXPECT_EQ(missing.resource, "sites/site-77");
  request = registry_.NewCase();
  request.mutable_case_()->set_synthetic(false);
  EXPECT_EQ(Summary(Call(&Stub::CreateCase, request, &response)),
            "INVALID_ARGUMENT FIELD_VIOLATION case.synthetic");
}

TEST_F(CaseCommands, ValidateOnlyChecksEverythingAndStoresNothing) {
  v1::CreateCaseRequest request = registry_.NewCase();
  request.set_validate_only(true);
  const uint64_t before = LastCommit();
  v1::CreateCaseResponse response;
  ASSERT_TRUE(Call(&Stub::CreateCase, request, &response).ok());
  EXPECT_EQ(response.case_().commit_index(), 0u);
  EXPECT_EQ(response.case_().etag(), "");
  request.mutable_case_()->mutable_baseline()->set_age_years(17);
  EXPECT_EQ(Summary(Call(&Stub::CreateCase, request, &response)),
            "INVALID_ARGUMENT FIELD_VIOLATION case.baseline.age_years");
  EXPECT_EQ(LastCommit(), before);
  // The request id was not used up.
  request = registry_.NewCase();
  request.set_request_id(RequestId(7));
  request.set_validate_only(true);
  ASSERT_TRUE(Call(&Stub::CreateCase, request, &response).ok());
  request.set_validate_only(false);
  EXPECT_TRUE(Call(&Stub::CreateCase, request, &response).ok());
}

TEST_F(CaseCommands, ValidateOnlyOfACorrectionStoresNothing) {
  const v1::Case stored = registry_.MakeCase();
  const uint64_t before = LastCommit();
  v1::UpdateCaseRequest request = NewUpdate(stored, 33);
  request.set_validate_only(true);
  v1::UpdateCaseResponse response;
  ASSERT_TRUE(Call(&Stub::UpdateCase, request, &response).ok());
  EXPECT_EQ(response.case_().baseline().bmi(), 33);
  EXPECT_EQ(response.case_().etag(), "");
  for (const v1::Warning& warning : response.warnings()) {
    EXPECT_NE(warning.reason(), "POSSIBLE_DUPLICATE");  // of itself
  }
  EXPECT_EQ(LastCommit(), before);
  // The request id was not used up, and the version is still the one read.
  request.set_validate_only(false);
  EXPECT_TRUE(Call(&Stub::UpdateCase, request, &response).ok());
  EXPECT_EQ(LastCommit(), before + 1);
}

TEST_F(CaseCommands, AllViolationsAtOnceAndTheFirstInTheMessage) {
  v1::CreateCaseRequest request = registry_.NewCase();
  request.set_parent("sites/S");
  request.mutable_case_()->set_patient("4711");
  request.mutable_case_()->mutable_baseline()->set_bmi(300);
  request.mutable_case_()->mutable_baseline()->set_sex(static_cast<v1::Sex>(9));
  v1::FollowUp& early = *request.mutable_case_()->add_follow_ups();
  early.set_id("bad");
  early.set_day(99999);
  v1::CreateCaseResponse response;
  const Outcome outcome =
      OutcomeOf(Call(&Stub::CreateCase, request, &response));
  const std::string last =
      "case.follow_ups[" +
      std::to_string(request.case_().follow_ups_size() - 1) + "]";
  EXPECT_THAT(
      outcome.paths,
      ::testing::IsSupersetOf({std::string("parent"),
                               std::string("case.patient"), last + ".id",
                               last + ".day", std::string("case.baseline.bmi"),
                               std::string("case.baseline.sex")}));
  EXPECT_THAT(outcome.message, StartsWith("parent: "));
  EXPECT_THAT(outcome.message, ::testing::HasSubstr(" more)"));
  EXPECT_EQ(LastCommit(), 1u);
}

TEST_F(CaseCommands, SamePatientAndSideIsRefusedAlsoWhenSentTogether) {
  constexpr int kCallers = 8;
  const v1::CreateCaseRequest first = registry_.NewCase();
  std::vector<v1::CreateCaseRequest> requests;
  for (int i = 0; i < kCallers; ++i) {
    v1::CreateCaseRequest& request = requests.emplace_back(first);
    request.set_case_id(registry_.NewCase().case_id());
    request.set_request_id(registry_.NextRequestId());
  }
  std::vector<std::string> results(kCallers);
  std::vector<std::thread> callers;
  for (size_t i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      v1::CreateCaseResponse response;
      results[i] = Summary(Call(&Stub::CreateCase, requests[i], &response));
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(std::count(results.begin(), results.end(), "OK"), 1);
  for (const std::string& result : results) {
    EXPECT_THAT(result,
                AnyOf("OK", StartsWith("INVALID_ARGUMENT FIELD_VIOLATION")));
  }
}

TEST_F(CaseCommands, DuplicateIsAWarningAndIsReplayed) {
  v1::CreateCaseRequest request = registry_.NewCase();
  v1::CreateCaseResponse response;
  ASSERT_TRUE(Call(&Stub::CreateCase, request, &response).ok());
  // Another patient, all else the same.
  request.set_case_id(registry_.NewCase().case_id());
  request.mutable_case_()->set_patient(registry_.NewCase().case_().patient());
  request.set_request_id(registry_.NextRequestId());
  ASSERT_TRUE(Call(&Stub::CreateCase, request, &response).ok());
  std::vector<std::string> reasons;
  for (const v1::Warning& warning : response.warnings()) {
    reasons.push_back(warning.reason());
  }
  EXPECT_THAT(reasons, ::testing::Contains("POSSIBLE_DUPLICATE"));
  v1::CreateCaseResponse again;
  ASSERT_TRUE(Call(&Stub::CreateCase, request, &again).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(response, again));
}

TEST_F(CaseCommands, UpdateChangesOnlyWhatTheMaskNames) {
  const v1::Case stored = registry_.MakeCase();
  v1::UpdateCaseRequest request = NewUpdate(stored, 33);
  request.mutable_case_()->mutable_baseline()->set_age_years(1);  // not read
  request.mutable_case_()->set_patient("not read");
  request.mutable_case_()->add_follow_ups()->set_id("not read");
  v1::UpdateCaseResponse response;
  const grpc::Status status = Call(&Stub::UpdateCase, request, &response);
  ASSERT_TRUE(status.ok()) << Summary(status);
  v1::Case expected = stored;
  expected.mutable_baseline()->set_bmi(33);
  expected.set_etag(response.case_().etag());
  expected.set_commit_index(LastCommit());
  EXPECT_TRUE(MessageDifferencer::Equals(response.case_(), expected));
  EXPECT_NE(response.case_().etag(), stored.etag());

  // Absent in the request: cleared.
  request = NewUpdate(response.case_(), 0);
  request.mutable_case_()->clear_baseline();
  ASSERT_TRUE(Call(&Stub::UpdateCase, request, &response).ok());
  EXPECT_FALSE(response.case_().baseline().has_bmi());

  // The same again changes nothing.
  const uint64_t before = LastCommit();
  request = NewUpdate(response.case_(), 0);
  request.mutable_case_()->clear_baseline();
  ASSERT_TRUE(Call(&Stub::UpdateCase, request, &response).ok());
  EXPECT_EQ(LastCommit(), before);
}

TEST_F(CaseCommands, UpdateIsHeldToTheRulesOfTheWholeCase) {
  const v1::Case stored = registry_.MakeCase();
  v1::UpdateCaseRequest request = NewUpdate(stored, 500);
  request.mutable_update_mask()->add_paths("baseline.age_years");
  request.mutable_update_mask()->add_paths("status");
  request.mutable_case_()->set_status(v1::CASE_STATUS_LOST);
  v1::UpdateCaseResponse response;
  const Outcome outcome =
      OutcomeOf(Call(&Stub::UpdateCase, request, &response));
  EXPECT_EQ(outcome.code, grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(outcome.paths,
              ::testing::IsSupersetOf(
                  {"case.baseline.bmi", "case.baseline.age_years"}));
}

TEST_F(CaseCommands, MaskAndReasonRules) {
  const v1::Case stored = registry_.MakeCase();
  v1::UpdateCaseRequest request = NewUpdate(stored, 30);
  request.mutable_update_mask()->add_paths("*");
  request.mutable_update_mask()->add_paths("patient");
  request.mutable_update_mask()->add_paths("baseline.height");
  request.set_reason(static_cast<v1::CorrectionReason>(77));
  v1::UpdateCaseResponse response;
  EXPECT_EQ(Summary(Call(&Stub::UpdateCase, request, &response)),
            "INVALID_ARGUMENT FIELD_VIOLATION update_mask.paths[1], "
            "update_mask.paths[2], update_mask.paths[3], reason");
}

TEST_F(CaseCommands, LostUpdateIsImpossible) {
  const v1::Case stored = registry_.MakeCase();
  v1::UpdateCaseResponse response;
  ASSERT_TRUE(Call(&Stub::UpdateCase, NewUpdate(stored, 34), &response).ok());
  v1::UpdateCaseResponse refused;
  EXPECT_EQ(Summary(Call(&Stub::UpdateCase, NewUpdate(stored, 35), &refused)),
            "ABORTED ETAG_MISMATCH");
  v1::UpdateCaseRequest foreign = NewUpdate(stored, 35);
  foreign.mutable_case_()->set_etag("W/\"1\"");
  EXPECT_EQ(Summary(Call(&Stub::UpdateCase, foreign, &refused)),
            "ABORTED ETAG_MISMATCH");
  v1::AddFollowUpRequest follow = NewFollowUpFor(stored.name(), -88);
  follow.set_etag(stored.etag());
  v1::AddFollowUpResponse added;
  EXPECT_EQ(Summary(Call(&Stub::AddFollowUp, follow, &added)),
            "ABORTED ETAG_MISMATCH");
  v1::WithdrawCaseRequest withdraw = NewWithdrawal(stored.name());
  withdraw.set_etag(stored.etag());
  v1::WithdrawCaseResponse withdrawn;
  EXPECT_EQ(Summary(Call(&Stub::WithdrawCase, withdraw, &withdrawn)),
            "ABORTED ETAG_MISMATCH");
  EXPECT_TRUE(
      MessageDifferencer::Equals(Get(stored.name()).case_(), response.case_()));
}

// Ten callers read, change and write the same case until each has written
// once: every one of their changes must be in the history.
TEST_F(CaseCommands, ConcurrentUpdatesAllCount) {
  const v1::Case stored = registry_.MakeCase();
  constexpr int kCallers = 10;
  std::vector<v1::UpdateCaseRequest> requests;
  for (int i = 0; i < kCallers; ++i) {
    requests.push_back(NewUpdate(stored, 40 + i));
  }
  std::vector<std::thread> callers;
  for (size_t i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      v1::UpdateCaseRequest request = requests[i];
      v1::UpdateCaseResponse response;
      for (;;) {
        request.mutable_case_()->set_etag(Get(stored.name()).case_().etag());
        const grpc::Status status = Call(&Stub::UpdateCase, request, &response);
        if (status.ok()) return;
        ASSERT_EQ(Summary(status), "ABORTED ETAG_MISMATCH");
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  v1::ListCaseRevisionsRequest request;
  request.set_name(stored.name());
  v1::ListCaseRevisionsResponse history;
  ASSERT_TRUE(Call(&Stub::ListCaseRevisions, request, &history).ok());
  ASSERT_EQ(history.revisions_size(), 1 + kCallers);
  std::vector<int> seen;
  for (int i = 1; i <= kCallers; ++i) {
    EXPECT_EQ(history.revisions(i).reason(),
              v1::CORRECTION_REASON_TRANSCRIPTION_ERROR);
    seen.push_back(history.revisions(i).case_().baseline().bmi());
  }
  EXPECT_THAT(seen, ::testing::UnorderedElementsAre(40, 41, 42, 43, 44, 45, 46,
                                                    47, 48, 49));
}

TEST_F(CaseCommands, ConcurrentFollowUpsWithoutEtagAllGetIn) {
  const v1::Case stored = registry_.MakeCase();
  constexpr int kCallers = 12;
  std::vector<v1::AddFollowUpRequest> requests;
  for (int i = 0; i < kCallers; ++i) {
    requests.push_back(NewFollowUpFor(stored.name(), -80 + i));
  }
  std::vector<std::thread> callers;
  for (size_t i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      v1::AddFollowUpResponse response;
      const grpc::Status status =
          Call(&Stub::AddFollowUp, requests[i], &response);
      EXPECT_TRUE(status.ok()) << Summary(status) << status.error_message();
    });
  }
  for (std::thread& caller : callers) caller.join();
  const v1::Case now = Get(stored.name()).case_();
  EXPECT_EQ(now.follow_ups_size(), stored.follow_ups_size() + kCallers);
  EXPECT_TRUE(std::is_sorted(
      now.follow_ups().begin(), now.follow_ups().end(),
      [](const auto& a, const auto& b) { return a.day() < b.day(); }));
}

TEST_F(CaseCommands, FollowUpAgain) {
  const v1::Case stored = registry_.MakeCase();
  v1::AddFollowUpRequest request = NewFollowUpFor(stored.name(), -87);
  v1::AddFollowUpResponse first, again;
  ASSERT_TRUE(Call(&Stub::AddFollowUp, request, &first).ok());
  const uint64_t before = LastCommit();
  request.set_request_id(registry_.NextRequestId());
  request.set_etag(stored.etag());  // old, but there is nothing to change
  ASSERT_TRUE(Call(&Stub::AddFollowUp, request, &again).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(first.case_(), again.case_()));
  EXPECT_EQ(LastCommit(), before);
  request.mutable_follow_up()->set_pain_activity(9);
  request.set_request_id(registry_.NextRequestId());
  EXPECT_EQ(Summary(Call(&Stub::AddFollowUp, request, &again)),
            "ALREADY_EXISTS RESOURCE_EXISTS");
  // Another one on the same day.
  request = NewFollowUpFor(stored.name(), -87);
  EXPECT_EQ(Summary(Call(&Stub::AddFollowUp, request, &again)),
            "INVALID_ARGUMENT FIELD_VIOLATION follow_up.day");
}

// An update moves the case in the indexes: the old side is free, the new one
// is taken.
TEST_F(CaseCommands, UpdateMovesTheIndexes) {
  v1::CreateCaseRequest create = registry_.NewCase();
  v1::CreateCaseResponse first;
  ASSERT_TRUE(Call(&Stub::CreateCase, create, &first).ok());
  const v1::Laterality old_side = create.case_().baseline().laterality();
  const v1::Laterality new_side = old_side == v1::LATERALITY_LEFT
                                      ? v1::LATERALITY_RIGHT
                                      : v1::LATERALITY_LEFT;
  v1::UpdateCaseRequest update = NewUpdate(first.case_(), 0);
  update.mutable_case_()->mutable_baseline()->set_laterality(new_side);
  update.mutable_update_mask()->set_paths(0, "baseline.laterality");
  v1::UpdateCaseResponse updated;
  ASSERT_TRUE(Call(&Stub::UpdateCase, update, &updated).ok());
  v1::CreateCaseRequest other = registry_.NewCase();
  other.mutable_case_()->set_patient(create.case_().patient());
  other.mutable_case_()->mutable_baseline()->set_laterality(new_side);
  v1::CreateCaseResponse response;
  EXPECT_EQ(OutcomeOf(Call(&Stub::CreateCase, other, &response)).code,
            grpc::StatusCode::INVALID_ARGUMENT);
  other.mutable_case_()->mutable_baseline()->set_laterality(old_side);
  const grpc::Status status = Call(&Stub::CreateCase, other, &response);
  EXPECT_TRUE(status.ok()) << Summary(status);
}

TEST_F(CaseCommands, ScoreVisaA) {
  v1::ScoreVisaARequest request;
  v1::VisaA& answers = *request.mutable_visa_a();
  answers.set_item_1_stiffness_minutes(20);
  answers.set_item_2_points(5);
  answers.set_item_3_points(5);
  answers.set_item_4_points(5);
  answers.set_item_5_points(5);
  answers.set_item_6_points(5);
  answers.set_item_7_points(4);
  v1::ScoreVisaAResponse response;
  ASSERT_TRUE(Call(&Stub::ScoreVisaA, request, &response).ok());
  EXPECT_FALSE(response.has_total());
  EXPECT_THAT(response.missing_items(),
              ElementsAre("item_8_branch", "item_8_points"));
  answers.set_item_8_branch(v1::VISA_A_BRANCH_PAIN_CAN_FINISH);
  answers.set_item_8_points(14);
  ASSERT_TRUE(Call(&Stub::ScoreVisaA, request, &response).ok());
  EXPECT_EQ(response.total(), 8 + 25 + 4 + 14);
  answers.set_item_8_points(30);  // of another branch
  EXPECT_EQ(Summary(Call(&Stub::ScoreVisaA, request, &response)),
            "INVALID_ARGUMENT FIELD_VIOLATION visa_a.item_8_points");
}

}  // namespace
}  // namespace enthesis::service
