// The stores that the contract is for, and what its tests share.

#ifndef ENTHESIS_TESTS_REGISTRY_STORAGE_STORE_CONTRACT_H_
#define ENTHESIS_TESTS_REGISTRY_STORAGE_STORE_CONTRACT_H_

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "registry/storage/rocks_store.h"
#include "tests/registry/storage/map_store.h"

namespace enthesis::storage {

inline constexpr CommitIndex kLatest = ~CommitIndex{0};

// Where a store lives; opening again finds what was there.
class Home {
 public:
  virtual ~Home() = default;
  virtual std::unique_ptr<Store> Open() = 0;
};

class DiskHome : public Home {
 public:
  DiskHome() {
    folder_ = ::testing::TempDir() + "contract-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) folder_.clear();
  }
  ~DiskHome() override { std::filesystem::remove_all(folder_); }
  std::unique_ptr<Store> Open() override {
    RocksStoreOptions options;
    options.folder = folder_ + "/store";
    options.write_buffer_bytes = 1 << 16;  // flush often
    auto store = OpenRocksStore(options);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

 private:
  std::string folder_;
};

class MemoryHome : public Home {
 public:
  std::unique_ptr<Store> Open() override {
    RocksStoreOptions options;
    options.folder = "/store";
    options.env = env_.get();
    auto store = OpenRocksStore(options);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

 private:
  std::unique_ptr<rocksdb::Env> env_{
      rocksdb::NewMemEnv(rocksdb::Env::Default())};
};

class MapHome : public Home {
 public:
  std::unique_ptr<Store> Open() override {
    return std::make_unique<MapStore>();
  }
};

struct Kind {
  const char* name;
  std::function<std::unique_ptr<Home>()> make;
  bool keeps;  // what was there is found after opening again
};

class StoreContract : public ::testing::TestWithParam<Kind> {
 protected:
  StoreContract() : home_(GetParam().make()), store_(home_->Open()) {}

  CommitIndex MustCommit(Batch batch) {
    const auto result = store_->Commit(std::move(batch));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->index : 0;
  }
  CommitIndex MustPut(const std::string& key, const std::string& value) {
    Batch batch;
    batch.puts = {{key, value}};
    return MustCommit(std::move(batch));
  }
  std::string ValueAt(const std::string& key, CommitIndex as_of) {
    const auto document = store_->Get(key, as_of);
    return document.ok() ? document->value : "";
  }
  std::vector<std::string> Keys(const std::string& prefix, CommitIndex as_of,
                                const ScanOptions& options = {}) {
    std::vector<std::string> keys;
    EXPECT_TRUE(store_
                    ->Scan(prefix, as_of, options,
                           [&](const Document& document) {
                             keys.push_back(document.key);
                             return true;
                           })
                    .ok());
    return keys;
  }

  std::unique_ptr<Home> home_;
  std::unique_ptr<Store> store_;
};

}  // namespace enthesis::storage

#endif  // ENTHESIS_TESTS_REGISTRY_STORAGE_STORE_CONTRACT_H_
