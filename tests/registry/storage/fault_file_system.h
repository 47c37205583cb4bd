// A file system that can lose its power: bytes that were not synced, files
// whose folder was not synced, and renames that were not synced are forgotten.
// Deletions count as done at once; a log that comes back would only hold what
// is durable anyway.

#ifndef ENTHESIS_TESTS_REGISTRY_STORAGE_FAULT_FILE_SYSTEM_H_
#define ENTHESIS_TESTS_REGISTRY_STORAGE_FAULT_FILE_SYSTEM_H_

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace enthesis::storage {

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultFileSystem(std::shared_ptr<rocksdb::FileSystem> base)
      : FileSystemWrapper(std::move(base)) {}

  const char* Name() const override { return "FaultFileSystem"; }

  // From here on every write and sync fails.
  void CutPower();
  // After the store is closed: makes the disk what a power loss leaves. A torn
  // tail keeps a part of the bytes that were not synced.
  void ForgetUnsynced(std::mt19937_64& random, bool torn_tail);

  rocksdb::IOStatus NewWritableFile(
      const std::string& name, const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* result,
      rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus ReopenWritableFile(
      const std::string& name, const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* result,
      rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewDirectory(const std::string& name,
                                 const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus DeleteFile(const std::string& name,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;

 private:
  friend class FaultFile;
  friend class FaultDirectory;

  struct File {
    uint64_t size = 0;
    uint64_t synced = 0;
    bool entry_synced = false;  // its folder was synced since it was made
  };
  struct Rename {
    std::string from, to;
    std::optional<std::string> replaced;  // bytes of the file it replaced
  };

  rocksdb::IOStatus Dead() const;
  void FolderSynced(const std::string& folder);

  std::mutex mutex_;
  bool off_ = false;
  std::map<std::string, File> files_;
  std::vector<Rename> renames_;  // not synced yet, oldest first
};

}  // namespace enthesis::storage

#endif  // ENTHESIS_TESTS_REGISTRY_STORAGE_FAULT_FILE_SYSTEM_H_
