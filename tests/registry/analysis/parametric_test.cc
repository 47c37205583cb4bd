// Parametric regression on a cohort: the estimator on rows that are read off
// the cases one by one.

#include "stats/parametric.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::Endpoint;
using model::ParametricDistribution;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

tests::Cases CasesOfKnownSex(int n, uint64_t seed) {
  std::mt19937_64 random(seed);
  tests::Cases cases;
  for (int i = 0; i < n; ++i) {
    model::Case record = tests::RandomCase(random);
    if (record.baseline.sex == model::Sex::kOther) {
      record.baseline.sex = model::Sex::kFemale;
    }
    cases.push_back(record);
  }
  return cases;
}

absl::StatusOr<ParametricAnswer> AskTimes(
    const model::ParametricQuestion& question, const tests::Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

model::ParametricQuestion AboutAgeSexAndBmi(Endpoint endpoint) {
  model::ParametricQuestion question;
  question.endpoint = endpoint;
  question.covariates = {
      {"age_years", false, ""}, {"sex", false, ""}, {"bmi", false, ""}};
  return question;
}

// Times of the cases with a known BMI, with age, male sex and BMI.
struct KnownTimes {
  std::vector<double> lower, upper;
  stats::DesignMatrix design;
  int64_t exact = 0, by_visit = 0;
  int64_t outside = 0, dropped = 0;

  stats::IntervalTimes rows() const { return {lower, upper, {}}; }
};

void AddTime(const model::EndpointTime& time, KnownTimes& data) {
  if (time.exit != model::Exit::kEvent) {
    data.lower.push_back(time.exit_day);
    data.upper.push_back(stats::kOpenUpper);
  } else if (time.known_by_visit && time.interval_start < time.exit_day) {
    data.lower.push_back(time.interval_start);
    data.upper.push_back(time.exit_day);
    ++data.by_visit;
  } else {
    data.lower.push_back(time.exit_day);
    data.upper.push_back(time.exit_day == 0 ? 1 : time.exit_day);
    ++data.exact;
  }
}

KnownTimes ReadTimes(const tests::Cases& cases, Endpoint endpoint,
                     std::optional<model::ComplicationKind> kind) {
  KnownTimes data;
  std::vector<double> ages, males, bmis;
  for (const model::Case& record : cases) {
    if (!model::InRiskSet(record, endpoint)) {
      ++data.outside;
      continue;
    }
    if (!record.baseline.bmi.has_value()) {
      ++data.dropped;
      continue;
    }
    AddTime(model::TimeTo(record, endpoint, kind), data);
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

void ExpectTimes(const ParametricAnswer& answer, const KnownTimes& data,
                 const stats::ParametricFit& fit) {
  EXPECT_EQ(answer.n, std::ssize(data.lower));
  EXPECT_EQ(answer.dropped, data.dropped);
  EXPECT_EQ(answer.exact, data.exact);
  EXPECT_EQ(answer.known_by_visit, data.by_visit);
  EXPECT_EQ(answer.events, data.exact + data.by_visit);
  EXPECT_EQ(answer.support.events, answer.events);
  ASSERT_EQ(answer.coefficients.size(), fit.coefficients.size());
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    const Coefficient& one = answer.coefficients[c];
    const stats::Coefficient& expected = fit.coefficients[c];
    EXPECT_EQ(one.name, expected.name);
    EXPECT_EQ(one.estimate, expected.estimate);
    EXPECT_EQ(one.std_error, expected.std_error);
    EXPECT_EQ(one.statistic, expected.statistic);
    EXPECT_EQ(one.p_value, expected.p_value);
    if (c == 0) {
      EXPECT_FALSE(one.ratio.has_value());
      EXPECT_EQ(one.lower, expected.lower);
      EXPECT_EQ(one.upper, expected.upper);
      continue;
    }
    EXPECT_EQ(one.ratio, std::exp(*expected.estimate));
    EXPECT_EQ(one.lower, std::exp(*expected.lower));
    EXPECT_EQ(one.upper, std::exp(*expected.upper));
  }
  EXPECT_EQ(answer.scale, fit.scale);
  EXPECT_EQ(answer.log_scale_std_error, fit.log_scale_std_error);
  EXPECT_EQ(answer.log_likelihood, fit.log_likelihood);
  EXPECT_EQ(answer.log_likelihood_null, fit.log_likelihood_null);
  EXPECT_EQ(answer.likelihood_ratio.chi_square,
            fit.likelihood_ratio.chi_square);
  EXPECT_EQ(answer.likelihood_ratio.df, 3);
}

TEST(Parametric, EqualsTheEstimatorForEachEndpoint) {
  const tests::Cases cases = CasesOfKnownSex(1500, 1);
  int64_t by_visit = 0;
  for (const model::Code& code : model::kEndpointCodes.codes) {
    SCOPED_TRACE(code.code);
    const auto endpoint = static_cast<Endpoint>(code.value);
    const KnownTimes data = ReadTimes(cases, endpoint, std::nullopt);
    const auto answer = AskTimes(AboutAgeSexAndBmi(endpoint), cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const auto fit = stats::FitParametric(data.rows(), data.design, {});
    ASSERT_TRUE(fit.ok()) << fit.status();
    ExpectTimes(*answer, data, *fit);
    EXPECT_EQ(answer->support.n_coefficients, 4);
    if (model::IsReturn(endpoint)) {
      EXPECT_THAT(answer->provenance.exclusions,
                  Contains(Exclusion{"NOT_AN_ATHLETE", data.outside}));
      by_visit += data.by_visit;
    }
  }
  EXPECT_GT(by_visit, 100);
}

TEST(Parametric, EqualsTheEstimatorForEachDistribution) {
  const tests::Cases cases = CasesOfKnownSex(900, 2);
  const KnownTimes data =
      ReadTimes(cases, Endpoint::kReturnSport, std::nullopt);
  model::ParametricQuestion question =
      AboutAgeSexAndBmi(Endpoint::kReturnSport);
  question.conf_level = 0.9;
  for (const auto& [asked, given] :
       {std::pair(ParametricDistribution::kWeibull,
                  stats::ParametricDistribution::kWeibull),
        std::pair(ParametricDistribution::kExponential,
                  stats::ParametricDistribution::kExponential),
        std::pair(ParametricDistribution::kLogNormal,
                  stats::ParametricDistribution::kLogNormal),
        std::pair(ParametricDistribution::kLogLogistic,
                  stats::ParametricDistribution::kLogLogistic)}) {
    question.distribution = asked;
    const auto answer = AskTimes(question, cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    stats::ParametricOptions options;
    options.distribution = given;
    options.conf_level = 0.9;
    const auto fit = stats::FitParametric(data.rows(), data.design, options);
    ASSERT_TRUE(fit.ok()) << fit.status();
    ExpectTimes(*answer, data, *fit);
    EXPECT_EQ(answer->support.n_coefficients, 4);
    EXPECT_THAT(answer->provenance.conventions,
                Contains(HasSubstr(model::kParametricDistributionCodes
                                       .Find(static_cast<int32_t>(asked))
                                       ->label)));
  }
}

TEST(Parametric, OneKindOfComplication) {
  const tests::Cases cases = CasesOfKnownSex(1500, 3);
  const auto kind = model::ComplicationKind::kSuralNerve;
  model::ParametricQuestion question =
      AboutAgeSexAndBmi(Endpoint::kComplication);
  question.complication = kind;
  const KnownTimes data = ReadTimes(cases, Endpoint::kComplication, kind);
  const auto answer = AskTimes(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_GT(answer->events, 10);
  const auto fit = stats::FitParametric(data.rows(), data.design, {});
  ASSERT_TRUE(fit.ok()) << fit.status();
  ExpectTimes(*answer, data, *fit);
  EXPECT_THAT(answer->provenance.estimand, HasSubstr("ratio of the times to"));
  EXPECT_THAT(answer->provenance.conventions,
              Not(Contains(HasSubstr("interval-censored"))));
}

// A time of 0 has no logarithm.
TEST(Parametric, AnEventOnTheDayOfSurgeryIsWithinTheFirstDay) {
  tests::Cases cases = CasesOfKnownSex(200, 4);
  for (size_t i = 0; i < 20; ++i) {
    cases[i].follow_ups.resize(1);
    cases[i].follow_ups[0] = {};
    cases[i].follow_ups[0].day = 14;
    cases[i].follow_ups[0].reoperations = {
        {model::ReoperationKind::kRevision, 0}};
  }
  const KnownTimes data =
      ReadTimes(cases, Endpoint::kReoperation, std::nullopt);
  ASSERT_GT(std::count(data.upper.begin(), data.upper.end(), 1.0), 10);
  const auto answer =
      AskTimes(AboutAgeSexAndBmi(Endpoint::kReoperation), cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto fit = stats::FitParametric(data.rows(), data.design, {});
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_GT(fit->left_censored, 10);
  ExpectTimes(*answer, data, *fit);
  EXPECT_THAT(answer->provenance.conventions,
              Contains(HasSubstr("within the first day")));
}

TEST(Parametric, NoEventIsAnAnswerWithoutFigures) {
  tests::Cases cases = CasesOfKnownSex(60, 5);
  for (model::Case& record : cases) record.follow_ups.clear();
  const auto answer =
      AskTimes(AboutAgeSexAndBmi(Endpoint::kReoperation), cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->events, 0);
  EXPECT_EQ(answer->absence, Absence::kUndefined);
  ASSERT_EQ(answer->coefficients.size(), 4u);
  for (const Coefficient& one : answer->coefficients) {
    EXPECT_FALSE(one.estimate || one.ratio || one.lower);
    EXPECT_EQ(one.absence, Absence::kUndefined);
  }
  EXPECT_FALSE(answer->scale || answer->log_likelihood ||
               answer->likelihood_ratio.df.value_or(0) != 0);
}

TEST(Parametric, NoCaseInTheModelIsAnAnswer) {
  tests::Cases cases = CasesOfKnownSex(20, 6);
  for (model::Case& record : cases) record.baseline.bmi.reset();
  const auto answer =
      AskTimes(AboutAgeSexAndBmi(Endpoint::kReoperation), cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->n, 0);
  EXPECT_EQ(answer->dropped, 20);
  EXPECT_EQ(answer->exact, 0);
  EXPECT_EQ(answer->absence, Absence::kUndefined);
  EXPECT_THAT(answer->coefficients, IsEmpty());
}

// The event of one sex only: its ratio is infinite, and named so. A column that
// says the same again has none.
TEST(Parametric, SeparatedAndCollinearColumnsAreNamed) {
  tests::Cases cases = CasesOfKnownSex(400, 7);
  for (size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].baseline.sex == model::Sex::kMale) cases[i].follow_ups.clear();
  }
  model::ParametricQuestion question;
  question.endpoint = Endpoint::kDailyLife;
  question.covariates = {{"sex", false, "female"}, {"age_years", false, ""}};
  const auto answer = AskTimes(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->coefficients[1].name, "sexmale");
  EXPECT_EQ(answer->coefficients[1].absence, Absence::kSeparated);
  EXPECT_TRUE(answer->coefficients[2].estimate.has_value());
  for (model::Case& record : cases) record.baseline.age_years = 40;
  const auto constant = AskTimes(question, cases);
  ASSERT_TRUE(constant.ok()) << constant.status();
  EXPECT_EQ(constant->coefficients[2].absence, Absence::kDropped);
}

}  // namespace
}  // namespace enthesis::analysis
