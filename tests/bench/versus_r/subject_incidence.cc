// Cumulative incidence of two causes in four groups with its variance, and
// Gray's test of both: from columns to all of it, tables included.

#include <utility>
#include <vector>

#include "stats/cumulative_incidence.h"
#include "stats/event_columns.h"
#include "stats/gray_test.h"
#include "stats/incidence_curves.h"
#include "tests/bench/versus_r/columns.h"

namespace enthesis::versus_r {
namespace {

constexpr int kRepeats = 7;
constexpr int kGroups = 4;
constexpr int kSites = 50;
constexpr int kCauses = 2;
constexpr double kAsked = 1000;  // day at which R's incidence must agree

// Incidence and its error at day 1000 over groups and causes, and the
// statistics: all in one number.
double CurvesAndTest(const std::vector<stats::CumulativeIncidence>& curves,
                     const std::vector<std::vector<stats::EventTable>>& strata,
                     stats::ThreadPool& pool) {
  double figure = 0;
  for (const stats::CumulativeIncidence& curve : curves) {
    for (int cause = 0; cause < kCauses; ++cause) {
      const auto at = stats::IncidenceAt(curve, cause, {kAsked})[0];
      if (at.has_value()) figure += at->incidence + at->std_error.value_or(0);
    }
  }
  const auto tests = stats::TestGray(strata, {}, &pool);
  if (!tests.ok()) Fail(tests.status());
  for (const stats::GrayTest& test : *tests) {
    figure += test.chi_square.value_or(0);
  }
  return figure;
}

double OneStratum(const stats::EventColumns& columns, stats::ThreadPool& pool) {
  auto result =
      stats::EstimateIncidenceCurves(columns, kGroups, kCauses, {}, &pool);
  if (!result.ok()) Fail(result.status());
  return CurvesAndTest(result->curves, {std::move(result->tables)}, pool);
}

double BySite(const stats::EventColumns& columns, const std::vector<int>& sites,
              stats::ThreadPool& pool) {
  const auto strata =
      stats::TabulateStrata(columns, sites, kSites, kGroups, kCauses, &pool);
  if (!strata.ok()) Fail(strata.status());
  const auto result =
      stats::EstimateIncidenceCurves(columns, kGroups, kCauses, {}, &pool);
  if (!result.ok()) Fail(result.status());
  return CurvesAndTest(result->curves, *strata, pool);
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
