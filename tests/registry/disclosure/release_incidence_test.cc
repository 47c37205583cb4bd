#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/disclosure/release.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kMinimum = 11;

analysis::IncidencePoint RiskPoint(int32_t day, int64_t at_risk) {
  return {day, at_risk, 1, 0.2, 0.05, 0.1, 0.3, Absence::kNone};
}

// Of the second cause one event on day 150, when 10 are at risk.
analysis::IncidenceCurve TwoCauses(int64_t n) {
  analysis::IncidenceCurve curve;
  curve.group = {{model::Dimension::kSex, "female"}};
  curve.n = n;
  curve.causes = {{"reoperation",
                   3,
                   {RiskPoint(90, 30), RiskPoint(180, 30)},
                   {RiskPoint(30, n), RiskPoint(170, 40)}},
                  {"death", 1, {RiskPoint(90, 30)}, {RiskPoint(150, 10)}}};
  return curve;
}

analysis::IncidenceAnswer IncidenceOf(const std::vector<int64_t>& sizes,
                                      int64_t smallest) {
  analysis::IncidenceAnswer answer;
  answer.provenance.n_cases = 200;
  answer.provenance.exclusions = {{"NO_OSTEOTOMY", 60}};
  for (const int64_t n : sizes) answer.curves.push_back(TwoCauses(n));
  answer.tests.causes = {{"reoperation", "gray", 3.5, 0.06, 1, Absence::kNone},
                         {"death", "gray", {}, {}, 0, Absence::kUndefined}};
  answer.tests.smallest_compared = smallest;
  return answer;
}

TEST(ReleaseIncidence, EveryCauseEndsWhereTooFewAreAtRisk) {
  const auto released = Release(IncidenceOf({60}, 60), {kMinimum});
  ASSERT_TRUE(released.ok());
  const auto& causes = released->answer().curves[0].causes;
  EXPECT_THAT(causes[0].points, SizeIs(1));  // day 170 is after the cut
  EXPECT_THAT(causes[1].points, IsEmpty());
  EXPECT_TRUE(causes[0].at[0].incidence.has_value());
  EXPECT_FALSE(causes[0].at[1].incidence || causes[0].at[1].at_risk);
  EXPECT_EQ(causes[0].at[1].absence, Absence::kSuppressed);
  EXPECT_EQ(causes[0].at[1].day, 180);
  EXPECT_EQ(released->answer().provenance.exclusions[0].n, 60);
}

TEST(ReleaseIncidence, OfASmallGroupTheNamesOfItsCauses) {
  const auto released = Release(IncidenceOf({60, 10}, 60), {kMinimum});
  ASSERT_TRUE(released.ok());
  const analysis::IncidenceCurve& small = released->answer().curves[1];
  EXPECT_FALSE(small.n.has_value());
  EXPECT_EQ(small.absence, Absence::kSuppressed);
  EXPECT_EQ(small.causes[1].cause, "death");
  EXPECT_FALSE(small.causes[0].events || small.causes[1].events);
  EXPECT_FALSE(small.causes[0].at[0].incidence.has_value());
  EXPECT_THAT(small.causes[0].points, IsEmpty());
  // The cases left out would tell its size.
  EXPECT_FALSE(released->answer().provenance.exclusions[0].n.has_value());
}

TEST(ReleaseIncidence, TestsRestOnGroupsLargeEnough) {
  for (const int64_t smallest : {int64_t{10}, int64_t{11}}) {
    const auto released = Release(IncidenceOf({60, 60}, smallest), {kMinimum});
    const analysis::GrayTests& tests = released->answer().tests;
    const bool shown = smallest >= kMinimum;
    EXPECT_EQ(tests.causes[0].chi_square.has_value(), shown);
    EXPECT_EQ(tests.causes[0].p_value.has_value(), shown);
    EXPECT_EQ(tests.causes[1].df.has_value(), shown);
    EXPECT_EQ(tests.causes[0].cause, "reoperation");
    EXPECT_EQ(tests.causes[0].absence,
              shown ? Absence::kNone : Absence::kSuppressed);
    EXPECT_EQ(tests.smallest_compared, 0);
  }
}

TEST(ReleaseIncidence, ReturnToPlayHasTheSameRule) {
  analysis::ReturnAnswer answer;
  answer.provenance.n_cases = 200;
  answer.tests = IncidenceOf({}, 10).tests;
  for (int i = 0; i < 2; ++i) answer.curves.emplace_back().n = 100;
  const auto released = Release(answer, {kMinimum});
  ASSERT_TRUE(released.ok());
  EXPECT_FALSE(released->answer().tests.causes[0].chi_square.has_value());
  answer.tests.smallest_compared = 11;
  EXPECT_EQ(Release(answer, {kMinimum})->answer().tests.causes[0].chi_square,
            3.5);
  // Of the two groups in it one is not shown.
  analysis::ReturnAnswer one_shown = answer;
  one_shown.curves.pop_back();
  EXPECT_FALSE(Release(one_shown, {kMinimum})
                   ->answer()
                   .tests.causes[0]
                   .chi_square.has_value());
  // Off lets everything pass.
  answer.tests.smallest_compared = 2;
  EXPECT_EQ(
      Release(answer, {std::nullopt})->answer().tests.causes[0].chi_square,
      3.5);
}

}  // namespace
}  // namespace enthesis::disclosure
