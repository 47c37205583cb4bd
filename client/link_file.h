// The clinic's link file: which registry ids stand for the clinic's own
// records. It is the key to the pseudonyms and never leaves the clinic.
//
// Text, one row a line, cells separated by tabs; in a cell, backslash, tab,
// line feed and carriage return are written \\ \t \n \r. "-" is an absent
// value (a cell that is a single hyphen is written \-).
//
//   enthesis-link VERSION SITE         first row; VERSION is 1, or 2 or 3 where
//                                      the file has what those before lack
//   patient KEY PATIENT [OTHERS]       the clinic's key of a person, its id;
//                                      OTHERS (3) by commas, see Links
//   record KEY CASE PATIENT DATE SEQUENCE ETAG DIGEST PENDING LINE
//       [CONTENT EARLIER]
//     KEY       the clinic's record key        CASE, PATIENT  registry ids
//     DATE      surgery date, YYYY-MM-DD       SEQUENCE  operation_sequence
//     ETAG      of the version last seen; absent until the case is stored
//     DIGEST    of what the registry stored last of the baseline line
//               (content_digest.h)
//     PENDING   of what was sent last, when no answer came
//     LINE      of the line as the file had it; differs from DIGEST where the
//               file lacks columns that the registry has values of
//     CONTENT   (2) of the line with its date (line_history.h)
//     EARLIER   (2) of what the line said in earlier imports, by commas
//     The last two are there together or not at all.
//   line KEY EVENT FOLLOW_UP DIGEST PENDING LINE [EARLIER]
//     of the record above: one assessment, its registry id and digests
//   withdrawn KEY CASE                 (2) a record whose case was withdrawn:
//     all that is left of it, so that it is not stored anew
//   end ROWS                           last row; ROWS counts those between
//
// Rows are ordered by key. The file is replaced as a whole: written aside
// with mode 0600, synced, renamed, and the folder synced. Where a passphrase
// was set, the text is sealed as a whole (sealed_text.h).

#ifndef ENTHESIS_CLIENT_LINK_FILE_H_
#define ENTHESIS_CLIENT_LINK_FILE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/passphrase.h"
#include "client/removal_on_signal.h"
#include "client/sealed_text.h"
#include "client/time_text.h"
#include "registry/model/id.h"

namespace enthesis::client {

struct LinkedLine {
  model::Id follow_up;
  std::string digest;                     // empty: not stored
  std::string pending;                    // empty: nothing under way
  std::string line;                       // empty: not stored
  std::vector<std::string> earlier = {};  // oldest first

  bool operator==(const LinkedLine&) const = default;
};

struct LinkedRecord {
  model::Id case_id;
  model::Id patient;
  std::optional<Date> surgery_date;
  std::optional<int32_t> operation_sequence;
  std::string etag;  // empty: not known to be stored
  std::string digest;
  std::string pending;
  std::string line;
  std::string content;                      // empty: not known
  std::vector<std::string> earlier;         // oldest first
  std::map<std::string, LinkedLine> lines;  // by event

  bool operator==(const LinkedRecord&) const = default;
};

struct Links {
  std::string site;
  std::map<std::string, model::Id> patients;    // by the clinic's key
  std::map<std::string, LinkedRecord> records;  // by the clinic's key
  // Cases that were withdrawn, by the clinic's key of the record, which is then
  // not among `records`.
  std::map<std::string, model::Id> withdrawn = {};
  // Further ids of a person in `patients`, by its key: of cases that another
  // coordinator stored, which keep them. New cases have that of `patients`.
  std::map<std::string, std::set<model::Id>> other_ids = {};

  bool operator==(const Links&) const = default;
};

std::string FormatLinks(const Links& links);

// Whether `text` starts as a link file does.
bool IsLinkText(absl::string_view text);

// INVALID_ARGUMENT names the row; FAILED_PRECONDITION for a version that this
// program does not know.
absl::StatusOr<Links> ParseLinks(absl::string_view text);

// Links on disk, held by this process alone while the object lives: PATH.lock
// is there so long, and not longer where a signal ends the process. Where the
// folder cannot be written to nobody can replace the file, and it is read
// without.
class LinkFile {
 public:
  // Opens `path`, or starts an empty one for `site`; an empty `site` takes that
  // of the file, which must then be there. `ask` gives the passphrase of a
  // sealed one. A file that others could read is made its owner's alone.
  //
  // FAILED_PRECONDITION when another process holds it, it belongs to another
  // site or user, or needs a passphrase and there is none; NOT_FOUND; the
  // errors of ParseLinks, Seal::Open and `ask`; PERMISSION_DENIED and UNKNOWN
  // from the file system.
  static absl::StatusOr<std::unique_ptr<LinkFile>> Open(
      const std::string& path, const std::string& site,
      const AskPassphrase& ask = nullptr);
  ~LinkFile();
  LinkFile(const LinkFile&) = delete;
  LinkFile& operator=(const LinkFile&) = delete;

  Links& links() { return links_; }
  const Links& links() const { return links_; }
  const std::string& path() const { return path_; }
  bool existed() const { return existed_; }
  bool sealed() const { return seal_ != nullptr; }
  // What Save fails with, be there anything to write or not: PERMISSION_DENIED
  // where the file could not be held.
  absl::Status MaySave() const { return lock_fault_; }
  // What was mended on opening, for people; may be empty.
  const std::string& notice() const { return notice_; }
  // What Save writes: the text, sealed where the file is.
  std::string Bytes() const;

  // The next Save writes it sealed with the passphrase, or in the clear. The
  // errors of Seal::New.
  absl::Status SealWith(absl::string_view passphrase);
  void Unseal();

  // Returns once the bytes are on disk. Writes nothing when nothing changed.
  absl::Status Save();

 private:
  explicit LinkFile(std::string path) : path_(std::move(path)) {}

  absl::Status Hold();
  std::string LockPath() const;

  // Refuses a file of another user, and takes the rights of others away.
  absl::Status TakeRights();
  // Reads what is on disk.
  absl::Status Load(const std::string& site, const AskPassphrase& ask);

  std::string path_;
  int lock_ = -1;  // -1: not held
  std::optional<RemovalOnSignal> removal_;
  absl::Status lock_fault_;  // why not
  bool existed_ = false;
  std::string saved_;  // text on disk
  bool resealed_ = false;
  std::unique_ptr<Seal> seal_;
  std::string notice_;
  Links links_;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_LINK_FILE_H_
