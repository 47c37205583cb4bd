// Parametric regression on a cohort: the estimator on rows that are read off
// the cases one by one.

#include "stats/parametric.h"

#include <cmath>
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
using model::Exit;
using ::testing::Contains;
using ::testing::HasSubstr;
using tests::Cases;

absl::StatusOr<ParametricAnswer> AskParametric(
    const model::ParametricQuestion& question, const Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

// Age and BMI, where that is known, and what is known of the time.
struct KnownRows {
  std::vector<double> lower, upper;
  stats::DesignMatrix design;
  int64_t exact = 0, known_by_visit = 0, dropped = 0;
};

KnownRows ReadKnown(const Cases& cases, Endpoint endpoint) {
  KnownRows data;
  std::vector<double> ages, bmis;
  for (const model::Case& record : cases) {
    if (!model::InRiskSet(record, endpoint)) continue;
    if (!record.baseline.bmi.has_value()) {
      ++data.dropped;
      continue;
    }
    const model::EndpointTime time = model::TimeTo(record, endpoint);
    const double day = time.exit_day;
    if (time.exit != Exit::kEvent) {
      data.lower.push_back(day);
      data.upper.push_back(stats::kOpenUpper);
    } else if (time.known_by_visit) {
      data.lower.push_back(time.interval_start);
      data.upper.push_back(day);
      ++data.known_by_visit;
    } else {
      data.lower.push_back(day);
      data.upper.push_back(day == 0 ? 1 : day);
      ++data.exact;
    }
    ages.push_back(*record.baseline.age_years);
    bmis.push_back(*record.baseline.bmi);
  }
  data.design.n_rows = ages.size();
  data.design.names = {"age_years", "bmi"};
  for (const auto* column : {&ages, &bmis}) {
    data.design.values.insert(data.design.values.end(), column->begin(),
                              column->end());
  }
  return data;
}

void ExpectFit(const ParametricAnswer& answer, const stats::ParametricFit& fit,
               const KnownRows& data) {
  EXPECT_EQ(answer.n, std::ssize(data.lower));
  EXPECT_EQ(answer.dropped, data.dropped);
  EXPECT_EQ(answer.exact, data.exact);
  EXPECT_EQ(answer.known_by_visit, data.known_by_visit);
  EXPECT_EQ(answer.events, data.exact + data.known_by_visit);
  EXPECT_EQ(answer.support.n_coefficients, 3);
  ASSERT_EQ(answer.coefficients.size(), fit.coefficients.size());
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    const Coefficient& one = answer.coefficients[c];
    const stats::Coefficient& expected = fit.coefficients[c];
    EXPECT_EQ(one.name, expected.name);
    EXPECT_EQ(one.estimate, expected.estimate);
    EXPECT_EQ(one.std_error, expected.std_error);
    EXPECT_EQ(one.p_value, expected.p_value);
    if (c == 0) {
      EXPECT_EQ(one.upper, expected.upper);
      EXPECT_FALSE(one.ratio.has_value());
    } else {
      EXPECT_EQ(one.upper, std::exp(*expected.upper));
      EXPECT_EQ(one.ratio, std::exp(*expected.estimate));
    }
  }
  EXPECT_EQ(answer.scale, fit.scale);
  EXPECT_EQ(answer.log_scale_std_error, fit.log_scale_std_error);
  EXPECT_EQ(answer.log_likelihood, fit.log_likelihood);
  EXPECT_EQ(answer.log_likelihood_null, fit.log_likelihood_null);
  EXPECT_EQ(answer.likelihood_ratio.chi_square,
            fit.likelihood_ratio.chi_square);
}

TEST(Parametric, EqualsTheEstimatorForEachEndpointAndDistribution) {
  const Cases cases = tests::RandomCases(900, 71);
  const std::pair<model::ParametricDistribution, stats::ParametricDistribution>
      distributions[] = {{model::ParametricDistribution::kWeibull,
                          stats::ParametricDistribution::kWeibull},
                         {model::ParametricDistribution::kExponential,
                          stats::ParametricDistribution::kExponential},
                         {model::ParametricDistribution::kLogNormal,
                          stats::ParametricDistribution::kLogNormal},
                         {model::ParametricDistribution::kLogLogistic,
                          stats::ParametricDistribution::kLogLogistic}};
  bool by_visit = false;
  for (const auto endpoint :
       {Endpoint::kReturnSport, Endpoint::kReoperation, Endpoint::kDailyLife}) {
    const KnownRows data = ReadKnown(cases, endpoint);
    by_visit |= data.known_by_visit > 50;
    for (const auto& [asked, expected] : distributions) {
      SCOPED_TRACE(static_cast<int>(endpoint) * 10 + static_cast<int>(asked));
      model::ParametricQuestion question;
      question.endpoint = endpoint;
      question.covariates = {{"age_years", false, ""}, {"bmi", false, ""}};
      question.distribution = asked;
      const auto answer = AskParametric(question, cases);
      ASSERT_TRUE(answer.ok()) << answer.status();
      stats::ParametricOptions options;
      options.distribution = expected;
      const auto fit = stats::FitParametric({data.lower, data.upper, {}},
                                            data.design, options);
      ASSERT_TRUE(fit.ok()) << fit.status();
      ExpectFit(*answer, *fit, data);
    }
  }
  EXPECT_TRUE(by_visit);
}

TEST(Parametric, WithoutEventsNothingIsEstimated) {
  Cases cases = tests::RandomCases(40, 72);
  for (model::Case& record : cases) {
    for (model::FollowUp& visit : record.follow_ups) visit.reoperations.clear();
  }
  model::ParametricQuestion question;
  question.endpoint = Endpoint::kReoperation;
  question.covariates = {{"age_years", false, ""}};
  const auto answer = AskParametric(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->events, 0);
  EXPECT_EQ(answer->absence, Absence::kUndefined);
  ASSERT_EQ(answer->coefficients.size(), 2);
  for (const Coefficient& coefficient : answer->coefficients) {
    EXPECT_FALSE(coefficient.estimate.has_value());
    EXPECT_EQ(coefficient.absence, Absence::kUndefined);
  }
  EXPECT_FALSE(answer->scale.has_value());
}

TEST(Parametric, NobodyLeftIsAnAnswer) {
  Cases cases = tests::RandomCases(20, 73);
  for (model::Case& record : cases) record.baseline.bmi.reset();
  model::ParametricQuestion question;
  question.endpoint = Endpoint::kReoperation;
  question.covariates = {{"bmi", false, ""}};
  const auto answer = AskParametric(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->n, 0);
  EXPECT_EQ(answer->dropped, 20);
  EXPECT_EQ(answer->absence, Absence::kUndefined);
}

TEST(Parametric, SaysWhatItSupposes) {
  model::ParametricQuestion question;
  question.distribution = model::ParametricDistribution::kLogNormal;
  const auto answer = AskParametric(question, tests::RandomCases(300, 74));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->provenance.estimand, HasSubstr("ratio of the times"));
  const auto& conventions = answer->provenance.conventions;
  EXPECT_THAT(conventions, Contains("distribution: log-normal"));
  EXPECT_THAT(conventions, Contains(HasSubstr("between the last contact")));
  EXPECT_THAT(conventions, Contains(HasSubstr("retirement and death censor")));
}

}  // namespace
}  // namespace enthesis::analysis
