// Effects of studies and what is pooled from their tables, against metafor
// (golden/README.md).

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/conditional_odds_ratio.h"
#include "stats/distributions.h"
#include "stats/event_rate.h"
#include "stats/mantel_haenszel.h"
#include "stats/meta_analysis.h"
#include "stats/peto.h"
#include "stats/study_effects.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;
using Figures = std::map<std::string, std::optional<double>>;

int64_t Whole(const Csv& csv, size_t row, const char* column) {
  return static_cast<int64_t>(csv.Value(row, column));
}

TwoByTwo TableOf(const Csv& csv, size_t row) {
  return {Whole(csv, row, "events"), Whole(csv, row, "n"),
          Whole(csv, row, "control_events"), Whole(csv, row, "control_n")};
}

absl::StatusOr<StudyEffect> EffectOf(const Csv& csv, size_t row,
                                     const std::string& measure,
                                     double correction) {
  if (measure == "OR") {
    return TableEffect(TableOf(csv, row), TableMeasure::kLogOddsRatio,
                       correction);
  }
  if (measure == "RR") {
    return TableEffect(TableOf(csv, row), TableMeasure::kLogRiskRatio,
                       correction);
  }
  if (measure == "RD") {
    return TableEffect(TableOf(csv, row), TableMeasure::kRiskDifference,
                       correction);
  }
  if (measure == "PLO") {
    return LogOddsEffect(Whole(csv, row, "events"), Whole(csv, row, "n"),
                         correction);
  }
  if (measure == "MN" || measure == "MD") {
    const MeanSummary group = {csv.Value(row, "mean"), csv.Value(row, "sd"),
                               Whole(csv, row, "n")};
    if (measure == "MN") return MeanEffect(group);
    return MeanDifferenceEffect(
        group, {csv.Value(row, "control_mean"), csv.Value(row, "control_sd"),
                Whole(csv, row, "control_n")});
  }
  const RateCounts group = {Whole(csv, row, "events"),
                            csv.Value(row, "exposure")};
  if (measure == "IRLN") return LogRateEffect(group, correction);
  EXPECT_EQ(measure, "IRR");
  return LogRateRatioEffect(
      group,
      {Whole(csv, row, "control_events"), csv.Value(row, "control_exposure")},
      correction);
}

void AddPooled(const std::string& name, const Coefficient& pooled,
               Figures& figures) {
  figures[name + "_estimate"] = pooled.estimate;
  figures[name + "_std_error"] = pooled.std_error;
  figures[name + "_statistic"] = pooled.statistic;
  figures[name + "_p"] = pooled.p_value;
  figures[name + "_lower"] = pooled.lower;
  figures[name + "_upper"] = pooled.upper;
}

Figures PooledFigures(const Csv& csv) {
  std::vector<TwoByTwo> tables;
  for (size_t i = 0; i < csv.n_rows(); ++i) tables.push_back(TableOf(csv, i));
  const MantelHaenszel common = *EstimateMantelHaenszel(tables, 0.95);
  const BreslowDayTest alike = *TestHomogeneity(tables);
  const PetoOddsRatio peto = *EstimatePeto(tables, 0.95);
  const ConditionalOddsRatio exact =
      *EstimateConditionalOddsRatio(tables, 0.95);
  Figures figures = {{"cmh", common.uncorrected.chi_square},
                     {"cmh_p", common.uncorrected.p_value},
                     {"bd", alike.breslow_day.chi_square},
                     {"bd_p", alike.breslow_day.p_value},
                     {"ta", alike.tarone.chi_square},
                     {"ta_p", alike.tarone.p_value},
                     {"peto_q", peto.heterogeneity.chi_square},
                     {"peto_q_p", peto.heterogeneity.p_value},
                     {"exact_estimate", exact.estimate},
                     {"exact_lower", exact.lower},
                     {"exact_upper", exact.upper},
                     {"exact_p", exact.p_value}};
  AddPooled("mh_or", LogOf(common.odds_ratio, 0.95), figures);
  AddPooled("mh_rr", LogOf(common.risk_ratio, 0.95), figures);
  Coefficient difference;
  const Effect& rd = common.risk_difference;
  SetEstimate(*rd.estimate, *rd.std_error * *rd.std_error,
              NormalCriticalValue(0.95), difference);
  AddPooled("mh_rd", difference, figures);
  AddPooled("peto", peto.log_odds_ratio, figures);
  return figures;
}

// REML of the studies that have an effect.
Figures MetaFigures(const Csv& csv, const std::string& measure,
                    double correction) {
  std::vector<double> estimates, std_errors;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const StudyEffect effect = *EffectOf(csv, i, measure, correction);
    if (!effect.estimate.has_value()) continue;
    estimates.push_back(*effect.estimate);
    std_errors.push_back(*effect.std_error);
  }
  const auto meta = EstimateMeta({estimates, std_errors}, MetaOptions());
  EXPECT_TRUE(meta.ok()) << meta.status();
  if (!meta.ok()) return {};
  return {{"rma_estimate", meta->estimate},
          {"rma_std_error", meta->std_error},
          {"rma_tau2", meta->tau_squared}};
}

// The common rate ratio of all studies.
Figures RateRatioFigures(const Csv& csv) {
  std::vector<RatePair> pairs;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    pairs.push_back(
        {{Whole(csv, i, "events"), csv.Value(i, "exposure")},
         {Whole(csv, i, "control_events"), csv.Value(i, "control_exposure")}});
  }
  const Coefficient pooled = LogOf(*EstimateCommonRateRatio(pairs, 0.95), 0.95);
  return {{"estimate", pooled.estimate},
          {"std_error", pooled.std_error},
          {"lower", pooled.lower},
          {"upper", pooled.upper}};
}

TEST(Golden, StudyEffects) {
  const Csv csv("study_effects.csv");
  std::map<std::string, Csv> inputs;
  std::map<std::string, Figures> pooled;
  ASSERT_GT(csv.n_rows(), 900);
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const std::string& measure = csv.Text(row, "measure");
    const std::string& name = csv.Text(row, "name");
    const auto input = inputs.try_emplace(
        dataset, absl::StrCat("data/study_", dataset, ".csv"));
    const Csv& data = input.first->second;
    const std::string what = absl::StrCat(dataset, " ", measure, " ", name, " ",
                                          csv.Text(row, "study"));
    if (measure == "pooled") {
      if (pooled.count(dataset) == 0) pooled[dataset] = PooledFigures(data);
      ASSERT_EQ(pooled[dataset].count(name), 1) << what;
      Compare("tables pooled", dataset, pooled[dataset][name],
              csv.Number(row, "value"), what);
      continue;
    }
    if (measure == "IRR_mh") {
      Compare("rates pooled", dataset, RateRatioFigures(data)[name],
              csv.Number(row, "value"), what);
      continue;
    }
    const double correction = csv.Value(row, "correction");
    if (name.substr(0, 4) == "rma_") {
      Figures found = MetaFigures(data, measure, correction);
      Compare("effects pooled", dataset, found[name], csv.Number(row, "value"),
              what);
      continue;
    }
    const auto effect =
        EffectOf(data, static_cast<size_t>(csv.Value(row, "study")), measure,
                 correction);
    ASSERT_TRUE(effect.ok()) << effect.status();
    Compare(absl::StrCat("effect ", measure), dataset,
            name == "estimate" ? effect->estimate : effect->std_error,
            csv.Number(row, "value"), what);
  }
}

}  // namespace
}  // namespace enthesis::stats
