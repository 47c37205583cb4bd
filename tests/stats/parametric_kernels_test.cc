// The terms of a parametric likelihood against their definitions in extended
// precision, and far out.

#include "stats/parametric_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace enthesis::stats {
namespace {

using Standard = StandardDistribution;
using Wide = long double;

const std::vector<Standard>& Standards() {
  static const auto* const kStandards = new std::vector<Standard>{
      Standard::kExtremeValue, Standard::kNormal, Standard::kLogistic};
  return *kStandards;
}

Wide UpperTail(Standard standard, Wide z) {
  if (standard == Standard::kExtremeValue) return std::exp(-std::exp(z));
  if (standard == Standard::kNormal) return std::erfc(z / std::sqrt(2.0L)) / 2;
  return 1 / (1 + std::exp(z));
}

Wide LowerTail(Standard standard, Wide z) {
  if (standard == Standard::kExtremeValue) return -std::expm1(-std::exp(z));
  return UpperTail(standard, -z);
}

// `upper` beyond `z` for intervals.
Wide Definition(Standard standard, IntervalKind kind, Wide z, Wide upper) {
  if (kind == IntervalKind::kRightCensored) {
    return std::log(UpperTail(standard, z));
  }
  if (kind == IntervalKind::kLeftCensored) {
    return std::log(LowerTail(standard, z));
  }
  if (kind == IntervalKind::kInterval) {
    return std::log(z > 0
                        ? UpperTail(standard, z) - UpperTail(standard, upper)
                        : LowerTail(standard, upper) - LowerTail(standard, z));
  }
  if (standard == Standard::kExtremeValue) return z - std::exp(z);
  if (standard == Standard::kNormal) {
    return -z * z / 2 - std::log(2 * std::acos(-1.0L)) / 2;
  }
  return z - 2 * std::log1p(std::exp(z));
}

void ExpectDefinition(Standard standard, IntervalKind kind, double z,
                      double width) {
  const RowDerivatives row = DeriveRow(standard, kind, z, width);
  const auto at = [&](Wide shift, Wide stretch) {
    return Definition(standard, kind, z * (1 + stretch) + shift,
                      (Wide{z} + width) * (1 + stretch) + shift);
  };
  const Wide h = 1e-4L;
  const Wide here = at(0, 0);
  const auto expect = [&](double actual, Wide expected, double tolerance) {
    EXPECT_NEAR(actual, static_cast<double>(expected),
                tolerance * (1 + std::abs(static_cast<double>(expected))))
        << static_cast<int>(standard) << " " << static_cast<int>(kind) << " "
        << z << " " << width;
  };
  expect(row.log_likelihood, here, 1e-13);
  expect(row.shift, (at(h, 0) - at(-h, 0)) / (2 * h), 1e-6);
  expect(row.stretch, (at(0, h) - at(0, -h)) / (2 * h), 1e-6);
  expect(row.shift_shift, (2 * here - at(h, 0) - at(-h, 0)) / (h * h), 1e-6);
  expect(row.stretch_stretch, (2 * here - at(0, h) - at(0, -h)) / (h * h),
         1e-5);
  expect(row.shift_stretch,
         (at(h, -h) + at(-h, h) - at(h, h) - at(-h, -h)) / (4 * h * h), 1e-5);
}

TEST(ParametricKernels, AreTheirDefinitions) {
  for (const Standard standard : Standards()) {
    for (const double z : {-7.0, -5.2, -2.5, -0.7, 0.0, 0.3, 1.1, 1.9}) {
      for (const IntervalKind kind :
           {IntervalKind::kExact, IntervalKind::kRightCensored,
            IntervalKind::kLeftCensored}) {
        ExpectDefinition(standard, kind, z, 0);
      }
      for (const double width : {0.05, 0.3, 0.6, 1.5, 4.0}) {
        ExpectDefinition(standard, IntervalKind::kInterval, z, width);
      }
    }
  }
  for (const double z : {4.9, 5.1, 8.0, 19.0}) {
    ExpectDefinition(Standard::kNormal, IntervalKind::kRightCensored, z, 0);
    ExpectDefinition(Standard::kNormal, IntervalKind::kLeftCensored, -z, 0);
    ExpectDefinition(Standard::kNormal, IntervalKind::kInterval, z, 0.4);
    ExpectDefinition(Standard::kNormal, IntervalKind::kInterval, -z, 0.4);
  }
}

// log P of (z, z + w] is log density + log w, its stretch that of the density
// and the 1 of the width.
TEST(ParametricKernels, NarrowIntervalsAreDensities) {
  for (const Standard standard : Standards()) {
    for (const double z : {-30.0, -3.0, 0.0, 0.5, 3.0}) {
      const double width = 1e-12;
      const RowDerivatives exact =
          DeriveRow(standard, IntervalKind::kExact, z, 0);
      const RowDerivatives narrow =
          DeriveRow(standard, IntervalKind::kInterval, z, width);
      const double size = 1e-9 * (1 + std::abs(exact.log_likelihood));
      EXPECT_NEAR(narrow.log_likelihood, exact.log_likelihood + std::log(width),
                  size);
      EXPECT_NEAR(narrow.shift, exact.shift, size);
      EXPECT_NEAR(narrow.stretch, exact.stretch + 1, size);
      EXPECT_NEAR(narrow.shift_shift, exact.shift_shift, size);
      EXPECT_NEAR(narrow.shift_stretch, exact.shift_stretch, size);
      EXPECT_NEAR(narrow.stretch_stretch, exact.stretch_stretch + 1, size);
    }
  }
}

TEST(ParametricKernels, FarOutIsFiniteAndConcave) {
  for (const Standard standard : Standards()) {
    for (const double z : {-1e5, -800.0, -40.0, 6.0, 40.0, 600.0}) {
      for (const double width : {1e-9, 1.0, 50.0, 1e4}) {
        for (const IntervalKind kind :
             {IntervalKind::kRightCensored, IntervalKind::kLeftCensored,
              IntervalKind::kInterval}) {
          const RowDerivatives row = DeriveRow(standard, kind, z, width);
          EXPECT_TRUE(std::isfinite(row.log_likelihood));
          EXPECT_LE(row.log_likelihood, 0);
          EXPECT_TRUE(std::isfinite(row.shift));
          EXPECT_TRUE(std::isfinite(row.stretch_stretch));
          EXPECT_GE(row.shift_shift, 0);
        }
      }
    }
  }
}

TEST(ParametricKernels, QuantilesUndoSurvival) {
  for (const Standard standard : Standards()) {
    for (const double share : {0.001, 0.3, 0.5, 0.99}) {
      const double z = StandardQuantile(standard, share);
      EXPECT_NEAR(StandardSurvival(standard, z), 1 - share, 1e-14);
      const double slope = (StandardSurvival(standard, z - 1e-5) -
                            StandardSurvival(standard, z + 1e-5)) /
                           2e-5;
      EXPECT_NEAR(StandardDensity(standard, z), slope, 1e-9);
    }
  }
}

}  // namespace
}  // namespace enthesis::stats
