// The library against the naive oracle on seeded random data.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/cumulative_incidence.h"
#include "stats/event_table.h"
#include "stats/kaplan_meier.h"
#include "stats/rank_test.h"
#include "support/naive.h"

namespace enthesis::stats {
namespace {

using naive::Rows;

constexpr uint64_t kSeeds = 60;

void ExpectClose(double actual, double expected, const std::string& where) {
  EXPECT_NEAR(actual, expected, 1e-11 * std::max(1.0, std::abs(expected)))
      << where;
}

// Small and large, many ties and few, with and without late entries.
Rows RowsOf(uint64_t seed) {
  const int n = 1 + static_cast<int>(seed * seed % 83);
  const int max_day = 1 + static_cast<int>(seed * 7 % 40);
  const int n_causes = 1 + static_cast<int>(seed % 3);
  return naive::RandomRows(seed, n, n_causes, max_day, seed % 4 == 3);
}

int CausesOf(uint64_t seed) { return 1 + static_cast<int>(seed % 3); }

TEST(Differential, KaplanMeier) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Rows rows = RowsOf(seed);
    const auto table = TabulateEvents(rows, CausesOf(seed));
    ASSERT_TRUE(table.ok()) << table.status();
    const auto curve = EstimateKaplanMeier(CollapseCauses(*table, -1));
    ASSERT_TRUE(curve.ok()) << curve.status();
    for (const SurvivalPoint& point : curve->points) {
      const std::string where = absl::StrCat("seed ", seed, " t ", point.time);
      EXPECT_EQ(point.at_risk, naive::AtRisk(rows, point.time)) << where;
      EXPECT_EQ(point.events, naive::Events(rows, 0, point.time)) << where;
      const double survival = naive::Survival(rows, point.time);
      ExpectClose(point.survival, survival, where);
      ExpectClose(point.cumulative_hazard, naive::Hazard(rows, point.time),
                  where);
      ASSERT_EQ(point.std_error.has_value(), survival > 0) << where;
      if (survival <= 0) continue;
      ExpectClose(*point.std_error,
                  std::sqrt(naive::SurvivalVariance(rows, point.time)), where);
    }
  }
}

TEST(Differential, SurvivalBetweenTimes) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Rows rows = RowsOf(seed);
    const auto table = TabulateEvents(rows, CausesOf(seed));
    const auto curve = EstimateKaplanMeier(CollapseCauses(*table, -1));
    ASSERT_TRUE(curve.ok()) << curve.status();
    for (double time = 0; time < curve->points.back().time; time += 0.5) {
      const auto point = SurvivalAt(*curve, {time})[0];
      ASSERT_TRUE(point.has_value());
      EXPECT_EQ(point->at_risk, naive::AtRisk(rows, time))
          << "seed " << seed << " at " << time;
      ExpectClose(point->survival, naive::Survival(rows, time), "survival");
    }
  }
}

TEST(Differential, CumulativeIncidence) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Rows rows = RowsOf(seed);
    const auto table = TabulateEvents(rows, CausesOf(seed));
    const auto curve = EstimateCumulativeIncidence(*table);
    ASSERT_TRUE(curve.ok()) << curve.status();
    for (size_t cause = 0; cause < curve->causes.size(); ++cause) {
      for (const IncidencePoint& point : curve->causes[cause]) {
        const int number = static_cast<int>(cause) + 1;
        const std::string where =
            absl::StrCat("seed ", seed, " cause ", number, " t ", point.time);
        ExpectClose(point.incidence, naive::Incidence(rows, number, point.time),
                    where);
        const double variance =
            naive::IncidenceVariance(rows, number, point.time);
        ExpectClose(*point.std_error * *point.std_error, variance, where);
      }
    }
  }
}

TEST(Differential, LogRank) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const int n_groups = 2 + static_cast<int>(seed % 4);
    const int n = 60 + static_cast<int>(seed);
    const Rows rows = naive::RandomRows(seed, n, 1, 30, seed % 4 == 3);
    const std::vector<int> groups = naive::RandomLabels(seed, n, n_groups);
    const auto tables = TabulateEventGroups(rows, groups, n_groups, 1);
    ASSERT_TRUE(tables.ok()) << tables.status();
    const auto test = TestLogRank({*tables});
    ASSERT_TRUE(test.ok()) << test.status();
    EXPECT_EQ(test->df, n_groups - 1);
    ExpectClose(test->chi_square.value(),
                naive::LogRank(rows, groups, n_groups),
                absl::StrCat("seed ", seed));
  }
}

}  // namespace
}  // namespace enthesis::stats
