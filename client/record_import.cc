#include "client/record_import.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/absent_columns.h"
#include "client/content_digest.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

constexpr int kMaxRetries = 5;
constexpr char kBaselineKey[] = "baseline";

bool IsPending(const std::string& pending, const std::string& digest) {
  for (absl::string_view one : absl::StrSplit(pending, ',')) {
    if (one == digest) return !digest.empty();
  }
  return false;
}

}  // namespace

RecordImport::RecordImport(const ImportContext& context,
                           const CsvRecord& record, LinkedRecord& link)
    : context_(context),
      record_(record),
      link_(link),
      was_stored_(!link.etag.empty()) {
  // Parts are pointed at: no growth later.
  parts_.reserve(record.follow_ups.size() + 2);
  AddBaselinePart();
  for (const CsvLine& line : record.follow_ups) {
    AddAssessmentPart(line, link.lines[line.event]);
  }
  ChooseFirstStep();
}

void RecordImport::AddBaselinePart() {
  if (!record_.baseline_line.has_value()) return;
  const CsvLine& line = *record_.baseline_line;
  Part& part = parts_.emplace_back();
  part.line = &line;
  part.is_baseline = true;
  part.digest = DigestOfBaseline(Merge(true));
  part.stored_digest = &link_.digest;
  part.pending = &link_.pending;
  part.changed = part.digest != link_.digest;
  part.bad = line.faulty;
  const auto known = link_.lines.find(kBaselineKey);
  if (line.assessment.has_value()) {
    AddAssessmentPart(line, link_.lines[kBaselineKey]);
  } else if (known != link_.lines.end() && !known->second.digest.empty() &&
             HasAssessmentColumns(context_.file->header)) {
    // The columns of the assessment before surgery were cleared.
    Part& removed = parts_.emplace_back();
    removed.line = &line;
    removed.follow_up.id = known->second.follow_up;
    removed.stored_digest = &known->second.digest;
    removed.pending = &known->second.pending;
    removed.changed = true;
    removed.bad = line.faulty;
  }
}

void RecordImport::AddAssessmentPart(const CsvLine& line, LinkedLine& link) {
  Part& part = parts_.emplace_back();
  part.line = &line;
  part.follow_up = line.assessment->follow_up;
  part.follow_up.id = link.follow_up;
  part.digest = DigestOfFollowUp(part.follow_up);
  part.stored_digest = &link.digest;
  part.pending = &link.pending;
  part.changed = part.digest != link.digest;
  part.bad = line.faulty;
}

void RecordImport::ChooseFirstStep() {
  if (!record_.baseline_line.has_value() && !was_stored_) {
    for (Part& part : parts_) {
      AddFault(part, "event",
               "the record has no baseline line; allowed: one line with event "
               "baseline");
    }
    baseline_rejected_ = true;
    return;
  }
  const bool any_faulty = std::any_of(
      parts_.begin(), parts_.end(), [](const Part& part) { return part.bad; });
  if (any_faulty) {
    step_ = was_stored_ ? Step::kFetch : Step::kProbe;
  } else {
    step_ = StepAfterProbe();
  }
}

bool RecordImport::AnyLeft() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.changed && !part.bad;
  });
}

RecordImport::Step RecordImport::StepAfterProbe() const {
  if (!was_stored_ && !stored_.has_value()) return Step::kCreate;
  if (!AnyLeft()) return Step::kDone;
  if (stored_.has_value()) return Step::kUpdate;
  const bool only_new =
      std::all_of(parts_.begin(), parts_.end(), [](const Part& part) {
        return !part.changed || part.bad ||
               (!part.is_baseline && part.stored_digest->empty() &&
                part.pending->empty());
      });
  return only_new ? Step::kAdd : Step::kFetch;
}

void RecordImport::MarkPending() {
  for (Part& part : parts_) {
    if (!part.changed || part.bad || part.digest.empty()) continue;
    if (IsPending(*part.pending, part.digest)) continue;
    absl::StrAppend(part.pending, part.pending->empty() ? "" : ",",
                    part.digest);
  }
}

std::string RecordImport::CaseName() const {
  return wire::FormatCaseName(context_.site, link_.case_id);
}

absl::Status RecordImport::TakeStored(
    const absl::StatusOr<v1::GetCaseResponse>& answer) {
  if (absl::IsNotFound(answer.status())) {
    RejectAll("the registry has no such case any more");
    return absl::OkStatus();
  }
  if (!answer.ok()) return answer.status();
  if (answer->has_withdrawal()) {
    RejectAll("the case was withdrawn from the registry");
    return absl::OkStatus();
  }
  absl::StatusOr<model::Case> stored = wire::FromAnswer(answer->case_());
  if (!stored.ok()) return stored.status();
  stored_ = *std::move(stored);
  stored_etag_ = answer->case_().etag();
  link_.etag = stored_etag_;
  CompareWithStored();
  const bool probe =
      std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
        return part.line->faulty && part.outcome != LineOutcome::kRejected;
      });
  step_ = probe ? Step::kProbe : StepAfterProbe();
  return absl::OkStatus();
}

void RecordImport::CompareWithStored() {
  for (Part& part : parts_) {
    if (!part.changed || part.bad) continue;
    if (part.is_baseline) {
      if (stored_->synthetic != record_.baseline.synthetic) {
        AddFault(part, "synthetic", "cannot change once the case is stored");
        continue;
      }
      part.digest = DigestOfBaseline(Merge(true));
      CompareDigest(part, DigestOfBaseline(*stored_));
      continue;
    }
    const auto found = std::find_if(
        stored_->follow_ups.begin(), stored_->follow_ups.end(),
        [&](const auto& known) { return known.id == part.follow_up.id; });
    if (found != stored_->follow_ups.end()) {
      if (!part.digest.empty()) {
        KeepAbsentColumns(context_.file->header, *found, part.follow_up);
        part.digest = DigestOfFollowUp(part.follow_up);
      }
      CompareDigest(part, DigestOfFollowUp(*found));
    } else if (part.digest.empty()) {
      Accept(part, LineOutcome::kUnchanged);  // gone already
    } else if (!part.stored_digest->empty()) {
      AddFault(
          part, "",
          "was changed here, and the registry has this assessment no more; "
          "nothing was overwritten");
      part.outcome = LineOutcome::kConflict;
    }
  }
}

void RecordImport::CompareDigest(Part& part, const std::string& stored) {
  if (stored == part.digest) {
    // An earlier run was interrupted, or both sides made the same change.
    Accept(part, was_stored_ ? LineOutcome::kUnchanged : LineOutcome::kCreated);
  } else if (stored != *part.stored_digest &&
             !IsPending(*part.pending, stored)) {
    AddFault(
        part, "",
        "was changed here and in the registry; nothing was overwritten. "
        "Make both equal, or take the value of the registry into the file");
    part.outcome = LineOutcome::kConflict;
  }
}

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
  sent_.assign(record.follow_ups.size(), nullptr);
  for (Part& part : parts_) {
    const bool left_out = part.outcome == LineOutcome::kConflict ||
                          (part.bad && !with_bad) || part.is_baseline;
    if (left_out || (stored_.has_value() && !part.changed)) continue;
    const auto at = std::find_if(
        record.follow_ups.begin(), record.follow_ups.end(),
        [&](const auto& known) { return known.id == part.follow_up.id; });
    const auto index = at - record.follow_ups.begin();
    if (part.digest.empty()) {
      if (at == record.follow_ups.end()) continue;
      record.follow_ups.erase(at);
      sent_.erase(sent_.begin() + index);
    } else if (at != record.follow_ups.end()) {
      *at = part.follow_up;
      sent_[static_cast<size_t>(index)] = &part;
    } else {
      record.follow_ups.push_back(part.follow_up);
      sent_.push_back(&part);
    }
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
  create.set_validate_only(probe);
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
    sent_.push_back(&part);
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

absl::Status RecordImport::TakeAnswer(size_t index,
                                      const v1::ImportCasesResponse& answer) {
  --n_awaited_;
  if (answer.status().code() != 0) {
    const absl::Status status = TakeError(index, ErrorOf(answer.status()));
    if (!status.ok()) return status;
  } else if (step_ == Step::kAdd) {
    AddWarnings(answer, {sent_[index]});
    Accept(*sent_[index], LineOutcome::kCreated);
    link_.etag = answer.etag();
    updated_ = true;
  } else if (step_ != Step::kProbe) {
    AcceptAll(answer);
  }
  if (n_awaited_ > 0 || step_ == Step::kDone) return absl::OkStatus();
  if (fetch_next_) {
    step_ = Step::kFetch;
  } else if (again_) {
    return absl::OkStatus();
  } else if (step_ == Step::kProbe) {
    // The faults are known: what is left can be stored, unless the baseline
    // line is at fault.
    if (!parts_.empty() && parts_[0].is_baseline && parts_[0].bad &&
        parts_[0].outcome != LineOutcome::kConflict) {
      RejectAll("");
    } else {
      step_ = StepAfterProbe();
    }
  } else if (step_ == Step::kAdd && !AnyLeft()) {
    step_ = Step::kDone;
  }
  return absl::OkStatus();
}

absl::Status RecordImport::TakeError(size_t index, const ErrorDetails& error) {
  switch (error.code) {
    case absl::StatusCode::kInvalidArgument:
      if (step_ == Step::kAdd) {
        Refuse(error, {sent_[index]});
      } else {
        Refuse(error, sent_);
      }
      return absl::OkStatus();
    case absl::StatusCode::kAlreadyExists:  // sent before, with other content
      fetch_next_ = ++n_retries_ <= kMaxRetries;
      if (!fetch_next_) RejectAll(error.message);
      return absl::OkStatus();
    case absl::StatusCode::kAborted:  // someone else changed it meanwhile
      fetch_next_ = ++n_retries_ <= kMaxRetries;
      if (!fetch_next_) RejectAll(error.message);
      return absl::OkStatus();
    case absl::StatusCode::kNotFound:
      if (!was_stored_ && !stored_.has_value()) break;  // the site
      RejectAll(error.message);
      return absl::OkStatus();
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      again_ = ++n_retries_ <= kMaxRetries;
      if (again_) return absl::OkStatus();
      break;
    default:
      break;
  }
  return absl::Status(error.code, error.message);
}

void RecordImport::Accept(Part& part, LineOutcome outcome) {
  part.outcome = outcome;
  part.changed = false;
  *part.stored_digest = part.digest;
  part.pending->clear();
}

void RecordImport::AcceptAll(const v1::ImportCasesResponse& answer) {
  const bool creating = step_ == Step::kCreate;
  AddWarnings(answer, sent_);
  for (Part& part : parts_) {
    if (part.bad || (!part.changed && !creating)) continue;
    const bool is_new =
        creating || (part.stored_digest->empty() && !part.line->is_baseline);
    Accept(part, is_new ? LineOutcome::kCreated : LineOutcome::kUpdated);
  }
  link_.etag = answer.etag();
  (creating ? created_ : updated_) = true;
  step_ = Step::kDone;
}

RecordImport::Part* RecordImport::PartOfPath(absl::string_view path,
                                             const std::vector<Part*>& sent,
                                             std::string& column) {
  Part* part = nullptr;
  if (step_ == Step::kAdd) {
    part = sent[0];
    if (!absl::ConsumePrefix(&path, "follow_up.")) path = "";
  } else if (absl::ConsumePrefix(&path, "case.follow_ups[")) {
    const std::vector<absl::string_view> split =
        absl::StrSplit(path, absl::MaxSplits(']', 1));
    size_t index = 0;
    for (char c : split[0]) {
      index = index * 10 + static_cast<size_t>(c - '0');
      if (c < '0' || c > '9' || index > sent.size()) index = sent.size();
    }
    if (index < sent.size()) part = sent[index];
    path = split.size() > 1 ? split[1] : "";
    absl::ConsumePrefix(&path, ".");
  }
  if (part != nullptr) {
    column = ColumnOfFollowUpPath(path, *part->line->assessment);
    return part;
  }
  if (!absl::ConsumePrefix(&path, "case.")) return PartAtFault();
  column = ColumnOfCasePath(path);
  if ((column == "surgery_year" || column == "operation_sequence") &&
      record_.baseline_line.has_value() &&
      !CellText(context_.text, *context_.file, *record_.baseline_line,
                "surgery_date")
           .empty()) {
    column = "surgery_date";  // which they come from
  }
  part = PartAtFault();
  if (part != nullptr && !part->is_baseline) column.clear();
  return part;
}

RecordImport::Part* RecordImport::PartAtFault() {
  if (!parts_.empty() && parts_[0].is_baseline &&
      (parts_[0].changed || parts_[0].bad)) {
    return &parts_[0];
  }
  for (Part& candidate : parts_) {
    if (candidate.changed && !candidate.bad) return &candidate;
  }
  return nullptr;
}

void RecordImport::Refuse(const ErrorDetails& error,
                          const std::vector<Part*>& sent) {
  bool any_new = false;
  for (const ErrorDetails::Violation& violation : error.violations) {
    std::string column;
    Part* part = PartOfPath(violation.path, sent, column);
    if (part == nullptr) continue;
    any_new = any_new || !part->bad;
    AddFault(*part, column,
             column.empty()
                 ? absl::StrCat(violation.path, ": ", violation.message)
                 : violation.message);
  }
  if (step_ == Step::kProbe || step_ == Step::kAdd) return;
  const bool baseline_bad = !parts_.empty() && parts_[0].is_baseline &&
                            parts_[0].bad &&
                            parts_[0].outcome != LineOutcome::kConflict;
  // Every try leaves out at least one line more.
  if (baseline_bad || !any_new) {
    RejectAll(baseline_bad ? "" : error.message);
  } else if (step_ == Step::kUpdate && !AnyLeft()) {
    step_ = Step::kDone;
  }
}

void RecordImport::AddFault(Part& part, std::string column,
                            std::string message) {
  part.bad = true;
  if (part.outcome != LineOutcome::kConflict) {
    part.outcome = LineOutcome::kRejected;
  }
  if (part.line->is_baseline && !part.is_baseline && !parts_.empty() &&
      parts_[0].is_baseline && !parts_[0].bad) {
    parts_[0].bad = true;  // one line, one verdict
    parts_[0].outcome = LineOutcome::kRejected;
  }
  CellFault fault{part.line->line, std::move(column), "", std::move(message)};
  const auto same_cell = [&](const CellFault& known) {
    return known.line == fault.line && known.column == fault.column;
  };
  // What could not be read here is absent there: one fault is enough.
  const auto& read = context_.file->faults;
  if (!fault.column.empty() &&
      (std::any_of(read.begin(), read.end(), same_cell) && part.line->faulty)) {
    return;
  }
  if (std::find_if(faults_.begin(), faults_.end(), [&](const CellFault& known) {
        return same_cell(known) && known.message == fault.message;
      }) != faults_.end()) {
    return;
  }
  fault.value =
      CellText(context_.text, *context_.file, *part.line, fault.column);
  faults_.push_back(std::move(fault));
}

void RecordImport::RejectAll(absl::string_view why) {
  for (Part& part : parts_) {
    if (part.bad) {
      if (part.outcome != LineOutcome::kConflict) {
        part.outcome = LineOutcome::kRejected;
      }
      continue;
    }
    if (!part.changed) continue;
    if (!why.empty()) {
      AddFault(part, "", std::string(why));
    } else {
      part.bad = true;
      part.outcome = LineOutcome::kRejected;
      part.with_baseline = !part.line->is_baseline;
    }
  }
  baseline_rejected_ = true;
  step_ = Step::kDone;
}

void RecordImport::AddWarnings(const v1::ImportCasesResponse& answer,
                               const std::vector<Part*>& sent) {
  for (const v1::Warning& warning : answer.warnings()) {
    std::string column;
    const Part* part = PartOfPath(warning.field(), sent, column);
    if (part == nullptr && !parts_.empty()) part = &parts_[0];
    if (part == nullptr) continue;
    warnings_.push_back(
        {part->line->line, column,
         CellText(context_.text, *context_.file, *part->line, column),
         warning.message()});
  }
}

void RecordImport::Report(std::map<int64_t, LineResult>& lines) const {
  for (const Part& part : parts_) {
    LineResult& result = lines[part.line->line];
    LineOutcome outcome = part.outcome;
    if (part.line->faulty) outcome = LineOutcome::kRejected;
    const bool unfinished = step_ != Step::kDone && part.changed && !part.bad;
    if (unfinished) outcome = LineOutcome::kNotSent;
    const bool first = result.line == 0;
    if (part.line->is_baseline && outcome == LineOutcome::kCreated &&
        was_stored_) {
      outcome = LineOutcome::kUpdated;
    }
    result.outcome = first ? outcome : std::max(result.outcome, outcome);
    result.line = part.line->line;
    result.record = record_.key;
    result.event = part.line->event;
    if (part.with_baseline && record_.baseline_line.has_value()) {
      result.note = absl::StrCat("rejected because the baseline line (line ",
                                 record_.baseline_line->line, ") was rejected");
    }
  }
  for (const CellFault& fault : faults_) {
    lines[fault.line].faults.push_back(fault);
  }
  for (const CellFault& warning : warnings_) {
    lines[warning.line].warnings.push_back(warning);
  }
}

}  // namespace enthesis::client
