// The store's contract in a map, as plainly as it can be written: the model
// that the real store is held against.

#ifndef ENTHESIS_TESTS_REGISTRY_STORAGE_MAP_STORE_H_
#define ENTHESIS_TESTS_REGISTRY_STORAGE_MAP_STORE_H_

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "registry/storage/store.h"

namespace enthesis::storage {

class MapStore : public Store {
 public:
  absl::StatusOr<CommitResult> Commit(Batch batch) override;
  std::vector<absl::StatusOr<CommitResult>> CommitAll(
      std::vector<Batch> batches) override;
  absl::StatusOr<std::optional<CommitResult>> Replay(
      absl::string_view request_id, absl::string_view digest) override;
  std::vector<absl::StatusOr<std::optional<CommitResult>>> ReplayAll(
      absl::Span<const RequestName> requests) override;
  Change LastCommit() override;
  absl::StatusOr<Change> CommitAt(CommitIndex as_of) override;
  absl::StatusOr<Document> Get(absl::string_view key,
                               CommitIndex as_of) override;
  std::vector<absl::StatusOr<Document>> GetAll(
      absl::Span<const std::string> keys, CommitIndex as_of) override;
  absl::Status Scan(
      absl::string_view prefix, CommitIndex as_of, const ScanOptions& options,
      const std::function<bool(const Document& document)>& visit) override;
  absl::StatusOr<std::vector<Document>> Versions(absl::string_view key,
                                                 CommitIndex as_of) override;
  absl::StatusOr<std::vector<std::string>> ScanIndex(absl::string_view prefix,
                                                     size_t limit) override;
  absl::StatusOr<std::vector<std::vector<std::string>>> ScanIndexes(
      absl::Span<const std::string> prefixes, size_t limit) override;
  absl::StatusOr<std::vector<Change>> Changes(CommitIndex after,
                                              size_t limit) override;
  CommitIndex WaitForCommit(CommitIndex after, int64_t timeout_millis) override;

 private:
  struct Answer {
    std::string digest;
    CommitResult result;
  };
  absl::StatusOr<CommitResult> CommitLocked(Batch batch);
  absl::StatusOr<std::optional<CommitResult>> ReplayLocked(
      const std::string& id, absl::string_view digest);
  absl::Status Check(const Precondition& precondition);

  std::mutex mutex_;
  std::condition_variable committed_;
  std::map<std::string, std::vector<Document>> versions_;  // oldest first
  std::set<std::string> index_;
  std::map<std::string, Answer> requests_;
  std::vector<Change> log_;  // log_[i] has index i + 1
};

}  // namespace enthesis::storage

#endif  // ENTHESIS_TESTS_REGISTRY_STORAGE_MAP_STORE_H_
