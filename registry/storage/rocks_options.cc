#include "registry/storage/rocks_options.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/storage/records.h"
#include "registry/storage/rocks_files.h"
#include "registry/storage/rocks_keys.h"
#include "rocksdb/cache.h"
#include "rocksdb/convenience.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"

namespace enthesis::storage {
namespace {

constexpr size_t kCacheBytes = size_t{256} << 20;
constexpr size_t kBlockBytes = 16 << 10;
constexpr size_t kReadAheadBytes = size_t{1} << 20;
constexpr double kBloomBitsPerKey = 10;
constexpr double kMemtableBloomRatio = 0.05;
constexpr int kMaxOpenFiles = 512;  // below the usual limit of 1024
constexpr size_t kMaxInfoLogBytes = size_t{1} << 20;

// The prefix of a version is all but its index: one document. That of an index
// key is what it is looked up by. So the bloom filter answers "is there any"
// for a new case without a search. Its name is in the files: never change what
// it does under the same name. ".1" knew versions only.
class LookedUpPrefix : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "enthesis.DocumentPrefix.2"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), PrefixBytes(key)};
  }
  bool InDomain(const rocksdb::Slice& key) const override {
    return PrefixBytes(key) > 0;
  }

 private:
  // 0 where the key has none.
  static size_t PrefixBytes(const rocksdb::Slice& key) {
    const absl::string_view bytes = ToView(key);
    if (bytes.empty()) return 0;
    if (bytes[0] == static_cast<char>(KeyTable::kIndex)) {
      const size_t size = CandidatePrefixOf(bytes.substr(1)).size();
      return size == 0 ? 0 : 1 + size;
    }
    const auto version = ParseVersionKey(bytes);
    return version.has_value() ? version->versions_prefix.size() : 0;
  }
};

rocksdb::BlockBasedTableOptions MakeTableOptions() {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(kCacheBytes);
  table.block_size = kBlockBytes;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.whole_key_filtering = true;
  table.checksum = rocksdb::kXXH3;
  // Memory stays within the cache, however large the store grows.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  return table;
}

bool Supports(rocksdb::CompressionType type) {
  const std::vector<rocksdb::CompressionType> supported =
      rocksdb::GetSupportedCompressions();
  return std::find(supported.begin(), supported.end(), type) != supported.end();
}

}  // namespace

rocksdb::Options MakeRocksOptions(const RocksStoreOptions& options) {
  rocksdb::Options rocks;
  rocks.env = options.env != nullptr ? options.env : OwnerOnlyEnv();
  rocks.create_if_missing = true;
  rocks.db_host_id.clear();  // no name of a machine in the files
  rocks.paranoid_checks = true;
  // See rocks_store.h.
  rocks.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  rocks.compression = Supports(rocksdb::kLZ4Compression)
                          ? rocksdb::kLZ4Compression
                          : rocksdb::kNoCompression;
  rocks.table_factory.reset(
      rocksdb::NewBlockBasedTableFactory(MakeTableOptions()));
  rocks.prefix_extractor = std::make_shared<LookedUpPrefix>();
  rocks.memtable_prefix_bloom_size_ratio = kMemtableBloomRatio;
  rocks.memtable_whole_key_filtering = true;
  // Tables whose keys ascend are written where the last one ended. It excludes
  // concurrent writes to a memtable; the leader alone writes.
  rocks.allow_concurrent_memtable_write = false;
  rocks.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewFixedPrefixTransform(1));
  rocks.write_buffer_size = options.write_buffer_bytes;
  rocks.max_write_buffer_number = 3;
  rocks.level_compaction_dynamic_level_bytes = true;
  rocks.max_background_jobs = 2;
  rocks.bytes_per_sync = size_t{1} << 20;
  rocks.max_open_files = kMaxOpenFiles;
  rocks.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  rocks.max_log_file_size = kMaxInfoLogBytes;
  rocks.keep_log_file_num = 4;
  rocks.stats_dump_period_sec = 0;
  rocks.stats_persist_period_sec = 0;
  return rocks;
}

absl::Status FromRocks(const rocksdb::Status& status, absl::string_view doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string message =
      absl::StrCat("store: ", doing, ": ", status.ToString());
  if (status.IsCorruption()) return absl::DataLossError(message);
  if (status.IsNotSupported() || status.IsInvalidArgument()) {
    return absl::FailedPreconditionError(message);
  }
  return absl::UnavailableError(message);
}

rocksdb::ReadOptions ScanReadOptions(bool whole) {
  rocksdb::ReadOptions read;
  read.verify_checksums = true;
  read.total_order_seek = true;
  if (whole) {
    read.fill_cache = false;
    read.readahead_size = kReadAheadBytes;
  }
  return read;
}

rocksdb::ReadOptions PrefixReadOptions() {
  rocksdb::ReadOptions read;
  read.verify_checksums = true;
  read.prefix_same_as_start = true;
  return read;
}

}  // namespace enthesis::storage
