#include "client/link_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/file_bytes.h"

namespace enthesis::client {
namespace {

constexpr int kNewestVersion = 2;
constexpr absl::string_view kAbsent = "-";
// Of a record with a few lines, about.
constexpr size_t kBytesOfRecord = 1024;

std::string Escape(absl::string_view text) {
  if (text == kAbsent) return "\\-";
  if (text.find_first_of("\\\t\n\r") == absl::string_view::npos) {
    return std::string(text);
  }
  std::string escaped;
  for (char c : text) {
    switch (c) {
      case '\\':
        escaped += "\\\\";
        break;
      case '\t':
        escaped += "\\t";
        break;
      case '\n':
        escaped += "\\n";
        break;
      case '\r':
        escaped += "\\r";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string EscapeOptional(absl::string_view text) {
  return text.empty() ? std::string(kAbsent) : Escape(text);
}

// False on an escape that is not one of ours.
bool Unescape(absl::string_view cell, std::string& text) {
  text.clear();
  for (size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] != '\\') {
      text += cell[i];
      continue;
    }
    if (++i == cell.size()) return false;
    switch (cell[i]) {
      case '\\':
      case '-':
        text += cell[i];
        break;
      case 't':
        text += '\t';
        break;
      case 'n':
        text += '\n';
        break;
      case 'r':
        text += '\r';
        break;
      default:
        return false;
    }
  }
  return true;
}

// Reads the cells of one row in order; the first that cannot be read makes
// ok() false.
class Row {
 public:
  explicit Row(absl::string_view text) : cells_(absl::StrSplit(text, '\t')) {}

  size_t size() const { return cells_.size(); }
  bool ok() const { return ok_; }
  absl::string_view Word() { return Next(); }

  std::string Text() {
    std::string text;
    if (!Unescape(Next(), text)) ok_ = false;
    return text;
  }

  std::string OptionalText() {
    if (at_ < cells_.size() && cells_[at_] == kAbsent) {
      ++at_;
      return "";
    }
    return Text();
  }

  model::Id Id() {
    const absl::StatusOr<model::Id> id = model::ParseId(Next());
    if (!id.ok()) ok_ = false;
    return id.ok() ? *id : model::Id();
  }

  std::vector<std::string> OptionalList() {
    return absl::StrSplit(OptionalText(), ',', absl::SkipEmpty());
  }

  std::optional<Date> OptionalDate() {
    const absl::string_view cell = Next();
    if (cell == kAbsent) return std::nullopt;
    const absl::StatusOr<Date> date = ParseDate(cell);
    if (!date.ok()) ok_ = false;
    return date.ok() ? std::optional<Date>(*date) : std::nullopt;
  }

  std::optional<int32_t> OptionalNumber() {
    const absl::string_view cell = Next();
    if (cell == kAbsent) return std::nullopt;
    int32_t number = 0;
    if (!absl::SimpleAtoi(cell, &number)) ok_ = false;
    return number;
  }

 private:
  absl::string_view Next() {
    if (at_ < cells_.size()) return cells_[at_++];
    ok_ = false;
    return "";
  }

  std::vector<absl::string_view> cells_;
  size_t at_ = 0;
  bool ok_ = true;
};

bool ReadRecord(Row& row, Links& links, LinkedRecord*& current) {
  if (row.size() != 10 && row.size() != 12) return false;
  const std::string key = row.Text();
  LinkedRecord record;
  record.case_id = row.Id();
  record.patient = row.Id();
  record.surgery_date = row.OptionalDate();
  record.operation_sequence = row.OptionalNumber();
  record.etag = row.OptionalText();
  record.digest = row.OptionalText();
  record.pending = row.OptionalText();
  record.line = row.OptionalText();
  if (row.size() == 12) {
    record.content = row.OptionalText();
    record.earlier = row.OptionalList();
  }
  const auto [at, is_new] = links.records.emplace(key, std::move(record));
  current = &at->second;
  return row.ok() && is_new;
}

bool ReadWithdrawn(Row& row, Links& links) {
  if (row.size() != 3) return false;
  const std::string key = row.Text();
  return links.withdrawn.emplace(key, row.Id()).second && row.ok() &&
         links.records.count(key) == 0;
}

bool ReadLine(Row& row, const std::string& current_key, LinkedRecord* current) {
  if ((row.size() != 7 && row.size() != 8) || current == nullptr) return false;
  if (row.Text() != current_key) return false;
  const std::string event = row.Text();
  LinkedLine line;
  line.follow_up = row.Id();
  line.digest = row.OptionalText();
  line.pending = row.OptionalText();
  line.line = row.OptionalText();
  if (row.size() == 8) line.earlier = row.OptionalList();
  return current->lines.emplace(event, std::move(line)).second && row.ok();
}

absl::Status BadRow(size_t number) {
  return absl::InvalidArgumentError(
      absl::StrCat("row ", number,
                   " of the link file cannot be read; restore the file from "
                   "a backup (without it, cases would be stored twice)"));
}

absl::StatusOr<Links> ParseHeader(absl::string_view text) {
  const std::vector<absl::string_view> cells = absl::StrSplit(text, '\t');
  if (cells.size() != 3 || cells[0] != "enthesis-link") {
    return absl::InvalidArgumentError("this is not a link file");
  }
  int version = 0;
  if (!absl::SimpleAtoi(cells[1], &version) || version < 1 ||
      version > kNewestVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the link file has version ", cells[1],
                     "; this program reads versions up to ", kNewestVersion));
  }
  if (!model::IsSiteId(cells[2])) return BadRow(1);
  Links links;
  links.site = std::string(cells[2]);
  return links;
}

bool HasHistory(const LinkedRecord& record) {
  return !record.content.empty() || !record.earlier.empty();
}

// The oldest that holds it: earlier programs read what they can.
int VersionOf(const Links& links) {
  if (!links.withdrawn.empty()) return 2;
  for (const auto& [key, record] : links.records) {
    if (HasHistory(record)) return 2;
    for (const auto& [event, line] : record.lines) {
      if (!line.earlier.empty()) return 2;
    }
  }
  return 1;
}

}  // namespace

std::string FormatLinks(const Links& links) {
  std::string text =
      absl::StrCat("enthesis-link\t", VersionOf(links), "\t", links.site, "\n");
  text.reserve(kBytesOfRecord * links.records.size());
  size_t rows = 0;
  for (const auto& [key, patient] : links.patients) {
    absl::StrAppend(&text, "patient\t", Escape(key), "\t",
                    model::FormatId(patient), "\n");
    ++rows;
  }
  for (const auto& [key, record] : links.records) {
    const std::string escaped = Escape(key);
    absl::StrAppend(
        &text, "record\t", escaped, "\t", model::FormatId(record.case_id), "\t",
        model::FormatId(record.patient), "\t",
        record.surgery_date ? FormatDate(*record.surgery_date) : "-", "\t");
    if (record.operation_sequence.has_value()) {
      absl::StrAppend(&text, *record.operation_sequence);
    } else {
      absl::StrAppend(&text, kAbsent);
    }
    absl::StrAppend(&text, "\t", EscapeOptional(record.etag), "\t",
                    EscapeOptional(record.digest), "\t",
                    EscapeOptional(record.pending), "\t",
                    EscapeOptional(record.line));
    if (HasHistory(record)) {
      absl::StrAppend(&text, "\t", EscapeOptional(record.content), "\t",
                      EscapeOptional(absl::StrJoin(record.earlier, ",")));
    }
    text += "\n";
    ++rows;
    for (const auto& [event, line] : record.lines) {
      absl::StrAppend(
          &text, "line\t", escaped, "\t", Escape(event), "\t",
          model::FormatId(line.follow_up), "\t", EscapeOptional(line.digest),
          "\t", EscapeOptional(line.pending), "\t", EscapeOptional(line.line));
      if (!line.earlier.empty()) {
        absl::StrAppend(&text, "\t",
                        EscapeOptional(absl::StrJoin(line.earlier, ",")));
      }
      text += "\n";
      ++rows;
    }
  }
  for (const auto& [key, id] : links.withdrawn) {
    absl::StrAppend(&text, "withdrawn\t", Escape(key), "\t",
                    model::FormatId(id), "\n");
    ++rows;
  }
  absl::StrAppend(&text, "end\t", rows, "\n");
  return text;
}

absl::StatusOr<Links> ParseLinks(absl::string_view text) {
  std::vector<absl::string_view> rows = absl::StrSplit(text, '\n');
  absl::StatusOr<Links> links = ParseHeader(rows[0]);
  if (!links.ok()) return links;
  // "end" and the empty rest after the last line feed.
  const std::string end = absl::StrCat("end\t", rows.size() - 3);
  if (rows.size() < 3 || rows.back() != "" || rows[rows.size() - 2] != end) {
    return absl::InvalidArgumentError(
        "the link file is cut short; restore it from a backup (without it, "
        "cases would be stored twice)");
  }
  LinkedRecord* current = nullptr;
  std::string current_key;
  for (size_t i = 1; i + 2 < rows.size(); ++i) {
    Row row(rows[i]);
    const absl::string_view kind = row.Word();
    bool good = false;
    if (kind == "patient" && row.size() == 3) {
      const std::string key = row.Text();
      good = links->patients.emplace(key, row.Id()).second && row.ok();
    } else if (kind == "record") {
      good = ReadRecord(row, *links, current);
      std::vector<absl::string_view> cells = absl::StrSplit(rows[i], '\t');
      if (good) Unescape(cells[1], current_key);
    } else if (kind == "line") {
      good = ReadLine(row, current_key, current);
    } else if (kind == "withdrawn") {
      good = ReadWithdrawn(row, *links);
    }
    if (!good) return BadRow(i + 1);
  }
  return links;
}

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
