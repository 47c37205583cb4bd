// Cumulative incidence of two causes in four groups with its variance, and
// Gray's test of both: from columns to all of it, tables included.

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "stats/cumulative_incidence.h"
#include "stats/event_columns.h"
#include "stats/gray_test.h"
#include "tests/bench/versus_r/columns.h"

namespace enthesis::versus_r {
namespace {

constexpr int kRepeats = 7;
constexpr int kGroups = 4;
constexpr int kSites = 50;
constexpr int kCauses = 2;
constexpr double kAsked = 1000;  // day at which R's incidence must agree

[[noreturn]] void Fail(const absl::Status& status) {
  std::fprintf(stderr, "versus_r: %s\n", status.ToString().c_str());
  std::exit(1);
}

// Incidence and its error at day 1000 over groups and causes, and the
// statistics: all in one number.
double CurvesAndTest(
    const std::vector<stats::EventTable>& tables,
    const std::vector<std::vector<stats::EventTable>>& strata) {
  double figure = 0;
  for (const stats::EventTable& table : tables) {
    const auto curve = stats::EstimateCumulativeIncidence(table);
    if (!curve.ok()) Fail(curve.status());
    for (int cause = 0; cause < kCauses; ++cause) {
      const auto at = stats::IncidenceAt(*curve, cause, {kAsked})[0];
      if (at.has_value()) figure += at->incidence + at->std_error.value_or(0);
    }
  }
  const auto tests = stats::TestGray(strata);
  if (!tests.ok()) Fail(tests.status());
  for (const stats::GrayTest& test : *tests) {
    figure += test.chi_square.value_or(0);
  }
  return figure;
}

double OneStratum(const stats::EventColumns& columns, stats::ThreadPool& pool) {
  const auto tables =
      stats::TabulateEventColumns(columns, kGroups, kCauses, &pool);
  if (!tables.ok()) Fail(tables.status());
  return CurvesAndTest(*tables, {*tables});
}

double BySite(const stats::EventColumns& columns, const std::vector<int>& sites,
              stats::ThreadPool& pool) {
  const auto strata =
      stats::TabulateStrata(columns, sites, kSites, kGroups, kCauses, &pool);
  if (!strata.ok()) Fail(strata.status());
  std::vector<stats::EventTable> tables(kGroups);
  for (stats::EventTable& table : tables) table.n_causes = kCauses;
  for (const std::vector<stats::EventTable>& groups : *strata) {
    for (size_t g = 0; g < kGroups; ++g) {
      tables[g] = stats::Merge(tables[g], groups[g]);
    }
  }
  return CurvesAndTest(tables, *strata);
}

}  // namespace

std::vector<Timing> TimeIncidence(const Columns& columns,
                                  stats::ThreadPool& pool) {
  stats::EventColumns whole;
  whole.times = columns.day;
  whole.causes = columns.event;
  whole.groups = columns.group;
  stats::EventColumns exact = whole;
  exact.times = columns.time;
  return {Time("curves and Gray's test, whole days", kRepeats,
               [&] { return OneStratum(whole, pool); }),
          Time("curves and Gray's test, continuous", kRepeats,
               [&] { return OneStratum(exact, pool); }),
          Time("the same by 50 sites, whole days", kRepeats,
               [&] { return BySite(whole, columns.site, pool); })};
}

}  // namespace enthesis::versus_r
