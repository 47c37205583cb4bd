// How RocksDB is set up for the store, and its errors as ours.

#ifndef ENTHESIS_REGISTRY_STORAGE_ROCKS_OPTIONS_H_
#define ENTHESIS_REGISTRY_STORAGE_ROCKS_OPTIONS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "registry/storage/rocks_store.h"
#include "rocksdb/options.h"
#include "rocksdb/slice.h"
#include "rocksdb/status.h"

namespace enthesis::storage {

rocksdb::Options MakeRocksOptions(const RocksStoreOptions& options);

// Corruption is DATA_LOSS, a format that this RocksDB does not know
// FAILED_PRECONDITION, everything else UNAVAILABLE.
absl::Status FromRocks(const rocksdb::Status& status, absl::string_view doing);

inline rocksdb::Slice ToSlice(absl::string_view text) {
  return {text.data(), text.size()};
}
inline absl::string_view ToView(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// Reads in order, across documents. `whole`: a pass over the store, which
// reads ahead and leaves the cache to others.
rocksdb::ReadOptions ScanReadOptions(bool whole);
// Reads the versions of one document, or the index keys of one prefix of
// CandidatePrefixes: stops after them, and asks the bloom filter first.
rocksdb::ReadOptions PrefixReadOptions();

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_ROCKS_OPTIONS_H_
