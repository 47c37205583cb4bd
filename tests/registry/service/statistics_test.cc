// Questions end to end: stored cases in, released answers out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/registry/service/test_registry.h"

namespace enthesis::service {
namespace {

using Stub = v1::StatisticsService::Stub;
using ::testing::HasSubstr;

class Statistics : public ::testing::Test {
 protected:
  explicit Statistics(ServerOptions options = TestRegistry::DefaultOptions())
      : registry_(std::move(options)) {
    registry_.MakeSite();
  }

  void MakeCases(int n) {
    for (int i = 0; i < n; ++i) registry_.MakeCase();
  }

  template <typename Request, typename Response>
  grpc::Status Ask(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                const Request&, Response*),
                   const Request& request, Response* response) {
    response->Clear();
    return TestRegistry::Call(registry_.statistics(), method, request,
                              response);
  }

  grpc::Status Survival(const v1::EstimateSurvivalRequest& request,
                        v1::EstimateSurvivalResponse* response) {
    return Ask(&Stub::EstimateSurvival, request, response);
  }

  static v1::EstimateSurvivalRequest AnyComplication() {
    v1::EstimateSurvivalRequest request;
    request.set_endpoint(v1::ENDPOINT_COMPLICATION);
    return request;
  }

  TestRegistry registry_;
};

TEST_F(Statistics, NothingStored) {
  v1::EstimateSurvivalResponse response;
  const Outcome outcome = OutcomeOf(Survival(AnyComplication(), &response));
  EXPECT_EQ(Summary(outcome), "FAILED_PRECONDITION NO_CASES");
  EXPECT_TRUE(outcome.has_precondition);
}

TEST_F(Statistics, TooFewCasesSayNothing) {
  MakeCases(10);
  v1::EstimateSurvivalResponse response;
  const Outcome outcome = OutcomeOf(Survival(AnyComplication(), &response));
  EXPECT_EQ(Summary(outcome), "FAILED_PRECONDITION COHORT_TOO_SMALL");
  EXPECT_THAT(outcome.message, ::testing::Not(HasSubstr("10")));
  MakeCases(1);
  EXPECT_TRUE(Survival(AnyComplication(), &response).ok());
  EXPECT_EQ(response.provenance().disclosure(), "on");
  EXPECT_EQ(response.provenance().disclosure_threshold(), 11);
}

TEST_F(Statistics, EveryQuestionIsAnswered) {
  MakeCases(60);
  const uint64_t last = registry_.store().LastCommit().index;
  v1::DescribeCohortResponse describe;
  ASSERT_TRUE(
      Ask(&Stub::DescribeCohort, v1::DescribeCohortRequest(), &describe).ok());
  ASSERT_EQ(describe.groups_size(), 1);
  EXPECT_EQ(describe.groups(0).n_cases(), 60);
  EXPECT_EQ(describe.provenance().as_of(), last);
  EXPECT_TRUE(describe.provenance().synthetic());
  EXPECT_FALSE(describe.provenance().engine_version().empty());
  v1::EstimateSurvivalRequest question = AnyComplication();
  question.mutable_options()->set_group_by(v1::DIMENSION_SITE);
  question.add_at_days(365);
  v1::EstimateSurvivalResponse survival;
  ASSERT_TRUE(Survival(question, &survival).ok());
  ASSERT_EQ(survival.curves_size(), 1);
  EXPECT_EQ(survival.curves(0).n(), 60);
  EXPECT_EQ(survival.curves(0).group(0).dimension(), "site");
  EXPECT_EQ(survival.curves(0).group(0).value(), "site-01");
  EXPECT_EQ(survival.curves(0).at_size(), 1);
  v1::EstimateReturnToPlayResponse back;
  ASSERT_TRUE(
      Ask(&Stub::EstimateReturnToPlay, v1::EstimateReturnToPlayRequest(), &back)
          .ok());
  ASSERT_EQ(back.curves_size(), 1);
  EXPECT_EQ(back.stage(), v1::RETURN_STAGE_SPORT);
  EXPECT_EQ(back.curves(0).causes(0).at_size(), 5);
  v1::EstimateScoreChangeResponse score;
  ASSERT_TRUE(
      Ask(&Stub::EstimateScoreChange, v1::EstimateScoreChangeRequest(), &score)
          .ok());
  EXPECT_EQ(score.measure(), v1::MEASURE_VISA_A);
  EXPECT_EQ(score.groups(0).n_cases(), 60);
  v1::EstimateIntervalCensoredResponse intervals;
  ASSERT_TRUE(Ask(&Stub::EstimateIntervalCensored,
                  v1::EstimateIntervalCensoredRequest(), &intervals)
                  .ok());
  EXPECT_EQ(intervals.endpoint(), v1::ENDPOINT_RETURN_SPORT);
  EXPECT_EQ(intervals.curves_size(), 1);
  v1::EstimateIncidenceRequest causes;
  causes.set_endpoint(v1::ENDPOINT_DAILY_LIFE);
  v1::EstimateIncidenceResponse incidence;
  ASSERT_TRUE(Ask(&Stub::EstimateIncidence, causes, &incidence).ok());
  EXPECT_EQ(incidence.curves(0).causes(0).cause(), "daily_life");
  EXPECT_EQ(incidence.curves(0).n(), 60);
  v1::CompareGroupsRequest groups;
  groups.mutable_options()->set_group_by(v1::DIMENSION_SITE);
  v1::CompareGroupsResponse compared;
  ASSERT_TRUE(Ask(&Stub::CompareGroups, groups, &compared).ok());
  EXPECT_EQ(compared.visit(), "12_months");
  EXPECT_EQ(compared.provenance().as_of(), last);
}

// Read your writes: an answer counts every case acknowledged before it was
// asked for.
TEST_F(Statistics, AnswersFollowTheStore) {
  MakeCases(20);
  v1::DescribeCohortResponse response;
  for (int n = 20; n < 30; ++n) {
    ASSERT_TRUE(
        Ask(&Stub::DescribeCohort, v1::DescribeCohortRequest(), &response)
            .ok());
    EXPECT_EQ(response.groups(0).n_cases(), n);
    registry_.MakeCase();
  }
}

TEST_F(Statistics, SameQuestionOnTheSameStateIsTheSameAnswer) {
  MakeCases(30);
  v1::EstimateSurvivalRequest question = AnyComplication();
  v1::EstimateSurvivalResponse first, again;
  ASSERT_TRUE(Survival(question, &first).ok());
  MakeCases(10);
  registry_.Restart();
  question.mutable_options()->set_as_of(first.provenance().as_of());
  ASSERT_TRUE(Survival(question, &again).ok());
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  question.mutable_options()->clear_as_of();
  ASSERT_TRUE(Survival(question, &again).ok());
  EXPECT_EQ(again.curves(0).n(), 40);
}

TEST_F(Statistics, ErrorsOfQuestions) {
  MakeCases(12);
  v1::EstimateSurvivalResponse response;
  v1::EstimateSurvivalRequest question = AnyComplication();
  question.mutable_options()->set_as_of(1'000'000);
  EXPECT_EQ(Summary(Survival(question, &response)),
            "INVALID_ARGUMENT FIELD_VIOLATION options.as_of");
  question = AnyComplication();
  v1::DimensionFilter& filter =
      *question.mutable_options()->mutable_cohort()->add_filters();
  filter.set_dimension(v1::DIMENSION_SEX);
  filter.add_values("green");
  question.mutable_options()->set_conf_level(1.5);
  question.add_at_days(-1);
  const Outcome outcome = OutcomeOf(Survival(question, &response));
  EXPECT_EQ(outcome.reason, "FIELD_VIOLATION");
  EXPECT_THAT(outcome.paths, ::testing::UnorderedElementsAre(
                                 "options.cohort.filters[0].values[0]",
                                 "options.conf_level", "at_days[0]"));
  question = AnyComplication();
  question.set_endpoint(v1::ENDPOINT_RETURN_SPORT);
  EXPECT_EQ(Summary(Survival(question, &response)),
            "INVALID_ARGUMENT FIELD_VIOLATION endpoint");
  question = AnyComplication();
  v1::DimensionFilter& site =
      *question.mutable_options()->mutable_cohort()->add_filters();
  site.set_dimension(v1::DIMENSION_SITE);
  site.add_values("site-55");
  EXPECT_EQ(OutcomeOf(Survival(question, &response)).code,
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(Statistics, WithdrawnCasesLeaveTheAnswers) {
  MakeCases(15);
  const v1::Case gone = registry_.MakeCase();
  v1::WithdrawCaseRequest withdraw;
  withdraw.set_name(gone.name());
  withdraw.set_reason(v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
  withdraw.set_request_id(registry_.NextRequestId());
  v1::WithdrawCaseResponse withdrawn;
  ASSERT_TRUE(TestRegistry::Call(registry_.registry(),
                                 &v1::RegistryService::Stub::WithdrawCase,
                                 withdraw, &withdrawn)
                  .ok());
  v1::DescribeCohortResponse response;
  ASSERT_TRUE(
      Ask(&Stub::DescribeCohort, v1::DescribeCohortRequest(), &response).ok());
  EXPECT_EQ(response.groups(0).n_cases(), 15);
}

class OpenStatistics : public Statistics {
 protected:
  OpenStatistics() : Statistics(Open()) {}

  static ServerOptions Open() {
    ServerOptions options = TestRegistry::DefaultOptions();
    options.policy.threshold.reset();
    return options;
  }
};

TEST_F(OpenStatistics, DisclosureOffIsStated) {
  MakeCases(3);
  v1::DescribeCohortResponse response;
  ASSERT_TRUE(
      Ask(&Stub::DescribeCohort, v1::DescribeCohortRequest(), &response).ok());
  EXPECT_EQ(response.groups(0).n_cases(), 3);
  EXPECT_EQ(response.provenance().disclosure(), "off");
  EXPECT_FALSE(response.provenance().has_disclosure_threshold());
}

}  // namespace
}  // namespace enthesis::service
