#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "registry/model/codes.h"
#include "registry/model/limits.h"
#include "registry/service/case_change.h"
#include "registry/service/grpc_status.h"
#include "registry/service/registry_handlers.h"
#include "registry/service/request_rules.h"
#include "registry/service/wire_answers.h"
#include "registry/wire/case_wire.h"

namespace enthesis::service {
namespace {

void ToAnswer(const CaseChange& change, v1::ImportCasesResponse& answer) {
  *answer.mutable_status() = ToRpcStatus(change.status);
  if (!change.status.ok()) return;
  answer.set_name(wire::FormatCaseName(change.name.site, change.name.id));
  answer.set_etag(wire::FormatEtag(change.index));
  answer.set_commit_index(change.index);
  *answer.mutable_warnings() = ToWire(change.warnings);
}

}  // namespace

absl::StatusOr<v1::CreateCaseResponse> RegistryHandlers::CreateCase(
    const Call& call, const v1::CreateCaseRequest& request) {
  return StoreOne<v1::CreateCaseResponse>(call, request);
}

absl::StatusOr<v1::UpdateCaseResponse> RegistryHandlers::UpdateCase(
    const Call& call, const v1::UpdateCaseRequest& request) {
  return StoreOne<v1::UpdateCaseResponse>(call, request);
}

absl::StatusOr<v1::AddFollowUpResponse> RegistryHandlers::AddFollowUp(
    const Call& call, const v1::AddFollowUpRequest& request) {
  return StoreOne<v1::AddFollowUpResponse>(call, request);
}

template <typename Response, typename Request>
absl::StatusOr<Response> RegistryHandlers::StoreOne(const Call& call,
                                                    const Request& request) {
  absl::StatusOr<CaseChange> change = CheckChange(call.now, request);
  if (!change.ok()) return change.status();
  CaseChange* const one = &*change;
  writer_.Store(call, {&one, 1});
  if (!change->status.ok()) return change->status;
  Response response;
  *response.mutable_case_() = wire::ToWire(change->record, change->index);
  *response.mutable_warnings() = ToWire(change->warnings);
  return response;
}

absl::StatusOr<v1::BatchImportCasesResponse> RegistryHandlers::BatchImportCases(
    const Call& call, const v1::BatchImportCasesRequest& request) {
  Violations violations;
  // Those within a row are its own.
  if (!request.GetReflection()->GetUnknownFields(request).empty()) {
    RequireKnownFields(request, violations);
  }
  if (request.rows().empty()) {
    Violate("rows", "is required: at least one row", violations);
  } else if (request.rows_size() > model::kMaxBatchRows) {
    Violate("rows",
            absl::StrCat("must not be more than ", model::kMaxBatchRows,
                         " in one message"),
            violations);
  }
  if (!violations.empty()) return FieldViolations(violations);
  v1::BatchImportCasesResponse response;
  response.mutable_rows()->Reserve(request.rows_size());
  std::vector<CaseChange> changes;  // pointed at: no growth later
  changes.reserve(static_cast<size_t>(request.rows_size()));
  std::vector<std::pair<CaseChange*, v1::ImportCasesResponse*>> answers;
  std::vector<CaseChange*> stored;
  for (const v1::ImportCasesRequest& row : request.rows()) {
    v1::ImportCasesResponse& answer = *response.add_rows();
    answer.set_row(row.row());
    absl::StatusOr<CaseChange> change = CheckChange(call.now, row);
    if (!change.ok()) {
      *answer.mutable_status() = ToRpcStatus(change.status());
      continue;
    }
    stored.push_back(&changes.emplace_back(*std::move(change)));
    answers.emplace_back(stored.back(), &answer);
  }
  writer_.Store(call, stored);
  for (const auto& [change, answer] : answers) ToAnswer(*change, *answer);
  return response;
}

v1::ImportCasesResponse RegistryHandlers::ImportRow(
    const Call& call, const v1::ImportCasesRequest& row) {
  v1::ImportCasesResponse answer;
  answer.set_row(row.row());
  absl::StatusOr<CaseChange> change = CheckChange(call.now, row);
  if (!change.ok()) {
    *answer.mutable_status() = ToRpcStatus(change.status());
    return answer;
  }
  CaseChange* const one = &*change;
  writer_.Store(call, {&one, 1});
  ToAnswer(*change, answer);
  return answer;
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
