#include "tests/registry/storage/map_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"

namespace enthesis::storage {
namespace {

constexpr int64_t kNanosPerDay = int64_t{86'400} * 1'000'000'000;

int32_t DayOf(int64_t nanos) {
  const int64_t day = nanos / kNanosPerDay;
  return static_cast<int32_t>(nanos < 0 && nanos % kNanosPerDay != 0 ? day - 1
                                                                     : day);
}

constexpr size_t kMaxKeyBytes = 1024;

absl::Status CheckKeys(const Batch& batch) {
  bool good = true;
  const auto check = [&good](const auto& changes) {
    for (const auto& change : changes) {
      good = good && !change.key.empty() && change.key.size() <= kMaxKeyBytes;
    }
  };
  check(batch.preconditions);
  check(batch.puts);
  check(batch.withdrawals);
  check(batch.index_changes);
  return good ? absl::OkStatus()
              : absl::InvalidArgumentError("empty or oversized key");
}

}  // namespace

absl::StatusOr<std::optional<CommitResult>> MapStore::ReplayLocked(
    const std::string& id, absl::string_view digest) {
  const auto found = requests_.find(id);
  if (found == requests_.end()) return std::nullopt;
  if (found->second.digest != digest) {
    absl::Status status = absl::InvalidArgumentError("request id reused");
    status.SetPayload(kRequestIdReused, absl::Cord());
    return status;
  }
  CommitResult result = found->second.result;
  result.replayed = true;
  return result;
}

absl::Status MapStore::Check(const Precondition& precondition) {
  const auto found = versions_.find(precondition.key);
  const bool there = found != versions_.end();
  switch (precondition.kind) {
    case Precondition::Kind::kAbsent:
      return there ? absl::AlreadyExistsError(precondition.key)
                   : absl::OkStatus();
    case Precondition::Kind::kAtIndex:
      return there && found->second.back().index == precondition.index
                 ? absl::OkStatus()
                 : absl::AbortedError(precondition.key);
  }
  return absl::OkStatus();
}

absl::StatusOr<CommitResult> MapStore::Commit(Batch batch) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return CommitLocked(std::move(batch));
}

std::vector<absl::StatusOr<CommitResult>> MapStore::CommitAll(
    std::vector<Batch> batches) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<absl::StatusOr<CommitResult>> results;
  for (Batch& batch : batches) {
    results.push_back(CommitLocked(std::move(batch)));
  }
  return results;
}

absl::StatusOr<CommitResult> MapStore::CommitLocked(Batch batch) {
  if (absl::Status status = CheckKeys(batch); !status.ok()) return status;
  if (batch.request.has_value()) {
    auto replayed = ReplayLocked(batch.request->id, batch.request->digest);
    if (!replayed.ok()) return replayed.status();
    if (replayed->has_value()) return **replayed;
  }
  for (const Precondition& precondition : batch.preconditions) {
    if (absl::Status status = Check(precondition); !status.ok()) return status;
  }
  Change change;
  change.index = log_.size() + 1;
  change.utc_day = DayOf(batch.time_unix_nanos);
  std::map<std::string, std::string> puts;
  for (const Put& put : batch.puts) puts[put.key] = put.value;
  std::map<std::string, std::string> withdrawals;
  for (const Withdraw& gone : batch.withdrawals) {
    withdrawals[gone.key] = gone.value;
    puts.erase(gone.key);
  }
  for (const auto& [key, value] : puts) {
    versions_[key].push_back({key, value, change.index, false});
    change.keys.push_back(key);
  }
  for (const auto& [key, value] : withdrawals) {
    versions_[key] = {{key, value, change.index, true}};
    change.withdrawn.push_back(key);
  }
  for (const IndexChange& entry : batch.index_changes) {
    if (entry.add) {
      index_.insert(entry.key);
    } else {
      index_.erase(entry.key);
    }
  }
  CommitResult result{change.index, false, ""};
  if (batch.request.has_value()) {
    result.response = batch.request->response;
    requests_[batch.request->id] = {batch.request->digest, result};
  }
  log_.push_back(std::move(change));
  committed_.notify_all();
  return result;
}

absl::StatusOr<std::optional<CommitResult>> MapStore::Replay(
    absl::string_view request_id, absl::string_view digest) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return ReplayLocked(std::string(request_id), digest);
}

std::vector<absl::StatusOr<std::optional<CommitResult>>> MapStore::ReplayAll(
    absl::Span<const RequestName> requests) {
  std::vector<absl::StatusOr<std::optional<CommitResult>>> answers;
  for (const RequestName& request : requests) {
    answers.push_back(Replay(request.id, request.digest));
  }
  return answers;
}

Change MapStore::LastCommit() {
  const std::lock_guard<std::mutex> lock(mutex_);
  Change last;
  if (log_.empty()) return last;
  last.index = log_.back().index;
  last.utc_day = log_.back().utc_day;
  return last;
}

absl::StatusOr<Change> MapStore::CommitAt(CommitIndex as_of) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (as_of > log_.size()) return absl::OutOfRangeError("no such commit yet");
  Change change;
  if (as_of == 0) return change;
  change.index = as_of;
  change.utc_day = log_[as_of - 1].utc_day;
  return change;
}

absl::StatusOr<Document> MapStore::Get(absl::string_view key,
                                       CommitIndex as_of) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = versions_.find(std::string(key));
  if (found == versions_.end()) return absl::NotFoundError("no document");
  const std::vector<Document>& all = found->second;
  for (auto version = all.rbegin(); version != all.rend(); ++version) {
    if (version->index <= as_of) return *version;
  }
  return absl::NotFoundError("not yet");
}

std::vector<absl::StatusOr<Document>> MapStore::GetAll(
    absl::Span<const std::string> keys, CommitIndex as_of) {
  std::vector<absl::StatusOr<Document>> documents;
  for (const std::string& key : keys) documents.push_back(Get(key, as_of));
  return documents;
}

absl::Status MapStore::Scan(
    absl::string_view prefix, CommitIndex as_of, const ScanOptions& options,
    const std::function<bool(const Document& document)>& visit) {
  std::vector<std::string> keys;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [key, versions] : versions_) {
      if (absl::StartsWith(key, prefix) && key > options.after) {
        keys.push_back(key);
      }
    }
  }
  size_t seen = 0;
  for (const std::string& key : keys) {
    const absl::StatusOr<Document> document = Get(key, as_of);
    if (!document.ok()) continue;
    if (document->tombstone && !options.include_tombstones) continue;
    if (!visit(*document)) break;
    if (++seen == options.limit) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Document>> MapStore::Versions(absl::string_view key,
                                                         CommitIndex as_of) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Document> versions;
  const auto found = versions_.find(std::string(key));
  if (found != versions_.end()) {
    for (const Document& version : found->second) {
      if (version.index <= as_of) versions.push_back(version);
    }
  }
  return versions;
}

absl::StatusOr<std::vector<std::string>> MapStore::ScanIndex(
    absl::string_view prefix, size_t limit) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> keys;
  for (const std::string& key : index_) {
    if (!absl::StartsWith(key, prefix)) continue;
    keys.push_back(key);
    if (keys.size() == limit) break;
  }
  return keys;
}

absl::StatusOr<std::vector<std::vector<std::string>>> MapStore::ScanIndexes(
    absl::Span<const std::string> prefixes, size_t limit) {
  std::vector<std::vector<std::string>> found;
  for (const std::string& prefix : prefixes) {
    found.push_back(*ScanIndex(prefix, limit));
  }
  return found;
}

absl::StatusOr<std::vector<Change>> MapStore::Changes(CommitIndex after,
                                                      size_t limit) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Change> changes;
  for (size_t i = after; i < log_.size(); ++i) {
    changes.push_back(log_[i]);
    if (changes.size() == limit) break;
  }
  return changes;
}

CommitIndex MapStore::WaitForCommit(CommitIndex after, int64_t timeout_millis) {
  std::unique_lock<std::mutex> lock(mutex_);
  committed_.wait_for(lock, std::chrono::milliseconds(timeout_millis),
                      [&] { return log_.size() > after; });
  return log_.size();
}

}  // namespace enthesis::storage
