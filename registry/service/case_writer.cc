#include "registry/service/case_writer.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "registry/service/grpc_status.h"
#include "registry/service/request_rules.h"
#include "registry/service/wire_answers.h"
#include "registry/storage/records.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/field_mask.h"

namespace enthesis::service {
namespace {

using Kind = CaseChange::Kind;

const char* ActionOf(Kind kind) {
  switch (kind) {
    case Kind::kCreate:
      return "CreateCase";
    case Kind::kUpdate:
      return "UpdateCase";
    case Kind::kAddFollowUp:
      break;
  }
  return "AddFollowUp";
}

// Whether rules compare it with other cases.
bool IsCompared(Kind kind) { return kind != Kind::kAddFollowUp; }

}  // namespace

// Invariant: `change->status`, `index` and `warnings` are the answer once
// `done`. A batch is there only between Judge and Commit.
struct CaseWriter::Work {
  explicit Work(CaseChange& one)
      : change(&one),
        key(storage::CaseKey(one.name.site, one.name.id)),
        form_warnings(std::move(one.warnings)) {}

  CaseChange* change;
  std::string key;
  std::vector<validation::Warning> form_warnings;  // of the request by itself
  bool done = false;
  // Refused because of a change before it that is not stored yet.
  bool refused_by_pending = false;
  std::optional<IndexedCase> indexed;          // of the case as it is to be
  std::optional<IndexedCase> indexed_before;   // as it is
  std::optional<storage::CommitIndex> before;  // version to take the place of
  std::optional<storage::Batch> batch;

  void Answer(absl::Status status) {
    change->status = std::move(status);
    done = true;
  }
};

void CaseWriter::Store(const Call& call,
                       absl::Span<CaseChange* const> changes) {
  // What must see another change stored comes in a later group: changes of the
  // same case, retries within the batch, and after either of them whatever is
  // compared with other cases.
  std::vector<std::vector<Work>> groups;
  absl::flat_hash_map<std::string, size_t> after_case, after_request;
  size_t compared = 0;
  for (CaseChange* change : changes) {
    Work work(*change);
    size_t& of_case = after_case[work.key];
    size_t& of_request = after_request[change->request_id];
    size_t group = std::max(of_case, of_request);
    if (IsCompared(change->kind)) {
      compared = group = std::max(group, compared);
    }
    of_case = of_request = group + 1;
    if (groups.size() <= group) groups.resize(group + 1);
    groups[group].push_back(std::move(work));
  }
  for (std::vector<Work>& group : groups) StoreTogether(call, std::move(group));
}

void CaseWriter::StoreTogether(const Call& call, std::vector<Work> works) {
  AnswerReplays(works);
  const auto drop_done = [&works] {
    std::erase_if(works, [](const Work& work) { return work.done; });
  };
  drop_done();
  for (int i = 0; i < kMaxAttempts && !works.empty(); ++i) {
    Try(call, works);
    drop_done();
  }
  for (Work& work : works) work.Answer(EtagMismatch(work.change->sent_name));
}

void CaseWriter::AnswerReplays(std::vector<Work>& works) {
  std::vector<storage::RequestName> requests;
  requests.reserve(works.size());
  for (const Work& work : works) {
    requests.push_back({work.change->request_id, work.change->digest});
  }
  const std::vector<absl::StatusOr<std::optional<storage::CommitResult>>>
      first = store_.ReplayAll(requests);
  for (size_t i = 0; i < works.size(); ++i) {
    if (!first[i].ok()) {
      works[i].Answer(first[i].status());
    } else if (first[i]->has_value()) {
      AnswerReplay(**first[i], *works[i].change);
      works[i].done = true;
    }
  }
}

void CaseWriter::AnswerReplay(const storage::CommitResult& first,
                              CaseChange& change) {
  absl::StatusOr<StoredCase> stored = RequireCase(
      change.name,
      ToStoredCase(store_.Get(
          storage::CaseKey(change.name.site, change.name.id), first.index)),
      /*live=*/true);
  change.status = stored.status();
  if (!stored.ok()) return;
  absl::StatusOr<std::vector<validation::Warning>> warnings =
      DecodeWarnings(first.response);
  change.status = warnings.status();
  if (!warnings.ok()) return;
  change.record = std::move(stored->record);
  change.index = stored->index;
  change.warnings = *std::move(warnings);
}

void CaseWriter::Try(const Call& call, std::vector<Work>& works) {
  const PatientLocks::Hold hold(patients_, PatientsOf(works));
  CaseView view(store_);
  Read(works, view);
  for (Work& work : works) {
    if (work.done) continue;
    work.refused_by_pending = false;
    work.batch.reset();
    const absl::Status status = Judge(call, view, work);
    if (!status.ok() || !work.batch.has_value()) {
      work.Answer(status);
    } else if (IsCompared(work.change->kind)) {
      view.AddPending(
          work.key,
          work.indexed_before.has_value() ? &*work.indexed_before : nullptr,
          work.change->record, *work.indexed);
    }
  }
  Commit(works);
}

std::vector<model::Id> CaseWriter::PatientsOf(std::vector<Work>& works) {
  std::vector<model::Id> patients;
  std::vector<std::string> keys;
  std::vector<Work*> corrections;
  for (Work& work : works) {
    if (work.change->kind == Kind::kCreate) {
      patients.push_back(work.change->record.patient);
    } else if (work.change->kind == Kind::kUpdate) {
      keys.push_back(work.key);
      corrections.push_back(&work);
    }
  }
  if (keys.empty()) return patients;
  const std::vector<absl::StatusOr<storage::Document>> documents =
      store_.GetAll(keys, store_.LastCommit().index);
  for (size_t i = 0; i < keys.size(); ++i) {
    const absl::StatusOr<StoredCase> before =
        RequireCase(corrections[i]->change->name, ToStoredCase(documents[i]),
                    /*live=*/true);
    if (before.ok()) {
      patients.push_back(before->record.patient);  // it never changes
    } else {
      corrections[i]->Answer(before.status());
    }
  }
  return patients;
}

// A read that fails is done again, and then answered, by whoever needs it.
void CaseWriter::Read(std::vector<Work>& works, CaseView& view) {
  std::vector<std::string> keys;
  keys.reserve(works.size());
  for (const Work& work : works) keys.push_back(work.key);
  view.ReadCases(keys);
  std::vector<std::string> prefixes;
  for (Work& work : works) {
    if (work.change->kind != Kind::kCreate || view.Has(work.key)) continue;
    if (!work.indexed.has_value()) work.indexed.emplace(work.change->record);
    prefixes.insert(prefixes.end(), work.indexed->prefixes.begin(),
                    work.indexed->prefixes.end());
  }
  view.ReadCandidates(prefixes).IgnoreError();
}

absl::Status CaseWriter::Judge(const Call& call, CaseView& view, Work& work) {
  absl::Status status;
  switch (work.change->kind) {
    case Kind::kCreate:
      status = JudgeNew(view, work);
      break;
    case Kind::kUpdate:
      status = JudgeCorrection(call, view, work);
      break;
    case Kind::kAddFollowUp:
      status = JudgeAddition(call, view, work);
      break;
  }
  if (!status.ok() || !work.batch.has_value()) return status;
  CaseChange& change = *work.change;
  storage::Batch& batch = *work.batch;
  batch.preconditions.push_back({work.key,
                                 work.before.has_value()
                                     ? storage::Precondition::Kind::kAtIndex
                                     : storage::Precondition::Kind::kAbsent,
                                 work.before.value_or(0)});
  batch.puts.push_back(
      {work.key, storage::EncodeCase(change.record, change.correction)});
  batch.request = storage::RequestRecord{change.request_id, change.digest,
                                         EncodeWarnings(change.warnings)};
  batch.audit.push_back(
      {call.actor, ActionOf(change.kind),
       wire::FormatCaseName(change.name.site, change.name.id),
       change.correction.has_value()
           ? std::string(model::CodeOf(model::kCorrectionReasonCodes,
                                       *change.correction))
           : std::string()});
  batch.time_unix_nanos = absl::ToUnixNanos(call.now);
  return status;
}

absl::Status CaseWriter::JudgeNew(CaseView& view, Work& work) {
  CaseChange& change = *work.change;
  const absl::StatusOr<const model::Site*> site = view.Site(change.name.site);
  if (!site.ok()) return site.status();
  if ((*site)->synthetic != change.record.synthetic) {
    return FieldViolation("case.synthetic",
                          (*site)->synthetic
                              ? "must be true: the site is synthetic"
                              : "must be false: the site is not synthetic");
  }
  const absl::StatusOr<std::optional<StoredCase>> found = view.Case(work.key);
  if (!found.ok()) return found.status();
  if (found->has_value()) {
    const StoredCase& existing = **found;
    if (existing.withdrawn.has_value() || existing.record != change.record) {
      return ResourceExists(
          "case", wire::FormatCaseName(change.name.site, change.name.id),
          existing.withdrawn.has_value() ? "withdrawn" : "with other content");
    }
    change.index = existing.index;
    change.warnings = work.form_warnings;
    return absl::OkStatus();
  }
  if (!work.indexed.has_value()) work.indexed.emplace(change.record);
  validation::Findings findings;
  findings.warnings = work.form_warnings;
  const absl::Status compared = Compare(view, change.record, work, findings);
  if (!compared.ok()) return compared;
  change.warnings = std::move(findings.warnings);
  if (change.validate_only) return absl::OkStatus();
  storage::Batch& batch = work.batch.emplace();
  for (const std::string& key : work.indexed->keys) {
    batch.index_changes.push_back({key, true});
  }
  return absl::OkStatus();
}

absl::Status CaseWriter::JudgeCorrection(const Call& call, CaseView& view,
                                         Work& work) {
  CaseChange& change = *work.change;
  const absl::StatusOr<StoredCase> before =
      RequireCase(change.name, view.Case(work.key), /*live=*/true);
  if (!before.ok()) return before.status();
  if (!EtagNames(change.etag, before->index)) {
    return EtagMismatch(change.sent_name);
  }
  model::Case record = before->record;
  wire::ApplyFieldMask(*change.mask, change.record, record);
  validation::Findings findings =
      validation::ValidateCase(record, YearOf(call.now));
  work.indexed.emplace(record);
  const absl::Status compared = Compare(view, record, work, findings);
  if (!compared.ok()) return compared;
  SortByDay(record);
  change.warnings = std::move(findings.warnings);
  change.record = std::move(record);
  if (change.record == before->record) {  // nothing changes: nothing is stored
    change.index = before->index;
    return absl::OkStatus();
  }
  if (change.validate_only) return absl::OkStatus();
  work.before = before->index;
  work.indexed_before.emplace(before->record);
  storage::Batch& batch = work.batch.emplace();
  const std::vector<std::string>& old_keys = work.indexed_before->keys;
  const std::vector<std::string>& new_keys = work.indexed->keys;
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
  return absl::OkStatus();
}

// Adds what the rules against other cases find to `findings`; all violations.
absl::Status CaseWriter::Compare(CaseView& view, const model::Case& record,
                                 Work& work, validation::Findings& findings) {
  const absl::StatusOr<CaseView::Candidates> others =
      view.CandidatesOf(record, *work.indexed);
  if (!others.ok()) return others.status();
  validation::Findings against =
      validation::ValidateAgainst(record, others->cases);
  AddFindings(against.violations, findings.violations);
  if (!findings.violations.empty()) {
    work.refused_by_pending = others->any_pending;
    return FieldViolations(findings.violations);
  }
  findings.warnings.insert(findings.warnings.end(), against.warnings.begin(),
                           against.warnings.end());
  return absl::OkStatus();
}

absl::Status CaseWriter::JudgeAddition(const Call& call, CaseView& view,
                                       Work& work) {
  CaseChange& change = *work.change;
  absl::StatusOr<StoredCase> before =
      RequireCase(change.name, view.Case(work.key), /*live=*/true);
  if (!before.ok()) return before.status();
  for (const model::FollowUp& known : before->record.follow_ups) {
    if (known.id != change.added.id) continue;
    if (known != change.added) {
      return ResourceExists("follow-up", model::FormatId(change.added.id),
                            "with other content");
    }
    change.record = std::move(before->record);
    change.index = before->index;
    change.warnings.clear();
    return absl::OkStatus();
  }
  if (!change.etag.empty() && !EtagNames(change.etag, before->index)) {
    return EtagMismatch(change.sent_name);
  }
  validation::Findings findings = validation::ValidateFollowUp(
      before->record, change.added, YearOf(call.now));
  if (!findings.violations.empty()) return FieldViolations(findings.violations);
  work.before = before->index;
  change.warnings = std::move(findings.warnings);
  change.record = std::move(before->record);
  change.record.follow_ups.push_back(change.added);
  SortByDay(change.record);
  work.batch.emplace();
  return absl::OkStatus();
}

void CaseWriter::Commit(std::vector<Work>& works) {
  std::vector<storage::Batch> batches;
  std::vector<Work*> sent;
  for (Work& work : works) {
    if (!work.batch.has_value()) continue;
    batches.push_back(*std::move(work.batch));
    sent.push_back(&work);
  }
  if (batches.empty()) return;
  const std::vector<absl::StatusOr<storage::CommitResult>> results =
      store_.CommitAll(std::move(batches));
  bool all_stored = true;
  for (size_t i = 0; i < sent.size(); ++i) {
    sent[i]->done = TakeResult(results[i], *sent[i]);
    all_stored &= results[i].ok() && !results[i]->replayed;
  }
  if (all_stored) return;
  // What was held against them may not be there after all.
  for (Work& work : works) {
    if (work.refused_by_pending) work.done = false;
  }
}

bool CaseWriter::TakeResult(const absl::StatusOr<storage::CommitResult>& result,
                            Work& work) {
  CaseChange& change = *work.change;
  if (result.ok() && result->replayed) {
    AnswerReplay(*result, change);
  } else if (result.ok()) {
    change.index = result->index;
  } else if (change.kind == Kind::kCreate &&
             absl::IsAlreadyExists(result.status())) {
    // Another caller came first: the next look compares with what is stored.
    return false;
  } else if (absl::IsAborted(result.status())) {
    if (change.kind == Kind::kAddFollowUp && change.etag.empty()) return false;
    change.status = EtagMismatch(change.sent_name);
  } else {
    change.status = result.status();
  }
  return true;
}

}  // namespace enthesis::service
