// What the leader of the commit queue does: checks the batches of a group in
// order against the store and the earlier ones, gives each an index, writes
// all accepted ones as one synced RocksDB write, and publishes the last index.

#ifndef ENTHESIS_REGISTRY_STORAGE_ROCKS_GROUP_H_
#define ENTHESIS_REGISTRY_STORAGE_ROCKS_GROUP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "registry/storage/commit_queue.h"
#include "registry/storage/last_commit.h"
#include "registry/storage/rocks_eraser.h"
#include "registry/storage/store.h"
#include "rocksdb/db.h"

namespace enthesis::storage {

// A batch, encoded as far as it can be without its index, by the thread that
// commits it; and its answer.
struct RocksCommit {
  Batch batch;
  size_t bytes = 0;
  std::vector<std::string> condition_prefixes;   // VersionsPrefix of each
  std::vector<std::string> put_prefixes;         // as batch.puts
  std::vector<std::string> withdrawal_prefixes;  // as batch.withdrawals
  std::string log_entry;
  std::string answer_message;  // empty without a request
  std::string audit;           // empty without audit entries

  absl::StatusOr<CommitResult> result = CommitResult();
};

// What one caller commits together: one entry of the queue, so that nothing
// comes between and one group has it all.
struct RocksCommits : CommitQueue::Entry {
  std::vector<RocksCommit> commits;
};

// Checks keys and encodes. Of several changes to one document in a batch the
// last put counts, and a withdrawal more than any put. INVALID_ARGUMENT on an
// empty or oversized key or request id.
absl::Status PrepareCommit(Batch batch, RocksCommit& commit);

// INVALID_ARGUMENT with the payload kRequestIdReused.
absl::Status RequestIdReused();

// Threads: Write is called by one thread at a time.
class RocksGroupWriter {
 public:
  struct Options {
    bool sync = true;
    int64_t request_retention_nanos = 0;
  };

  // All outlive this. `last` holds the last commit found on opening.
  RocksGroupWriter(rocksdb::DB* db, const Options& options, LastCommit* last,
                   RocksEraser* eraser);

  // Answers every commit of the group.
  void Write(absl::Span<RocksCommit* const> group);

 private:
  struct Group;

  absl::Status Admit(RocksCommit& commit, Group& group);
  // The answer to give when the request was answered before.
  absl::StatusOr<std::optional<CommitResult>> FindAnswer(
      const RocksCommit& commit, Group& group);
  absl::Status CheckPreconditions(const RocksCommit& commit, Group& group);
  absl::StatusOr<CommitIndex> LatestVersion(const std::string& prefix,
                                            Group& group);
  absl::Status AppendWithdrawals(const RocksCommit& commit, CommitIndex index,
                                 Group& group);
  void AppendPuts(const RocksCommit& commit, CommitIndex index, Group& group);
  void AppendRecords(const RocksCommit& commit, CommitIndex index,
                     Group& group);
  void AppendRequest(const RocksCommit& commit, CommitIndex index,
                     Group& group);
  void PruneRequests(int64_t now, Group& group);

  rocksdb::DB* const db_;
  const Options options_;
  LastCommit* const last_;
  RocksEraser* const eraser_;
  bool failed_ = false;  // a write failed: no more until opened again
  // Requests are pruned from here on, and not before that time.
  std::string prune_from_;
  int64_t next_prune_nanos_ = INT64_MIN;
};

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_ROCKS_GROUP_H_
