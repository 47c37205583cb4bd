// What of a regression may leave.

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "registry/disclosure/release.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::CoxAnswer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kLeast = 11;

CoxAnswer CoxModel() {
  CoxAnswer answer;
  answer.provenance.n_cases = 100;
  answer.provenance.n_synthetic = 0;
  answer.provenance.exclusions = {{"MISSING_COVARIATE", 20, "bmi"}};
  answer.n = 80;
  answer.events = 30;
  answer.dropped = 20;
  analysis::Coefficient coefficient;
  coefficient.name = "sexmale";
  coefficient.covariate = "sex";
  coefficient.level = "male";
  coefficient.estimate = 0.5;
  coefficient.ratio = 1.6;
  answer.coefficients = {coefficient};
  answer.log_likelihood_null = -100.0;
  answer.log_likelihood = -90.0;
  answer.wald = {20.0, 0.01, 1};
  answer.concordance = 0.6;
  answer.proportional_hazards = {{"GLOBAL", {1.0, 0.3, 1}}};
  answer.support = {80, 30, std::nullopt, 1, {{"sex", 11}, {"strata", 20}}};
  return answer;
}

analysis::PredictedPoint PointAt(int32_t day, std::optional<int64_t> at_risk) {
  return {day, at_risk, 0.75, 0.05, 0.625, 0.875, Absence::kNone};
}

CoxAnswer PredictingModel() {
  CoxAnswer answer = CoxModel();
  analysis::Prediction prediction;
  prediction.profile = 1;
  prediction.values = {{"sex", "male"}};
  prediction.at = {PointAt(0, 80), PointAt(90, 11), PointAt(180, 10)};
  prediction.at.push_back({365, 0, {}, {}, {}, {}, Absence::kBeyondFollowUp});
  answer.predictions = {prediction, prediction};
  return answer;
}

TEST(ReleaseRegression, EnoughCasesLeaveWhole) {
  CoxAnswer expected = CoxModel();
  const auto released = Release(expected, {kLeast});
  ASSERT_TRUE(released.ok());
  expected.support = {};
  EXPECT_TRUE(released->answer() == expected);
}

TEST(ReleaseRegression, EachGroundWithholdsTheWholeModel) {
  const std::vector<std::pair<std::function<void(CoxAnswer&)>, std::string>>
      grounds = {
          {[](CoxAnswer& a) { a.support.n = 10; },
           "too few cases in the model"},
          {[](CoxAnswer& a) { a.support.events = 10; }, "too few events"},
          {[](CoxAnswer& a) { a.support.competing = 1; },
           "too few competing events"},
          {[](CoxAnswer& a) { a.support.parts[0].n = 10; },
           "sex: too few cases with one of its values"},
          {[](CoxAnswer& a) { a.support.parts[1].n = 1; },
           "strata: too few cases with one of its values"},
          {[](CoxAnswer& a) { a.support.n = 0; }, "no case has all covariates"},
          {[](CoxAnswer& a) { a.support.n_coefficients = 8; },
           "too many coefficients for the cases in the model"}};
  for (const auto& [change, reason] : grounds) {
    CoxAnswer answer = CoxModel();
    answer.provenance.conventions = {"ties: Efron",
                                     "reference: age_years = 19"};
    change(answer);
    const auto released = Release(answer, {kLeast});
    ASSERT_TRUE(released.ok()) << reason;
    const CoxAnswer& after = released->answer();
    EXPECT_EQ(after.withheld_for, reason);
    EXPECT_EQ(after.absence, Absence::kSuppressed) << reason;
    EXPECT_FALSE(after.n || after.events || after.dropped ||
                 after.log_likelihood || after.log_likelihood_null ||
                 after.concordance || after.wald.chi_square || after.wald.df)
        << reason;
    EXPECT_THAT(after.proportional_hazards, IsEmpty());
    // Nor how many are left out, nor which levels cases have.
    EXPECT_THAT(after.coefficients, IsEmpty());
    EXPECT_FALSE(after.provenance.exclusions[0].n.has_value());
    EXPECT_THAT(after.provenance.conventions, ElementsAre("ties: Efron"));
    EXPECT_EQ(after.support, analysis::ModelSupport());

    const auto open = Release(answer, Policy{std::nullopt});
    EXPECT_EQ(open->answer().n, 80);
    EXPECT_EQ(open->answer().coefficients[0].estimate, 0.5);
    EXPECT_EQ(open->answer().provenance.conventions.size(), 2);
  }
}

TEST(ReleaseRegression, ACurveIsToldWhereEnoughAreAtRisk) {
  const auto released = Release(PredictingModel(), {kLeast});
  ASSERT_TRUE(released.ok());
  ASSERT_EQ(released->answer().predictions.size(), 2u);
  for (const analysis::Prediction& one : released->answer().predictions) {
    EXPECT_EQ(one.at[0], PointAt(0, 80));
    EXPECT_EQ(one.at[1], PointAt(90, 11));
    // Too thin, or ended: the same.
    for (size_t i : {2u, 3u}) {
      analysis::PredictedPoint withheld;
      withheld.day = i == 2 ? 180 : 365;
      withheld.absence = Absence::kSuppressed;
      EXPECT_EQ(one.at[i], withheld);
    }
  }
  EXPECT_EQ(
      Release(PredictingModel(), Policy{std::nullopt})->answer().predictions,
      PredictingModel().predictions);
}

TEST(ReleaseRegression, AWithheldModelPredictsNothing) {
  CoxAnswer answer = PredictingModel();
  answer.support.events = 10;
  EXPECT_THAT(Release(answer, {kLeast})->answer().predictions, IsEmpty());
  analysis::ParametricAnswer times;
  static_cast<analysis::EventModel&>(times) = answer;
  times.provenance = answer.provenance;
  EXPECT_THAT(Release(times, {kLeast})->answer().predictions, IsEmpty());
}

// No one is in none of these groups: nothing is told of anyone.
TEST(ReleaseRegression, ZeroIsNoOne) {
  CoxAnswer answer = CoxModel();
  answer.support.events = 0;
  answer.support.competing = 0;
  answer.support.parts[0].n = 0;
  EXPECT_EQ(Release(answer, {kLeast})->answer().absence, Absence::kNone);
}

// An intercept and its error tell how many cases a model has and how many had
// the event: 76 of 80 cases tell the 4.
TEST(ReleaseRegression, AFewLeftOutWithholdTheWholeModel) {
  CoxAnswer answer = CoxModel();
  answer.provenance.exclusions[0].n = 4;
  answer.n = answer.support.n = 96;
  const auto released = Release(answer, {kLeast});
  const CoxAnswer& after = released->answer();
  EXPECT_FALSE(after.provenance.exclusions[0].n.has_value());
  EXPECT_FALSE(after.n || after.events || after.dropped ||
               after.log_likelihood || after.concordance);
  EXPECT_THAT(after.coefficients, IsEmpty());
  EXPECT_EQ(after.absence, Absence::kSuppressed);
  EXPECT_NE(after.withheld_for, "");
}

// Of two reasons neither is told, and together they are enough.
TEST(ReleaseRegression, AFewLeftOutHideAmongOthers) {
  CoxAnswer answer = CoxModel();
  answer.provenance.exclusions = {{"NOT_FOLLOWED", 16},
                                  {"MISSING_COVARIATE", 4, "bmi"}};
  answer.dropped = 4;
  const CoxAnswer after = Release(answer, {kLeast})->answer();
  EXPECT_EQ(after.absence, Absence::kNone);
  EXPECT_EQ(after.n, 80);
  EXPECT_EQ(after.coefficients[0].estimate, 0.5);
  EXPECT_FALSE(after.dropped.has_value());
  for (const analysis::Exclusion& exclusion : after.provenance.exclusions) {
    EXPECT_FALSE(exclusion.n.has_value());
  }
}

TEST(ReleaseRegression, FineGrayKeepsItsCompetingEventsToItself) {
  analysis::FineGrayAnswer answer;
  static_cast<analysis::HazardModel&>(answer) = CoxModel();
  answer.provenance = CoxModel().provenance;
  answer.competing = answer.support.competing = 12;
  EXPECT_EQ(Release(answer, {kLeast})->answer().competing, 12);
  answer.provenance.exclusions[0].n = 4;
  answer.n = answer.support.n = 96;
  EXPECT_FALSE(Release(answer, {kLeast})->answer().competing.has_value());
  answer.n = answer.support.n = 80;
  answer.provenance.exclusions[0].n = 20;
  answer.competing = answer.support.competing = 10;
  const auto released = Release(answer, {kLeast});
  EXPECT_FALSE(released->answer().competing.has_value());
  EXPECT_EQ(released->answer().absence, Absence::kSuppressed);
}

TEST(ReleaseRegression, ParametricKeepsASmallKindOfEventsToItself) {
  analysis::ParametricAnswer answer;
  static_cast<analysis::EventModel&>(answer) = CoxModel();
  answer.provenance = CoxModel().provenance;
  answer.scale = 0.5;
  answer.log_scale_std_error = 0.1;
  answer.exact = 11;
  answer.known_by_visit = *answer.events - 11;
  EXPECT_EQ(Release(answer, {kLeast})->answer().exact, 11);
  answer.exact = 10;
  answer.known_by_visit = *answer.events - 10;
  auto released = Release(answer, {kLeast});
  EXPECT_EQ(released->answer().events, answer.events);
  EXPECT_FALSE(released->answer().exact.has_value());
  EXPECT_FALSE(released->answer().known_by_visit.has_value());
  EXPECT_EQ(released->answer().scale, 0.5);
  EXPECT_EQ(Release(answer, Policy{std::nullopt})->answer().exact, 10);
  answer.support.events = 10;
  released = Release(answer, {kLeast});
  EXPECT_EQ(released->answer().absence, Absence::kSuppressed);
  EXPECT_FALSE(released->answer().scale.has_value());
  EXPECT_FALSE(released->answer().log_scale_std_error.has_value());
  EXPECT_THAT(released->answer().coefficients, IsEmpty());
}

TEST(ReleaseRegression, AGlmKeepsWhatGrowsWithItsCasesToItself) {
  analysis::GlmAnswer answer;
  static_cast<analysis::EventModel&>(answer) = CoxModel();
  answer.provenance = CoxModel().provenance;
  answer.deviance = 50.0;
  answer.null_deviance = 60.0;
  answer.aic = 54.0;
  answer.discrimination.auc = 0.7;
  answer.discrimination.brier = 0.1;
  answer.theta = 2.0;
  answer.support.parts.push_back({"outcome", 11});
  analysis::GlmAnswer whole = answer;
  whole.support = {};
  EXPECT_TRUE(Release(answer, {kLeast})->answer() == whole);
  answer.provenance.exclusions[0].n = 4;
  auto released = Release(answer, {kLeast})->answer();
  EXPECT_FALSE(released.deviance || released.null_deviance || released.aic ||
               released.n || released.log_likelihood);
  EXPECT_FALSE(released.discrimination.auc.has_value());
  answer.provenance.exclusions[0].n = 20;
  // Those without the outcome are too few.
  answer.support.parts.back().n = 10;
  released = Release(answer, {kLeast})->answer();
  EXPECT_EQ(released.withheld_for,
            "outcome: too few cases with one of its values");
  EXPECT_FALSE(released.discrimination.auc || released.discrimination.brier ||
               released.theta || released.deviance);
  EXPECT_THAT(released.coefficients, IsEmpty());
}

analysis::AncovaAnswer AncovaModel() {
  const analysis::Group open = {{model::Dimension::kApproach, "open"}};
  analysis::AncovaAnswer answer;
  answer.provenance.n_cases = 100;
  answer.provenance.exclusions = {{"NO_VALUE", 20}};
  answer.n = 80;
  answer.dropped = 0;
  answer.coefficients = {CoxModel().coefficients[0]};
  answer.residual_variance = 10.0;
  answer.residual_df = 76.0;
  answer.r_squared = 0.5;
  answer.adjusted_means = {{open, 40, 80.0, 1.0, 78.0, 82.0, Absence::kNone}};
  answer.contrasts = {{open, open, 1.0, 1.0, 1.0, 0.3, -1.0, 3.0}};
  answer.group_test = {2.0, 1.0, 76.0, 0.2};
  answer.support = {80, {}, {}, 4, {{"approach", 11}}};
  return answer;
}

TEST(ReleaseRegression, AncovaLeavesWholeOrNotAtAll) {
  analysis::AncovaAnswer expected = AncovaModel();
  EXPECT_NE(Release(expected, {kLeast})->answer().support, expected.support);
  expected.support = {};
  EXPECT_TRUE(Release(AncovaModel(), {kLeast})->answer() == expected);
  for (const auto& change :
       std::vector<std::function<void(analysis::AncovaAnswer&)>>{
           [](auto& answer) { answer.support.n = 10; },
           [](auto& answer) { answer.support.parts[0].n = 10; },
           [](auto& answer) { answer.support.n_coefficients = 8; },
           // The degrees of freedom would tell it.
           [](auto& answer) { answer.provenance.exclusions[0].n = 4; }}) {
    analysis::AncovaAnswer answer = AncovaModel();
    change(answer);
    const auto released = Release(answer, {kLeast});
    ASSERT_TRUE(released.ok());
    const analysis::AncovaAnswer& after = released->answer();
    EXPECT_NE(after.withheld_for, "");
    EXPECT_EQ(after.absence, Absence::kSuppressed);
    EXPECT_FALSE(after.n || after.dropped || after.residual_variance ||
                 after.residual_df || after.r_squared ||
                 after.group_test.statistic || after.group_test.residual_df);
    EXPECT_THAT(after.contrasts, IsEmpty());
    EXPECT_THAT(after.coefficients, IsEmpty());
    EXPECT_FALSE(after.provenance.exclusions[0].n.has_value());
    EXPECT_FALSE(after.adjusted_means[0].n || after.adjusted_means[0].estimate);
    EXPECT_EQ(after.adjusted_means[0].group[0].value, "open");
    EXPECT_EQ(after.adjusted_means[0].absence, Absence::kSuppressed);
    EXPECT_EQ(Release(answer, Policy{std::nullopt})->answer().n, 80);
  }
}

// How many cases have each value of a covariate, counted in the cases.
int64_t SmallestLevel(const tests::Cases& cases, model::Dimension dimension) {
  std::map<int32_t, int64_t> counts;
  for (const model::Case& record : cases) {
    ++counts[model::ValueOf(dimension, record)];
  }
  counts.erase(0);
  int64_t smallest = static_cast<int64_t>(cases.size());
  for (const auto& [value, n] : counts) smallest = std::min(smallest, n);
  return smallest;
}

TEST(ReleaseRegression, NoReleasedModelRestsOnTooFew) {
  std::mt19937_64 random(20261126);
  int released_models = 0, withheld_models = 0;
  for (int trial = 0; trial < 120; ++trial) {
    SCOPED_TRACE(trial);
    tests::Cases cases;
    const auto n = 20 + random() % 120;
    for (uint64_t i = 0; i < n; ++i) {
      cases.push_back(tests::RandomCase(random));
    }
    const int k = 5 + static_cast<int>(random() % 12);
    const auto dimension = static_cast<model::Dimension>(
        std::vector<int>{4, 7, 10, 15}[random() % 4]);  // known of every case
    model::CoxQuestion question;
    question.endpoint = static_cast<model::Endpoint>(
        std::vector<int>{1, 2, 7, 8}[random() % 4]);
    question.covariates = {
        {std::string(CodeOf(model::kDimensionCodes, dimension)), false, ""},
        {"age_years", false, ""}};
    stats::ThreadPool pool(1);
    const auto answer =
        analysis::Answer(question, *tests::SnapshotOf(cases), pool, {});
    ASSERT_TRUE(answer.ok()) << answer.status();
    int64_t events = 0;
    for (const model::Case& record : cases) {
      events +=
          model::TimeTo(record, question.endpoint).exit == model::Exit::kEvent
              ? 1
              : 0;
    }
    const auto few = [k](int64_t count) { return count > 0 && count < k; };
    const bool allowed =
        !few(static_cast<int64_t>(n)) && !few(events) &&
        !few(SmallestLevel(cases, dimension)) &&
        static_cast<int64_t>(n) >=
            k * static_cast<int64_t>(answer->coefficients.size());
    const auto released = Release(*answer, Policy{k});
    ASSERT_EQ(released.ok(), static_cast<int64_t>(n) >= k);
    if (!released.ok()) continue;
    EXPECT_EQ(released->answer().absence == Absence::kNone, allowed)
        << released->answer().withheld_for;
    ++(allowed ? released_models : withheld_models);
  }
  EXPECT_GT(released_models, 20);
  EXPECT_GT(withheld_models, 20);
}

}  // namespace
}  // namespace enthesis::disclosure
