// Random operations: the store on RocksDB answers as the model does. A failure
// prints the seed; ENTHESIS_SEED runs it again, ENTHESIS_STEPS makes it longer.

#include <rocksdb/env.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "registry/storage/rocks_store.h"
#include "tests/registry/storage/map_store.h"

namespace enthesis::storage {
namespace {

constexpr int64_t kNanosPerHour = int64_t{3600} * 1'000'000'000;

// Text for comparing: all that two stores may differ in.
std::string Text(const absl::Status& status) {
  return std::string(absl::StatusCodeToString(status.code())) +
         (status.GetPayload(kRequestIdReused).has_value() ? " reused" : "");
}
std::string Text(const Document& document) {
  return document.key + "=" + document.value + "@" +
         std::to_string(document.index) + (document.tombstone ? "T" : "D");
}
std::string Text(const CommitResult& result) {
  return std::to_string(result.index) + (result.replayed ? "R" : "") +
         result.response;
}
std::string Text(const std::string& text) { return text; }
// The order within one commit is free.
std::string Text(Change change) {
  std::sort(change.keys.begin(), change.keys.end());
  std::sort(change.withdrawn.begin(), change.withdrawn.end());
  std::string text =
      std::to_string(change.index) + " day " + std::to_string(change.utc_day);
  for (const std::string& key : change.keys) text += " +" + key;
  for (const std::string& key : change.withdrawn) text += " -" + key;
  return text;
}
template <typename T>
std::string Text(const std::optional<T>& maybe) {
  return maybe.has_value() ? Text(*maybe) : "none";
}
template <typename T>
std::string Text(const std::vector<T>& all) {
  std::string text;
  for (const T& one : all) text += Text(one) + "; ";
  return text;
}
template <typename T>
std::string Text(const absl::StatusOr<T>& answer) {
  return answer.ok() ? Text(*answer) : Text(answer.status());
}

class Walk {
 public:
  explicit Walk(uint64_t seed)
      : random_(seed), env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) {
    Reopen();
  }

  void Step() {
    const uint64_t dice = random_() % 100;
    if (dice < 60) {
      const Batch batch = AnyBatch();
      ++commits_;
      const auto real = real_->Commit(batch);
      accepted_ += real.ok() ? 1 : 0;
      ASSERT_EQ(Text(real), Text(model_.Commit(batch)));
    } else if (dice < 98) {
      Ask();
    } else {
      Reopen();
    }
    ASSERT_EQ(Text(real_->LastCommit()), Text(model_.LastCommit()));
  }

  int commits() const { return commits_; }
  int accepted() const { return accepted_; }

 private:
  uint64_t Draw(uint64_t n) { return random_() % n; }

  std::string AnyKey() {
    std::string key;
    for (uint64_t n = 1 + Draw(3); n > 0; --n) {
      key.push_back(
          std::string("\0\x01"
                      "a/\xff",
                      5)[Draw(5)]);
    }
    return key;
  }
  std::string AnyPrefix() { return Draw(4) == 0 ? "" : AnyKey(); }
  CommitIndex AnyView() { return Draw(model_.LastCommit().index + 3); }

  Precondition AnyPrecondition() {
    Precondition condition;
    condition.key = AnyKey();
    if (Draw(2) == 0) return condition;
    condition.kind = Precondition::Kind::kAtIndex;
    const auto latest = model_.Get(condition.key, ~CommitIndex{0});
    condition.index = latest.ok() && Draw(4) != 0 ? latest->index : Draw(30);
    return condition;
  }

  Batch AnyBatch() {
    Batch batch;
    now_ += static_cast<int64_t>(Draw(3)) * kNanosPerHour;
    batch.time_unix_nanos = now_;
    if (Draw(2) == 0) batch.preconditions.push_back(AnyPrecondition());
    if (Draw(6) == 0) batch.preconditions.push_back(AnyPrecondition());
    for (uint64_t n = Draw(4); n > 0; --n) {
      batch.puts.push_back({AnyKey(), std::to_string(random_())});
    }
    if (Draw(5) == 0) batch.withdrawals.push_back({AnyKey(), "why"});
    if (Draw(20) == 0) batch.withdrawals.push_back({AnyKey(), "why else"});
    for (uint64_t n = Draw(3); n > 0; --n) {
      batch.index_changes.push_back({AnyKey(), Draw(3) != 0});
    }
    if (Draw(2) == 0) {
      batch.request = {"request-" + std::to_string(Draw(500)),
                       std::to_string(Draw(2)), std::to_string(random_())};
    }
    if (Draw(50) == 0) batch.puts.push_back({"", "no key"});
    if (Draw(50) == 0) batch.withdrawals.push_back({"", "no key"});
    return batch;
  }

  std::string ScanText(Store& store, const std::string& prefix,
                       CommitIndex view, const ScanOptions& options) {
    std::vector<Document> found;
    const absl::Status status =
        store.Scan(prefix, view, options, [&found](const Document& document) {
          found.push_back(document);
          return true;
        });
    return Text(status) + ": " + Text(found);
  }

  void Ask() {
    const std::string key = AnyKey(), prefix = AnyPrefix();
    const CommitIndex view = AnyView();
    const uint64_t limit = Draw(4);
    ScanOptions options;
    if (Draw(2) == 0) options.after = AnyKey();
    options.limit = limit;
    options.include_tombstones = Draw(2) == 0;
    ASSERT_EQ(Text(real_->Get(key, view)), Text(model_.Get(key, view)));
    ASSERT_EQ(Text(real_->Versions(key, view)),
              Text(model_.Versions(key, view)));
    ASSERT_EQ(ScanText(*real_, prefix, view, options),
              ScanText(model_, prefix, view, options))
        << "after " << options.after << ", limit " << limit;
    ASSERT_EQ(Text(real_->ScanIndex(prefix, limit)),
              Text(model_.ScanIndex(prefix, limit)));
    ASSERT_EQ(Text(real_->Changes(view, limit)),
              Text(model_.Changes(view, limit)));
    ASSERT_EQ(Text(real_->CommitAt(view)), Text(model_.CommitAt(view)));
    const std::string id = "request-" + std::to_string(Draw(500));
    ASSERT_EQ(Text(real_->Replay(id, "0")), Text(model_.Replay(id, "0")));
  }

  void Reopen() {
    real_.reset();
    RocksStoreOptions options;
    options.folder = "/store";
    options.env = env_.get();
    options.write_buffer_bytes = 1 << 16;
    options.request_retention_nanos = INT64_MAX / 4;  // the model forgets none
    auto store = OpenRocksStore(options);
    ASSERT_TRUE(store.ok()) << store.status();
    real_ = *std::move(store);
  }

  std::mt19937_64 random_;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<Store> real_;
  MapStore model_;
  int64_t now_ = int64_t{20'000} * 24 * kNanosPerHour;
  int commits_ = 0;
  int accepted_ = 0;
};

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(ModelTest, RandomOperationsHaveTheSameAnswers) {
  const uint64_t seed = FromEnvironment("ENTHESIS_SEED", 20261124);
  const uint64_t steps = FromEnvironment("ENTHESIS_STEPS", 6000);
  SCOPED_TRACE("ENTHESIS_SEED=" + std::to_string(seed));
  Walk walk(seed);
  for (uint64_t step = 0; step < steps; ++step) {
    walk.Step();
    if (HasFatalFailure()) FAIL() << "at step " << step;
  }
  printf("seed %llu: commits %d, accepted %d\n",
         static_cast<unsigned long long>(seed), walk.commits(),
         walk.accepted());
  // Both kinds of answers were compared.
  EXPECT_GT(walk.accepted(), walk.commits() / 4);
  EXPECT_LT(walk.accepted(), walk.commits() * 9 / 10);
}

}  // namespace
}  // namespace enthesis::storage
