// Generalized linear models on the wire.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "registry/wire/answer_wire.h"
#include "registry/wire/question_wire.h"

namespace enthesis::wire {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::FitRegressionRequest RequestOf(const char* text) {
  v1::FitRegressionRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request));
  return request;
}

TEST(GlmWire, ReadsAnEndpoint) {
  Faults faults;
  const model::GlmQuestion question = ToModel(
      RequestOf(R"pb(
        options { as_of: 7 }
        family: REGRESSION_FAMILY_POISSON
        endpoint: ENDPOINT_COMPLICATION
        complication: COMPLICATION_KIND_SURAL_NERVE
        by_day: 90
        covariates { name: "surgery_year" factor: true reference: "2020" }
        cluster: REGRESSION_CLUSTER_SITE
      )pb"),
      faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(question.as_of, 7u);
  EXPECT_EQ(question.family, model::RegressionFamily::kPoisson);
  EXPECT_EQ(question.endpoint, model::Endpoint::kComplication);
  EXPECT_EQ(question.complication, model::ComplicationKind::kSuralNerve);
  EXPECT_EQ(question.by_day, 90);
  EXPECT_FALSE(question.measure.has_value());
  EXPECT_FALSE(question.threshold.has_value());
  ASSERT_THAT(question.covariates, SizeIs(1));
  EXPECT_EQ(question.covariates[0].reference, "2020");
  EXPECT_EQ(question.cluster, model::Cluster::kSite);
  EXPECT_FALSE(question.firth);
}

TEST(GlmWire, ReadsAMeasure) {
  Faults faults;
  const model::GlmQuestion question =
      ToModel(RequestOf(R"pb(measure: MEASURE_VISA_A
                             visit: "6_months"
                             threshold: 6.5
                             firth: true)pb"),
              faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(question.family, model::RegressionFamily::kLogistic);
  EXPECT_FALSE(question.endpoint.has_value());
  EXPECT_EQ(question.measure, model::Measure::kVisaA);
  EXPECT_EQ(question.visit, model::Visit::k6Months);
  EXPECT_EQ(question.threshold, 6.5);
  EXPECT_TRUE(question.firth);
}

TEST(GlmWire, NamesWhatItDoesNotKnow) {
  Faults faults;
  v1::FitRegressionRequest request;
  request.set_family(static_cast<v1::RegressionFamily>(9));
  request.set_endpoint(static_cast<v1::Endpoint>(99));
  request.set_visit("someday");
  request.set_cluster(static_cast<v1::RegressionCluster>(9));
  ToModel(request, faults);
  std::vector<std::string> paths;
  for (const Fault& fault : faults) paths.push_back(fault.path);
  EXPECT_THAT(paths,
              testing::ElementsAre("family", "endpoint", "visit", "cluster"));
}

TEST(GlmWire, WritesEachFigure) {
  analysis::GlmAnswer answer;
  answer.provenance.n_cases = 100;
  answer.family = model::RegressionFamily::kLogistic;
  answer.n = 80;
  answer.dropped = 20;
  answer.events = 30;
  analysis::Coefficient coefficient;
  coefficient.name = "sexmale";
  coefficient.covariate = "sex";
  coefficient.level = "male";
  coefficient.estimate = 0.5;
  coefficient.std_error = 0.25;
  coefficient.robust_std_error = 0.3;
  coefficient.statistic = 2.5;
  coefficient.p_value = 0.0125;
  coefficient.ratio = 1.75;
  coefficient.lower = 1.25;
  coefficient.upper = 2.25;
  answer.coefficients = {coefficient};
  answer.log_likelihood_null = -50.0;
  answer.log_likelihood = -45.0;
  answer.deviance = 90.0;
  answer.null_deviance = 100.0;
  answer.aic = 94.0;
  answer.likelihood_ratio = {10.0, 0.001, 1};
  answer.theta = 2.0;
  answer.theta_std_error = 0.5;
  answer.discrimination.auc = 0.75;
  answer.discrimination.brier = 0.125;
  answer.discrimination.hosmer_lemeshow = {7.0, 0.5, 8};
  const auto released =
      disclosure::Release(answer, disclosure::Policy{std::nullopt});
  ASSERT_TRUE(released.ok());
  v1::FitRegressionResponse wire = ToWire(*released);
  wire.clear_provenance();
  v1::FitRegressionResponse expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        family: REGRESSION_FAMILY_LOGISTIC
        n: 80
        dropped: 20
        events: 30
        coefficients {
          name: "sexmale"
          covariate: "sex"
          level: "male"
          estimate: 0.5
          std_error: 0.25
          robust_std_error: 0.3
          z: 2.5
          p_value: 0.0125
          ratio: 1.75
          lower: 1.25
          upper: 2.25
        }
        log_likelihood { null: -50 model: -45 }
        deviance: 90
        null_deviance: 100
        aic: 94
        likelihood_ratio { chi_square: 10 df: 1 p_value: 0.001 }
        theta: 2
        theta_std_error: 0.5
        discrimination {
          auc: 0.75
          brier: 0.125
          hosmer_lemeshow { chi_square: 7 df: 8 p_value: 0.5 }
        }
      )pb",
      &expected));
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(wire, expected))
      << wire.DebugString();
}

}  // namespace
}  // namespace enthesis::wire
