#include "registry/model/regression_question.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/validation/validate.h"
#include "sample_case.h"

namespace enthesis::validation {
namespace {

using model::CovariateTerm;
using model::Dimension;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

model::CoxQuestion Asking(std::vector<CovariateTerm> covariates) {
  model::CoxQuestion question;
  question.covariates = std::move(covariates);
  return question;
}

TEST(RegressionQuestion, SoundOnes) {
  EXPECT_THAT(ValidateQuestion(model::CoxQuestion()), IsEmpty());
  model::CoxQuestion question = Asking({{"age_years", false, ""},
                                        {"sex", false, "other"},
                                        {"site", true, "site-01"},
                                        {"surgery_year", true, "2020"},
                                        {"concomitant_procedure", false, ""},
                                        {"baseline_pain_rest", true, "10"}});
  question.strata = {Dimension::kSite, Dimension::kSurgeryYear};
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  for (const model::Code& code : model::kEndpointCodes.codes) {
    question.endpoint = static_cast<model::Endpoint>(code.value);
    EXPECT_THAT(ValidateQuestion(question), IsEmpty()) << code.code;
  }
}

TEST(RegressionQuestion, UnknownCovariatesListWhatIsAllowed) {
  const auto violations =
      ValidateQuestion(Asking({{"age_years", false, ""}, {"age", false, ""}}));
  ASSERT_THAT(PathsOf(violations), ElementsAre("covariates[1].name"));
  EXPECT_THAT(violations[0].message,
              HasSubstr("\"age\" is no covariate; allowed: site,"));
  EXPECT_THAT(violations[0].message, HasSubstr("age_years"));
  EXPECT_THAT(violations[0].message, HasSubstr("care_shockwave"));
  EXPECT_THAT(violations[0].message, HasSubstr("baseline_visa_a"));
}

TEST(RegressionQuestion, FaultsOfCovariates) {
  EXPECT_THAT(PathsOf(ValidateQuestion(
                  Asking({{"sex", false, ""}, {"sex", false, "male"}}))),
              ElementsAre("covariates[1].name"));
  EXPECT_THAT(
      PathsOf(ValidateQuestion(Asking({{"concomitant_procedure", true, ""}}))),
      ElementsAre("covariates[0].factor"));
  EXPECT_THAT(
      PathsOf(ValidateQuestion(
          Asking({{"concomitant_procedure", false, "debridement"},
                  {"bmi", false, "25"},
                  {"bmi_band", false, "25"},
                  {"surgery_year", true, "last"},
                  {"site", false, "X"},
                  {"silfverskiold", false, "unknown"}}))),
      ElementsAre("covariates[0].reference", "covariates[1].reference",
                  "covariates[2].reference", "covariates[3].reference",
                  "covariates[4].reference", "covariates[5].reference"));
  EXPECT_THAT(PathsOf(ValidateQuestion(Asking(
                  std::vector<CovariateTerm>(model::kMaxCovariates + 1)))),
              ElementsAre("covariates"));
}

TEST(RegressionQuestion, FaultsOfTheRest) {
  model::CoxQuestion question;
  question.group_by = Dimension::kSex;
  question.endpoint = static_cast<model::Endpoint>(10);
  question.strata = {Dimension::kSite, Dimension::kConcomitantProcedure,
                     Dimension::kSite, static_cast<Dimension>(17)};
  question.cluster = static_cast<model::Cluster>(3);
  question.ties = static_cast<model::RegressionTies>(0);
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("endpoint", "options.group_by", "strata[1]",
                          "strata[2]", "strata[3]", "cluster", "ties"));
  question = {};
  question.strata = std::vector<Dimension>(model::kMaxStrata + 1);
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("strata"));
  question = {};
  question.complication = model::ComplicationKind::kSuralNerve;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("complication"));
}

TEST(RegressionQuestion, FineGrayTakesAnyEndpointAndWhatCompetesWithIt) {
  model::FineGrayQuestion question;
  question.ties = model::RegressionTies::kBreslow;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  for (int32_t code = 1; code <= 9; ++code) {
    question.endpoint = static_cast<model::Endpoint>(code);
    for (int32_t exit = 1; exit <= 4; ++exit) {
      question.cause = static_cast<model::Exit>(exit);
      const bool competes = question.cause == model::Exit::kEvent ||
                            question.cause == model::Exit::kDeath ||
                            IsReturn(question.endpoint);
      EXPECT_EQ(ValidateQuestion(question).empty(), competes) << code << exit;
    }
  }
  question.endpoint = model::Endpoint::kReoperation;
  question.cause = model::Exit::kReoperation;
  auto violations = ValidateQuestion(question);
  ASSERT_THAT(PathsOf(violations), ElementsAre("cause"));
  EXPECT_EQ(violations[0].message,
            "reoperation does not compete with reoperation; allowed: event, "
            "death");
  question.cause = model::Exit::kEvent;
  question.complication = model::ComplicationKind::kSuralNerve;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("complication"));
  question.endpoint = model::Endpoint::kComplication;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.complication.reset();
  question.endpoint = static_cast<model::Endpoint>(0);
  question.cause = model::Exit::kCensored;
  question.convention = static_cast<model::FineGrayConvention>(3);
  question.covariates = {{"nobody", false, ""}};
  EXPECT_THAT(
      PathsOf(ValidateQuestion(question)),
      ElementsAre("endpoint", "cause", "convention", "covariates[0].name"));
}

TEST(RegressionQuestion, StrataAndEfronsTiesAreNotOfCrr) {
  model::FineGrayQuestion question;
  question.strata = {Dimension::kSite};
  question.ties = model::RegressionTies::kEfron;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("strata", "ties"));
  question.convention = model::FineGrayConvention::kFineGray;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
}

TEST(RegressionQuestion, ParametricTakesAnyEndpointAndNoGroups) {
  model::ParametricQuestion question;
  for (const auto endpoint :
       {model::Endpoint::kReturnSport, model::Endpoint::kReoperation}) {
    question.endpoint = endpoint;
    EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  }
  question.complication = model::ComplicationKind::kSuralNerve;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("complication"));
  question = {};
  question.endpoint = static_cast<model::Endpoint>(0);
  question.group_by = Dimension::kSex;
  question.covariates = {{"nobody", false, ""}};
  question.distribution = static_cast<model::ParametricDistribution>(5);
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("endpoint", "options.group_by", "covariates[0].name",
                          "distribution"));
}

TEST(RegressionQuestion, AncovaComparesGroupsAfterSurgery) {
  model::AncovaQuestion question;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("options.group_by"));
  question.group_by = Dimension::kApproach;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.reference = "open";
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.reference = "nobody";
  question.measure = model::Measure::kSatisfaction;
  question.visit = model::Visit::kBaseline;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("reference", "measure", "visit"));
  question = {};
  question.group_by = Dimension::kConcomitantProcedure;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("options.group_by"));
  question.group_by = Dimension::kSurgeryYear;
  question.reference = "2020";
  question.covariates = {{"age_years", false, ""},
                         {"surgery_year", false, ""},
                         {"baseline_visa_a", false, ""},
                         {"baseline_pain_rest", false, ""}};
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("covariates[1].name", "covariates[2].name"));
}

TEST(RegressionQuestion, AProfileHasAValueOfEachCovariate) {
  model::ParametricQuestion question;
  question.covariates = {{"age_years", false, ""},
                         {"surgery_year", true, ""},
                         {"sex", false, ""},
                         {"site", false, ""},
                         {"concomitant_procedure", false, ""}};
  const model::PredictionProfile good = {{{"sex", "male"},
                                          {"age_years", "-45.5"},
                                          {"surgery_year", "2020"},
                                          {"site", "site-01"},
                                          {"concomitant_procedure", ""}}};
  question.predictions = {{good}, {0, 365}};
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  const auto with = [&](size_t i, const char* value) {
    question.predictions.profiles = {good, good};
    question.predictions.profiles[1].values[i].value = value;
    return PathsOf(ValidateQuestion(question));
  };
  const std::string second = "predictions[1].values";
  for (const auto& [i, bad] :
       std::vector<std::pair<size_t, const char*>>{{0, "green"},
                                                   {0, ""},
                                                   {1, ""},
                                                   {1, "old"},
                                                   {1, "nan"},
                                                   {1, "1e7"},
                                                   {2, "20.5"},
                                                   {3, "S"},
                                                   {4, "nobody"}}) {
    EXPECT_THAT(with(i, bad),
                ElementsAre(absl::StrCat(second, "[", i, "].value")))
        << bad;
  }
  question.predictions.profiles = {good, good};
  question.predictions.profiles[1].values[0].name = "bmi";
  question.predictions.profiles[1].values[1].name = "site";
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre(second + "[0].name", second + "[1].value",
                          second + "[3].name", second, second));
}

TEST(RegressionQuestion, ProfilesAndDaysComeTogether) {
  model::CoxQuestion question;
  question.predictions.at_days = {90};
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("predictions"));
  question.predictions.profiles = {{}};
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.predictions.at_days = {};
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("at_days"));
  question.predictions.at_days = {90, -1};
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("at_days[1]"));
  question.predictions.at_days = {90};
  question.predictions.profiles.resize(model::kMaxProfiles + 1);
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("predictions"));
  model::FineGrayQuestion incidence;
  incidence.ties = model::RegressionTies::kBreslow;
  incidence.predictions.at_days = {90};
  EXPECT_THAT(PathsOf(ValidateQuestion(incidence)), ElementsAre("predictions"));
}

}  // namespace
}  // namespace enthesis::validation
