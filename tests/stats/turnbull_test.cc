#include "stats/turnbull.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stats/interval_times.h"

namespace enthesis::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kOpen = kOpenUpper;
constexpr double kExact = 1e-14;

// Columns that own what IntervalTimes views.
struct Spans {
  std::vector<double> lower, upper, weights;
  IntervalTimes View() const { return {lower, upper, weights}; }
};

TurnbullCurve Estimate(const Spans& spans) {
  const auto curve = EstimateTurnbull(spans.View());
  EXPECT_TRUE(curve.ok()) << curve.status();
  return curve.ok() ? *curve : TurnbullCurve();
}

void ExpectIntervals(const TurnbullCurve& curve,
                     const std::vector<TurnbullInterval>& expected) {
  ASSERT_EQ(curve.intervals.size(), expected.size());
  for (size_t k = 0; k < expected.size(); ++k) {
    EXPECT_EQ(curve.intervals[k].left, expected[k].left) << k;
    EXPECT_EQ(curve.intervals[k].right, expected[k].right) << k;
    EXPECT_NEAR(curve.intervals[k].mass, expected[k].mass, kExact) << k;
  }
  EXPECT_LE(curve.max_violation, 1e-12);
}

// The same bytes.
void ExpectSame(const TurnbullCurve& a, const TurnbullCurve& b) {
  EXPECT_EQ(a.n, b.n);
  EXPECT_EQ(a.log_likelihood, b.log_likelihood);
  EXPECT_EQ(a.max_violation, b.max_violation);
  ASSERT_EQ(a.intervals.size(), b.intervals.size());
  for (size_t k = 0; k < a.intervals.size(); ++k) {
    EXPECT_EQ(a.intervals[k].left, b.intervals[k].left);
    EXPECT_EQ(a.intervals[k].right, b.intervals[k].right);
    EXPECT_EQ(a.intervals[k].mass, b.intervals[k].mass);
  }
}

// By 3; in (1, 5]; after 4; at 4.5. Innermost are a = (1, 3] and b = {4.5}.
// Likelihood a (a + b) b b with a + b = 1: a = 1/3, b = 2/3, value 4/27.
TEST(Turnbull, OneRowOfEachKind) {
  const TurnbullCurve curve =
      Estimate({{0, 1, 4, 4.5}, {3, 5, kOpen, 4.5}, {}});
  EXPECT_EQ(curve.n, 4);
  EXPECT_EQ(curve.n_innermost, 2u);
  EXPECT_NEAR(curve.log_likelihood, std::log(4.0 / 27), kExact);
  ExpectIntervals(curve, {{1, 3, 1.0 / 3}, {4.5, 4.5, 2.0 / 3}});
}

// Each seen once: by 1, after 2, by 3, by 4, after 5. The estimate is the
// isotonic regression of 1, 0, 1, 1, 0: 1/2, 1/2, 2/3, 2/3, 2/3.
TEST(Turnbull, CurrentStatusIsIsotonicRegression) {
  const TurnbullCurve curve =
      Estimate({{0, 2, 0, 0, 5}, {1, kOpen, 3, 4, kOpen}, {}});
  ExpectIntervals(curve,
                  {{0, 1, 1.0 / 2}, {2, 3, 1.0 / 6}, {5, kOpen, 1.0 / 3}});
  EXPECT_NEAR(curve.log_likelihood, std::log(1.0 / 4 * 4 / 27), kExact);
}

// (0, 2], (1, 3], (2, 4]: the last begins where the first ends, yet after it.
// Innermost are a = (1, 2] and b = (2, 3]; likelihood a (a + b) b.
TEST(Turnbull, EndsThatMeetAreApart) {
  const TurnbullCurve curve = Estimate({{0, 1, 2}, {2, 3, 4}, {}});
  ExpectIntervals(curve, {{1, 2, 1.0 / 2}, {2, 3, 1.0 / 2}});
}

// (0, 2], (1, 4], (3, 5], (1, 2], (3, 4] and (2, 3]: a = (1, 2], b = (2, 3],
// c = (3, 4], likelihood a (a + b + c) c a c b: 2/5, 1/5, 2/5.
TEST(Turnbull, RowsOfOneIntervalAreShares) {
  const TurnbullCurve curve =
      Estimate({{0, 1, 3, 1, 3, 2}, {2, 4, 5, 2, 4, 3}, {}});
  ExpectIntervals(curve, {{1, 2, 2.0 / 5}, {2, 3, 1.0 / 5}, {3, 4, 2.0 / 5}});
}

// a = (0, 1], b = (1, 2], c = (2, 3]; seen are a + b and b + c twice, a and c
// once. By symmetry a = c, likelihood (1 - a)^4 a^2 with its optimum at 1/3.
// With a and c seen twice it is (1 - a)^4 a^4: a = c = 1/2, and b has no mass
// though its slope, 4 / (1/2), is that of the others.
TEST(Turnbull, InnermostIntervalAtTheBoundary) {
  Spans spans = {{0, 0, 1, 1, 0, 2}, {2, 2, 3, 3, 1, 3}, {}};
  ExpectIntervals(Estimate(spans),
                  {{0, 1, 1.0 / 3}, {1, 2, 1.0 / 3}, {2, 3, 1.0 / 3}});
  spans.weights = {1, 1, 1, 1, 2, 2};
  const TurnbullCurve curve = Estimate(spans);
  EXPECT_EQ(curve.n_innermost, 3u);
  double ends = 0;
  for (const TurnbullInterval& interval : curve.intervals) {
    if (interval.left != 1) ends += interval.mass;
  }
  EXPECT_NEAR(ends, 1, 1e-6);
  EXPECT_NEAR(curve.log_likelihood, 8 * std::log(0.5), 1e-12);
  EXPECT_LE(curve.max_violation, 1e-9);
}

TEST(Turnbull, BoundsBetweenAndBeyond) {
  const TurnbullCurve curve =
      Estimate({{0, 2, 0, 0, 5}, {1, kOpen, 3, 4, kOpen}, {}});
  const auto at = SurvivalBoundsAt(
      curve,
      std::vector<double>{-1, 0, 0.5, 1, 2, 2.5, 3, 5, 6, 1e300, kNaN, kOpen});
  const std::vector<std::pair<double, double>> expected = {
      {1, 1},       {1, 1},         {0.5, 1},           {0.5, 0.5},
      {0.5, 0.5},   {1.0 / 3, 0.5}, {1.0 / 3, 1.0 / 3}, {1.0 / 3, 1.0 / 3},
      {0, 1.0 / 3}, {0, 1.0 / 3}};
  ASSERT_EQ(at.size(), 12u);
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_TRUE(at[i].has_value()) << i;
    EXPECT_NEAR(at[i]->lower, expected[i].first, kExact) << i;
    EXPECT_NEAR(at[i]->upper, expected[i].second, kExact) << i;
  }
  EXPECT_FALSE(at[10].has_value());
  EXPECT_FALSE(at[11].has_value());
  EXPECT_FALSE(SurvivalBoundsAt(TurnbullCurve(), std::vector<double>{1})[0]);
}

// A left-censored row holds time 0, one that begins after 0 does not.
TEST(Turnbull, EventAtZero) {
  const TurnbullCurve curve = Estimate({{0, 0, 0, 2}, {0, 5, kOpen, 3}, {}});
  // {0} = a, (2, 3] = b; by 5 holds both, after 0 only b: a b b.
  ExpectIntervals(curve, {{0, 0, 1.0 / 3}, {2, 3, 2.0 / 3}});
  EXPECT_NEAR(SurvivalBoundsAt(curve, std::vector<double>{0})[0]->upper,
              2.0 / 3, kExact);
}

TEST(Turnbull, WeightsAreCopies) {
  const Spans weighted = {
      {0, 1, 4, 4, 2}, {3, 5, kOpen, 6, 4.5}, {2, 3, 1, 2, 5}};
  Spans copied;
  for (size_t i = weighted.lower.size(); i-- > 0;) {
    for (int copy = 0; copy < weighted.weights[i]; ++copy) {
      copied.lower.push_back(weighted.lower[i]);
      copied.upper.push_back(weighted.upper[i]);
    }
  }
  ExpectSame(Estimate(weighted), Estimate(copied));
  // A row of weight 0 takes no part, and a common factor changes no mass.
  Spans scaled = weighted;
  for (double& weight : scaled.weights) weight = std::ldexp(weight, -900);
  const TurnbullCurve small = Estimate(scaled), plain = Estimate(weighted);
  ASSERT_EQ(small.intervals.size(), plain.intervals.size());
  for (size_t k = 0; k < small.intervals.size(); ++k) {
    EXPECT_EQ(small.intervals[k].mass, plain.intervals[k].mass);
  }
  Spans more = weighted;
  more.lower.push_back(3.5);
  more.upper.push_back(3.6);
  more.weights.push_back(0);
  ExpectSame(Estimate(weighted), Estimate(more));
}

TEST(Turnbull, GroupsAreApartButTiesAreOfAll) {
  // 3 and 3 + 1e-9 are one time; so the row of group 1 is exact.
  const Spans spans = {{0, 3, 1, 3}, {3, 3, 2, 3 + 1e-9}, {}};
  const auto curves =
      EstimateTurnbullGroups(spans.View(), std::vector<int>{2, 2, 0, 1}, 4);
  ASSERT_TRUE(curves.ok()) << curves.status();
  ASSERT_EQ(curves->size(), 4u);
  ExpectIntervals((*curves)[0], {{1, 2, 1}});
  ExpectIntervals((*curves)[1], {{3, 3, 1}});
  ExpectIntervals((*curves)[2], {{3, 3, 1}});
  EXPECT_EQ((*curves)[3].n, 0);
  EXPECT_TRUE((*curves)[3].intervals.empty());
}

TEST(Turnbull, DegenerateDataAreAnswers) {
  ExpectIntervals(Estimate({{0}, {kOpen}, {}}), {{0, kOpen, 1}});
  ExpectIntervals(Estimate({{3, 7}, {kOpen, kOpen}, {}}), {{7, kOpen, 1}});
  ExpectIntervals(Estimate({{0, 0}, {3, 7}, {}}), {{0, 3, 1}});
  ExpectIntervals(Estimate({{5, 5, 5}, {5, 5, 5}, {}}), {{5, 5, 1}});
  ExpectIntervals(Estimate({{0}, {0}, {}}), {{0, 0, 1}});
  ExpectIntervals(Estimate({{1e-300, 1e300}, {2e-300, kOpen}, {}}),
                  {{1e-300, 1e-300, 0.5}, {1e300, kOpen, 0.5}});
  const TurnbullCurve all =
      Estimate({std::vector<double>(50, 2), std::vector<double>(50, 3), {}});
  ExpectIntervals(all, {{2, 3, 1}});
  EXPECT_EQ(all.log_likelihood, 0);
}

TEST(Turnbull, FaultsAreNamed) {
  const auto message = [](const Spans& spans) {
    const auto curve = EstimateTurnbull(spans.View());
    return std::string(curve.ok() ? "" : curve.status().message());
  };
  EXPECT_EQ(message({{1, 2}, {1}, {}}),
            "the columns of the rows have different lengths");
  EXPECT_EQ(message({{1}, {1}, {1, 1}}),
            "the columns of the rows have different lengths");
  for (const double bad : {-1.0, kNaN, kOpen, -kOpen}) {
    EXPECT_EQ(message({{1, bad}, {1, 2}, {}}),
              "row 1: the lower end must be finite and not negative");
  }
  for (const double bad : {-1.0, kNaN, -kOpen}) {
    EXPECT_EQ(message({{1, 1}, {1, bad}, {}}),
              "row 1: the upper end must not be negative");
  }
  EXPECT_EQ(message({{1, 3}, {1, 2}, {}}),
            "row 1: the upper end must not be below the lower");
  for (const double bad : {-1.0, kNaN, kOpen}) {
    EXPECT_EQ(message({{1, 1}, {1, 2}, {1, bad}}),
              "row 1: the weight must be finite and not negative");
  }
  EXPECT_EQ(message({{1, 1}, {2, 2}, {1e308, 1e308}}),
            "the weights are too large to add up");
  EXPECT_EQ(message({{}, {}, {}}), "there are no subjects");
  EXPECT_EQ(message({{1}, {2}, {0}}), "there are no subjects");
  const Spans one = {{1}, {2}, {}};
  for (const int bad : {-1, 2}) {
    EXPECT_EQ(EstimateTurnbullGroups(one.View(), std::vector<int>{bad}, 2)
                  .status()
                  .code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_FALSE(EstimateTurnbullGroups(one.View(), {}, 0).ok());
  EXPECT_FALSE(
      EstimateTurnbullGroups(one.View(), std::vector<int>{0, 0}, 1).ok());
}

}  // namespace
}  // namespace enthesis::stats
