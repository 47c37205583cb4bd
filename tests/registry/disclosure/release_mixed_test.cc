// What of a mixed model may leave.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/disclosure/release.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::MixedAnswer;
using ::testing::IsEmpty;

constexpr int kLeast = 11;

MixedAnswer MixedModel() {
  MixedAnswer answer;
  answer.provenance.n_cases = 100;
  answer.provenance.n_synthetic = 0;
  answer.provenance.exclusions = {{"NO_VALUE", 20}};
  answer.visits = {model::Visit::k3Months, model::Visit::k6Months};
  answer.n = 80;
  answer.n_measurements = 150;
  answer.dropped = 0;
  answer.fixed_effects.emplace_back().name = "(Intercept)";
  answer.fixed_effects[0].value.estimate = 60;
  answer.residual_variance = 50.0;
  answer.terms = {{"visit", 1, 60.0, 4.0, 0.05}};
  answer.intercept_variance = 20.0;
  answer.site_variance = 5.0;
  answer.singular = false;
  answer.visit_covariance = {70, 20, 20, 70};
  answer.means.emplace_back().n = 75;
  answer.means[0].value.estimate = 60;
  answer.contrasts.emplace_back().value.estimate = 2;
  answer.log_likelihood = -500.0;
  answer.support = {80, {}, {}, 3, {{"visit 3_months", 75}}};
  return answer;
}

TEST(ReleaseMixed, EnoughCasesLeaveWhole) {
  MixedAnswer expected = MixedModel();
  const auto released = Release(expected, {kLeast});
  ASSERT_TRUE(released.ok());
  expected.support = {};
  EXPECT_TRUE(released->answer() == expected);
}

TEST(ReleaseMixed, AVisitOfTooFewWithholdsTheWhole) {
  MixedAnswer answer = MixedModel();
  answer.support.parts[0].n = 10;
  const MixedAnswer released = Release(answer, {kLeast})->answer();
  EXPECT_EQ(released.withheld_for,
            "visit 3_months: too few cases with one of its values");
  EXPECT_EQ(released.absence, Absence::kSuppressed);
  EXPECT_THAT(released.fixed_effects, IsEmpty());
  EXPECT_THAT(released.terms, IsEmpty());
  EXPECT_THAT(released.means, IsEmpty());
  EXPECT_THAT(released.contrasts, IsEmpty());
  EXPECT_THAT(released.visit_covariance, IsEmpty());
  EXPECT_FALSE(released.n || released.n_measurements || released.dropped ||
               released.intercept_variance || released.residual_variance ||
               released.site_variance || released.singular ||
               released.log_likelihood);
  EXPECT_EQ(Release(answer, Policy{std::nullopt})->answer().n, 80);
}

// The means and their errors would tell it.
TEST(ReleaseMixed, AFewLeftOutWithholdTheWhole) {
  MixedAnswer answer = MixedModel();
  answer.provenance.exclusions[0].n = 4;
  const MixedAnswer released = Release(answer, {kLeast})->answer();
  EXPECT_FALSE(released.n || released.n_measurements ||
               released.log_likelihood);
  EXPECT_TRUE(released.means.empty());
  EXPECT_NE(released.withheld_for, "");
}

}  // namespace
}  // namespace enthesis::disclosure
