#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "registry/model/visa_a.h"
#include "registry/service/grpc_status.h"
#include "registry/service/registry_handlers.h"
#include "registry/service/request_rules.h"
#include "registry/service/wire_answers.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/page_token.h"

namespace enthesis::service {
namespace {

// A page ends here even when fewer cases than asked for fit, so that it stays
// well below what one message may hold.
constexpr size_t kMaxPageBytes = model::kMaxMessageBytes / 2;

template <typename Request>
std::optional<uint64_t> AsOfAsked(const Request& request) {
  if (!request.has_as_of()) return std::nullopt;
  return request.as_of();
}

}  // namespace

absl::StatusOr<RegistryHandlers::PageStart> RegistryHandlers::StartPage(
    const std::string& page_token, std::optional<uint64_t> as_of,
    const std::string& list, absl::string_view prefix) {
  PageStart start;
  if (page_token.empty()) {
    const absl::StatusOr<storage::CommitIndex> resolved = ResolveAsOf(as_of);
    if (!resolved.ok()) return resolved.status();
    start.as_of = *resolved;
    return start;
  }
  const absl::StatusOr<wire::PageToken> token =
      wire::ParsePageToken(page_token, list);
  if (!token.ok()) return PageTokenInvalid(token.status().message());
  if (!absl::StartsWith(token->after, prefix) ||
      (as_of.has_value() && *as_of != token->as_of)) {
    return PageTokenInvalid("belongs to another list or as_of");
  }
  const absl::StatusOr<storage::CommitIndex> resolved =
      ResolveAsOf(token->as_of);
  if (!resolved.ok()) {
    return PageTokenInvalid("names a state that this registry does not have");
  }
  start.as_of = *resolved;
  start.after = token->after;
  return start;
}

absl::StatusOr<v1::GetCaseResponse> RegistryHandlers::GetCase(
    const Call&, const v1::GetCaseRequest& request) {
  Violations violations;
  RequireKnownFields(request, violations);
  const wire::CaseName name =
      RequireCaseName(request.name(), "name", violations);
  if (!violations.empty()) return FieldViolations(violations);
  const absl::StatusOr<storage::CommitIndex> as_of =
      ResolveAsOf(AsOfAsked(request));
  if (!as_of.ok()) return as_of.status();
  const absl::StatusOr<StoredCase> stored = ReadCase(name, *as_of);
  if (!stored.ok()) return stored.status();
  v1::GetCaseResponse response;
  response.set_as_of(*as_of);
  if (stored->withdrawn.has_value()) {
    *response.mutable_withdrawal() =
        ToWithdrawal(name, *stored->withdrawn, stored->index);
  } else {
    *response.mutable_case_() = wire::ToWire(stored->record, stored->index);
  }
  return response;
}

absl::StatusOr<v1::ListCasesResponse> RegistryHandlers::ListCases(
    const Call&, const v1::ListCasesRequest& request) {
  Violations violations;
  RequireKnownFields(request, violations);
  const std::string site =
      RequireSiteName(request.parent(), "parent", violations);
  const int page_size = RequirePageSize(request.page_size(), violations);
  if (!violations.empty()) return FieldViolations(violations);
  const std::string list = absl::StrCat("cases of ", request.parent());
  const std::string prefix = storage::CasesOfSitePrefix(site);
  const absl::StatusOr<PageStart> start =
      StartPage(request.page_token(), AsOfAsked(request), list, prefix);
  if (!start.ok()) return start.status();
  const absl::StatusOr<model::Site> known = ReadSite(site, start->as_of);
  if (!known.ok()) return known.status();

  v1::ListCasesResponse response;
  response.set_as_of(start->as_of);
  absl::Status corrupt;
  std::string last;
  size_t bytes = 0;
  const absl::Status scanned = store_.Scan(
      prefix, start->as_of,
      {start->after, static_cast<size_t>(page_size) + 1, false},
      [&](const storage::Document& document) {
        if (response.cases_size() == page_size || bytes > kMaxPageBytes) {
          response.set_next_page_token(
              wire::FormatPageToken({start->as_of, last}, list));
          return false;
        }
        const absl::StatusOr<storage::CaseVersion> version =
            storage::DecodeCase(document.value);
        corrupt = version.status();
        if (!version.ok()) return false;
        v1::Case& added = *response.add_cases();
        added = wire::ToWire(version->record, document.index);
        bytes += added.ByteSizeLong();
        last = document.key;
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!corrupt.ok()) return corrupt;
  return response;
}

absl::StatusOr<v1::ListCaseRevisionsResponse>
RegistryHandlers::ListCaseRevisions(
    const Call&, const v1::ListCaseRevisionsRequest& request) {
  Violations violations;
  RequireKnownFields(request, violations);
  const wire::CaseName name =
      RequireCaseName(request.name(), "name", violations);
  if (!violations.empty()) return FieldViolations(violations);
  const absl::StatusOr<storage::CommitIndex> as_of =
      ResolveAsOf(AsOfAsked(request));
  if (!as_of.ok()) return as_of.status();
  const absl::StatusOr<std::vector<storage::Document>> versions =
      store_.Versions(storage::CaseKey(name.site, name.id), *as_of);
  if (absl::IsNotFound(versions.status()) ||
      (versions.ok() && versions->empty())) {
    return ResourceNotFound("case", wire::FormatCaseName(name.site, name.id));
  }
  if (!versions.ok()) return versions.status();

  v1::ListCaseRevisionsResponse response;
  response.set_as_of(*as_of);
  for (const storage::Document& document : *versions) {
    v1::CaseRevision& revision = *response.add_revisions();
    if (document.tombstone) {
      const absl::StatusOr<model::WithdrawalReason> reason =
          storage::DecodeTombstone(document.value);
      if (!reason.ok()) return reason.status();
      *revision.mutable_withdrawal() =
          ToWithdrawal(name, *reason, document.index);
      continue;
    }
    const absl::StatusOr<storage::CaseVersion> version =
        storage::DecodeCase(document.value);
    if (!version.ok()) return version.status();
    *revision.mutable_case_() = wire::ToWire(version->record, document.index);
    if (version->correction_reason.has_value()) {
      revision.set_reason(
          static_cast<v1::CorrectionReason>(*version->correction_reason));
    }
  }
  return response;
}

absl::StatusOr<v1::ScoreVisaAResponse> RegistryHandlers::ScoreVisaA(
    const Call&, const v1::ScoreVisaARequest& request) {
  Violations violations;
  RequireKnownFields(request, violations);
  if (!request.has_visa_a()) Violate("visa_a", "is required", violations);
  const model::VisaA answers = wire::ToModel(request.visa_a());
  validation::Findings findings;
  if (request.has_visa_a()) {
    findings = validation::ValidateVisaA(answers, "visa_a");
  }
  AddFindings(findings.violations, violations);
  if (!violations.empty()) return FieldViolations(violations);
  v1::ScoreVisaAResponse response;
  const std::optional<int32_t> total = model::TotalOf(answers);
  if (total.has_value()) response.set_total(*total);
  for (const std::string& item : model::MissingItems(answers)) {
    response.add_missing_items(item);
  }
  *response.mutable_warnings() = ToWire(findings.warnings);
  return response;
}

}  // namespace enthesis::service
