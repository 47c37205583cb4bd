#include "registry/cohort/column_writer.h"

#include <map>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "registry/cohort/encode.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::cohort {
namespace {

// A digest of every value of a row.
uint64_t Digest(const Chunk& chunk, size_t row) {
  Row values = ReadRow(chunk, row);
  uint64_t digest = 0;
  const auto add = [&digest](uint64_t value) {
    digest = (digest ^ value) * 0x9E3779B97F4A7C15ULL;
    digest ^= digest >> 32;
  };
  ForEachColumn(chunk, values, [&](const auto&, auto value, ColumnKind) {
    add(uint64_t{value} + 1);
  });
  std::map<uint64_t, uint64_t> complications;
  for (const RowComplication& entry : values.complications) {
    complications[entry.kind] = entry.exit;
  }
  for (const auto& [kind, exit] : complications) {
    add(kind);
    add(exit);
  }
  return digest;
}

// Rows of a snapshot, in no order.
std::multiset<uint64_t> Rows(const Snapshot& snapshot) {
  std::multiset<uint64_t> rows;
  for (size_t c = 0; c < snapshot.n_chunks(); ++c) {
    for (size_t row = 0; row < snapshot.chunk(c).rows; ++row) {
      rows.insert(Digest(snapshot.chunk(c), row));
    }
  }
  return rows;
}

TEST(ColumnWriter, PutReadsBack) {
  std::mt19937_64 random(1);
  ColumnWriter writer;
  const model::Case record = tests::RandomCase(random);
  ASSERT_TRUE(writer.Put(record).ok());
  const auto snapshot = writer.Publish(3, 19'000);
  EXPECT_EQ(snapshot->as_of(), 3u);
  EXPECT_EQ(snapshot->utc_day(), 19'000);
  EXPECT_EQ(snapshot->n_rows(), 1u);
  EXPECT_EQ(snapshot->sites(), std::vector<std::string>{record.site});
  Chunk expected;
  WriteRow(expected, 0, Encode(record, 0));
  EXPECT_EQ(Digest(snapshot->chunk(0), 0), Digest(expected, 0));
}

TEST(ColumnWriter, SnapshotDoesNotSeeLaterWrites) {
  std::mt19937_64 random(2);
  ColumnWriter writer;
  std::vector<model::Case> cases;
  for (int i = 0; i < 50; ++i) {
    cases.push_back(tests::RandomCase(random));
    ASSERT_TRUE(writer.Put(cases.back()).ok());
  }
  const auto before = writer.Publish(1, 0);
  const auto rows_before = Rows(*before);
  for (int i = 0; i < 20; ++i) {
    model::Case changed = tests::RandomCase(random);
    changed.site = cases[static_cast<size_t>(i)].site;
    changed.id = cases[static_cast<size_t>(i)].id;
    ASSERT_TRUE(writer.Put(changed).ok());
  }
  for (size_t i = 20; i < 40; ++i) writer.Remove(cases[i].site, cases[i].id);
  ASSERT_TRUE(writer.AddSite("site-new").ok());
  const auto after = writer.Publish(2, 0);
  EXPECT_EQ(Rows(*before), rows_before);
  EXPECT_EQ(before->n_rows(), 50u);
  EXPECT_EQ(after->n_rows(), 30u);
  EXPECT_EQ(after->sites().size(), before->sites().size() + 1);
}

TEST(ColumnWriter, UntouchedChunkAndColumnsAreShared) {
  std::mt19937_64 random(3);
  ColumnWriter writer;
  model::Case record = tests::RandomCase(random);
  ASSERT_TRUE(writer.Put(record).ok());
  const auto first = writer.Publish(1, 0);
  const auto second = writer.Publish(2, 0);
  EXPECT_EQ(&first->chunk(0), &second->chunk(0));
  record.baseline.smoking = record.baseline.smoking == model::Smoking::kNever
                                ? model::Smoking::kCurrent
                                : model::Smoking::kNever;
  ASSERT_TRUE(writer.Put(record).ok());
  const auto third = writer.Publish(3, 0);
  const size_t smoking = static_cast<size_t>(model::Dimension::kSmoking) - 1;
  EXPECT_EQ(first->chunk(0).site.data(), third->chunk(0).site.data());
  EXPECT_NE(first->chunk(0).dimension[smoking].data(),
            third->chunk(0).dimension[smoking].data());
}

TEST(ColumnWriter, SameIdAtTwoSitesIsTwoCases) {
  std::mt19937_64 random(4);
  ColumnWriter writer;
  model::Case record = tests::RandomCase(random);
  record.site = "site-01";
  ASSERT_TRUE(writer.Put(record).ok());
  record.site = "site-02";
  ASSERT_TRUE(writer.Put(record).ok());
  EXPECT_EQ(writer.n_rows(), 2u);
  writer.Remove("site-01", record.id);
  writer.Remove("site-03", record.id);
  EXPECT_EQ(writer.n_rows(), 1u);
  const auto snapshot = writer.Publish(1, 0);
  EXPECT_EQ(snapshot->sites()[snapshot->chunk(0).site.Get(0)], "site-02");
}

// Random puts, replacements and removals over two chunks against a map.
TEST(ColumnWriter, FollowsAMapThroughRandomChanges) {
  std::mt19937_64 random(5);
  std::vector<Row> rows;
  std::vector<uint64_t> patients;
  for (int i = 0; i < 300; ++i) {
    rows.push_back(Encode(tests::RandomCase(random), 0));
    patients.push_back(random() | 1);
  }
  ColumnWriter writer;
  ASSERT_TRUE(writer.AddSite("site-01").ok());
  std::map<uint64_t, Row> expected;
  const auto put = [&](uint64_t id) {
    Row row = rows[random() % rows.size()];
    row.site = 0;
    row.patient =
        random() % 4 == 0 ? patients[random() % patients.size()] : id * 2 + 1;
    writer.PutRow({id, id}, row);
    expected[id] = row;
  };
  for (uint64_t id = 1; id <= 66'500; ++id) put(id);
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t id = 1 + random() % 66'500;
    if (random() % 3 == 0) {
      put(id);
    } else {
      writer.Remove("site-01", {id, id});
      expected.erase(id);
    }
  }
  std::map<uint64_t, int> cases_of;
  for (const auto& [id, row] : expected) ++cases_of[row.patient];
  std::multiset<uint64_t> shown;
  for (auto& [id, row] : expected) {
    const unsigned flags = row.flags & ~unsigned{kSharesPatient};
    row.flags = static_cast<uint8_t>(
        flags | (cases_of[row.patient] > 1 ? unsigned{kSharesPatient} : 0U));
    Chunk one;
    WriteRow(one, 0, row);
    shown.insert(Digest(one, 0));
  }
  const auto snapshot = writer.Publish(1, 0);
  EXPECT_EQ(snapshot->n_rows(), expected.size());
  EXPECT_TRUE(Rows(*snapshot) == shown);
}

TEST(ColumnWriter, RemovingAllLeavesNoChunk) {
  std::mt19937_64 random(6);
  ColumnWriter writer;
  std::vector<model::Case> cases;
  for (int i = 0; i < 10; ++i) {
    cases.push_back(tests::RandomCase(random));
    ASSERT_TRUE(writer.Put(cases.back()).ok());
  }
  const auto full = writer.Publish(1, 0);
  for (const model::Case& record : cases) {
    writer.Remove(record.site, record.id);
  }
  const auto empty = writer.Publish(2, 0);
  EXPECT_EQ(empty->n_rows(), 0u);
  EXPECT_EQ(empty->n_chunks(), 0u);
  EXPECT_EQ(full->n_rows(), 10u);
  ASSERT_TRUE(writer.Put(cases[0]).ok());
  EXPECT_EQ(writer.Publish(3, 0)->n_rows(), 1u);
}

// DESIGN.md's budget: 96 bytes a case, the rest stated apart.
TEST(ColumnWriter, BytesACaseStayWithinTheBudget) {
  std::mt19937_64 random(7);
  std::vector<Row> rows;
  for (int i = 0; i < 500; ++i) {
    rows.push_back(Encode(tests::RandomCase(random), 0));
  }
  ColumnWriter writer;
  ASSERT_TRUE(writer.AddSite("site-01").ok());
  constexpr uint64_t kCases = 2 * kChunkRows;
  for (uint64_t id = 1; id <= kCases; ++id) {
    Row row = rows[id % rows.size()];
    row.site = 0;
    row.patient = id;
    writer.PutRow({id, 1}, row);
  }
  const MemoryUse use = writer.Publish(1, 0)->memory();
  RecordProperty("columns", absl::StrCat(use.columns));
  RecordProperty("sparse", absl::StrCat(use.sparse));
  RecordProperty("id_maps", absl::StrCat(use.id_maps));
  EXPECT_GT(use.columns, 50);
  EXPECT_LE(use.columns, 96);
  EXPECT_GT(use.sparse, 8);
  EXPECT_LE(use.sparse, 120);
  EXPECT_GT(use.id_maps, 24);
  EXPECT_LE(use.id_maps, 120);
}

}  // namespace
}  // namespace enthesis::cohort
