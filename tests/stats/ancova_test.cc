#include "stats/ancova.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "support/naive_scores.h"

namespace enthesis::stats {
namespace {

// The vectors that an AncovaData points into.
struct Rows {
  std::vector<double> response, baseline;
  std::vector<int> groups;
  std::vector<std::string> group_names = {"a", "b"};
  DesignMatrix covariates;

  AncovaData Data() const {
    AncovaData data;
    data.response = response;
    data.baseline = baseline;
    data.groups = groups;
    data.group_names = group_names;
    data.covariates = covariates;
    return data;
  }
};

Ancova Fit(const Rows& rows, const AncovaOptions& options = {}) {
  const auto fit = FitAncova(rows.Data(), options);
  EXPECT_TRUE(fit.ok()) << fit.status();
  return fit.ok() ? *fit : Ancova();
}

Rows RandomRows(uint64_t seed, int n, int n_groups, double step) {
  Rows rows;
  rows.response = naive::RandomValues(seed, n, 5, step);
  rows.baseline = naive::RandomValues(seed + 1000, n, 3, step);
  rows.group_names.clear();
  for (int g = 0; g < n_groups; ++g) {
    rows.group_names.push_back("g" + std::to_string(g));
  }
  std::mt19937_64 engine(seed);
  for (int i = 0; i < n; ++i) {
    rows.groups.push_back(
        static_cast<int>(engine() % static_cast<uint64_t>(n_groups)));
  }
  return rows;
}

void AddCovariate(const std::string& name, const std::vector<double>& values,
                  Rows& rows) {
  rows.covariates.n_rows = values.size();
  rows.covariates.names.push_back(name);
  rows.covariates.values.insert(rows.covariates.values.end(), values.begin(),
                                values.end());
}

// y = x + 2 [b] + e with x = 0 1 2 in both groups and e = -1 2 -1 and its
// opposite, orthogonal to all: slope 1, effect 2; 12 left on 3 df. At x = 1
// the means are 1 and 3 with variance 4/3; the effect has 4 * 2/3.
TEST(Ancova, TwoGroupsByHand) {
  Rows rows;
  rows.response = {-1, 3, 1, 3, 1, 5};
  rows.baseline = {0, 1, 2, 0, 1, 2};
  rows.groups = {0, 0, 0, 1, 1, 1};
  const Ancova fit = Fit(rows);
  ASSERT_EQ(fit.coefficients.size(), 3u);
  EXPECT_EQ(fit.coefficients[0].name, "(Intercept)");
  EXPECT_NEAR(fit.coefficients[0].estimate.value(), 0, 1e-15);
  EXPECT_NEAR(fit.coefficients[1].estimate.value(), 1, 1e-15);
  EXPECT_EQ(fit.coefficients[2].name, "b");
  EXPECT_NEAR(fit.coefficients[2].estimate.value(), 2, 1e-15);
  EXPECT_EQ(fit.residual_df, 3);
  EXPECT_NEAR(fit.residual_variance.value(), 4, 1e-14);
  EXPECT_NEAR(fit.coefficients[2].std_error.value(), std::sqrt(8.0 / 3), 1e-15);
  EXPECT_NEAR(fit.adjusted_means[0].estimate.value(), 1, 1e-15);
  EXPECT_NEAR(fit.adjusted_means[1].estimate.value(), 3, 1e-15);
  EXPECT_NEAR(fit.adjusted_means[1].std_error.value(), std::sqrt(4.0 / 3),
              1e-15);
  ASSERT_EQ(fit.contrasts.size(), 1u);
  EXPECT_NEAR(fit.contrasts[0].estimate.value(), -2, 1e-15);
  EXPECT_NEAR(fit.group_test.statistic.value(), 1.5, 1e-14);
  EXPECT_EQ(fit.group_test.df, 1);
  EXPECT_NEAR(fit.group_test.p_value.value(), fit.contrasts[0].p_value.value(),
              1e-15);
}

TEST(Ancova, ReferenceChangesCoefficientsOnly) {
  const Rows rows = RandomRows(7, 80, 3, 0);
  AncovaOptions options;
  options.reference = 2;
  const Ancova a = Fit(rows);
  const Ancova b = Fit(rows, options);
  EXPECT_EQ(b.coefficients[2].name, "g0");
  EXPECT_NEAR(b.coefficients[2].estimate.value(),
              a.contrasts[1].estimate.value(), 1e-14);
  for (size_t g = 0; g < 3; ++g) {
    EXPECT_NEAR(a.adjusted_means[g].estimate.value(),
                b.adjusted_means[g].estimate.value(), 1e-14);
  }
  EXPECT_NEAR(a.group_test.statistic.value(), b.group_test.statistic.value(),
              1e-13);
}

TEST(Ancova, SameBytesInAnyOrder) {
  Rows rows = RandomRows(8, 300'000, 4, 0);
  AddCovariate("age", naive::RandomValues(9, 300'000, 40, 0.1), rows);
  std::vector<size_t> order(rows.response.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::mt19937_64 engine(1);
  std::shuffle(order.begin(), order.end(), engine);
  Rows shuffled = rows;
  for (size_t i = 0; i < order.size(); ++i) {
    shuffled.response[i] = rows.response[order[i]];
    shuffled.baseline[i] = rows.baseline[order[i]];
    shuffled.groups[i] = rows.groups[order[i]];
    shuffled.covariates.values[i] = rows.covariates.values[order[i]];
  }
  const Ancova a = Fit(rows);
  const Ancova b = Fit(shuffled);
  for (size_t i = 0; i < a.coefficients.size(); ++i) {
    EXPECT_EQ(a.coefficients[i].estimate, b.coefficients[i].estimate);
    EXPECT_EQ(a.coefficients[i].p_value, b.coefficients[i].p_value);
  }
  EXPECT_EQ(a.residual_variance, b.residual_variance);
  EXPECT_EQ(a.adjusted_means[3].upper, b.adjusted_means[3].upper);
  EXPECT_EQ(a.group_test.p_value, b.group_test.p_value);
}

TEST(Ancova, OffsetOfABillion) {
  const Rows rows = RandomRows(10, 100, 2, 0x1p-6);
  Rows moved = rows;
  for (double& x : moved.response) x += 1e9;
  for (double& x : moved.baseline) x += 1e9;
  const Ancova a = Fit(rows);
  const Ancova b = Fit(moved);
  EXPECT_NEAR(a.coefficients[1].estimate.value(),
              b.coefficients[1].estimate.value(), 1e-14);
  EXPECT_NEAR(a.coefficients[2].p_value.value(),
              b.coefficients[2].p_value.value(), 1e-13);
  EXPECT_NEAR(a.adjusted_means[0].std_error.value(),
              b.adjusted_means[0].std_error.value(), 1e-14);
}

TEST(Ancova, CollinearCovariatesAreNamedAndDropped) {
  Rows rows = RandomRows(11, 40, 2, 0);
  std::vector<double> twice;
  for (const double x : rows.baseline) twice.push_back(2 * x + 1);
  AddCovariate("twice", twice, rows);
  AddCovariate("constant", std::vector<double>(40, 0.1), rows);
  const Ancova fit = Fit(rows);
  EXPECT_EQ(fit.coefficients[3].name, "twice");
  EXPECT_FALSE(fit.coefficients[3].estimate.has_value());
  EXPECT_FALSE(fit.coefficients[4].estimate.has_value());
  EXPECT_EQ(fit.residual_df, 37);
  EXPECT_TRUE(fit.adjusted_means[0].estimate.has_value());
}

// A covariate that is the group: it is dropped, and no mean can be told at a
// value of it that no group has.
TEST(Ancova, CovariateThatIsTheGroup) {
  Rows rows = RandomRows(12, 40, 2, 0);
  AddCovariate("site", {rows.groups.begin(), rows.groups.end()}, rows);
  const Ancova fit = Fit(rows);
  EXPECT_FALSE(fit.coefficients[3].estimate.has_value());
  EXPECT_FALSE(fit.adjusted_means[0].estimate.has_value());
  EXPECT_FALSE(fit.contrasts[0].estimate.has_value());
  EXPECT_EQ(fit.group_test.df, 0);
  EXPECT_FALSE(fit.group_test.p_value.has_value());
}

TEST(Ancova, GroupWithoutRows) {
  Rows rows = RandomRows(13, 40, 2, 0);
  rows.group_names.push_back("empty");
  const Ancova fit = Fit(rows);
  EXPECT_EQ(fit.coefficients[3].name, "empty");
  EXPECT_FALSE(fit.coefficients[3].estimate.has_value());
  EXPECT_FALSE(fit.adjusted_means[2].estimate.has_value());
  EXPECT_TRUE(fit.adjusted_means[1].estimate.has_value());
  EXPECT_EQ(fit.group_test.df, 1);
  AncovaOptions options;
  options.reference = 2;  // nobody in the reference
  const Ancova other = Fit(rows, options);
  EXPECT_FALSE(other.coefficients[3].estimate.has_value());
  EXPECT_FALSE(other.adjusted_means[2].estimate.has_value());
  EXPECT_NEAR(other.adjusted_means[0].estimate.value(),
              fit.adjusted_means[0].estimate.value(), 1e-14);
}

TEST(Ancova, PerfectFitHasNoTests) {
  Rows rows = RandomRows(14, 30, 2, 0);
  for (size_t i = 0; i < rows.response.size(); ++i) {
    rows.response[i] = 0.1 + 0.7 * rows.baseline[i] + 0.3 * rows.groups[i];
  }
  const Ancova fit = Fit(rows);
  EXPECT_EQ(fit.residual_variance, 0);
  EXPECT_NEAR(fit.coefficients[1].estimate.value(), 0.7, 1e-14);
  EXPECT_EQ(fit.coefficients[1].std_error, 0);
  EXPECT_FALSE(fit.coefficients[1].p_value.has_value());
  EXPECT_FALSE(fit.group_test.statistic.has_value());
}

TEST(Ancova, FewRows) {
  Rows rows;
  rows.response = {1};
  rows.baseline = {2};
  rows.groups = {0};
  const Ancova one = Fit(rows);
  EXPECT_EQ(one.coefficients[0].estimate, 1);
  EXPECT_FALSE(one.coefficients[1].estimate.has_value());
  EXPECT_EQ(one.residual_df, 0);
  EXPECT_FALSE(one.residual_variance.has_value());
  EXPECT_FALSE(one.coefficients[0].std_error.has_value());
  EXPECT_FALSE(one.r_squared.has_value());
  rows.response = {1, 2, 5};
  rows.baseline = {2, 3, 2};
  rows.groups = {0, 0, 1};
  const Ancova saturated = Fit(rows);
  EXPECT_NEAR(saturated.coefficients[2].estimate.value(), 4, 1e-14);
  EXPECT_FALSE(saturated.coefficients[2].p_value.has_value());
}

// A factor of three levels in one term, at one third each; its numeric twin at
// its mean.
TEST(Ancova, WeightsOfAdjustedMeans) {
  Rows rows = RandomRows(15, 60, 2, 0);
  std::vector<double> second(60, 0), third(60, 0);
  for (size_t i = 0; i < 60; ++i) {
    second[i] = i % 10 == 0 ? 1 : 0;
    third[i] = i % 10 > 6 ? 1 : 0;
  }
  AddCovariate("f2", second, rows);
  AddCovariate("f3", third, rows);
  rows.covariates.terms = {0, 0};
  const Ancova equal = Fit(rows);
  AncovaOptions options;
  options.weights = AdjustedMeanWeights::kProportional;
  const Ancova mean = Fit(rows, options);
  const double b2 = equal.coefficients[3].estimate.value();
  const double b3 = equal.coefficients[4].estimate.value();
  EXPECT_NEAR(equal.adjusted_means[0].estimate.value() -
                  mean.adjusted_means[0].estimate.value(),
              b2 * (1.0 / 3 - 0.1) + b3 * (1.0 / 3 - 0.3), 1e-14);
}

TEST(Ancova, RefusesBadInput) {
  const Rows good = RandomRows(16, 10, 2, 0);
  const auto refused = [](const Rows& rows, const AncovaOptions& options = {}) {
    return FitAncova(rows.Data(), options).status();
  };
  Rows bad = good;
  bad.baseline[4] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refused(bad).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(refused(bad).message().find("row 4: baseline"), std::string::npos);
  bad = good;
  bad.response[2] = std::numeric_limits<double>::infinity();
  EXPECT_NE(refused(bad).message().find("row 2"), std::string::npos);
  bad = good;
  bad.groups[9] = 2;
  EXPECT_NE(refused(bad).message().find("row 9"), std::string::npos);
  bad = good;
  bad.groups.pop_back();
  EXPECT_FALSE(refused(bad).ok());
  bad = good;
  AddCovariate("short", {1, 2}, bad);
  EXPECT_FALSE(refused(bad).ok());
  AncovaOptions options;
  options.reference = 2;
  EXPECT_FALSE(refused(good, options).ok());
  options.reference = 0;
  options.conf_level = 1;
  EXPECT_FALSE(refused(good, options).ok());
  Rows none = good;
  none.response.clear();
  none.baseline.clear();
  none.groups.clear();
  EXPECT_EQ(refused(none).code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace enthesis::stats
