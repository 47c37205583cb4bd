#include "registry/storage/rocks_group.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "registry/storage/commit_records.h"
#include "registry/storage/rocks_keys.h"
#include "registry/storage/rocks_options.h"
#include "rocksdb/write_batch.h"

namespace enthesis::storage {
namespace {

constexpr size_t kMaxKeyBytes = 1024;
constexpr size_t kMaxRequestIdBytes = 64;
// Requests pruned by one group at most: a bounded delay.
constexpr size_t kMaxPruned = 512;
// Between two passes of pruning, as a share of the retention.
constexpr int64_t kPrunePasses = 48;

absl::Status CheckKey(absl::string_view key) {
  if (key.empty()) return absl::InvalidArgumentError("store: empty key");
  if (key.size() > kMaxKeyBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("store: key of more than ", kMaxKeyBytes, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status CheckKeys(const Batch& batch) {
  absl::Status status;
  const auto check = [&status](const auto& items) {
    for (const auto& item : items) status.Update(CheckKey(item.key));
  };
  check(batch.preconditions);
  check(batch.puts);
  check(batch.withdrawals);
  check(batch.index_changes);
  if (batch.request.has_value() &&
      (batch.request->id.empty() ||
       batch.request->id.size() > kMaxRequestIdBytes)) {
    status.Update(
        absl::InvalidArgumentError("store: request id of wrong size"));
  }
  return status;
}

// One key of a group.
struct Operation {
  std::string key;
  std::optional<std::string> value;  // absent: deleted
};

// In order of key, which finds the places in the memtable side by side. Of
// several operations on one key the last counts, so their order stays.
rocksdb::Status ApplySorted(const std::vector<Operation>& operations,
                            rocksdb::WriteBatch& batch) {
  std::vector<const Operation*> sorted;
  sorted.reserve(operations.size());
  for (const Operation& one : operations) sorted.push_back(&one);
  std::stable_sort(
      sorted.begin(), sorted.end(),
      [](const Operation* a, const Operation* b) { return a->key < b->key; });
  rocksdb::Status status;
  for (const Operation* one : sorted) {
    if (!status.ok()) return status;
    status = one->value.has_value() ? batch.Put(one->key, *one->value)
                                    : batch.Delete(one->key);
  }
  return status;
}

// Leaves one change for each document.
void DropOverridden(Batch& batch) {
  if (batch.puts.size() + batch.withdrawals.size() < 2) return;
  absl::flat_hash_set<std::string> seen;
  // From the back, so that the last of each key stays.
  const auto drop = [&seen](auto& changes) {
    const auto kept = std::remove_if(changes.rbegin(), changes.rend(),
                                     [&seen](const auto& change) {
                                       return !seen.insert(change.key).second;
                                     });
    changes.erase(changes.begin(), kept.base());
  };
  drop(batch.withdrawals);
  drop(batch.puts);
}

bool IsExpired(int64_t time, int64_t retention, int64_t now) {
  return time <= now - retention;
}

}  // namespace

absl::Status RequestIdReused() {
  absl::Status status = absl::InvalidArgumentError(
      "the request id was used for a request with other content");
  status.SetPayload(kRequestIdReused, absl::Cord());
  return status;
}

absl::Status PrepareCommit(Batch batch, RocksCommit& commit) {
  if (absl::Status status = CheckKeys(batch); !status.ok()) return status;
  DropOverridden(batch);
  for (const Precondition& condition : batch.preconditions) {
    commit.condition_prefixes.push_back(VersionsPrefix(condition.key));
  }
  Change change;
  change.utc_day = UtcDay(batch.time_unix_nanos);
  for (const Put& put : batch.puts) {
    commit.put_prefixes.push_back(VersionsPrefix(put.key));
    change.keys.push_back(put.key);
    commit.bytes += put.key.size() + put.value.size();
  }
  for (const Withdraw& withdrawal : batch.withdrawals) {
    commit.withdrawal_prefixes.push_back(VersionsPrefix(withdrawal.key));
    change.withdrawn.push_back(withdrawal.key);
  }
  commit.log_entry = EncodeLogEntry(change);
  if (batch.request.has_value()) {
    commit.answer_message =
        EncodeAnswerMessage(*batch.request, batch.time_unix_nanos);
  }
  if (!batch.audit.empty()) {
    commit.audit = EncodeAudit(batch.time_unix_nanos, batch.audit);
  }
  commit.bytes += commit.log_entry.size() + commit.answer_message.size() +
                  commit.audit.size();
  commit.batch = std::move(batch);
  return absl::OkStatus();
}

// The group under way. Views point into its commits.
struct RocksGroupWriter::Group {
  std::vector<Operation> operations;
  CommitIndex next = 0;
  int64_t now = INT64_MIN;  // latest time of its commits
  std::vector<RocksCommit*> accepted;
  // Versions written by this group, by VersionsPrefix; the last is the latest.
  absl::flat_hash_map<absl::string_view, std::vector<CommitIndex>> written;
  absl::flat_hash_map<absl::string_view, const RocksCommit*> requests;
  RocksEraser::Job erasure;
  std::unique_ptr<rocksdb::Iterator> versions;

  void Put(std::string key, std::string value) {
    operations.push_back({std::move(key), std::move(value)});
  }
  void Delete(std::string key) {
    operations.push_back({std::move(key), std::nullopt});
  }
};

RocksGroupWriter::RocksGroupWriter(rocksdb::DB* db, const Options& options,
                                   LastCommit* last, RocksEraser* eraser)
    : db_(db),
      options_(options),
      last_(last),
      eraser_(eraser),
      prune_from_(TableKey(KeyTable::kRequestTime)) {}

void RocksGroupWriter::Write(absl::Span<RocksCommit* const> commits) {
  absl::Status failure = absl::UnavailableError(
      "store: a write failed; no commits until the store is opened again");
  Group group;
  const LastCommit::Value last = last_->Get();
  if (!failed_) {
    group.next = last.index + 1;
    for (RocksCommit* commit : commits) {
      if (absl::Status status = Admit(*commit, group); !status.ok()) {
        commit->result = status;
      }
    }
    if (group.accepted.empty()) return;
    PruneRequests(group.now, group);
    rocksdb::WriteOptions write;
    write.sync = options_.sync;
    rocksdb::WriteBatch batch;
    rocksdb::Status status = ApplySorted(group.operations, batch);
    if (status.ok()) status = db_->Write(write, &batch);
    if (status.ok()) {
      const Batch& newest = group.accepted.back()->batch;
      last_->Publish({group.next - 1, UtcDay(newest.time_unix_nanos),
                      newest.time_unix_nanos});
      if (!group.erasure.documents.empty()) {
        eraser_->Add(std::move(group.erasure));
      }
      return;
    }
    failed_ = true;
    failure = absl::UnavailableError(
        absl::StrCat("store: write failed: ", status.ToString()));
  }
  // Refusals too: they may stem from an earlier batch of the group.
  for (RocksCommit* commit : commits) commit->result = failure;
}

absl::Status RocksGroupWriter::Admit(RocksCommit& commit, Group& group) {
  const Batch& batch = commit.batch;
  if (batch.request.has_value()) {
    absl::StatusOr<std::optional<CommitResult>> answer =
        FindAnswer(commit, group);
    if (!answer.ok()) return answer.status();
    if (answer->has_value()) {
      commit.result = **std::move(answer);
      return absl::OkStatus();
    }
  }
  absl::Status status = CheckPreconditions(commit, group);
  if (!status.ok()) return status;
  const CommitIndex index = group.next;
  // First, as the one step that reads and may fail.
  status = AppendWithdrawals(commit, index, group);
  if (!status.ok()) return status;
  AppendPuts(commit, index, group);
  AppendRecords(commit, index, group);
  if (batch.request.has_value()) AppendRequest(commit, index, group);
  ++group.next;
  group.now = std::max(group.now, batch.time_unix_nanos);
  group.accepted.push_back(&commit);
  commit.result = CommitResult{
      index, false, batch.request ? batch.request->response : std::string()};
  return absl::OkStatus();
}

absl::StatusOr<std::optional<CommitResult>> RocksGroupWriter::FindAnswer(
    const RocksCommit& commit, Group& group) {
  const RequestRecord& request = *commit.batch.request;
  if (const auto found = group.requests.find(request.id);
      found != group.requests.end()) {
    const RocksCommit& first = *found->second;
    if (first.batch.request->digest != request.digest) return RequestIdReused();
    CommitResult result = *first.result;
    result.replayed = true;
    return result;
  }
  std::string value;
  const rocksdb::Status status = db_->Get(
      rocksdb::ReadOptions(), TableKey(KeyTable::kRequest, request.id), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return FromRocks(status, "reading a request");
  absl::StatusOr<KeptAnswer> kept = DecodeAnswer(value);
  if (!kept.ok()) return kept.status();
  if (IsExpired(kept->time_unix_nanos, options_.request_retention_nanos,
                commit.batch.time_unix_nanos)) {
    group.Delete(RequestTimeKey(kept->time_unix_nanos, request.id));
    return std::nullopt;
  }
  if (kept->digest != request.digest) return RequestIdReused();
  return CommitResult{kept->index, true, std::move(kept->response)};
}

absl::Status RocksGroupWriter::CheckPreconditions(const RocksCommit& commit,
                                                  Group& group) {
  for (size_t i = 0; i < commit.batch.preconditions.size(); ++i) {
    const Precondition& condition = commit.batch.preconditions[i];
    const absl::StatusOr<CommitIndex> latest =
        LatestVersion(commit.condition_prefixes[i], group);
    if (!latest.ok()) return latest.status();
    if (condition.kind == Precondition::Kind::kAbsent) {
      if (*latest != 0) return absl::AlreadyExistsError("the document exists");
    } else if (*latest == 0 || *latest != condition.index) {
      return absl::AbortedError("the document has another version");
    }
  }
  return absl::OkStatus();
}

// 0 when there is none.
absl::StatusOr<CommitIndex> RocksGroupWriter::LatestVersion(
    const std::string& prefix, Group& group) {
  if (const auto found = group.written.find(prefix);
      found != group.written.end()) {
    return found->second.back();
  }
  if (group.versions == nullptr) {
    // Nobody else writes while the group is built: one iterator sees all.
    group.versions.reset(db_->NewIterator(PrefixReadOptions()));
  }
  rocksdb::Iterator& it = *group.versions;
  it.Seek(prefix + VersionSuffix(UINT64_MAX));
  if (it.Valid() && it.key().starts_with(prefix)) {
    const auto version = ParseVersionKey(ToView(it.key()));
    if (version.has_value()) return version->index;
  }
  if (!it.status().ok()) return FromRocks(it.status(), "reading a version");
  return CommitIndex{0};
}

absl::Status RocksGroupWriter::AppendWithdrawals(const RocksCommit& commit,
                                                 CommitIndex index,
                                                 Group& group) {
  std::vector<std::string> doomed;
  for (const std::string& prefix : commit.withdrawal_prefixes) {
    std::unique_ptr<rocksdb::Iterator> it(
        db_->NewIterator(PrefixReadOptions()));
    for (it->Seek(prefix + VersionSuffix(UINT64_MAX));
         it->Valid() && it->key().starts_with(prefix); it->Next()) {
      doomed.push_back(it->key().ToString());
    }
    if (!it->status().ok()) return FromRocks(it->status(), "reading versions");
    if (const auto found = group.written.find(prefix);
        found != group.written.end()) {
      for (const CommitIndex earlier : found->second) {
        doomed.push_back(prefix + VersionSuffix(earlier));
      }
    }
  }
  for (std::string& key : doomed) group.Delete(std::move(key));
  const std::string suffix = VersionSuffix(index);
  for (size_t i = 0; i < commit.withdrawal_prefixes.size(); ++i) {
    const std::string& prefix = commit.withdrawal_prefixes[i];
    const Withdraw& withdrawal = commit.batch.withdrawals[i];
    group.Put(prefix + suffix,
              std::string(1, kTombstoneKind) + withdrawal.value);
    group.Put(TableKey(KeyTable::kErasure, withdrawal.key), "");
    group.written[prefix] = {index};
    group.erasure.documents.push_back(withdrawal.key);
  }
  return absl::OkStatus();
}

void RocksGroupWriter::AppendPuts(const RocksCommit& commit, CommitIndex index,
                                  Group& group) {
  const std::string suffix = VersionSuffix(index);
  for (size_t i = 0; i < commit.put_prefixes.size(); ++i) {
    const std::string& prefix = commit.put_prefixes[i];
    group.Put(prefix + suffix,
              absl::StrCat(absl::string_view(&kDocumentKind, 1),
                           commit.batch.puts[i].value));
    group.written[prefix].push_back(index);
  }
}

// Index keys, log entry and audit.
void RocksGroupWriter::AppendRecords(const RocksCommit& commit,
                                     CommitIndex index, Group& group) {
  for (const IndexChange& change : commit.batch.index_changes) {
    std::string key = TableKey(KeyTable::kIndex, change.key);
    if (change.add) {
      group.Put(std::move(key), "");
      continue;
    }
    group.Delete(std::move(key));
    if (!commit.batch.withdrawals.empty()) {
      group.erasure.index_keys.push_back(change.key);
    }
  }
  group.Put(IntegerKey(KeyTable::kLog, index), commit.log_entry);
  if (!commit.audit.empty()) {
    group.Put(IntegerKey(KeyTable::kAudit, index), commit.audit);
  }
}

void RocksGroupWriter::AppendRequest(const RocksCommit& commit,
                                     CommitIndex index, Group& group) {
  const RequestRecord& request = *commit.batch.request;
  group.requests[request.id] = &commit;
  group.Put(TableKey(KeyTable::kRequest, request.id),
            EncodeInteger(index) + commit.answer_message);
  const std::string time_key =
      RequestTimeKey(commit.batch.time_unix_nanos, request.id);
  group.Put(time_key, "");
  // A late clock: it must still be found.
  if (time_key < prune_from_) prune_from_ = time_key;
}

// Deletes what is past its retention, oldest first, a bounded number at once.
void RocksGroupWriter::PruneRequests(int64_t now, Group& group) {
  if (now < next_prune_nanos_) return;
  const int64_t retention = options_.request_retention_nanos;
  std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(ScanReadOptions(false)));
  size_t pruned = 0;
  for (it->Seek(prune_from_); it->Valid(); it->Next()) {
    const auto request = ParseRequestTimeKey(ToView(it->key()));
    if (!request.has_value() ||
        !IsExpired(request->time_unix_nanos, retention, now)) {
      break;
    }
    if (++pruned > kMaxPruned) return;  // the next group goes on
    group.Delete(it->key().ToString());
    // The id may have been used again by this group.
    if (!group.requests.contains(request->id)) {
      group.Delete(TableKey(KeyTable::kRequest, std::string(request->id)));
    }
    prune_from_ = it->key().ToString();
  }
  // A table that cannot be read fails the reads that matter; here it only
  // delays. Requests that come meanwhile expire later than this.
  next_prune_nanos_ = now + retention / kPrunePasses;
}

}  // namespace enthesis::storage
