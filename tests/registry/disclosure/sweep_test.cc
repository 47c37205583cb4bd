// Whatever is asked of whatever cases: no released figure rests on fewer cases
// than the threshold, and what is released is what was computed.

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "registry/disclosure/release.h"
#include "tests/registry/disclosure/released_counts.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using disclosure::Check;
using model::Dimension;

template <typename Answer>
void CheckCurves(const Answer& before, const Answer& after, int64_t k) {
  CheckRemainder(
      before.curves, after.curves, [](const auto& curve) { return *curve.n; },
      [](const auto& curve) { return curve.n.has_value(); }, k,
      HiddenLeftOut(before.provenance, k));
}

// Cases at risk at `day`, from the answer before release.
template <typename Point>
int64_t AtRisk(const std::vector<Point>& points, double day) {
  for (const Point& point : points) {
    if (*point.day >= day) return *point.at_risk;
  }
  return 0;
}

void CheckTime(const analysis::TimeEstimate& time,
               const std::function<int64_t(double)>& at_risk, int64_t k) {
  for (const auto& value : {time.estimate, time.lower, time.upper}) {
    if (value.has_value()) {
      EXPECT_GE(at_risk(*value), k) << *value;
    }
  }
}

template <typename Point>
void CheckDays(const std::vector<Point>& points, int64_t k) {
  for (const Point& point : points) {
    EXPECT_TRUE(point.day.has_value());
    ExpectAllowed(point.at_risk, k);
    if (point.at_risk.has_value()) {
      EXPECT_GE(*point.at_risk, k);
    } else {
      EXPECT_FALSE(point.events || point.lower || point.upper ||
                   point.std_error);
      EXPECT_NE(point.absence, Absence::kNone);
    }
  }
}

// A contrast is there where both of its means are.
void CheckContrasts(const analysis::SurvivalAnswer& before,
                    const analysis::SurvivalAnswer& after) {
  for (size_t i = 0; i < after.mean_contrasts.size(); ++i) {
    const auto& contrast = after.mean_contrasts[i];
    int means = 0;
    for (const analysis::SurvivalCurve& curve : after.curves) {
      if (curve.group != contrast.group && curve.group != contrast.reference) {
        continue;
      }
      if (curve.restricted_mean->estimate.has_value()) ++means;
    }
    EXPECT_EQ(contrast.difference.has_value(),
              means == 2 && before.mean_contrasts[i].difference.has_value());
  }
}

void Check(const analysis::SurvivalAnswer& before,
           const analysis::SurvivalAnswer& after, int64_t k) {
  CheckCurves(before, after, k);
  ASSERT_EQ(before.curves.size(), after.curves.size());
  for (size_t c = 0; c < after.curves.size(); ++c) {
    const analysis::SurvivalCurve& curve = after.curves[c];
    const auto& all = before.curves[c].points;
    ExpectAllowed(curve.n, k);
    EXPECT_EQ(curve.group, before.curves[c].group);
    CheckDays(curve.points, k);
    CheckDays(curve.at, k);
    ASSERT_LE(curve.points.size(), all.size());
    EXPECT_TRUE(
        std::equal(curve.points.begin(), curve.points.end(), all.begin()));
    const auto at_risk = [&](double day) { return AtRisk(all, day); };
    CheckTime(curve.median, at_risk, k);
    for (const analysis::CurveQuantile& quantile : curve.quantiles) {
      CheckTime(quantile.time, at_risk, k);
    }
    const auto& mean = curve.restricted_mean;
    if (mean.has_value() && mean->estimate.has_value()) {
      // A curve at 0 needs nobody at risk after its last day.
      EXPECT_GE(at_risk(std::min(mean->horizon, *all.back().day)), k);
    }
  }
  CheckContrasts(before, after);
  if (!after.test.has_value()) return;
  int shown = 0;
  for (size_t g = 0; g < after.test->groups.size(); ++g) {
    const analysis::TestGroup& group = after.test->groups[g];
    ExpectAllowed(group.n, k);
    if (after.test->chi_square.has_value() &&
        before.test->groups[g].expected.has_value()) {
      EXPECT_GE(*before.test->groups[g].n, k);  // the test rests on it
    }
    if (group.n.has_value() && group.expected.has_value()) ++shown;
    if (!group.n.has_value()) {
      EXPECT_FALSE(group.observed || group.expected);
    }
  }
  if (after.test->chi_square.has_value()) {
    EXPECT_GE(shown, 2);
  } else {
    EXPECT_TRUE(after.pairs.empty() ||
                after.test->absence == Absence::kUndefined);
  }
}

void Check(const analysis::GrayTests& before, const analysis::GrayTests& after,
           int64_t k) {
  EXPECT_EQ(after.smallest_compared, 0);
  for (const analysis::GrayTest& test : after.causes) {
    if (test.df.has_value()) {
      EXPECT_GE(before.smallest_compared, k);
    } else {
      EXPECT_FALSE(test.chi_square || test.p_value);
      EXPECT_NE(test.absence, Absence::kNone);
    }
  }
}

// No group is in a test that is not shown.
template <typename Curves>
void CheckCompared(const Curves& curves, const analysis::GrayTests& tests) {
  const auto shown =
      std::count_if(curves.begin(), curves.end(),
                    [](const auto& curve) { return curve.n.value_or(0) > 0; });
  for (const analysis::GrayTest& test : tests.causes) {
    if (test.df.has_value()) {
      EXPECT_LT(*test.df, shown);
    }
  }
}

void Check(const analysis::IncidenceAnswer& before,
           const analysis::IncidenceAnswer& after, int64_t k) {
  CheckCurves(before, after, k);
  ASSERT_EQ(before.curves.size(), after.curves.size());
  bool any_withheld = false;
  for (const analysis::IncidenceCurve& curve : after.curves) {
    ExpectAllowed(curve.n, k);
    any_withheld = any_withheld || !curve.n.has_value();
    for (const analysis::IncidenceCause& cause : curve.causes) {
      EXPECT_EQ(cause.events.has_value(), curve.n.has_value());
      CheckDays(cause.points, k);
      CheckDays(cause.at, k);
    }
  }
  for (const analysis::Exclusion& exclusion : after.provenance.exclusions) {
    EXPECT_FALSE(any_withheld && exclusion.n.has_value());
  }
  Check(before.tests, after.tests, k);
  CheckCompared(after.curves, after.tests);
}

void Check(const analysis::ReturnAnswer& before,
           const analysis::ReturnAnswer& after, int64_t k) {
  CheckCurves(before, after, k);
  ASSERT_EQ(before.curves.size(), after.curves.size());
  Check(before.tests, after.tests, k);
  CheckCompared(after.curves, after.tests);
  for (size_t c = 0; c < after.curves.size(); ++c) {
    const analysis::ReturnCurve& curve = after.curves[c];
    ExpectAllowed(curve.n, k);
    ExpectAllowed(curve.not_athletes, k);
    Check(curve.known_by_visit, k);
    Check(curve.sustained, k);
    for (const analysis::IncidenceCause& cause : curve.causes) {
      CheckDays(cause.points, k);
      CheckDays(cause.at, k);
    }
    CheckTime(
        curve.median,
        [&](double day) {
          // Of every cause: the number at risk is the same for all.
          int64_t most = 0;
          for (const auto& cause : before.curves[c].causes) {
            most = std::max(most, AtRisk(cause.points, day));
          }
          return most;
        },
        k);
  }
}

void Check(const analysis::ScoreAnswer& before,
           const analysis::ScoreAnswer& after, int64_t k) {
  const auto shown = [](const auto& group) {
    return group.n_cases.has_value();
  };
  CheckRemainder(
      before.groups, after.groups,
      [](const auto& group) { return *group.n_cases; }, shown, k);
  for (const analysis::ScoreGroup& group : after.groups) {
    ExpectAllowed(group.n_cases, k);
    if (!group.n_cases.has_value()) {
      EXPECT_TRUE(group.visits.empty() && group.readiness.empty());
    }
    for (const analysis::VisitScore& visit : group.visits) {
      Check(visit.score, k);
      Check(visit.completeness, k);
      if (visit.baseline.has_value()) Check(*visit.baseline, k);
      if (visit.change.has_value()) Check(*visit.change, k);
      if (visit.t_test.has_value()) {
        EXPECT_GE(*visit.change->n, k);
      }
      for (const auto& responders : visit.responders) {
        Check(responders.share, k);
      }
      if (visit.full_recovery.has_value()) Check(*visit.full_recovery, k);
      if (visit.ready.has_value()) Check(*visit.ready, k);
    }
    for (const analysis::VisitReadiness& visit : group.readiness) {
      Check(visit.strength, k);
      Check(visit.hop, k);
      Check(visit.plyometric, k);
    }
  }
}

void Check(const analysis::CompareAnswer& before,
           const analysis::CompareAnswer& after, int64_t k) {
  CheckRemainder(
      before.groups, after.groups,
      [](const auto& group) { return *group.value.n; },
      [](const auto& group) { return group.value.n.has_value(); }, k,
      HiddenLeftOut(before.provenance, k));
  int64_t compared = 0;
  bool any_withheld = false;
  for (size_t g = 0; g < after.groups.size(); ++g) {
    const analysis::ComparedGroup& group = after.groups[g];
    const int64_t n = group.value.n.value_or(0);
    Check(group.value, k);
    if (n >= k) ++compared;
    any_withheld = any_withheld || !group.value.n.has_value();
    EXPECT_EQ(group.median.has_value(), n >= 2 * k);
    EXPECT_EQ(group.q1.has_value(), n >= 4 * k);
    EXPECT_EQ(group.q3.has_value(), n >= 4 * k);
  }
  EXPECT_EQ(after.groups_compared, compared);
  EXPECT_EQ(after.anova.has_value(), compared >= 2);
  EXPECT_TRUE(compared >= 2 || after.pairs.empty());
  if (any_withheld) {
    EXPECT_FALSE(after.provenance.exclusions[0].n.has_value());
  }
}

void Check(const analysis::IntervalAnswer& before,
           const analysis::IntervalAnswer& after, int64_t k) {
  CheckCurves(before, after, k);
  for (size_t c = 0; c < after.curves.size(); ++c) {
    const analysis::IntervalCurve& curve = after.curves[c];
    ExpectAllowed(curve.n, k);
    ExpectAllowed(curve.exact, k);
    ExpectAllowed(curve.known_by_visit, k);
    ExpectAllowed(curve.right_censored, k);
    if (!curve.n.has_value()) {
      EXPECT_TRUE(curve.intervals.empty() && !curve.log_likelihood);
    }
    for (size_t i = 0; i < curve.intervals.size(); ++i) {
      EXPECT_EQ(curve.intervals[i].observed, 0);
      EXPECT_GE(before.curves[c].intervals[i].observed, k);
    }
    for (size_t i = 0; i < curve.at.size(); ++i) {
      if (curve.at[i].lower.has_value()) {
        EXPECT_GE(before.curves[c].at[i].observed, k);
      }
    }
  }
  if (after.test.has_value()) {
    for (const auto& group : after.test->groups) {
      EXPECT_TRUE(std::any_of(after.curves.begin(), after.curves.end(),
                              [&group](const auto& curve) {
                                return curve.group == group.group &&
                                       curve.n == group.n;
                              }));
    }
    EXPECT_TRUE(!after.test->p_value || after.test->groups.size() >= 2);
  }
}

void Check(const analysis::DescribeAnswer& before,
           const analysis::DescribeAnswer& after, int64_t k) {
  CheckRemainder(
      before.groups, after.groups,
      [](const auto& group) { return *group.n_cases; },
      [](const auto& group) { return group.n_cases.has_value(); }, k);
  CheckRemainder(
      before.groups, after.groups,
      [](const auto& group) { return *group.n_athletes; },
      [](const auto& group) { return group.n_athletes.has_value(); }, k);
  CheckValueLines(before, after, k);
  CheckNumbers(before, after, k);
  for (size_t g = 0; g < after.groups.size(); ++g) {
    const analysis::CohortGroup& group = after.groups[g];
    ExpectAllowed(group.n_cases, k);
    ExpectAllowed(group.n_patients, k);
    ExpectAllowed(group.n_athletes, k);
    EXPECT_FALSE(group.follow_up_at_risk.has_value());
    if (group.median_follow_up_days.has_value()) {
      EXPECT_GE(*before.groups[g].follow_up_at_risk, k);
    }
    if (!group.n_cases.has_value()) {
      EXPECT_FALSE(group.n_sites || group.mean_age_years);
      EXPECT_TRUE(group.dimensions.empty() && group.visits.empty());
    }
    for (const analysis::DimensionCounts& counts : group.dimensions) {
      for (const analysis::ValueCount& count : counts.values) {
        ExpectAllowed(count.n, k);
      }
    }
    for (const analysis::VisitCompleteness& visit : group.visits) {
      ExpectAllowed(visit.due, k);
      if (!visit.due.has_value()) {
        EXPECT_FALSE(visit.completed || visit.completeness);
      }
    }
  }
}

int64_t Cases(const analysis::ComparedGroup& group) {
  return group.value.n.value_or(0);
}
template <typename Curve>
int64_t Cases(const Curve& curve) {
  return curve.n.value_or(0);
}

// The cases of the cohort less those shown, in groups or as left out, are none
// or enough. Of descriptions and scores every case is in a group.
template <typename Rows>
void CheckFlow(const Rows& rows, const analysis::Provenance& provenance,
               int64_t k) {
  int64_t rest = *provenance.n_cases;
  for (const auto& row : rows) {
    if (!row.group.empty() &&
        row.group[0].dimension == Dimension::kConcomitantProcedure) {
      return;
    }
    rest -= Cases(row);
  }
  for (const analysis::Exclusion& exclusion : provenance.exclusions) {
    rest -= exclusion.n.value_or(0);
  }
  ExpectAllowed(rest, k);
}
void CheckFlow(const analysis::DescribeAnswer& after, int64_t k) {
  for (const analysis::CohortGroup& group : after.groups) {
    if (!group.n_athletes.has_value()) continue;
    ExpectAllowed(*group.n_cases - *group.n_athletes, k);
  }
}
void CheckFlow(const analysis::ScoreAnswer&, int64_t) {}
void CheckFlow(const analysis::CompareAnswer& after, int64_t k) {
  CheckFlow(after.groups, after.provenance, k);
}
template <typename Answer>
void CheckFlow(const Answer& after, int64_t k) {
  CheckFlow(after.curves, after.provenance, k);
}

// Answers, releases, checks; whether anything was released.
template <typename Question>
bool Sweep(const Question& question, const cohort::Snapshot& snapshot,
           int64_t k) {
  stats::ThreadPool pool(1);
  const auto answer = analysis::Answer(question, snapshot, pool, {});
  if (!answer.ok()) {
    EXPECT_TRUE(answer.status().GetPayload(analysis::kNoCases).has_value());
    return false;
  }
  const auto released = Release(*answer, Policy{static_cast<int>(k)});
  const int64_t n = *answer->provenance.n_cases;
  EXPECT_EQ(released.ok(), n >= k);
  if (!released.ok()) {
    EXPECT_TRUE(released.status().GetPayload(kCohortTooSmall).has_value());
    return false;
  }
  Check(*answer, released->answer(), k);
  for (const auto& exclusion : released->answer().provenance.exclusions) {
    ExpectAllowed(exclusion.n, k);
    if (exclusion.n.has_value()) ExpectAllowed(n - *exclusion.n, k);
  }
  CheckFlow(released->answer(), k);
  const auto open = Release(*answer, Policy{std::nullopt});
  EXPECT_TRUE(open.ok());
  return true;
}

TEST(ReleaseSweep, NothingRestsOnFewerThanTheThreshold) {
  std::mt19937_64 random(20261122);
  int released = 0;
  for (int trial = 0; trial < 250; ++trial) {
    SCOPED_TRACE(trial);
    tests::Cases cases;
    const auto n = 1 + random() % (trial % 5 == 0 ? 30 : 160);
    for (uint64_t i = 0; i < n; ++i) {
      cases.push_back(tests::RandomCase(random));
    }
    const auto snapshot = tests::SnapshotOf(cases);
    const int64_t k = 5 + static_cast<int64_t>(random() % 12);
    std::optional<Dimension> by;
    if (random() % 4 != 0) by = static_cast<Dimension>(1 + random() % 16);
    // Pairs of values of two dimensions.
    std::optional<Dimension> then_by;
    const auto second = static_cast<Dimension>(1 + random() % 16);
    if (trial % 2 == 0 && by.has_value() && second != *by &&
        *by != Dimension::kConcomitantProcedure &&
        second != Dimension::kConcomitantProcedure) {
      then_by = second;
    }
    const auto fill = [&](auto question) {
      question.group_by = by;
      question.then_by = then_by;
      if (trial % 3 == 0) {
        question.cohort.filters = {{Dimension::kPathology, {1, 2}, {}}};
      }
      return question;
    };
    model::SurvivalQuestion survival;
    survival.endpoint = static_cast<model::Endpoint>(
        std::vector<int>{1, 2, 3, 7, 8, 9}[random() % 6]);
    survival.at_days = {0, 90, 365, 1000, 5000};
    survival.quantiles = {0.01, 0.1, 0.9};
    survival.mean_horizon = std::vector<int>{30, 365, 2000}[random() % 3];
    if (random() % 4 == 0) survival.landmark_day = 60;
    survival.smallest_group = random() % 4 == 0 ? 1 : k;
    survival.trend = !then_by.has_value();
    survival.pairwise = true;
    model::IncidenceQuestion incidence;
    incidence.endpoint = static_cast<model::Endpoint>(1 + random() % 9);
    incidence.at_days = {30, 365, 5000};
    incidence.smallest_group = random() % 4 == 0 ? 1 : k;
    model::ReturnQuestion back;
    back.smallest_group = incidence.smallest_group;
    back.stage = static_cast<model::ReturnStage>(2 + random() % 3);
    back.at_days = {30, 120, 365, 900, 5000};
    model::ScoreQuestion score;
    score.measure =
        static_cast<model::Measure>(1 + random() % model::kMeasureCount);
    model::DescribeQuestion describe;
    describe.baseline_table = true;
    released += Sweep(fill(describe), *snapshot, k) ? 1 : 0;
    released += Sweep(fill(survival), *snapshot, k) ? 1 : 0;
    released += Sweep(fill(incidence), *snapshot, k) ? 1 : 0;
    released += Sweep(fill(back), *snapshot, k) ? 1 : 0;
    released += Sweep(fill(score), *snapshot, k) ? 1 : 0;
    model::IntervalQuestion intervals;
    intervals.endpoint = static_cast<model::Endpoint>(4 + random() % 6);
    intervals.at_days = {0, 90, 365, 1000, 5000};
    intervals.smallest_group = k;
    released += Sweep(fill(intervals), *snapshot, k) ? 1 : 0;
    model::CompareQuestion compare;
    compare.measure = score.measure;
    compare.visit = static_cast<model::Visit>(3 + random() % 4);
    compare.change = model::InfoOf(score.measure).has_baseline;
    compare.smallest_group = k;
    compare = fill(compare);
    // Overlapping groups are refused by validation.
    if (by == Dimension::kConcomitantProcedure) compare.group_by.reset();
    released += Sweep(compare, *snapshot, k) ? 1 : 0;
    if (HasFailure()) return;
  }
  EXPECT_GT(released, 500);
}

}  // namespace
}  // namespace enthesis::disclosure
