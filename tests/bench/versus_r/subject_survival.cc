// Kaplan-Meier curves of four groups with their limits, and the log-rank test:
// from columns to both, tables included.

#include <vector>

#include "stats/event_columns.h"
#include "stats/rank_test.h"
#include "stats/survival_curves.h"
#include "tests/bench/versus_r/columns.h"

namespace enthesis::versus_r {
namespace {

constexpr int kRepeats = 7;
constexpr int kGroups = 4;
constexpr int kSites = 50;
constexpr double kAsked = 1000;  // day at which R's survival must agree

// Survival and its error at day 1000, summed over groups, and chi-square: all
// in one number.
double CurvesAndTest(const stats::EventColumns& columns, bool test,
                     stats::ThreadPool& pool) {
  const stats::KaplanMeierOptions options = {
      .transform = stats::IntervalTransform::kLog};
  const auto curves =
      stats::EstimateSurvivalCurves(columns, kGroups, 2, options, &pool);
  if (!curves.ok()) Fail(curves.status());
  double figure = 0;
  for (const stats::KaplanMeierCurve& curve : curves->curves) {
    const auto at = stats::SurvivalAt(curve, {kAsked})[0];
    if (at.has_value()) figure += at->survival + at->std_error.value_or(0);
  }
  if (!test) return figure;
  const auto rank = stats::TestLogRank({curves->tables});
  if (!rank.ok()) Fail(rank.status());
  return figure + rank->chi_square.value_or(0);
}

double StratifiedTest(const Columns& columns, stats::ThreadPool& pool) {
  auto strata = stats::TabulateStrata(
      {.times = columns.day, .causes = columns.event, .groups = columns.group},
      columns.site, kSites, kGroups, 2, &pool);
  if (!strata.ok()) Fail(strata.status());
  stats::RunTasks(&pool, strata->size(), [&](size_t s) {
    for (stats::EventTable& table : (*strata)[s]) {
      table = stats::CollapseCauses(table, -1);
    }
  });
  const auto rank = stats::TestRank(*strata, {}, &pool);
  if (!rank.ok()) Fail(rank.status());
  return rank->chi_square.value_or(0);
}

}  // namespace

std::vector<Timing> TimeSurvival(const Columns& columns,
                                 stats::ThreadPool& pool) {
  stats::EventColumns whole = {
      .times = columns.day, .causes = columns.event, .groups = columns.group};
  stats::EventColumns exact = whole;
  exact.times = columns.time;
  stats::EventColumns weighted = whole;
  weighted.weights = columns.weight;
  stats::EventColumns late = whole;
  late.entries = columns.entry;
  return {Time("curves and log-rank, whole days", kRepeats,
               [&] { return CurvesAndTest(whole, true, pool); }),
          Time("curves and log-rank, continuous", kRepeats,
               [&] { return CurvesAndTest(exact, true, pool); }),
          Time("log-rank by 50 sites, whole days", kRepeats,
               [&] { return StratifiedTest(columns, pool); }),
          Time("curves with late entry, whole days", kRepeats,
               [&] { return CurvesAndTest(late, false, pool); }),
          Time("curves with weights, whole days", kRepeats,
               [&] { return CurvesAndTest(weighted, false, pool); })};
}

}  // namespace enthesis::versus_r
