#include "stats/root.h"

#include <gtest/gtest.h>

#include <cmath>

namespace enthesis::stats {
namespace {

TEST(Root, Smooth) {
  const auto f = [](double x) { return x * x - 2; };
  const Root root = FindRoot(f, {0, 3, -2, 7});
  EXPECT_NEAR(root.x, std::sqrt(2.0), 1e-15);
}

TEST(Root, AtAnEnd) {
  const auto f = [](double x) { return x; };
  EXPECT_EQ(FindRoot(f, {0, 1, 0, 1}).x, 0);
  EXPECT_EQ(FindRoot(f, {-1, 0, -1, 0}).x, 0);
  EXPECT_TRUE(FindRoot(f, {-1, 0, -1, 0}).is_zero);
}

TEST(Root, JumpWithoutAZero) {
  int calls = 0;
  const auto f = [&](double x) {
    ++calls;
    return x < 0.3 ? 5.0 : -0.001;
  };
  const Root root = FindRoot(f, {-1000, 1000, 5, -0.001});
  EXPECT_NEAR(root.x, 0.3, 1e-12);
  EXPECT_FALSE(root.is_zero);
  EXPECT_LT(calls, 200);
}

TEST(Root, JumpAtZeroEnds) {
  const auto f = [](double x) { return x < 0 ? 1.0 : -1.0; };
  EXPECT_NEAR(FindRoot(f, {-3, 1, 1, -1}).x, 0, 1e-15);
}

// The first point of the flat piece that the steps meet, as uniroot.
TEST(Root, FlatPiece) {
  const auto f = [](double x) { return x < 1 ? 1.0 : (x <= 2 ? 0.0 : -1.0); };
  const Root root = FindRoot(f, {0, 3, 1, -1});
  EXPECT_EQ(root.x, 1.5);
  EXPECT_TRUE(root.is_zero);
}

}  // namespace
}  // namespace enthesis::stats
