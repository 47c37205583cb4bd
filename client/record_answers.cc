// What the answers of the registry mean for the lines of a record.

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/line_history.h"
#include "client/path_column.h"
#include "client/record_import.h"

namespace enthesis::client {
namespace {

constexpr int kMaxRetries = 5;

std::vector<int> InOrder(int n) {
  std::vector<int> groups(static_cast<size_t>(n));
  std::iota(groups.begin(), groups.end(), 0);
  return groups;
}

// As the registry says it of a stored case.
constexpr char kLimbTaken[] =
    "this limb of the patient has a case already; allowed: one case a limb (a "
    "reoperation is an event of the first case)";

}  // namespace

absl::Status RecordImport::TakeAnswer(size_t index,
                                      const v1::ImportCasesResponse& answer) {
  --n_awaited_;
  if (answer.status().code() != 0) {
    const absl::Status status = TakeError(index, ErrorOf(answer.status()));
    if (!status.ok()) return status;
  } else if (step_ == Step::kAdd) {
    AddWarnings(answer, {sent_[index]});
    Accept(*sent_[index].part, LineOutcome::kCreated);
    link_.etag = answer.etag();
    updated_ = true;
  } else if (step_ != Step::kProbe && !TakeLimb()) {
    Refuse({absl::StatusCode::kInvalidArgument,
            "",
            kLimbTaken,
            {{"case.baseline.laterality", kLimbTaken}}},
           sent_);
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
      if (step_ == Step::kAdd && IsOfDay(error)) {
        fetch_next_ = true;  // it may be there, entered without an import
      } else if (step_ == Step::kAdd) {
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
      RejectRecord(Loss::kWithdrawn);  // it was there when the import began
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

bool RecordImport::IsOfDay(const ErrorDetails& error) {
  return std::any_of(error.violations.begin(), error.violations.end(),
                     [](const ErrorDetails::Violation& violation) {
                       return violation.path == "follow_up.day";
                     });
}

void RecordImport::Accept(Part& part, LineOutcome outcome) {
  part.outcome = outcome;
  part.changed = false;
  std::string before = *part.stored_content;
  if (before.empty()) before = *part.stored_line;
  if (before.empty() && was_stored_ && part.line->is_baseline) {
    before = kNoAssessment;
  }
  NoteReplaced(before, part.content, *part.earlier);
  if (part.is_baseline) *part.stored_content = part.content;
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

bool RecordImport::TakeLimb() {
  const auto& laterality = record_.baseline.baseline.laterality;
  if (!context_.dry_run() || step_ != Step::kCreate || !laterality) return true;
  return context_.limbs->emplace(link_.patient, *laterality).second;
}

RecordImport::Place RecordImport::PlaceOf(absl::string_view path,
                                          const std::vector<Sent>& sent) {
  Place place;
  if (step_ == Step::kAdd) {
    place.part = sent[0].part;
    if (absl::ConsumePrefix(&path, "follow_up.")) {
      place.column = ColumnOfFollowUpPath(path, *place.part->line->assessment);
    }
    return place;
  }
  if (!absl::ConsumePrefix(&path, "case.")) return place;
  if (absl::ConsumePrefix(&path, "follow_ups[")) {
    return PlaceInAssessment(path, sent);
  }
  place.column = ClinicColumn(ColumnOfCasePath(path));
  if (place.column.empty()) return place;
  if (!parts_.empty() && parts_[0].is_baseline) {
    place.part = &parts_[0];
  } else {
    place.elsewhere =
        absl::StrCat(place.column, " of the baseline line, which is not here");
  }
  return place;
}

RecordImport::Place RecordImport::PlaceInAssessment(
    absl::string_view path, const std::vector<Sent>& sent) {
  Place place;
  const std::vector<absl::string_view> split =
      absl::StrSplit(path, absl::MaxSplits(']', 1));
  size_t index = 0;
  if (!absl::SimpleAtoi(split[0], &index) || index >= sent.size()) return place;
  path = split.size() > 1 ? split[1] : "";
  absl::ConsumePrefix(&path, ".");
  place.part = sent[index].part;
  if (place.part != nullptr) {
    // None where the columns of an assessment are gone from the line.
    static const CsvAssessment& none = *new CsvAssessment;
    const std::optional<CsvAssessment>& read = place.part->line->assessment;
    place.column = ColumnOfFollowUpPath(path, read.has_value() ? *read : none);
    return place;
  }
  static const CsvAssessment& in_order = *new CsvAssessment{
      {}, InOrder(kComplicationGroups), InOrder(kReoperationGroups)};
  const std::string column = ColumnOfFollowUpPath(path, in_order);
  place.elsewhere = absl::StrCat(
      column, column.empty() ? "the" : " of the", " assessment on day ",
      sent[index].day.value_or(0), ", which is not here");
  return place;
}

std::string RecordImport::ClinicColumn(std::string column) const {
  if ((column == "surgery_year" || column == "operation_sequence") &&
      record_.baseline_line.has_value() &&
      !CellText(context_.text, *context_.file, *record_.baseline_line,
                "surgery_date")
           .empty()) {
    return "surgery_date";
  }
  return column;
}

bool RecordImport::WasSent(const Part& part) const {
  return (part.changed || !stored_.has_value()) &&
         part.outcome != LineOutcome::kConflict;
}

std::string RecordImport::WhyTaken(const Place& place) const {
  if (place.part == nullptr || place.column != "day") return "";
  for (const Part& other : parts_) {
    if (&other == place.part || other.is_baseline || !other.changed) continue;
    if (!other.bad || !stored_.has_value()) continue;
    const model::FollowUp* kept = StoredFollowUp(other.follow_up.id);
    if (kept == nullptr || kept->day != place.part->follow_up.day) continue;
    return absl::StrCat("; line ", other.line->line,
                        ", which is to leave that day, was not stored");
  }
  return "";
}

RecordImport::Part* RecordImport::PartAtFault() {
  if (!parts_.empty() && parts_[0].is_baseline &&
      (parts_[0].changed || parts_[0].bad) &&
      parts_[0].outcome != LineOutcome::kConflict) {
    return &parts_[0];
  }
  for (Part& candidate : parts_) {
    if (candidate.changed && !candidate.bad) return &candidate;
  }
  return nullptr;
}

void RecordImport::Refuse(const ErrorDetails& error,
                          const std::vector<Sent>& sent) {
  bool any_new = false;
  for (const ErrorDetails::Violation& violation : error.violations) {
    const Place place = PlaceOf(violation.path, sent);
    Part* part = place.part != nullptr && WasSent(*place.part) ? place.part
                                                               : PartAtFault();
    if (part == nullptr) continue;
    any_new = any_new || !part->bad;
    AddFaultAt(*part, place, violation.message + WhyTaken(place));
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
  AddFaultAt(part, {&part, std::move(column), ""}, std::move(message));
}

void RecordImport::AddFaultAt(Part& part, const Place& place,
                              std::string message) {
  part.bad = true;
  if (part.outcome != LineOutcome::kConflict) {
    part.outcome = LineOutcome::kRejected;
  }
  if (part.line->is_baseline && !part.is_baseline && !parts_.empty() &&
      parts_[0].is_baseline && !parts_[0].bad) {
    parts_[0].bad = true;  // one line, one verdict
    parts_[0].outcome = part.outcome;
  }
  const CsvLine& line = *(place.part != nullptr ? place.part : &part)->line;
  CellFault fault{line.line, place.part != nullptr ? place.column : "", "",
                  std::move(message), line.offset};
  if (!place.elsewhere.empty()) {
    fault.message = absl::StrCat(place.elsewhere, ": ", fault.message);
  }
  const auto same_cell = [&](const CellFault& known) {
    return known.line == fault.line && known.column == fault.column;
  };
  // What could not be read here is absent there: one fault is enough.
  const auto& read = context_.file->faults;
  if (!fault.column.empty() && line.faulty &&
      std::any_of(read.begin(), read.end(), same_cell)) {
    return;
  }
  if (std::any_of(faults_.begin(), faults_.end(), [&](const auto& known) {
        return same_cell(known.second) && known.second.message == fault.message;
      })) {
    return;
  }
  fault.value = CellText(context_.text, *context_.file, line, fault.column);
  faults_.emplace_back(part.line->line, std::move(fault));
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
      if (part.line->is_baseline) continue;
      part.note = absl::StrCat("rejected because the baseline line (line ",
                               record_.baseline_line->line, ") was rejected");
    }
  }
  baseline_rejected_ = true;
  step_ = Step::kDone;
}

void RecordImport::RejectRecord(Loss loss) {
  for (Part& part : parts_) AddFault(part, "", Describe(loss));
  baseline_rejected_ = true;
  step_ = Step::kDone;
}

void RecordImport::AddWarnings(const v1::ImportCasesResponse& answer,
                               const std::vector<Sent>& sent) {
  if (parts_.empty()) return;
  for (const v1::Warning& warning : answer.warnings()) {
    const Place place = PlaceOf(warning.field(), sent);
    const bool is_here = place.part != nullptr;
    const CsvLine& line = *(is_here ? place.part : &parts_[0])->line;
    const std::string column = is_here ? place.column : "";
    warnings_.push_back(
        {line.line, column,
         CellText(context_.text, *context_.file, line, column),
         place.elsewhere.empty()
             ? warning.message()
             : absl::StrCat(place.elsewhere, ": ", warning.message()),
         line.offset});
  }
}

}  // namespace enthesis::client
