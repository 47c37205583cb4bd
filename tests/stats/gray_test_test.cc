#include "stats/gray_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/event_table.h"
#include "support/naive.h"
#include "support/naive_competing_risks.h"

namespace enthesis::stats {
namespace {

using naive::Rows;
using Strata = std::vector<std::vector<EventTable>>;

Strata OneStratum(const Rows& rows, const std::vector<int>& groups,
                  int n_groups, int n_causes) {
  const auto tables = TabulateEventGroups(rows, groups, n_groups, n_causes);
  EXPECT_TRUE(tables.ok()) << tables.status();
  return {*tables};
}

std::vector<GrayTest> Tests(const Strata& strata, double rho = 0) {
  const auto tests = TestGray(strata, {.rho = rho});
  EXPECT_TRUE(tests.ok()) << tests.status();
  return tests.ok() ? *tests : std::vector<GrayTest>();
}

// Group A: events of the cause at 1 and 3; group B: at 2 and 4. Without
// censorings nor competing events each h is the size of its group, 2, and the
// numbers adjusted are those of B and A not yet failed:
//   t   d_A   R_A   R_B    score of A: d_A - R_A / (R_A + R_B)
//   1    1     2     2       1/2
//   2    0     1     2      -1/3
//   3    1     1     1       1/2
//   4    0     0     1       0
// Score 2/3. It responds to an event of A or B at t by
//   +-(1 + t_k C left), C_AA = sum 1/4 / (1 - F0) = 1/4 (1 + 4/3 + 2 + 4).
TEST(GrayTest, TwoGroupsByHand) {
  const Rows rows = {{.time = 1, .cause = 1},
                     {.time = 3, .cause = 1},
                     {.time = 2, .cause = 1},
                     {.time = 4, .cause = 1}};
  const std::vector<GrayTest> tests =
      Tests(OneStratum(rows, {0, 0, 1, 1}, 2, 1));
  ASSERT_EQ(tests.size(), 1u);
  EXPECT_EQ(tests[0].df, 1);
  // a_AA = 2 (1 - 1/2) = 1 and a_AB = -1 while both are at risk. A has left
  // after 3, and B alone has a = 0 at 4: C grows by 1/4 (1, 4/3, 2).
  // t_k = 1 - (1 - F0) / S_k, 1 where S_k is 0; the variance of a share is
  // S_k / (h n_k) with h = n_A / S_A + n_B / S_B = 4.
  //   A: t = -1/2 (after 1), 0 (2), 1 (3); variances 1/8 each
  //   B: t =  1/4, -0 ..., by hand:
  //      after 1: S_B = 1, F0 = 1/4: 1/4; after 2: S_B = 1/2, F0 = 1/2: 0;
  //      after 3: S_B = 1/2, F0 = 3/4: 1/2; variances 1/8 each
  // with C still to come: after 1: 1/3 + 1/2, after 2: 1/2, after 3: 0.
  const double to_come[] = {5.0 / 6, 1.0 / 2, 0};
  const double a[] = {-1.0 / 2, 0, 1};
  const double b[] = {1.0 / 4, 0, 1.0 / 2};
  double variance = 0;
  for (int i = 0; i < 3; ++i) {
    variance += std::pow(1 + a[i] * to_come[i], 2) / 8;
    variance += std::pow(1 + b[i] * to_come[i], 2) / 8;
  }
  EXPECT_NEAR(tests[0].chi_square.value(), 4.0 / 9 / variance, 1e-13);
}

TEST(GrayTest, AgreesWithItsDefinition) {
  for (uint64_t seed = 1; seed < 60; ++seed) {
    const int n = 20 + static_cast<int>(seed * seed % 83);
    const int n_groups = 2 + static_cast<int>(seed % 4);
    const int n_causes = 1 + static_cast<int>(seed % 3);
    const Rows rows = naive::RandomRows(
        seed, n, n_causes, 2 + static_cast<int>(seed * 7 % 40), false);
    std::vector<int> groups = naive::RandomLabels(seed, n, n_groups);
    for (int g = 0; g < n_groups; ++g) groups[static_cast<size_t>(g)] = g;
    const auto tests = Tests(OneStratum(rows, groups, n_groups, n_causes));
    for (int cause = 1; cause <= n_causes; ++cause) {
      const GrayTest& test = tests[static_cast<size_t>(cause) - 1];
      if (test.df != n_groups - 1) continue;
      const double expected = naive::Gray(rows, groups, n_groups, cause);
      EXPECT_NEAR(test.chi_square.value(), expected,
                  1e-9 * std::max(1.0, expected))
          << absl::StrCat("seed ", seed, " cause ", cause);
    }
  }
}

TEST(GrayTest, RelabelledGroupsOfTwoAndOrderOfRows) {
  Rows rows = naive::RandomRows(5, 120, 2, 30, false);
  std::vector<int> groups = naive::RandomLabels(5, 120, 2);
  const auto tests = Tests(OneStratum(rows, groups, 2, 2), 0.5);
  std::reverse(rows.begin(), rows.end());
  std::reverse(groups.begin(), groups.end());
  const auto reversed = Tests(OneStratum(rows, groups, 2, 2), 0.5);
  for (int& group : groups) group = 1 - group;
  const auto swapped = Tests(OneStratum(rows, groups, 2, 2), 0.5);
  for (size_t k = 0; k < 2; ++k) {
    EXPECT_EQ(tests[k].chi_square, reversed[k].chi_square);
    EXPECT_NEAR(*tests[k].chi_square, *swapped[k].chi_square, 1e-11);
  }
}

TEST(GrayTest, AnEmptyGroupAndAnEmptyStratumChangeNothing) {
  const Rows rows = naive::RandomRows(8, 90, 2, 25, false);
  const std::vector<int> groups = naive::RandomLabels(8, 90, 3);
  Strata strata = OneStratum(rows, groups, 3, 2);
  const auto tests = Tests(strata);
  EventTable empty;
  empty.n_causes = 2;
  strata[0].insert(strata[0].begin() + 1, empty);
  strata.push_back({empty, empty, empty, empty});
  const auto more = Tests(strata);
  for (size_t k = 0; k < 2; ++k) {
    EXPECT_EQ(more[k].df, 2);
    EXPECT_NEAR(*tests[k].chi_square, *more[k].chi_square, 1e-12);
  }
}

TEST(GrayTest, NothingToTest) {
  // All censored.
  auto tests = Tests(OneStratum({{.time = 1}, {.time = 2}}, {0, 1}, 2, 2));
  ASSERT_EQ(tests.size(), 2u);
  EXPECT_EQ(tests[0].df, 0);
  EXPECT_FALSE(tests[1].chi_square.has_value());
  // One group has nobody.
  tests = Tests(OneStratum({{.time = 1, .cause = 1}, {.time = 2, .cause = 2}},
                           {0, 0}, 2, 2));
  EXPECT_EQ(tests[0].df, 0);
  EXPECT_FALSE(tests[0].p_value.has_value());
  // No event of the second cause; one subject in each group.
  tests = Tests(OneStratum({{.time = 1, .cause = 1}, {.time = 2, .cause = 1}},
                           {0, 1}, 2, 2));
  EXPECT_EQ(tests[1].df, 0);
  // Everybody has the event on one day.
  const Rows tied(6, {.time = 3, .cause = 1});
  tests = Tests(OneStratum(tied, {0, 0, 0, 1, 1, 1}, 2, 1));
  for (const GrayTest& test : tests) {
    if (test.chi_square.has_value()) {
      EXPECT_NEAR(*test.chi_square, 0, 1e-12);
    }
  }
}

TEST(GrayTest, RefusesWhatItCannotAnswer) {
  const auto code = [](const Strata& strata, double rho) {
    return TestGray(strata, {.rho = rho}).status().code();
  };
  const Strata good =
      OneStratum({{.time = 1, .cause = 1}, {.time = 2}}, {0, 1}, 2, 1);
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(code({}, 0), kInvalid);
  EXPECT_EQ(code({{good[0][0]}}, 0), kInvalid);
  EXPECT_EQ(code({good[0], {good[0][0]}}, 0), kInvalid);
  EXPECT_EQ(code(good, std::numeric_limits<double>::quiet_NaN()), kInvalid);
  Strata other = good;
  other[0][1].n_causes = 2;
  other[0][1].events.resize(2 * other[0][1].times.size());
  EXPECT_EQ(code(other, 0), kInvalid);
  const Strata late = OneStratum(
      {{.time = 3, .cause = 1, .entry = 1}, {.time = 2}}, {0, 1}, 2, 1);
  EXPECT_EQ(code(late, 0), kInvalid);
}

}  // namespace
}  // namespace enthesis::stats
