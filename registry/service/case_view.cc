#include "registry/service/case_view.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/service/grpc_status.h"
#include "registry/storage/records.h"

namespace enthesis::service {
namespace {

// Other cases looked at for one rule: more would be a store full of copies.
constexpr size_t kMaxCandidates = 64;

absl::StatusOr<std::string> CaseKeyOf(const std::string& index_key) {
  const auto name = storage::ParseIndexKey(index_key);
  if (!name.has_value()) {
    return absl::DataLossError(absl::StrCat("index key ", index_key));
  }
  return storage::CaseKey(name->site, name->id);
}

void SortOnce(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

}  // namespace

absl::StatusOr<std::optional<StoredCase>> ToStoredCase(
    const absl::StatusOr<storage::Document>& document) {
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

absl::StatusOr<StoredCase> RequireCase(
    const wire::CaseName& name, absl::StatusOr<std::optional<StoredCase>> found,
    bool live) {
  if (!found.ok()) return found.status();
  if (!found->has_value()) {
    return ResourceNotFound("case", wire::FormatCaseName(name.site, name.id));
  }
  if (live && (*found)->withdrawn.has_value()) {
    return ResourceNotFound("case", wire::FormatCaseName(name.site, name.id),
                            "withdrawn");
  }
  return **std::move(found);
}

IndexedCase::IndexedCase(const model::Case& record)
    : prefixes(storage::CandidatePrefixes(record)),
      keys(storage::IndexKeys(record, prefixes)) {}

void CaseView::ReadCases(absl::Span<const std::string> keys) {
  std::vector<absl::StatusOr<storage::Document>> documents =
      store_.GetAll(keys, as_of_);
  for (size_t i = 0; i < keys.size(); ++i) {
    cases_.insert_or_assign(keys[i], std::move(documents[i]));
  }
}

absl::Status CaseView::ReadCandidates(absl::Span<const std::string> prefixes) {
  absl::StatusOr<std::vector<std::vector<std::string>>> found =
      store_.ScanIndexes(prefixes, kMaxCandidates);
  if (!found.ok()) return found.status();
  std::vector<std::string> cases;
  for (size_t i = 0; i < prefixes.size(); ++i) {
    for (const std::string& index_key : (*found)[i]) {
      absl::StatusOr<std::string> key = CaseKeyOf(index_key);
      if (!key.ok()) return key.status();
      if (!others_.contains(*key)) cases.push_back(*std::move(key));
    }
    index_.insert_or_assign(prefixes[i], std::move((*found)[i]));
  }
  SortOnce(cases);
  const std::vector<absl::StatusOr<storage::Document>> documents =
      store_.GetAll(cases, as_of_);
  for (size_t i = 0; i < cases.size(); ++i) {
    absl::StatusOr<std::optional<StoredCase>> stored =
        ToStoredCase(documents[i]);
    if (!stored.ok()) return stored.status();
    // An index may be ahead of the view.
    const bool there = stored->has_value() && !(*stored)->withdrawn.has_value();
    others_[cases[i]] = there ? std::optional((*stored)->record) : std::nullopt;
  }
  return absl::OkStatus();
}

absl::StatusOr<const model::Site*> CaseView::Site(const std::string& site) {
  const auto known = sites_.find(site);
  if (known != sites_.end()) return &known->second;
  const absl::StatusOr<storage::Document> document =
      store_.Get(storage::SiteKey(site), as_of_);
  if (absl::IsNotFound(document.status())) {
    return ResourceNotFound("site", wire::FormatSiteName(site));
  }
  if (!document.ok()) return document.status();
  absl::StatusOr<model::Site> read = storage::DecodeSite(document->value);
  if (!read.ok()) return read.status();
  return &sites_.emplace(site, *std::move(read)).first->second;
}

absl::StatusOr<std::optional<StoredCase>> CaseView::Case(
    const std::string& key) {
  const auto read = cases_.find(key);
  if (read == cases_.end()) return ToStoredCase(store_.Get(key, as_of_));
  return ToStoredCase(read->second);
}

bool CaseView::Has(const std::string& key) const {
  const auto read = cases_.find(key);
  return read != cases_.end() && read->second.ok();
}

absl::StatusOr<CaseView::Candidates> CaseView::CandidatesOf(
    const model::Case& record, const IndexedCase& indexed) {
  std::vector<std::string> unread;
  for (const std::string& prefix : indexed.prefixes) {
    if (!index_.contains(prefix)) unread.push_back(prefix);
  }
  if (!unread.empty()) {
    const absl::Status read = ReadCandidates(unread);
    if (!read.ok()) return read;
  }
  const std::string own = storage::CaseKey(record.site, record.id);
  std::vector<std::string> keys;  // of cases
  for (const std::string& prefix : indexed.prefixes) {
    std::vector<std::string> found = index_[prefix];
    std::erase_if(found, [this](const std::string& key) {
      return removed_.contains(key);
    });
    const auto added = added_.find(prefix);
    if (added != added_.end()) {
      found.insert(found.end(), added->second.begin(), added->second.end());
    }
    SortOnce(found);
    if (found.size() > kMaxCandidates) found.resize(kMaxCandidates);
    for (const std::string& index_key : found) {
      absl::StatusOr<std::string> key = CaseKeyOf(index_key);
      if (!key.ok()) return key.status();
      if (*key != own) keys.push_back(*std::move(key));
    }
  }
  SortOnce(keys);
  Candidates candidates;
  for (const std::string& key : keys) {
    const auto pending = pending_.find(key);
    if (pending != pending_.end()) {
      candidates.any_pending = true;
      candidates.cases.push_back(*pending->second);
      continue;
    }
    const auto stored = others_.find(key);
    if (stored != others_.end() && stored->second.has_value()) {
      candidates.cases.push_back(*stored->second);
    }
  }
  return candidates;
}

void CaseView::AddPending(const std::string& key, const IndexedCase* before,
                          const model::Case& record,
                          const IndexedCase& indexed) {
  if (before != nullptr) {
    removed_.insert(before->keys.begin(), before->keys.end());
  }
  for (size_t i = 0; i < indexed.prefixes.size(); ++i) {
    removed_.erase(indexed.keys[i]);
    added_[indexed.prefixes[i]].push_back(indexed.keys[i]);
  }
  pending_[key] = &record;
}

}  // namespace enthesis::service
