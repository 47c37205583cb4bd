#include "stats/kaplan_meier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "stats/distributions.h"
#include "stats/event_table.h"
#include "support/naive.h"

namespace enthesis::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kExact = 1e-14;

EventTable Tabulated(const std::vector<EventRow>& rows) {
  const auto table = TabulateEvents(rows, 1);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *table : EventTable();
}

KaplanMeierCurve Curve(const EventTable& table,
                       const KaplanMeierOptions& options = {}) {
  const auto curve = EstimateKaplanMeier(table, options);
  EXPECT_TRUE(curve.ok()) << curve.status();
  return curve.ok() ? *curve : KaplanMeierCurve();
}

KaplanMeierCurve CurveOf(const std::vector<EventRow>& rows,
                         IntervalTransform transform) {
  KaplanMeierOptions options;
  options.transform = transform;
  return Curve(Tabulated(rows), options);
}

std::vector<EventRow> SixRows() {
  return {{.time = 1, .cause = 1},
          {.time = 2, .cause = 1},
          {.time = 2},
          {.time = 3},
          {.time = 4, .cause = 1},
          {.time = 5}};
}

// Six subjects: events at 1, 2, 4; censored at 2, 3, 5. At risk 6, 5, 2.
//   S(1) = 5/6, S(2) = 5/6 * 4/5 = 2/3, S(4) = 2/3 * 1/2 = 1/3
//   Greenwood at 4: 1/(6*5) + 1/(5*4) + 1/(2*1) = 35/60 = 7/12
//   Nelson-Aalen at 4: 1/6 + 1/5 + 1/2 = 13/15
TEST(KaplanMeier, TiedEventAndCensoring) {
  const KaplanMeierCurve curve = CurveOf(SixRows(), IntervalTransform::kPlain);
  ASSERT_EQ(curve.points.size(), 5u);
  EXPECT_EQ(curve.n, 6);
  EXPECT_EQ(curve.events, 3);
  EXPECT_NEAR(curve.points[0].survival, 5.0 / 6, kExact);
  EXPECT_NEAR(curve.points[1].survival, 2.0 / 3, kExact);
  EXPECT_EQ(curve.points[1].censored, 1);
  EXPECT_EQ(curve.points[2].survival, curve.points[1].survival);
  const SurvivalPoint& last = curve.points[3];
  EXPECT_EQ(last.at_risk, 2);
  EXPECT_NEAR(last.survival, 1.0 / 3, kExact);
  EXPECT_NEAR(last.cumulative_hazard, 13.0 / 15, kExact);
  EXPECT_NEAR(last.std_error.value(), std::sqrt(7.0 / 12) / 3, kExact);
  EXPECT_EQ(curve.median.estimate, 4);
}

// At 4 of the same six, with v = 7/12 and z = 2:
//   plain 1/3 -+ 2 sqrt(v)/3; log exp(log(1/3) -+ 2 sqrt(v));
//   log-log (1/3)^exp(+-2 sqrt(v) / log 3).
TEST(KaplanMeier, LimitsOnThreeScales) {
  KaplanMeierOptions options;
  options.conf_level = 1 - 2 * NormalUpperTail(2);
  const double reach = 2 * std::sqrt(7.0 / 12);
  const EventTable table = Tabulated(SixRows());

  options.transform = IntervalTransform::kPlain;
  SurvivalPoint point = Curve(table, options).points[3];
  EXPECT_EQ(point.lower, 0);  // 1/3 - 0.51, cut at 0
  EXPECT_NEAR(point.upper.value(), (1 + reach) / 3, 1e-13);

  options.transform = IntervalTransform::kLog;
  point = Curve(table, options).points[3];
  EXPECT_NEAR(point.lower.value(), std::exp(-reach) / 3, 1e-13);
  EXPECT_EQ(point.upper, 1);  // e^1.53 / 3, cut at 1

  options.transform = IntervalTransform::kLogLog;
  point = Curve(table, options).points[3];
  const double factor = std::exp(reach / std::log(3.0));
  EXPECT_NEAR(point.lower.value(), std::pow(1.0 / 3, factor), 1e-13);
  EXPECT_NEAR(point.upper.value(), std::pow(1.0 / 3, 1 / factor), 1e-13);
}

// The same point on two more scales: odds 1/2 times e^(-+ 2 sqrt(v) / (2/3));
// sin^2 of asin(sqrt(1/3)) -+ sqrt(v) sqrt(1/2).
TEST(KaplanMeier, LimitsOnLogitAndArcsin) {
  KaplanMeierOptions options;
  options.conf_level = 1 - 2 * NormalUpperTail(2);
  const double reach = 2 * std::sqrt(7.0 / 12);
  const EventTable table = Tabulated(SixRows());

  options.transform = IntervalTransform::kLogit;
  SurvivalPoint point = Curve(table, options).points[3];
  const double factor = std::exp(1.5 * reach);
  EXPECT_NEAR(point.lower.value(), 1 / (1 + 2 * factor), 1e-13);
  EXPECT_NEAR(point.upper.value(), 1 / (1 + 2 / factor), 1e-13);

  options.transform = IntervalTransform::kArcsin;
  point = Curve(table, options).points[3];
  const double angle = std::asin(std::sqrt(1.0 / 3));
  const double half = reach / 2 * std::sqrt(0.5);
  EXPECT_NEAR(point.lower.value(), std::pow(std::sin(angle - half), 2), 1e-13);
  EXPECT_NEAR(point.upper.value(), std::pow(std::sin(angle + half), 2), 1e-13);
}

TEST(KaplanMeier, NoLimitsAtOneOnThreeScales) {
  for (const IntervalTransform transform :
       {IntervalTransform::kLogLog, IntervalTransform::kLogit,
        IntervalTransform::kArcsin}) {
    const SurvivalPoint point = CurveOf({{.time = 1}}, transform).points[0];
    EXPECT_EQ(point.survival, 1);
    EXPECT_EQ(point.std_error, 0);
    EXPECT_FALSE(point.lower.has_value() || point.upper.has_value());
  }
}

// Three of five die at once: 1/5 + 1/4 + 1/3 = 47/60, variance 1/25 + 1/16 +
// 1/9; and 3/5, 3/25 when taken together.
TEST(KaplanMeier, HazardsOfTies) {
  const EventTable table{1, {1}, {3}, {2}, {}};
  KaplanMeierOptions options;
  EXPECT_NEAR(Curve(table, options).points[0].cumulative_hazard, 0.6, kExact);
  EXPECT_NEAR(Curve(table, options).points[0].hazard_std_error,
              std::sqrt(3.0 / 25), kExact);
  options.hazard_ties = HazardTies::kFlemingHarrington;
  options.form = SurvivalForm::kExponentiatedHazard;
  const SurvivalPoint point = Curve(table, options).points[0];
  const double error = std::sqrt(1.0 / 25 + 1.0 / 16 + 1.0 / 9);
  EXPECT_NEAR(point.cumulative_hazard, 47.0 / 60, kExact);
  EXPECT_NEAR(point.hazard_std_error, error, kExact);
  EXPECT_NEAR(point.survival, std::exp(-47.0 / 60), kExact);
  EXPECT_NEAR(point.std_error.value(), point.survival * error, kExact);
}

// 5/2 of 4 die: two whole and half of the third term, 1/4 + 1/3 + 1/2 * 1/2.
TEST(KaplanMeier, HazardOfAFractionOfATie) {
  const EventTable table{1, {1}, {2.5}, {1.5}, {}};
  KaplanMeierOptions options;
  options.hazard_ties = HazardTies::kFlemingHarrington;
  EXPECT_NEAR(Curve(table, options).points[0].cumulative_hazard,
              1.0 / 4 + 1.0 / 3 + 1.0 / 4, kExact);
}

// More ties than are added one by one, against a plain sum.
TEST(KaplanMeier, HazardOfManyTies) {
  for (const double left : {0.0, 1.0, 5000.0, 1e7}) {
    const double d = 200'000;
    const EventTable table{1, {1}, {d}, {left}, {}};
    KaplanMeierOptions options;
    options.hazard_ties = HazardTies::kFlemingHarrington;
    const SurvivalPoint point = Curve(table, options).points[0];
    double hazard = 0;
    double variance = 0;
    for (double i = left + d; i > left; --i) {
      hazard += 1 / i;
      variance += 1 / (i * i);
    }
    EXPECT_NEAR(point.cumulative_hazard / hazard, 1, 1e-12) << left;
    EXPECT_NEAR(point.hazard_std_error / std::sqrt(variance), 1, 1e-12) << left;
  }
}

// Survival is 1/2 on [2, 3): the median is the middle.
TEST(KaplanMeier, MedianOfAFlatPieceIsItsMiddle) {
  const KaplanMeierCurve curve = CurveOf({{.time = 1, .cause = 1},
                                          {.time = 2, .cause = 1},
                                          {.time = 3, .cause = 1},
                                          {.time = 4}},
                                         IntervalTransform::kLogLog);
  EXPECT_EQ(curve.median.estimate, 2.5);
}

// The last flat piece ends with the last observation, an event or not.
TEST(KaplanMeier, MedianOfTheLastFlatPiece) {
  const KaplanMeierCurve curve = CurveOf({{.time = 1, .cause = 1},
                                          {.time = 2, .cause = 1},
                                          {.time = 6},
                                          {.time = 9}},
                                         IntervalTransform::kLogLog);
  EXPECT_EQ(curve.median.estimate, 5.5);
}

// 3/7 of 7 by steps is 1/2 of 6/7 only up to rounding: still a tie.
TEST(KaplanMeier, MedianToleratesRounding) {
  std::vector<EventRow> rows;
  for (int i = 1; i <= 10; ++i) {
    rows.push_back({.time = static_cast<double>(i), .cause = 1});
  }
  EXPECT_EQ(CurveOf(rows, IntervalTransform::kLogLog).median.estimate, 5.5);
}

TEST(KaplanMeier, QuantileNotReachedIsAbsent) {
  const KaplanMeierCurve curve = CurveOf(SixRows(), IntervalTransform::kLogLog);
  EXPECT_FALSE(SurvivalQuantile(curve, 0.9).estimate.has_value());
  EXPECT_FALSE(SurvivalQuantile(curve, -0.1).estimate.has_value());
  EXPECT_FALSE(SurvivalQuantile(curve, kNaN).lower.has_value());
  EXPECT_EQ(SurvivalQuantile(curve, 0).estimate, 0);
}

// quantile(survfit(Surv(t, e) ~ 1), c(0, 1)) of survival 3.5-3, whose default
// scale is log: absent is NA.
TEST(KaplanMeier, QuantilesOfNobodyAndOfAllEqualR) {
  struct Case {
    std::vector<EventRow> rows;
    std::optional<double> zero, zero_lower, zero_upper, one;
  };
  const std::optional<double> absent;
  const Case cases[] = {
      {{{.time = 1, .cause = 1},
        {.time = 2, .cause = 1},
        {.time = 4, .cause = 1}},
       0,
       0,
       0,
       4},
      {{{.time = 1},
        {.time = 2, .cause = 1},
        {.time = 3, .cause = 1},
        {.time = 4}},
       0,
       0,
       absent,
       absent},
      {{{.time = 1, .cause = 1},
        {.time = 2},
        {.time = 3},
        {.time = 4, .cause = 1}},
       0,
       0,
       0,
       4},
      {{{.time = 2, .cause = 1}, {.time = 2, .cause = 1}}, 0, 0, 0, 2},
      {{{.time = 1}, {.time = 2}, {.time = 3}}, absent, absent, absent, absent},
  };
  for (const Case& one : cases) {
    const KaplanMeierCurve curve = CurveOf(one.rows, IntervalTransform::kLog);
    const TimeQuantile none = SurvivalQuantile(curve, 0);
    EXPECT_EQ(none.estimate, one.zero);
    EXPECT_EQ(none.lower, one.zero_lower);
    EXPECT_EQ(none.upper, one.zero_upper);
    const TimeQuantile all = SurvivalQuantile(curve, 1);
    EXPECT_EQ(all.estimate, one.one);
    EXPECT_FALSE(all.lower.has_value());
    EXPECT_FALSE(all.upper.has_value());
  }
}

TEST(KaplanMeier, MiddleOfHugeTimesIsFinite) {
  const KaplanMeierCurve curve =
      CurveOf({{.time = 1e308, .cause = 1}, {.time = 1.5e308, .cause = 1}},
              IntervalTransform::kLogLog);
  EXPECT_EQ(curve.median.estimate, 1.25e308);
}

TEST(KaplanMeier, AskedTimes) {
  const KaplanMeierCurve curve = CurveOf(SixRows(), IntervalTransform::kLogLog);
  const double inf = std::numeric_limits<double>::infinity();
  const auto points = SurvivalAt(curve, {2.5, 0, 2, 5, 5.01, kNaN, inf});
  ASSERT_TRUE(points[0].has_value());
  EXPECT_EQ(points[0]->time, 2.5);
  EXPECT_EQ(points[0]->at_risk, 3);
  EXPECT_EQ(points[0]->events, 0);
  EXPECT_EQ(points[0]->censored, 0);
  EXPECT_NEAR(points[0]->survival, 2.0 / 3, kExact);
  EXPECT_EQ(points[1]->at_risk, 6);
  EXPECT_EQ(points[1]->survival, 1);
  EXPECT_EQ(points[1]->std_error, 0);
  EXPECT_EQ(points[1]->lower, 1);
  EXPECT_EQ(points[2]->events, 1);
  EXPECT_EQ(points[2]->censored, 1);
  EXPECT_EQ(points[3]->at_risk, 1);
  EXPECT_FALSE(points[4].has_value());
  EXPECT_FALSE(points[5].has_value());
  EXPECT_FALSE(points[6].has_value());
}

TEST(KaplanMeier, BeyondTheEndOfACurveAtZero) {
  const KaplanMeierCurve curve =
      CurveOf({{.time = 3, .cause = 1}}, IntervalTransform::kLogLog);
  const auto point = SurvivalAt(curve, {100})[0];
  ASSERT_TRUE(point.has_value());
  EXPECT_EQ(point->survival, 0);
  EXPECT_EQ(point->at_risk, 0);
  EXPECT_EQ(point->events, 0);
  EXPECT_FALSE(point->std_error.has_value());
}

TEST(KaplanMeier, TimesWithoutCountsAreNoObservation) {
  const EventTable table{1, {1, 2, 7}, {1, 0, 0}, {0, 1, 0}, {}};
  const KaplanMeierCurve curve = Curve(table);
  EXPECT_EQ(curve.points.size(), 3u);
  EXPECT_TRUE(SurvivalAt(curve, {2})[0].has_value());
  EXPECT_FALSE(SurvivalAt(curve, {3})[0].has_value());
  EXPECT_EQ(curve.median.estimate, 1.5);
}

TEST(KaplanMeier, ScaledTimesScaleQuantilesOnly) {
  std::vector<EventRow> rows = naive::RandomRows(3, 80, 1, 50, false);
  const KaplanMeierCurve days = Curve(Tabulated(rows));
  for (EventRow& row : rows) row.time *= 8;
  const KaplanMeierCurve scaled = Curve(Tabulated(rows));
  ASSERT_EQ(scaled.points.size(), days.points.size());
  for (size_t i = 0; i < days.points.size(); ++i) {
    EXPECT_EQ(scaled.points[i].survival, days.points[i].survival);
    EXPECT_EQ(scaled.points[i].lower, days.points[i].lower);
  }
  EXPECT_EQ(scaled.median.estimate.value(), 8 * days.median.estimate.value());
  EXPECT_EQ(scaled.median.lower.value(), 8 * days.median.lower.value());
}

TEST(KaplanMeier, MergedPartsEqualTheWhole) {
  const auto rows = naive::RandomRows(4, 90, 1, 30, false);
  const std::vector<EventRow> a(rows.begin(), rows.begin() + 40);
  const std::vector<EventRow> b(rows.begin() + 40, rows.end());
  const KaplanMeierCurve whole = Curve(Tabulated(rows));
  const KaplanMeierCurve merged = Curve(Merge(Tabulated(a), Tabulated(b)));
  ASSERT_EQ(merged.points.size(), whole.points.size());
  for (size_t i = 0; i < whole.points.size(); ++i) {
    EXPECT_EQ(merged.points[i].survival, whole.points[i].survival);
    EXPECT_EQ(merged.points[i].std_error, whole.points[i].std_error);
    EXPECT_EQ(merged.points[i].upper, whole.points[i].upper);
  }
}

TEST(KaplanMeier, LimitsHoldTheEstimate) {
  for (const auto transform :
       {IntervalTransform::kLogLog, IntervalTransform::kLog,
        IntervalTransform::kPlain}) {
    const KaplanMeierCurve curve =
        CurveOf(naive::RandomRows(6, 50, 1, 20, false), transform);
    for (const SurvivalPoint& point : curve.points) {
      if (!point.lower.has_value()) continue;
      EXPECT_LE(*point.lower, point.survival);
      EXPECT_GE(*point.upper, point.survival);
      EXPECT_GE(*point.lower, 0);
      EXPECT_LE(*point.upper, 1);
    }
  }
}

TEST(KaplanMeier, AllCensored) {
  const std::vector<EventRow> rows = {{.time = 1}, {.time = 2}};
  const KaplanMeierCurve curve = CurveOf(rows, IntervalTransform::kLogLog);
  EXPECT_EQ(curve.points[1].survival, 1);
  EXPECT_EQ(curve.points[1].std_error, 0);
  EXPECT_FALSE(curve.points[1].lower.has_value());
  EXPECT_FALSE(curve.median.estimate.has_value());
  EXPECT_EQ(CurveOf(rows, IntervalTransform::kLog).points[1].lower, 1);
  EXPECT_EQ(CurveOf(rows, IntervalTransform::kPlain).points[1].upper, 1);
}

TEST(KaplanMeier, AllTiedAtOneEventTime) {
  for (const auto transform :
       {IntervalTransform::kLogLog, IntervalTransform::kLog,
        IntervalTransform::kPlain}) {
    const KaplanMeierCurve curve =
        CurveOf({{.time = 7, .cause = 1}, {.time = 7, .cause = 1}}, transform);
    EXPECT_EQ(curve.points[0].survival, 0);
    EXPECT_FALSE(curve.points[0].std_error.has_value());
    EXPECT_FALSE(curve.points[0].lower.has_value());
    EXPECT_FALSE(curve.points[0].upper.has_value());
    EXPECT_EQ(curve.median.estimate, 7);
    EXPECT_FALSE(curve.median.upper.has_value());
  }
}

TEST(KaplanMeier, OneSubject) {
  EXPECT_EQ(CurveOf({{.time = 0, .cause = 1}}, IntervalTransform::kLogLog)
                .points[0]
                .survival,
            0);
  EXPECT_EQ(
      CurveOf({{.time = 0}}, IntervalTransform::kLogLog).points[0].survival, 1);
}

TEST(KaplanMeier, OneEventAmongAMillion) {
  EventTable table{1, {10, 20}, {1, 0}, {0, 999999}, {}};
  const SurvivalPoint point = Curve(table).points[0];
  EXPECT_NEAR(1 - point.survival, 1e-6, 1e-16);
  EXPECT_LT(*point.lower, point.survival);
  EXPECT_GT(*point.upper, point.survival);
}

// An early risk set of one that empties takes survival to 0 for good.
TEST(KaplanMeier, LateEntriesAfterAnEmptiedRiskSet) {
  const KaplanMeierCurve curve = CurveOf({{.time = 1, .cause = 1},
                                          {.time = 9, .cause = 1, .entry = 4},
                                          {.time = 9, .entry = 4}},
                                         IntervalTransform::kLogLog);
  EXPECT_EQ(curve.points.back().survival, 0);
  EXPECT_NEAR(curve.points.back().cumulative_hazard, 1.5, kExact);
  EXPECT_FALSE(curve.points.back().std_error.has_value());
}

TEST(KaplanMeier, RefusesWhatItCannotAnswer) {
  const EventTable two_causes{2, {1}, {1, 0}, {0}, {}};
  EXPECT_EQ(EstimateKaplanMeier(two_causes).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(EstimateKaplanMeier(EventTable()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  for (const double level : {0.0, 1.0, -1.0, 2.0, kNaN}) {
    KaplanMeierOptions options;
    options.conf_level = level;
    EXPECT_EQ(
        EstimateKaplanMeier(Tabulated(SixRows()), options).status().code(),
        absl::StatusCode::kInvalidArgument);
  }
}

TEST(KaplanMeier, EmptyCurveAnswersNothing) {
  const KaplanMeierCurve none;
  EXPECT_FALSE(SurvivalAt(none, {1})[0].has_value());
  EXPECT_FALSE(SurvivalQuantile(none, 0.5).estimate.has_value());
}

}  // namespace
}  // namespace enthesis::stats
