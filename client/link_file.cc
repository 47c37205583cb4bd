#include "client/link_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/file_bytes.h"

namespace enthesis::client {

absl::StatusOr<std::unique_ptr<LinkFile>> LinkFile::Open(
    const std::string& path, const std::string& site,
    const AskPassphrase& ask) {
  // One file has one lock, by whatever name; and a save replaces the file, not
  // a link to it.
  std::error_code not_a_link;
  const std::string target =
      std::filesystem::is_symlink(path, not_a_link)
          ? std::filesystem::weakly_canonical(path, not_a_link).string()
          : path;
  std::unique_ptr<LinkFile> file(
      new LinkFile(not_a_link || target.empty() ? path : target));
  const absl::Status held = file->Hold();
  if (!held.ok()) return held;
  const absl::Status loaded = file->Load(site, ask);
  if (!loaded.ok()) return loaded;
  return file;
}

std::string LinkFile::LockPath() const { return absl::StrCat(path_, ".lock"); }

// Who has held it removes it: so a lock that was taken counts only while it is
// still the file of that name.
absl::Status LinkFile::Hold() {
  const std::string path = LockPath();
  const HeldSignals until_known;  // that it is to be removed
  for (;;) {
    lock_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) {
      const int error = errno;
      if (error == ENOENT) {
        return absl::NotFoundError(
            absl::StrCat(path_, ": its folder does not exist"));
      }
      lock_fault_ = FileError(path, error);
      const bool only_read =
          error == EACCES || error == EPERM || error == EROFS;
      return only_read ? absl::OkStatus() : lock_fault_;
    }
    struct stat mine, there;
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      close(std::exchange(lock_, -1));
      return absl::FailedPreconditionError(absl::StrCat(
          path_, ": another import with this link file is running"));
    }
    if (fstat(lock_, &mine) == 0 && stat(path.c_str(), &there) == 0 &&
        mine.st_ino == there.st_ino && mine.st_dev == there.st_dev) {
      removal_.emplace(path);
      return absl::OkStatus();
    }
    close(std::exchange(lock_, -1));
  }
}

absl::Status LinkFile::TakeRights() {
  struct stat info;
  if (stat(path_.c_str(), &info) != 0) return FileError(path_, errno);
  if (geteuid() != 0 && info.st_uid != geteuid()) {
    return absl::FailedPreconditionError(absl::StrCat(
        path_,
        ": belongs to another user of this machine, who can read it; "
        "copy it with your own account, and have the other one removed"));
  }
  if ((info.st_mode & 077) == 0) return absl::OkStatus();
  if (chmod(path_.c_str(), 0600) != 0) {
    if (errno != EROFS) return FileError(path_, errno);
    notice_ = absl::StrFormat(
        "%s can be used by others than its owner (mode %04o), and nothing can "
        "be changed on that disk: make it its owner's alone there.",
        path_, info.st_mode & 0777);
    return absl::OkStatus();
  }
  notice_ = absl::StrFormat(
      "%s could be used by others than its owner (mode %04o); it is its "
      "owner's alone now (0600). Who had an account on this machine may have "
      "read it.",
      path_, info.st_mode & 0777);
  return absl::OkStatus();
}

absl::Status LinkFile::Load(const std::string& site, const AskPassphrase& ask) {
  absl::StatusOr<std::string> text = ReadFileBytes(path_);
  if (absl::IsNotFound(text.status()) && !site.empty()) {
    links_.site = site;
    return absl::OkStatus();
  }
  if (!text.ok()) return text.status();
  existed_ = true;
  const absl::Status rights = TakeRights();
  if (!rights.ok()) return rights;
  const auto about = [&](const absl::Status& status) {
    return absl::Status(status.code(),
                        absl::StrCat(path_, ": ", status.message()));
  };
  if (IsSealed(*text)) {
    if (!ask) {
      return absl::FailedPreconditionError(
          absl::StrCat(path_, ": is encrypted; its passphrase is needed"));
    }
    absl::StatusOr<std::string> passphrase = ask(path_, false);
    if (!passphrase.ok()) return passphrase.status();
    std::string opened;
    auto seal = Seal::Open(*text, *passphrase, opened);
    Wipe(*passphrase);
    if (!seal.ok()) return about(seal.status());
    seal_ = *std::move(seal);
    *text = std::move(opened);
  }
  absl::StatusOr<Links> links = ParseLinks(*text);
  if (!links.ok()) return about(links.status());
  if (!site.empty() && links->site != site) {
    return absl::FailedPreconditionError(absl::StrCat(
        path_, ": belongs to site ", links->site, ", not to ", site));
  }
  links_ = *std::move(links);
  saved_ = *std::move(text);
  return absl::OkStatus();
}

LinkFile::~LinkFile() {
  if (lock_ < 0) return;
  const HeldSignals until_removed;
  removal_.reset();  // first: the next lock of that name is another's
  unlink(LockPath().c_str());
  close(lock_);
}

absl::Status LinkFile::SealWith(absl::string_view passphrase) {
  auto seal = Seal::New(passphrase);
  if (!seal.ok()) return seal.status();
  seal_ = *std::move(seal);
  resealed_ = true;
  return absl::OkStatus();
}

void LinkFile::Unseal() {
  resealed_ = resealed_ || seal_ != nullptr;
  seal_ = nullptr;
}

std::string LinkFile::Bytes() const {
  const std::string text = FormatLinks(links_);
  return seal_ == nullptr ? text : seal_->Close(text);
}

absl::Status LinkFile::Save() {
  std::string text = FormatLinks(links_);
  if (text == saved_ && !resealed_) return absl::OkStatus();
  if (!lock_fault_.ok()) return lock_fault_;
  const absl::Status status =
      ReplaceFile(path_, seal_ == nullptr ? text : seal_->Close(text), 0600);
  if (!status.ok()) return status;
  saved_ = std::move(text);
  resealed_ = false;
  return status;
}

}  // namespace enthesis::client
