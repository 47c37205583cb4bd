// What the answers of the registry mean for the lines of a record.

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/path_column.h"
#include "client/record_import.h"

namespace enthesis::client {
namespace {

constexpr int kMaxRetries = 5;

}  // namespace

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
  *part.stored_line = part.line_digest;
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

}  // namespace enthesis::client
