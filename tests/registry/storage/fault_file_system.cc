#include "tests/registry/storage/fault_file_system.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

namespace enthesis::storage {

using rocksdb::FSDirectory;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

namespace fs = std::filesystem;

constexpr int kYieldsOfASync = 50;

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::string FolderOf(const std::string& path) {
  return fs::path(path).parent_path().string();
}

}  // namespace

// Counts what was written and what was synced.
class FaultFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(std::unique_ptr<FSWritableFile> file, std::string name,
            FaultFileSystem& system)
      : FSWritableFileOwnerWrapper(std::move(file)),
        name_(std::move(name)),
        system_(system) {}

  IOStatus Append(const Slice& data, const IOOptions& options,
                  IODebugContext* context) override {
    return Write(data.size(), [&] {
      return FSWritableFileOwnerWrapper::Append(data, options, context);
    });
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& info,
                  IODebugContext* context) override {
    return Write(data.size(), [&] {
      return FSWritableFileOwnerWrapper::Append(data, options, info, context);
    });
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return Synced(); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return Synced();
  }

 private:
  template <typename Call>
  IOStatus Write(size_t n, Call call) {
    const std::lock_guard<std::mutex> lock(system_.mutex_);
    if (system_.off_) return system_.Dead();
    IOStatus status = call();
    if (status.ok()) system_.files_[name_].size += n;
    return status;
  }
  // What is durable is decided here and not by the disk below, so that no test
  // waits for it. As with a disk, a sync takes its time, others write
  // meanwhile, and the power may go.
  IOStatus Synced() {
    uint64_t size = 0;
    {
      const std::lock_guard<std::mutex> lock(system_.mutex_);
      if (system_.off_) return system_.Dead();
      size = system_.files_[name_].size;
    }
    for (int i = 0; i < kYieldsOfASync; ++i) std::this_thread::yield();
    const std::lock_guard<std::mutex> lock(system_.mutex_);
    if (system_.off_) return system_.Dead();
    uint64_t& synced = system_.files_[name_].synced;
    synced = std::max(synced, size);
    return IOStatus::OK();
  }

  const std::string name_;
  FaultFileSystem& system_;
};

class FaultDirectory : public FSDirectory {
 public:
  FaultDirectory(std::unique_ptr<FSDirectory> base, std::string name,
                 FaultFileSystem& system)
      : base_(std::move(base)), name_(std::move(name)), system_(system) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    const std::lock_guard<std::mutex> lock(system_.mutex_);
    if (system_.off_) return system_.Dead();
    system_.FolderSynced(name_);
    return IOStatus::OK();
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options,
                               IODebugContext* context,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, context);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* context) override {
    return base_->Close(options, context);
  }

 private:
  std::unique_ptr<FSDirectory> base_;
  const std::string name_;
  FaultFileSystem& system_;
};

IOStatus FaultFileSystem::Dead() const {
  return IOStatus::IOError("the power is off");
}

void FaultFileSystem::FolderSynced(const std::string& folder) {
  const std::string path = fs::path(folder + "/").parent_path().string();
  for (auto& [name, file] : files_) {
    if (FolderOf(name) == path) file.entry_synced = true;
  }
  std::erase_if(renames_, [&](const Rename& rename) {
    return FolderOf(rename.to) == path;
  });
}

void FaultFileSystem::CutPower() {
  const std::lock_guard<std::mutex> lock(mutex_);
  off_ = true;
}

void FaultFileSystem::ForgetUnsynced(std::mt19937_64& random, bool torn_tail) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto rename = renames_.rbegin(); rename != renames_.rend(); ++rename) {
    std::error_code ignored;
    fs::rename(rename->to, rename->from, ignored);
    const auto moved = files_.find(rename->to);
    if (moved != files_.end()) {
      files_[rename->from] = moved->second;
      files_.erase(moved);
    }
    if (rename->replaced.has_value()) {
      std::ofstream(rename->to, std::ios::binary) << *rename->replaced;
    }
  }
  for (const auto& [name, file] : files_) {
    if (!fs::exists(name)) continue;
    if (!file.entry_synced) {
      fs::remove(name);
      continue;
    }
    uint64_t kept = file.synced;
    if (torn_tail && file.size > file.synced) {
      kept += random() % (file.size - file.synced + 1);
    }
    if (fs::file_size(name) > kept) fs::resize_file(name, kept);
  }
  files_.clear();
  renames_.clear();
  off_ = false;
}

IOStatus FaultFileSystem::NewWritableFile(
    const std::string& name, const rocksdb::FileOptions& options,
    std::unique_ptr<FSWritableFile>* result, IODebugContext* context) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (off_) return Dead();
  std::unique_ptr<FSWritableFile> file;
  IOStatus status = target()->NewWritableFile(name, options, &file, context);
  if (!status.ok()) return status;
  files_[name] = {};
  *result = std::make_unique<FaultFile>(std::move(file), name, *this);
  return status;
}

IOStatus FaultFileSystem::ReopenWritableFile(
    const std::string& name, const rocksdb::FileOptions& options,
    std::unique_ptr<FSWritableFile>* result, IODebugContext* context) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (off_) return Dead();
  std::unique_ptr<FSWritableFile> file;
  IOStatus status = target()->ReopenWritableFile(name, options, &file, context);
  if (!status.ok()) return status;
  *result = std::make_unique<FaultFile>(std::move(file), name, *this);
  return status;
}

IOStatus FaultFileSystem::NewDirectory(const std::string& name,
                                       const IOOptions& options,
                                       std::unique_ptr<FSDirectory>* result,
                                       IODebugContext* context) {
  std::unique_ptr<FSDirectory> directory;
  IOStatus status = target()->NewDirectory(name, options, &directory, context);
  if (!status.ok()) return status;
  *result = std::make_unique<FaultDirectory>(std::move(directory), name, *this);
  return status;
}

IOStatus FaultFileSystem::RenameFile(const std::string& from,
                                     const std::string& to,
                                     const IOOptions& options,
                                     IODebugContext* context) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (off_) return Dead();
  Rename rename{from, to, std::nullopt};
  if (fs::exists(to)) rename.replaced = BytesOf(to);
  IOStatus status = target()->RenameFile(from, to, options, context);
  if (!status.ok()) return status;
  const auto moved = files_.find(from);
  if (moved != files_.end()) {
    files_[to] = moved->second;
    files_.erase(from);
  }
  renames_.push_back(std::move(rename));
  return status;
}

IOStatus FaultFileSystem::DeleteFile(const std::string& name,
                                     const IOOptions& options,
                                     IODebugContext* context) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (off_) return Dead();
  files_.erase(name);
  return target()->DeleteFile(name, options, context);
}

}  // namespace enthesis::storage
