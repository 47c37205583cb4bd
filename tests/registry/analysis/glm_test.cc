// Generalized linear models on a cohort: the estimator on rows that are read
// off the cases one by one.

#include "stats/glm.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "stats/binary_prediction.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::Endpoint;
using model::RegressionFamily;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

tests::Cases RandomCases(int n, uint64_t seed) {
  std::mt19937_64 random(seed);
  tests::Cases cases;
  for (int i = 0; i < n; ++i) cases.push_back(tests::RandomCase(random));
  return cases;
}

absl::StatusOr<GlmAnswer> AskGlm(const model::GlmQuestion& question,
                                 const tests::Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

model::GlmQuestion AboutAgeAndBmi(RegressionFamily family) {
  model::GlmQuestion question;
  question.family = family;
  question.covariates = {{"age_years", false, ""}, {"bmi", false, ""}};
  return question;
}

// Cases with a known BMI, with age and BMI.
struct OutcomeRows {
  std::vector<double> response, offsets;
  std::vector<int> clusters;
  std::vector<double> ages, bmis;
  int64_t outside = 0, not_followed = 0, without_score = 0;

  bool AddCovariates(const model::Case& record) {
    if (!record.baseline.bmi.has_value()) return false;
    ages.push_back(*record.baseline.age_years);
    bmis.push_back(*record.baseline.bmi);
    return true;
  }
  stats::GlmRows rows() const { return {response, {}, offsets, clusters}; }
  stats::DesignMatrix design() const {
    stats::DesignMatrix design;
    design.n_rows = ages.size();
    design.names = {"age_years", "bmi"};
    design.values = ages;
    design.values.insert(design.values.end(), bmis.begin(), bmis.end());
    return design;
  }
};

OutcomeRows ReadByDay(const tests::Cases& cases, Endpoint endpoint,
                      int32_t day) {
  OutcomeRows data;
  for (const model::Case& record : cases) {
    if (!model::InRiskSet(record, endpoint)) {
      ++data.outside;
      continue;
    }
    const model::EndpointTime time = model::TimeTo(record, endpoint);
    if (time.exit == model::Exit::kCensored && time.exit_day < day) {
      ++data.not_followed;
      continue;
    }
    if (!data.AddCovariates(record)) continue;
    const bool came = time.exit == model::Exit::kEvent && time.exit_day <= day;
    data.response.push_back(came ? 1 : 0);
  }
  return data;
}

OutcomeRows ReadRates(const tests::Cases& cases, Endpoint endpoint,
                      int32_t last_day) {
  OutcomeRows data;
  for (const model::Case& record : cases) {
    if (!model::InRiskSet(record, endpoint)) continue;
    if (!data.AddCovariates(record)) continue;
    const model::EndpointTime time = model::TimeTo(record, endpoint);
    const bool came =
        time.exit == model::Exit::kEvent && time.exit_day <= last_day;
    data.response.push_back(came ? 1 : 0);
    data.offsets.push_back(
        std::log(std::max(std::min(time.exit_day, last_day), 1)));
  }
  return data;
}

void ExpectGlm(const GlmAnswer& answer, const stats::GlmFit& fit) {
  EXPECT_EQ(answer.n, static_cast<int64_t>(fit.n));
  ASSERT_EQ(answer.coefficients.size(), fit.coefficients.size());
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    const Coefficient& one = answer.coefficients[c];
    const stats::Coefficient& expected = fit.coefficients[c];
    EXPECT_EQ(one.name, expected.name);
    EXPECT_EQ(one.estimate, expected.estimate);
    EXPECT_EQ(one.std_error, expected.std_error);
    EXPECT_EQ(one.robust_std_error, expected.robust_std_error);
    EXPECT_EQ(one.p_value, expected.p_value);
    EXPECT_EQ(one.ratio, std::exp(*expected.estimate));
    EXPECT_EQ(one.lower, std::exp(*expected.lower));
    EXPECT_EQ(one.upper, std::exp(*expected.upper));
  }
  EXPECT_EQ(answer.deviance, fit.deviance);
  EXPECT_EQ(answer.null_deviance, fit.null_deviance);
  EXPECT_EQ(answer.log_likelihood, fit.log_likelihood);
  EXPECT_EQ(answer.aic, fit.aic);
}

TEST(Glm, AnEndpointByADayIsOfThoseWhoAreKnownThen) {
  const tests::Cases cases = RandomCases(1500, 1);
  int64_t not_followed = 0;
  for (const model::Code& code : model::kEndpointCodes.codes) {
    SCOPED_TRACE(code.code);
    const auto endpoint = static_cast<Endpoint>(code.value);
    const OutcomeRows data = ReadByDay(cases, endpoint, 200);
    model::GlmQuestion question = AboutAgeAndBmi(RegressionFamily::kLogistic);
    question.endpoint = endpoint;
    question.by_day = 200;
    const auto answer = AskGlm(question, cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const auto fit = stats::FitGlm(data.rows(), data.design(), {});
    ASSERT_TRUE(fit.ok()) << fit.status();
    ExpectGlm(*answer, *fit);
    const auto events =
        std::count(data.response.begin(), data.response.end(), 1.0);
    EXPECT_EQ(answer->events, events);
    EXPECT_EQ(answer->support.events, events);
    EXPECT_EQ(answer->support.n_coefficients, 3);
    EXPECT_THAT(answer->support.parts,
                Contains(ModelSupport::Part{"outcome", *answer->n - events}));
    EXPECT_THAT(answer->provenance.exclusions,
                Contains(Exclusion{"NOT_FOLLOWED", data.not_followed}));
    const auto assessed = stats::AssessBinaryPredictions(
        {data.response, fit->predictors, {}}, 10);
    EXPECT_EQ(answer->discrimination.auc, assessed->auc);
    EXPECT_EQ(answer->discrimination.brier, assessed->brier);
    EXPECT_EQ(answer->discrimination.hosmer_lemeshow.chi_square,
              assessed->hosmer_lemeshow.chi_square);
    not_followed += data.not_followed;
  }
  EXPECT_GT(not_followed, 100);
}

TEST(Glm, ARateHasItsTimeAtRiskAsOffset) {
  const tests::Cases cases = RandomCases(1200, 2);
  for (const std::optional<int32_t> by_day :
       {std::optional<int32_t>(), std::optional<int32_t>(150)}) {
    model::GlmQuestion question = AboutAgeAndBmi(RegressionFamily::kPoisson);
    question.endpoint = Endpoint::kComplication;
    question.by_day = by_day;
    const OutcomeRows data =
        ReadRates(cases, Endpoint::kComplication, by_day.value_or(7305));
    const auto answer = AskGlm(question, cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    stats::GlmOptions options;
    options.family = stats::GlmFamily::kPoisson;
    const auto fit = stats::FitGlm(data.rows(), data.design(), options);
    ASSERT_TRUE(fit.ok()) << fit.status();
    ExpectGlm(*answer, *fit);
    EXPECT_EQ(answer->events,
              std::count(data.response.begin(), data.response.end(), 1.0));
    EXPECT_FALSE(answer->discrimination.auc.has_value());
  }
}

TEST(Glm, ImprovementIsInTheDirectionOfTheMeasure) {
  const tests::Cases cases = RandomCases(1500, 3);
  for (const auto& [measure, sign] :
       {std::pair(model::Measure::kVisaA, 1),
        std::pair(model::Measure::kPainActivity, -1)}) {
    OutcomeRows data;
    for (const model::Case& record : cases) {
      const auto now = tests::ScoreAt(record, measure, model::Visit::k6Months);
      const auto before =
          tests::ScoreAt(record, measure, model::Visit::kBaseline);
      if (!now.has_value()) {
        ++data.without_score;
        continue;
      }
      if (!record.baseline.bmi.has_value() || !before.has_value()) continue;
      data.AddCovariates(record);
      data.response.push_back(sign * (*now - *before) >= 2 ? 1 : 0);
    }
    model::GlmQuestion question = AboutAgeAndBmi(RegressionFamily::kLogistic);
    question.measure = measure;
    question.visit = model::Visit::k6Months;
    question.threshold = 2;
    const auto answer = AskGlm(question, cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const auto fit = stats::FitGlm(data.rows(), data.design(), {});
    ASSERT_TRUE(fit.ok()) << fit.status();
    ExpectGlm(*answer, *fit);
    EXPECT_GT(*answer->events, 20);
    EXPECT_THAT(answer->provenance.exclusions,
                Contains(Exclusion{"NO_VALUE", data.without_score}));
  }
}

TEST(Glm, ACountBySiteIsRobust) {
  const tests::Cases cases = RandomCases(1500, 4);
  std::vector<std::string> sites;
  OutcomeRows data;
  for (const model::Case& record : cases) {
    const auto count = tests::ScoreAt(record, model::Measure::kHeelRiseCount,
                                      model::Visit::k12Months);
    if (!count.has_value() || !data.AddCovariates(record)) continue;
    data.response.push_back(*count);
    sites.push_back(record.site);
  }
  std::vector<std::string> names = sites;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& site : sites) {
    data.clusters.push_back(static_cast<int>(
        std::find(names.begin(), names.end(), site) - names.begin()));
  }
  model::GlmQuestion question =
      AboutAgeAndBmi(RegressionFamily::kNegativeBinomial);
  question.measure = model::Measure::kHeelRiseCount;
  question.cluster = model::Cluster::kSite;
  const auto answer = AskGlm(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  stats::GlmOptions options;
  options.family = stats::GlmFamily::kNegativeBinomial;
  const auto fit = stats::FitGlm(data.rows(), data.design(), options);
  ASSERT_TRUE(fit.ok()) << fit.status();
  ExpectGlm(*answer, *fit);
  EXPECT_TRUE(answer->coefficients[1].robust_std_error.has_value());
  ASSERT_TRUE(fit->theta.has_value());
  EXPECT_EQ(answer->theta, fit->theta->estimate);
  EXPECT_EQ(answer->theta_std_error, fit->theta->std_error);
  EXPECT_FALSE(answer->events.has_value());
  EXPECT_THAT(answer->provenance.conventions,
              Contains(HasSubstr("clusters: the cases of a site")));
}

// No woman is reoperated on, every second man is.
TEST(Glm, SeparationIsInfiniteAndFirthIsNot) {
  tests::Cases cases = RandomCases(400, 5);
  for (size_t i = 0; i < cases.size(); ++i) {
    const bool is_man = i % 2 == 1;
    cases[i].baseline.sex = is_man ? model::Sex::kMale : model::Sex::kFemale;
    cases[i].status = model::CaseStatus::kActive;
    model::FollowUp visit;
    visit.day = 400;
    if (i % 4 == 1) {
      visit.reoperations = {{model::ReoperationKind::kRevision, 100}};
    }
    cases[i].follow_ups = {visit};
  }
  model::GlmQuestion question;
  question.endpoint = Endpoint::kReoperation;
  question.by_day = 365;
  question.covariates = {{"sex", false, "female"}};
  const auto answer = AskGlm(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->events, 100);
  EXPECT_EQ(answer->coefficients[1].absence, Absence::kSeparated);
  question.firth = true;
  const auto firth = AskGlm(question, cases);
  ASSERT_TRUE(firth.ok()) << firth.status();
  // 100.5 / 100.5 against 0.5 / 200.5.
  EXPECT_NEAR(*firth->coefficients[1].ratio, 401, 1e-6);
  EXPECT_FALSE(firth->likelihood_ratio.df.has_value());
}

TEST(Glm, NobodyKnownIsNoFigure) {
  tests::Cases cases = RandomCases(30, 6);
  for (model::Case& record : cases) record.baseline.bmi.reset();
  model::GlmQuestion question = AboutAgeAndBmi(RegressionFamily::kPoisson);
  question.endpoint = Endpoint::kComplication;
  const auto answer = AskGlm(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->n, 0);
  EXPECT_EQ(answer->absence, Absence::kUndefined);
  EXPECT_THAT(answer->coefficients, IsEmpty());
}

}  // namespace
}  // namespace enthesis::analysis
