// What a Fine-Gray fit gives on hostile data.

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "stats/fine_gray.h"
#include "stats/fine_gray_curves.h"
#include "support/naive_competing_risks.h"

namespace enthesis::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kFailed = absl::StatusCode::kFailedPrecondition;

// Rows and one or more columns, by value.
struct Data {
  std::vector<double> times;
  std::vector<int> causes;
  std::vector<std::vector<double>> columns;

  FineGrayRows rows() const { return {.times = times, .causes = causes}; }
  DesignMatrix design() const {
    DesignMatrix design;
    design.n_rows = times.size();
    for (const std::vector<double>& column : columns) {
      design.names.push_back("x" + std::to_string(design.names.size()));
      design.values.insert(design.values.end(), column.begin(), column.end());
    }
    return design;
  }
};

FineGrayFit Fit(const Data& data, const FineGrayOptions& options = {}) {
  const auto fit = FitFineGray(data.rows(), data.design(), options);
  EXPECT_TRUE(fit.ok()) << fit.status();
  return fit.ok() ? *fit : FineGrayFit();
}

void ExpectNothing(const Data& data) {
  for (const auto convention :
       {FineGrayConvention::kCrr, FineGrayConvention::kFineGray}) {
    FineGrayOptions options;
    options.convention = convention;
    const FineGrayFit fit = Fit(data, options);
    ASSERT_EQ(fit.coefficients.size(), data.columns.size());
    EXPECT_EQ(fit.dropped.size(), data.columns.size());
    EXPECT_FALSE(fit.coefficients[0].estimate.has_value());
    EXPECT_EQ(fit.tests.wald.df, 0);
    EXPECT_FALSE(fit.tests.score.chi_square.has_value());
  }
}

TEST(FineGrayHostile, NothingToLearnFrom) {
  ExpectNothing({{1, 2, 3}, {0, 0, 0}, {{1, 2, 3}}});  // all censored
  ExpectNothing({{1, 2, 3}, {2, 2, 0}, {{1, 2, 3}}});  // no such event
  ExpectNothing({{5}, {1}, {{1}}});                    // one subject
  ExpectNothing({{1, 2, 3}, {1, 2, 1}, {{7, 7, 7}}});  // constant
  ExpectNothing({{0, 0, 0}, {0, 2, 0}, {{1, 2, 3}}});  // all at 0
  // Only the last to leave has the event.
  ExpectNothing({{1, 2, 3}, {0, 0, 1}, {{1, 2, 3}}});
}

TEST(FineGrayHostile, AllTied) {
  const FineGrayFit fit =
      Fit({{4, 4, 4, 4, 4}, {1, 2, 1, 0, 2}, {{1, 2, 2, 3, 5}}});
  EXPECT_TRUE(std::isfinite(fit.coefficients[0].estimate.value()));
  EXPECT_TRUE(fit.coefficients[0].std_error.has_value());
}

TEST(FineGrayHostile, CollinearColumnsAreNamedAndDropped) {
  naive::Regression random =
      naive::RandomRegression(1, 80, 2, 30, FineGrayConvention::kCrr);
  for (std::vector<double>& x : random.x) {
    x = {x[0], 5, 2 * x[0] - 3 * x[1] + 1, x[1]};
  }
  const auto fit =
      FitFineGray(random.View(FineGrayConvention::kCrr), random.Design());
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_EQ(fit->dropped, (std::vector<std::string>{"x1", "x3"}));
  EXPECT_FALSE(fit->coefficients[3].estimate.has_value());
  EXPECT_TRUE(fit->coefficients[2].p_value.has_value());
  EXPECT_EQ(fit->tests.wald.df, 2);
  EXPECT_EQ(fit->covariance[1 * 4 + 1], 0);
}

// Only those with x0 = 1 have the event.
TEST(FineGrayHostile, SeparationIsReported) {
  Data data;
  for (int i = 0; i < 40; ++i) {
    const bool one = i % 2 == 0;
    data.times.push_back(1 + (i * 7) % 23);
    data.causes.push_back(one ? 1 : 2 * (i % 3 == 0));
    if (data.columns.empty()) data.columns.resize(2);
    data.columns[0].push_back(one);
    data.columns[1].push_back((i * 5) % 11);
  }
  for (const auto convention :
       {FineGrayConvention::kCrr, FineGrayConvention::kFineGray}) {
    FineGrayOptions options;
    options.convention = convention;
    const FineGrayFit fit = Fit(data, options);
    EXPECT_EQ(fit.separated, std::vector<std::string>{"x0"});
    EXPECT_FALSE(fit.coefficients[0].estimate.has_value());
    EXPECT_TRUE(fit.coefficients[1].estimate.has_value());
    EXPECT_FALSE(fit.tests.wald.chi_square.has_value());
    EXPECT_TRUE(fit.tests.likelihood_ratio.chi_square.has_value());
    EXPECT_EQ(PredictFineGrayIncidence(data.rows(), data.design(), fit,
                                       {1, {"x0", "x1"}, {}, {1, 2}}, {})
                  .status()
                  .code(),
              kFailed);
  }
}

TEST(FineGrayHostile, NoConvergenceIsAnError) {
  const Data data = {{1, 2, 3, 4}, {1, 2, 1, 0}, {{1, 0, 0, 3}}};
  FineGrayOptions options;
  options.max_iterations = 1;
  EXPECT_EQ(FitFineGray(data.rows(), data.design(), options).status().code(),
            kFailed);
}

TEST(FineGrayHostile, NobodyUnderObservationBeforeAnEntry) {
  const std::vector<double> times = {2, 3, 8, 9};
  const std::vector<double> entries = {0, 0, 5, 5};
  const std::vector<int> causes = {2, 2, 1, 0};
  FineGrayOptions options;
  options.convention = FineGrayConvention::kFineGray;
  FineGrayRows rows{.times = times, .causes = causes};
  rows.entries = entries;
  const auto fit = FitFineGray(rows, {4, {"x"}, {}, {1, 0, 0, 1}}, options);
  EXPECT_EQ(fit.status().code(), kFailed);
}

TEST(FineGrayHostile, NoSubjects) {
  EXPECT_EQ(FitFineGray({}, {}).status().code(), kFailed);
}

TEST(FineGrayHostile, RefusesByRow) {
  const auto message = [](const Data& data) {
    const auto fit = FitFineGray(data.rows(), data.design());
    EXPECT_EQ(fit.status().code(), kInvalid);
    return std::string(fit.status().message());
  };
  EXPECT_EQ(message({{1, -2}, {0, 1}, {{1, 2}}}),
            "row 1: the time must be finite and not negative");
  EXPECT_EQ(message({{kNaN, 2}, {0, 1}, {{1, 2}}}),
            "row 0: the time must be finite and not negative");
  EXPECT_EQ(message({{1, 2}, {0, -1}, {{1, 2}}}),
            "row 1: the cause must not be negative");
  EXPECT_EQ(message({{1, 2}, {0, 1}, {{1, kNaN}}}),
            "row 1: x0 must be a finite number");
  EXPECT_EQ(message({{1, 2}, {0, 1}, {{1, 2, 3}}}),
            "the values of a design matrix do not fit its names and rows");
}

TEST(FineGrayHostile, RefusesColumnsOfTheRows) {
  const std::vector<double> times = {1, 2};
  const std::vector<int> causes = {1, 0};
  const DesignMatrix design{2, {"x"}, {}, {0, 1}};
  const auto message = [&](auto change, FineGrayConvention convention) {
    FineGrayRows rows{.times = times, .causes = causes};
    change(rows);
    FineGrayOptions options;
    options.convention = convention;
    const auto fit = FitFineGray(rows, design, options);
    EXPECT_EQ(fit.status().code(), kInvalid);
    return std::string(fit.status().message());
  };
  constexpr auto kCrr = FineGrayConvention::kCrr;
  constexpr auto kFineGray = FineGrayConvention::kFineGray;
  const std::vector<double> bad = {0.5, -1};
  const std::vector<double> late = {0.5, 2};
  const std::vector<int> code = {0, -4};
  EXPECT_EQ(message([&](FineGrayRows& r) { r.weights = bad; }, kFineGray),
            "row 1: the weight must be finite and not negative");
  EXPECT_EQ(message([&](FineGrayRows& r) { r.entries = late; }, kFineGray),
            "row 1: the entry must come before the exit");
  EXPECT_EQ(message([&](FineGrayRows& r) { r.counts = bad; }, kCrr),
            "row 0: the count must be a whole number");
  EXPECT_EQ(message([&](FineGrayRows& r) { r.clusters = code; }, kCrr),
            "row 1: the code of the cluster must not be negative");
  EXPECT_EQ(message([&](FineGrayRows& r) { r.strata = code; }, kFineGray),
            "row 1: the code of the stratum must not be negative");
  EXPECT_EQ(message([&](FineGrayRows& r) { r.censoring_groups = code; }, kCrr),
            "row 1: the code of the censoring group must not be negative");
  EXPECT_NE(message([&](FineGrayRows& r) { r.weights = late; }, kCrr)
                .find("convention of crr"),
            std::string::npos);
  EXPECT_NE(
      message([&](FineGrayRows& r) { r.censoring_groups = causes; }, kFineGray)
          .find("convention of finegray"),
      std::string::npos);
  EXPECT_EQ(message([&](FineGrayRows& r) { r.causes = {}; }, kCrr),
            "the columns of the rows have different lengths");
}

TEST(FineGrayHostile, RefusesOptions) {
  const Data data = {{1, 2, 3, 4}, {1, 2, 1, 0}, {{1, 0, 0, 3}}};
  const auto code = [&](const FineGrayOptions& options) {
    return FitFineGray(data.rows(), data.design(), options).status().code();
  };
  EXPECT_EQ(code({.cause = 0}), kInvalid);
  EXPECT_EQ(code({.conf_level = 1}), kInvalid);
  EXPECT_EQ(code({.max_iterations = 0}), kInvalid);
  const FineGrayFit fit = Fit(data);
  const auto predict = [&](const DesignMatrix& profiles,
                           const std::vector<double>& times) {
    return PredictFineGrayIncidence(data.rows(), data.design(), fit, profiles,
                                    times)
        .status()
        .code();
  };
  EXPECT_EQ(predict({1, {"other"}, {}, {1}}, {}), kInvalid);
  EXPECT_EQ(predict({1, {"x0"}, {}, {1}}, {kNaN}), kInvalid);
  EXPECT_EQ(predict({1, {"x0"}, {}, {kNaN}}, {1}), kInvalid);
}

}  // namespace
}  // namespace enthesis::stats
