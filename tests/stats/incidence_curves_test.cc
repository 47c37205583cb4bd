#include "stats/incidence_curves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/cumulative_incidence.h"
#include "stats/event_columns.h"
#include "stats/event_table.h"
#include "stats/gray_test.h"
#include "stats/parallel.h"
#include "support/naive.h"
#include "support/naive_survival.h"

namespace enthesis::stats {
namespace {

using naive::Rows;

IncidenceOptions Jackknife() {
  IncidenceOptions options;
  options.variance = IncidenceVariance::kJackknife;
  return options;
}

CumulativeIncidence CurveOf(const Rows& rows, int n_causes) {
  const auto curves = EstimateIncidenceCurves(naive::ToColumns(rows, {}).View(),
                                              1, n_causes, Jackknife());
  EXPECT_TRUE(curves.ok()) << curves.status();
  return curves.ok() ? curves->curves[0] : CumulativeIncidence();
}

// Sum over rows of (w dF/dw)^2, the derivative by central difference.
double NumericVariance(Rows rows, int cause, double time) {
  constexpr double kStep = 1e-5;
  double variance = 0;
  for (EventRow& row : rows) {
    const double weight = row.weight;
    row.weight = weight + kStep;
    const double up = naive::Incidence(rows, cause, time);
    row.weight = weight - kStep;
    const double down = naive::Incidence(rows, cause, time);
    row.weight = weight;
    const double influence = weight * (up - down) / (2 * kStep);
    variance += influence * influence;
  }
  return variance;
}

TEST(IncidenceCurves, JackknifeIsTheDerivativeByWeights) {
  for (uint64_t seed = 0; seed < 12; ++seed) {
    const bool delayed = seed % 2 == 1;
    Rows rows = naive::RandomRows(seed, 25, 2, 12, delayed);
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i].weight = 0.5 + 0.25 * static_cast<double>(i % 5);
    }
    // Somebody stays to the end: survival does not reach 0.
    rows.push_back({.time = 20});
    const CumulativeIncidence curve = CurveOf(rows, 2);
    for (int cause = 1; cause <= 2; ++cause) {
      for (const IncidencePoint& point :
           curve.causes[static_cast<size_t>(cause) - 1]) {
        EXPECT_NEAR(point.std_error.value(),
                    std::sqrt(NumericVariance(rows, cause, point.time)), 1e-8)
            << absl::StrCat("seed ", seed, " t ", point.time);
      }
    }
  }
}

// Without censoring F is a binomial share: variance F (1 - F) / n.
TEST(IncidenceCurves, JackknifeOfAShareByHand) {
  const CumulativeIncidence curve = CurveOf({{.time = 1, .cause = 1},
                                             {.time = 2, .cause = 2},
                                             {.time = 3, .cause = 1},
                                             {.time = 4, .cause = 2}},
                                            2);
  const auto& first = curve.causes[0];
  EXPECT_NEAR(first[0].std_error.value(), std::sqrt(3.0 / 64), 1e-15);
  EXPECT_NEAR(first[2].std_error.value(), std::sqrt(1.0 / 16), 1e-15);
  EXPECT_NEAR(first[3].std_error.value(), std::sqrt(1.0 / 16), 1e-15);
}

TEST(IncidenceCurves, TablesAndRowsGiveOneAnswer) {
  const Rows rows = naive::RandomRows(3, 150, 3, 30, false);
  const auto table = TabulateEvents(rows, 3);
  ASSERT_TRUE(table.ok());
  const auto from_table = EstimateCumulativeIncidence(*table, Jackknife());
  ASSERT_TRUE(from_table.ok()) << from_table.status();
  const CumulativeIncidence from_rows = CurveOf(rows, 3);
  for (size_t k = 0; k < 3; ++k) {
    for (size_t i = 0; i < table->times.size(); ++i) {
      EXPECT_NEAR(*from_table->causes[k][i].std_error,
                  *from_rows.causes[k][i].std_error, 1e-14);
      EXPECT_EQ(from_table->causes[k][i].incidence,
                from_rows.causes[k][i].incidence);
    }
  }
}

TEST(IncidenceCurves, SameBytesForAnyOrder) {
  Rows rows = naive::RandomRows(9, 300000, 2, 900, true);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].weight = 0.1 + static_cast<double>(i % 17) / 3;
  }
  const CumulativeIncidence curve = CurveOf(rows, 2);
  std::mt19937_64 random(4);
  std::shuffle(rows.begin(), rows.end(), random);
  const CumulativeIncidence shuffled = CurveOf(rows, 2);
  for (size_t i = 0; i < curve.causes[1].size(); ++i) {
    ASSERT_EQ(curve.causes[1][i].std_error, shuffled.causes[1][i].std_error);
    ASSERT_EQ(curve.causes[1][i].lower, shuffled.causes[1][i].lower);
  }
}

// Continuous times, groups and strata; Gray's test beside the curves.
TEST(IncidenceCurves, SameBytesForAnyOrderAndNumberOfThreads) {
  constexpr int kRows = 300'000;
  Rows rows = naive::RandomRows(9, kRows, 2, 900, false);
  std::vector<int> groups = naive::RandomLabels(5, kRows, 3);
  std::vector<int> strata = naive::RandomLabels(6, kRows, 2);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].time += static_cast<double>(i % 7919) / 8192;
  }
  const auto columns = naive::ToColumns(rows, groups);
  const auto expected = EstimateIncidenceCurves(columns.View(), 3, 2);
  const auto split = TabulateStrata(columns.View(), strata, 2, 3, 2);
  ASSERT_TRUE(expected.ok() && split.ok());
  const auto tests = TestGray(*split);
  ASSERT_TRUE(tests.ok()) << tests.status();
  EXPECT_EQ((*tests)[1].df, 2);
  for (const int n_threads : {1, 2, 7}) {
    ThreadPool pool(n_threads);
    // The same shuffle of all three.
    std::shuffle(rows.begin(), rows.end(), std::mt19937_64(4));
    std::shuffle(groups.begin(), groups.end(), std::mt19937_64(4));
    std::shuffle(strata.begin(), strata.end(), std::mt19937_64(4));
    const auto other = naive::ToColumns(rows, groups);
    const auto actual = EstimateIncidenceCurves(other.View(), 3, 2, {}, &pool);
    ASSERT_TRUE(actual.ok()) << actual.status();
    for (size_t g = 0; g < 3; ++g) {
      const auto& points = actual->curves[g].causes[1];
      const auto& wanted = expected->curves[g].causes[1];
      ASSERT_EQ(points.size(), wanted.size());
      for (size_t i = 0; i < points.size(); ++i) {
        ASSERT_EQ(points[i].time, wanted[i].time);
        ASSERT_EQ(points[i].at_risk, wanted[i].at_risk);
        ASSERT_EQ(points[i].incidence, wanted[i].incidence);
        ASSERT_EQ(points[i].lower, wanted[i].lower);
      }
    }
    const auto strata_tables =
        TabulateStrata(other.View(), strata, 2, 3, 2, &pool);
    ASSERT_TRUE(strata_tables.ok());
    const auto again = TestGray(*strata_tables, {}, &pool);
    ASSERT_TRUE(again.ok()) << again.status();
    for (size_t k = 0; k < 2; ++k) {
      EXPECT_EQ((*again)[k].chi_square, (*tests)[k].chi_square);
    }
  }
}

TEST(IncidenceCurves, AalenIsThatOfTables) {
  const Rows rows = naive::RandomRows(4, 80, 2, 20, true);
  const std::vector<int> groups = naive::RandomLabels(4, 80, 2);
  const auto curves =
      EstimateIncidenceCurves(naive::ToColumns(rows, groups).View(), 3, 2);
  ASSERT_TRUE(curves.ok()) << curves.status();
  ASSERT_EQ(curves->curves.size(), 3u);
  EXPECT_EQ(curves->curves[2].n, 0);
  EXPECT_TRUE(curves->curves[2].causes[0].empty());
  const auto expected = EstimateCumulativeIncidence(curves->tables[1]);
  ASSERT_TRUE(expected.ok());
  EXPECT_EQ(curves->curves[1].causes[1].back().std_error,
            expected->causes[1].back().std_error);
}

TEST(IncidenceCurves, OneSubject) {
  const CumulativeIncidence curve = CurveOf({{.time = 2, .cause = 1}}, 1);
  EXPECT_EQ(curve.causes[0][0].incidence, 1);
  EXPECT_EQ(curve.causes[0][0].std_error, 0);
}

TEST(IncidenceCurves, RefusesWhatItCannotAnswer) {
  EXPECT_EQ(EstimateIncidenceCurves({}, 1, 1).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const auto negative = naive::ToColumns({{.time = -1}}, {});
  EXPECT_EQ(EstimateIncidenceCurves(negative.View(), 1, 1).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto table =
      TabulateEvents(Rows{{.time = 3, .cause = 1, .entry = 1}, {.time = 2}}, 1);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(EstimateCumulativeIncidence(*table, Jackknife()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace enthesis::stats
