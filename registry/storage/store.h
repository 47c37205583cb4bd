// The store: an ordered set of versioned documents with one total order of
// commits. Nothing is overwritten; a view is "as of commit N". So history,
// etags, stable paging and exact reruns are one idea.
//
// Commits enter one queue. Its leader checks each batch's preconditions in
// order against the store plus the queue, gives each accepted batch the next
// index, writes all of them in one synced write, then answers all. A reader
// sees an index only once it is durable.
//
// Batches that are at hand together go in together: CommitAll puts them side by
// side into one group. Each is a commit of its own all the same, and one that
// is refused stops no other. What many commits have to know before is read
// together, too (GetAll, ScanIndexes, ReplayAll): to a store a question costs
// its bytes, a call its way.
//
// The seam is narrow on purpose: an ordered key table and a log table by index
// are all that a second implementation needs.
//
// Threads: every method is safe from any thread.

#ifndef ENTHESIS_REGISTRY_STORAGE_STORE_H_
#define ENTHESIS_REGISTRY_STORAGE_STORE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace enthesis::storage {

using CommitIndex = uint64_t;  // from 1; 0 is the empty store

// One version of a document.
struct Document {
  std::string key;
  std::string value;      // empty for a tombstone made by a withdrawal
  CommitIndex index = 0;  // the commit that wrote this version
  bool tombstone = false;
};

// A new version of the document `key`.
struct Put {
  std::string key;
  std::string value;
};

// Removes the payload of every version of `key` and leaves a tombstone with
// `value` (reason only, no patient data).
struct Withdraw {
  std::string key;
  std::string value;
};

// An unversioned secondary index: keys without value.
struct IndexChange {
  std::string key;
  bool add = true;
};

// What a batch asks of a document when its turn comes.
struct Precondition {
  enum class Kind {
    kAbsent,   // no version, no tombstone: else ALREADY_EXISTS
    kAtIndex,  // latest version has `index`: else ABORTED
  };
  std::string key;
  Kind kind = Kind::kAbsent;
  CommitIndex index = 0;
};

// Makes a retry safe: the same id with the same digest returns the first
// answer, the same id with another digest is refused.
struct RequestRecord {
  std::string id;        // the client's request id, 16 bytes
  std::string digest;    // of the request's content
  std::string response;  // opaque, returned to replays
};

// A request to be asked for; the bytes are the caller's.
struct RequestName {
  absl::string_view id;
  absl::string_view digest;
};

// Who did what, kept apart from the documents; holds no patient value.
struct AuditEntry {
  std::string actor;   // "local" until identities exist
  std::string action;  // "CreateCase"
  std::string entity;  // resource name
  std::string reason;  // code, or empty
};

struct Batch {
  std::vector<Precondition> preconditions;
  std::vector<Put> puts;
  std::vector<Withdraw> withdrawals;
  std::vector<IndexChange> index_changes;
  std::optional<RequestRecord> request;
  std::vector<AuditEntry> audit;
  // UTC, given by the caller; stores have no clock.
  int64_t time_unix_nanos = 0;
};

struct CommitResult {
  CommitIndex index = 0;  // of this batch, or of the first one when replayed
  bool replayed = false;
  std::string response;  // as stored with the request
};

// One entry of the change log.
struct Change {
  CommitIndex index = 0;
  int32_t utc_day = 0;                 // days since 1970-01-01 of the commit
  std::vector<std::string> keys;       // documents with a new version
  std::vector<std::string> withdrawn;  // documents withdrawn
};

struct ScanOptions {
  std::string after;  // exclusive; empty: from the start of the prefix
  size_t limit = 0;   // 0: no limit
  bool include_tombstones = false;
};

class Store {
 public:
  virtual ~Store() = default;

  // Errors: ALREADY_EXISTS or ABORTED (a precondition), INVALID_ARGUMENT (an
  // empty or oversized key), INVALID_ARGUMENT with payload kRequestIdReused (a
  // request id with other content), UNAVAILABLE (the disk refused; nothing of
  // the batch is visible; after a failed write, not before the store is opened
  // again), DATA_LOSS (what a check must read is corrupt), nothing else. On OK
  // the batch is durable. Of several changes to one document in a batch the
  // last put counts, and a withdrawal more than any put.
  // Cost: one synced write shared by all batches in the queue.
  virtual absl::StatusOr<CommitResult> Commit(Batch batch) = 0;

  // Commits the batches in their order, with nothing of another caller between
  // them, in one group: all share one synced write, and after a loss of power
  // all that were accepted are there or none. Each is answered as Commit would
  // answer it after those before it; a refused one leaves no trace.
  // Returns: as many answers as batches, in their order.
  // Cost: one synced write; memory of all batches together.
  virtual std::vector<absl::StatusOr<CommitResult>> CommitAll(
      std::vector<Batch> batches) = 0;

  // The answer to `request_id` if it was committed within the retention (at
  // least 24 h before `now`); same errors as Commit for other content.
  virtual absl::StatusOr<std::optional<CommitResult>> Replay(
      absl::string_view request_id, absl::string_view digest) = 0;
  // The same for each of `requests`, in their order.
  virtual std::vector<absl::StatusOr<std::optional<CommitResult>>> ReplayAll(
      absl::Span<const RequestName> requests) = 0;

  // The last durable commit and its day; {0, 0} when empty.
  virtual Change LastCommit() = 0;
  // The last commit at or before `as_of`, its keys left empty.
  // OUT_OF_RANGE when `as_of` is later than LastCommit.
  virtual absl::StatusOr<Change> CommitAt(CommitIndex as_of) = 0;

  // The version of `key` in the view `as_of`, tombstones included. NOT_FOUND
  // when there is none; DATA_LOSS when it cannot be read. A view later than
  // the last commit is the view of the last commit; one from before a
  // withdrawal no longer has the document.
  virtual absl::StatusOr<Document> Get(absl::string_view key,
                                       CommitIndex as_of) = 0;
  // The same for each of `keys`, in their order and of one view.
  virtual std::vector<absl::StatusOr<Document>> GetAll(
      absl::Span<const std::string> keys, CommitIndex as_of) = 0;

  // Documents whose key starts with `prefix`, in key order, each in its version
  // of the view. Stops when `visit` returns false.
  virtual absl::Status Scan(
      absl::string_view prefix, CommitIndex as_of, const ScanOptions& options,
      const std::function<bool(const Document& document)>& visit) = 0;

  // Every version of one document, oldest first; none when the view has none.
  // A withdrawn document has its tombstone alone.
  virtual absl::StatusOr<std::vector<Document>> Versions(absl::string_view key,
                                                         CommitIndex as_of) = 0;

  // Index keys that start with `prefix`, in order, at most `limit` (0: all).
  virtual absl::StatusOr<std::vector<std::string>> ScanIndex(
      absl::string_view prefix, size_t limit) = 0;
  // The same for each of `prefixes`, in their order, `limit` for each.
  virtual absl::StatusOr<std::vector<std::vector<std::string>>> ScanIndexes(
      absl::Span<const std::string> prefixes, size_t limit) = 0;

  // Log entries with index > `after`, in order, at most `limit` (0: all).
  virtual absl::StatusOr<std::vector<Change>> Changes(CommitIndex after,
                                                      size_t limit) = 0;

  // Blocks until LastCommit().index > `after` or `timeout_millis` passed;
  // returns the last index. The destructor wakes every waiter.
  virtual CommitIndex WaitForCommit(CommitIndex after,
                                    int64_t timeout_millis) = 0;
};

// Payload URL on the INVALID_ARGUMENT of a reused request id.
inline constexpr char kRequestIdReused[] = "enthesis/storage/request_id_reused";

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_STORE_H_
