// The import of one record: what its lines ask of the registry, step by step,
// and what became of each line. It sends nothing itself; importer.h does.
//
// Steps: a record not stored yet is created, at first with all its lines; lines
// that the registry refuses are left out and the rest is sent again. A stored
// one gets its new assessments added, or, when something else changed or a line
// vanished, is fetched and updated as one document. Where a cell cannot be
// read, the rest is sent to be validated only, so that all faults are found at
// once. In a dry run everything is sent to be validated only.

#ifndef ENTHESIS_CLIENT_RECORD_IMPORT_H_
#define ENTHESIS_CLIENT_RECORD_IMPORT_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/case_csv.h"
#include "client/differing_columns.h"
#include "client/import_report.h"
#include "client/line_results.h"
#include "client/link_file.h"
#include "client/registered_cases.h"
#include "client/registry_client.h"
#include "registry/model/case.h"

namespace enthesis::client {

// What the link file had of an operation before an import.
struct KnownOperation {
  std::optional<Date> date;
  std::optional<int32_t> sequence;
};

// What all records of one import share. Outlives them.
struct ImportContext {
  absl::string_view text;  // of the file
  const CaseFile* file = nullptr;
  std::string site;
  model::CorrectionReason reason = model::CorrectionReason::kLateInformation;
  LostCases lost;
  // Null but in a dry run: the limbs that it accepted, of which the registry
  // cannot know.
  std::set<std::pair<model::Id, model::Laterality>>* limbs = nullptr;
  bool accept_older = false;
  // By record whose date this import changed in the link file.
  std::map<std::string, KnownOperation> operations = {};

  bool dry_run() const { return limbs != nullptr; }
};

// What the lines of a record say, so that it is worked out once.
struct RecordDigests {
  std::vector<std::string> parts;  // of the lines as they are in the file
  std::string content;             // of the baseline line (line_history.h)
};

class RecordImport {
 public:
  // `link` has its ids, date and sequence already. `context`, `record` and
  // `link` outlive the object. `digests`: those of an earlier object of the
  // same record, which are then not computed again.
  RecordImport(const ImportContext& context, const CsvRecord& record,
               LinkedRecord& link, RecordDigests digests = {});

  // Notes in the link file what is about to be sent.
  void MarkPending();
  // For another object of the same record.
  RecordDigests Digests() const;

  // Whether the stored case is needed before the next rows, and its name.
  bool NeedsStored() const { return step_ == Step::kFetch; }
  std::string CaseName() const;
  // The answer to GetCase. A case that is gone rejects the lines; any other
  // error is returned.
  absl::Status TakeStored(const absl::StatusOr<v1::GetCaseResponse>& answer);

  // The rows to send now; empty when the record is done.
  std::vector<v1::ImportCasesRequest> NextRows();
  // The answer to row `index` of the last NextRows. An error stops the import.
  absl::Status TakeAnswer(size_t index, const v1::ImportCasesResponse& answer);

  // Gives the link its former date and rank back where the baseline line was
  // not accepted. After the last answer.
  void TakeDateBack();
  bool baseline_held_back() const {
    return !parts_.empty() && parts_[0].is_baseline && parts_[0].bad;
  }
  const std::string& patient_key() const {
    return record_.baseline.patient_key;
  }

  // Faults and outcomes into the results by line.
  void Report(LineResults& lines) const;

  bool created() const { return created_; }
  bool updated() const { return updated_; }
  bool rejected() const { return baseline_rejected_; }
  // Whether the registry answered that the case was withdrawn.
  bool withdrawn() const { return withdrawn_; }
  const std::string& key() const { return record_.key; }

 private:
  enum class Step { kProbe, kCreate, kFetch, kAdd, kUpdate, kDone };

  // What a line asks: the baseline, or one assessment.
  struct Part {
    const CsvLine* line = nullptr;
    bool is_baseline = false;  // else an assessment
    model::FollowUp follow_up;
    // Of the line as it is in the file; empty: to be removed.
    std::string line_digest;
    // Of what is to be stored: with the values of columns the file lacks.
    std::string digest;
    std::string* stored_digest = nullptr;  // in the link
    std::string* pending = nullptr;        // in the link
    std::string* stored_line = nullptr;    // in the link
    // Of the line as line_history.h has it, now and, in the link, last and
    // before.
    std::string content;
    std::string* stored_content = nullptr;
    std::vector<std::string>* earlier = nullptr;
    bool older = false;    // as an earlier import had it: not to be taken
    bool changed = false;  // to be sent
    bool bad = false;      // rejected or in conflict
    LineOutcome outcome = LineOutcome::kUnchanged;
    bool entered_there = false;       // in the registry, without an import
    std::string note;                 // why rejected, where it has no fault
    std::vector<CellChange> changes;  // against what the registry holds
  };

  // A place in what was sent, as the clinic's file has it.
  struct Place {
    Part* part = nullptr;   // of its line; null where the file has none
    std::string column;     // empty where no column holds it
    std::string elsewhere;  // without a line: where it is
  };

  // An assessment of what was sent.
  struct Sent {
    Part* part = nullptr;  // null where the file has no line of it
    std::optional<int32_t> day;
  };

  // That of the part made last, by `compute` where it is not known.
  template <typename Compute>
  std::string DigestOfLast(const Compute& compute);
  void AddBaselinePart();
  void AddAssessmentPart(const CsvLine& line, LinkedLine& link);
  // What the link file knows of earlier states of the part's line.
  void SetHistory(Part& part, std::string content, std::string& stored_content,
                  std::vector<std::string>& earlier);
  void ChooseFirstStep();
  Step StepAfterProbe() const;

  // Parts against what the registry holds now.
  void CompareWithStored();
  void CompareBaseline(Part& part);
  void CompareAssessment(Part& part);
  // Lines that stand for the day of a vanished one take over its assessment.
  void TakeOverVanished();
  // New lines are the assessments of their day that no line stands for, as
  // those entered by hand.
  void TakeOverEntered();
  const model::FollowUp* StoredFollowUp(const model::Id& id) const;
  // The date that the days of the registry count from; absent: not known.
  std::optional<Date> AcceptedDate() const;
  // Holds lines back whose days may count from a date that was not taken.
  void HoldVisitsOfOtherDate();
  // Whether an earlier import sent this and had no answer.
  static bool IsPending(const Part& part, const std::string& digest);
  // False when the registry changed what this part is to replace.
  bool Settle(Part& part, const std::string& stored);
  void AddConflict(Part& part, const std::vector<DifferingColumn>& columns);
  // Holds the part back, whose line is as an earlier import had it.
  void AddOlder(Part& part, const std::vector<DifferingColumn>& columns);
  // One fault a column; `what` happened, and after what is held the
  // `end` of the sentence.
  void AddFaults(Part& part, const std::vector<DifferingColumn>& columns,
                 absl::string_view what, absl::string_view end);
  void NoteChanges(Part& part, const std::vector<DifferingColumn>& columns);

  v1::ImportCasesRequest BuildCreate(bool probe);
  v1::ImportCasesRequest BuildUpdate();
  std::vector<v1::ImportCasesRequest> BuildAdds();
  model::Case Merge(bool with_bad);

  void Accept(Part& part, LineOutcome outcome);
  void AcceptAll(const v1::ImportCasesResponse& answer);
  // In a dry run: whether no other line of the file took the same limb.
  bool TakeLimb();
  void Refuse(const ErrorDetails& error, const std::vector<Sent>& sent);
  void AddFault(Part& part, std::string column, std::string message);
  // The same for a cell that may be on another line than the one it rejects.
  void AddFaultAt(Part& part, const Place& place, std::string message);
  // What is still to be sent, or every line of the record.
  void RejectAll(absl::string_view why);
  void RejectRecord(Loss loss);
  // What a path of the registry is about.
  Place PlaceOf(absl::string_view path, const std::vector<Sent>& sent);
  Place PlaceInAssessment(absl::string_view path,
                          const std::vector<Sent>& sent);
  // The year and rank of an operation come from its date, where that is given.
  std::string ClinicColumn(std::string column) const;
  // Whether the part's own values were sent.
  bool WasSent(const Part& part) const;
  // Why a day is taken, where the line that is to leave it was left out; with
  // a "; " in front.
  std::string WhyTaken(const Place& place) const;
  // Whether a new assessment was refused for its day.
  static bool IsOfDay(const ErrorDetails& error);
  // The line to blame where a path names none that was sent.
  Part* PartAtFault();
  absl::Status TakeError(size_t index, const ErrorDetails& error);
  void AddWarnings(const v1::ImportCasesResponse& answer,
                   const std::vector<Sent>& sent);
  bool AnyLeft() const;
  LineOutcome OutcomeOf(const Part& part) const;
  // Visits that were taken although their line was not.
  void ReportStored(LineResults& lines) const;

  const ImportContext& context_;
  const CsvRecord& record_;
  LinkedRecord& link_;
  const bool was_stored_;
  const RecordDigests digests_;  // empty where they are not known
  Step step_ = Step::kDone;
  std::vector<Part> parts_;
  std::optional<model::Case> stored_;
  std::string stored_etag_;
  std::vector<Sent> sent_;  // by index of follow_ups, or of the row of an add
  // Each with the line that it rejects, which need not be its own.
  std::vector<std::pair<int64_t, CellFault>> faults_;
  std::vector<CellFault> warnings_;
  size_t n_awaited_ = 0;  // answers of the last NextRows still to come
  bool fetch_next_ = false;
  bool again_ = false;  // the last rows are to be sent once more
  int n_retries_ = 0;
  bool created_ = false;
  bool updated_ = false;
  bool baseline_rejected_ = false;
  bool withdrawn_ = false;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_RECORD_IMPORT_H_
