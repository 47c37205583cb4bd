#include "stats/study_effects.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "stats/peto.h"

namespace enthesis::stats {
namespace {

StudyEffect Odds(const TwoByTwo& table, double correction) {
  return *TableEffect(table, TableMeasure::kLogOddsRatio, correction);
}

// 6 of 10 and 3 of 12: odds ratio 9/2, variance 31/36; risk ratio 12/5,
// variance 19/60.
TEST(StudyEffects, TablesByHand) {
  const TwoByTwo table = {6, 10, 3, 12};
  const StudyEffect odds = Odds(table, 0.5);
  EXPECT_NEAR(*odds.estimate, std::log(4.5), 1e-15);
  EXPECT_NEAR(*odds.std_error, std::sqrt(31.0 / 36), 1e-15);
  EXPECT_FALSE(odds.is_corrected);
  const StudyEffect risk =
      *TableEffect(table, TableMeasure::kLogRiskRatio, 0.5);
  EXPECT_NEAR(*risk.estimate, std::log(2.4), 1e-15);
  EXPECT_NEAR(*risk.std_error, std::sqrt(19.0 / 60), 1e-15);
  const StudyEffect difference =
      *TableEffect(table, TableMeasure::kRiskDifference, 0.5);
  EXPECT_NEAR(*difference.estimate, 0.35, 1e-15);
  EXPECT_NEAR(*difference.std_error, std::sqrt(0.024 + 0.015625), 1e-15);
}

TEST(StudyEffects, ZeroCellsAreCorrectedOrLeftOut) {
  const StudyEffect half = Odds({0, 10, 3, 12}, 0.5);
  EXPECT_TRUE(half.is_corrected);
  EXPECT_NEAR(*half.estimate, std::log(0.5 * 9.5 / (10.5 * 3.5)), 1e-14);
  const StudyEffect none = Odds({0, 10, 3, 12}, 0);
  EXPECT_FALSE(none.estimate || none.std_error || none.is_corrected);
  EXPECT_EQ(none.absence, "a count of 0 leaves it undefined");
  // All of a group: a risk ratio needs no correction, an odds ratio does.
  const TwoByTwo all = {10, 10, 3, 12};
  EXPECT_FALSE(Odds(all, 0).estimate.has_value());
  EXPECT_NEAR(*TableEffect(all, TableMeasure::kLogRiskRatio, 0)->estimate,
              std::log(4.0), 1e-15);
  const StudyEffect alike =
      *TableEffect({10, 10, 0, 12}, TableMeasure::kRiskDifference, 0);
  EXPECT_EQ(alike.absence, "it has no error");
}

TEST(StudyEffects, SharesRatesAndMeans) {
  const StudyEffect logit = *LogOddsEffect(4, 20, 0.5);
  EXPECT_NEAR(*logit.estimate, std::log(0.25), 1e-15);
  EXPECT_NEAR(*logit.std_error, std::sqrt(1.0 / 4 + 1.0 / 16), 1e-15);
  EXPECT_NEAR(*LogOddsEffect(0, 20, 0.5)->estimate, std::log(0.5 / 20.5),
              1e-14);
  const StudyEffect rate = *LogRateEffect({4, 50}, 0.5);
  EXPECT_NEAR(*rate.estimate, std::log(0.08), 1e-15);
  EXPECT_EQ(*rate.std_error, 0.5);
  EXPECT_FALSE(LogRateEffect({0, 50}, 0)->estimate.has_value());
  EXPECT_NEAR(*LogRateEffect({0, 50}, 0.5)->estimate, std::log(0.01), 1e-15);
  const StudyEffect ratio = *LogRateRatioEffect({4, 50}, {16, 50}, 0.5);
  EXPECT_NEAR(*ratio.estimate, std::log(0.25), 1e-15);
  EXPECT_NEAR(*ratio.std_error, std::sqrt(5.0 / 16), 1e-15);
  // The mean change of Nordio 2020 with r = 1/2 on pain, 9 (1) to 1 (2).
  const double sd = std::sqrt(1.0 + 4.0 - 2 * 0.5 * 1 * 2);
  const StudyEffect change = *MeanEffect({-8, sd, 26});
  EXPECT_EQ(*change.estimate, -8);
  EXPECT_NEAR(*change.std_error, 0.33968, 5e-6);
  const StudyEffect gap = *MeanDifferenceEffect({5, 3, 9}, {1, 4, 16});
  EXPECT_EQ(*gap.estimate, 4);
  EXPECT_NEAR(*gap.std_error, std::sqrt(2.0), 1e-15);
  EXPECT_EQ(MeanEffect({5, 0, 9})->absence, "it has no error");
}

TEST(StudyEffects, RefusesWhatIsNoStudy) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto measure = TableMeasure::kLogOddsRatio;
  EXPECT_FALSE(TableEffect({11, 10, 3, 12}, measure, 0.5).ok());
  EXPECT_FALSE(TableEffect({0, 0, 3, 12}, measure, 0.5).ok());
  EXPECT_FALSE(TableEffect({1, 10, 3, 12}, measure, -1).ok());
  EXPECT_FALSE(LogOddsEffect(3, 2, 0.5).ok());
  EXPECT_FALSE(LogOddsEffect(0, 0, 0.5).ok());
  EXPECT_FALSE(LogRateEffect({3, 0}, 0.5).ok());
  EXPECT_FALSE(LogRateEffect({0, 0}, 0.5).ok());
  EXPECT_FALSE(LogRateRatioEffect({3, 2}, {1, nan}, 0.5).ok());
  EXPECT_FALSE(MeanEffect({nan, 1, 3}).ok());
  EXPECT_FALSE(MeanEffect({1, -1, 3}).ok());
  EXPECT_FALSE(MeanDifferenceEffect({1, 1, 3}, {1, 1, 0}).ok());
}

// O - E = 42 / 22, V = 10 * 12 * 9 * 13 / (22^2 * 21).
TEST(Peto, OneStudyByHand) {
  const TwoByTwo table = {6, 10, 3, 12};
  const auto peto = EstimatePeto({&table, 1}, 0.95);
  ASSERT_TRUE(peto.ok());
  const double v = 10.0 * 12 * 9 * 13 / (22 * 22 * 21);
  EXPECT_NEAR(*peto->log_odds_ratio.estimate, 42.0 / 22 / v, 1e-14);
  EXPECT_NEAR(*peto->log_odds_ratio.std_error, 1 / std::sqrt(v), 1e-14);
  EXPECT_EQ(peto->heterogeneity.df, 0);
}

TEST(Peto, StudiesWithoutInformationChangeNothing) {
  const std::vector<TwoByTwo> two = {{6, 10, 3, 12}, {0, 9, 4, 11}};
  const std::vector<TwoByTwo> more = {
      {0, 7, 0, 9}, {6, 10, 3, 12}, {0, 9, 4, 11}, {5, 5, 6, 6}};
  const auto a = EstimatePeto(two, 0.95), b = EstimatePeto(more, 0.95);
  EXPECT_EQ(*a->log_odds_ratio.estimate, *b->log_odds_ratio.estimate);
  EXPECT_EQ(*a->heterogeneity.chi_square, *b->heterogeneity.chi_square);
  EXPECT_EQ(b->n_studies, 2);
  const TwoByTwo nothing = {0, 7, 0, 9};
  const auto none = EstimatePeto({&nothing, 1}, 0.95);
  EXPECT_FALSE(none->log_odds_ratio.estimate.has_value());
  const TwoByTwo bad = {8, 7, 0, 9};
  EXPECT_FALSE(EstimatePeto({&bad, 1}, 0.95).ok());
  EXPECT_FALSE(EstimatePeto(two, 1).ok());
}

}  // namespace
}  // namespace enthesis::stats
