// One suite, three stores: RocksDB on disk, RocksDB in memory, and the model.

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/registry/storage/store_contract.h"

namespace enthesis::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kNanosPerDay = int64_t{86'400} * 1'000'000'000;

TEST_P(StoreContract, EmptyStoreHasNoCommit) {
  EXPECT_EQ(store_->LastCommit().index, 0u);
  EXPECT_EQ(store_->Get("a", kLatest).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_THAT(Keys("", 0), IsEmpty());
  EXPECT_EQ(store_->CommitAt(1).status().code(), absl::StatusCode::kOutOfRange);
}

TEST_P(StoreContract, EveryViewKeepsItsVersion) {
  const CommitIndex first = MustPut("c/a", "1");
  const CommitIndex second = MustPut("c/a", "2");
  EXPECT_EQ(second, first + 1);
  EXPECT_EQ(ValueAt("c/a", first), "1");
  EXPECT_EQ(ValueAt("c/a", second), "2");
  EXPECT_EQ(ValueAt("c/a", kLatest), "2");
  EXPECT_EQ(store_->Get("c/a", first - 1).status().code(),
            absl::StatusCode::kNotFound);
  const auto versions = store_->Versions("c/a", kLatest);
  ASSERT_TRUE(versions.ok());
  ASSERT_THAT(*versions, SizeIs(2));
  EXPECT_EQ((*versions)[0].value, "1");
  EXPECT_EQ((*versions)[1].index, second);
}

TEST_P(StoreContract, KeysWithZeroBytesAndPrefixesOfEachOtherStayApart) {
  const std::string zero("c/a\0b", 5);
  MustPut("c/a", "short");
  MustPut(zero, "zero");
  MustPut("c/ab", "long");
  EXPECT_EQ(ValueAt("c/a", kLatest), "short");
  EXPECT_EQ(ValueAt(zero, kLatest), "zero");
  EXPECT_EQ(ValueAt("c/ab", kLatest), "long");
  EXPECT_THAT(Keys("c/", kLatest), ElementsAre("c/a", zero, "c/ab"));
}

TEST_P(StoreContract, ScanPagesInKeyOrderWithinAView) {
  for (const char* key : {"c/3", "c/1", "d/1", "c/2"}) MustPut(key, "x");
  const CommitIndex view = store_->LastCommit().index;
  MustPut("c/0", "late");
  EXPECT_THAT(Keys("c/", view), ElementsAre("c/1", "c/2", "c/3"));
  ScanOptions page;
  page.limit = 2;
  EXPECT_THAT(Keys("c/", view, page), ElementsAre("c/1", "c/2"));
  page.after = "c/2";
  EXPECT_THAT(Keys("c/", view, page), ElementsAre("c/3"));
  EXPECT_THAT(Keys("", kLatest), SizeIs(5));
}

TEST_P(StoreContract, ScanStopsWhenAsked) {
  MustPut("c/1", "x");
  MustPut("c/2", "x");
  int seen = 0;
  EXPECT_TRUE(store_
                  ->Scan("c/", kLatest, {},
                         [&](const Document&) { return ++seen, false; })
                  .ok());
  EXPECT_EQ(seen, 1);
}

TEST_P(StoreContract, AbsentPreconditionHoldsForTombstonesToo) {
  Batch create;
  create.puts = {{"c/a", "1"}};
  create.preconditions = {{"c/a", Precondition::Kind::kAbsent, 0}};
  MustCommit(create);
  EXPECT_EQ(store_->Commit(create).status().code(),
            absl::StatusCode::kAlreadyExists);
  Batch withdraw;
  withdraw.withdrawals = {{"c/a", "why"}};
  MustCommit(withdraw);
  EXPECT_EQ(store_->Commit(create).status().code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_P(StoreContract, StaleIndexIsAbortedAndStoresNothing) {
  const CommitIndex first = MustPut("c/a", "1");
  MustPut("c/a", "2");
  Batch late;
  late.puts = {{"c/a", "3"}, {"c/b", "3"}};
  late.preconditions = {{"c/a", Precondition::Kind::kAtIndex, first}};
  EXPECT_EQ(store_->Commit(late).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ValueAt("c/a", kLatest), "2");
  EXPECT_EQ(ValueAt("c/b", kLatest), "");
  EXPECT_EQ(store_->LastCommit().index, first + 1);
}

TEST_P(StoreContract, EmptyAndOversizedKeysAreRefused) {
  for (const std::string& key : {std::string(), std::string(2000, 'k')}) {
    std::vector<Batch> batches(4);
    batches[0].puts = {{key, "1"}};
    batches[1].withdrawals = {{key, ""}};
    batches[2].index_changes = {{key, true}};
    batches[3].preconditions = {{key, Precondition::Kind::kAbsent, 0}};
    for (Batch& batch : batches) {
      batch.puts.push_back({"c/good", "1"});
      EXPECT_EQ(store_->Commit(std::move(batch)).status().code(),
                absl::StatusCode::kInvalidArgument);
    }
  }
  EXPECT_EQ(store_->LastCommit().index, 0u);
  EXPECT_EQ(ValueAt("c/good", kLatest), "");
}

TEST_P(StoreContract, TheLastChangeOfADocumentCountsAndAWithdrawalMore) {
  Batch batch;
  batch.puts = {{"c/a", "1"}, {"c/b", "1"}, {"c/a", "2"}};
  batch.withdrawals = {{"c/b", "one"}, {"c/b", "two"}};
  const CommitIndex index = MustCommit(std::move(batch));
  EXPECT_EQ(ValueAt("c/a", index), "2");
  EXPECT_THAT(*store_->Versions("c/a", kLatest), SizeIs(1));
  const auto gone = store_->Get("c/b", kLatest);
  ASSERT_TRUE(gone.ok());
  EXPECT_TRUE(gone->tombstone);
  EXPECT_EQ(gone->value, "two");
  const auto changes = store_->Changes(0, 0);
  ASSERT_THAT(*changes, SizeIs(1));
  EXPECT_THAT((*changes)[0].keys, ElementsAre("c/a"));
  EXPECT_THAT((*changes)[0].withdrawn, ElementsAre("c/b"));
}

TEST_P(StoreContract, VersionsOfAViewEndWithIt) {
  const CommitIndex first = MustPut("c/a", "1");
  MustPut("c/a", "2");
  EXPECT_THAT(*store_->Versions("c/a", first), SizeIs(1));
  EXPECT_THAT(*store_->Versions("c/a", first - 1), IsEmpty());
  EXPECT_THAT(*store_->Versions("c/b", kLatest), IsEmpty());
}

TEST_P(StoreContract, ReplayReturnsTheFirstAnswer) {
  Batch batch;
  batch.puts = {{"c/a", "1"}};
  batch.request = {"0123456789abcdef", "digest", "answer"};
  const CommitIndex first = MustCommit(batch);
  const auto again = store_->Commit(batch);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->index, first);
  EXPECT_EQ(again->response, "answer");
  EXPECT_EQ(store_->LastCommit().index, first);
  const auto replay = store_->Replay("0123456789abcdef", "digest");
  ASSERT_TRUE(replay.ok());
  ASSERT_TRUE(replay->has_value());
  EXPECT_EQ((*replay)->index, first);
  EXPECT_FALSE(store_->Replay("another-id-16byt", "digest")->has_value());
}

TEST_P(StoreContract, RequestIdWithOtherContentIsRefused) {
  Batch batch;
  batch.puts = {{"c/a", "1"}};
  batch.request = {"0123456789abcdef", "digest", ""};
  MustCommit(batch);
  batch.request->digest = "other";
  const absl::Status reused = store_->Commit(batch).status();
  EXPECT_EQ(reused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(reused.GetPayload(kRequestIdReused).has_value());
  EXPECT_TRUE(store_->Replay("0123456789abcdef", "other")
                  .status()
                  .GetPayload(kRequestIdReused)
                  .has_value());
}

TEST_P(StoreContract, WithdrawalTakesEveryVersionAndLeavesATombstone) {
  const CommitIndex first = MustPut("c/a", "one");
  MustPut("c/a", "two");
  Batch batch;
  batch.withdrawals = {{"c/a", "reason"}};
  const CommitIndex gone = MustCommit(batch);
  EXPECT_EQ(store_->Get("c/a", first).status().code(),
            absl::StatusCode::kNotFound);
  const auto tombstone = store_->Get("c/a", kLatest);
  ASSERT_TRUE(tombstone.ok());
  EXPECT_TRUE(tombstone->tombstone);
  EXPECT_EQ(tombstone->value, "reason");
  EXPECT_EQ(tombstone->index, gone);
  EXPECT_THAT(*store_->Versions("c/a", kLatest), SizeIs(1));
  EXPECT_THAT(Keys("c/", kLatest), IsEmpty());
  ScanOptions all;
  all.include_tombstones = true;
  EXPECT_THAT(Keys("c/", kLatest, all), ElementsAre("c/a"));
}

TEST_P(StoreContract, ChangeLogListsWhatEachCommitDid) {
  Batch batch;
  batch.puts = {{"c/a", "1"}, {"c/b", "1"}};
  batch.time_unix_nanos = 20'000 * kNanosPerDay + 5;
  MustCommit(batch);
  Batch withdraw;
  withdraw.withdrawals = {{"c/a", ""}};
  withdraw.time_unix_nanos = 20'001 * kNanosPerDay;
  MustCommit(withdraw);
  const auto changes = store_->Changes(0, 10);
  ASSERT_TRUE(changes.ok());
  ASSERT_THAT(*changes, SizeIs(2));
  EXPECT_THAT((*changes)[0].keys, ElementsAre("c/a", "c/b"));
  EXPECT_EQ((*changes)[0].utc_day, 20'000);
  EXPECT_THAT((*changes)[1].withdrawn, ElementsAre("c/a"));
  EXPECT_THAT(*store_->Changes(1, 10), SizeIs(1));
  EXPECT_THAT(*store_->Changes(0, 1), SizeIs(1));
  EXPECT_THAT(*store_->Changes(2, 10), IsEmpty());
  EXPECT_EQ(store_->LastCommit().utc_day, 20'001);
  EXPECT_EQ(store_->CommitAt(1)->utc_day, 20'000);
}

TEST_P(StoreContract, IndexKeysComeAndGo) {
  Batch batch;
  batch.puts = {{"c/a", "1"}};
  batch.index_changes = {{"p/1/a", true}, {"p/1/b", true}, {"p/2/a", true}};
  MustCommit(batch);
  EXPECT_THAT(*store_->ScanIndex("p/1/", 10), ElementsAre("p/1/a", "p/1/b"));
  EXPECT_THAT(*store_->ScanIndex("p/", 1), ElementsAre("p/1/a"));
  Batch removal;
  removal.puts = {{"c/a", "2"}};
  removal.index_changes = {{"p/1/a", false}};
  MustCommit(removal);
  EXPECT_THAT(*store_->ScanIndex("p/1/", 10), ElementsAre("p/1/b"));
}

TEST_P(StoreContract, WaitReturnsWhenACommitComes) {
  EXPECT_EQ(store_->WaitForCommit(0, 0), 0u);
  std::thread writer([&] { MustPut("c/a", "1"); });
  EXPECT_EQ(store_->WaitForCommit(0, 60'000), 1u);
  writer.join();
}

TEST_P(StoreContract, ConcurrentCommitsAreNumberedWithoutGaps) {
  constexpr int kWriters = 8, kEach = 50;
  std::atomic<bool> stop = false;
  // What a reader is told is there is there.
  std::thread reader([&] {
    while (!stop) {
      const Change last = store_->LastCommit();
      const auto changes = store_->Changes(0, 0);
      ASSERT_TRUE(changes.ok());
      ASSERT_GE(changes->size(), last.index);
      for (const Change& change : *changes) {
        ASSERT_EQ(ValueAt(change.keys.at(0), change.index),
                  change.keys.at(0).substr(2));
      }
    }
  });
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([this, w] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name = absl::StrCat(w, "-", i);
        MustPut("c/" + name, name);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  stop = true;
  reader.join();
  EXPECT_EQ(store_->LastCommit().index, CommitIndex{kWriters * kEach});
  const auto changes = store_->Changes(0, 0);
  for (size_t i = 0; i < changes->size(); ++i) {
    EXPECT_EQ((*changes)[i].index, i + 1);
  }
}

TEST_P(StoreContract, OneOfManyRacersWins) {
  constexpr int kRacers = 8;
  std::atomic<int> won = 0, lost = 0;
  std::vector<std::thread> racers;
  for (int r = 0; r < kRacers; ++r) {
    racers.emplace_back([&, r] {
      Batch batch;
      batch.puts = {{"c/a", absl::StrCat(r)}};
      batch.preconditions = {{"c/a", Precondition::Kind::kAbsent, 0}};
      const auto result = store_->Commit(std::move(batch));
      if (result.ok()) {
        ++won;
      } else {
        EXPECT_EQ(result.status().code(), absl::StatusCode::kAlreadyExists);
        ++lost;
      }
    });
  }
  for (std::thread& racer : racers) racer.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, kRacers - 1);
}

// Each of many writers reads, adds one, and writes if nobody came between.
TEST_P(StoreContract, NoUpdateIsLost) {
  constexpr int kWriters = 8, kEach = 25;
  MustPut("c/sum", "0");
  std::atomic<int> aborted = 0;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&] {
      for (int done = 0; done < kEach;) {
        const auto sum = store_->Get("c/sum", kLatest);
        ASSERT_TRUE(sum.ok()) << sum.status();
        Batch batch;
        batch.puts = {{"c/sum", absl::StrCat(std::stoi(sum->value) + 1)}};
        batch.preconditions = {
            {"c/sum", Precondition::Kind::kAtIndex, sum->index}};
        const auto result = store_->Commit(std::move(batch));
        if (result.ok()) {
          ++done;
        } else {
          ASSERT_EQ(result.status().code(), absl::StatusCode::kAborted);
          ++aborted;
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(ValueAt("c/sum", kLatest), absl::StrCat(kWriters * kEach));
  EXPECT_EQ(store_->LastCommit().index, CommitIndex{kWriters * kEach + 1});
}

// One request sent by many at once is done once, whoever leads the queue.
TEST_P(StoreContract, OneRequestFromManyThreadsIsDoneOnce) {
  constexpr int kSenders = 8;
  std::atomic<int> first = 0, replayed = 0;
  std::vector<std::thread> senders;
  for (int s = 0; s < kSenders; ++s) {
    senders.emplace_back([&] {
      Batch batch;
      batch.puts = {{"c/a", "1"}};
      batch.preconditions = {{"c/a", Precondition::Kind::kAbsent, 0}};
      batch.request = {"0123456789abcdef", "digest", "answer"};
      const auto result = store_->Commit(std::move(batch));
      ASSERT_TRUE(result.ok()) << result.status();
      EXPECT_EQ(result->index, 1u);
      EXPECT_EQ(result->response, "answer");
      ++(result->replayed ? replayed : first);
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(replayed, kSenders - 1);
  EXPECT_EQ(store_->LastCommit().index, 1u);
}

TEST_P(StoreContract, OpeningAgainFindsEverything) {
  if (!GetParam().keeps) return;
  for (int i = 0; i < 300; ++i) MustPut(absl::StrCat("c/", i), "first");
  Batch batch;
  batch.puts = {{"c/7", "second"}};
  batch.request = {"0123456789abcdef", "digest", "answer"};
  batch.index_changes = {{"p/7", true}};
  const CommitIndex last = MustCommit(batch);
  store_.reset();
  store_ = home_->Open();
  EXPECT_EQ(store_->LastCommit().index, last);
  EXPECT_EQ(ValueAt("c/7", last - 1), "first");
  EXPECT_EQ(ValueAt("c/7", last), "second");
  EXPECT_THAT(Keys("c/", kLatest), SizeIs(300));
  EXPECT_EQ((*store_->Replay("0123456789abcdef", "digest"))->response,
            "answer");
  EXPECT_THAT(*store_->ScanIndex("p/", 10), ElementsAre("p/7"));
  EXPECT_EQ(MustPut("c/8", "next"), last + 1);
}

INSTANTIATE_TEST_SUITE_P(
    Stores, StoreContract,
    ::testing::Values(
        Kind{"RocksOnDisk", [] { return std::make_unique<DiskHome>(); }, true},
        Kind{"RocksInMemory", [] { return std::make_unique<MemoryHome>(); },
             true},
        Kind{"Map", [] { return std::make_unique<MapHome>(); }, false}),
    [](const auto& store) { return std::string(store.param.name); });

}  // namespace
}  // namespace enthesis::storage
