// The contract of what a store does for many at once: the same as one by one.

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

// One after the other in one call: each sees those before it, and a refused one
// stops nobody.
TEST_P(StoreContract, BatchesCommittedTogetherAreCommitsInTheirOrder) {
  const CommitIndex first = MustPut("c/old", "1");
  const auto creates = [](const std::string& key, const std::string& value) {
    Batch batch;
    batch.puts = {{key, value}};
    batch.preconditions = {{key, Precondition::Kind::kAbsent, 0}};
    batch.index_changes = {{"p/" + key, true}};
    batch.request = {"request " + key + value, "digest", value};
    return batch;
  };
  std::vector<Batch> batches(8);
  batches[0] = creates("c/a", "1");
  batches[1] = creates("c/old", "2");  // taken in the store
  batches[2] = creates("c/a", "3");    // taken by the first
  batches[3] = creates("c/b", "4");
  batches[4] = creates("c/b", "4");  // the request of the one before
  batches[5] = batches[4];
  batches[5].request->digest = "other";
  batches[6].puts = {{"", "no key"}};
  batches[7].puts = {{"c/b", "5"}};
  batches[7].preconditions = {{"c/b", Precondition::Kind::kAtIndex, first + 2}};
  const auto results = store_->CommitAll(std::move(batches));
  ASSERT_THAT(results, SizeIs(8));
  EXPECT_EQ(results[0]->index, first + 1);
  EXPECT_EQ(results[1].status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(results[2].status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(results[3]->index, first + 2);
  EXPECT_FALSE(results[3]->replayed);
  EXPECT_EQ(results[4]->index, first + 2);
  EXPECT_TRUE(results[4]->replayed);
  EXPECT_TRUE(results[5].status().GetPayload(kRequestIdReused).has_value());
  EXPECT_EQ(results[6].status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(results[7]->index, first + 3);
  EXPECT_EQ(store_->LastCommit().index, first + 3);
  EXPECT_EQ(ValueAt("c/a", kLatest), "1");
  EXPECT_EQ(ValueAt("c/old", kLatest), "1");
  EXPECT_EQ(ValueAt("c/b", first + 2), "4");
  EXPECT_EQ(ValueAt("c/b", kLatest), "5");
  EXPECT_THAT(*store_->ScanIndex("p/", 0), ElementsAre("p/c/a", "p/c/b"));
  EXPECT_THAT(*store_->Changes(first, 0), SizeIs(3));
  EXPECT_THAT(store_->CommitAll({}), IsEmpty());
}

TEST_P(StoreContract, ManyAtOnceAreReadAsOneByOne) {
  Batch batch;
  batch.puts = {{"c/a", "1"}, {std::string("c/a\0b", 5), "zero"}};
  batch.index_changes = {{"p/1/a", true}, {"p/1/b", true}, {"p/12/c", true}};
  batch.request = {"0123456789abcdef", "digest", "answer"};
  const CommitIndex first = MustCommit(batch);
  MustPut("c/a", "2");
  Batch withdraw;
  withdraw.withdrawals = {{"c/gone", "why"}};
  MustPut("c/gone", "x");
  MustCommit(withdraw);
  const std::vector<std::string> keys = {"c/gone", "c/a", "c/none", "c/a",
                                         std::string("c/a\0b", 5)};
  for (const CommitIndex view : {first, kLatest}) {
    const auto documents = store_->GetAll(keys, view);
    ASSERT_THAT(documents, SizeIs(keys.size()));
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto one = store_->Get(keys[i], view);
      ASSERT_EQ(documents[i].status().code(), one.status().code()) << keys[i];
      if (!one.ok()) continue;
      EXPECT_EQ(documents[i]->key, one->key);
      EXPECT_EQ(documents[i]->value, one->value);
      EXPECT_EQ(documents[i]->index, one->index);
      EXPECT_EQ(documents[i]->tombstone, one->tombstone);
    }
  }
  EXPECT_EQ(store_->GetAll(keys, kLatest)[1]->value, "2");
  const std::vector<std::string> prefixes = {"p/12/", "p/1/", "p/9/", "p/1/"};
  const auto all = store_->ScanIndexes(prefixes, 0);
  ASSERT_TRUE(all.ok());
  EXPECT_THAT(*all,
              ElementsAre(ElementsAre("p/12/c"), ElementsAre("p/1/a", "p/1/b"),
                          IsEmpty(), ElementsAre("p/1/a", "p/1/b")));
  EXPECT_THAT(*store_->ScanIndexes(prefixes, 1),
              ElementsAre(SizeIs(1), SizeIs(1), IsEmpty(), SizeIs(1)));
  // Some of them no whole prefix, so that none can ask a filter.
  const std::vector<std::string> any = {"p/1/", "p/"};
  const auto mixed = store_->ScanIndexes(any, 0);
  ASSERT_TRUE(mixed.ok());
  EXPECT_THAT(*mixed, ElementsAre(ElementsAre("p/1/a", "p/1/b"),
                                  ElementsAre("p/1/a", "p/1/b", "p/12/c")));
  const auto answers = store_->ReplayAll({{{"another-id-16byt", "digest"},
                                           {"0123456789abcdef", "digest"},
                                           {"0123456789abcdef", "other"}}});
  ASSERT_THAT(answers, SizeIs(3));
  EXPECT_FALSE(answers[0]->has_value());
  EXPECT_EQ((*answers[1])->index, first);
  EXPECT_EQ((*answers[1])->response, "answer");
  EXPECT_TRUE(answers[2].status().GetPayload(kRequestIdReused).has_value());
}

// Nothing of another caller comes between batches committed together.
TEST_P(StoreContract, BatchesCommittedTogetherStayTogether) {
  constexpr int kWriters = 6, kRounds = 20, kTogether = 30;
  std::vector<std::thread> writers;
  std::atomic<int> apart = 0;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int round = 0; round < kRounds; ++round) {
        std::vector<Batch> batches(w % 2 == 0 ? kTogether : 1);
        for (size_t i = 0; i < batches.size(); ++i) {
          batches[i].puts = {{absl::StrCat("c/", w, "/", i), "x"}};
        }
        const auto results = store_->CommitAll(std::move(batches));
        for (size_t i = 0; i < results.size(); ++i) {
          apart += results[i]->index != results[0]->index + i;
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(apart, 0);
  EXPECT_EQ(store_->LastCommit().index,
            static_cast<CommitIndex>(kWriters / 2 * kRounds * (kTogether + 1)));
}

}  // namespace
}  // namespace enthesis::storage
