#include "stats/cumulative_incidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "stats/distributions.h"
#include "stats/event_table.h"
#include "stats/kaplan_meier.h"
#include "support/naive.h"

namespace enthesis::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kExact = 1e-14;

EventTable Tabulated(const std::vector<EventRow>& rows, int n_causes) {
  const auto table = TabulateEvents(rows, n_causes);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *table : EventTable();
}

CumulativeIncidence Curve(const EventTable& table,
                          const IncidenceOptions& options = {}) {
  const auto curve = EstimateCumulativeIncidence(table, options);
  EXPECT_TRUE(curve.ok()) << curve.status();
  return curve.ok() ? *curve : CumulativeIncidence();
}

EventTable FourSubjects() {
  return Tabulated({{.time = 1, .cause = 1},
                    {.time = 2, .cause = 2},
                    {.time = 3},
                    {.time = 4, .cause = 1}},
                   2);
}

// Events of cause 1 at 1 and 4, of cause 2 at 2; censored at 3. S: 3/4, 1/2,
// 1/2, 0.
//   F1(1) = 1/4, F1(4) = 1/4 + 1/2 * 1/1 = 3/4, F2(2) = 3/4 * 1/3 = 1/4
//   var F1(1) = 1/16
//   var F2(2) = (1/3)^2 * 1/16 + (3/4)^2 * 1/9 = 1/144 + 9/144 = 5/72
//   var F1(4) = (1 - (1/2)/(3/4))^2 * 1/16 + ((1/2)/(1/2))^2 * 1/16 + 1/4
//             = 1/144 + 9/144 + 36/144 = 23/72
TEST(CumulativeIncidence, TwoCausesByHand) {
  const CumulativeIncidence curve = Curve(FourSubjects());
  EXPECT_EQ(curve.n, 4);
  ASSERT_EQ(curve.causes.size(), 2u);
  const auto& first = curve.causes[0];
  const auto& second = curve.causes[1];
  EXPECT_NEAR(first[0].incidence, 1.0 / 4, kExact);
  EXPECT_NEAR(first[0].std_error.value(), 1.0 / 4, kExact);
  EXPECT_EQ(first[1].events, 0);
  EXPECT_NEAR(first[3].incidence, 3.0 / 4, kExact);
  EXPECT_NEAR(first[3].std_error.value(), std::sqrt(23.0 / 72), kExact);
  EXPECT_EQ(second[0].incidence, 0);
  EXPECT_EQ(second[0].std_error, 0);
  EXPECT_FALSE(second[0].lower.has_value());
  EXPECT_NEAR(second[1].incidence, 1.0 / 4, kExact);
  EXPECT_NEAR(second[1].std_error.value(), std::sqrt(5.0 / 72), kExact);
  EXPECT_EQ(second[3].std_error, second[1].std_error);
}

// F2(2) = 1/4 with se = sqrt(5/72), z = 1, so r = se / (3/4):
//   log: 1 - 3/4 exp(+-r); log-log: 1 - (3/4)^exp(-+r / log(4/3)).
TEST(CumulativeIncidence, LimitsOnThreeScales) {
  IncidenceOptions options;
  options.conf_level = 1 - 2 * NormalUpperTail(1);
  const double se = std::sqrt(5.0 / 72);
  const double r = se / 0.75;
  options.transform = IntervalTransform::kPlain;
  IncidencePoint point = Curve(FourSubjects(), options).causes[1][1];
  EXPECT_EQ(point.lower, 0);
  EXPECT_NEAR(point.upper.value(), 0.25 + se, 1e-13);
  options.transform = IntervalTransform::kLog;
  point = Curve(FourSubjects(), options).causes[1][1];
  EXPECT_EQ(point.lower, 0);
  EXPECT_NEAR(point.upper.value(), 1 - 0.75 * std::exp(-r), 1e-13);
  options.transform = IntervalTransform::kLogLog;
  point = Curve(FourSubjects(), options).causes[1][1];
  const double factor = std::exp(r / std::log(4.0 / 3));
  EXPECT_NEAR(point.lower.value(), 1 - std::pow(0.75, 1 / factor), 1e-13);
  EXPECT_NEAR(point.upper.value(), 1 - std::pow(0.75, factor), 1e-13);
}

TEST(CumulativeIncidence, CausesAndSurvivalFillTheWhole) {
  const auto rows = naive::RandomRows(7, 200, 3, 60, false);
  const EventTable table = Tabulated(rows, 3);
  const CumulativeIncidence curve = Curve(table);
  const auto survival = EstimateKaplanMeier(CollapseCauses(table, -1));
  ASSERT_TRUE(survival.ok()) << survival.status();
  for (size_t i = 0; i < table.times.size(); ++i) {
    double sum = survival->points[i].survival;
    for (const auto& cause : curve.causes) sum += cause[i].incidence;
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

// With one cause 1 - F is Kaplan-Meier; without ties so is the variance, but
// for Greenwood's n (n - d) in place of n^2: compare the estimate only.
TEST(CumulativeIncidence, OneCauseIsKaplanMeier) {
  const EventTable table =
      Tabulated(naive::RandomRows(11, 100, 1, 30, true), 1);
  const CumulativeIncidence curve = Curve(table);
  const auto survival = EstimateKaplanMeier(table);
  ASSERT_TRUE(survival.ok()) << survival.status();
  for (size_t i = 0; i < table.times.size(); ++i) {
    EXPECT_NEAR(curve.causes[0][i].incidence, 1 - survival->points[i].survival,
                1e-13);
  }
}

TEST(CumulativeIncidence, RelabelledCausesSwap) {
  auto rows = naive::RandomRows(12, 100, 2, 30, false);
  const CumulativeIncidence curve = Curve(Tabulated(rows, 2));
  for (EventRow& row : rows) {
    if (row.cause > 0) row.cause = 3 - row.cause;
  }
  const CumulativeIncidence swapped = Curve(Tabulated(rows, 2));
  for (size_t i = 0; i < curve.causes[0].size(); ++i) {
    EXPECT_EQ(swapped.causes[1][i].incidence, curve.causes[0][i].incidence);
    EXPECT_EQ(swapped.causes[1][i].std_error, curve.causes[0][i].std_error);
  }
}

TEST(CumulativeIncidence, LimitsHoldTheEstimate) {
  const EventTable table =
      Tabulated(naive::RandomRows(13, 60, 2, 25, false), 2);
  for (const auto transform :
       {IntervalTransform::kLogLog, IntervalTransform::kLog,
        IntervalTransform::kPlain}) {
    IncidenceOptions options;
    options.transform = transform;
    const CumulativeIncidence curve = Curve(table, options);
    for (const auto& cause : curve.causes) {
      for (const IncidencePoint& point : cause) {
        if (!point.lower.has_value()) continue;
        EXPECT_LE(*point.lower, point.incidence);
        EXPECT_GE(*point.upper, point.incidence);
        EXPECT_GE(*point.lower, 0);
        EXPECT_LE(*point.upper, 1);
      }
    }
  }
}

TEST(CumulativeIncidence, AskedTimes) {
  const CumulativeIncidence curve = Curve(FourSubjects());
  const auto points = IncidenceAt(curve, 0, {0.5, 1, 2.5, 4, 4.5, kNaN});
  EXPECT_EQ(points[0]->incidence, 0);
  EXPECT_EQ(points[0]->at_risk, 4);
  EXPECT_EQ(points[0]->upper, 0);
  EXPECT_EQ(points[1]->events, 1);
  EXPECT_EQ(points[2]->time, 2.5);
  EXPECT_EQ(points[2]->events, 0);
  EXPECT_EQ(points[2]->at_risk, 2);
  EXPECT_NEAR(points[2]->incidence, 0.25, kExact);
  EXPECT_NEAR(points[3]->incidence, 0.75, kExact);
  EXPECT_FALSE(points[4].has_value());
  EXPECT_FALSE(points[5].has_value());
  EXPECT_FALSE(IncidenceAt(curve, 2, {1})[0].has_value());
  EXPECT_FALSE(IncidenceAt(curve, -1, {1})[0].has_value());
}

TEST(CumulativeIncidence, FirstTimeAtALevel) {
  const CumulativeIncidence curve = Curve(FourSubjects());
  EXPECT_EQ(FirstTimeAtIncidence(curve, 0, 0.25), 1);
  EXPECT_EQ(FirstTimeAtIncidence(curve, 0, 0.26), 4);
  EXPECT_EQ(FirstTimeAtIncidence(curve, 0, 0), 0);
  EXPECT_FALSE(FirstTimeAtIncidence(curve, 0, 0.8).has_value());
  EXPECT_FALSE(FirstTimeAtIncidence(curve, 0, kNaN).has_value());
  EXPECT_FALSE(FirstTimeAtIncidence(curve, 5, 0.1).has_value());
}

TEST(CumulativeIncidence, NoEvents) {
  const CumulativeIncidence curve = Curve(Tabulated({{.time = 2}}, 2));
  EXPECT_EQ(curve.causes[1][0].incidence, 0);
  EXPECT_EQ(curve.causes[1][0].std_error, 0);
  EXPECT_FALSE(curve.causes[1][0].upper.has_value());
}

// One event of one subject: cmprsk gives incidence 1 with variance 1.
TEST(CumulativeIncidence, OneSubject) {
  IncidenceOptions options;
  options.transform = IntervalTransform::kPlain;
  const EventTable table = Tabulated({{.time = 2, .cause = 1}}, 1);
  const IncidencePoint point = Curve(table, options).causes[0][0];
  EXPECT_EQ(point.incidence, 1);
  EXPECT_EQ(point.std_error, 1);
  EXPECT_EQ(point.lower, 0);
  EXPECT_EQ(point.upper, 1);
  EXPECT_FALSE(Curve(table).causes[0][0].upper.has_value());
}

TEST(CumulativeIncidence, AllTied) {
  const CumulativeIncidence curve = Curve(Tabulated({{.time = 2, .cause = 1},
                                                     {.time = 2, .cause = 1},
                                                     {.time = 2, .cause = 2},
                                                     {.time = 2, .cause = 2}},
                                                    2));
  EXPECT_EQ(curve.causes[0][0].incidence, 0.5);
  // 2/16 * (4 - 2)/(4 - 1) = 1/12
  EXPECT_NEAR(curve.causes[0][0].std_error.value(), std::sqrt(1.0 / 12),
              kExact);
}

TEST(CumulativeIncidence, RefusesWhatItCannotAnswer) {
  EXPECT_EQ(EstimateCumulativeIncidence(EventTable()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(EstimateCumulativeIncidence({1, {1}, {}, {0}, {}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  IncidenceOptions options;
  options.conf_level = 1;
  EXPECT_EQ(
      EstimateCumulativeIncidence(FourSubjects(), options).status().code(),
      absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace enthesis::stats
