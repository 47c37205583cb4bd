// Regressions on the wire, there and back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "registry/wire/answer_wire.h"
#include "registry/wire/json.h"
#include "registry/wire/question_wire.h"

namespace enthesis::wire {
namespace {

using analysis::Absence;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename Message>
Message FromText(const char* text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

std::vector<std::string> PathsOf(const Faults& faults) {
  std::vector<std::string> paths;
  for (const Fault& fault : faults) paths.push_back(fault.path);
  return paths;
}

TEST(RegressionWire, ReadsACoxQuestion) {
  Faults faults;
  const auto question = ToModel(
      FromText<v1::FitCoxRequest>(R"pb(
        options { conf_level: 0.9 as_of: 7 }
        endpoint: ENDPOINT_COMPLICATION
        complication: COMPLICATION_KIND_SURAL_NERVE
        covariates { name: "age_years" }
        covariates { name: "surgery_year" factor: true reference: "2020" }
        strata: DIMENSION_SITE
        strata: DIMENSION_SEX
        cluster: REGRESSION_CLUSTER_PATIENT
        ties: REGRESSION_TIES_BRESLOW
        test_proportional_hazards: true
      )pb"),
      faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(question.conf_level, 0.9);
  EXPECT_EQ(question.as_of, 7u);
  EXPECT_EQ(question.endpoint, model::Endpoint::kComplication);
  EXPECT_EQ(question.complication, model::ComplicationKind::kSuralNerve);
  ASSERT_EQ(question.covariates.size(), 2u);
  EXPECT_EQ(question.covariates[0].name, "age_years");
  EXPECT_FALSE(question.covariates[0].factor);
  EXPECT_TRUE(question.covariates[1].factor);
  EXPECT_EQ(question.covariates[1].reference, "2020");
  EXPECT_THAT(question.strata,
              ElementsAre(model::Dimension::kSite, model::Dimension::kSex));
  EXPECT_EQ(question.cluster, model::Cluster::kPatient);
  EXPECT_EQ(question.ties, model::RegressionTies::kBreslow);
  EXPECT_TRUE(question.proportional_hazards);
}

TEST(RegressionWire, AnEmptyCoxQuestionLacksItsEndpointOnly) {
  Faults faults;
  const auto question = ToModel(v1::FitCoxRequest(), faults);
  EXPECT_THAT(PathsOf(faults), ElementsAre("endpoint"));
  EXPECT_EQ(question.ties, model::RegressionTies::kEfron);
  EXPECT_EQ(question.cluster, model::Cluster::kNone);
  EXPECT_FALSE(question.proportional_hazards);
}

TEST(RegressionWire, NumbersOutsideTheListsAreFaults) {
  v1::FitCoxRequest request;
  request.set_endpoint(v1::ENDPOINT_RUPTURE);
  request.add_strata(v1::DIMENSION_UNSPECIFIED);
  request.add_strata(static_cast<v1::Dimension>(99));
  request.set_cluster(static_cast<v1::RegressionCluster>(9));
  request.set_ties(static_cast<v1::RegressionTies>(9));
  Faults faults;
  ToModel(request, faults);
  EXPECT_THAT(PathsOf(faults),
              ElementsAre("strata[0]", "strata[1]", "cluster", "ties"));
}

analysis::CoxAnswer CoxOf() {
  analysis::CoxAnswer answer;
  answer.n = 100;
  answer.events = 40;
  answer.dropped = 0;
  answer.coefficients = {
      {"sexmale", "sex", "male", 0.5, 0.2, 0.25, 2.0, 0.0455, 1.65, 1.0, 2.7,
       Absence::kNone},
      {"bmi", "bmi", "", {}, {}, {}, {}, {}, {}, {}, {}, Absence::kDropped}};
  answer.log_likelihood_null = -150.5;
  answer.log_likelihood = -140.25;
  answer.likelihood_ratio = {20.5, 0.001, 1};
  answer.wald = {{}, {}, 0};
  answer.concordance = 0.6;
  answer.concordance_std_error = 0.01;
  answer.proportional_hazards = {{"sexmale", {1.5, 0.22, 1}},
                                 {"GLOBAL", {1.5, 0.22, 1}}};
  answer.support = {100, 40, {}, 2, {{"sex", 30}}};
  answer.provenance.n_cases = 100;
  answer.provenance.exclusions = {{"MISSING_COVARIATE", 20, "bmi"}};
  return answer;
}

TEST(RegressionWire, WritesACoxAnswer) {
  const auto released =
      disclosure::Release(CoxOf(), disclosure::Policy{std::nullopt});
  ASSERT_TRUE(released.ok());
  v1::FitCoxResponse wire = ToWire(*released);
  EXPECT_EQ(wire.provenance().exclusions(0).covariate(), "bmi");
  wire.clear_provenance();
  const auto expected = FromText<v1::FitCoxResponse>(R"pb(
    n: 100
    dropped: 0
    events: 40
    coefficients {
      name: "sexmale"
      covariate: "sex"
      level: "male"
      estimate: 0.5
      std_error: 0.2
      robust_std_error: 0.25
      z: 2
      p_value: 0.0455
      hazard_ratio: 1.65
      lower: 1
      upper: 2.7
    }
    coefficients { name: "bmi" covariate: "bmi" absence: ABSENCE_DROPPED }
    log_likelihood { null: -150.5 model: -140.25 }
    tests {
      likelihood_ratio { chi_square: 20.5 df: 1 p_value: 0.001 }
      wald { df: 0 }
      score {}
    }
    concordance { estimate: 0.6 std_error: 0.01 }
    proportional_hazards { name: "sexmale" chi_square: 1.5 df: 1 p_value: 0.22 }
    proportional_hazards { name: "GLOBAL" chi_square: 1.5 df: 1 p_value: 0.22 }
  )pb");
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(wire, expected))
      << wire.DebugString();
}

// The keys are those of `enthesis analyze cox`.
TEST(RegressionWire, JsonHasTheKeysOfTheEngine) {
  const auto released =
      disclosure::Release(CoxOf(), disclosure::Policy{std::nullopt});
  const std::string json = PrintJson(ToWire(*released));
  for (const char* part :
       {R"("n":100)", R"("dropped":0)", R"("events":40)", R"("name":"sexmale")",
        R"("estimate":0.5,"stdError":0.2,)"
        R"("robustStdError":0.25,"z":2,"pValue":0.0455,"hazardRatio":1.65,)"
        R"("lower":1,"upper":2.7)",
        R"("logLikelihood":{"null":-150.5,"model":-140.25})",
        R"("tests":{"likelihoodRatio":{"chiSquare":20.5,"df":1,)"
        R"("pValue":0.001},"wald":{"df":0},"score":{}})",
        R"("concordance":{"estimate":0.6,"stdError":0.01})",
        R"("proportionalHazards":[{"name":"sexmale","chiSquare":1.5)"}) {
    EXPECT_THAT(json, HasSubstr(part));
  }
}

TEST(RegressionWire, ReadsAFineGrayQuestion) {
  Faults faults;
  auto request = FromText<v1::FitFineGrayRequest>(R"pb(
    endpoint: ENDPOINT_RETURN_PERFORMANCE
    cause: FINE_GRAY_CAUSE_RETIREMENT
    covariates { name: "sex" reference: "male" }
    cluster: REGRESSION_CLUSTER_SITE
  )pb");
  auto question = ToModel(request, faults);
  EXPECT_EQ(question.endpoint, model::Endpoint::kReturnPerformance);
  EXPECT_EQ(question.cause, model::Exit::kRetirement);
  EXPECT_EQ(question.covariates[0].reference, "male");
  EXPECT_EQ(question.cluster, model::Cluster::kSite);
  EXPECT_EQ(question.convention, model::FineGrayConvention::kCrr);
  EXPECT_EQ(question.ties, model::RegressionTies::kBreslow);
  request.set_convention(v1::FINE_GRAY_CONVENTION_FINEGRAY);
  question = ToModel(request, faults);
  EXPECT_EQ(question.convention, model::FineGrayConvention::kFineGray);
  EXPECT_EQ(question.ties, model::RegressionTies::kEfron);
  request.set_endpoint(v1::ENDPOINT_COMPLICATION);
  request.set_complication(v1::COMPLICATION_KIND_SURAL_NERVE);
  question = ToModel(request, faults);
  EXPECT_EQ(question.endpoint, model::Endpoint::kComplication);
  EXPECT_EQ(question.complication, model::ComplicationKind::kSuralNerve);
  EXPECT_THAT(faults, IsEmpty());
  request.clear_complication();
  request.clear_endpoint();
  request.set_cause(static_cast<v1::FineGrayCause>(5));
  request.set_convention(static_cast<v1::FineGrayConvention>(3));
  ToModel(request, faults);
  EXPECT_THAT(PathsOf(faults), ElementsAre("endpoint", "cause", "convention"));
}

TEST(RegressionWire, WritesAFineGrayAnswer) {
  analysis::FineGrayAnswer answer;
  static_cast<analysis::HazardModel&>(answer) = CoxOf();
  answer.cause = model::Exit::kDeath;
  answer.competing = 25;
  answer.provenance.n_cases = 100;
  const auto released =
      disclosure::Release(answer, disclosure::Policy{std::nullopt});
  ASSERT_TRUE(released.ok());
  const v1::FitFineGrayResponse wire = ToWire(*released);
  EXPECT_EQ(wire.cause(), v1::FINE_GRAY_CAUSE_DEATH);
  EXPECT_EQ(wire.competing(), 25);
  EXPECT_EQ(wire.events(), 40);
  EXPECT_EQ(wire.coefficients(0).hazard_ratio(), 1.65);
  EXPECT_EQ(wire.tests().likelihood_ratio().chi_square(), 20.5);
}

TEST(RegressionWire, ReadsAParametricQuestion) {
  Faults faults;
  auto request = FromText<v1::FitParametricRequest>(R"pb(
    endpoint: ENDPOINT_COMPLICATION
    complication: COMPLICATION_KIND_SURAL_NERVE
    covariates { name: "age_years" factor: true reference: "40" }
  )pb");
  auto question = ToModel(request, faults);
  EXPECT_EQ(question.endpoint, model::Endpoint::kComplication);
  EXPECT_EQ(question.complication, model::ComplicationKind::kSuralNerve);
  EXPECT_TRUE(question.covariates[0].factor);
  EXPECT_EQ(question.distribution, model::ParametricDistribution::kWeibull);
  request.set_distribution(v1::PARAMETRIC_DISTRIBUTION_LOG_LOGISTIC);
  question = ToModel(request, faults);
  EXPECT_EQ(question.distribution, model::ParametricDistribution::kLogLogistic);
  EXPECT_THAT(faults, IsEmpty());
  request.clear_endpoint();
  request.clear_complication();
  request.set_distribution(static_cast<v1::ParametricDistribution>(5));
  ToModel(request, faults);
  EXPECT_THAT(PathsOf(faults), ElementsAre("endpoint", "distribution"));
}

TEST(RegressionWire, WritesAParametricAnswer) {
  analysis::ParametricAnswer answer;
  static_cast<analysis::EventModel&>(answer) = CoxOf();
  answer.exact = 22;
  answer.known_by_visit = 18;
  answer.scale = 0.75;
  answer.log_scale_std_error = 0.125;
  answer.provenance.n_cases = 100;
  const auto released =
      disclosure::Release(answer, disclosure::Policy{std::nullopt});
  ASSERT_TRUE(released.ok());
  const v1::FitParametricResponse wire = ToWire(*released);
  EXPECT_EQ(wire.exact(), 22);
  EXPECT_EQ(wire.known_by_visit(), 18);
  EXPECT_EQ(wire.events(), 40);
  EXPECT_EQ(wire.scale(), 0.75);
  EXPECT_EQ(wire.log_scale_std_error(), 0.125);
  EXPECT_EQ(wire.coefficients(0).time_ratio(), 1.65);
  EXPECT_EQ(wire.likelihood_ratio().chi_square(), 20.5);
}

TEST(RegressionWire, ReadsAnAncovaQuestion) {
  Faults faults;
  auto request = FromText<v1::FitAncovaRequest>(R"pb(
    options { group_by: DIMENSION_APPROACH }
    measure: MEASURE_PAIN_REST
    visit: "6_months"
    covariates { name: "age_years" }
    reference: "open"
  )pb");
  const auto question = ToModel(request, faults);
  EXPECT_EQ(question.group_by, model::Dimension::kApproach);
  EXPECT_EQ(question.measure, model::Measure::kPainRest);
  EXPECT_EQ(question.visit, model::Visit::k6Months);
  EXPECT_EQ(question.covariates[0].name, "age_years");
  EXPECT_EQ(question.reference, "open");
  const auto defaults = ToModel(v1::FitAncovaRequest(), faults);
  EXPECT_EQ(defaults.measure, model::Measure::kVisaA);
  EXPECT_EQ(defaults.visit, model::Visit::k12Months);
  EXPECT_THAT(faults, IsEmpty());
  request.set_visit("tomorrow");
  ToModel(request, faults);
  EXPECT_THAT(PathsOf(faults), ElementsAre("visit"));
}

TEST(RegressionWire, WritesAnAncovaAnswer) {
  const analysis::Group open = {{model::Dimension::kApproach, "open"}};
  const analysis::Group other = {{model::Dimension::kApproach, "endoscopic"}};
  analysis::AncovaAnswer answer;
  answer.n = 60;
  answer.dropped = 3;
  answer.coefficients = {{"(Intercept)",
                          "",
                          "",
                          50.5,
                          2.0,
                          {},
                          25.25,
                          0.0,
                          {},
                          46.5,
                          54.5,
                          Absence::kNone}};
  answer.residual_variance = 100.5;
  answer.residual_df = 57;
  answer.r_squared = 0.5;
  answer.adjusted_means = {{open, 30, 80.0, 1.0, 78.0, 82.0, Absence::kNone}};
  answer.contrasts = {{open, other, 2.5, 1.5, 1.6, 0.1, -0.5, 5.5}};
  answer.group_test = {2.8, 1.0, 57.0, 0.1};
  answer.provenance.n_cases = 63;
  const auto released =
      disclosure::Release(answer, disclosure::Policy{std::nullopt});
  ASSERT_TRUE(released.ok());
  v1::FitAncovaResponse wire = ToWire(*released);
  wire.clear_provenance();
  const auto expected = FromText<v1::FitAncovaResponse>(R"pb(
    measure: MEASURE_VISA_A
    visit: "12_months"
    n: 60
    dropped: 3
    coefficients {
      name: "(Intercept)"
      estimate: 50.5
      std_error: 2
      statistic: 25.25
      p_value: 0
      lower: 46.5
      upper: 54.5
    }
    residual_variance: 100.5
    residual_df: 57
    r_squared: 0.5
    adjusted_means {
      group { dimension: "approach" value: "open" }
      n: 30
      estimate: 80
      std_error: 1
      lower: 78
      upper: 82
    }
    contrasts {
      first { dimension: "approach" value: "open" }
      second { dimension: "approach" value: "endoscopic" }
      estimate: 2.5
      std_error: 1.5
      statistic: 1.6
      p_value: 0.1
      lower: -0.5
      upper: 5.5
    }
    group_test { statistic: 2.8 df: 1 residual_df: 57 p_value: 0.1 }
  )pb");
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(wire, expected))
      << wire.DebugString();
}

constexpr char kProfiles[] = R"pb(
  endpoint: ENDPOINT_REOPERATION
  covariates { name: "age_years" }
  covariates { name: "sex" }
  predictions {
    values { name: "age_years" value: "45.5" }
    values { name: "sex" value: "male" }
  }
  predictions {}
  at_days: 365
  at_days: 90
)pb";

TEST(RegressionWire, ReadsForWhomAndWhenCurvesAreWanted) {
  Faults faults;
  for (const model::PredictionQuestion& asked :
       {ToModel(FromText<v1::FitCoxRequest>(kProfiles), faults).predictions,
        ToModel(FromText<v1::FitFineGrayRequest>(kProfiles), faults)
            .predictions,
        ToModel(FromText<v1::FitParametricRequest>(kProfiles), faults)
            .predictions}) {
    ASSERT_EQ(asked.profiles.size(), 2u);
    EXPECT_THAT(asked.profiles[0].values,
                ElementsAre(model::CovariateValue{"age_years", "45.5"},
                            model::CovariateValue{"sex", "male"}));
    EXPECT_THAT(asked.profiles[1].values, IsEmpty());
    EXPECT_THAT(asked.at_days, ElementsAre(365, 90));
  }
  EXPECT_THAT(faults, IsEmpty());
}

analysis::Prediction PredictionOf() {
  analysis::Prediction prediction;
  prediction.profile = 2;
  prediction.values = {{"sex", "male"}};
  prediction.stratum = {{model::Dimension::kSite, "site-03"}};
  prediction.at = {{90, 50, 0.75, 0.05, 0.625, 0.875, Absence::kNone},
                   {365, {}, {}, {}, {}, {}, Absence::kSuppressed}};
  return prediction;
}

TEST(RegressionWire, WritesPredictedCurves) {
  analysis::CoxAnswer cox = CoxOf();
  cox.predictions = {PredictionOf()};
  const disclosure::Policy open{std::nullopt};
  EXPECT_THAT(
      PrintJson(ToWire(*disclosure::Release(cox, open))),
      HasSubstr(R"("predictions":[{"profile":2,"values":[{"name":"sex",)"
                R"("value":"male"}],"stratum":{"site":"site-03"},)"
                R"("at":[{"day":90,"atRisk":50,"survival":0.75,)"
                R"("stdError":0.05,"lower":0.625,"upper":0.875},)"
                R"({"day":365,"absence":"suppressed"}]}])"));
  analysis::FineGrayAnswer incidence;
  static_cast<analysis::HazardModel&>(incidence) = cox;
  incidence.provenance = cox.provenance;
  const auto wire = ToWire(*disclosure::Release(incidence, open));
  EXPECT_EQ(wire.predictions(0).at(0).incidence(), 0.75);
  EXPECT_FALSE(wire.predictions(0).at(0).has_survival());
  analysis::ParametricAnswer times;
  static_cast<analysis::EventModel&>(times) = cox;
  times.provenance = cox.provenance;
  EXPECT_EQ(
      ToWire(*disclosure::Release(times, open)).predictions(0).at(0).survival(),
      0.75);
}

}  // namespace
}  // namespace enthesis::wire
