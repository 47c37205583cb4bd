#include "stats/funnel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "stats/distributions.h"

namespace enthesis::stats {
namespace {

constexpr FunnelMeasure kShare = FunnelMeasure::kProportion;
constexpr FunnelMeasure kRatio = FunnelMeasure::kRatio;

FunnelOptions With(
    FunnelMeasure measure, FunnelLimitKind limits,
    FunnelOverdispersion overdispersion = FunnelOverdispersion::kNone) {
  FunnelOptions options;
  options.measure = measure;
  options.limits = limits;
  options.overdispersion = overdispersion;
  return options;
}

Funnel Estimate(const std::vector<double>& events,
                const std::vector<double>& sizes,
                const FunnelOptions& options) {
  const auto funnel = EstimateFunnel({events, sizes}, options);
  EXPECT_TRUE(funnel.ok()) << funnel.status();
  return funnel.ok() ? *funnel : Funnel();
}

FunnelLimits LimitsOf(double size, FunnelOptions options, double target) {
  options.target = target;
  const Funnel funnel = Estimate({0}, {size}, options);
  for (const FunnelLimits& limits : funnel.limits) {
    if (limits.size == size) return limits;
  }
  ADD_FAILURE() << "no limits at " << size;
  return {};
}

// Published check values of the interpolated limits, to their four digits.
TEST(Funnel, PredictionLimitsOfRatios) {
  const auto options = With(kRatio, FunnelLimitKind::kPrediction);
  const FunnelLimits five = LimitsOf(5, options, 1);
  EXPECT_NEAR(*five.lower95, 0.1084, 5e-5);
  EXPECT_NEAR(*five.upper95, 1.8753, 5e-5);
  EXPECT_FALSE(five.lower998.has_value());  // P(X = 0) = 0.0067 > 0.001
  const FunnelLimits twenty = LimitsOf(20, options, 1);
  EXPECT_NEAR(*twenty.lower95, 0.5603, 5e-5);
  EXPECT_NEAR(*twenty.upper95, 1.4373, 5e-5);
}

TEST(Funnel, ExactLimitsOfTheTarget) {
  const auto options = With(kRatio, FunnelLimitKind::kConfidence);
  const double published[][3] = {
      {5, 0.3247, 2.3337}, {20, 0.6108, 1.5444}, {50, 0.7422, 1.3184}};
  for (const auto& [expected, lower, upper] : published) {
    const FunnelLimits limits = LimitsOf(expected, options, 1);
    EXPECT_NEAR(*limits.lower95, lower, 5e-5);
    EXPECT_NEAR(*limits.upper95, upper, 5e-5);
  }
}

TEST(Funnel, NormalLimitsOfProportions) {
  const auto options = With(kShare, FunnelLimitKind::kNormal);
  const FunnelLimits fifty = LimitsOf(50, options, 0.1);
  EXPECT_NEAR(*fifty.lower95, 0.0332, 5e-5);
  EXPECT_NEAR(*fifty.upper95, 0.1974, 5e-5);
  EXPECT_NEAR(*fifty.lower998, 0.0106, 5e-5);
  EXPECT_NEAR(*fifty.upper998, 0.2646, 5e-5);
  const FunnelLimits hundred = LimitsOf(100, options, 0.1);
  EXPECT_NEAR(*hundred.lower95, 0.0492, 5e-5);
  EXPECT_NEAR(*hundred.upper95, 0.1661, 5e-5);
  EXPECT_NEAR(*hundred.lower998, 0.0277, 5e-5);
  EXPECT_NEAR(*hundred.upper998, 0.2102, 5e-5);
  // The angle stays at 0, lest its sine rise again on the other side.
  double before = 1;
  for (double n = 60; n >= 1; --n) {
    const FunnelLimits limits = LimitsOf(n, options, 0.1);
    EXPECT_LE(*limits.lower998, before) << n;
    before = *limits.lower998;
  }
  EXPECT_EQ(before, 0);
}

// Two cases, target 1/2: P(X = 0, 1, 2) = 1/4, 1/2, 1/4. With a tail of 0.025
// no count lies below or above. Four cases: P(X = 4) = 1/16 likewise. Six: 1/64
// < 0.025: F(0) = 1/64, F(1) = 7/64; limit 1 - (7/64 - 0.025) / (6/64) = 0.1 of
// six cases; the upper one is its mirror image.
TEST(Funnel, SmallSitesByHand) {
  const auto options = With(kShare, FunnelLimitKind::kPrediction);
  for (const double n : {2.0, 4.0}) {
    const FunnelLimits limits = LimitsOf(n, options, 0.5);
    EXPECT_FALSE(limits.lower95.has_value());
    EXPECT_EQ(*limits.upper95, 1);
  }
  const FunnelLimits six = LimitsOf(6, options, 0.5);
  EXPECT_NEAR(*six.lower95, 0.1 / 6, 1e-14);
  // r = 5: P(X > 5) = 1/64; 5 - (0.025 - 1/64) / (6/64) = 4.9.
  EXPECT_NEAR(*six.upper95, 4.9 / 6, 1e-14);
  EXPECT_FALSE(six.lower998.has_value());
  EXPECT_EQ(*six.upper998, 1);
}

// The rule by counting up from 0, without quantiles.
double NaiveLimit(double mean, double p) {
  double mass = std::exp(-mean), below = 0;
  for (double r = 0;; ++r) {
    if (below + mass >= p) return r - (below + mass - p) / mass;
    below += mass;
    mass *= mean / (r + 1);
  }
}

TEST(Funnel, PredictionLimitsByCounting) {
  const auto options = With(kRatio, FunnelLimitKind::kPrediction);
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> log_size(std::log(0.02),
                                                  std::log(300.0));
  for (int i = 0; i < 300; ++i) {
    const double size = std::exp(log_size(random));
    const FunnelLimits limits = LimitsOf(size, options, 1);
    EXPECT_NEAR(*limits.upper95, std::max(0.0, NaiveLimit(size, 0.975)) / size,
                1e-11 / size);
    EXPECT_NEAR(*limits.upper998, std::max(0.0, NaiveLimit(size, 0.999)) / size,
                1e-10 / size);
    const double lower = NaiveLimit(size, 0.025);
    ASSERT_EQ(limits.lower95.has_value(), lower >= 0) << size;
    if (lower >= 0) {
      EXPECT_NEAR(*limits.lower95, lower / size, 1e-11);
    }
  }
}

// Events against non-events, the target against its complement.
TEST(Funnel, NormalLimitsMirror) {
  const auto options = With(kShare, FunnelLimitKind::kNormal);
  const FunnelLimits some = LimitsOf(30, options, 0.2);
  const FunnelLimits others = LimitsOf(30, options, 0.8);
  EXPECT_NEAR(*some.lower95, 1 - *others.upper95, 1e-15);
  EXPECT_NEAR(*some.upper998, 1 - *others.lower998, 1e-15);
}

// z = 2 sqrt(E) (sqrt(O / E) - 1) of 4/1, 1/1, 0/1: 2, 0, -2. Winsorized at
// type 7 quantiles 0.1 and 0.9: +-1.6; phi = 2 * 2.56 / 3. tau^2 = (5.12 - 2) /
// (12 - 48 / 12).
TEST(Funnel, OverdispersionByHand) {
  const std::vector<double> events = {4, 1, 0}, sizes = {1, 1, 1};
  const Funnel many = Estimate(events, sizes,
                               With(kRatio, FunnelLimitKind::kPrediction,
                                    FunnelOverdispersion::kMultiplicative));
  EXPECT_NEAR(*many.sites[0].z, 2, 1e-15);
  EXPECT_NEAR(*many.sites[2].z, -2, 1e-15);
  EXPECT_NEAR(*many.dispersion.lowest_z, -1.6, 1e-15);
  EXPECT_NEAR(*many.dispersion.phi, 5.12 / 3, 1e-15);
  EXPECT_NEAR(*many.dispersion.tau_squared, 3.12 / 8, 1e-15);
  EXPECT_TRUE(many.dispersion.is_applied);
  const double root = std::sqrt(5.12 / 3);
  EXPECT_NEAR(*many.sites[0].adjusted_z, 2 / root, 1e-14);
  const double z = NormalUpperQuantile(0.025);
  const auto one = std::find_if(many.limits.begin(), many.limits.end(),
                                [](const auto& l) { return l.size == 1; });
  EXPECT_NEAR(*one->upper95, std::pow(1 + z * root / 2, 2), 1e-14);
  const Funnel added = Estimate(events, sizes,
                                With(kRatio, FunnelLimitKind::kConfidence,
                                     FunnelOverdispersion::kAdditive));
  EXPECT_NEAR(*added.sites[0].adjusted_z, 1 / std::sqrt(0.25 + 3.12 / 8),
              1e-14);
}

// Alike sites are within any limits; phi below 1 changes nothing.
TEST(Funnel, OverdispersionThatDoesNotApply) {
  for (const auto how : {FunnelOverdispersion::kMultiplicative,
                         FunnelOverdispersion::kAdditive}) {
    const Funnel funnel =
        Estimate({10, 20, 30}, {100, 200, 300},
                 With(kShare, FunnelLimitKind::kPrediction, how));
    EXPECT_EQ(*funnel.dispersion.tau_squared, 0);
    EXPECT_NEAR(*funnel.dispersion.phi, 0, 1e-25);
    EXPECT_FALSE(funnel.dispersion.is_applied);
    EXPECT_FALSE(funnel.sites[0].adjusted_z.has_value());
  }
}

FunnelFlag FlagBy(double estimate, const FunnelLimits& limits) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  if (estimate > limits.upper998.value_or(kInf)) return FunnelFlag::kAlarmHigh;
  if (estimate < limits.lower998.value_or(-kInf)) return FunnelFlag::kAlarmLow;
  if (estimate > limits.upper95.value_or(kInf)) return FunnelFlag::kAlertHigh;
  if (estimate < limits.lower95.value_or(-kInf)) return FunnelFlag::kAlertLow;
  return FunnelFlag::kIn;
}

// Flags are what the limits shown say; figures do not depend on the order.
TEST(Funnel, FlagsAndOrder) {
  std::mt19937_64 random(11);
  std::vector<double> events, sizes;
  for (int i = 0; i < 200; ++i) {
    sizes.push_back(static_cast<double>(1 + random() % 400));
    std::binomial_distribution<int> draw(static_cast<int>(sizes.back()),
                                         i % 5 == 0 ? 0.25 : 0.1);
    events.push_back(draw(random));
  }
  std::vector<size_t> order(events.size());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  std::vector<double> other_events, other_sizes;
  for (const size_t i : order) {
    other_events.push_back(events[i]);
    other_sizes.push_back(sizes[i]);
  }
  for (const auto kind :
       {FunnelLimitKind::kPrediction, FunnelLimitKind::kConfidence,
        FunnelLimitKind::kNormal}) {
    for (const auto how :
         {FunnelOverdispersion::kNone, FunnelOverdispersion::kAdditive}) {
      const Funnel funnel = Estimate(events, sizes, With(kShare, kind, how));
      const Funnel other =
          Estimate(other_events, other_sizes, With(kShare, kind, how));
      EXPECT_EQ(funnel.target, other.target);
      EXPECT_EQ(funnel.dispersion.phi, other.dispersion.phi);
      int flagged = 0;
      for (size_t i = 0; i < order.size(); ++i) {
        const FunnelSite& site = other.sites[i];
        EXPECT_EQ(site.flag, funnel.sites[order[i]].flag);
        const auto limits = std::lower_bound(
            other.limits.begin(), other.limits.end(), other_sizes[i],
            [](const FunnelLimits& l, double size) { return l.size < size; });
        ASSERT_EQ(limits->size, other_sizes[i]);
        EXPECT_EQ(*site.flag, FlagBy(*site.estimate, *limits));
        flagged += *site.flag != FunnelFlag::kIn;
      }
      EXPECT_GT(flagged, 5);
      for (size_t i = 1; i < other.limits.size(); ++i) {
        EXPECT_LT(other.limits[i - 1].size, other.limits[i].size);
      }
    }
  }
}

TEST(Funnel, NoEventsAndAllEvents) {
  for (const auto kind :
       {FunnelLimitKind::kPrediction, FunnelLimitKind::kConfidence,
        FunnelLimitKind::kNormal}) {
    const Funnel none = Estimate({0, 0, 0}, {10, 1, 500}, With(kShare, kind));
    const Funnel all = Estimate({10, 1, 500}, {10, 1, 500}, With(kShare, kind));
    EXPECT_EQ(none.target, 0);
    EXPECT_EQ(all.target, 1);
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(*none.sites[i].z, 0);
      EXPECT_EQ(*none.sites[i].flag, FunnelFlag::kIn);
      EXPECT_EQ(*all.sites[i].flag, FunnelFlag::kIn);
    }
  }
  // A ratio of 0 is beyond what two sites out of three expect.
  const Funnel ratio = Estimate({0, 0, 0}, {0.5, 8, 40},
                                With(kRatio, FunnelLimitKind::kPrediction));
  EXPECT_EQ(*ratio.sites[0].flag, FunnelFlag::kIn);
  EXPECT_EQ(*ratio.sites[1].flag, FunnelFlag::kAlarmLow);
  EXPECT_EQ(*ratio.sites[2].flag, FunnelFlag::kAlarmLow);
}

TEST(Funnel, OneSiteAndSitesWithoutCases) {
  const Funnel one = Estimate({3, 0}, {20, 0},
                              With(kShare, FunnelLimitKind::kPrediction,
                                   FunnelOverdispersion::kAdditive));
  EXPECT_EQ(one.target, 0.15);
  EXPECT_EQ(one.dispersion.k, 1);
  EXPECT_FALSE(one.dispersion.phi.has_value());
  EXPECT_EQ(*one.sites[0].flag, FunnelFlag::kIn);
  EXPECT_FALSE(one.sites[1].estimate.has_value());
  EXPECT_FALSE(one.sites[1].flag.has_value());
  EXPECT_GT(one.limits.front().size, 0);
  // Events that cannot happen.
  const Funnel contradicted =
      Estimate({2, 3}, {0, 4}, With(kRatio, FunnelLimitKind::kPrediction));
  EXPECT_FALSE(contradicted.sites[0].z.has_value());
}

TEST(Funnel, HugeAndTinySites) {
  const double huge = kLargestFunnelCount;
  const Funnel share = Estimate({1, huge / 2, 0}, {2, huge, 1},
                                With(kShare, FunnelLimitKind::kPrediction));
  const double reach = NormalUpperQuantile(0.025) * 0.5 / std::sqrt(huge);
  const auto last = std::find_if(share.limits.begin(), share.limits.end(),
                                 [&](const auto& l) { return l.size == huge; });
  ASSERT_NE(last, share.limits.end());
  // Where a count is all digits that a double has, its tails have few.
  EXPECT_NEAR(*last->upper95 - 0.5, reach, 0.1 * reach);
  for (const auto kind :
       {FunnelLimitKind::kPrediction, FunnelLimitKind::kConfidence,
        FunnelLimitKind::kNormal}) {
    const Funnel ratio =
        Estimate({50, 1000000000, 0}, {1e-100, 1e9, 3e-9}, With(kRatio, kind));
    EXPECT_EQ(*ratio.sites[0].flag, FunnelFlag::kAlarmHigh);
    EXPECT_EQ(*ratio.sites[1].flag, FunnelFlag::kIn);
    EXPECT_EQ(*ratio.sites[2].flag, FunnelFlag::kIn);
    for (const FunnelLimits& limits : ratio.limits) {
      for (const auto limit :
           {limits.lower95, limits.upper95, limits.lower998, limits.upper998}) {
        EXPECT_TRUE(!limit.has_value() || std::isfinite(*limit));
      }
    }
  }
}

TEST(Funnel, FaultsAreNamed) {
  const double kNaN = std::numeric_limits<double>::quiet_NaN();
  const auto message = [](std::vector<double> events, std::vector<double> sizes,
                          FunnelOptions options) {
    const auto funnel = EstimateFunnel({events, sizes}, options);
    return std::string(funnel.status().message());
  };
  const auto share = With(kShare, FunnelLimitKind::kPrediction);
  auto ratio = With(kRatio, FunnelLimitKind::kPrediction);
  EXPECT_EQ(message({1, 5}, {3, 4}, share),
            "site 1, events 5: there are more events than cases");
  EXPECT_EQ(message({1.5}, {3}, share),
            "site 0, events 1.5: a count is a whole number from 0 to 2^53");
  EXPECT_EQ(message({1}, {3.5}, share),
            "site 0, size 3.5: a count is a whole number from 0 to 2^53");
  EXPECT_NE(message({1}, {kNaN}, ratio), "");
  EXPECT_EQ(message({1}, {-1}, ratio),
            "site 0, size -1: expected events are 0, or from 1e-100 to 1e9");
  EXPECT_EQ(message({0}, {0}, share), "no site has cases");
  EXPECT_EQ(message({}, {}, ratio), "no site expects events");
  ratio.target = 0;
  EXPECT_EQ(message({1}, {1}, ratio),
            "the target is 0; allowed: a ratio from 0.01 to 10");
}

}  // namespace
}  // namespace enthesis::stats
