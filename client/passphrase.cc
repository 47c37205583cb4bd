#include "client/passphrase.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/file_bytes.h"
#include "client/sealed_text.h"

namespace enthesis::client {
namespace {

// The terminal without echo while the object lives.
class SilentTerminal {
 public:
  explicit SilentTerminal(int terminal) : terminal_(terminal) {
    ok_ = tcgetattr(terminal_, &before_) == 0;
    termios silent = before_;
    // No signals, either: one would leave the terminal without echo.
    silent.c_lflag &= static_cast<tcflag_t>(~(ECHO | ISIG | ICANON));
    ok_ = ok_ && tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (ok_) tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  absl::StatusOr<std::string> ReadLine() const {
    constexpr char kInterrupt = 3, kEnd = 4, kBackspace = 8, kDelete = 127,
                   kKill = 21;
    std::string line;
    for (;;) {
      char c = 0;
      const ssize_t n = read(terminal_, &c, 1);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0 || c == kInterrupt || (c == kEnd && line.empty())) {
        Wipe(line);
        return absl::CancelledError("no passphrase was given");
      }
      if (c == '\n' || c == '\r' || c == kEnd) return line;
      if (c == kBackspace || c == kDelete) {
        if (!line.empty()) line.pop_back();
      } else if (c == kKill) {
        Wipe(line);
      } else {
        line += c;
      }
    }
  }

 private:
  int terminal_;
  bool ok_ = false;
  termios before_{};
};

void Say(int terminal, const std::string& text) {
  // What cannot be said is not waited for, either: the read then fails.
  static_cast<void>(!write(terminal, text.data(), text.size()));
}

absl::Status CheckNew(const std::string& passphrase) {
  if (passphrase.size() >= kLeastPassphrase) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the new passphrase is too short; allowed: at least ",
                   kLeastPassphrase, " characters"));
}

absl::StatusOr<std::string> AskSilently(int terminal, const std::string& what,
                                        bool is_new) {
  const SilentTerminal silent(terminal);
  Say(terminal, absl::StrCat(is_new ? "New passphrase" : "Passphrase", " of ",
                             what, ": "));
  absl::StatusOr<std::string> first = silent.ReadLine();
  Say(terminal, "\n");  // the one typed is not seen
  if (!first.ok() || !is_new) return first;
  const absl::Status long_enough = CheckNew(*first);
  if (!long_enough.ok()) return long_enough;
  Say(terminal, "The same once more: ");
  absl::StatusOr<std::string> second = silent.ReadLine();
  Say(terminal, "\n");
  const bool same = second.ok() && *second == *first;
  if (second.ok()) Wipe(*second);
  if (same) return first;
  Wipe(*first);
  return absl::CancelledError("the two passphrases differ");
}

}  // namespace

absl::StatusOr<std::string> ReadPassphraseFile(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return FileError(path, errno);
  if (S_ISREG(info.st_mode) && (info.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%s: others than its owner can use the file of the passphrase (mode "
        "%04o); allowed: 0600, as `chmod 600` makes it",
        path, info.st_mode & 0777));
  }
  absl::StatusOr<std::string> text = ReadFileBytes(path);
  if (!text.ok()) return text;
  const size_t end = text->find_first_of("\r\n");
  if (end != std::string::npos) text->resize(end);
  if (!text->empty()) return text;
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": its first line is the passphrase, and is empty"));
}

absl::StatusOr<std::string> AskAtTerminal(const std::string& what, bool is_new,
                                          absl::string_view option) {
  const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        what,
        ": needs a passphrase, and there is no terminal to ask at; name "
        "a file that holds it with ",
        option));
  }
  absl::StatusOr<std::string> passphrase = AskSilently(terminal, what, is_new);
  close(terminal);
  return passphrase;
}

AskPassphrase PassphraseFrom(const std::string& path, std::string option) {
  return
      [path, option = std::move(option)](
          const std::string& what, bool is_new) -> absl::StatusOr<std::string> {
        if (path.empty()) return AskAtTerminal(what, is_new, option);
        absl::StatusOr<std::string> passphrase = ReadPassphraseFile(path);
        if (!passphrase.ok() || !is_new) return passphrase;
        const absl::Status long_enough = CheckNew(*passphrase);
        if (!long_enough.ok()) return long_enough;
        return passphrase;
      };
}

}  // namespace enthesis::client
