#include "client/record_import.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/absent_columns.h"
#include "client/content_digest.h"
#include "client/line_history.h"
#include "client/renamed_lines.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

constexpr char kBaselineKey[] = "baseline";

}  // namespace

RecordImport::RecordImport(const ImportContext& context,
                           const CsvRecord& record, LinkedRecord& link,
                           RecordDigests digests)
    : context_(context),
      record_(record),
      link_(link),
      was_stored_(!link.etag.empty()),
      digests_(std::move(digests)) {
  // Parts are pointed at: no growth later.
  parts_.reserve(record.follow_ups.size() + 2);
  AddBaselinePart();
  for (const CsvLine& line : record.follow_ups) {
    AddAssessmentPart(line, link.lines[line.event]);
  }
  ChooseFirstStep();
}

template <typename Compute>
std::string RecordImport::DigestOfLast(const Compute& compute) {
  const size_t place = parts_.size() - 1;
  return place < digests_.parts.size() ? digests_.parts[place] : compute();
}

RecordDigests RecordImport::Digests() const {
  RecordDigests digests;
  digests.parts.reserve(parts_.size());
  for (const Part& part : parts_) digests.parts.push_back(part.line_digest);
  if (!parts_.empty() && parts_[0].is_baseline) {
    digests.content = parts_[0].content;
  }
  return digests;
}

void RecordImport::AddBaselinePart() {
  if (!record_.baseline_line.has_value()) return;
  const CsvLine& line = *record_.baseline_line;
  Part& part = parts_.emplace_back();
  part.line = &line;
  part.is_baseline = true;
  part.digest = part.line_digest =
      DigestOfLast([this] { return DigestOfBaseline(Merge(true)); });
  part.stored_digest = &link_.digest;
  part.pending = &link_.pending;
  part.stored_line = &link_.line;
  part.changed = part.line_digest != link_.line;
  part.bad = line.faulty;
  SetHistory(
      part,
      digests_.content.empty() ? ContentOf(record_.baseline) : digests_.content,
      link_.content, link_.earlier);
  // An export without dates says nothing new of a line that is as it was.
  const bool silent = !record_.baseline.surgery_date.has_value() &&
                      link_.surgery_date.has_value();
  if (!part.changed && !part.bad && !part.older && was_stored_ && !silent) {
    // Of an older link file, or another date of the same year and rank.
    NoteReplaced(link_.content, part.content, link_.earlier);
    link_.content = part.content;
  }
  part.changed = part.changed || part.older;
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
    removed.stored_line = &known->second.line;
    removed.changed = true;
    removed.bad = line.faulty;
    SetHistory(removed, kNoAssessment, known->second.line,
               known->second.earlier);
  }
}

void RecordImport::AddAssessmentPart(const CsvLine& line, LinkedLine& link) {
  Part& part = parts_.emplace_back();
  part.line = &line;
  part.follow_up = line.assessment->follow_up;
  part.follow_up.id = link.follow_up;
  part.digest = part.line_digest =
      DigestOfLast([&part] { return DigestOfFollowUp(part.follow_up); });
  part.stored_digest = &link.digest;
  part.pending = &link.pending;
  part.stored_line = &link.line;
  part.changed = part.line_digest != link.line;
  part.bad = line.faulty;
  SetHistory(part, part.line_digest, link.line, link.earlier);
}

void RecordImport::SetHistory(Part& part, std::string content,
                              std::string& stored_content,
                              std::vector<std::string>& earlier) {
  part.content = std::move(content);
  part.stored_content = &stored_content;
  part.earlier = &earlier;
  part.older = !context_.accept_older && record_.baseline.etag.empty() &&
               part.content != stored_content &&
               IsEarlier(earlier, part.content);
}

void RecordImport::ChooseFirstStep() {
  const auto lost = context_.lost.find(record_.key);
  if (lost != context_.lost.end()) return RejectRecord(lost->second);
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
  // A vanished line may go on under the name of a new one.
  return only_new && !context_.dry_run() &&
                 VanishedEvents(*context_.file, record_, link_).empty()
             ? Step::kAdd
             : Step::kFetch;
}

bool RecordImport::IsPending(const Part& part, const std::string& digest) {
  for (absl::string_view one : absl::StrSplit(*part.pending, ',')) {
    if (one == digest) return !digest.empty();
  }
  return false;
}

void RecordImport::MarkPending() {
  for (Part& part : parts_) {
    if (!part.changed || part.bad || part.older || part.digest.empty()) {
      continue;
    }
    if (IsPending(part, part.digest)) continue;
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
    RejectRecord(Loss::kMissing);
    return absl::OkStatus();
  }
  if (!answer.ok()) return answer.status();
  if (answer->has_withdrawal()) {
    withdrawn_ = true;
    RejectRecord(Loss::kWithdrawn);
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

void RecordImport::TakeDateBack() {
  const auto before = context_.operations.find(record_.key);
  if (!baseline_held_back() || before == context_.operations.end()) return;
  link_.surgery_date = before->second.date;
  link_.operation_sequence = before->second.sequence;
}

LineOutcome RecordImport::OutcomeOf(const Part& part) const {
  const bool unfinished = step_ != Step::kDone && part.changed && !part.bad;
  if (unfinished) return LineOutcome::kNotSent;
  if (part.line->faulty) return LineOutcome::kRejected;
  if (part.line->is_baseline && part.outcome == LineOutcome::kCreated &&
      was_stored_) {
    return LineOutcome::kUpdated;
  }
  return part.outcome;
}

void RecordImport::ReportStored(LineResults& lines) const {
  for (const Part& part : parts_) {
    LineResult& result = lines[part.line->line];
    if (result.outcome < LineOutcome::kConflict) continue;
    // A baseline line is of two parts.
    const bool taken =
        std::all_of(parts_.begin(), parts_.end(), [&](const Part& other) {
          return other.line != part.line ||
                 OutcomeOf(other) < LineOutcome::kConflict;
        });
    const std::string& event = part.line->event;
    if (!taken || std::find(result.stored.begin(), result.stored.end(),
                            event) != result.stored.end()) {
      continue;
    }
    result.stored.push_back(event);
  }
}

void RecordImport::Report(LineResults& lines) const {
  for (const Part& part : parts_) {
    LineResult& result = lines[part.line->line];
    const LineOutcome outcome = OutcomeOf(part);
    const bool first = result.line == 0;
    if (part.outcome == LineOutcome::kUpdated) {
      result.changes.insert(result.changes.end(), part.changes.begin(),
                            part.changes.end());
    }
    // A line of several visits is named for the one that settles its outcome.
    if (first || outcome > result.outcome) {
      result.outcome = outcome;
      result.event = part.line->event;
    }
    result.line = part.line->line;
    result.record = record_.key;
    const bool of_baseline = record_.baseline_line.has_value() &&
                             record_.baseline_line->line == part.line->line;
    if (!part.note.empty() && !of_baseline) result.note = part.note;
  }
  ReportStored(lines);
  for (const auto& [line, fault] : faults_) {
    lines[line].faults.push_back(fault);
  }
  for (const CellFault& warning : warnings_) {
    lines[warning.line].warnings.push_back(warning);
  }
}

}  // namespace enthesis::client
