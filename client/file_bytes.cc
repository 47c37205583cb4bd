#include "client/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace enthesis::client {
namespace {

absl::Status WriteAll(int file, absl::string_view bytes,
                      const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError(path, errno);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

absl::Status WriteInto(const std::string& path, absl::string_view bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return FileError(path, errno);
  const absl::Status status = WriteAll(file, bytes, path);
  const int closed = close(file);
  return status.ok() && closed != 0 ? FileError(path, errno) : status;
}

absl::Status SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return FileError(folder, errno);
  const int result = fsync(file);
  const int error = errno;
  close(file);
  return result == 0 ? absl::OkStatus() : FileError(folder, error);
}

}  // namespace

absl::Status FileError(const std::string& path, int error) {
  const std::string message = absl::StrCat(path, ": ", std::strerror(error));
  if (error == ENOENT) return absl::NotFoundError(message);
  if (error == EACCES || error == EPERM) {
    return absl::PermissionDeniedError(message);
  }
  return absl::UnknownError(message);
}

absl::StatusOr<std::string> ReadFileBytes(const std::string& path) {
  const bool standard_input = path == "-";
  const int file =
      standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return FileError(path, errno);
  // A file of known size is read at once, and one byte further to see its end.
  constexpr size_t kStep = 1 << 20;
  size_t step = kStep;
  struct stat info;
  if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
    step = static_cast<size_t>(info.st_size) + 1;
  }
  std::string bytes;
  absl::Status status;
  size_t size = 0;
  for (;;) {
    if (size == bytes.size()) {
      bytes.resize(size + step);
      step = kStep;
    }
    const ssize_t n = read(file, bytes.data() + size, bytes.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) status = FileError(path, errno);
    if (n <= 0) break;
    size += static_cast<size_t>(n);
  }
  bytes.resize(size);
  if (!standard_input) close(file);
  if (!status.ok()) return status;
  return bytes;
}

absl::Status ReplaceFile(const std::string& path, absl::string_view bytes,
                         mode_t mode) {
  struct stat there;
  if (stat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    return WriteInto(path, bytes);
  }
  const std::string aside = absl::StrCat(path, ".new");
  const int file =
      open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return FileError(aside, errno);
  // The mode counts also when an interrupted run left a file behind.
  absl::Status status = fchmod(file, mode) == 0 ? WriteAll(file, bytes, aside)
                                                : FileError(aside, errno);
  if (status.ok() && fsync(file) != 0) status = FileError(aside, errno);
  if (close(file) != 0 && status.ok()) status = FileError(aside, errno);
  if (status.ok() && std::rename(aside.c_str(), path.c_str()) != 0) {
    status = FileError(path, errno);
  }
  if (!status.ok()) {
    unlink(aside.c_str());
    return status;
  }
  return SyncFolderOf(path);
}

}  // namespace enthesis::client
