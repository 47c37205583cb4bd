#include "stats/restricted_mean.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "stats/distributions.h"
#include "stats/event_table.h"
#include "stats/kaplan_meier.h"
#include "support/naive.h"

namespace enthesis::stats {
namespace {

constexpr double kExact = 1e-13;

KaplanMeierCurve CurveOf(const std::vector<EventRow>& rows) {
  const auto table = TabulateEvents(rows, 1);
  EXPECT_TRUE(table.ok()) << table.status();
  const auto curve = EstimateKaplanMeier(*table);
  EXPECT_TRUE(curve.ok()) << curve.status();
  return curve.ok() ? *curve : KaplanMeierCurve();
}

RestrictedMean MeanOf(const KaplanMeierCurve& curve, double horizon) {
  const auto mean = EstimateRestrictedMean(curve, horizon);
  EXPECT_TRUE(mean.ok()) << mean.status();
  return mean.value_or(RestrictedMean());
}

KaplanMeierCurve Six() {
  return CurveOf({{.time = 1, .cause = 1},
                  {.time = 2, .cause = 1},
                  {.time = 2},
                  {.time = 3},
                  {.time = 4, .cause = 1},
                  {.time = 5}});
}

// S is 1, 5/6, 2/3, 1/3 from 0, 1, 2, 4. Up to 5: 1 + 5/6 + 4/3 + 1/3 = 7/2.
// Areas beyond 1, 2, 4: 5/2, 5/3, 1/3; Greenwood 1/30, 1/20, 1/2:
//   (25/4)/30 + (25/9)/20 + (1/9)/2 = 5/24 + 5/36 + 1/18 = 29/72.
TEST(RestrictedMean, ByHand) {
  const RestrictedMean mean = MeanOf(Six(), 5);
  EXPECT_NEAR(mean.estimate, 3.5, kExact);
  EXPECT_NEAR(mean.std_error, std::sqrt(29.0 / 72), kExact);
  EXPECT_NEAR(mean.upper - mean.estimate,
              NormalCriticalValue(0.95) * mean.std_error, kExact);
  EXPECT_FALSE(mean.extended);
  // Up to 3: 1 + 5/6 + 2/3 = 5/2; beyond 1: 3/2, beyond 2: 2/3.
  const RestrictedMean sooner = MeanOf(Six(), 3);
  EXPECT_NEAR(sooner.estimate, 2.5, kExact);
  EXPECT_NEAR(sooner.std_error, std::sqrt(2.25 / 30 + 4.0 / 9 / 20), kExact);
}

TEST(RestrictedMean, BeforeTheFirstEventIsTheHorizon) {
  const RestrictedMean mean = MeanOf(Six(), 0.5);
  EXPECT_EQ(mean.estimate, 0.5);
  EXPECT_EQ(mean.std_error, 0);
}

TEST(RestrictedMean, BeyondTheLastObservation) {
  const RestrictedMean mean = MeanOf(Six(), 8);
  EXPECT_NEAR(mean.estimate, 3.5 + 3 * 1.0 / 3, kExact);
  EXPECT_TRUE(mean.extended);
  const KaplanMeierCurve ended = CurveOf({{.time = 2, .cause = 1}});
  EXPECT_EQ(MeanOf(ended, 9).estimate, 2);
  EXPECT_EQ(MeanOf(ended, 9).std_error, 0);
  EXPECT_FALSE(MeanOf(ended, 9).extended);
}

// The integral of the naive curve, and the variance as a double sum of
// covariances: cov(S(s), S(t)) = S(s) S(t) sum of Greenwood's terms to min.
TEST(RestrictedMean, AgreesWithTheOracle) {
  for (uint64_t seed = 0; seed < 12; ++seed) {
    const auto rows = naive::RandomRows(seed, 40, 1, 15, seed % 2 == 1);
    const KaplanMeierCurve curve = CurveOf(rows);
    const int horizon = 9;
    double mean = 0;
    double variance = 0;
    for (int s = 0; s < horizon; ++s) {
      const double at_s = naive::Survival(rows, s);
      mean += at_s;
      for (int t = 0; t < horizon; ++t) {
        const int first = s < t ? s : t;
        const double at_first = naive::Survival(rows, first);
        if (at_first <= 0) continue;
        variance += at_s * naive::Survival(rows, t) / (at_first * at_first) *
                    naive::SurvivalVariance(rows, first);
      }
    }
    const RestrictedMean actual = MeanOf(curve, horizon);
    EXPECT_NEAR(actual.estimate, mean, 1e-11) << seed;
    if (naive::Survival(rows, horizon - 1) <= 0) continue;
    EXPECT_NEAR(actual.std_error, std::sqrt(variance), 1e-10) << seed;
  }
}

TEST(RestrictedMean, HorizonsOfSeveralCurves) {
  const std::vector<KaplanMeierCurve> curves = {
      Six(), CurveOf({{.time = 3, .cause = 1}}), KaplanMeierCurve()};
  EXPECT_EQ(CommonHorizon(curves), 5);
  EXPECT_EQ(SharedHorizon(curves), 3);
  EXPECT_EQ(CommonHorizon({}), 0);
  EXPECT_EQ(SharedHorizon({}), 0);
}

// Means 3 and 2 to 4 with errors 0.3 and 0.4: difference 1 -+ z / 2; log ratio
// error sqrt(0.01 + 0.04); lost 1 and 2.
TEST(RestrictedMean, ContrastsByHand) {
  const RestrictedMean a{4, 3, 0.3, 0, 0, false};
  const RestrictedMean b{4, 2, 0.4, 0, 0, false};
  const auto compared = CompareRestrictedMeans(a, b);
  ASSERT_TRUE(compared.ok()) << compared.status();
  EXPECT_NEAR(compared->difference.estimate, 1, kExact);
  EXPECT_NEAR(*compared->difference.std_error, 0.5, kExact);
  EXPECT_NEAR(*compared->difference.z, 2, kExact);
  EXPECT_NEAR(*compared->difference.p_value, std::erfc(2 / std::sqrt(2.0)),
              kExact);
  ASSERT_TRUE(compared->ratio.has_value());
  EXPECT_NEAR(compared->ratio->estimate, 1.5, kExact);
  EXPECT_NEAR(*compared->ratio->std_error, std::sqrt(0.05), kExact);
  EXPECT_NEAR(*compared->ratio->lower * *compared->ratio->upper, 2.25, 1e-12);
  ASSERT_TRUE(compared->lost_ratio.has_value());
  EXPECT_NEAR(compared->lost_ratio->estimate, 0.5, kExact);
  EXPECT_NEAR(*compared->lost_ratio->std_error, std::sqrt(0.09 + 0.04), kExact);
}

TEST(RestrictedMean, ContrastsWithoutSpreadOrLoss) {
  const RestrictedMean whole{4, 4, 0, 0, 0, false};
  const auto compared = CompareRestrictedMeans(whole, whole);
  ASSERT_TRUE(compared.ok()) << compared.status();
  EXPECT_EQ(compared->difference.estimate, 0);
  EXPECT_FALSE(compared->difference.p_value.has_value());
  EXPECT_EQ(compared->ratio->estimate, 1);
  EXPECT_FALSE(compared->lost_ratio.has_value());
}

TEST(RestrictedMean, Refuses) {
  using Code = absl::StatusCode;
  const double inf = std::numeric_limits<double>::infinity();
  for (const double horizon : {0.0, -1.0, inf, std::nan("")}) {
    EXPECT_EQ(EstimateRestrictedMean(Six(), horizon).status().code(),
              Code::kInvalidArgument);
  }
  EXPECT_EQ(EstimateRestrictedMean(KaplanMeierCurve(), 1).status().code(),
            Code::kFailedPrecondition);
  EXPECT_EQ(CompareRestrictedMeans(MeanOf(Six(), 3), MeanOf(Six(), 4))
                .status()
                .code(),
            Code::kInvalidArgument);
  EXPECT_EQ(CompareRestrictedMeans(MeanOf(Six(), 3), MeanOf(Six(), 3), 0)
                .status()
                .code(),
            Code::kInvalidArgument);
}

}  // namespace
}  // namespace enthesis::stats
