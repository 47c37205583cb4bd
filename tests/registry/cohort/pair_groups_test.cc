// Groups by two dimensions are those of one within each value of the other.

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "registry/cohort/tabulate.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::cohort {
namespace {

using model::Dimension;
using tests::Cases;

using Pair = std::pair<std::string, std::string>;

// Cases of each pair of values, one case at a time.
std::map<Pair, Cases> NaivePairs(const Cases& cases,
                                 const model::Cohort& cohort, Dimension by,
                                 Dimension then) {
  std::map<Pair, Cases> pairs;
  for (const model::Case& record : cases) {
    if (!tests::IsSelected(cohort, record)) continue;
    for (const std::string& first : tests::GroupsOf(by, record)) {
      for (const std::string& second : tests::GroupsOf(then, record)) {
        pairs[{first, second}].push_back(record);
      }
    }
  }
  return pairs;
}

TEST(PairGroups, EqualCountingCaseByCase) {
  const Cases cases = tests::RandomCases(3000, 21);
  const auto snapshot = tests::SnapshotOf(cases, 19'500);
  stats::ThreadPool pool(2);
  std::mt19937_64 random(22);
  const std::vector<std::pair<Dimension, Dimension>> dimensions = {
      {Dimension::kApproach, Dimension::kSex},
      {Dimension::kSite, Dimension::kPrimaryProcedure},
      {Dimension::kSportLevel, Dimension::kSite},
      // So many pairs that one pass does not count them all.
      {Dimension::kSite, Dimension::kSurgeryYear},
      {Dimension::kSurgeryYear, Dimension::kAgeBand}};
  for (const auto& [by, then] : dimensions) {
    for (const bool filtered : {false, true}) {
      model::Cohort cohort;
      if (filtered) cohort.filters = {{Dimension::kPathology, {1, 2}, {}}};
      const auto selection = Selection::Make(cohort, *snapshot);
      ASSERT_TRUE(selection.ok());
      const Grouping grouping(by, then, *snapshot);
      const auto groups =
          TabulateCases({*snapshot, *selection, grouping, pool, {}});
      ASSERT_TRUE(groups.ok());
      const auto expected = NaivePairs(cases, cohort, by, then);
      ASSERT_EQ(groups->size(), expected.size());
      size_t before = 0;
      for (const CaseGroup& group : *groups) {
        EXPECT_TRUE(before == 0 || group.group > before);
        before = group.group;
        const auto found = expected.find(
            {grouping.label(group.group), grouping.then_label(group.group)});
        ASSERT_NE(found, expected.end());
        EXPECT_EQ(group.n_cases, static_cast<int64_t>(found->second.size()));
        int64_t ages = 0;
        for (const model::Case& record : found->second) {
          ages += record.baseline.age_years.value_or(0);
        }
        EXPECT_EQ(group.age_sum, ages);
      }
    }
  }
}

TEST(PairGroups, EventsAndStrataAreThoseOfTheValue) {
  const Cases cases = tests::RandomCases(2000, 23);
  const auto snapshot = tests::SnapshotOf(cases, 19'500);
  stats::ThreadPool pool(2);
  const Grouping pairs(Dimension::kApproach, Dimension::kSex, *snapshot);
  const auto all = Selection::Make({}, *snapshot);
  const Pass pass{*snapshot, *all, pairs, pool, {}};
  const auto events =
      TabulateEvents(pass, model::Endpoint::kComplication, std::nullopt);
  ASSERT_TRUE(events.ok());
  std::vector<size_t> places;
  for (const EventGroup& group : *events) {
    const auto cases_of =
        NaivePairs(cases, {}, Dimension::kApproach, Dimension::kSex)[{
            pairs.label(group.group), pairs.then_label(group.group)}];
    const stats::EventTable expected =
        tests::EventsOf(cases_of, model::Endpoint::kComplication);
    EXPECT_EQ(group.table.Total(), expected.Total());
    places.push_back(group.group);
  }
  const Grouping sites(Dimension::kSite, *snapshot);
  const auto strata = TabulateStrata(
      pass, sites, places, model::Endpoint::kComplication, std::nullopt);
  ASSERT_TRUE(strata.ok());
  for (size_t i = 0; i < places.size(); ++i) {
    double n = 0;
    for (const auto& stratum : *strata) n += stratum[i].Total();
    EXPECT_EQ(n, (*events)[i].table.Total());
  }
}

}  // namespace
}  // namespace enthesis::cohort
