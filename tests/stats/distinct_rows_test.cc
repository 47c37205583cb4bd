#include "stats/distinct_rows.h"

#include <gtest/gtest.h>

#include <vector>

namespace enthesis::stats {
namespace {

TEST(DistinctRows, JoinsEqualRowsInAnOrderOfTheirValues) {
  const std::vector<double> a = {1, 2, 1, -0.0, 0.0, 2, 9};
  const std::vector<double> b = {5, 6, 5, 7, 7, 8, 9};
  const std::vector<char> used = {1, 1, 1, 1, 1, 1, 0};
  const DistinctRows rows = FindDistinctRows({a, b}, 7, used, nullptr);
  ASSERT_EQ(rows.n_nodes(), 4);
  EXPECT_EQ(rows.order.size(), 6);
  std::vector<double> values, backward;
  for (size_t node = 0; node < 4; ++node) {
    for (size_t i = rows.begin[node]; i < rows.begin[node + 1]; ++i) {
      EXPECT_EQ(a[rows.order[i]], a[rows.RowOf(node)]);
      EXPECT_EQ(b[rows.order[i]], b[rows.RowOf(node)]);
    }
    values.push_back(b[rows.RowOf(node)]);
  }
  const std::vector<double> c(a.rbegin(), a.rend()), d(b.rbegin(), b.rend());
  const std::vector<char> back(used.rbegin(), used.rend());
  const DistinctRows other = FindDistinctRows({c, d}, 7, back, nullptr);
  ASSERT_EQ(other.n_nodes(), 4);
  for (size_t node = 0; node < 4; ++node) {
    backward.push_back(d[other.RowOf(node)]);
  }
  EXPECT_EQ(values, backward);
  EXPECT_EQ(FindDistinctRows({a}, 0, {}, nullptr).n_nodes(), 0);
}

}  // namespace
}  // namespace enthesis::stats
