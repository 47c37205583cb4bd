// Events of groups, counted from rows: chi-square of four groups, two of them
// over 50 sites.

#include <vector>

#include "stats/contingency_table.h"
#include "stats/mantel_haenszel.h"
#include "tests/bench/versus_r/columns.h"
#include "tests/bench/versus_r/model.h"

namespace enthesis::versus_r {
namespace {

constexpr int kTableRepeats = 7;
constexpr size_t kGroups = 4, kSites = 50;

// [site][group]
std::vector<stats::GroupCounts> CountEvents(const Columns& columns) {
  const std::vector<int64_t> none(kGroups, 0);
  std::vector<stats::GroupCounts> sites(kSites, {none, none});
  for (size_t i = 0; i < columns.n_rows; ++i) {
    stats::GroupCounts& site = sites[static_cast<size_t>(columns.site[i])];
    const auto group = static_cast<size_t>(columns.group[i]);
    ++site.n[group];
    site.events[group] += columns.event[i] == 1 ? 1 : 0;
  }
  return sites;
}

double ChiSquareOf(const Columns& columns) {
  std::vector<int64_t> crossed(2 * kGroups, 0);
  for (const stats::GroupCounts& site : CountEvents(columns)) {
    for (size_t g = 0; g < kGroups; ++g) {
      crossed[2 * g] += site.n[g] - site.events[g];
      crossed[2 * g + 1] += site.events[g];
    }
  }
  return *FitOf(stats::TestIndependence(crossed, 2)).test.chi_square;
}

double CommonOddsRatioOf(const Columns& columns) {
  std::vector<stats::TwoByTwo> tables;
  for (const stats::GroupCounts& site : CountEvents(columns)) {
    tables.push_back({site.events[1], site.n[1], site.events[0], site.n[0]});
  }
  const auto common = stats::EstimateMantelHaenszel(tables, 0.95);
  const stats::MantelHaenszel& found = FitOf(common);
  return *found.test.chi_square + *found.odds_ratio.estimate;
}

}  // namespace

std::vector<Timing> TimeTables(const Columns& columns,
                               stats::ThreadPool& /*pool*/) {
  return {Time("chi-square of four groups", kTableRepeats,
               [&] { return ChiSquareOf(columns); }),
          Time("Mantel-Haenszel over 50 sites", kTableRepeats,
               [&] { return CommonOddsRatioOf(columns); })};
}

}  // namespace enthesis::versus_r
