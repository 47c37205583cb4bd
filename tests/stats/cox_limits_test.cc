// Cox models at the ends of what can be told: units near the ends of the range
// of numbers, few clusters, and terms by name.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "stats/cox.h"
#include "stats/proportional_hazards.h"
#include "support/cox_data.h"

namespace enthesis::stats {
namespace {

using golden::CoxData;
using golden::Fit;
using golden::RandomCox;
using golden::RandomCoxData;

// Powers of 2, so that the scaled columns are the same to the last bit.
TEST(CoxLimits, ErrorsAndTestsDoNotDependOnTheUnit) {
  RandomCox options;
  options.n_clusters = 12;
  const CoxData plain = RandomCoxData(options);
  const CoxFit expected = Fit(plain);
  EXPECT_TRUE(expected.out_of_range.empty());
  for (const int power : {-990, -400, 400, 990}) {
    CoxData data = plain;
    for (size_t i = 0; i < data.size(); ++i) {
      double& x = data.design.values[data.size() + i];
      x = std::ldexp(x, power);
    }
    const CoxFit fit = Fit(data);
    const Coefficient& own = fit.coefficients[1];
    const Coefficient& unit = expected.coefficients[1];
    EXPECT_DOUBLE_EQ(std::ldexp(own.estimate.value(), power), *unit.estimate);
    EXPECT_DOUBLE_EQ(std::ldexp(own.std_error.value(), power), *unit.std_error);
    EXPECT_DOUBLE_EQ(std::ldexp(own.robust_std_error.value(), power),
                     *unit.robust_std_error);
    EXPECT_DOUBLE_EQ(std::ldexp(own.upper.value(), power), *unit.upper);
    EXPECT_DOUBLE_EQ(own.statistic.value(), *unit.statistic);
    // Where the climb stops is rounding.
    EXPECT_NEAR(fit.tests.wald.chi_square.value(),
                *expected.tests.wald.chi_square, 1e-13);
    const bool far = std::abs(power) > 500;
    EXPECT_EQ(fit.out_of_range, far ? std::vector<std::string>{"x2"}
                                    : std::vector<std::string>());
    const auto zph = TestProportionalHazards(data.Rows(), data.design, fit);
    EXPECT_EQ(zph.ok(), !far);
    if (!far) continue;
    EXPECT_EQ(zph.status().message(),
              "x2: its variance is beyond the range of numbers");
  }
}

TEST(CoxLimits, AFigureBeyondTheRangeOfNumbersIsAbsent) {
  CoxData data = RandomCoxData({});
  for (size_t i = 0; i < data.size(); ++i) {
    double& x = data.design.values[data.size() + i];
    x = std::ldexp(x, 1020);
  }
  const CoxFit fit = Fit(data);
  const CoxFit plain = Fit(RandomCoxData({}));
  EXPECT_EQ(fit.out_of_range, std::vector<std::string>{"x2"});
  const Coefficient& own = fit.coefficients[1];
  EXPECT_FALSE(own.estimate.has_value() && own.std_error.has_value() &&
               own.lower.has_value() && own.upper.has_value());
  EXPECT_NEAR(own.statistic.value(), *plain.coefficients[1].statistic, 1e-9);
  EXPECT_NEAR(fit.tests.wald.chi_square.value(), *plain.tests.wald.chi_square,
              1e-9);
  EXPECT_TRUE(fit.dropped.empty());
}

// The scores of the clusters add up to 0: three of them have rank 2.
TEST(CoxLimits, NoMoreClustersThanEstimatesGiveNoWaldTest) {
  for (const int n_clusters : {2, 3, 4, 5}) {
    RandomCox options;
    options.n = 80;
    options.n_clusters = n_clusters;
    const CoxFit fit = Fit(RandomCoxData(options));
    ASSERT_EQ(fit.coefficients.size(), 3u);
    EXPECT_EQ(fit.n_clusters, static_cast<size_t>(n_clusters));
    EXPECT_EQ(fit.rank, static_cast<size_t>(std::min(n_clusters - 1, 3)));
    EXPECT_EQ(fit.tests.wald.df, 3);
    EXPECT_EQ(fit.tests.wald.chi_square.has_value(), n_clusters > 3);
    EXPECT_TRUE(fit.tests.score.chi_square.has_value());
    EXPECT_TRUE(fit.coefficients[0].robust_std_error.has_value());
  }
  EXPECT_EQ(Fit(RandomCoxData({})).rank, 3u);
}

TEST(CoxLimits, TestsOfTermsHaveTheNamesOfTerms) {
  CoxData data = RandomCoxData({});
  data.design.terms = {0, 1, 1};
  const CoxFit fit = Fit(data);
  ProportionalHazardsOptions by_term;
  by_term.by_term = true;
  auto tested = TestProportionalHazards(data.Rows(), data.design, fit, by_term);
  ASSERT_TRUE(tested.ok());
  EXPECT_EQ(tested->tests[1].name, "x2+x3");
  data.design.term_names = {"sex", "factor(type)"};
  tested = TestProportionalHazards(data.Rows(), data.design, fit, by_term);
  ASSERT_TRUE(tested.ok());
  EXPECT_EQ(tested->tests[0].name, "sex");
  EXPECT_EQ(tested->tests[1].name, "factor(type)");
  EXPECT_EQ(tested->tests[2].name, "GLOBAL");
  tested = TestProportionalHazards(data.Rows(), data.design, fit);
  EXPECT_EQ(tested->tests[1].name, "x2");
  data.design.term_names = {"sex"};
  EXPECT_FALSE(FitCox(data.Rows(), data.design).ok());
}

}  // namespace
}  // namespace enthesis::stats
