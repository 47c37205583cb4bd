#include "registry/wire/case_wire.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "enthesis/v1/case.access.h"
#include "registry/wire/resource_name.h"

namespace enthesis::wire {
namespace {

model::Id ReadId(const std::string& text, absl::string_view path,
                 Faults& faults) {
  const absl::StatusOr<model::Id> id = model::ParseId(text);
  if (id.ok()) return *id;
  faults.push_back({std::string(path), std::string(id.status().message())});
  return {};
}

model::Operation ToModel(const v1::Operation& wire) {
  model::Operation operation;
  v1::ReadFields(wire, operation);
  for (const int code : wire.concomitant_procedures()) {
    operation.concomitant_procedures.push_back(
        static_cast<model::Procedure>(code));
  }
  for (const int code : wire.implants()) {
    operation.implants.push_back(static_cast<model::ImplantClass>(code));
  }
  return operation;
}

void Write(const model::Operation& operation, v1::Operation& wire) {
  v1::WriteFields(operation, wire);
  for (const model::Procedure code : operation.concomitant_procedures) {
    wire.add_concomitant_procedures(static_cast<v1::Procedure>(code));
  }
  for (const model::ImplantClass code : operation.implants) {
    wire.add_implants(static_cast<v1::ImplantClass>(code));
  }
}

}  // namespace

model::VisaA ToModel(const v1::VisaA& wire) {
  model::VisaA answers;
  v1::ReadFields(wire, answers);
  return answers;
}

model::FollowUp ToModel(const v1::FollowUp& wire, absl::string_view path,
                        Faults& faults) {
  model::FollowUp follow_up;
  follow_up.id = ReadId(wire.id(), JoinPath(path, "id"), faults);
  v1::ReadFields(wire, follow_up);
  if (wire.has_visa_a()) follow_up.visa_a = ToModel(wire.visa_a());
  for (const v1::Complication& sent : wire.complications()) {
    v1::ReadFields(sent, follow_up.complications.emplace_back());
  }
  for (const v1::Reoperation& sent : wire.reoperations()) {
    v1::ReadFields(sent, follow_up.reoperations.emplace_back());
  }
  return follow_up;
}

model::Case ToModel(const v1::Case& wire, absl::string_view path,
                    Faults& faults) {
  model::Case record;
  if (!wire.patient().empty()) {
    record.patient = ReadId(wire.patient(), JoinPath(path, "patient"), faults);
  }
  record.synthetic = wire.synthetic();
  v1::ReadFields(wire.baseline(), record.baseline);
  v1::ReadFields(wire.conservative_care(), record.conservative_care);
  record.operation = ToModel(wire.operation());
  if (wire.status() != v1::CASE_STATUS_UNSPECIFIED) {
    record.status = static_cast<model::CaseStatus>(wire.status());
  }
  if (wire.has_status_day()) record.status_day = wire.status_day();
  record.follow_ups.reserve(static_cast<size_t>(wire.follow_ups_size()));
  for (int i = 0; i < wire.follow_ups_size(); ++i) {
    record.follow_ups.push_back(
        ToModel(wire.follow_ups(i), JoinPath(path, "follow_ups", i), faults));
  }
  return record;
}

absl::StatusOr<model::Case> FromAnswer(const v1::Case& wire) {
  Faults faults;
  model::Case record = ToModel(wire, "case", faults);
  if (!faults.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(faults[0].path, ": ", faults[0].message));
  }
  const absl::StatusOr<CaseName> name = ParseCaseName(wire.name());
  if (!name.ok()) return name.status();
  record.site = name->site;
  record.id = name->id;
  return record;
}

v1::VisaA ToWire(const model::VisaA& answers) {
  v1::VisaA wire;
  v1::WriteFields(answers, wire);
  return wire;
}

v1::FollowUp ToWire(const model::FollowUp& follow_up) {
  v1::FollowUp wire;
  wire.set_id(model::FormatId(follow_up.id));
  v1::WriteFields(follow_up, wire);
  if (follow_up.visa_a.has_value()) {
    v1::WriteFields(*follow_up.visa_a, *wire.mutable_visa_a());
  }
  for (const model::Complication& complication : follow_up.complications) {
    v1::WriteFields(complication, *wire.add_complications());
  }
  for (const model::Reoperation& reoperation : follow_up.reoperations) {
    v1::WriteFields(reoperation, *wire.add_reoperations());
  }
  return wire;
}

v1::Case ToWire(const model::Case& record, uint64_t index) {
  v1::Case wire;
  if (!record.id.IsZero())
    wire.set_name(FormatCaseName(record.site, record.id));
  wire.set_etag(FormatEtag(index));
  wire.set_commit_index(index);
  if (!record.patient.IsZero()) {
    wire.set_patient(model::FormatId(record.patient));
  }
  wire.set_synthetic(record.synthetic);
  v1::WriteFields(record.baseline, *wire.mutable_baseline());
  v1::WriteFields(record.conservative_care, *wire.mutable_conservative_care());
  Write(record.operation, *wire.mutable_operation());
  wire.set_status(static_cast<v1::CaseStatus>(record.status));
  if (record.status_day.has_value()) wire.set_status_day(*record.status_day);
  for (const model::FollowUp& follow_up : record.follow_ups) {
    *wire.add_follow_ups() = ToWire(follow_up);
  }
  return wire;
}

v1::Site ToWire(const model::Site& site, uint64_t index) {
  v1::Site wire;
  wire.set_name(FormatSiteName(site.id));
  wire.set_etag(FormatEtag(index));
  wire.set_commit_index(index);
  wire.set_synthetic(site.synthetic);
  return wire;
}

}  // namespace enthesis::wire
