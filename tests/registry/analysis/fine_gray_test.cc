// Fine-Gray regression on a cohort: the estimator on rows that are read off the
// cases one by one.

#include "stats/fine_gray.h"

#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

absl::StatusOr<FineGrayAnswer> AskFineGray(
    const model::FineGrayQuestion& question, const tests::Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

// Age and male sex of those at risk of the endpoint whose BMI, the third
// column, is known.
struct RowsAtRisk {
  std::vector<double> times;
  std::vector<int> causes, sites;
  stats::DesignMatrix design;
  int64_t outside = 0, dropped = 0;
};

RowsAtRisk ReadRows(
    const tests::Cases& cases, model::Endpoint endpoint,
    std::optional<model::ComplicationKind> kind = std::nullopt) {
  RowsAtRisk data;
  std::vector<double> ages, males, bmis;
  std::map<std::string, int> sites;
  for (const model::Case& record : cases) {
    if (!model::InRiskSet(record, endpoint)) {
      ++data.outside;
      continue;
    }
    if (!record.baseline.bmi.has_value()) {
      ++data.dropped;
      continue;
    }
    const auto time = model::TimeTo(record, endpoint, kind);
    data.times.push_back(time.exit_day);
    data.causes.push_back(static_cast<int>(time.exit));
    const auto n_sites = static_cast<int>(sites.size());
    data.sites.push_back(sites.emplace(record.site, n_sites).first->second);
    ages.push_back(*record.baseline.age_years);
    males.push_back(record.baseline.sex == model::Sex::kMale ? 1 : 0);
    bmis.push_back(*record.baseline.bmi);
  }
  data.design.n_rows = ages.size();
  data.design.names = {"age_years", "sexmale", "bmi"};
  for (const auto* column : {&ages, &males, &bmis}) {
    data.design.values.insert(data.design.values.end(), column->begin(),
                              column->end());
  }
  return data;
}

tests::Cases OfTwoSexes(tests::Cases cases) {
  for (model::Case& record : cases) {
    if (record.baseline.sex == model::Sex::kOther) {
      record.baseline.sex = model::Sex::kFemale;
    }
  }
  return cases;
}

void ExpectFineGray(const FineGrayAnswer& answer,
                    const stats::FineGrayFit& fit) {
  EXPECT_EQ(answer.n, static_cast<int64_t>(fit.n));
  EXPECT_EQ(answer.events, static_cast<int64_t>(fit.events));
  EXPECT_EQ(answer.competing, static_cast<int64_t>(fit.competing));
  EXPECT_EQ(answer.support.competing, answer.competing);
  ASSERT_EQ(answer.coefficients.size(), fit.coefficients.size());
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    const Coefficient& one = answer.coefficients[c];
    const stats::Coefficient& expected = fit.coefficients[c];
    EXPECT_EQ(one.name, expected.name);
    EXPECT_EQ(one.estimate, expected.estimate);
    EXPECT_EQ(one.std_error, expected.std_error);
    EXPECT_EQ(one.statistic, expected.statistic);
    EXPECT_EQ(one.p_value, expected.p_value);
    if (!expected.estimate.has_value()) {
      EXPECT_NE(one.absence, Absence::kNone);
      EXPECT_FALSE(one.ratio.has_value());
      continue;
    }
    EXPECT_EQ(one.ratio, std::exp(*expected.estimate));
    EXPECT_EQ(one.upper, std::exp(*expected.upper));
    EXPECT_FALSE(one.robust_std_error.has_value());
  }
  EXPECT_EQ(answer.log_likelihood, fit.log_likelihood);
  EXPECT_EQ(answer.wald.chi_square, fit.tests.wald.chi_square);
}

// Every endpoint, and one kind of complication.
std::vector<model::FineGrayQuestion> QuestionsOfEachEvent() {
  std::vector<model::FineGrayQuestion> questions;
  for (const model::Code& code : model::kEndpointCodes.codes) {
    model::FineGrayQuestion question;
    question.endpoint = static_cast<model::Endpoint>(code.value);
    question.ties = model::RegressionTies::kBreslow;
    question.covariates = {
        {"age_years", false, ""}, {"sex", false, ""}, {"bmi", false, ""}};
    questions.push_back(question);
    if (question.endpoint != model::Endpoint::kComplication) continue;
    question.complication = model::ComplicationKind::kSuralNerve;
    questions.push_back(question);
  }
  return questions;
}

TEST(FineGray, EqualsTheEstimatorForEachEndpointAndCause) {
  const tests::Cases cases = OfTwoSexes(tests::RandomCases(1000, 1));
  for (model::FineGrayQuestion question : QuestionsOfEachEvent()) {
    const RowsAtRisk data =
        ReadRows(cases, question.endpoint, question.complication);
    std::vector<model::Exit> causes = {model::Exit::kEvent};
    for (const model::Exit exit : model::CompetingExits(question.endpoint)) {
      causes.push_back(exit);
    }
    for (const model::Exit cause : causes) {
      SCOPED_TRACE(absl::StrCat(static_cast<int>(question.endpoint), " ",
                                static_cast<int>(cause)));
      question.cause = cause;
      const auto answer = AskFineGray(question, cases);
      ASSERT_TRUE(answer.ok()) << answer.status();
      stats::FineGrayRows rows;
      rows.times = data.times;
      rows.causes = data.causes;
      stats::FineGrayOptions options;
      options.cause = static_cast<int>(cause);
      const auto fit = stats::FitFineGray(rows, data.design, options);
      ASSERT_TRUE(fit.ok()) << fit.status();
      ExpectFineGray(*answer, *fit);
      // Before an osteotomy unites hardly anyone dies.
      EXPECT_EQ(fit->separated.empty(),
                question.endpoint != model::Endpoint::kOsteotomyUnion ||
                    cause == model::Exit::kEvent);
      EXPECT_GT(answer->competing, 0);
      EXPECT_EQ(answer->cause, cause);
      EXPECT_EQ(answer->dropped, data.dropped);
      if (!model::IsReturn(question.endpoint)) continue;
      EXPECT_THAT(answer->provenance.exclusions,
                  Contains(Exclusion{"NOT_AN_ATHLETE", data.outside}));
    }
  }
}

TEST(FineGray, SaysWhatCompetes) {
  model::FineGrayQuestion question;
  question.endpoint = model::Endpoint::kRupture;
  question.ties = model::RegressionTies::kBreslow;
  const auto answer = AskFineGray(question, tests::RandomCases(200, 1));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->provenance.estimand, HasSubstr("competing: death"));
}

TEST(FineGray, TheOtherConventionTakesStrataAndEfronsTies) {
  const tests::Cases cases = OfTwoSexes(tests::RandomCases(900, 2));
  const RowsAtRisk data = ReadRows(cases, model::Endpoint::kReturnSport);
  model::FineGrayQuestion question;
  question.convention = model::FineGrayConvention::kFineGray;
  question.covariates = {
      {"age_years", false, ""}, {"sex", false, ""}, {"bmi", false, ""}};
  question.strata = {model::Dimension::kSite};
  const auto answer = AskFineGray(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  stats::FineGrayRows rows;
  rows.times = data.times;
  rows.causes = data.causes;
  rows.strata = data.sites;
  stats::FineGrayOptions options;
  options.convention = stats::FineGrayConvention::kFineGray;
  const auto fit = stats::FitFineGray(rows, data.design, options);
  ASSERT_TRUE(fit.ok());
  ASSERT_EQ(answer->coefficients.size(), 3u);
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(*answer->coefficients[c].estimate,
                *fit->coefficients[c].estimate, 1e-9);
    EXPECT_NEAR(*answer->coefficients[c].std_error,
                *fit->coefficients[c].std_error, 1e-9);
  }
  EXPECT_THAT(answer->provenance.conventions,
              Contains(std::string("ties: Efron")));
}

TEST(FineGray, NoEventOfTheCauseIsAnAnswer) {
  tests::Cases cases = tests::RandomCases(60, 3);
  for (model::Case& record : cases) record.status = model::CaseStatus::kActive;
  model::FineGrayQuestion question;
  question.cause = model::Exit::kDeath;
  question.ties = model::RegressionTies::kBreslow;
  question.covariates = {{"age_years", false, ""}};
  const auto answer = AskFineGray(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->events, 0);
  EXPECT_EQ(answer->coefficients[0].absence, Absence::kDropped);
  EXPECT_THAT(answer->provenance.estimand, HasSubstr("death before it"));
}

}  // namespace
}  // namespace enthesis::analysis
