// The store on RocksDB.

#ifndef ENTHESIS_REGISTRY_STORAGE_ROCKS_STORE_H_
#define ENTHESIS_REGISTRY_STORAGE_ROCKS_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "registry/storage/store.h"

namespace rocksdb {
class Env;
}

namespace enthesis::storage {

struct RocksStoreOptions {
  std::string folder;           // made with mode 0700 when missing
  rocksdb::Env* env = nullptr;  // tests: memory or faults; null: the disk
  bool sync = true;             // false only to show that tests can fail
  int64_t request_retention_nanos = int64_t{48} * 3600 * 1'000'000'000;
};

// Opens or creates the store; recovery is RocksDB's own (WAL).
// Errors: UNAVAILABLE (locked by another process, unreadable), DATA_LOSS
// (corrupt), FAILED_PRECONDITION (a format this version does not know).
absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(
    const RocksStoreOptions& options);

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_ROCKS_STORE_H_
