#include "stats/cox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "stats/cox_likelihood.h"
#include "stats/cox_optimum.h"
#include "stats/cox_table.h"
#include "stats/cox_ties.h"
#include "stats/parallel.h"
#include "stats/proportional_hazards.h"
#include "support/cox_data.h"

namespace enthesis::stats {
namespace {

using golden::CoxData;
using golden::Fit;
using golden::RandomCox;
using golden::RandomCoxData;

CoxData Data(std::vector<double> times, std::vector<int> events,
             std::vector<std::vector<double>> columns) {
  CoxData data;
  data.times = std::move(times);
  data.events = std::move(events);
  data.design.n_rows = data.size();
  for (size_t j = 0; j < columns.size(); ++j) {
    data.design.names.push_back("x" + std::to_string(j + 1));
    data.design.values.insert(data.design.values.end(), columns[j].begin(),
                              columns[j].end());
  }
  return data;
}

void ExpectNear(const std::vector<double>& a, const std::vector<double>& b,
                double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance);
}

void ExpectSameFit(const CoxFit& a, const CoxFit& b, double tolerance) {
  ExpectNear(a.Estimates(), b.Estimates(), tolerance);
  ExpectNear(a.covariance, b.covariance, tolerance);
  ExpectNear(a.robust_covariance, b.robust_covariance, tolerance);
  EXPECT_NEAR(a.log_likelihood, b.log_likelihood, 100 * tolerance);
  EXPECT_NEAR(a.log_likelihood_null, b.log_likelihood_null, 100 * tolerance);
  ASSERT_EQ(a.concordance.has_value(), b.concordance.has_value());
  if (!a.concordance.has_value()) return;
  EXPECT_NEAR(*a.concordance->estimate, *b.concordance->estimate, tolerance);
  EXPECT_NEAR(*a.concordance->std_error, *b.concordance->std_error, tolerance);
}

// Exposed and not, in turn: x = 1, 0, 1, 0 with events at 1, 2, 3, 4. With
// r = exp(b) the likelihood is r/(2r+2) * 1/(r+2) * r/(r+1) * 1, so that
//   U = 2 - 2r/(r+1) - r/(r+2) = 0  <=>  r^2 - r - 4 = 0:
// r = (1 + sqrt(17)) / 2. At 0, U = 2/3 and I = 1/4 + 2/9 + 1/4 = 13/18: the
// score test is 8/13, the log-rank test of the two groups.
TEST(Cox, TwoGroupsInTurn) {
  const CoxFit fit = Fit(Data({1, 2, 3, 4}, {1, 1, 1, 1}, {{1, 0, 1, 0}}));
  const double r = (1 + std::sqrt(17.0)) / 2;
  const Coefficient& x = fit.coefficients[0];
  EXPECT_NEAR(*x.estimate, std::log(r), 1e-13);
  const double information =
      2 * r / ((r + 1) * (r + 1)) + 2 * r / ((r + 2) * (r + 2));
  EXPECT_NEAR(*x.std_error, 1 / std::sqrt(information), 1e-13);
  EXPECT_FALSE(x.robust_std_error.has_value());
  EXPECT_NEAR(*x.statistic, std::log(r) * std::sqrt(information), 1e-13);
  EXPECT_NEAR(*x.upper - *x.lower, 2 * 1.959963984540054 * *x.std_error, 1e-13);
  EXPECT_NEAR(*fit.tests.score.chi_square, 8.0 / 13, 1e-13);
  EXPECT_NEAR(fit.log_likelihood_null, -std::log(24), 1e-13);
  EXPECT_NEAR(fit.log_likelihood,
              2 * std::log(r) - 2 * std::log(r + 1) - std::log(2 * (r + 2)),
              1e-13);
  // 1 before 2, 3, 4; 2 before 3, 4; 3 before 4: higher scores first are
  // concordant (1-2, 1-4, 3-4), 2-3 discordant, 1-3 and 2-4 tied: 4/6.
  EXPECT_NEAR(*fit.concordance->estimate, 4.0 / 6, 1e-13);
  EXPECT_EQ(fit.n, 4u);
  EXPECT_EQ(fit.events, 4u);
}

// Both of x = 1 and one of x = 0 die at once, one of x = 0 later. At b = 0
// Efron's risks are 4, 4 - 3/3, 4 - 6/3: log likelihood -log(4 * 3 * 2);
// Breslow's are all 4.
TEST(Cox, TiedEvents) {
  const CoxData data = Data({1, 1, 1, 2}, {1, 1, 1, 0}, {{1, 1, 0, 0}});
  EXPECT_NEAR(Fit(data).log_likelihood_null, -std::log(24), 1e-13);
  CoxOptions breslow;
  breslow.ties = CoxTies::kBreslow;
  EXPECT_NEAR(Fit(data, breslow).log_likelihood_null, -std::log(64), 1e-13);
}

TEST(Cox, SameBytesForAnyOrderAndThreads) {
  RandomCox options;
  options.n = 300000;
  options.max_day = 800;
  options.n_strata = 3;
  for (const bool weighted : {true, false}) {
    options.weighted = weighted;
    const CoxData data = RandomCoxData(options);
    std::vector<size_t> order(data.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937_64(5));
    const CoxData shuffled = data.Taken(order);
    const CoxFit one = Fit(data);
    for (const int n_threads : {1, 2, 7}) {
      ThreadPool pool(n_threads);
      const CoxFit other = Fit(shuffled, {}, &pool);
      EXPECT_EQ(one.Estimates(), other.Estimates());
      EXPECT_EQ(one.covariance, other.covariance);
      EXPECT_EQ(one.robust_covariance, other.robust_covariance);
      EXPECT_EQ(one.log_likelihood, other.log_likelihood);
      EXPECT_EQ(one.log_likelihood_null, other.log_likelihood_null);
      EXPECT_EQ(one.tests.score.chi_square, other.tests.score.chi_square);
      EXPECT_EQ(one.means, other.means);
      EXPECT_EQ(one.concordance->estimate, other.concordance->estimate);
      EXPECT_EQ(one.concordance->std_error, other.concordance->std_error);
    }
  }
}

TEST(Cox, SameBytesWithEntriesAndClusters) {
  RandomCox options;
  options.n_clusters = 400;
  options.delayed = true;
  options.weighted = true;
  for (const int max_day : {0, 40}) {
    options.max_day = max_day;
    options.n = max_day == 0 ? 120000 : 20000;  // the first starts thinned
    const CoxData data = RandomCoxData(options);
    std::vector<size_t> order(data.size());
    std::iota(order.rbegin(), order.rend(), size_t{0});
    const CoxData reversed = data.Taken(order);
    ThreadPool pool(3);
    const CoxFit one = Fit(data);
    const CoxFit other = Fit(reversed, {}, &pool);
    EXPECT_EQ(one.Estimates(), other.Estimates());
    EXPECT_EQ(one.robust_covariance, other.robust_covariance);
    EXPECT_EQ(one.concordance->estimate, other.concordance->estimate);
    EXPECT_EQ(one.concordance->std_error, other.concordance->std_error);
  }
}

// The sample of a large table spares steps, not digits.
TEST(Cox, LargeTablesAreFittedInTwoSteps) {
  RandomCox options;
  options.n = 400000;
  options.n_strata = 40;
  options.weighted = true;
  const CoxData data = RandomCoxData(options);
  const auto table = BuildCoxTable(data.Rows(), data.design, false, nullptr);
  ASSERT_TRUE(table.ok()) << table.status();
  CoxLikelihood likelihood(*table, CoxTies::kEfron, nullptr);
  const auto optimum = MaximizeCoxLikelihood(*table, 20, likelihood, {});
  ASSERT_TRUE(optimum.ok()) << optimum.status();
  EXPECT_LE(optimum->iterations, 2);
  const std::vector<double>& gradient =
      likelihood.Evaluate(optimum->coefficients).gradient;
  const size_t p = gradient.size();
  for (size_t j = 0; j < p; ++j) {
    const double variance = optimum->covariance[j * p + j];
    EXPECT_LT(std::abs(gradient[j]) * std::sqrt(variance), 1e-8) << j;
  }
}

// Rows given as counts are the rows written out, also where they are tied.
TEST(Cox, CountsAreRows) {
  RandomCox options;
  options.max_day = 8;
  options.weighted = true;
  options.n_clusters = 9;
  CoxData data = RandomCoxData(options);
  std::vector<size_t> written;
  for (size_t i = 0; i < data.size(); ++i) {
    data.counts.push_back(static_cast<double>(i % 3));
    written.insert(written.end(), i % 3, i);
  }
  CoxData rows = data.Taken(written);
  rows.counts.clear();
  for (const CoxTies ties : {CoxTies::kEfron, CoxTies::kBreslow}) {
    CoxOptions cox;
    cox.ties = ties;
    const CoxFit counted = Fit(data, cox);
    const CoxFit full = Fit(rows, cox);
    EXPECT_EQ(counted.n, full.n);
    EXPECT_EQ(counted.events, full.events);
    ExpectSameFit(counted, full, 1e-12);
  }
}

TEST(Cox, WeightTwoIsTheRowTwiceWithBreslow) {
  CoxData data = RandomCoxData({});
  data.weights.assign(data.size(), 1);
  std::vector<size_t> twice;
  for (size_t i = 0; i < data.size(); ++i) {
    if (i % 2 == 0) data.weights[i] = 2;
    twice.insert(twice.end(), i % 2 == 0 ? 2 : 1, i);
  }
  CoxData doubled = data.Taken(twice);
  doubled.weights.clear();
  CoxOptions breslow;
  breslow.ties = CoxTies::kBreslow;
  breslow.concordance = false;
  ExpectSameFit(Fit(data, breslow), Fit(doubled, breslow), 1e-12);
}

// A row cut in two at any time, or a stratum renamed, changes nothing.
TEST(Cox, SplitRowsAndRelabelledStrata) {
  RandomCox options;
  options.n_strata = 3;
  CoxData data = RandomCoxData(options);
  const CoxFit whole = Fit(data);
  std::vector<size_t> twice;
  for (size_t i = 0; i < data.size(); ++i) twice.insert(twice.end(), 2, i);
  CoxData split = data.Taken(twice);
  split.entries.assign(split.size(), 0);
  for (size_t i = 0; i < split.size(); i += 2) {
    split.times[i] /= 2;
    split.events[i] = 0;
    split.entries[i + 1] = split.times[i];
  }
  for (int& stratum : split.strata) stratum = 40 - 7 * stratum;
  CoxFit parts = Fit(split);
  EXPECT_EQ(parts.n, 2 * whole.n);
  parts.concordance = whole.concordance;  // counts the halves apart
  ExpectSameFit(parts, whole, 1e-11);
}

TEST(Cox, ScaleAndOriginOfACovariate) {
  CoxData data = RandomCoxData({});
  const CoxFit fit = Fit(data);
  const size_t n = data.size();
  for (size_t i = 0; i < n; ++i) {
    data.design.values[n + i] = 2020 + data.design.values[n + i];
    data.design.values[2 * n + i] *= 1e6;
  }
  const CoxFit other = Fit(data);
  EXPECT_NEAR(*other.coefficients[1].estimate, *fit.coefficients[1].estimate,
              1e-11);
  EXPECT_NEAR(1e6 * *other.coefficients[2].estimate,
              *fit.coefficients[2].estimate, 1e-11);
  EXPECT_NEAR(*other.tests.wald.chi_square, *fit.tests.wald.chi_square, 1e-9);
}

TEST(Cox, RobustByDefaultAsInR) {
  RandomCox options;
  options.weighted = true;
  EXPECT_TRUE(Fit(RandomCoxData(options)).robust);
  options.weighted = false;
  EXPECT_FALSE(Fit(RandomCoxData(options)).robust);
  options.n_clusters = 7;
  const CoxData data = RandomCoxData(options);
  EXPECT_EQ(Fit(data).n_clusters, 7u);
  CoxOptions model_based;
  model_based.robust = false;
  const CoxFit fit = Fit(data, model_based);
  EXPECT_FALSE(fit.robust);
  EXPECT_TRUE(fit.robust_covariance.empty());
  EXPECT_FALSE(fit.coefficients[0].robust_std_error.has_value());
}

// Hostile data.

TEST(Cox, NoEvents) {
  const CoxFit fit = Fit(Data({1, 2, 3}, {0, 0, 0}, {{1, 2, 3}}));
  EXPECT_EQ(fit.events, 0u);
  EXPECT_EQ(fit.dropped, std::vector<std::string>{"x1"});
  EXPECT_FALSE(fit.coefficients[0].estimate.has_value());
  EXPECT_EQ(fit.log_likelihood, 0);
  EXPECT_EQ(fit.tests.wald.df, 0);
  EXPECT_FALSE(fit.tests.score.p_value.has_value());
  EXPECT_FALSE(fit.concordance.has_value());
}

TEST(Cox, OneSubject) {
  const CoxFit fit = Fit(Data({1}, {1}, {{5}}));
  EXPECT_EQ(fit.dropped.size(), 1u);
  EXPECT_EQ(fit.log_likelihood, 0);
}

TEST(Cox, AllTied) {
  const CoxFit fit = Fit(Data({1, 1, 1}, {1, 1, 1}, {{1, 2, 4}}));
  EXPECT_TRUE(std::isfinite(fit.log_likelihood));
  CoxOptions breslow;
  breslow.ties = CoxTies::kBreslow;
  EXPECT_NEAR(Fit(Data({1, 1, 1}, {1, 1, 1}, {{1, 2, 4}}), breslow)
                  .coefficients[0]
                  .estimate.value_or(9),
              0, 1e-12);
}

TEST(Cox, NoCovariates) {
  const CoxFit fit = Fit(Data({1, 2, 3}, {1, 1, 0}, {}));
  EXPECT_NEAR(fit.log_likelihood_null, -std::log(6), 1e-13);
  EXPECT_TRUE(fit.coefficients.empty());
  EXPECT_EQ(fit.tests.likelihood_ratio.df, 0);
  EXPECT_FALSE(fit.concordance.has_value());
}

TEST(Cox, ConstantAndCollinearColumnsAreDroppedByName) {
  CoxData data = RandomCoxData({});
  const size_t n = data.size();
  std::vector<double> columns(n, 0.1);  // constant
  for (size_t i = 0; i < n; ++i) {
    columns.push_back(3 - data.design.values[i] +
                      0.1 * data.design.values[n + i]);
  }
  data.design.values.insert(data.design.values.end(), columns.begin(),
                            columns.end());
  data.design.names.insert(data.design.names.end(), {"constant", "sum"});
  const CoxFit fit = Fit(data);
  EXPECT_EQ(fit.dropped, (std::vector<std::string>{"constant", "sum"}));
  EXPECT_FALSE(fit.coefficients[3].estimate.has_value());
  EXPECT_FALSE(fit.coefficients[4].std_error.has_value());
  const CoxFit without = Fit(RandomCoxData({}));
  for (size_t j = 0; j < 3; ++j) {
    EXPECT_NEAR(*fit.coefficients[j].estimate,
                *without.coefficients[j].estimate, 1e-12);
  }
  EXPECT_EQ(fit.tests.wald.df, 3);
  const auto zph = TestProportionalHazards(data.Rows(), data.design, fit);
  ASSERT_TRUE(zph.ok()) << zph.status();
  EXPECT_EQ(zph->tests.size(), 4u);
}

TEST(Cox, ColumnConstantWithinStrataIsDropped) {
  RandomCox options;
  options.n_strata = 2;
  CoxData data = RandomCoxData(options);
  for (size_t i = 0; i < data.size(); ++i) {
    data.design.values[i] = 2020 + 0.3 * data.strata[i];
  }
  EXPECT_EQ(Fit(data).dropped, std::vector<std::string>{"x1"});
}

// Nobody without x1 has the event: its coefficient is infinite, and the others
// are those among the subjects with x1.
TEST(Cox, SeparationIsReportedAndTheRestEstimated) {
  RandomCox options;
  options.n = 200;
  CoxData data = RandomCoxData(options);
  std::vector<size_t> with_x1;
  for (size_t i = 0; i < data.size(); ++i) {
    if (data.design.values[i] == 0) {
      data.events[i] = 0;
    } else {
      with_x1.push_back(i);
    }
  }
  const CoxFit fit = Fit(data);
  EXPECT_EQ(fit.separated, std::vector<std::string>{"x1"});
  EXPECT_TRUE(fit.dropped.empty());
  EXPECT_FALSE(fit.coefficients[0].estimate.has_value());
  EXPECT_FALSE(fit.tests.wald.chi_square.has_value());
  EXPECT_EQ(fit.tests.likelihood_ratio.df, 3);
  const CoxFit subset = Fit(data.Taken(with_x1));
  EXPECT_EQ(subset.dropped, std::vector<std::string>{"x1"});
  for (size_t j : {1u, 2u}) {
    EXPECT_NEAR(*fit.coefficients[j].estimate, *subset.coefficients[j].estimate,
                1e-9);
    EXPECT_NEAR(*fit.coefficients[j].std_error,
                *subset.coefficients[j].std_error, 1e-9);
  }
  EXPECT_NEAR(fit.log_likelihood, subset.log_likelihood, 1e-9);
  EXPECT_EQ(
      TestProportionalHazards(data.Rows(), data.design, fit).status().code(),
      absl::StatusCode::kFailedPrecondition);
}

TEST(Cox, CompleteSeparation) {
  const CoxFit fit =
      Fit(Data({1, 2, 3, 4, 5}, {1, 1, 1, 1, 1}, {{9, 7, 5, 2, 1}}));
  EXPECT_EQ(fit.separated, std::vector<std::string>{"x1"});
  EXPECT_NEAR(fit.log_likelihood, 0, 1e-9);
}

// The reference level has no events: all levels run away together.
TEST(Cox, SeparatedReferenceLevel) {
  CoxData data =
      Data({1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 1, 1, 0, 1, 1, 0, 0, 0},
           {{1, 0, 1, 1, 0, 1, 0, 0, 0}, {0, 1, 0, 0, 1, 0, 0, 0, 1}});
  const CoxFit fit = Fit(data);
  EXPECT_EQ(fit.separated, (std::vector<std::string>{"x1", "x2"}));
}

TEST(Cox, FarOutlier) {
  CoxData data = RandomCoxData({});
  data.design.values[data.size()] = 1e9;
  const CoxFit fit = Fit(data);
  EXPECT_TRUE(std::isfinite(fit.log_likelihood));
}

TEST(Cox, RowsOfWeightZeroTakeNoPart) {
  CoxData data = RandomCoxData({});
  data.weights.assign(data.size(), 1);
  const CoxFit fit = Fit(data);
  CoxData more = data.Taken({0, 1, 2});
  for (double& x : more.design.values) x += 50;
  for (size_t i = 0; i < 3; ++i) {
    data.times.push_back(more.times[i]);
    data.events.push_back(1);
    data.weights.push_back(0);
  }
  std::vector<double> values;
  for (size_t j = 0; j < 3; ++j) {
    const auto column = data.design.Column(j);
    values.insert(values.end(), column.begin(), column.end());
    values.insert(values.end(), {50, 60, 70});
  }
  data.design.values = values;
  data.design.n_rows = data.size();
  EXPECT_EQ(Fit(data).n, fit.n);
  EXPECT_EQ(Fit(data).Estimates(), fit.Estimates());
}

TEST(Cox, RefusesBadRowsByNumber) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const CoxData good = Data({1, 2, 3}, {1, 0, 1}, {{1, 2, 4}});
  const auto refusal = [](const CoxData& data) {
    const absl::Status status = FitCox(data.Rows(), data.design).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  CoxData data = good;
  data.times[1] = -1;
  EXPECT_NE(refusal(data).find("row 1: the time"), std::string::npos);
  data = good;
  data.times[2] = kNaN;
  EXPECT_NE(refusal(data).find("row 2: the time"), std::string::npos);
  data = good;
  data.events[0] = 2;
  EXPECT_NE(refusal(data).find("row 0: the event"), std::string::npos);
  data = good;
  data.entries = {0, 2, 1};
  EXPECT_NE(refusal(data).find("row 1: the entry"), std::string::npos);
  data = good;
  data.entries = {0, 2 - 1e-10, 1};
  EXPECT_NE(refusal(data).find("row 1: entry and exit"), std::string::npos);
  data = good;
  data.weights = {1, -1, 1};
  EXPECT_NE(refusal(data).find("row 1: the weight"), std::string::npos);
  data = good;
  data.counts = {1, 1.5, 1};
  EXPECT_NE(refusal(data).find("row 1: the count"), std::string::npos);
  data = good;
  data.strata = {0, 0, -2};
  EXPECT_NE(refusal(data).find("row 2: the code"), std::string::npos);
  data = good;
  data.design.values[1] = kNaN;
  EXPECT_NE(refusal(data).find("row 1: x1"), std::string::npos);
  data = good;
  data.weights = {1, 1};
  refusal(data);
  data = good;
  data.weights = {0, 0, 0};
  EXPECT_EQ(FitCox(data.Rows(), data.design).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// Small strata are not split between threads, large ones are, and one may begin
// in the midst of a chunk: where each comes first, last or between.
TEST(Cox, OrderOfStrataOfUnlikeSizes) {
  RandomCox options;
  options.n = 50000;
  options.max_day = 0;
  CoxData data = RandomCoxData(options);
  data.strata.resize(data.size());
  const auto with_large_at = [&](int large) {
    for (size_t i = 0; i < data.size(); ++i) {
      const int small = static_cast<int>(i % 97);
      data.strata[i] = i < 40000 ? large : small + (small >= large ? 1 : 0);
    }
    return Fit(data);
  };
  const CoxFit first = with_large_at(0);
  ExpectSameFit(first, with_large_at(50), 1e-11);
  ExpectSameFit(first, with_large_at(97), 1e-11);
}

}  // namespace
}  // namespace enthesis::stats
