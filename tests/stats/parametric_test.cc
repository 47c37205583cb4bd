// Parametric regression by hand, against R, and in other forms of the same
// data.

#include "stats/parametric.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/parallel.h"
#include "support/golden.h"
#include "support/parametric_data.h"

namespace enthesis::stats {
namespace {

using golden::DrawData;
using golden::Fit;
using golden::Names;
using golden::ParametricData;
using golden::Taken;
using Distribution = ParametricDistribution;

// The rate is events over time: 3 / 12; its log has variance 1 / 3.
TEST(Parametric, ExponentialByHand) {
  ParametricData data;
  data.lower = {1, 2, 4, 5};
  data.upper = {1, 2, kOpenUpper, 5};
  const auto fit = Fit(data, Distribution::kExponential);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_NEAR(*fit->coefficients[0].estimate, std::log(4.0), 1e-12);
  EXPECT_NEAR(*fit->coefficients[0].std_error, std::sqrt(1.0 / 3), 1e-12);
  EXPECT_NEAR(*fit->log_likelihood, 3 * std::log(0.25) - 3, 1e-12);
  EXPECT_EQ(fit->scale, 1);
  EXPECT_FALSE(fit->log_scale_std_error.has_value());
  EXPECT_EQ(fit->exact, 3);
  EXPECT_EQ(fit->right_censored, 1);
}

// Without censoring the estimates are the moments of log time.
TEST(Parametric, LogNormalByHand) {
  ParametricData data;
  data.lower = data.upper = {std::exp(1), std::exp(2), std::exp(6)};
  const auto fit = Fit(data, Distribution::kLogNormal);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_NEAR(*fit->coefficients[0].estimate, 3, 1e-12);
  EXPECT_NEAR(*fit->scale, std::sqrt(14.0 / 3), 1e-12);
  EXPECT_NEAR(*fit->log_scale_std_error, std::sqrt(1.0 / 6), 1e-12);
}

ParametricData ReadGolden(const std::string& name,
                          const std::vector<std::string>& covariates) {
  const golden::Csv csv(absl::StrCat("data/parametric_", name, ".csv"));
  ParametricData data;
  data.design.n_rows = csv.n_rows();
  data.design.names = covariates;
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    data.lower.push_back(csv.Number(row, "lower").value_or(0));
    data.upper.push_back(csv.Number(row, "upper").value_or(kOpenUpper));
    data.weights.push_back(csv.Value(row, "weight"));
  }
  for (const std::string& covariate : covariates) {
    for (size_t row = 0; row < csv.n_rows(); ++row) {
      data.design.values.push_back(csv.Value(row, covariate));
    }
  }
  return data;
}

std::map<std::string, std::optional<double>> FiguresOf(
    const ParametricFit& fit) {
  std::map<std::string, std::optional<double>> figures;
  for (size_t i = 0; i < fit.coefficients.size(); ++i) {
    figures[absl::StrCat("estimate", i)] = fit.coefficients[i].estimate;
    figures[absl::StrCat("p", i)] = fit.coefficients[i].p_value;
  }
  for (size_t i = 0; i < fit.covariance.size(); ++i) {
    figures[absl::StrCat("variance", i)] = fit.covariance[i];
  }
  figures["scale0"] = fit.scale;
  figures["log_likelihood0"] = fit.log_likelihood;
  figures["null0"] = fit.log_likelihood_null;
  return figures;
}

const std::map<std::string, std::vector<std::string>>& Sets() {
  static const auto* const kSets =
      new std::map<std::string, std::vector<std::string>>{
          {"lung", {"age", "sex", "ph.ecog"}},
          {"ovarian", {"age", "rx", "ecog.ps"}},
          {"veteran", {"trt", "karno", "age"}},
          {"pbc", {"age", "log_bili", "edema"}},
          {"lung_visits", {"age", "sex"}},
          {"rats_visits", {"rx"}}};
  return *kSets;
}

TEST(Parametric, EqualsSurvreg) {
  std::map<std::string, std::map<std::string, std::optional<double>>> figures;
  for (const auto& [name, covariates] : Sets()) {
    const ParametricData data = ReadGolden(name, covariates);
    for (const auto& [distribution, kind] : Names()) {
      const auto fit = Fit(data, kind);
      ASSERT_TRUE(fit.ok()) << name << " " << distribution << fit.status();
      figures[absl::StrCat(name, "/", distribution)] = FiguresOf(*fit);
    }
  }
  const golden::Csv csv("parametric.csv");
  ASSERT_GT(csv.n_rows(), 400u);
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const std::string& name = csv.Text(row, "name");
    const std::string key =
        absl::StrCat(dataset, "/", csv.Text(row, "distribution"));
    ASSERT_EQ(figures[key].count(name), 1u) << key << name;
    golden::Compare("parametric regression", dataset, figures[key][name],
                    csv.Number(row, "value"), absl::StrCat(key, " ", name));
  }
}

// The third row of each data set, as predict.
TEST(Parametric, PredictionsEqualR) {
  const golden::Csv csv("parametric_predictions.csv");
  ASSERT_GT(csv.n_rows(), 100u);
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const std::string& name = csv.Text(row, "distribution");
    const ParametricData data = ReadGolden(dataset, Sets().at(dataset));
    const auto fit = Fit(data, Names().at(name));
    ASSERT_TRUE(fit.ok()) << fit.status();
    const std::vector<double> at = {csv.Value(row, "at")};
    const bool quantile = csv.Text(row, "kind") == "quantile";
    const auto found =
        quantile ? PredictParametricQuantiles(*fit, data.design, 2, at)
                 : PredictParametricSurvival(*fit, data.design, 2, at);
    ASSERT_TRUE(found.ok()) << found.status();
    const std::string what = absl::StrCat(name, " ", at[0]);
    const auto compare = [&](std::optional<double> figure, const char* column) {
      golden::Compare(quantile ? "parametric quantile" : "parametric survival",
                      dataset, figure, csv.Number(row, column),
                      absl::StrCat(what, " ", column));
    };
    compare((*found)[0].estimate, "estimate");
    compare((*found)[0].std_error, "std_error");
    compare((*found)[0].lower, "lower");
    compare((*found)[0].upper, "upper");
  }
}

TEST(Parametric, AnyOrderGivesTheSameBytes) {
  const ParametricData data = DrawData(300'000, 5, true);
  std::vector<size_t> order(data.lower.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::mt19937_64 random(6);
  std::shuffle(order.begin(), order.end(), random);
  const auto fit = Fit(data, Distribution::kLogLogistic);
  const auto again = Fit(Taken(data, order), Distribution::kLogLogistic);
  ASSERT_TRUE(fit.ok() && again.ok()) << fit.status() << again.status();
  EXPECT_EQ(fit->covariance, again->covariance);
  EXPECT_EQ(fit->log_likelihood, again->log_likelihood);
  EXPECT_EQ(fit->coefficients[1].estimate, again->coefficients[1].estimate);
  EXPECT_EQ(fit->n, again->n);
  for (const int n_threads : {2, 7}) {
    ThreadPool pool(n_threads);
    ParametricOptions options;
    options.distribution = Distribution::kLogLogistic;
    const auto threaded =
        FitParametric(data.times(), data.design, options, &pool);
    ASSERT_TRUE(threaded.ok());
    EXPECT_EQ(fit->covariance, threaded->covariance) << n_threads;
    EXPECT_EQ(fit->log_likelihood, threaded->log_likelihood) << n_threads;
  }
}

TEST(Parametric, ARowTwiceIsAWeightOfTwo) {
  ParametricData once = DrawData(200, 7, false);
  std::vector<size_t> twice;
  once.weights.assign(200, 1);
  for (size_t i = 0; i < 200; ++i) {
    twice.push_back(i);
    if (i % 3 == 0) twice.push_back(i);
  }
  const ParametricData rows = Taken(once, twice);
  for (size_t i = 0; i < 200; i += 3) once.weights[i] = 2;
  for (const auto& [name, distribution] : Names()) {
    const auto weighted = Fit(once, distribution);
    const auto repeated = Fit(rows, distribution);
    ASSERT_TRUE(weighted.ok() && repeated.ok()) << name;
    EXPECT_EQ(weighted->covariance, repeated->covariance) << name;
    EXPECT_EQ(weighted->log_likelihood, repeated->log_likelihood) << name;
  }
}

// Another unit of time moves the intercept alone.
TEST(Parametric, UnitOfTime) {
  const ParametricData days = DrawData(300, 8, true);
  ParametricData weeks = days;
  for (double& time : weeks.lower) time /= 7;
  for (double& time : weeks.upper) time /= 7;
  for (const auto& [name, distribution] : Names()) {
    const auto a = Fit(days, distribution), b = Fit(weeks, distribution);
    ASSERT_TRUE(a.ok() && b.ok()) << name;
    EXPECT_NEAR(*a->coefficients[0].estimate - *b->coefficients[0].estimate,
                std::log(7), 1e-9);
    EXPECT_NEAR(*a->coefficients[1].estimate, *b->coefficients[1].estimate,
                1e-9);
    EXPECT_NEAR(*a->scale, *b->scale, 1e-9);
  }
}

// The log-likelihood written out; at the maximum every direction is down.
double NaiveLogLikelihood(const ParametricData& data, Distribution distribution,
                          double intercept, double slope, double scale) {
  const auto upper_tail = [&](double z) {
    if (distribution == Distribution::kLogNormal) {
      return 0.5 * std::erfc(z / std::sqrt(2.0));
    }
    if (distribution == Distribution::kLogLogistic)
      return 1 / (1 + std::exp(z));
    return std::exp(-std::exp(z));
  };
  const auto density = [&](double z) {
    if (distribution == Distribution::kLogNormal) {
      return std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0));
    }
    if (distribution == Distribution::kLogLogistic) {
      return std::exp(z) / std::pow(1 + std::exp(z), 2);
    }
    return std::exp(z - std::exp(z));
  };
  double sum = 0;
  for (size_t i = 0; i < data.lower.size(); ++i) {
    const auto z = [&](double time) {
      return (std::log(time) - intercept - slope * data.design.values[i]) /
             scale;
    };
    const double weight = data.weights.empty() ? 1 : data.weights[i];
    if (data.lower[i] == data.upper[i]) {
      sum +=
          weight * std::log(density(z(data.lower[i])) / scale / data.lower[i]);
      continue;
    }
    const double from = data.lower[i] > 0 ? upper_tail(z(data.lower[i])) : 1;
    const double to =
        data.upper[i] < kOpenUpper ? upper_tail(z(data.upper[i])) : 0;
    sum += weight * std::log(from - to);
  }
  return sum;
}

TEST(Parametric, IsAMaximumOfTheNaiveLikelihood) {
  for (uint64_t seed = 20; seed < 26; ++seed) {
    const ParametricData data = DrawData(60, seed, seed % 2 == 0);
    for (const auto& [name, distribution] : Names()) {
      const auto fit = Fit(data, distribution);
      ASSERT_TRUE(fit.ok()) << name << fit.status();
      const double a = *fit->coefficients[0].estimate;
      const double b = *fit->coefficients[1].estimate, s = *fit->scale;
      const double top = NaiveLogLikelihood(data, distribution, a, b, s);
      EXPECT_NEAR(*fit->log_likelihood, top, 1e-9 * std::abs(top)) << name;
      for (const double move : {-1e-3, 1e-3}) {
        EXPECT_LT(NaiveLogLikelihood(data, distribution, a + move, b, s), top);
        EXPECT_LT(NaiveLogLikelihood(data, distribution, a, b + move, s), top);
        if (distribution == Distribution::kExponential) continue;
        EXPECT_LT(NaiveLogLikelihood(data, distribution, a, b, s * (1 + move)),
                  top);
      }
    }
  }
}

}  // namespace
}  // namespace enthesis::stats
