#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/regression_question.h"
#include "registry/validation/validate.h"

namespace enthesis::validation {
namespace {

using model::GlmQuestion;
using model::Measure;
using model::RegressionFamily;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> WrongFields(const GlmQuestion& question) {
  std::vector<std::string> paths;
  for (const Violation& violation : ValidateQuestion(question)) {
    paths.push_back(violation.path);
  }
  return paths;
}

GlmQuestion OfEvents(RegressionFamily family) {
  GlmQuestion question;
  question.family = family;
  question.endpoint = model::Endpoint::kReoperation;
  if (family == RegressionFamily::kLogistic) question.by_day = 365;
  return question;
}

GlmQuestion OfScores(RegressionFamily family) {
  GlmQuestion question;
  question.family = family;
  if (family == RegressionFamily::kLogistic) {
    question.measure = Measure::kVisaA;
    question.threshold = 14;
  } else {
    question.measure = Measure::kHeelRiseCount;
  }
  return question;
}

TEST(GlmQuestion, SoundOnes) {
  EXPECT_THAT(WrongFields(OfEvents(RegressionFamily::kLogistic)), IsEmpty());
  EXPECT_THAT(WrongFields(OfEvents(RegressionFamily::kPoisson)), IsEmpty());
  for (const auto family :
       {RegressionFamily::kLogistic, RegressionFamily::kPoisson,
        RegressionFamily::kNegativeBinomial}) {
    EXPECT_THAT(WrongFields(OfScores(family)), IsEmpty());
  }
}

TEST(GlmQuestion, TheOutcomeIsEitherAnEndpointOrAMeasure) {
  EXPECT_THAT(WrongFields(GlmQuestion()), ElementsAre("endpoint"));
  GlmQuestion both = OfEvents(RegressionFamily::kLogistic);
  both.measure = Measure::kVisaA;
  EXPECT_THAT(WrongFields(both), ElementsAre("measure"));
}

TEST(GlmQuestion, EachFaultOfAnEndpointIsNamed) {
  GlmQuestion question = OfEvents(RegressionFamily::kNegativeBinomial);
  EXPECT_THAT(WrongFields(question), ElementsAre("family"));
  question = OfEvents(RegressionFamily::kLogistic);
  question.by_day.reset();
  EXPECT_THAT(WrongFields(question), ElementsAre("by_day"));
  question.by_day = 0;
  question.complication = model::ComplicationKind::kSuralNerve;
  question.threshold = 5;
  question.group_by = model::Dimension::kSex;
  question.covariates = {{"nobody", false, ""}};
  question.cluster = static_cast<model::Cluster>(7);
  EXPECT_THAT(WrongFields(question),
              ElementsAre("options.group_by", "complication", "by_day",
                          "threshold", "covariates[0].name", "cluster"));
  question = OfEvents(RegressionFamily::kPoisson);
  question.firth = true;
  question.endpoint = static_cast<model::Endpoint>(99);
  EXPECT_THAT(WrongFields(question), ElementsAre("endpoint", "firth"));
}

TEST(GlmQuestion, EachFaultOfAMeasureIsNamed) {
  GlmQuestion question = OfScores(RegressionFamily::kLogistic);
  question.threshold.reset();
  EXPECT_THAT(WrongFields(question), ElementsAre("threshold"));
  for (const double wrong : {0.0, -1.0, HUGE_VAL}) {
    question.threshold = wrong;
    EXPECT_THAT(WrongFields(question), ElementsAre("threshold"));
  }
  question.threshold = 14;
  question.measure = Measure::kSatisfaction;
  question.visit = model::Visit::kBaseline;
  question.by_day = 90;
  EXPECT_THAT(WrongFields(question), ElementsAre("measure", "visit", "by_day"));
  question = OfScores(RegressionFamily::kPoisson);
  question.measure = Measure::kVisaA;
  question.threshold = 14;
  EXPECT_THAT(WrongFields(question), ElementsAre("measure", "threshold"));
}

TEST(SitesQuestion, FaultsAreNamed) {
  model::SitesQuestion question;
  question.endpoint = model::Endpoint::kReoperation;
  question.by_day = 365;
  question.own_site = "site-01";
  question.covariates = {{"age_years", false, ""}};
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.by_day.reset();
  question.own_site = "The Site";
  question.covariates = {{"age_years", false, ""}, {"site", false, ""}};
  question.limits = static_cast<model::FunnelLimits>(7);
  question.pooling = static_cast<model::SitePooling>(8);
  question.overdispersion = static_cast<model::Overdispersion>(7);
  question.group_by = model::Dimension::kSite;
  std::vector<std::string> paths;
  for (const Violation& violation : ValidateQuestion(question)) {
    paths.push_back(violation.path);
  }
  EXPECT_THAT(paths,
              ElementsAre("options.group_by", "by_day", "covariates[1].name",
                          "own_site", "limits", "pooling", "overdispersion"));
}

// One line left over would tell whose code it has.
TEST(SitesQuestion, AScoreIsOfAMeasureAlone) {
  model::SitesQuestion question;
  question.score = model::SiteScore::kChange;
  const auto paths = [&question] {
    std::vector<std::string> named;
    for (const Violation& violation : ValidateQuestion(question)) {
      named.push_back(violation.path);
    }
    return named;
  };
  EXPECT_THAT(paths(), ElementsAre("measure"));
  question.measure = model::Measure::kVisaA;
  EXPECT_THAT(paths(), IsEmpty());
  question.threshold = 14;
  question.by_day = 90;
  question.visit = model::Visit::kBaseline;
  question.own_site = "site-01";
  question.cusum = true;
  EXPECT_THAT(paths(), ElementsAre("visit", "threshold", "by_day", "cusum"));
  question.endpoint = model::Endpoint::kReoperation;
  EXPECT_THAT(paths(), testing::Contains("endpoint"));
}

TEST(SitesQuestion, SitesAreNotChosen) {
  model::SitesQuestion question;
  question.endpoint = model::Endpoint::kReoperation;
  question.by_day = 365;
  question.cohort.filters = {{model::Dimension::kSex, {1}, {}},
                             {model::Dimension::kSite, {}, {"site-01"}}};
  const auto violations = ValidateQuestion(question);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].path, "options.cohort.filters[1].dimension");
  question.cohort.filters.pop_back();
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
}

TEST(SitesQuestion, ACusumIsOfOnesOwnSite) {
  model::SitesQuestion question;
  question.endpoint = model::Endpoint::kReoperation;
  question.by_day = 365;
  question.cusum = true;
  question.odds_ratio = 1;
  question.run_length = 5;
  std::vector<std::string> paths;
  for (const Violation& violation : ValidateQuestion(question)) {
    paths.push_back(violation.path);
  }
  EXPECT_THAT(paths,
              ElementsAre("own_site", "cusum.odds_ratio", "cusum.run_length"));
  question.own_site = "site-01";
  question.odds_ratio = 0.5;
  question.run_length = 740;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
}

TEST(MixedQuestion, FaultsAreNamed) {
  model::MixedQuestion question;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.group_by = model::Dimension::kApproach;
  question.reference = "open";
  question.structure = model::MixedStructure::kUnstructured;
  question.df = model::MixedDf::kKenwardRoger;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.restricted = false;
  question.reference = "nobody";
  question.visits = {model::Visit::k6Months};
  question.covariates = {{"approach", false, ""}};
  const auto paths_of = [](const model::MixedQuestion& asked) {
    std::vector<std::string> paths;
    for (const Violation& violation : ValidateQuestion(asked)) {
      paths.push_back(violation.path);
    }
    return paths;
  };
  EXPECT_THAT(paths_of(question),
              ElementsAre("reference", "visits", "covariates[0].name", "df"));
  question = {};
  question.visits = {model::Visit::k6Months, model::Visit::k6Months};
  question.reference = "open";
  question.df = model::MixedDf::kKenwardRoger;  // of a random intercept
  EXPECT_THAT(paths_of(question), ElementsAre("reference", "visits[1]", "df"));
  question = {};
  question.group_by = model::Dimension::kConcomitantProcedure;
  question.structure = static_cast<model::MixedStructure>(9);
  EXPECT_THAT(paths_of(question), ElementsAre("options.group_by", "structure"));
}

TEST(MixedQuestion, ARandomSiteIsOfRandomEffectsAlone) {
  model::MixedQuestion question;
  question.random_site = true;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.structure = model::MixedStructure::kUnstructured;
  ASSERT_EQ(ValidateQuestion(question).size(), 1);
  EXPECT_EQ(ValidateQuestion(question)[0].path, "random_site");
  EXPECT_NE(ValidateQuestion(question)[0].message.find("(un)"),
            std::string::npos);
  question.structure = model::MixedStructure::kRandomSlope;
  question.covariates = {{"site", false, ""}};
  ASSERT_EQ(ValidateQuestion(question).size(), 1);
  question.covariates = {};
  question.group_by = model::Dimension::kSite;
  ASSERT_EQ(ValidateQuestion(question).size(), 1);
  EXPECT_EQ(ValidateQuestion(question)[0].path, "random_site");
}

}  // namespace
}  // namespace enthesis::validation
