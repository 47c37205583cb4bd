// Power losses under 16 concurrent writers: every acknowledged commit is found
// after opening again, none half. With syncing off the same run must find
// losses, or it would prove nothing.

#include <rocksdb/env.h>
#include <stdio.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "registry/storage/rocks_store.h"
#include "tests/registry/storage/fault_file_system.h"

namespace enthesis::storage {
namespace {

constexpr int kWriters = 16;
constexpr CommitIndex kLatest = ~CommitIndex{0};

struct Acknowledged {
  CommitIndex index;
  std::string name;
};

struct Tally {
  int power_losses = 0;
  int64_t acknowledged = 0;
  int64_t in_flight = 0;  // cut off before their answer
  int64_t found = 0;
  int64_t lost = 0;
  int64_t half_written = 0;
};

class PowerLoss {
 public:
  PowerLoss(uint64_t seed, bool sync)
      : random_(seed),
        sync_(sync),
        files_(
            std::make_shared<FaultFileSystem>(rocksdb::FileSystem::Default())),
        env_(rocksdb::NewCompositeEnv(files_)) {
    folder_ = ::testing::TempDir() + "power-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) abort();
  }
  ~PowerLoss() { std::filesystem::remove_all(folder_); }

  // One life of the store: write from all threads, lose power, look.
  void Round(int round, Tally& tally) {
    std::unique_ptr<Store> store = Open();
    ASSERT_NE(store, nullptr);
    Look(*store, tally);
    Write(*store, round, 20 + static_cast<int64_t>(random_() % 400), tally);
    store.reset();
    files_->ForgetUnsynced(random_, sync_ && random_() % 2 == 0);
    ++tally.power_losses;
  }

  void LookAtTheEnd(Tally& tally) {
    std::unique_ptr<Store> store = Open();
    ASSERT_NE(store, nullptr);
    Look(*store, tally);
  }

 private:
  std::unique_ptr<Store> Open() {
    RocksStoreOptions options;
    options.folder = folder_ + "/store";
    options.env = env_.get();
    options.sync = sync_;
    options.write_buffer_bytes = 1 << 16;  // files come and go within a round
    auto store = OpenRocksStore(options);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

  void Write(Store& store, int round, int64_t cut_after, Tally& tally) {
    std::atomic<int64_t> answered = 0;
    std::atomic<int> running = kWriters;
    std::mutex mutex;
    std::vector<std::thread> writers;
    for (int w = 0; w < kWriters; ++w) {
      writers.emplace_back([&, w] {
        // Every other writer commits several at once.
        const size_t together = w % 2 == 0 ? 1 : 7;
        bool powered = true;
        for (int i = 0; powered; ++i) {
          std::vector<std::string> names;
          std::vector<Batch> batches(together);
          for (size_t b = 0; b < together; ++b) {
            const std::string& name =
                names.emplace_back(absl::StrCat(round, "-", w, "-", i, "-", b));
            // Two documents a commit: half of one would be seen.
            batches[b].puts = {{"c/" + name, name + std::string(200, 'x')},
                               {"d/" + name, name}};
            batches[b].index_changes = {{"p/" + name, true}};
          }
          const auto results = store.CommitAll(std::move(batches));
          const std::lock_guard<std::mutex> lock(mutex);
          for (size_t b = 0; b < together; ++b) {
            powered = results[b].ok();
            if (!powered) {
              ++tally.in_flight;
              continue;
            }
            acknowledged_.push_back({results[b]->index, names[b]});
            ++tally.acknowledged;
            ++answered;
          }
        }
        --running;
      });
    }
    while (answered < cut_after && running > 0) std::this_thread::yield();
    files_->CutPower();
    for (std::thread& writer : writers) writer.join();
  }

  void Look(Store& store, Tally& tally) {
    std::vector<Acknowledged> still;
    for (const Acknowledged& commit : acknowledged_) {
      if (HasAll(store, commit.name, commit.index)) {
        still.push_back(commit);
      } else {
        ++tally.lost;
      }
    }
    // A loss is counted once; what is still there is looked at again next time.
    tally.found = static_cast<int64_t>(still.size());
    acknowledged_ = std::move(still);
    const auto changes = store.Changes(0, 0);
    ASSERT_TRUE(changes.ok()) << changes.status();
    ASSERT_EQ(changes->size(), store.LastCommit().index);
    for (size_t i = 0; i < changes->size(); ++i) {
      ASSERT_EQ((*changes)[i].index, i + 1);
      if (!IsWhole(store, (*changes)[i])) ++tally.half_written;
    }
    // Nothing that no commit of the log wrote.
    size_t documents = 0;
    ASSERT_TRUE(store
                    .Scan("", kLatest, {},
                          [&](const Document&) { return ++documents, true; })
                    .ok());
    if (documents != 2 * changes->size()) ++tally.half_written;
    const auto index = store.ScanIndex("", 0);
    ASSERT_TRUE(index.ok()) << index.status();
    if (index->size() != changes->size()) ++tally.half_written;
  }

  // Acknowledged or not: a commit of the log is there with all it wrote.
  static bool IsWhole(Store& store, const Change& change) {
    if (change.keys.size() != 2) return false;
    const std::string name = change.keys[0].substr(2);
    return HasAll(store, name, change.index);
  }
  static bool HasAll(Store& store, const std::string& name, CommitIndex index) {
    const auto c = store.Get("c/" + name, kLatest);
    const auto d = store.Get("d/" + name, kLatest);
    const auto p = store.ScanIndex("p/" + name, 1);
    return c.ok() && d.ok() && p.ok() && c->index == index &&
           d->index == index && d->value == name &&
           c->value == name + std::string(200, 'x') && p->size() == 1;
  }

  std::mt19937_64 random_;
  const bool sync_;
  std::shared_ptr<FaultFileSystem> files_;
  std::unique_ptr<rocksdb::Env> env_;
  std::string folder_;
  std::vector<Acknowledged> acknowledged_;
};

Tally LosePower(uint64_t seed, int rounds, bool sync) {
  Tally tally;
  PowerLoss power(seed, sync);
  for (int round = 0; round < rounds; ++round) power.Round(round, tally);
  power.LookAtTheEnd(tally);
  printf(
      "syncing %s, seed %llu: power losses %d, acknowledged %lld, in flight "
      "%lld, found %lld, lost %lld, half-written %lld\n",
      sync ? "on" : "off", static_cast<unsigned long long>(seed),
      tally.power_losses, static_cast<long long>(tally.acknowledged),
      static_cast<long long>(tally.in_flight),
      static_cast<long long>(tally.found), static_cast<long long>(tally.lost),
      static_cast<long long>(tally.half_written));
  return tally;
}

TEST(PowerLossTest, NoAcknowledgedCommitIsLost) {
  const Tally tally = LosePower(20261124, 30, /*sync=*/true);
  EXPECT_EQ(tally.power_losses, 30);
  EXPECT_GT(tally.acknowledged, 600);
  EXPECT_GT(tally.in_flight, 0);
  EXPECT_EQ(tally.lost, 0);
  EXPECT_EQ(tally.half_written, 0);
  EXPECT_EQ(tally.found, tally.acknowledged);
}

TEST(PowerLossTest, WithoutSyncingTheSameRunFindsLosses) {
  const Tally tally = LosePower(20261124, 5, /*sync=*/false);
  EXPECT_GT(tally.acknowledged, 100);
  EXPECT_GT(tally.lost, 0);
}

// Once a write failed nothing is written until the store is opened again; what
// was there is read meanwhile, and nothing of the failed commit is seen.
TEST(PowerLossTest, AfterAFailedWriteTheStoreOnlyReads) {
  std::string folder = ::testing::TempDir() + "power-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const auto files =
      std::make_shared<FaultFileSystem>(rocksdb::FileSystem::Default());
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);
  RocksStoreOptions options;
  options.folder = folder + "/store";
  options.env = env.get();
  const auto batch = [](const std::string& key) {
    Batch one;
    one.puts = {{key, "value"}};
    one.request = {"request " + key, "digest", "answer"};
    return one;
  };
  auto store = OpenRocksStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_TRUE((*store)->Commit(batch("c/a")).ok());
  files->CutPower();
  for (const char* key : {"c/b", "c/c"}) {
    EXPECT_EQ((*store)->Commit(batch(key)).status().code(),
              absl::StatusCode::kUnavailable);
    EXPECT_EQ((*store)->Get(key, kLatest).status().code(),
              absl::StatusCode::kNotFound);
  }
  EXPECT_EQ((*store)->LastCommit().index, 1u);
  EXPECT_EQ((*store)->Get("c/a", kLatest)->value, "value");
  EXPECT_EQ((*store)->WaitForCommit(1, 0), 1u);
  store->reset();
  std::mt19937_64 random(1);
  files->ForgetUnsynced(random, /*torn_tail=*/true);
  store = OpenRocksStore(options);
  ASSERT_TRUE(store.ok()) << store.status();
  // A caller that tries again with its request id does it once.
  EXPECT_TRUE((*store)->Commit(batch("c/a"))->replayed);
  EXPECT_EQ((*store)->Commit(batch("c/b"))->index, 2u);
  EXPECT_EQ((*store)->LastCommit().index, 2u);
  store->reset();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace enthesis::storage
