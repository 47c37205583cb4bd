#include "registry/cohort/cohort.h"

#include <rocksdb/env.h>

#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "registry/storage/records.h"
#include "registry/storage/rocks_store.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::cohort {
namespace {

constexpr int64_t kPatience = 60'000;  // milliseconds; far more than it takes
constexpr int64_t kDayNanos = int64_t{86'400} * 1'000'000'000;

// A store in memory and what tests do to it.
class CohortTest : public ::testing::Test {
 protected:
  void SetUp() override {
    env_.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    storage::RocksStoreOptions options;
    options.folder = "/cohort";
    options.env = env_.get();
    auto store = storage::OpenRocksStore(options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }

  storage::CommitIndex Commit(storage::Batch batch) {
    batch.time_unix_nanos = day_ * kDayNanos;
    const auto result = store_->Commit(std::move(batch));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->index : 0;
  }

  storage::CommitIndex Put(const model::Case& record) {
    storage::Batch batch;
    batch.puts.push_back({storage::CaseKey(record.site, record.id),
                          storage::EncodeCase(record)});
    return Commit(std::move(batch));
  }

  storage::CommitIndex Withdraw(const model::Case& record) {
    storage::Batch batch;
    batch.withdrawals.push_back(
        {storage::CaseKey(record.site, record.id),
         storage::EncodeTombstone(model::WithdrawalReason::kConsentWithdrawn)});
    return Commit(std::move(batch));
  }

  std::unique_ptr<Cohort> Open() {
    auto cohort = Cohort::Open(*store_);
    EXPECT_TRUE(cohort.ok()) << cohort.status();
    return *std::move(cohort);
  }

  std::shared_ptr<const Snapshot> At(Cohort& cohort,
                                     storage::CommitIndex as_of) {
    auto snapshot = cohort.SnapshotAt(as_of, kPatience);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? *snapshot : nullptr;
  }

  std::mt19937_64 random_{99};
  int64_t day_ = 19'000;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<storage::Store> store_;
};

uint8_t SmokingOf(const Snapshot& snapshot, size_t row) {
  return snapshot.chunk(0)
      .dimension[static_cast<size_t>(model::Dimension::kSmoking) - 1]
      .Get(row);
}

TEST_F(CohortTest, EmptyStore) {
  auto cohort = Open();
  const auto snapshot = At(*cohort, 0);
  EXPECT_EQ(snapshot->n_rows(), 0u);
  EXPECT_EQ(snapshot->as_of(), 0u);
}

TEST_F(CohortTest, LoadsWhatIsThereAndFollowsWhatComes) {
  const model::Case first = tests::RandomCase(random_);
  Put(first);
  auto cohort = Open();
  EXPECT_EQ(At(*cohort, 0)->n_rows(), 1u);
  for (int i = 0; i < 30; ++i) {
    const storage::CommitIndex index = Put(tests::RandomCase(random_));
    const auto snapshot = At(*cohort, 0);
    EXPECT_GE(snapshot->as_of(), index);
    EXPECT_EQ(snapshot->n_rows(), static_cast<size_t>(i) + 2);
  }
}

TEST_F(CohortTest, SiteWithoutCasesIsKnown) {
  auto cohort = Open();
  storage::Batch batch;
  batch.puts.push_back({storage::SiteKey("quiet-clinic"),
                        storage::EncodeSite({"quiet-clinic", false})});
  Commit(std::move(batch));
  EXPECT_EQ(At(*cohort, 0)->sites(), std::vector<std::string>{"quiet-clinic"});
}

TEST_F(CohortTest, UpdateReplacesAndTheOldViewStays) {
  model::Case record = tests::RandomCase(random_);
  record.baseline.smoking = model::Smoking::kNever;
  const storage::CommitIndex before = Put(record);
  auto cohort = Open();
  const auto held = At(*cohort, 0);
  record.baseline.smoking = model::Smoking::kCurrent;
  day_ = 19'100;
  const storage::CommitIndex after = Put(record);
  const auto latest = At(*cohort, 0);
  EXPECT_EQ(latest->n_rows(), 1u);
  EXPECT_EQ(SmokingOf(*latest, 0), 3);
  EXPECT_EQ(latest->utc_day(), 19'100);
  EXPECT_EQ(SmokingOf(*held, 0), 1);
  const auto rebuilt = At(*cohort, before);
  EXPECT_EQ(rebuilt->as_of(), before);
  EXPECT_EQ(rebuilt->utc_day(), 19'000);
  EXPECT_EQ(SmokingOf(*rebuilt, 0), 1);
  EXPECT_EQ(At(*cohort, before), rebuilt);  // kept
  EXPECT_EQ(At(*cohort, after), latest);    // no rebuild of the current one
}

TEST_F(CohortTest, WithdrawnCaseLeavesEveryView) {
  const model::Case stays = tests::RandomCase(random_);
  const model::Case leaves = tests::RandomCase(random_);
  Put(stays);
  const storage::CommitIndex both = Put(leaves);
  Put(tests::RandomCase(random_));
  auto cohort = Open();
  EXPECT_EQ(At(*cohort, 0)->n_rows(), 3u);
  EXPECT_EQ(At(*cohort, both)->n_rows(), 2u);  // built and kept
  Withdraw(leaves);
  EXPECT_EQ(At(*cohort, both)->n_rows(), 1u);
  EXPECT_EQ(At(*cohort, 0)->n_rows(), 2u);
}

TEST_F(CohortTest, LaterThanTheLastCommitIsOutOfRange) {
  const storage::CommitIndex last = Put(tests::RandomCase(random_));
  auto cohort = Open();
  const auto snapshot = cohort->SnapshotAt(last + 1, kPatience);
  EXPECT_EQ(snapshot.status().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(CohortTest, OldViewsEqualTheViewOfTheirTime) {
  auto cohort = Open();
  std::vector<std::pair<storage::CommitIndex, size_t>> rows;
  std::vector<model::Case> cases;
  for (int i = 0; i < 40; ++i) {
    cases.push_back(tests::RandomCase(random_));
    const storage::CommitIndex index = Put(cases.back());
    rows.emplace_back(index, static_cast<size_t>(i) + 1);
  }
  for (const auto& [index, n] : rows) {
    EXPECT_EQ(At(*cohort, index)->n_rows(), n);
  }
}

TEST_F(CohortTest, UnreadableRecordIsDataLossFromThenOn) {
  Put(tests::RandomCase(random_));
  auto cohort = Open();
  EXPECT_TRUE(cohort->SnapshotAt(0, kPatience).ok());
  storage::Batch batch;
  batch.puts.push_back(
      {storage::CaseKey("site-01", {1, 1}), "no record of ours"});
  Commit(std::move(batch));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(cohort->SnapshotAt(0, kPatience).status().code(),
              absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(Cohort::Open(*store_).status().code(), absl::StatusCode::kDataLoss);
}

// Writers and askers at once: whoever asks after its commit sees it.
TEST_F(CohortTest, ReadsItsOwnWritesUnderConcurrency) {
  auto cohort = Open();
  std::vector<std::vector<model::Case>> cases(4);
  for (std::vector<model::Case>& mine : cases) {
    for (int i = 0; i < 40; ++i) mine.push_back(tests::RandomCase(random_));
  }
  std::vector<std::thread> threads;
  for (const std::vector<model::Case>& mine : cases) {
    threads.emplace_back([&, this] {
      size_t seen = 0;
      for (const model::Case& record : mine) {
        const storage::CommitIndex index = Put(record);
        const auto snapshot = At(*cohort, 0);
        ASSERT_NE(snapshot, nullptr);
        EXPECT_GE(snapshot->as_of(), index);
        EXPECT_GE(snapshot->n_rows(), seen + 1);
        EXPECT_EQ(snapshot->n_rows(), snapshot->as_of());  // one a commit
        seen = snapshot->n_rows();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(At(*cohort, 0)->n_rows(), 160u);
}

}  // namespace
}  // namespace enthesis::cohort
