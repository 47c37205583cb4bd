// Survival with all its options against R on shipped data:
// tests/golden/README.md.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/event_columns.h"
#include "stats/event_table.h"
#include "stats/follow_up.h"
#include "stats/kaplan_meier.h"
#include "stats/rank_test.h"
#include "stats/restricted_mean.h"
#include "stats/survival_curves.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;
using golden::EventData;
using golden::ReadEventData;

// The columns of a data set, with every cause an event.
struct Columns {
  std::vector<double> times, entries, weights;
  std::vector<int> causes, groups, strata;
  std::vector<std::string> labels;
  int n_strata = 1;

  EventColumns View(bool weighted) const {
    return {
        times, causes, groups, entries,
        weighted ? absl::MakeConstSpan(weights) : absl::Span<const double>()};
  }
  int n_groups() const { return static_cast<int>(labels.size()); }
  size_t GroupOf(const std::string& label) const {
    const auto at = std::find(labels.begin(), labels.end(), label);
    return static_cast<size_t>(at - labels.begin());
  }
};

const Columns& ColumnsOf(const std::string& dataset) {
  static auto& cache = *new std::map<std::string, Columns>;
  auto [it, is_new] = cache.try_emplace(dataset);
  Columns& columns = it->second;
  if (!is_new) return columns;
  const EventData data = ReadEventData(dataset);
  for (const EventRow& row : data.rows) {
    columns.times.push_back(row.time);
    columns.entries.push_back(row.entry);
    columns.weights.push_back(row.weight);
    columns.causes.push_back(row.cause > 0 ? 1 : 0);
  }
  columns.groups = data.groups;
  columns.strata = data.strata;
  columns.labels = data.labels;
  columns.n_strata = data.n_strata;
  return columns;
}

const SurvivalCurves& CurvesOf(const std::string& dataset, bool weighted,
                               const KaplanMeierOptions& options) {
  using Key = std::tuple<std::string, bool, int, int, int>;
  static auto& cache = *new std::map<Key, SurvivalCurves>;
  const Key key = {dataset, weighted, static_cast<int>(options.transform),
                   static_cast<int>(options.hazard_ties),
                   static_cast<int>(options.form)};
  auto [it, is_new] = cache.try_emplace(key);
  if (!is_new) return it->second;
  const Columns& columns = ColumnsOf(dataset);
  auto curves = EstimateSurvivalCurves(columns.View(weighted),
                                       columns.n_groups(), 1, options);
  EXPECT_TRUE(curves.ok()) << dataset << ": " << curves.status();
  if (curves.ok()) it->second = *std::move(curves);
  return it->second;
}

IntervalTransform TransformOf(const std::string& name) {
  if (name == "log") return IntervalTransform::kLog;
  if (name == "plain") return IntervalTransform::kPlain;
  if (name == "logit") return IntervalTransform::kLogit;
  if (name == "arcsin") return IntervalTransform::kArcsin;
  return IntervalTransform::kLogLog;
}

// The point of a golden row, found by group and (nearly) by time.
SurvivalPoint PointOf(const Csv& csv, size_t row, bool weighted,
                      const KaplanMeierOptions& options) {
  const std::string& dataset = csv.Text(row, "dataset");
  const SurvivalCurves& curves = CurvesOf(dataset, weighted, options);
  const size_t group = ColumnsOf(dataset).GroupOf(csv.Text(row, "group"));
  const double time = csv.Value(row, "time");
  for (const SurvivalPoint& point : curves.curves.at(group).points) {
    if (std::abs(point.time - time) <= 1e-12 * time) return point;
  }
  ADD_FAILURE() << dataset << ": no point at " << time;
  return {};
}

// Compares columns of the golden row with values.
void CompareRow(
    const std::string& method, const Csv& csv, size_t row,
    const std::vector<std::pair<std::string, std::optional<double>>>& values) {
  for (const auto& [column, value] : values) {
    Compare(method, csv.Text(row, "dataset"), value, csv.Number(row, column),
            absl::StrCat("row ", row, " ", column));
  }
}

TEST(GoldenSurvival, Options) {
  const Csv csv("survival_options.csv");
  const HazardTies tied = HazardTies::kFlemingHarrington;
  const SurvivalForm exponent = SurvivalForm::kExponentiatedHazard;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const auto point = [&](const KaplanMeierOptions& options) {
      return PointOf(csv, i, false, options);
    };
    SurvivalPoint p = point({.transform = IntervalTransform::kLogit});
    CompareRow("survival logit", csv, i,
               {{"lower_logit", p.lower},
                {"upper_logit", p.upper},
                {"hazard_std_error", p.hazard_std_error}});
    p = point({.transform = IntervalTransform::kArcsin});
    CompareRow("survival arcsin", csv, i,
               {{"lower_arcsin", p.lower}, {"upper_arcsin", p.upper}});
    p = point({.hazard_ties = tied});
    CompareRow("tied hazard", csv, i,
               {{"tied_hazard", p.cumulative_hazard},
                {"tied_std_error", p.hazard_std_error}});
    p = point({.form = exponent});
    CompareRow("exp(-hazard)", csv, i,
               {{"exponent_survival", p.survival},
                {"exponent_std_error", p.std_error}});
    p = point({.hazard_ties = tied, .form = exponent});
    CompareRow("exp(-tied hazard)", csv, i,
               {{"tied_survival", p.survival},
                {"tied_lower", p.lower},
                {"tied_upper", p.upper}});
  }
}

TEST(GoldenSurvival, Weights) {
  const Csv csv("survival_weighted.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    for (const std::string scale : {"loglog", "plain", "arcsin"}) {
      const SurvivalPoint p =
          PointOf(csv, i, true, {.transform = TransformOf(scale)});
      CompareRow("survival weighted", csv, i,
                 {{"at_risk", p.at_risk},
                  {"events", p.events},
                  {"censored", p.censored},
                  {"survival", p.survival},
                  {"std_error", p.std_error},
                  {"cumulative_hazard", p.cumulative_hazard},
                  {"hazard_std_error", p.hazard_std_error},
                  {"lower_" + scale, p.lower},
                  {"upper_" + scale, p.upper}});
    }
  }
}

TEST(GoldenSurvival, WeightedQuantiles) {
  const Csv csv("survival_weighted_quantiles.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& dataset = csv.Text(i, "dataset");
    const SurvivalCurves& curves = CurvesOf(
        dataset, true, {.transform = TransformOf(csv.Text(i, "transform"))});
    const size_t group = ColumnsOf(dataset).GroupOf(csv.Text(i, "group"));
    const TimeQuantile quantile =
        SurvivalQuantile(curves.curves.at(group), csv.Value(i, "probability"));
    CompareRow("weighted quantile", csv, i,
               {{"estimate", quantile.estimate},
                {"lower", quantile.lower},
                {"upper", quantile.upper}});
  }
}

RestrictedMean MeanOf(const KaplanMeierCurve& curve, double horizon) {
  const auto mean = EstimateRestrictedMean(curve, horizon);
  EXPECT_TRUE(mean.ok()) << mean.status();
  return mean.value_or(RestrictedMean());
}

void CompareContrast(const Csv& csv, size_t row, const std::string& name,
                     const std::optional<RestrictedMeanContrast>& contrast) {
  const RestrictedMeanContrast c = contrast.value_or(RestrictedMeanContrast());
  CompareRow(
      "mean " + name, csv, row,
      {{name, contrast.has_value() ? std::optional(c.estimate) : std::nullopt},
       {name + "_lower", c.lower},
       {name + "_upper", c.upper},
       {name + "_p", c.p_value}});
}

TEST(GoldenSurvival, RestrictedMeans) {
  const Csv csv("restricted_mean.csv");
  std::map<std::string, RestrictedMean> references;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& dataset = csv.Text(i, "dataset");
    const SurvivalCurves& curves = CurvesOf(dataset, true, {});
    const size_t group = ColumnsOf(dataset).GroupOf(csv.Text(i, "group"));
    const double horizon = csv.Value(i, "horizon");
    if (csv.Value(i, "common") > 0) {
      EXPECT_EQ(CommonHorizon(curves.curves), horizon) << dataset;
    }
    const RestrictedMean mean = MeanOf(curves.curves.at(group), horizon);
    CompareRow("restricted mean", csv, i,
               {{"estimate", mean.estimate}, {"std_error", mean.std_error}});
    if (group == 0) {
      references[dataset] = mean;
      continue;
    }
    const auto compared = CompareRestrictedMeans(mean, references[dataset]);
    ASSERT_TRUE(compared.ok()) << compared.status();
    CompareContrast(csv, i, "difference", compared->difference);
    CompareContrast(csv, i, "ratio", compared->ratio);
    CompareContrast(csv, i, "lost_ratio", compared->lost_ratio);
  }
}

TEST(GoldenSurvival, FollowUpAndLandmarks) {
  const Csv csv("follow_up.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& dataset = csv.Text(i, "dataset");
    const EventTable& table =
        CurvesOf(dataset, false, {})
            .tables.at(ColumnsOf(dataset).GroupOf(csv.Text(i, "group")));
    const auto follow_up = EstimateFollowUp(table);
    ASSERT_TRUE(follow_up.ok()) << follow_up.status();
    CompareRow("follow-up", csv, i,
               {{"follow_up", follow_up->median.estimate},
                {"follow_up_lower", follow_up->median.lower},
                {"follow_up_upper", follow_up->median.upper}});
    const auto beyond =
        EstimateKaplanMeier(AfterLandmark(table, csv.Value(i, "landmark")));
    ASSERT_TRUE(beyond.ok()) << beyond.status();
    const SurvivalPoint none;
    const std::optional<SurvivalPoint> at =
        SurvivalAt(*beyond, {csv.Value(i, "at")})[0];
    const SurvivalPoint& point = at.has_value() ? *at : none;
    CompareRow("landmark", csv, i,
               {{"survival",
                 at.has_value() ? std::optional(point.survival) : std::nullopt},
                {"std_error", point.std_error},
                {"lower", point.lower},
                {"upper", point.upper}});
  }
}

std::vector<std::vector<EventTable>> StrataOf(const std::string& dataset,
                                              bool stratified) {
  const Columns& columns = ColumnsOf(dataset);
  const auto strata =
      TabulateStrata(columns.View(false),
                     stratified ? absl::MakeConstSpan(columns.strata)
                                : absl::Span<const int>(),
                     stratified ? columns.n_strata : 1, columns.n_groups(), 1);
  EXPECT_TRUE(strata.ok()) << strata.status();
  return strata.ok() ? *strata : std::vector<std::vector<EventTable>>();
}

RankTestOptions WithRho(double rho) {
  if (rho == 1) return {.weight = RankWeight::kPetoPeto};
  return {.weight = RankWeight::kFlemingHarrington, .rho = rho};
}

TEST(GoldenSurvival, RankTests) {
  const Csv csv("rank_tests.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& dataset = csv.Text(i, "dataset");
    const bool stratified = csv.Value(i, "stratified") > 0;
    const auto strata = StrataOf(dataset, stratified);
    const RankTestOptions options = WithRho(csv.Value(i, "rho"));
    const auto test = TestRank(strata, options);
    ASSERT_TRUE(test.ok()) << test.status();
    const size_t g = ColumnsOf(dataset).GroupOf(csv.Text(i, "group"));
    CompareRow(absl::StrCat("rank rho ", csv.Text(i, "rho"),
                            stratified ? " strata" : ""),
               csv, i,
               {{"observed", test->groups.at(g).observed},
                {"expected", test->groups.at(g).expected},
                {"df", test->df},
                {"chi_square", test->chi_square},
                {"p_value", test->p_value}});
    if (g > 0) continue;
    std::vector<double> scores;
    for (size_t k = 1; k <= test->groups.size(); ++k) {
      scores.push_back(static_cast<double>(k * k));
    }
    const auto trend = TestRankTrend(strata, scores, options);
    ASSERT_TRUE(trend.ok()) << trend.status();
    CompareRow("rank trend", csv, i,
               {{"trend_z", trend->z}, {"trend_p", trend->p_value}});
  }
}

TEST(GoldenSurvival, RankPairs) {
  const Csv csv("rank_pairs.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& dataset = csv.Text(i, "dataset");
    const auto strata = StrataOf(dataset, false);
    const size_t first = ColumnsOf(dataset).GroupOf(csv.Text(i, "first"));
    const size_t second = ColumnsOf(dataset).GroupOf(csv.Text(i, "second"));
    for (const PAdjustment adjustment :
         {PAdjustment::kHolm, PAdjustment::kBenjaminiHochberg}) {
      const auto pairs =
          TestRankPairs(strata, WithRho(csv.Value(i, "rho")), adjustment);
      ASSERT_TRUE(pairs.ok()) << pairs.status();
      const auto pair =
          std::find_if(pairs->begin(), pairs->end(), [&](const RankPair& p) {
            return p.first == first && p.second == second;
          });
      ASSERT_NE(pair, pairs->end());
      const bool holm = adjustment == PAdjustment::kHolm;
      CompareRow("rank pairs", csv, i,
                 {{"p_value", pair->test.p_value},
                  {holm ? "holm" : "bh", pair->adjusted_p_value}});
    }
  }
}

}  // namespace
}  // namespace enthesis::stats
