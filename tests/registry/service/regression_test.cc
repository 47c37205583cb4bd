// Regressions end to end: stored cases in, released models out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/registry/service/test_registry.h"

namespace enthesis::service {
namespace {

using StatisticsStub = v1::StatisticsService::Stub;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Regression : public ::testing::Test {
 protected:
  Regression() {
    registry_.MakeSite();
    for (int i = 0; i < 150; ++i) registry_.MakeCase();
  }

  template <typename Method, typename Request, typename Response>
  grpc::Status Ask(Method method, const Request& request, Response* response) {
    response->Clear();
    return TestRegistry::Call(registry_.statistics(), method, request,
                              response);
  }
  grpc::Status FitCox(const v1::FitCoxRequest& request,
                      v1::FitCoxResponse* response) {
    return Ask(&StatisticsStub::FitCox, request, response);
  }

  static v1::FitCoxRequest DailyLifeByAge() {
    v1::FitCoxRequest request;
    request.set_endpoint(v1::ENDPOINT_DAILY_LIFE);
    request.add_covariates()->set_name("age_years");
    return request;
  }

  TestRegistry registry_;
};

TEST_F(Regression, ACoxModelIsAnswered) {
  v1::FitCoxRequest request = DailyLifeByAge();
  request.set_test_proportional_hazards(true);
  request.set_cluster(v1::REGRESSION_CLUSTER_PATIENT);
  v1::FitCoxResponse response;
  ASSERT_TRUE(FitCox(request, &response).ok());
  EXPECT_EQ(response.n(), 150);
  EXPECT_EQ(response.dropped(), 0);
  EXPECT_GE(response.events(), 11);
  ASSERT_EQ(response.coefficients_size(), 1);
  EXPECT_TRUE(response.coefficients(0).has_robust_std_error());
  EXPECT_GT(response.coefficients(0).hazard_ratio(), 0);
  EXPECT_EQ(response.proportional_hazards_size(), 2);
  EXPECT_EQ(response.provenance().disclosure(), "on");
  EXPECT_THAT(response.provenance().estimand(), HasSubstr("daily life"));

  v1::FitCoxResponse again;
  registry_.Restart();
  ASSERT_TRUE(FitCox(request, &again).ok());
  EXPECT_EQ(again.SerializeAsString(), response.SerializeAsString());
}

TEST_F(Regression, AFineGrayModelIsAnswered) {
  v1::FitFineGrayRequest request;
  request.set_endpoint(v1::ENDPOINT_RETURN_SPORT);
  request.add_covariates()->set_name("age_years");
  v1::FitFineGrayResponse response;
  ASSERT_TRUE(Ask(&StatisticsStub::FitFineGray, request, &response).ok());
  EXPECT_EQ(response.cause(), v1::FINE_GRAY_CAUSE_EVENT);
  EXPECT_GT(response.coefficients(0).std_error(), 0);
  EXPECT_FALSE(response.coefficients(0).has_robust_std_error());
  EXPECT_EQ(response.provenance().exclusions(0).reason(), "NOT_AN_ATHLETE");
}

TEST_F(Regression, AParametricModelIsAnswered) {
  v1::FitParametricRequest request;
  request.set_endpoint(v1::ENDPOINT_DAILY_LIFE);
  request.add_covariates()->set_name("age_years");
  v1::FitParametricResponse response;
  ASSERT_TRUE(Ask(&StatisticsStub::FitParametric, request, &response).ok());
  EXPECT_EQ(response.n(), 150);
  EXPECT_EQ(response.coefficients(0).name(), "(Intercept)");
  EXPECT_FALSE(response.coefficients(0).has_time_ratio());
  EXPECT_GT(response.coefficients(1).time_ratio(), 0);
  EXPECT_GT(response.scale(), 0);
  EXPECT_EQ(response.likelihood_ratio().df(), 1);
}

TEST_F(Regression, AnAncovaIsAnsweredOrWithheld) {
  for (int i = 0; i < 400; ++i) {
    v1::CreateCaseRequest create = registry_.NewCase();
    v1::FollowUp& before = *create.mutable_case_()->add_follow_ups();
    before = registry_.NewFollowUp(-5);
    before.set_pain_activity(i % 11);
    v1::CreateCaseResponse created;
    ASSERT_TRUE(TestRegistry::Call(registry_.registry(),
                                   &v1::RegistryService::Stub::CreateCase,
                                   create, &created)
                    .ok());
  }
  v1::FitAncovaRequest request;
  request.set_measure(v1::MEASURE_PAIN_ACTIVITY);
  request.mutable_options()->set_group_by(v1::DIMENSION_APPROACH);
  v1::FitAncovaResponse response;
  ASSERT_TRUE(Ask(&StatisticsStub::FitAncova, request, &response).ok());
  EXPECT_EQ(response.visit(), "12_months");
  EXPECT_EQ(response.withheld_for(), "");
  EXPECT_EQ(response.coefficients(0).name(), "(Intercept)");
  EXPECT_EQ(response.adjusted_means_size(), 3);
  EXPECT_EQ(response.contrasts_size(), 3);
  EXPECT_GT(response.residual_variance(), 0);
  request.mutable_options()->set_group_by(v1::DIMENSION_SURGERY_YEAR);
  request.set_reference("1999");
  EXPECT_EQ(Summary(Ask(&StatisticsStub::FitAncova, request, &response)),
            "INVALID_ARGUMENT FIELD_VIOLATION reference");
}

TEST_F(Regression, ALogisticModelIsAnswered) {
  v1::FitRegressionRequest request;
  request.set_endpoint(v1::ENDPOINT_DAILY_LIFE);
  request.set_by_day(90);
  request.add_covariates()->set_name("age_years");
  v1::FitRegressionResponse response;
  ASSERT_TRUE(Ask(&StatisticsStub::FitRegression, request, &response).ok());
  EXPECT_THAT(response.withheld_for(), HasSubstr("too few cases are left out"));
  EXPECT_EQ(response.coefficients_size(), 0);
  request.set_by_day(130);
  ASSERT_TRUE(Ask(&StatisticsStub::FitRegression, request, &response).ok());
  EXPECT_EQ(response.family(), v1::REGRESSION_FAMILY_LOGISTIC);
  EXPECT_EQ(response.withheld_for(), "");
  ASSERT_EQ(response.coefficients_size(), 2);
  EXPECT_EQ(response.coefficients(1).name(), "age_years");
  EXPECT_TRUE(response.discrimination().has_auc());
  request.clear_by_day();
  EXPECT_EQ(Summary(Ask(&StatisticsStub::FitRegression, request, &response)),
            "INVALID_ARGUMENT FIELD_VIOLATION by_day");
}

TEST_F(Regression, ASmallLevelWithholdsTheModelByName) {
  v1::FitCoxRequest request = DailyLifeByAge();
  request.add_covariates()->set_name("surgery_year");
  request.mutable_covariates(1)->set_factor(true);  // 14 years, 150 cases
  v1::FitCoxResponse response;
  ASSERT_TRUE(FitCox(request, &response).ok());
  EXPECT_EQ(response.absence(), v1::ABSENCE_SUPPRESSED);
  EXPECT_THAT(response.withheld_for(), HasSubstr("surgery_year"));
  EXPECT_FALSE(response.has_n());
  EXPECT_EQ(response.coefficients_size(), 0);
}

TEST_F(Regression, FaultsHaveTheirPaths) {
  v1::FitCoxRequest request = DailyLifeByAge();
  request.add_covariates()->set_name("nobody");
  request.add_strata(v1::DIMENSION_CONCOMITANT_PROCEDURE);
  request.mutable_options()->set_group_by(v1::DIMENSION_SEX);
  v1::FitCoxResponse response;
  EXPECT_THAT(
      OutcomeOf(FitCox(request, &response)).paths,
      ElementsAre("options.group_by", "covariates[1].name", "strata[0]"));
  // A fault that only the cases show.
  request = DailyLifeByAge();
  request.add_covariates()->set_name("site");
  request.mutable_covariates(1)->set_reference("site-77");
  EXPECT_EQ(Summary(FitCox(request, &response)),
            "INVALID_ARGUMENT FIELD_VIOLATION covariates[1].reference");
}

}  // namespace
}  // namespace enthesis::service
