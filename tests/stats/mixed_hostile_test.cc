// Linear mixed models on data that break fits.

#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "stats/mixed.h"
#include "support/mixed_data.h"

namespace enthesis::stats {
namespace {

using golden::DrawMixedData;
using golden::FitOf;
using golden::MixedData;
using Names = std::vector<std::string>;

MixedData Rows(const std::vector<double>& response,
               const std::vector<int>& groups,
               const std::vector<double>& slope = {},
               const std::vector<double>& x = {}) {
  MixedData data;
  data.response = response;
  data.groups = groups;
  data.slope = slope;
  if (!x.empty()) data.design = {x.size(), {"x"}, {}, x};
  return data;
}

std::string RefusalOf(const MixedData& data, bool reml = true) {
  MixedOptions options;
  options.reml = reml;
  const auto fit = FitMixed(data.rows(), data.design, options);
  return absl::IsFailedPrecondition(fit.status())
             ? std::string(fit.status().message())
             : fit.status().ToString();
}

void ExpectRefusal(const std::string& part, const MixedData& data,
                   bool reml = true) {
  const std::string said = RefusalOf(data, reml);
  EXPECT_NE(said.find(part), std::string::npos) << said;
}

TEST(MixedHostile, GroupsThatTellNothing) {
  ExpectRefusal("no rows", Rows({}, {}));
  ExpectRefusal("one group only", Rows({1, 2, 3}, {4, 4, 4}));
  ExpectRefusal("every row is a group of its own (3 rows)",
                Rows({1, 2, 4}, {0, 1, 2}));
  ExpectRefusal("4 rows are not more than the 4 random effects of 2 groups",
                Rows({1, 2, 4, 7}, {0, 0, 1, 1}, {0, 1, 0, 1}));
  ExpectRefusal(
      "a slope is not told from the intercept",
      Rows({1, 2, 4, 7, 3, 2}, {0, 0, 0, 1, 1, 1}, {2, 2, 2, 5, 5, 5}));
}

TEST(MixedHostile, MoreCoefficientsThanRows) {
  MixedData data = Rows({1, 2, 4, 3}, {0, 0, 1, 1});
  data.design = {4,
                 {"a", "b", "c"},
                 {},
                 {1, 0, 0, 0,  //
                  0, 1, 0, 0,  //
                  0, 0, 1, 0}};
  ExpectRefusal("4 rows are not more than the 4 coefficients", data);
}

// An indicator of the group: nothing is left between groups. By ML the variance
// is 0.
TEST(MixedHostile, CovariatesThatDetermineGroups) {
  const MixedData data = Rows({1, 2, 4, 7}, {0, 0, 1, 1}, {}, {0, 0, 1, 1});
  ExpectRefusal("the covariates determine the mean of every group", data);
  MixedOptions options;
  options.reml = false;
  const MixedFit fit = FitOf(data, options);
  EXPECT_TRUE(fit.singular);
  EXPECT_EQ(fit.intercept_variance, 0);
}

TEST(MixedHostile, ConstantResponse) {
  const MixedFit fit =
      FitOf(Rows({5, 5, 5, 5}, {0, 0, 1, 1}, {}, {1, 2, 1, 3}), {});
  EXPECT_TRUE(fit.perfect);
  EXPECT_TRUE(fit.singular);
  EXPECT_EQ(fit.coefficients[0].estimate, 5);
  EXPECT_EQ(fit.coefficients[1].estimate, 0);
  EXPECT_EQ(fit.coefficients[1].std_error, 0);
  EXPECT_FALSE(fit.coefficients[1].p_value.has_value());
  EXPECT_FALSE(fit.log_likelihood.has_value());
  EXPECT_EQ(fit.residual_variance, 0);
  EXPECT_EQ(fit.effects[1].intercept, 0);
}

TEST(MixedHostile, ResponseOnTheLine) {
  MixedData data = DrawMixedData(10, 1);
  for (size_t i = 0; i < data.response.size(); ++i) {
    data.response[i] = 3.1 - 0.7 * data.slope[i];
  }
  const MixedFit fit = FitOf(data, {});
  EXPECT_TRUE(fit.perfect);
  EXPECT_NEAR(*fit.coefficients[1].estimate, -0.7, 1e-14);
}

// Each group on its own level, or line, without residuals.
// One row has another x, and so has a coefficient of its own.
TEST(MixedHostile, FlatLikelihood) {
  MixedData data = Rows({3.7, 0, 0, 1, 0, 2, 5, 4, 1, 3, 2, 6},
                        {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2},
                        {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  data.design.n_rows = data.response.size();
  data.design.names = {"x"};
  data.design.values = data.slope;
  ExpectRefusal("the data do not tell the variances", data);
  data.slope.clear();
  EXPECT_EQ(RefusalOf(data, true), "OK");
}

TEST(MixedHostile, NoResidualVariance) {
  ExpectRefusal("there is no residual variance",
                Rows({5, 5, 7, 7, 1, 1}, {0, 0, 1, 1, 2, 2}));
  MixedData lines = DrawMixedData(10, 1);
  for (size_t i = 0; i < lines.response.size(); ++i) {
    lines.response[i] =
        lines.groups[i] + 0.3 * lines.groups[i] * lines.slope[i];
  }
  ExpectRefusal("there is no residual variance", lines);
}

TEST(MixedHostile, CollinearColumnsAreNamed) {
  MixedData data = DrawMixedData(12, 2);
  const MixedFit plain = FitOf(data, {});
  const size_t n = data.response.size();
  data.design.names.insert(data.design.names.end(), {"constant", "sum"});
  data.design.values.insert(data.design.values.end(), n, 3.0);
  for (size_t i = 0; i < n; ++i) {
    data.design.values.push_back(data.design.Column(0)[i] -
                                 2 * data.design.Column(1)[i]);
  }
  const MixedFit fit = FitOf(data, {});
  EXPECT_EQ(fit.dropped, Names({"constant", "sum"}));
  EXPECT_FALSE(fit.coefficients[3].estimate.has_value());
  EXPECT_EQ(fit.rank, 3);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(*fit.coefficients[i].estimate, *plain.coefficients[i].estimate,
                1e-9);
    EXPECT_NEAR(*fit.coefficients[i].df, *plain.coefficients[i].df, 1e-6);
  }
  EXPECT_NEAR(*fit.log_likelihood, *plain.log_likelihood, 1e-8);
}

// A column and its cube-like neighbor: near, but not the same.
TEST(MixedHostile, AlmostCollinearColumnsKeepTheirDigits) {
  MixedData data = DrawMixedData(40, 9);
  const MixedFit plain = FitOf(data, {});
  MixedData turned = data;
  const size_t n = data.response.size();
  for (size_t i = 0; i < n; ++i) {
    // arm + visit / 1e5 spans with visit what arm and visit span.
    turned.design.values[n + i] =
        1e5 * data.design.Column(0)[i] + data.design.Column(1)[i];
  }
  const MixedFit fit = FitOf(turned, {});
  EXPECT_NEAR(fit.residual_variance, plain.residual_variance,
              1e-9 * plain.residual_variance);
  EXPECT_NEAR(*fit.coefficients[2].estimate, *plain.coefficients[2].estimate,
              1e-8);
  EXPECT_NEAR(*fit.coefficients[2].df, *plain.coefficients[2].df, 1e-6);
  EXPECT_NEAR(*fit.log_likelihood, *plain.log_likelihood, 1e-7);
}

// Lines through one point far off, met exactly by their groups: there is less
// spread across than the residuals alone would make.
TEST(MixedHostile, PerfectCorrelation) {
  std::vector<double> response, visits;
  std::vector<int> groups;
  const double noise[] = {0.5, -1, 0.5};  // no slope, no mean
  for (int group = 0; group < 6; ++group) {
    for (int visit = 0; visit < 3; ++visit) {
      groups.push_back(group);
      visits.push_back(visit);
      response.push_back((group - 2) * (visit + 10) + noise[visit]);
    }
  }
  const MixedFit fit = FitOf(Rows(response, groups, visits, visits), {});
  EXPECT_TRUE(fit.singular);
  EXPECT_EQ(fit.slope_correlation, 1);
  EXPECT_GT(*fit.slope_variance, 0);
  EXPECT_NEAR(*fit.coefficients[1].estimate, 0.5, 1e-12);
  EXPECT_NEAR(*fit.slope_covariance,
              std::sqrt(fit.intercept_variance * *fit.slope_variance), 1e-9);
}

// One row far off: besides the optimum near equal variances, at 84.67, there is
// a better one where the slope has nearly all of the variance.
TEST(MixedHostile, BestOfSeveralOptima) {
  MixedData data =
      Rows({0.575422, -1.10628, 4.06529, 1.62924, -0.231526, 3.67179, -1.91362,
            0.69542, 24.4178, 1.96823, 6.8056, 4.87651, 0.160845},
           {0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 3, 3, 3},
           {-2.30725, -2.78493, 7.76548, 2.39402, -0.0447176, 2.2512, -1.72883,
            0.0522842, 0.594905, 0.118202, 2.60826, 2.43405, 0.0285695});
  data.design = {13, {"x", "z"}, {}, data.slope};
  const double x[] = {-0.98975,  -1.05863, 1.26245,   -1.66971,  -0.608519,
                      1.87907,   1.24304,  -0.103148, -0.557622, -0.0824374,
                      -0.783742, 1.0701,   -1.80472};
  data.design.values.insert(data.design.values.end(), std::begin(x),
                            std::end(x));
  MixedOptions options;
  options.reml = false;
  const MixedFit fit = FitOf(data, options);
  EXPECT_LT(-2 * *fit.log_likelihood, 81.42);
  EXPECT_GT(*fit.slope_variance, 50);
}

TEST(MixedHostile, HugeOffset) {
  const MixedData data = DrawMixedData(20, 4);
  MixedData moved = data;
  for (double& y : moved.response) y = std::round(y * 64) / 64;
  const MixedFit plain = FitOf(moved, {});
  for (double& y : moved.response) y += 1e9;
  const MixedFit fit = FitOf(moved, {});
  EXPECT_NEAR(fit.residual_variance, plain.residual_variance, 1e-6);
  EXPECT_NEAR(fit.intercept_variance, plain.intercept_variance, 1e-6);
  EXPECT_NEAR(*fit.coefficients[0].estimate - 1e9,
              *plain.coefficients[0].estimate, 1e-6);
  EXPECT_NEAR(*fit.coefficients[1].df, *plain.coefficients[1].df, 1e-6);
}

TEST(MixedHostile, Scales) {
  const MixedData data = DrawMixedData(20, 4);
  const MixedFit plain = FitOf(data, {});
  for (const int power : {-300, 300}) {
    MixedData scaled = data;
    const double unit = std::ldexp(1.0, power);
    for (double& y : scaled.response) y *= unit;
    for (size_t i = 0; i < scaled.slope.size(); ++i) {
      scaled.slope[i] /= unit;
      scaled.design.values[i] /= unit;
    }
    const MixedFit fit = FitOf(scaled, {});
    EXPECT_EQ(fit.residual_variance, plain.residual_variance * unit * unit);
    EXPECT_EQ(*fit.coefficients[0].estimate,
              *plain.coefficients[0].estimate * unit);
    EXPECT_EQ(fit.coefficients[1].df, plain.coefficients[1].df);
    EXPECT_EQ(fit.coefficients[1].p_value, plain.coefficients[1].p_value);
  }
  MixedData beyond = data;
  for (double& y : beyond.response) y *= 1e200;
  ExpectRefusal("beyond the range of numbers", beyond);
}

// Residuals a millionth of what lies between groups.
TEST(MixedHostile, AlmostNoResiduals) {
  MixedData data = DrawMixedData(30, 11);
  data.slope.clear();
  for (size_t i = 0; i < data.response.size(); ++i) {
    data.response[i] =
        1e6 * std::sin(data.groups[i]) + static_cast<double>((13 * i) % 7);
  }
  const MixedFit fit = FitOf(data, {});
  EXPECT_FALSE(fit.singular);
  EXPECT_GT(fit.intercept_variance, 1e11);
  EXPECT_LT(fit.residual_variance, 10);
  EXPECT_GT(fit.residual_variance, 1);
}

TEST(MixedHostile, BadInputIsNamed) {
  MixedData data = Rows({1, NAN, 3, 5}, {0, 0, 1, 1});
  EXPECT_EQ(RefusalOf(data),
            "INVALID_ARGUMENT: row 1: the response must be a finite number");
  data.response[1] = 2;
  data.groups[2] = -1;
  EXPECT_EQ(RefusalOf(data),
            "INVALID_ARGUMENT: row 2: a group must be 0 or more");
  data.groups = {0, 1};
  EXPECT_NE(RefusalOf(data).find("different numbers of rows"),
            std::string::npos);
  data = Rows({1, 2, 3}, {0, 0, 1}, {1, HUGE_VAL, 2});
  EXPECT_NE(RefusalOf(data).find("row 1"), std::string::npos);
  MixedOptions options;
  options.conf_level = 1;
  data = Rows({1, 2, 3}, {0, 0, 1});
  EXPECT_TRUE(absl::IsInvalidArgument(
      FitMixed(data.rows(), data.design, options).status()));
}

}  // namespace
}  // namespace enthesis::stats
