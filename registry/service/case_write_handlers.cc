#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "registry/model/codes.h"
#include "registry/service/grpc_status.h"
#include "registry/service/registry_handlers.h"
#include "registry/service/request_rules.h"
#include "registry/service/wire_answers.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/field_mask.h"

namespace enthesis::service {
namespace {

// How often a change that lost a race against another one is tried again. Each
// lost race is another caller's success.
constexpr int kMaxAttempts = 100;

int32_t YearOf(absl::Time now) {
  return static_cast<int32_t>(
      absl::ToCivilYear(now, absl::UTCTimeZone()).year());
}

void SortByDay(model::Case& record) {
  std::stable_sort(record.follow_ups.begin(), record.follow_ups.end(),
                   [](const model::FollowUp& a, const model::FollowUp& b) {
                     return a.day < b.day;
                   });
}

// The reason code of a request; a violation unless it is in the list.
template <typename Reason>
Reason RequireReason(int number, const model::CodeList& codes,
                     Violations& violations) {
  if (codes.Find(number) == nullptr) {
    Violate("reason", absl::StrCat("must be one of: ", codes.Allowed()),
            violations);
  }
  return static_cast<Reason>(number);
}

bool EtagNames(const std::string& etag, storage::CommitIndex index) {
  return wire::ParseEtag(etag) == index;
}

}  // namespace

absl::StatusOr<v1::CreateCaseResponse> RegistryHandlers::CreateCase(
    const Call& call, const v1::CreateCaseRequest& request) {
  Violations violations;
  RequireKnownFields(request, violations);
  const std::string site =
      RequireSiteName(request.parent(), "parent", violations);
  const model::Id id = RequireId(request.case_id(), "case_id", violations);
  const std::string request_id =
      RequireRequestId(request.request_id(), violations);
  wire::Faults faults;
  model::Case record = wire::ToModel(request.case_(), "case", faults);
  AddFaults(faults, violations);
  validation::Findings findings;
  if (!request.has_case_()) {
    Violate("case", "is required", violations);
  } else {
    if (request.case_().patient().empty()) {
      Violate("case.patient", "is required: a random identifier", violations);
    }
    record.site = site;
    record.id = id;
    findings = validation::ValidateCase(record, YearOf(call.now));
  }
  AddFindings(findings.violations, violations);
  if (!violations.empty()) return FieldViolations(violations);

  SortByDay(record);
  const Change change{request_id, DigestOf("CreateCase", request), "CreateCase",
                      std::string()};
  absl::StatusOr<CaseOutcome> outcome =
      StoreNewCase(call, change, record, std::move(findings.warnings),
                   request.validate_only());
  if (!outcome.ok()) return outcome.status();
  v1::CreateCaseResponse response;
  *response.mutable_case_() = std::move(outcome->record);
  *response.mutable_warnings() = ToWire(outcome->warnings);
  return response;
}

absl::StatusOr<RegistryHandlers::CaseOutcome> RegistryHandlers::StoreNewCase(
    const Call& call, const Change& change, const model::Case& record,
    std::vector<validation::Warning> warnings, bool validate_only) {
  absl::StatusOr<std::optional<CaseOutcome>> replayed =
      ReplayCase({record.site, record.id}, change);
  if (!replayed.ok()) return replayed.status();
  if (replayed->has_value()) return **std::move(replayed);
  const std::lock_guard<std::mutex> lock(LockOfPatient(record.patient));
  absl::StatusOr<CaseOutcome> outcome =
      TryStoreNewCase(call, change, record, warnings, validate_only);
  if (absl::IsAlreadyExists(outcome.status())) {
    // Either it was there, or another caller came first: the second look
    // compares with what is stored now.
    outcome = TryStoreNewCase(call, change, record, warnings, validate_only);
  }
  return outcome;
}

absl::StatusOr<RegistryHandlers::CaseOutcome> RegistryHandlers::TryStoreNewCase(
    const Call& call, const Change& change, const model::Case& record,
    std::vector<validation::Warning> warnings, bool validate_only) {
  const storage::CommitIndex now = store_.LastCommit().index;
  const absl::StatusOr<model::Site> site = ReadSite(record.site, now);
  if (!site.ok()) return site.status();
  if (site->synthetic != record.synthetic) {
    return FieldViolation("case.synthetic",
                          site->synthetic
                              ? "must be true: the site is synthetic"
                              : "must be false: the site is not synthetic");
  }
  const absl::StatusOr<std::optional<StoredCase>> found =
      FindCase(storage::CaseKey(record.site, record.id), now);
  if (!found.ok()) return found.status();
  if (found->has_value()) {
    const StoredCase& existing = **found;
    if (!existing.withdrawn.has_value() && existing.record == record) {
      return CaseOutcome{wire::ToWire(record, existing.index),
                         std::move(warnings)};
    }
    return ResourceExists(
        "case", wire::FormatCaseName(record.site, record.id),
        existing.withdrawn.has_value() ? "withdrawn" : "with other content");
  }

  const absl::StatusOr<std::vector<model::Case>> others =
      Candidates(record, now);
  if (!others.ok()) return others.status();
  validation::Findings findings = validation::ValidateAgainst(record, *others);
  if (!findings.violations.empty()) return FieldViolations(findings.violations);
  warnings.insert(warnings.end(), findings.warnings.begin(),
                  findings.warnings.end());
  if (validate_only) {
    return CaseOutcome{wire::ToWire(record), std::move(warnings)};
  }
  return CommitCase(call, change, nullptr, record, std::nullopt,
                    std::move(warnings));
}

absl::StatusOr<v1::UpdateCaseResponse> RegistryHandlers::UpdateCase(
    const Call& call, const v1::UpdateCaseRequest& request) {
  Violations violations;
  RequireKnownFields(request, violations);
  if (!request.has_case_()) Violate("case", "is required", violations);
  const wire::CaseName name =
      RequireCaseName(request.case_().name(), "case.name", violations);
  if (request.case_().etag().empty()) {
    Violate("case.etag", "is required: that of the version read", violations);
  }
  wire::Faults faults;
  wire::CheckFieldMask(request.update_mask(), faults);
  // Only what the mask names is read.
  v1::Case read = request.case_();
  read.clear_patient();
  if (!wire::MaskNames(request.update_mask(), "follow_ups")) {
    read.clear_follow_ups();
  }
  const model::Case sent = wire::ToModel(read, "case", faults);
  AddFaults(faults, violations);
  const auto reason = RequireReason<model::CorrectionReason>(
      request.reason(), model::kCorrectionReasonCodes, violations);
  const Change change{
      RequireRequestId(request.request_id(), violations),
      DigestOf("UpdateCase", request), "UpdateCase",
      std::string(model::CodeOf(model::kCorrectionReasonCodes, reason))};
  if (!violations.empty()) return FieldViolations(violations);

  absl::StatusOr<CaseOutcome> outcome =
      StoreCorrection(call, change, name, request, sent, reason);
  if (!outcome.ok()) return outcome.status();
  v1::UpdateCaseResponse response;
  *response.mutable_case_() = std::move(outcome->record);
  *response.mutable_warnings() = ToWire(outcome->warnings);
  return response;
}

absl::StatusOr<RegistryHandlers::CaseOutcome> RegistryHandlers::StoreCorrection(
    const Call& call, const Change& change, const wire::CaseName& name,
    const v1::UpdateCaseRequest& request, const model::Case& sent,
    model::CorrectionReason reason) {
  absl::StatusOr<std::optional<CaseOutcome>> replayed =
      ReplayCase(name, change);
  if (!replayed.ok()) return replayed.status();
  if (replayed->has_value()) return **std::move(replayed);
  absl::StatusOr<StoredCase> before = ReadLiveCase(name);
  if (!before.ok()) return before.status();
  const std::lock_guard<std::mutex> lock(LockOfPatient(before->record.patient));
  before = ReadLiveCase(name);
  if (!before.ok()) return before.status();
  if (!EtagNames(request.case_().etag(), before->index)) {
    return EtagMismatch(request.case_().name());
  }
  model::Case record = before->record;
  wire::ApplyFieldMask(request.update_mask(), sent, record);
  validation::Findings findings =
      validation::ValidateCase(record, YearOf(call.now));
  const absl::StatusOr<std::vector<model::Case>> others =
      Candidates(record, store_.LastCommit().index);
  if (!others.ok()) return others.status();
  validation::Findings against = validation::ValidateAgainst(record, *others);
  AddFindings(against.violations, findings.violations);
  if (!findings.violations.empty()) return FieldViolations(findings.violations);
  findings.warnings.insert(findings.warnings.end(), against.warnings.begin(),
                           against.warnings.end());
  SortByDay(record);
  if (record == before->record) {  // nothing changes, so nothing is stored
    return CaseOutcome{wire::ToWire(record, before->index),
                       std::move(findings.warnings)};
  }
  absl::StatusOr<CaseOutcome> outcome = CommitCase(
      call, change, &*before, record, reason, std::move(findings.warnings));
  if (absl::IsAborted(outcome.status())) {
    return EtagMismatch(request.case_().name());
  }
  return outcome;
}

absl::StatusOr<v1::AddFollowUpResponse> RegistryHandlers::AddFollowUp(
    const Call& call, const v1::AddFollowUpRequest& request) {
  Violations violations;
  RequireKnownFields(request, violations);
  const wire::CaseName name =
      RequireCaseName(request.name(), "name", violations);
  wire::Faults faults;
  model::FollowUp added;
  if (request.has_follow_up()) {
    added = wire::ToModel(request.follow_up(), "follow_up", faults);
  } else {
    Violate("follow_up", "is required", violations);
  }
  AddFaults(faults, violations);
  const Change change{RequireRequestId(request.request_id(), violations),
                      DigestOf("AddFollowUp", request), "AddFollowUp",
                      std::string()};
  if (!violations.empty()) return FieldViolations(violations);

  absl::StatusOr<std::optional<CaseOutcome>> replayed =
      ReplayCase(name, change);
  if (!replayed.ok()) return replayed.status();
  absl::StatusOr<CaseOutcome> outcome =
      absl::AbortedError("lost every race against other changes");
  if (replayed->has_value()) outcome = **std::move(replayed);
  for (int i = 0; i < kMaxAttempts && absl::IsAborted(outcome.status()); ++i) {
    outcome = TryAddFollowUp(call, change, name, request.etag(), added);
    if (!request.etag().empty()) break;
  }
  if (absl::IsAborted(outcome.status())) return EtagMismatch(request.name());
  if (!outcome.ok()) return outcome.status();
  v1::AddFollowUpResponse response;
  *response.mutable_case_() = std::move(outcome->record);
  *response.mutable_warnings() = ToWire(outcome->warnings);
  return response;
}

absl::StatusOr<RegistryHandlers::CaseOutcome> RegistryHandlers::TryAddFollowUp(
    const Call& call, const Change& change, const wire::CaseName& name,
    const std::string& etag, const model::FollowUp& added) {
  const absl::StatusOr<StoredCase> before = ReadLiveCase(name);
  if (!before.ok()) return before.status();
  for (const model::FollowUp& known : before->record.follow_ups) {
    if (known.id != added.id) continue;
    if (known == added) {
      return CaseOutcome{wire::ToWire(before->record, before->index), {}};
    }
    return ResourceExists("follow-up", model::FormatId(added.id),
                          "with other content");
  }
  if (!etag.empty() && !EtagNames(etag, before->index)) {
    return absl::AbortedError("etag");
  }
  validation::Findings findings =
      validation::ValidateFollowUp(before->record, added, YearOf(call.now));
  if (!findings.violations.empty()) return FieldViolations(findings.violations);
  model::Case record = before->record;
  record.follow_ups.push_back(added);
  SortByDay(record);
  return CommitCase(call, change, &*before, record, std::nullopt,
                    std::move(findings.warnings));
}

absl::StatusOr<v1::WithdrawCaseResponse> RegistryHandlers::WithdrawCase(
    const Call& call, const v1::WithdrawCaseRequest& request) {
  Violations violations;
  RequireKnownFields(request, violations);
  const wire::CaseName name =
      RequireCaseName(request.name(), "name", violations);
  const auto reason = RequireReason<model::WithdrawalReason>(
      request.reason(), model::kWithdrawalReasonCodes, violations);
  const Change change{
      RequireRequestId(request.request_id(), violations),
      DigestOf("WithdrawCase", request), "WithdrawCase",
      std::string(model::CodeOf(model::kWithdrawalReasonCodes, reason))};
  if (!violations.empty()) return FieldViolations(violations);

  absl::StatusOr<v1::Withdrawal> withdrawal =
      absl::AbortedError("lost every race against other changes");
  for (int i = 0; i < kMaxAttempts && absl::IsAborted(withdrawal.status());
       ++i) {
    withdrawal = TryWithdraw(call, change, name, request.etag(), reason);
    if (!request.etag().empty()) break;
  }
  if (absl::IsAborted(withdrawal.status())) return EtagMismatch(request.name());
  if (!withdrawal.ok()) return withdrawal.status();
  v1::WithdrawCaseResponse response;
  *response.mutable_withdrawal() = *std::move(withdrawal);
  return response;
}

absl::StatusOr<v1::Withdrawal> RegistryHandlers::TryWithdraw(
    const Call& call, const Change& change, const wire::CaseName& name,
    const std::string& etag, model::WithdrawalReason reason) {
  const auto replayed = store_.Replay(change.request_id, change.digest);
  if (!replayed.ok()) return replayed.status();
  if (replayed->has_value()) {
    return ToWithdrawal(name, reason, (*replayed)->index);
  }
  const absl::StatusOr<StoredCase> before =
      ReadCase(name, store_.LastCommit().index);
  if (!before.ok()) return before.status();
  if (before->withdrawn.has_value()) {
    if (before->withdrawn == reason) {
      return ToWithdrawal(name, reason, before->index);
    }
    return ResourceNotFound("case", wire::FormatCaseName(name.site, name.id),
                            "withdrawn for another reason");
  }
  if (!etag.empty() && !EtagNames(etag, before->index)) {
    return absl::AbortedError("etag");
  }
  const std::string key = storage::CaseKey(name.site, name.id);
  storage::Batch batch;
  batch.preconditions.push_back(
      {key, storage::Precondition::Kind::kAtIndex, before->index});
  batch.withdrawals.push_back({key, storage::EncodeTombstone(reason)});
  for (const std::string& index_key : storage::IndexKeys(before->record)) {
    batch.index_changes.push_back({index_key, false});
  }
  batch.request =
      storage::RequestRecord{change.request_id, change.digest, std::string()};
  batch.audit.push_back({call.actor, change.action,
                         wire::FormatCaseName(name.site, name.id),
                         change.reason});
  batch.time_unix_nanos = absl::ToUnixNanos(call.now);
  const absl::StatusOr<storage::CommitResult> result =
      store_.Commit(std::move(batch));
  if (!result.ok()) return result.status();
  return ToWithdrawal(name, reason, result->index);
}

}  // namespace enthesis::service
