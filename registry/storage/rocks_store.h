// The store on RocksDB: one folder, embedded, for one process.
//
// Durability. A commit is answered after its bytes and the log's directory
// entry are synced. Recovery plays the write-ahead log up to the first record
// that is not whole (kPointInTimeRecovery). Groups are written one after the
// other, each synced before the next begins, so at most the last record is
// unsynced and all that was acknowledged stands before it: a loss of power
// drops a torn tail and nothing else. kAbsoluteConsistency would refuse to
// open after every torn tail, kTolerateCorruptedTailRecords after one that is
// full length but partly written.
//
// After a failed write the store refuses further commits with UNAVAILABLE
// until it is opened again: whether the failed group reached the disk is not
// known until the log is read. Nothing of it is visible before. After opening,
// such a group is there as a whole or not at all; the request id tells a
// caller which, by trying again. Reads go on meanwhile.
//
// Withdrawal. The versions are deleted in the commit; the bytes leave the
// files in the background, by a flush, which frees the write-ahead log, and a
// compaction of the key's range. What is still to be erased is kept in the
// store, so a crash between only delays it. RocksDB's manifest may name deleted
// keys (never payloads) until the store is next opened. The file system may
// keep old blocks; encrypt the disk.
//
// Files are readable by the service's user alone: the folder has mode 0700 and
// its files 0600. Checksums are verified on every read of a block.

#ifndef ENTHESIS_REGISTRY_STORAGE_ROCKS_STORE_H_
#define ENTHESIS_REGISTRY_STORAGE_ROCKS_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
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
  size_t write_buffer_bytes = size_t{64} << 20;  // tests: small, to flush often
};

// Opens or creates the store; recovery is RocksDB's own (WAL). An existing
// folder loses its access for group and others.
// Errors: UNAVAILABLE (locked by another process, unreadable), DATA_LOSS
// (corrupt), FAILED_PRECONDITION (a format this version does not know).
absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(
    const RocksStoreOptions& options);

// Blocks until the payload of every withdrawal committed before the call has
// left the store's files. `store` is one of OpenRocksStore. A running Scan
// keeps its files: do not call from within one. UNAVAILABLE when the disk
// refused; the erasure is then done again when the store is next opened.
absl::Status WaitForErasure(Store& store);

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_ROCKS_STORE_H_
