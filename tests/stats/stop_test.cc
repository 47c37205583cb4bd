// Estimators that iterate end when they are told to, wherever they are, and a
// token that is not requested changes nothing.

#include "stats/stop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <vector>

#include "stats/cox.h"
#include "stats/cox_curves.h"
#include "stats/cox_optimum.h"
#include "stats/cox_table.h"
#include "stats/fine_gray.h"
#include "stats/fine_gray_curves.h"
#include "stats/fine_gray_optimum.h"
#include "stats/fine_gray_table.h"
#include "stats/glm.h"
#include "stats/interval_rank_test.h"
#include "stats/mixed.h"
#include "stats/mmrm.h"
#include "stats/parametric.h"
#include "stats/parametric_distribution.h"
#include "stats/parametric_optimum.h"
#include "stats/parametric_table.h"
#include "stats/proportional_hazards.h"
#include "stats/turnbull.h"
#include "stats/turnbull_optimum.h"
#include "support/cox_data.h"

namespace enthesis::stats {
namespace {

class Stop : public ::testing::Test {
 protected:
  Stop() : data_(golden::RandomCoxData({})) {
    requested_.request_stop();
    for (size_t i = 0; i < data_.size(); ++i) {
      // Every third event is that of another cause.
      causes_.push_back(data_.events[i] == 0 ? 0 : i % 3 == 0 ? 2 : 1);
      lower_.push_back(std::max(data_.times[i] - 1, 0.5));
      upper_.push_back(data_.events[i] == 0 ? kOpenUpper : lower_.back() + 1);
      groups_.push_back(static_cast<int>(i % 2));
    }
  }

  std::stop_token waiting() const { return waiting_.get_token(); }
  std::stop_token requested() const { return requested_.get_token(); }
  FineGrayRows fine_gray_rows() const {
    FineGrayRows rows;
    rows.times = data_.times;
    rows.causes = causes_;
    return rows;
  }
  IntervalTimes intervals() const { return {lower_, upper_, {}}; }
  DesignMatrix profiles() const {
    DesignMatrix profiles;
    profiles.names = data_.design.names;
    profiles.n_rows = 1;
    profiles.values.assign(profiles.names.size(), 0);
    return profiles;
  }

  golden::CoxData data_;
  std::vector<int> causes_, groups_;
  std::vector<double> lower_, upper_;
  std::stop_source waiting_, requested_;
};

template <typename Result>
bool IsCancelled(const Result& result) {
  return absl::IsCancelled(result.status());
}

TEST_F(Stop, IsAStatus) {
  EXPECT_TRUE(CheckStop({}).ok());
  EXPECT_TRUE(CheckStop(waiting()).ok());
  EXPECT_TRUE(absl::IsCancelled(CheckStop(requested())));
}

TEST_F(Stop, EndsCoxRegressionAndWhatFollowsIt) {
  CoxOptions options;
  const auto plain = FitCox(data_.Rows(), data_.design, options);
  options.stop = waiting();
  const auto fit = FitCox(data_.Rows(), data_.design, options);
  ASSERT_TRUE(fit.ok() && plain.ok()) << fit.status();
  EXPECT_GT(fit->iterations, 1);
  EXPECT_EQ(fit->Estimates(), plain->Estimates());
  options.stop = requested();
  EXPECT_TRUE(IsCancelled(FitCox(data_.Rows(), data_.design, options)));
  const auto table = BuildCoxTable(data_.Rows(), data_.design, false, nullptr);
  ASSERT_TRUE(table.ok());
  CoxLikelihood likelihood(*table, CoxTies::kEfron, nullptr);
  EXPECT_TRUE(
      IsCancelled(MaximizeCoxLikelihood(*table, 100, likelihood, requested())));

  ProportionalHazardsOptions tested;
  const auto plain_test =
      TestProportionalHazards(data_.Rows(), data_.design, *fit, tested);
  tested.stop = waiting();
  const auto test =
      TestProportionalHazards(data_.Rows(), data_.design, *fit, tested);
  ASSERT_TRUE(test.ok() && plain_test.ok()) << test.status();
  EXPECT_EQ(test->tests.back().test.chi_square,
            plain_test->tests.back().test.chi_square);
  tested.stop = requested();
  EXPECT_TRUE(IsCancelled(
      TestProportionalHazards(data_.Rows(), data_.design, *fit, tested)));

  CoxCurveOptions curve;
  curve.stop = requested();
  EXPECT_TRUE(IsCancelled(
      PredictCoxSurvival(data_.Rows(), data_.design, *fit, profiles(), curve)));
  curve.stop = waiting();
  EXPECT_TRUE(
      PredictCoxSurvival(data_.Rows(), data_.design, *fit, profiles(), curve)
          .ok());
}

TEST_F(Stop, EndsFineGrayRegressionAndItsCurves) {
  const FineGrayRows rows = fine_gray_rows();
  FineGrayOptions options;
  const auto plain = FitFineGray(rows, data_.design, options);
  options.stop = waiting();
  const auto fit = FitFineGray(rows, data_.design, options);
  ASSERT_TRUE(fit.ok() && plain.ok()) << fit.status();
  EXPECT_GT(fit->iterations, 1);
  EXPECT_EQ(fit->Estimates(), plain->Estimates());
  options.stop = requested();
  EXPECT_TRUE(IsCancelled(FitFineGray(rows, data_.design, options)));
  const auto table =
      BuildFineGrayTable(rows, data_.design, FineGrayConvention::kCrr, 1);
  ASSERT_TRUE(table.ok());
  FineGrayLikelihood likelihood(*table, FineGrayTies::kBreslow);
  EXPECT_TRUE(IsCancelled(
      MaximizeFineGrayLikelihood(*table, 100, likelihood, requested())));

  FineGrayCurveOptions curve;
  curve.stop = requested();
  EXPECT_TRUE(IsCancelled(PredictFineGrayIncidence(rows, data_.design, *fit,
                                                   profiles(), {}, curve)));
  curve.stop = waiting();
  EXPECT_TRUE(
      PredictFineGrayIncidence(rows, data_.design, *fit, profiles(), {}, curve)
          .ok());
}

TEST_F(Stop, EndsParametricRegression) {
  ParametricOptions options;
  const auto plain = FitParametric(intervals(), data_.design, options);
  options.stop = waiting();
  const auto fit = FitParametric(intervals(), data_.design, options);
  ASSERT_TRUE(fit.ok() && plain.ok()) << fit.status();
  EXPECT_GT(fit->iterations, 1);
  EXPECT_EQ(fit->log_likelihood, plain->log_likelihood);
  EXPECT_EQ(fit->scale, plain->scale);
  options.stop = requested();
  EXPECT_TRUE(IsCancelled(FitParametric(intervals(), data_.design, options)));
  const ParametricTable table =
      BuildParametricTable(intervals(), data_.design, nullptr);
  const ParametricLikelihood likelihood(table, StandardOf(options.distribution),
                                        false, nullptr);
  EXPECT_TRUE(
      IsCancelled(MaximizeParametricLikelihood(likelihood, 100, requested())));
}

TEST_F(Stop, EndsTurnbullsEstimateAndTheTestOfGroups) {
  const auto plain = EstimateTurnbull(intervals());
  const auto curve = EstimateTurnbull(intervals(), {waiting()});
  ASSERT_TRUE(curve.ok() && plain.ok()) << curve.status();
  EXPECT_GT(curve->iterations, 1);
  EXPECT_EQ(curve->log_likelihood, plain->log_likelihood);
  EXPECT_TRUE(IsCancelled(EstimateTurnbull(intervals(), {requested()})));
  EXPECT_TRUE(IsCancelled(
      EstimateTurnbullGroups(intervals(), groups_, 2, {requested()})));
  const auto test = TestIntervalGroups(intervals(), groups_, 2, {waiting()});
  ASSERT_TRUE(test.ok()) << test.status();
  EXPECT_EQ(test->test.chi_square,
            TestIntervalGroups(intervals(), groups_, 2)->test.chi_square);
  EXPECT_TRUE(
      IsCancelled(TestIntervalGroups(intervals(), groups_, 2, {requested()})));
  EXPECT_TRUE(
      IsCancelled(MaximizeCellMasses({{0, 1, 1}, {1, 2, 1}}, 3, requested())));
}

TEST_F(Stop, GeneralizedLinearModels) {
  std::vector<double> response;
  for (const int event : data_.events) response.push_back(event);
  for (const bool firth : {false, true}) {
    for (const auto family : {GlmFamily::kLogistic, GlmFamily::kPoisson,
                              GlmFamily::kNegativeBinomial}) {
      if (firth && family != GlmFamily::kLogistic) continue;
      GlmOptions options;
      options.family = family;
      options.firth = firth;
      options.stop = waiting();
      EXPECT_TRUE(FitGlm({response, {}, {}, {}}, data_.design, options).ok());
      options.stop = requested();
      EXPECT_TRUE(
          IsCancelled(FitGlm({response, {}, {}, {}}, data_.design, options)));
    }
  }
}

TEST_F(Stop, MixedModels) {
  std::vector<int> subjects, visits;
  for (size_t i = 0; i < data_.size(); ++i) {
    subjects.push_back(static_cast<int>(i / 3));
    visits.push_back(static_cast<int>(i % 3));
  }
  MixedOptions mixed;
  const MixedRows rows = {data_.times, subjects, {}};
  mixed.stop = waiting();
  EXPECT_TRUE(FitMixed(rows, data_.design, mixed).ok());
  mixed.stop = requested();
  EXPECT_TRUE(IsCancelled(FitMixed(rows, data_.design, mixed)));

  MmrmData repeated;
  repeated.response = data_.times;
  repeated.subjects = subjects;
  repeated.visits = visits;
  repeated.visit_levels = repeated.visit_names = {"a", "b", "c"};
  repeated.covariates = data_.design;
  MmrmOptions options;
  options.fallbacks = {VisitCovariance::kAutoregressive};
  options.stop = waiting();
  EXPECT_TRUE(FitMmrm(repeated, options).ok());
  options.stop = requested();
  EXPECT_TRUE(IsCancelled(FitMmrm(repeated, options)));
}

}  // namespace
}  // namespace enthesis::stats
