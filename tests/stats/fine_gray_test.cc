#include "stats/fine_gray.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "stats/fine_gray_curves.h"
#include "support/naive_competing_risks.h"

namespace enthesis::stats {
namespace {

using naive::Regression;

FineGrayFit Fit(const FineGrayRows& rows, const DesignMatrix& design,
                FineGrayConvention convention = FineGrayConvention::kCrr) {
  FineGrayOptions options;
  options.convention = convention;
  const auto fit = FitFineGray(rows, design, options);
  EXPECT_TRUE(fit.ok()) << fit.status();
  return fit.ok() ? *fit : FineGrayFit();
}

FineGrayFit Fit(Regression& data, FineGrayConvention convention) {
  return Fit(data.View(convention), data.Design(), convention);
}

std::vector<FineGrayCurve> Curves(const FineGrayRows& rows,
                                  const DesignMatrix& design,
                                  const FineGrayFit& fit,
                                  const DesignMatrix& profiles,
                                  const std::vector<double>& times = {}) {
  const auto curves =
      PredictFineGrayIncidence(rows, design, fit, profiles, times);
  EXPECT_TRUE(curves.ok()) << curves.status();
  return curves.ok() ? *curves : std::vector<FineGrayCurve>();
}

// Nobody is censored before the last event: the competing event stays at risk
// with weight 1. With r the ratio of hazards the likelihood is
//   r / (2 + 2 r) * 1 / (2 + r),
// at its maximum for r^2 = 2; information r / (1 + r)^2 + 2 r / (2 + r)^2.
TEST(FineGray, ByHand) {
  const std::vector<double> times = {1, 2, 3, 4};
  const std::vector<int> causes = {1, 2, 1, 0};
  const FineGrayRows rows{.times = times, .causes = causes};
  const DesignMatrix design{4, {"x"}, {}, {1, 0, 0, 1}};
  const double r = std::sqrt(2.0);
  const double information =
      r / ((1 + r) * (1 + r)) + 2 * r / ((2 + r) * (2 + r));
  for (const auto convention :
       {FineGrayConvention::kCrr, FineGrayConvention::kFineGray}) {
    const FineGrayFit fit = Fit(rows, design, convention);
    EXPECT_EQ(fit.n, 4u);
    EXPECT_EQ(fit.events, 2u);
    EXPECT_EQ(fit.competing, 1u);
    EXPECT_NEAR(fit.coefficients[0].estimate.value(), std::log(r), 1e-14);
    EXPECT_NEAR(fit.log_likelihood_null, -std::log(12), 1e-14);
    EXPECT_NEAR(fit.log_likelihood, std::log(r / ((2 + 2 * r) * (2 + r))),
                1e-14);
    EXPECT_NEAR(fit.model_covariance[0], 1 / information, 1e-13);
    EXPECT_NEAR(fit.tests.likelihood_ratio.chi_square.value(),
                2 * (fit.log_likelihood + std::log(12)), 1e-14);
    // At 0: score 1 - 1/2 - 1/3, information 1/4 + 2/9.
    EXPECT_NEAR(fit.tests.score.chi_square.value(), 1.0 / 36 / (17.0 / 36),
                1e-14);
    const auto curves = Curves(rows, design, fit, {1, {"x"}, {}, {1}}, {3});
    EXPECT_NEAR(curves[0].points[0].cumulative_hazard,
                r / (2 + 2 * r) + r / (2 + r), 1e-14);
  }
}

// A censoring on the day of the competing event: of four at risk on day 2
// crr takes one in four to be censored, finegray one of the three who remain.
TEST(FineGray, TiedCensoringByHand) {
  const std::vector<double> times = {1, 2, 2, 3, 4};
  const std::vector<int> causes = {1, 2, 0, 1, 0};
  const FineGrayRows rows{.times = times, .causes = causes};
  const DesignMatrix design{5, {"x"}, {}, {1, 0, 1, 0, 1}};
  EXPECT_NEAR(Fit(rows, design).log_likelihood_null,
              -std::log(5) - std::log(2 + 3.0 / 4), 1e-14);
  EXPECT_NEAR(
      Fit(rows, design, FineGrayConvention::kFineGray).log_likelihood_null,
      -std::log(5) - std::log(2 + 2.0 / 3), 1e-14);
}

// One covariate of no effect on no censoring: the incidence at 0 coefficients
// is that of the subdistribution, 1 - exp(-sum 1 / n).
TEST(FineGray, NoColumns) {
  const std::vector<double> times = {1, 2, 3, 4};
  const std::vector<int> causes = {1, 2, 1, 1};
  const FineGrayRows rows{.times = times, .causes = causes};
  const DesignMatrix design{4, {}, {}, {}};
  const FineGrayFit fit = Fit(rows, design);
  EXPECT_TRUE(fit.coefficients.empty());
  EXPECT_FALSE(fit.tests.wald.chi_square.has_value());
  const auto curves = Curves(rows, design, fit, {1, {}, {}, {}}, {0.5, 3.5});
  ASSERT_EQ(curves[0].points.size(), 2u);
  EXPECT_EQ(curves[0].points[0].incidence, 0);
  EXPECT_EQ(curves[0].points[0].upper, 0);
  EXPECT_NEAR(curves[0].points[1].incidence, 1 - std::exp(-1.0 / 4 - 1.0 / 3),
              1e-15);
}

void ExpectSame(const FineGrayFit& a, const FineGrayFit& b, double tolerance) {
  ASSERT_EQ(a.coefficients.size(), b.coefficients.size());
  EXPECT_NEAR(a.log_likelihood, b.log_likelihood,
              tolerance * std::abs(b.log_likelihood));
  for (size_t c = 0; c < a.coefficients.size(); ++c) {
    EXPECT_NEAR(*a.coefficients[c].estimate, *b.coefficients[c].estimate,
                tolerance);
    EXPECT_NEAR(*a.coefficients[c].std_error, *b.coefficients[c].std_error,
                tolerance);
  }
}

TEST(FineGray, CountsAreRowsWrittenOut) {
  for (const auto convention :
       {FineGrayConvention::kCrr, FineGrayConvention::kFineGray}) {
    Regression data = naive::RandomRegression(2, 80, 2, 30, convention);
    Regression twice = data;
    std::vector<double> counts(80, 1);
    for (size_t i = 0; i < 80; i += 3) {
      counts[i] = 2;
      twice.rows.push_back(data.rows[i]);
      twice.strata.push_back(data.strata[i]);
      twice.x.push_back(data.x[i]);
    }
    FineGrayRows rows = data.View(convention);
    rows.counts = counts;
    const FineGrayFit counted = Fit(rows, data.Design(), convention);
    const FineGrayFit written = Fit(twice, convention);
    ExpectSame(counted, written, 0);
    EXPECT_EQ(counted.n, 107u);
    // So does a cluster for each subject.
    FineGrayRows clustered = twice.View(convention);
    std::vector<int> clusters(107);
    std::iota(clusters.begin(), clusters.end(), 0);
    clustered.clusters = clusters;
    ExpectSame(Fit(clustered, twice.Design(), convention), written, 1e-12);
  }
}

// Breslow's rule does not know two rows from one of twice the weight, but for
// the censoring distribution, which the weights do not enter: nobody censored.
TEST(FineGray, WeightTwoIsTwoRows) {
  Regression data =
      naive::RandomRegression(4, 90, 2, 30, FineGrayConvention::kFineGray);
  for (EventRow& row : data.rows) {
    if (row.cause == 0) row.cause = 2;
  }
  Regression twice = data;
  for (size_t i = 0; i < 90; i += 4) {
    twice.rows.push_back(data.rows[i]);
    twice.strata.push_back(data.strata[i]);
    twice.x.push_back(data.x[i]);
    data.rows[i].weight *= 2;
  }
  FineGrayOptions options;
  options.convention = FineGrayConvention::kFineGray;
  options.ties = FineGrayTies::kBreslow;
  const auto weighted =
      FitFineGray(data.View(options.convention), data.Design(), options);
  const auto written =
      FitFineGray(twice.View(options.convention), twice.Design(), options);
  ASSERT_TRUE(weighted.ok() && written.ok());
  for (size_t c = 0; c < 2; ++c) {
    EXPECT_NEAR(*weighted->coefficients[c].estimate,
                *written->coefficients[c].estimate, 1e-12);
    EXPECT_NEAR(weighted->model_covariance[c * 3],
                written->model_covariance[c * 3], 1e-12);
  }
}

TEST(FineGray, SameBytesForAnyOrder) {
  constexpr int kRows = 300000;
  const auto convention = FineGrayConvention::kFineGray;
  Regression data = naive::RandomRegression(9, kRows, 2, 700, convention);
  const FineGrayFit fit = Fit(data, convention);
  std::vector<size_t> order(kRows);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 random(1);
  std::shuffle(order.begin(), order.end(), random);
  Regression shuffled;
  for (size_t i : order) {
    shuffled.rows.push_back(data.rows[i]);
    shuffled.strata.push_back(data.strata[i]);
    shuffled.x.push_back(data.x[i]);
  }
  const FineGrayFit again = Fit(shuffled, convention);
  EXPECT_EQ(fit.log_likelihood, again.log_likelihood);
  EXPECT_EQ(fit.covariance, again.covariance);
  EXPECT_EQ(fit.Estimates(), again.Estimates());
}

TEST(FineGray, ScaleAndOriginOfColumns) {
  Regression data =
      naive::RandomRegression(6, 100, 2, 40, FineGrayConvention::kCrr);
  const FineGrayFit fit = Fit(data, FineGrayConvention::kCrr);
  for (std::vector<double>& x : data.x) x[0] = 1e6 + 1000 * x[0];
  const FineGrayFit scaled = Fit(data, FineGrayConvention::kCrr);
  EXPECT_NEAR(*scaled.coefficients[0].estimate * 1000,
              *fit.coefficients[0].estimate, 1e-9);
  EXPECT_NEAR(*scaled.coefficients[1].std_error, *fit.coefficients[1].std_error,
              1e-9);
}

// The variance of a predicted incidence against leaving out one subject at a
// time, which agrees up to 1 / n.
TEST(FineGray, PredictedErrorIsThatOfTheJackknife) {
  constexpr size_t kRows = 300;
  Regression data =
      naive::RandomRegression(10, kRows, 2, 100000, FineGrayConvention::kCrr);
  const DesignMatrix profile{1, {"x0", "x1"}, {}, {1.5, 1}};
  const std::vector<double> at = {20000, 60000, 90000};
  const FineGrayFit fit = Fit(data, FineGrayConvention::kCrr);
  const FineGrayCurve curve = Curves(data.View(FineGrayConvention::kCrr),
                                     data.Design(), fit, profile, at)[0];
  std::vector<std::vector<double>> without(at.size());
  for (size_t i = 0; i < kRows; ++i) {
    Regression rest = data;
    rest.rows.erase(rest.rows.begin() + static_cast<std::ptrdiff_t>(i));
    rest.x.erase(rest.x.begin() + static_cast<std::ptrdiff_t>(i));
    rest.strata.pop_back();
    const FineGrayFit less = Fit(rest, FineGrayConvention::kCrr);
    const auto curves = Curves(rest.View(FineGrayConvention::kCrr),
                               rest.Design(), less, profile, at);
    for (size_t t = 0; t < at.size(); ++t) {
      without[t].push_back(curves[0].points[t].incidence);
    }
  }
  for (size_t t = 0; t < at.size(); ++t) {
    const double mean =
        std::accumulate(without[t].begin(), without[t].end(), 0.0) / kRows;
    double squares = 0;
    for (double value : without[t]) squares += (value - mean) * (value - mean);
    const FineGrayCurvePoint& point = curve.points[t];
    EXPECT_NEAR(point.std_error / std::sqrt(squares), 1, 0.03) << at[t];
    EXPECT_LT(point.lower.value(), point.incidence);
    EXPECT_GT(point.upper.value(), point.incidence);
  }
}

TEST(FineGray, PredictedCurves) {
  const auto convention = FineGrayConvention::kFineGray;
  Regression data = naive::RandomRegression(3, 120, 2, 30, convention);
  const FineGrayFit fit = Fit(data, convention);
  const DesignMatrix profiles{2, {"x0", "x1"}, {}, {0, 1, 0, 1}};
  const auto curves =
      Curves(data.View(convention), data.Design(), fit, profiles);
  ASSERT_EQ(curves.size(), 6u);  // three strata
  EXPECT_EQ(curves[3].stratum, 1);
  EXPECT_EQ(curves[3].profile, 1u);
  for (const FineGrayCurve& curve : curves) {
    double last = 0;
    for (const FineGrayCurvePoint& point : curve.points) {
      EXPECT_GT(point.incidence, last);
      EXPECT_GT(point.std_error, 0);
      last = point.incidence;
    }
  }
  const auto beyond =
      Curves(data.View(convention), data.Design(), fit, profiles, {1e6});
  EXPECT_TRUE(beyond[0].points.empty());
}

// Times 1 to 60 with two covariates, every third event that of a competing
// cause, in `n_clusters`.
struct ClusteredRows {
  explicit ClusteredRows(int n_clusters) {
    std::mt19937_64 random(7);
    design.n_rows = 60;
    design.names = {"x", "y"};
    for (int i = 0; i < 60; ++i) {
      times.push_back(1 + i);
      causes.push_back(i % 5 == 4 ? 0 : i % 3 == 0 ? 2 : 1);
      clusters.push_back(i % n_clusters);
    }
    for (int i = 0; i < 120; ++i) {
      design.values.push_back(static_cast<double>(random() % 1000) / 100);
    }
  }

  FineGrayRows rows() const {
    return {.times = times, .causes = causes, .clusters = clusters};
  }

  std::vector<double> times;
  std::vector<int> causes, clusters;
  DesignMatrix design;
};

TEST(FineGray, ErrorsAndTestsDoNotDependOnTheUnit) {
  for (const auto convention :
       {FineGrayConvention::kCrr, FineGrayConvention::kFineGray}) {
    ClusteredRows data(20);
    const FineGrayFit expected = Fit(data.rows(), data.design, convention);
    EXPECT_TRUE(expected.out_of_range.empty());
    for (const int power : {-990, 990}) {
      DesignMatrix design = data.design;
      for (size_t i = 60; i < 120; ++i) {
        design.values[i] = std::ldexp(design.values[i], power);
      }
      const FineGrayFit fit = Fit(data.rows(), design, convention);
      EXPECT_DOUBLE_EQ(std::ldexp(fit.coefficients[1].std_error.value(), power),
                       *expected.coefficients[1].std_error);
      EXPECT_DOUBLE_EQ(fit.coefficients[1].statistic.value(),
                       *expected.coefficients[1].statistic);
      EXPECT_DOUBLE_EQ(fit.tests.wald.chi_square.value(),
                       *expected.tests.wald.chi_square);
      ASSERT_EQ(fit.out_of_range, std::vector<std::string>{"y"});
      const auto curves = PredictFineGrayIncidence(
          data.rows(), design, fit, {1, {"x", "y"}, {}, {1, 1}}, {});
      ASSERT_FALSE(curves.ok());
      EXPECT_EQ(curves.status().message(),
                "y: its variance is beyond the range of numbers");
    }
  }
}

TEST(FineGray, NoMoreClustersThanEstimatesGiveNoWaldTest) {
  for (const int n_clusters : {2, 3, 4}) {
    const ClusteredRows data(n_clusters);
    for (const auto convention :
         {FineGrayConvention::kCrr, FineGrayConvention::kFineGray}) {
      const FineGrayFit fit = Fit(data.rows(), data.design, convention);
      EXPECT_EQ(fit.rank, static_cast<size_t>(std::min(n_clusters - 1, 2)));
      EXPECT_EQ(fit.tests.wald.df, 2);
      EXPECT_EQ(fit.tests.wald.chi_square.has_value(), n_clusters > 2);
      EXPECT_TRUE(fit.coefficients[0].std_error.has_value());
    }
  }
}

}  // namespace
}  // namespace enthesis::stats
