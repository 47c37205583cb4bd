// The store as the handlers of cases see it.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/service/grpc_status.h"
#include "registry/service/registry_handlers.h"
#include "registry/service/wire_answers.h"
#include "registry/wire/case_wire.h"

namespace enthesis::service {

// Other cases looked at for one rule: more would be a store full of copies.
constexpr size_t kMaxCandidates = 64;

absl::StatusOr<storage::CommitIndex> RegistryHandlers::ResolveAsOf(
    std::optional<uint64_t> as_of) {
  if (!as_of.has_value()) return store_.LastCommit().index;
  const absl::StatusOr<storage::Change> commit = store_.CommitAt(*as_of);
  if (absl::IsOutOfRange(commit.status())) {
    return FieldViolation(
        "as_of",
        absl::StrCat("commit ", *as_of, " does not exist yet; the last is ",
                     store_.LastCommit().index));
  }
  if (!commit.ok()) return commit.status();
  return *as_of;
}

absl::StatusOr<model::Site> RegistryHandlers::ReadSite(
    absl::string_view site, storage::CommitIndex as_of) {
  const absl::StatusOr<storage::Document> document =
      store_.Get(storage::SiteKey(site), as_of);
  if (absl::IsNotFound(document.status())) {
    return ResourceNotFound("site", wire::FormatSiteName(site));
  }
  if (!document.ok()) return document.status();
  return storage::DecodeSite(document->value);
}

absl::StatusOr<std::optional<RegistryHandlers::StoredCase>>
RegistryHandlers::FindCase(absl::string_view key, storage::CommitIndex as_of) {
  const absl::StatusOr<storage::Document> document = store_.Get(key, as_of);
  if (absl::IsNotFound(document.status())) return std::nullopt;
  if (!document.ok()) return document.status();
  StoredCase stored;
  stored.index = document->index;
  if (document->tombstone) {
    const absl::StatusOr<model::WithdrawalReason> reason =
        storage::DecodeTombstone(document->value);
    if (!reason.ok()) return reason.status();
    stored.withdrawn = *reason;
    return stored;
  }
  absl::StatusOr<storage::CaseVersion> version =
      storage::DecodeCase(document->value);
  if (!version.ok()) return version.status();
  stored.record = std::move(version->record);
  return stored;
}

absl::StatusOr<RegistryHandlers::StoredCase> RegistryHandlers::ReadCase(
    const wire::CaseName& name, storage::CommitIndex as_of) {
  absl::StatusOr<std::optional<StoredCase>> found =
      FindCase(storage::CaseKey(name.site, name.id), as_of);
  if (!found.ok()) return found.status();
  if (!found->has_value()) {
    return ResourceNotFound("case", wire::FormatCaseName(name.site, name.id));
  }
  return **std::move(found);
}

absl::StatusOr<RegistryHandlers::StoredCase> RegistryHandlers::ReadLiveCase(
    const wire::CaseName& name) {
  absl::StatusOr<StoredCase> stored = ReadCase(name, store_.LastCommit().index);
  if (stored.ok() && stored->withdrawn.has_value()) {
    return ResourceNotFound("case", wire::FormatCaseName(name.site, name.id),
                            "withdrawn");
  }
  return stored;
}

absl::StatusOr<std::vector<model::Case>> RegistryHandlers::Candidates(
    const model::Case& record, storage::CommitIndex as_of) {
  std::vector<std::string> found;
  for (const std::string& prefix : storage::CandidatePrefixes(record)) {
    absl::StatusOr<std::vector<std::string>> keys =
        store_.ScanIndex(prefix, kMaxCandidates);
    if (!keys.ok()) return keys.status();
    for (const std::string& key : *keys) {
      const auto name = storage::ParseIndexKey(key);
      if (!name.has_value()) {
        return absl::DataLossError(absl::StrCat("index key ", key));
      }
      if (name->site == record.site && name->id == record.id) continue;
      found.push_back(storage::CaseKey(name->site, name->id));
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::vector<model::Case> others;
  for (const std::string& key : found) {
    absl::StatusOr<std::optional<StoredCase>> other = FindCase(key, as_of);
    if (!other.ok()) return other.status();
    // An index may be ahead of the view.
    if (!other->has_value() || (*other)->withdrawn.has_value()) continue;
    others.push_back(std::move((*other)->record));
  }
  return others;
}

absl::StatusOr<std::optional<RegistryHandlers::CaseOutcome>>
RegistryHandlers::ReplayCase(const wire::CaseName& name, const Change& change) {
  const absl::StatusOr<std::optional<storage::CommitResult>> first =
      store_.Replay(change.request_id, change.digest);
  if (!first.ok()) return first.status();
  if (!first->has_value()) return std::optional<CaseOutcome>();
  absl::StatusOr<CaseOutcome> outcome = OutcomeOfReplay(name, **first);
  if (!outcome.ok()) return outcome.status();
  return std::optional<CaseOutcome>(*std::move(outcome));
}

absl::StatusOr<RegistryHandlers::CaseOutcome> RegistryHandlers::OutcomeOfReplay(
    const wire::CaseName& name, const storage::CommitResult& first) {
  const absl::StatusOr<StoredCase> stored = ReadCase(name, first.index);
  if (!stored.ok()) return stored.status();
  if (stored->withdrawn.has_value()) {
    return ResourceNotFound("case", wire::FormatCaseName(name.site, name.id),
                            "withdrawn");
  }
  CaseOutcome outcome;
  outcome.record = wire::ToWire(stored->record, stored->index);
  absl::StatusOr<std::vector<validation::Warning>> warnings =
      DecodeWarnings(first.response);
  if (!warnings.ok()) return warnings.status();
  outcome.warnings = *std::move(warnings);
  return outcome;
}

absl::StatusOr<RegistryHandlers::CaseOutcome> RegistryHandlers::CommitCase(
    const Call& call, const Change& change, const StoredCase* before,
    const model::Case& record, std::optional<model::CorrectionReason> reason,
    std::vector<validation::Warning> warnings) {
  const std::string key = storage::CaseKey(record.site, record.id);
  storage::Batch batch;
  if (before == nullptr) {
    batch.preconditions.push_back(
        {key, storage::Precondition::Kind::kAbsent, 0});
  } else {
    batch.preconditions.push_back(
        {key, storage::Precondition::Kind::kAtIndex, before->index});
  }
  batch.puts.push_back({key, storage::EncodeCase(record, reason)});
  std::vector<std::string> old_keys;
  if (before != nullptr) old_keys = storage::IndexKeys(before->record);
  const std::vector<std::string> new_keys = storage::IndexKeys(record);
  for (const std::string& old : old_keys) {
    if (std::find(new_keys.begin(), new_keys.end(), old) == new_keys.end()) {
      batch.index_changes.push_back({old, false});
    }
  }
  for (const std::string& added : new_keys) {
    if (std::find(old_keys.begin(), old_keys.end(), added) == old_keys.end()) {
      batch.index_changes.push_back({added, true});
    }
  }
  batch.request = storage::RequestRecord{change.request_id, change.digest,
                                         EncodeWarnings(warnings)};
  batch.audit.push_back({call.actor, change.action,
                         wire::FormatCaseName(record.site, record.id),
                         change.reason});
  batch.time_unix_nanos = absl::ToUnixNanos(call.now);
  const absl::StatusOr<storage::CommitResult> result =
      store_.Commit(std::move(batch));
  if (!result.ok()) return result.status();
  if (result->replayed) {
    return OutcomeOfReplay({record.site, record.id}, *result);
  }
  return CaseOutcome{wire::ToWire(record, result->index), std::move(warnings)};
}

std::mutex& RegistryHandlers::LockOfPatient(const model::Id& patient) {
  return patient_locks_[patient.low % kPatientLocks];
}

}  // namespace enthesis::service
