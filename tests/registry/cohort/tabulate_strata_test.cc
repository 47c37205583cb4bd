#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "registry/cohort/column_writer.h"
#include "registry/cohort/tabulate.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::cohort {
namespace {

using model::Dimension;
using model::Endpoint;
using tests::Cases;

stats::EventTable NaiveTable(const Cases& cases, Endpoint endpoint,
                             std::optional<model::ComplicationKind> kind) {
  std::vector<stats::EventRow> rows;
  for (const model::Case& record : cases) {
    if (!model::InRiskSet(record, endpoint)) continue;
    const auto time = model::TimeTo(record, endpoint, kind);
    rows.push_back(
        {static_cast<double>(time.exit_day), CauseOf(endpoint, time.exit)});
  }
  return *stats::TabulateEvents(rows, model::IsReturn(endpoint) ? 4 : 2);
}

void ExpectSame(const stats::EventTable& table,
                const stats::EventTable& expected) {
  EXPECT_EQ(table.times, expected.times);
  EXPECT_EQ(table.events, expected.events);
  EXPECT_EQ(table.censored, expected.censored);
}

TEST(TabulateStrata, EqualsCountingCaseByCase) {
  std::mt19937_64 random(81);
  Cases cases;
  for (int i = 0; i < 3000; ++i) cases.push_back(tests::RandomCase(random));
  const auto snapshot = tests::SnapshotOf(cases);
  stats::ThreadPool pool(2);
  const auto selection = Selection::Make({}, *snapshot);
  for (const auto& [by, within, endpoint] :
       {std::tuple(Dimension::kSex, Dimension::kSite, Endpoint::kReoperation),
        std::tuple(Dimension::kSite, Dimension::kSurgeryYear,
                   Endpoint::kReturnSport),
        std::tuple(Dimension::kPathology, Dimension::kAgeBand,
                   Endpoint::kComplication)}) {
    SCOPED_TRACE(static_cast<int>(by));
    const std::optional<model::ComplicationKind> kind =
        model::ComplicationKind::kSuralNerve;
    const Grouping grouping(by, *snapshot), strata(within, *snapshot);
    // All groups but the first, backwards.
    std::vector<size_t> wanted;
    for (size_t g = grouping.size(); g-- > 1;) wanted.push_back(g);
    const auto tables =
        TabulateStrata({*snapshot, *selection, grouping, pool, {}}, strata,
                       wanted, endpoint, kind);
    ASSERT_TRUE(tables.ok()) << tables.status();
    size_t stratum = 0;
    for (const auto& [label, of_stratum] :
         tests::GroupCases(cases, {}, within)) {
      SCOPED_TRACE(label);
      std::vector<stats::EventTable> expected(wanted.size());
      double n = 0;
      for (size_t i = 0; i < wanted.size(); ++i) {
        for (const auto& [group, members] :
             tests::GroupCases(of_stratum, {}, by)) {
          if (group != grouping.label(wanted[i])) continue;
          expected[i] = NaiveTable(members, endpoint, kind);
          n += expected[i].Total();
        }
      }
      if (n == 0) continue;  // left out
      ASSERT_LT(stratum, tables->size());
      for (size_t i = 0; i < wanted.size(); ++i) {
        ExpectSame((*tables)[stratum][i], expected[i]);
      }
      ++stratum;
    }
    EXPECT_EQ(stratum, tables->size());
    EXPECT_GT(stratum, 3u);
  }
}

// More cells than one pass counts: the strata come from several passes.
TEST(TabulateStrata, ManyStrataTakeSeveralPasses) {
  std::mt19937_64 random(82);
  ColumnWriter writer;
  constexpr int kSites = 120;
  std::vector<int64_t> expected(kSites);
  for (int i = 0; i < 1500; ++i) {
    model::Case record = tests::RandomCase(random);
    const int site = static_cast<int>(random() % kSites);
    record.site = "clinic-" + std::to_string(1000 + site);
    ++expected[static_cast<size_t>(site)];
    ASSERT_TRUE(writer.Put(record).ok());
  }
  const auto snapshot = writer.Publish(1, 18'900);
  stats::ThreadPool pool(2);
  const auto selection = Selection::Make({}, *snapshot);
  const Grouping grouping(Dimension::kSportLevel, *snapshot);
  const Grouping strata(Dimension::kSite, *snapshot);
  std::vector<size_t> all(grouping.size());
  for (size_t g = 0; g < all.size(); ++g) all[g] = g;
  const auto tables =
      TabulateStrata({*snapshot, *selection, grouping, pool, {}}, strata, all,
                     Endpoint::kReoperation, std::nullopt);
  ASSERT_TRUE(tables.ok());
  ASSERT_EQ(tables->size(), static_cast<size_t>(kSites));
  for (size_t s = 0; s < tables->size(); ++s) {
    double n = 0;
    for (const stats::EventTable& table : (*tables)[s]) n += table.Total();
    EXPECT_EQ(n, static_cast<double>(expected[s]));
  }
}

TEST(TabulateStrata, StopsWhenAsked) {
  std::mt19937_64 random(83);
  const auto snapshot = tests::SnapshotOf({tests::RandomCase(random)});
  stats::ThreadPool pool(1);
  const auto selection = Selection::Make({}, *snapshot);
  const Grouping pooled(std::nullopt, *snapshot);
  std::stop_source source;
  source.request_stop();
  const size_t first = 0;
  EXPECT_TRUE(absl::IsCancelled(
      TabulateStrata({*snapshot, *selection, pooled, pool, source.get_token()},
                     Grouping(Dimension::kSex, *snapshot), {first},
                     Endpoint::kRupture, std::nullopt)
          .status()));
}

}  // namespace
}  // namespace enthesis::cohort
