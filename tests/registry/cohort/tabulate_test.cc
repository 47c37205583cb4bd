#include "registry/cohort/tabulate.h"

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/cohort/column_writer.h"
#include "registry/cohort/encode.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::cohort {
namespace {

using model::Dimension;
using model::Endpoint;
using model::Exit;
using tests::Cases;

constexpr int32_t kUtcDay = 18'900;  // September 2021

// Random cases, every tenth of them the other limb of the one before.
Cases RandomCases(int n, uint64_t seed) {
  std::mt19937_64 random(seed);
  Cases cases;
  for (int i = 0; i < n; ++i) {
    cases.push_back(tests::RandomCase(random));
    if (i % 10 == 9) cases.back().patient = cases[cases.size() - 2].patient;
  }
  return cases;
}

model::Cohort RandomCohort(std::mt19937_64& random) {
  model::Cohort cohort;
  for (int d = 1; d <= model::kDimensionCount; ++d) {
    if (random() % 8 != 0) continue;
    model::DimensionFilter filter;
    filter.dimension = static_cast<Dimension>(d);
    if (filter.dimension == Dimension::kSite) {
      filter.sites = {"site-01", "site-03", "site-04", "site-07"};
    } else if (filter.dimension == Dimension::kSurgeryYear) {
      filter.values = {2012, 2013, 2014, 2015, 2016, 2017, 0};
    } else {
      const auto codes = model::CodesOf(filter.dimension)->codes;
      for (int32_t v = 0; v <= static_cast<int32_t>(codes.size()); ++v) {
        if (random() % 3 != 0) filter.values.push_back(v);
      }
      if (filter.values.empty()) filter.values = {1, 0};
    }
    cohort.filters.push_back(std::move(filter));
  }
  return cohort;
}

struct EventCount {
  std::map<std::pair<int32_t, int>, int64_t> exits;  // by day and cause
  int64_t n = 0, outside = 0, by_visit = 0, asked = 0, sustained = 0;
  bool operator==(const EventCount&) const = default;
};

EventCount CountNaively(const Cases& cases, Endpoint endpoint,
                        std::optional<model::ComplicationKind> kind) {
  EventCount count;
  for (const model::Case& record : cases) {
    ++count.n;
    if (!model::InRiskSet(record, endpoint)) {
      ++count.outside;
      continue;
    }
    const model::EndpointTime time = model::TimeTo(record, endpoint, kind);
    ++count.exits[{time.exit_day, CauseOf(endpoint, time.exit)}];
    if (!model::IsReturn(endpoint)) continue;
    if (time.exit == Exit::kEvent && time.known_by_visit) ++count.by_visit;
    const std::optional<bool> sustained = model::SustainedReturn(record);
    if (sustained.has_value()) ++count.asked;
    if (sustained.value_or(false)) ++count.sustained;
  }
  return count;
}

EventCount CountOf(const EventGroup& group) {
  EventCount count;
  count.n = group.n_cases;
  count.outside = group.outside_risk_set;
  count.by_visit = group.known_by_visit;
  count.asked = group.sustained_asked;
  count.sustained = group.sustained;
  const stats::EventTable& table = group.table;
  const auto causes = static_cast<size_t>(table.n_causes);
  for (size_t i = 0; i < table.times.size(); ++i) {
    const auto day = static_cast<int32_t>(table.times[i]);
    const auto add = [&](size_t cause, double n) {
      if (n > 0) {
        count.exits[{day, static_cast<int>(cause)}] = static_cast<int64_t>(n);
      }
    };
    add(0, table.censored[i]);
    for (size_t cause = 0; cause < causes; ++cause) {
      add(cause + 1, table.events[i * causes + cause]);
    }
  }
  return count;
}

TEST(TabulateEvents, EqualsCountingCaseByCase) {
  const Cases cases = RandomCases(4000, 11);
  const auto snapshot = tests::SnapshotOf(cases, kUtcDay);
  stats::ThreadPool pool(2);
  std::mt19937_64 random(12);
  for (int trial = 0; trial < 40; ++trial) {
    SCOPED_TRACE(trial);
    const model::Cohort cohort = RandomCohort(random);
    std::optional<Dimension> by;
    if (trial % 17 != 0) by = static_cast<Dimension>(trial % 17);
    const auto endpoint = static_cast<Endpoint>(1 + trial % 9);
    std::optional<model::ComplicationKind> kind;
    if (random() % 2 == 0) kind = model::ComplicationKind::kSuralNerve;

    const auto selection = Selection::Make(cohort, *snapshot);
    ASSERT_TRUE(selection.ok());
    const Grouping grouping(by, *snapshot);
    const auto groups = TabulateEvents(
        {*snapshot, *selection, grouping, pool, {}}, endpoint, kind);
    ASSERT_TRUE(groups.ok());
    const auto expected = tests::GroupCases(cases, cohort, by);
    ASSERT_EQ(groups->size(), expected.size());
    for (size_t g = 0; g < expected.size(); ++g) {
      EXPECT_EQ(grouping.label((*groups)[g].group), expected[g].first);
      EXPECT_TRUE(CountOf((*groups)[g]) ==
                  CountNaively(expected[g].second, endpoint, kind))
          << expected[g].first;
      EXPECT_TRUE(stats::CheckEventTable((*groups)[g].table).ok());
    }
  }
}

using Joint = std::map<std::pair<int32_t, int32_t>, int64_t>;

Joint JointOf(const stats::ScoreTable& table) {
  Joint joint;
  for (int b = 0; b < table.width(); ++b) {
    for (int f = 0; f < table.width(); ++f) {
      const int64_t n =
          table.paired[static_cast<size_t>(b * table.width() + f)];
      if (n > 0) joint[{b + table.min_score, f + table.min_score}] = n;
    }
  }
  return joint;
}

std::map<int32_t, int64_t> FollowUpOf(const stats::ScoreTable& table) {
  std::map<int32_t, int64_t> follow_up;
  for (int f = 0; f < table.width(); ++f) {
    const int64_t n = table.follow_up[static_cast<size_t>(f)];
    if (n > 0) follow_up[f + table.min_score] = n;
  }
  return follow_up;
}

bool IsDue(const model::Case& record, model::Visit visit) {
  return record.status != model::CaseStatus::kDied &&
         model::VisitIsDue(visit, *record.baseline.surgery_year, kUtcDay);
}

void CheckVisit(const ScoreGroup& group, const Cases& cases,
                model::Measure measure, model::Visit visit) {
  const auto v = static_cast<size_t>(visit) - 1;
  Joint joint;
  std::map<int32_t, int64_t> follow_up;
  int64_t due = 0, completed = 0;
  for (const model::Case& record : cases) {
    const auto score = tests::ScoreAt(record, measure, visit);
    const auto baseline =
        tests::ScoreAt(record, measure, model::Visit::kBaseline);
    if (score.has_value()) ++follow_up[*score];
    if (score.has_value() && baseline.has_value() && v > 0) {
      ++joint[{*baseline, *score}];
    }
    if (!IsDue(record, visit)) continue;
    ++due;
    completed += score.has_value() ? 1 : 0;
  }
  EXPECT_EQ(JointOf(group.visits[v]), joint) << v;
  EXPECT_EQ(FollowUpOf(group.visits[v]), follow_up) << v;
  EXPECT_EQ(group.completeness[v].due, due) << v;
  EXPECT_EQ(group.completeness[v].completed, completed) << v;
}

TEST(TabulateScores, EqualsCountingCaseByCase) {
  const Cases cases = RandomCases(3000, 21);
  const auto snapshot = tests::SnapshotOf(cases, kUtcDay);
  stats::ThreadPool pool(2);
  std::mt19937_64 random(22);
  for (int m = 1; m <= model::kMeasureCount; ++m) {
    SCOPED_TRACE(m);
    const auto measure = static_cast<model::Measure>(m);
    const model::Cohort cohort =
        m % 2 == 0 ? RandomCohort(random) : model::Cohort();
    std::optional<Dimension> by;
    if (m % 3 != 0) by = static_cast<Dimension>(m);
    const auto selection = Selection::Make(cohort, *snapshot);
    ASSERT_TRUE(selection.ok());
    const Grouping grouping(by, *snapshot);
    const Pass pass{*snapshot, *selection, grouping, pool, {}};
    const auto expected = tests::GroupCases(cases, cohort, by);
    size_t g = 0;
    ASSERT_TRUE(
        TabulateScores(pass, measure, [&](const ScoreGroup& group) {
          EXPECT_LT(g, expected.size());
          EXPECT_EQ(grouping.label(group.group), expected[g].first);
          EXPECT_EQ(group.n_cases, std::ssize(expected[g].second));
          for (const model::VisitWindow& window : model::kVisitWindows) {
            CheckVisit(group, expected[g].second, measure, window.visit);
          }
          ++g;
          return absl::OkStatus();
        }).ok());
    EXPECT_EQ(g, expected.size());
    int64_t without = 0;
    for (const model::Case& record : cases) {
      if (!tests::IsSelected(cohort, record)) continue;
      bool any = false;
      for (const model::VisitWindow& window : model::kVisitWindows) {
        any |= tests::ScoreAt(record, measure, window.visit).has_value();
      }
      without += any ? 0 : 1;
    }
    EXPECT_EQ(*CountWithoutScore(pass, measure), without);
  }
}

TEST(TabulateScores, ReadinessEqualsCountingCaseByCase) {
  const Cases cases = RandomCases(2000, 23);
  const auto snapshot = tests::SnapshotOf(cases, kUtcDay);
  stats::ThreadPool pool(1);
  const auto selection = Selection::Make({}, *snapshot);
  const Grouping pooled(std::nullopt, *snapshot);
  const auto check = [&](const ScoreGroup& group) {
    for (size_t v = 0; v < model::kVisitCount; ++v) {
      const auto visit = static_cast<model::Visit>(v + 1);
      Share strength, hop, plyometric;
      for (const model::Case& record : cases) {
        const auto add = [](std::optional<bool> ready, Share& share) {
          if (!ready.has_value()) return;
          ++share.n;
          share.count += *ready ? 1 : 0;
        };
        const auto symmetry = [&](model::Measure measure) {
          const auto score = tests::ScoreAt(record, measure, visit);
          return score.has_value() ? std::optional<bool>(*score >= 90)
                                   : std::nullopt;
        };
        add(symmetry(model::Measure::kStrengthSymmetry), strength);
        add(symmetry(model::Measure::kHopSymmetry), hop);
        const model::FollowUp* at =
            model::AssignVisits(record, [](const model::FollowUp& follow_up) {
              return follow_up.plyometric_ready.has_value();
            })[v];
        if (at != nullptr) add(at->plyometric_ready, plyometric);
      }
      EXPECT_EQ(group.strength[v].count, strength.count);
      EXPECT_EQ(group.strength[v].n, strength.n);
      EXPECT_EQ(group.hop[v].count, hop.count);
      EXPECT_EQ(group.hop[v].n, hop.n);
      EXPECT_EQ(group.plyometric[v].count, plyometric.count);
      EXPECT_EQ(group.plyometric[v].n, plyometric.n);
    }
    return absl::OkStatus();
  };
  ASSERT_TRUE(TabulateScores({*snapshot, *selection, pooled, pool, {}},
                             model::Measure::kVisaA, check)
                  .ok());
}

// The distribution of one dimension, by label.
std::map<std::string, int64_t> ValuesOf(const CaseGroup& group,
                                        Dimension dimension,
                                        const Snapshot& snapshot) {
  const Grouping labels(dimension, snapshot);
  const std::vector<int64_t>& values =
      group.values[static_cast<size_t>(dimension) - 1];
  std::map<std::string, int64_t> counts;
  for (size_t v = 0; v < values.size(); ++v) {
    if (values[v] == 0) continue;
    counts[labels.label(labels.group_of_value()[v])] += values[v];
  }
  return counts;
}

void CheckCaseGroup(const CaseGroup& group, const Cases& cases,
                    const Snapshot& snapshot) {
  EXPECT_EQ(group.n_cases, std::ssize(cases));
  std::set<model::Id> patients;
  int64_t athletes = 0, ages = 0;
  std::map<std::pair<int32_t, bool>, double> contacts;
  for (const model::Case& record : cases) {
    patients.insert(record.patient);
    athletes += model::WasAthlete(record) ? 1 : 0;
    ages += *record.baseline.age_years;
    const bool died = record.status == model::CaseStatus::kDied;
    ++contacts[{model::LastContactDay(record), died}];
  }
  EXPECT_EQ(group.n_patients, std::ssize(patients));
  EXPECT_EQ(group.n_athletes, athletes);
  EXPECT_EQ(group.age_sum, ages);
  EXPECT_EQ(group.age_n, std::ssize(cases));
  for (size_t i = 0; i < group.follow_up.times.size(); ++i) {
    const auto day = static_cast<int32_t>(group.follow_up.times[i]);
    EXPECT_EQ(group.follow_up.events[i], (contacts[{day, false}]));
    EXPECT_EQ(group.follow_up.censored[i], (contacts[{day, true}]));
  }
  EXPECT_EQ(group.follow_up.Total(), static_cast<double>(cases.size()));
  for (int d = 1; d <= model::kDimensionCount; ++d) {
    const auto dimension = static_cast<Dimension>(d);
    std::map<std::string, int64_t> counts;
    for (const model::Case& record : cases) {
      for (const std::string& value : tests::GroupsOf(dimension, record)) {
        ++counts[value];
      }
    }
    EXPECT_EQ(ValuesOf(group, dimension, snapshot), counts) << d;
  }
  for (size_t v = 0; v < model::kVisitCount; ++v) {
    const auto visit = static_cast<model::Visit>(v + 1);
    int64_t due = 0, completed = 0;
    for (const model::Case& record : cases) {
      if (!IsDue(record, visit)) continue;
      ++due;
      const bool assessed =
          model::AssignVisits(record, [](const model::FollowUp&) {
            return true;
          })[v] != nullptr;
      const bool scored =
          tests::ScoreAt(record, model::Measure::kVisaA, visit) ||
          tests::ScoreAt(record, model::Measure::kVisaASedentary, visit);
      const bool two_weeks = visit == model::Visit::k2Weeks;
      completed += (two_weeks ? assessed : scored) ? 1 : 0;
    }
    EXPECT_EQ(group.completeness[v].due, due) << v;
    EXPECT_EQ(group.completeness[v].completed, completed) << v;
  }
}

TEST(TabulateCases, EqualsCountingCaseByCase) {
  const Cases cases = RandomCases(3000, 31);
  const auto snapshot = tests::SnapshotOf(cases, kUtcDay);
  stats::ThreadPool pool(2);
  std::mt19937_64 random(32);
  for (int trial = 0; trial < 17; ++trial) {
    SCOPED_TRACE(trial);
    const model::Cohort cohort =
        trial % 2 == 0 ? RandomCohort(random) : model::Cohort();
    std::optional<Dimension> by;
    if (trial > 0) by = static_cast<Dimension>(trial);
    const auto selection = Selection::Make(cohort, *snapshot);
    ASSERT_TRUE(selection.ok());
    const Grouping grouping(by, *snapshot);
    const Pass pass{*snapshot, *selection, grouping, pool, {}};
    const auto groups = TabulateCases(pass);
    ASSERT_TRUE(groups.ok());
    const auto expected = tests::GroupCases(cases, cohort, by);
    ASSERT_EQ(groups->size(), expected.size());
    for (size_t g = 0; g < expected.size(); ++g) {
      EXPECT_EQ(grouping.label((*groups)[g].group), expected[g].first);
      CheckCaseGroup((*groups)[g], expected[g].second, *snapshot);
    }
    const auto counts = CountCases(pass);
    ASSERT_TRUE(counts.ok());
    std::set<std::string> sites;
    CohortCounts all;
    for (const model::Case& record : cases) {
      if (!tests::IsSelected(cohort, record)) continue;
      ++all.n_cases;
      sites.insert(record.site);
      all.n_athletes += model::WasAthlete(record) ? 1 : 0;
    }
    EXPECT_EQ(counts->n_cases, all.n_cases);
    EXPECT_EQ(counts->n_synthetic, all.n_cases);
    EXPECT_EQ(counts->n_sites, std::ssize(sites));
    EXPECT_EQ(counts->n_athletes, all.n_athletes);
  }
}

// Completeness by hand: four cases operated in 2019, seen on 2021-09-30. The
// 12-month window ends on day 547: due from 2021-07-01 on; the 24-month window
// ends on day 1094, in 2022.
TEST(TabulateCases, CompletenessByHand) {
  std::mt19937_64 random(41);
  Cases cases;
  for (int i = 0; i < 4; ++i) {
    cases.push_back(tests::RandomCase(random));
    cases.back().baseline.surgery_year = 2019;
    cases.back().status = model::CaseStatus::kActive;
    cases.back().follow_ups.clear();
  }
  model::FollowUp year;
  year.day = 365;
  year.visa_a.emplace();
  year.visa_a->total = 80;
  cases[0].follow_ups = {year};
  cases[1].status = model::CaseStatus::kLost;  // lost stays
  cases[2].status = model::CaseStatus::kDied;  // died leaves
  cases[2].follow_ups = {year};
  year.visa_a.reset();
  cases[3].follow_ups = {year};  // an assessment without VISA-A
  const auto snapshot = tests::SnapshotOf(cases, kUtcDay);
  stats::ThreadPool pool(1);
  const auto selection = Selection::Make({}, *snapshot);
  const Grouping pooled(std::nullopt, *snapshot);
  const auto groups = TabulateCases({*snapshot, *selection, pooled, pool, {}});
  ASSERT_EQ(groups->size(), 1u);
  const VisitCompleteness& visits = (*groups)[0].completeness;
  const auto at = [](model::Visit visit) {
    return static_cast<size_t>(visit) - 1;
  };
  EXPECT_EQ(visits[at(model::Visit::k12Months)].due, 3);
  EXPECT_EQ(visits[at(model::Visit::k12Months)].completed, 1);
  EXPECT_EQ(visits[at(model::Visit::k24Months)].due, 0);
  EXPECT_EQ(visits[at(model::Visit::k6Months)].due, 3);
}

TEST(Selection, UnknownSiteIsRefused) {
  const auto snapshot = tests::SnapshotOf(RandomCases(5, 51));
  model::Cohort cohort;
  cohort.filters = {{Dimension::kSite, {}, {"site-99"}}};
  const auto selection = Selection::Make(cohort, *snapshot);
  EXPECT_EQ(selection.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(selection.status().message()),
              ::testing::HasSubstr("site-99"));
}

// More sites than one pass counts: the groups come from several passes.
TEST(TabulateScores, ManyGroupsTakeSeveralPasses) {
  std::mt19937_64 random(61);
  ColumnWriter writer;
  constexpr int kSites = 300;  // of 72 thousand counters each
  std::map<std::string, int64_t> expected;
  for (int i = 0; i < 2000; ++i) {
    model::Case record = tests::RandomCase(random);
    record.site = "clinic-" + std::to_string(1000 + random() % kSites);
    ++expected[record.site];
    ASSERT_TRUE(writer.Put(record).ok());
  }
  const auto snapshot = writer.Publish(1, kUtcDay);
  stats::ThreadPool pool(2);
  const auto selection = Selection::Make({}, *snapshot);
  const Grouping grouping(Dimension::kSite, *snapshot);
  std::vector<std::pair<std::string, int64_t>> seen;
  ASSERT_TRUE(TabulateScores({*snapshot, *selection, grouping, pool, {}},
                             model::Measure::kVisaA,
                             [&](const ScoreGroup& group) {
                               seen.emplace_back(grouping.label(group.group),
                                                 group.n_cases);
                               return absl::OkStatus();
                             })
                  .ok());
  EXPECT_EQ(seen, (std::vector<std::pair<std::string, int64_t>>(
                      expected.begin(), expected.end())));
}

TEST(Tabulate, StopsWhenAsked) {
  const auto snapshot = tests::SnapshotOf(RandomCases(100, 71), kUtcDay);
  stats::ThreadPool pool(2);
  const auto selection = Selection::Make({}, *snapshot);
  const Grouping pooled(std::nullopt, *snapshot);
  std::stop_source source;
  source.request_stop();
  const Pass pass{*snapshot, *selection, pooled, pool, source.get_token()};
  EXPECT_TRUE(absl::IsCancelled(CountCases(pass).status()));
  EXPECT_TRUE(absl::IsCancelled(
      TabulateEvents(pass, Endpoint::kReturnSport, std::nullopt).status()));
  EXPECT_TRUE(absl::IsCancelled(TabulateCases(pass).status()));
  EXPECT_TRUE(absl::IsCancelled(
      CountWithoutScore(pass, model::Measure::kVisaA).status()));
  EXPECT_TRUE(absl::IsCancelled(
      TabulateScores(pass, model::Measure::kVisaA, [](const ScoreGroup&) {
        ADD_FAILURE() << "counted after the stop";
        return absl::OkStatus();
      })));
}

}  // namespace
}  // namespace enthesis::cohort
