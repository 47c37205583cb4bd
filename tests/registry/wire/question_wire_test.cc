#include "registry/wire/question_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/text_format.h"

namespace enthesis::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <typename Request>
Request Parse(const char* text) {
  Request request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request));
  return request;
}

std::vector<std::string> Paths(const Faults& faults) {
  std::vector<std::string> paths;
  for (const Fault& fault : faults) paths.push_back(fault.path);
  return paths;
}

TEST(QuestionWire, EmptyRequestAsksForTheDefaults) {
  Faults faults;
  const auto describe = ToModel(v1::DescribeCohortRequest(), faults);
  EXPECT_TRUE(describe.cohort.filters.empty());
  EXPECT_EQ(describe.group_by, std::nullopt);
  EXPECT_EQ(describe.as_of, std::nullopt);
  EXPECT_EQ(describe.conf_level, 0.95);
  const auto back = ToModel(v1::EstimateReturnToPlayRequest(), faults);
  EXPECT_EQ(back.stage, model::ReturnStage::kSport);
  EXPECT_EQ(back.transform, model::ConfidenceTransform::kLogLog);
  const auto score = ToModel(v1::EstimateScoreChangeRequest(), faults);
  EXPECT_EQ(score.measure, model::Measure::kVisaA);
  EXPECT_TRUE(score.thresholds.empty());
  EXPECT_THAT(faults, IsEmpty());
}

TEST(QuestionWire, ReadsEveryField) {
  const auto request = Parse<v1::EstimateSurvivalRequest>(R"pb(
    options {
      cohort {
        filters {
          dimension: DIMENSION_SITE
          values: "site-01"
          values: "site-02"
        }
        filters {
          dimension: DIMENSION_PRIMARY_PROCEDURE
          values: "zadek_osteotomy"
          values: "unknown"
        }
        filters { dimension: DIMENSION_SURGERY_YEAR from: "2019" to: "2021" }
        filters { dimension: DIMENSION_AGE_BAND from: "40-49" to: "90+" }
      }
      group_by: DIMENSION_SEX
      then_by: DIMENSION_SPORT
      as_of: 12
      conf_level: 0.9
    }
    endpoint: ENDPOINT_COMPLICATION
    complication: COMPLICATION_KIND_SURAL_NERVE
    at_days: 365
    at_days: 0
    transform: INTERVAL_TRANSFORM_ARCSIN
    quantiles: 0.25
    quantiles: 0.75
    mean_horizon_day: 730
    landmark_day: 0
    test: RANK_TEST_FLEMING_HARRINGTON
    rho: 1
    gamma: 0.5
    strata: DIMENSION_SITE
    trend: true
    pairwise: true
  )pb");
  Faults faults;
  const model::SurvivalQuestion question = ToModel(request, faults);
  EXPECT_THAT(faults, IsEmpty());
  ASSERT_EQ(question.cohort.filters.size(), 4u);
  EXPECT_THAT(question.cohort.filters[0].sites,
              ElementsAre("site-01", "site-02"));
  EXPECT_THAT(question.cohort.filters[1].values, ElementsAre(5, 0));
  EXPECT_THAT(question.cohort.filters[2].values, ElementsAre(2019, 2020, 2021));
  EXPECT_THAT(question.cohort.filters[3].values, ElementsAre(3, 4, 5, 6, 7, 8));
  EXPECT_EQ(question.group_by, model::Dimension::kSex);
  EXPECT_EQ(question.then_by, model::Dimension::kSport);
  EXPECT_EQ(question.as_of, 12u);
  EXPECT_EQ(question.conf_level, 0.9);
  EXPECT_EQ(question.endpoint, model::Endpoint::kComplication);
  EXPECT_EQ(question.complication, model::ComplicationKind::kSuralNerve);
  EXPECT_THAT(question.at_days, ElementsAre(365, 0));
  EXPECT_EQ(question.transform, model::ConfidenceTransform::kArcsin);
  EXPECT_THAT(question.quantiles, ElementsAre(0.25, 0.75));
  EXPECT_EQ(question.mean_horizon, 730);
  EXPECT_EQ(question.landmark_day, 0);
  EXPECT_EQ(question.test, model::RankTestKind::kFlemingHarrington);
  EXPECT_EQ(question.rho, 1);
  EXPECT_EQ(question.gamma, 0.5);
  EXPECT_EQ(question.strata, model::Dimension::kSite);
  EXPECT_TRUE(question.trend);
  EXPECT_TRUE(question.pairwise);
}

TEST(QuestionWire, ReportsAllFaultsAtOnce) {
  auto request = Parse<v1::EstimateSurvivalRequest>(R"pb(
    options {
      cohort {
        filters { dimension: DIMENSION_SEX values: "male" values: "blue" }
        filters { values: "x" }
        filters { dimension: DIMENSION_SEX from: "female" to: "male" }
        filters { dimension: DIMENSION_SURGERY_YEAR from: "2021" to: "2019" }
        filters { dimension: DIMENSION_SURGERY_YEAR from: "2021" }
        filters { dimension: DIMENSION_BMI_BAND from: "unknown" to: "40+" }
        filters {
          dimension: DIMENSION_BMI_BAND
          values: "40+"
          from: "40+"
          to: "40+"
        }
        filters { dimension: DIMENSION_SITE values: "St Mary's" }
        filters { dimension: DIMENSION_SURGERY_YEAR from: "0" to: "2000000000" }
      }
      as_of: 0
    }
  )pb");
  request.mutable_options()->mutable_cohort()->add_filters()->set_dimension(
      static_cast<v1::Dimension>(99));
  request.mutable_options()->set_group_by(static_cast<v1::Dimension>(-1));
  request.set_complication(static_cast<v1::ComplicationKind>(400));
  request.set_transform(static_cast<v1::IntervalTransform>(8));
  request.set_test(static_cast<v1::RankTest>(7));
  request.set_strata(static_cast<v1::Dimension>(17));
  request.GetReflection()->MutableUnknownFields(&request)->AddVarint(900, 1);
  Faults faults;
  const model::SurvivalQuestion question = ToModel(request, faults);
  EXPECT_EQ(question.cohort.filters.size(), 10u);  // indexes stay
  EXPECT_THAT(
      Paths(faults),
      ElementsAre(
          "900", "options.cohort.filters[0].values[1]",
          "options.cohort.filters[1].dimension",
          "options.cohort.filters[2].from", "options.cohort.filters[3].to",
          "options.cohort.filters[4].to", "options.cohort.filters[5].from",
          "options.cohort.filters[6].from",
          "options.cohort.filters[7].values[0]",
          "options.cohort.filters[8].from", "options.cohort.filters[8].to",
          "options.cohort.filters[9].dimension", "options.group_by",
          "options.as_of", "endpoint", "complication", "transform", "test",
          "strata"));
}

TEST(QuestionWire, Incidence) {
  auto request = Parse<v1::EstimateIncidenceRequest>(R"pb(
    options { group_by: DIMENSION_SEX }
    endpoint: ENDPOINT_COMPLICATION
    complication: COMPLICATION_KIND_SURAL_NERVE
    at_days: 90
    transform: INTERVAL_TRANSFORM_LOGIT
    variance: INCIDENCE_VARIANCE_JACKKNIFE
    rho: 0.5
    strata: DIMENSION_SITE
  )pb");
  Faults faults;
  const model::IncidenceQuestion question = ToModel(request, faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(question.group_by, model::Dimension::kSex);
  EXPECT_EQ(question.endpoint, model::Endpoint::kComplication);
  EXPECT_EQ(question.complication, model::ComplicationKind::kSuralNerve);
  EXPECT_THAT(question.at_days, ElementsAre(90));
  EXPECT_EQ(question.transform, model::ConfidenceTransform::kLogit);
  EXPECT_EQ(question.variance, model::IncidenceVariance::kJackknife);
  EXPECT_EQ(question.rho, 0.5);
  EXPECT_EQ(question.strata, model::Dimension::kSite);
  request.clear_endpoint();
  request.set_variance(static_cast<v1::IncidenceVariance>(3));
  ToModel(request, faults);
  EXPECT_THAT(Paths(faults), ElementsAre("endpoint", "variance"));
}

TEST(QuestionWire, OpenCodesOfOtherQuestionsAreFaults) {
  v1::EstimateReturnToPlayRequest back;
  back.set_stage(static_cast<v1::ReturnStage>(9));
  v1::EstimateScoreChangeRequest score;
  score.set_measure(static_cast<v1::Measure>(77));
  Faults faults;
  ToModel(back, faults);
  ToModel(score, faults);
  EXPECT_THAT(Paths(faults), ElementsAre("stage", "measure"));
}

TEST(QuestionWire, Intervals) {
  v1::EstimateIntervalCensoredRequest request;
  Faults faults;
  EXPECT_EQ(ToModel(request, faults).endpoint, model::Endpoint::kReturnSport);
  request.set_endpoint(v1::ENDPOINT_DAILY_LIFE);
  request.add_at_days(91);
  const model::IntervalQuestion question = ToModel(request, faults);
  EXPECT_EQ(question.endpoint, model::Endpoint::kDailyLife);
  EXPECT_THAT(question.at_days, ElementsAre(91));
  EXPECT_THAT(faults, ::testing::IsEmpty());
  request.set_endpoint(static_cast<v1::Endpoint>(99));
  ToModel(request, faults);
  EXPECT_THAT(Paths(faults), ElementsAre("endpoint"));
}

TEST(QuestionWire, Comparison) {
  v1::CompareGroupsRequest request;
  Faults faults;
  model::CompareQuestion question = ToModel(request, faults);
  EXPECT_EQ(question.visit, model::Visit::k12Months);
  EXPECT_EQ(question.measure, model::Measure::kVisaA);
  EXPECT_FALSE(question.change);
  request.set_visit("6_weeks");
  request.set_change(true);
  request.set_measure(v1::MEASURE_PAIN_REST);
  question = ToModel(request, faults);
  EXPECT_EQ(question.visit, model::Visit::k6Weeks);
  EXPECT_EQ(question.measure, model::Measure::kPainRest);
  EXPECT_TRUE(question.change);
  EXPECT_THAT(faults, ::testing::IsEmpty());
  request.set_visit("next year");
  ToModel(request, faults);
  EXPECT_THAT(Paths(faults), ElementsAre("visit"));
}

}  // namespace
}  // namespace enthesis::wire
