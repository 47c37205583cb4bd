#include "registry/storage/rocks_files.h"

#include <errno.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "registry/storage/rocks_options.h"
#include "rocksdb/file_system.h"

namespace enthesis::storage {
namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr mode_t kOthers = 0077;

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// Env::SetAllowNonOwnerAccess does nothing in this RocksDB: its own file
// system makes files by the umask. A file is closed before its first byte.
class OwnerOnlyFiles : public rocksdb::FileSystemWrapper {
 public:
  OwnerOnlyFiles() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  const char* Name() const override { return "enthesis.OwnerOnlyFiles"; }

  IOStatus NewWritableFile(const std::string& name,
                           const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* context) override {
    return Close(name,
                 target()->NewWritableFile(name, options, result, context));
  }
  IOStatus ReopenWritableFile(const std::string& name,
                              const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext* context) override {
    return Close(name,
                 target()->ReopenWritableFile(name, options, result, context));
  }
  IOStatus NewRandomRWFile(const std::string& name,
                           const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                           IODebugContext* context) override {
    return Close(name,
                 target()->NewRandomRWFile(name, options, result, context));
  }
  IOStatus NewLogger(const std::string& name, const IOOptions& options,
                     std::shared_ptr<rocksdb::Logger>* result,
                     IODebugContext* context) override {
    return Close(name, target()->NewLogger(name, options, result, context));
  }
  IOStatus LockFile(const std::string& name, const IOOptions& options,
                    rocksdb::FileLock** lock,
                    IODebugContext* context) override {
    IOStatus status = target()->LockFile(name, options, lock, context);
    if (!status.ok()) return status;
    status = Close(name, status);
    if (!status.ok()) target()->UnlockFile(*lock, options, context);
    return status;
  }

 private:
  static IOStatus Close(const std::string& name, const IOStatus& made) {
    if (made.ok() && chmod(name.c_str(), kFileMode) != 0) {
      return IOStatus::IOError("cannot close to other users", name);
    }
    return made;
  }
};

absl::Status Unavailable(const std::string& folder, absl::string_view what) {
  return absl::UnavailableError(absl::StrCat("store: ", folder, " ", what));
}

}  // namespace

rocksdb::Env* OwnerOnlyEnv() {
  static rocksdb::Env* const env =
      rocksdb::NewCompositeEnv(std::make_shared<OwnerOnlyFiles>()).release();
  return env;
}

absl::Status PrepareFolder(const std::string& folder) {
  std::error_code error;
  const std::filesystem::path path =
      std::filesystem::absolute(folder, error).lexically_normal();
  const std::filesystem::path parent = path.has_filename()
                                           ? path.parent_path()
                                           : path.parent_path().parent_path();
  std::filesystem::create_directories(parent, error);
  if (mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST) {
    return Unavailable(folder,
                       absl::StrCat("cannot be made: ",
                                    std::generic_category().message(errno)));
  }
  struct stat info = {};
  if (stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return Unavailable(folder, "is not a folder");
  }
  if ((info.st_mode & kOthers) != 0 &&
      chmod(folder.c_str(), kFolderMode) != 0) {
    return Unavailable(folder, "is open to other users and cannot be closed");
  }
  for (std::filesystem::directory_iterator it(folder, error), end;
       !error && it != end; it.increment(error)) {
    const std::string file = it->path().string();
    if (lstat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        (info.st_mode & kOthers) != 0 && chmod(file.c_str(), kFileMode) != 0) {
      return Unavailable(folder, "has files that cannot be closed to others");
    }
  }
  if (error) return Unavailable(folder, "cannot be listed");
  // The entry of the folder itself must survive a loss of power.
  std::unique_ptr<rocksdb::Directory> entry;
  rocksdb::Status status =
      rocksdb::Env::Default()->NewDirectory(parent.string(), &entry);
  if (status.ok()) status = entry->Fsync();
  return FromRocks(status, "syncing the parent folder");
}

}  // namespace enthesis::storage
