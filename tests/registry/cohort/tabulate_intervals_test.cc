#include <map>
#include <optional>
#include <random>
#include <utility>

#include "gtest/gtest.h"
#include "registry/cohort/tabulate.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::cohort {
namespace {

using model::Dimension;
using model::Endpoint;
using model::Exit;
using tests::Cases;

// One filter in two questions.
model::Cohort SomeFilters(std::mt19937_64& random) {
  model::Cohort cohort;
  if (random() % 2 == 0) {
    cohort.filters = {{Dimension::kPathology, {1, 2, 0}, {}}};
  }
  return cohort;
}

using KnownDays = std::pair<int32_t, std::optional<int32_t>>;

TEST(TabulateIntervals, EqualsCountingCaseByCase) {
  const Cases cases = tests::RandomCases(1500, 41);
  const auto snapshot = tests::SnapshotOf(cases);
  std::mt19937_64 random(42);
  int64_t by_visit = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const model::Cohort cohort = SomeFilters(random);
    std::optional<Dimension> by;
    if (trial % 3 != 0) by = static_cast<Dimension>(1 + random() % 16);
    const auto endpoint = static_cast<Endpoint>(4 + random() % 6);
    const auto selection = Selection::Make(cohort, *snapshot);
    ASSERT_TRUE(selection.ok());
    const Grouping grouping(by, *snapshot);
    stats::ThreadPool pool(1 + trial % 3);
    const auto groups = TabulateIntervals(
        {*snapshot, *selection, grouping, pool, {}}, endpoint);
    ASSERT_TRUE(groups.ok());
    const auto expected = tests::GroupCases(cases, cohort, by);
    ASSERT_EQ(groups->size(), expected.size());
    for (size_t g = 0; g < expected.size(); ++g) {
      std::map<KnownDays, int64_t> want, found;
      int64_t outside = 0;
      for (const model::Case& record : expected[g].second) {
        if (!model::InRiskSet(record, endpoint)) {
          ++outside;
          continue;
        }
        const model::EndpointTime time = model::TimeTo(record, endpoint);
        if (time.exit != Exit::kEvent) {
          ++want[{time.exit_day, std::nullopt}];
        } else if (time.known_by_visit) {
          ++want[{time.interval_start, time.exit_day}];
          ++by_visit;
        } else {
          ++want[{time.exit_day, time.exit_day}];
        }
      }
      for (const CensoredCases& some : (*groups)[g].cases) {
        found[{some.last_free, some.first_known}] += some.n;
      }
      EXPECT_EQ(found, want);
      EXPECT_EQ((*groups)[g].outside_risk_set, outside);
      EXPECT_EQ((*groups)[g].n_cases, std::ssize(expected[g].second));
    }
  }
  EXPECT_GT(by_visit, 100);
}

}  // namespace
}  // namespace enthesis::cohort
