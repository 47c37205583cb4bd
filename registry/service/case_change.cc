#include "registry/service/case_change.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/service/grpc_status.h"
#include "registry/service/request_rules.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/field_mask.h"

namespace enthesis::service {

int32_t YearOf(absl::Time now) {
  return static_cast<int32_t>(
      absl::ToCivilYear(now, absl::UTCTimeZone()).year());
}

bool EtagNames(const std::string& etag, storage::CommitIndex index) {
  return wire::ParseEtag(etag) == index;
}

void SortByDay(model::Case& record) {
  std::stable_sort(record.follow_ups.begin(), record.follow_ups.end(),
                   [](const model::FollowUp& a, const model::FollowUp& b) {
                     return a.day < b.day;
                   });
}

absl::StatusOr<CaseChange> CheckChange(absl::Time now,
                                       const v1::CreateCaseRequest& request) {
  CaseChange change;
  change.kind = CaseChange::Kind::kCreate;
  Violations violations;
  RequireKnownFields(request, violations);
  change.name.site = RequireSiteName(request.parent(), "parent", violations);
  change.name.id = RequireId(request.case_id(), "case_id", violations);
  change.request_id = RequireRequestId(request.request_id(), violations);
  wire::Faults faults;
  change.record = wire::ToModel(request.case_(), "case", faults);
  AddFaults(faults, violations);
  validation::Findings findings;
  if (!request.has_case_()) {
    Violate("case", "is required", violations);
  } else {
    if (request.case_().patient().empty()) {
      Violate("case.patient", "is required: a random identifier", violations);
    }
    change.record.site = change.name.site;
    change.record.id = change.name.id;
    findings = validation::ValidateCase(change.record, YearOf(now));
  }
  AddFindings(findings.violations, violations);
  if (!violations.empty()) return FieldViolations(violations);
  SortByDay(change.record);
  change.digest = DigestOf("CreateCase", request);
  change.validate_only = request.validate_only();
  change.warnings = std::move(findings.warnings);
  return change;
}

absl::StatusOr<CaseChange> CheckChange(absl::Time,
                                       const v1::UpdateCaseRequest& request) {
  CaseChange change;
  change.kind = CaseChange::Kind::kUpdate;
  Violations violations;
  RequireKnownFields(request, violations);
  if (!request.has_case_()) Violate("case", "is required", violations);
  change.sent_name = request.case_().name();
  change.name = RequireCaseName(change.sent_name, "case.name", violations);
  change.etag = request.case_().etag();
  if (change.etag.empty()) {
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
  change.record = wire::ToModel(read, "case", faults);
  AddFaults(faults, violations);
  change.mask = &request.update_mask();
  change.correction = RequireReason<model::CorrectionReason>(
      request.reason(), model::kCorrectionReasonCodes, violations);
  change.request_id = RequireRequestId(request.request_id(), violations);
  if (!violations.empty()) return FieldViolations(violations);
  change.digest = DigestOf("UpdateCase", request);
  change.validate_only = request.validate_only();
  return change;
}

absl::StatusOr<CaseChange> CheckChange(absl::Time,
                                       const v1::AddFollowUpRequest& request) {
  CaseChange change;
  change.kind = CaseChange::Kind::kAddFollowUp;
  Violations violations;
  RequireKnownFields(request, violations);
  change.sent_name = request.name();
  change.name = RequireCaseName(request.name(), "name", violations);
  change.etag = request.etag();
  wire::Faults faults;
  if (request.has_follow_up()) {
    change.added = wire::ToModel(request.follow_up(), "follow_up", faults);
  } else {
    Violate("follow_up", "is required", violations);
  }
  AddFaults(faults, violations);
  change.request_id = RequireRequestId(request.request_id(), violations);
  if (!violations.empty()) return FieldViolations(violations);
  change.digest = DigestOf("AddFollowUp", request);
  return change;
}

absl::StatusOr<CaseChange> CheckChange(absl::Time now,
                                       const v1::ImportCasesRequest& request) {
  // The parts of the oneof are checked by their own rules.
  if (!request.GetReflection()->GetUnknownFields(request).empty()) {
    Violations violations;
    RequireKnownFields(request, violations);
    return FieldViolations(violations);
  }
  switch (request.change_case()) {
    case v1::ImportCasesRequest::kCreate:
      return CheckChange(now, request.create());
    case v1::ImportCasesRequest::kUpdate:
      return CheckChange(now, request.update());
    case v1::ImportCasesRequest::kAddFollowUp:
      return CheckChange(now, request.add_follow_up());
    case v1::ImportCasesRequest::CHANGE_NOT_SET:
      break;
  }
  return FieldViolation("change",
                        "is required: one of create, update, add_follow_up");
}

}  // namespace enthesis::service
