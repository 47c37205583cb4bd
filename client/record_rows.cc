// The rows that a record sends.

#include <algorithm>

#include "client/absent_columns.h"
#include "client/record_import.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {

model::Case RecordImport::Merge(bool with_bad) {
  model::Case record;
  if (stored_.has_value()) record = *stored_;
  record.site = context_.site;
  record.id = link_.case_id;
  record.patient = link_.patient;
  const bool take_baseline =
      record_.baseline_line.has_value() &&
      (!stored_.has_value() || parts_.empty() ||
       (parts_[0].changed && parts_[0].outcome != LineOutcome::kConflict));
  if (take_baseline) {
    const CsvBaseline& baseline = record_.baseline;
    record.synthetic = baseline.synthetic;
    record.baseline = baseline.baseline;
    if (baseline.surgery_date.has_value()) {
      record.baseline.operation_sequence = link_.operation_sequence;
    }
    record.conservative_care = baseline.care;
    record.operation = baseline.operation;
    record.status = baseline.status;
    record.status_day = baseline.status_day;
    if (stored_.has_value()) {
      KeepAbsentColumns(context_.file->header, *stored_, record);
    }
  }
  // What changed goes behind the rest: of two assessments that contradict each
  // other the registry names the later in the list.
  for (Part& part : parts_) {
    const bool left_out = part.outcome == LineOutcome::kConflict ||
                          (part.bad && !with_bad) || part.is_baseline;
    if (left_out || (stored_.has_value() && !part.changed)) continue;
    std::erase_if(record.follow_ups, [&](const model::FollowUp& known) {
      return known.id == part.follow_up.id;
    });
    if (!part.digest.empty()) record.follow_ups.push_back(part.follow_up);
  }
  sent_.clear();
  for (const model::FollowUp& follow_up : record.follow_ups) {
    const auto part =
        std::find_if(parts_.begin(), parts_.end(), [&](const Part& candidate) {
          return !candidate.is_baseline &&
                 candidate.follow_up.id == follow_up.id;
        });
    sent_.push_back({part == parts_.end() ? nullptr : &*part, follow_up.day});
  }
  return record;
}

v1::ImportCasesRequest RecordImport::BuildCreate(bool probe) {
  v1::ImportCasesRequest row;
  v1::CreateCaseRequest& create = *row.mutable_create();
  model::Case record = Merge(probe);
  if (probe && stored_.has_value()) {
    // A stored case cannot be validated as a new one under its own ids.
    record.patient = model::NewId();
    record.id = model::NewId();
  }
  create.set_parent(wire::FormatSiteName(context_.site));
  create.set_case_id(model::FormatId(record.id));
  *create.mutable_case_() = wire::ToWire(record);
  create.mutable_case_()->clear_name();
  create.set_validate_only(probe || context_.dry_run());
  return row;
}

v1::ImportCasesRequest RecordImport::BuildUpdate() {
  v1::ImportCasesRequest row;
  v1::UpdateCaseRequest& update = *row.mutable_update();
  *update.mutable_case_() = wire::ToWire(Merge(false));
  update.mutable_case_()->set_etag(stored_etag_);
  bool baseline = false, follow_ups = false;
  for (const Part& part : parts_) {
    if (!part.changed || part.bad) continue;
    (part.is_baseline ? baseline : follow_ups) = true;
  }
  if (baseline) {
    for (const char* path : {"baseline", "conservative_care", "operation",
                             "status", "status_day"}) {
      update.mutable_update_mask()->add_paths(path);
    }
  }
  if (follow_ups) update.mutable_update_mask()->add_paths("follow_ups");
  update.set_validate_only(context_.dry_run());
  update.set_reason(static_cast<v1::CorrectionReason>(context_.reason));
  return row;
}

std::vector<v1::ImportCasesRequest> RecordImport::BuildAdds() {
  std::vector<v1::ImportCasesRequest> rows;
  sent_.clear();
  for (Part& part : parts_) {
    if (!part.changed || part.bad) continue;
    v1::AddFollowUpRequest& add = *rows.emplace_back().mutable_add_follow_up();
    add.set_name(CaseName());
    *add.mutable_follow_up() = wire::ToWire(part.follow_up);
    sent_.push_back({&part, part.follow_up.day});
  }
  return rows;
}

std::vector<v1::ImportCasesRequest> RecordImport::NextRows() {
  std::vector<v1::ImportCasesRequest> rows;
  switch (step_) {
    case Step::kProbe:
    case Step::kCreate:
      rows.push_back(BuildCreate(step_ == Step::kProbe));
      break;
    case Step::kAdd:
      rows = BuildAdds();
      break;
    case Step::kUpdate:
      rows.push_back(BuildUpdate());
      break;
    case Step::kFetch:
    case Step::kDone:
      break;
  }
  n_awaited_ = rows.size();
  fetch_next_ = false;
  again_ = false;
  return rows;
}

}  // namespace enthesis::client
