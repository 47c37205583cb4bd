#include "client/importer.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "client/exported_ids.h"
#include "client/line_history.h"
#include "client/operation_sequence.h"
#include "client/record_import.h"
#include "client/registered_cases.h"
#include "client/renamed_lines.h"
#include "client/threads.h"
#include "client/withdrawn_records.h"
#include "stats/parallel.h"

namespace enthesis::client {
namespace {

// Records that a lane has at a time, about a message of them.
constexpr size_t kBatch = 512;
// Lanes: while the registry stores what one sent, others make and read
// messages.
constexpr int kLanes = 4;

// What lines put into the link file before it is known whether they are
// accepted.
struct Tentative {
  std::map<std::string, KnownOperation>
      operations;                 // what was there, by record
  std::set<std::string> persons;  // keys that were not there
};

// What the records sent led to.
struct Collected {
  LineResults lines;
  LostCases withdrawn;
  std::set<std::string> persons;  // keys of baseline lines that were accepted
};

void FaultOnBaseline(CsvRecord& record, const char* column,
                     const std::string& value, const char* message,
                     CaseFile& file) {
  record.baseline_line->faulty = true;
  file.faults.push_back({record.baseline_line->line, column, value, message,
                         record.baseline_line->offset});
}

bool IsOtherId(const model::Id& id, const std::string& key,
               const Links& links) {
  const auto others = links.other_ids.find(key);
  return others != links.other_ids.end() && others->second.count(id) > 0;
}

// The person of a record, by the clinic's key where the file has one.
void LinkPatient(CsvRecord& record, LinkedRecord& link, Links& links,
                 CaseFile& file, Tentative& tentative) {
  const std::optional<model::Id>& given = record.baseline.patient_id;
  if (link.patient.IsZero()) link.patient = given.value_or(model::NewId());
  if (given.has_value() && *given != link.patient) {
    FaultOnBaseline(record, "patient_id", model::FormatId(*given),
                    "is another person than that of the case; that cannot "
                    "change",
                    file);
  }
  const std::string& key = record.baseline.patient_key;
  if (key.empty()) return;
  const auto [known, is_new] = links.patients.emplace(key, link.patient);
  if (is_new) tentative.persons.insert(key);
  if (is_new || known->second == link.patient ||
      IsOtherId(link.patient, key, links)) {
    return;
  }
  if (link.etag.empty() && link.pending.empty()) {
    link.patient = known->second;
    return;
  }
  FaultOnBaseline(record, "patient_key", key,
                  "names another person than when the record was first sent; "
                  "that cannot change",
                  file);
}

bool HasColumn(const CaseFile& file, const char* name) {
  return std::find(file.header.begin(), file.header.end(), name) !=
         file.header.end();
}

// Ids, person and date of a record in the link file, which has it not as
// withdrawn.
LinkedRecord& LinkOf(CsvRecord& record, bool accept_older, Links& links,
                     CaseFile& file, Tentative& tentative) {
  // Files are mostly in order of key: then the place is the last.
  LinkedRecord& link =
      links.records.try_emplace(links.records.end(), record.key)->second;
  if (link.case_id.IsZero()) link.case_id = model::NewId();
  const auto give_id = [&](const std::string& event) {
    LinkedLine& line = link.lines[event];
    if (line.follow_up.IsZero()) line.follow_up = model::NewId();
  };
  if (record.baseline_line.has_value()) {
    LinkPatient(record, link, links, file, tentative);
    // A file without the column, or without the date of a case that it names,
    // leaves the date that is kept here; so does a blank date without a column
    // of the year, which the registry keeps then.
    const bool silent =
        !record.baseline.surgery_date.has_value() &&
        (record.baseline.case_id.has_value() ||
         !HasColumn(file, "surgery_date") || !HasColumn(file, "surgery_year"));
    // Nor is an older date taken that is to be a conflict.
    const bool older = !accept_older && IsOlder(record.baseline, link);
    // Nor that of a stored case from a line that will not be taken.
    const bool rejected = record.baseline_line->faulty && !link.etag.empty();
    if (!silent && !older && !rejected &&
        link.surgery_date != record.baseline.surgery_date) {
      tentative.operations.insert_or_assign(
          tentative.operations.end(), record.key,
          KnownOperation{link.surgery_date, link.operation_sequence});
      // Without a date it is the rank that the registry has.
      if (link.surgery_date.has_value()) link.operation_sequence.reset();
      link.surgery_date = record.baseline.surgery_date;
    }
    if (record.baseline_line->assessment.has_value()) {
      give_id(record.baseline_line->event);
    }
  }
  if (link.patient.IsZero()) link.patient = model::NewId();
  for (const CsvLine& line : record.follow_ups) give_id(line.event);
  return link;
}

void FindVanished(const Links& links, const ImportContext& context,
                  ImportReport& report) {
  const CaseFile& file = *context.file;
  std::map<std::string, const CsvRecord*> in_file;
  for (const CsvRecord& record : file.records) {
    in_file.insert_or_assign(in_file.end(), record.key, &record);
  }
  for (const auto& [key, link] : links.records) {
    const auto loss = context.lost.find(key);
    const bool is_lost = loss != context.lost.end();
    // A withdrawn record is to vanish.
    if (is_lost && loss->second == Loss::kWithdrawn) continue;
    CsvRecord nothing;
    nothing.key = key;
    const auto at = in_file.find(key);
    const CsvRecord& record = at == in_file.end() ? nothing : *at->second;
    for (const std::string& event : VanishedEvents(file, record, link)) {
      report.vanished.push_back({key, event, !is_lost});
      const auto before = context.operations.find(key);
      if (before != context.operations.end() &&
          before->second.date != link.surgery_date) {
        report.vanished.back().counted_from = before->second.date;
      }
    }
  }
}

// Whose case was withdrawn, as the registry says now.
void ForgetWithdrawn(const LostCases& lost, Links& links) {
  for (const auto& [key, loss] : lost) {
    if (loss == Loss::kWithdrawn) ForgetRecord(key, links);
  }
}

// Takes some records to their end, round by round.
class Batch {
 public:
  Batch(RegistryClient& client, const ImportContext& context,
        const std::function<bool()>& stop)
      : client_(client), context_(context), stop_(stop) {}

  void Add(const CsvRecord& record, LinkedRecord& link, RecordDigests digests) {
    imports_.emplace_back(context_, record, link, std::move(digests));
  }
  std::deque<RecordImport>& imports() { return imports_; }

  absl::Status Run() {
    for (;;) {
      for (RecordImport& import : imports_) {
        if (!import.NeedsStored()) continue;
        if (stop_ && stop_()) return absl::CancelledError("interrupted");
        v1::GetCaseRequest request;
        request.set_name(import.CaseName());
        const absl::Status status = import.TakeStored(client_.GetCase(request));
        if (!status.ok()) return status;
      }
      CollectRows();
      if (rows_.empty() && !any_fetch_) return absl::OkStatus();
      const absl::Status status = SendRows();
      if (!status.ok()) return status;
    }
  }

 private:
  void CollectRows() {
    rows_.clear();
    owners_.clear();
    any_fetch_ = false;
    for (RecordImport& import : imports_) {
      size_t index = 0;
      any_fetch_ = any_fetch_ || import.NeedsStored();
      for (v1::ImportCasesRequest& row : import.NextRows()) {
        rows_.push_back(std::move(row));
        owners_.emplace_back(&import, index++);
      }
    }
  }

  absl::Status SendRows() {
    absl::Status stopped;
    const absl::Status sent = client_.ImportCases(
        rows_,
        [&](size_t i, const v1::ImportCasesResponse& answer) {
          if (!stopped.ok()) return;
          stopped = owners_[i].first->TakeAnswer(owners_[i].second, answer);
        },
        stop_);
    return stopped.ok() ? sent : stopped;
  }

  RegistryClient& client_;
  const ImportContext& context_;
  const std::function<bool()>& stop_;
  std::deque<RecordImport> imports_;
  std::vector<v1::ImportCasesRequest> rows_;
  std::vector<std::pair<RecordImport*, size_t>> owners_;
  bool any_fetch_ = false;  // some records wait for their stored case
};

// Outcomes of a batch, what it says of its lines, and what it learned of
// withdrawals.
void Collect(std::deque<RecordImport>& imports, ImportReport& report,
             Collected& collected) {
  for (RecordImport& import : imports) {
    import.Report(collected.lines);
    import.TakeDateBack();
    if (!import.baseline_held_back()) {
      collected.persons.insert(import.patient_key());
    }
    if (import.withdrawn()) {
      collected.withdrawn[import.key()] = Loss::kWithdrawn;
    }
    if (import.created()) ++report.n_cases_created;
    if (import.updated()) ++report.n_cases_updated;
    if (import.rejected()) ++report.n_cases_rejected;
  }
}

// Sends every record, batch by batch in several lanes, until an error; the
// report has all of them.
class Sender {
 public:
  Sender(const ImportContext& context, const std::vector<LinkedRecord*>& linked,
         std::vector<RecordDigests>& digests, RegistryClient& client,
         const ImportOptions& options, Collected& collected,
         ImportReport& report)
      : context_(context),
        linked_(linked),
        digests_(digests),
        client_(client),
        options_(options),
        collected_(collected),
        report_(report) {}

  // `status`: whether anything is to be sent.
  absl::Status Run(absl::Status status) {
    status_ = std::move(status);
    std::vector<std::thread> lanes;
    // Which of two records takes a limb in a dry run, their order says.
    for (int i = 1; i < kLanes && !context_.dry_run(); ++i) {
      lanes.emplace_back([this] { RunLane(); });
    }
    RunLane();
    for (std::thread& lane : lanes) lane.join();
    return status_;
  }

 private:
  void RunLane() {
    while (SendNext()) {
    }
  }

  // False when no record is left. What a batch held is freed without the lock.
  bool SendNext() {
    Batch batch(client_, context_, options_.stop);
    std::unique_lock<std::mutex> lock(mutex_);
    const size_t begin = next_;
    const size_t end = next_ = std::min(begin + kBatch, linked_.size());
    if (begin == end) return false;
    if (options_.stop && options_.stop()) {
      status_.Update(absl::CancelledError("interrupted"));
    }
    const bool goes_on = status_.ok();
    lock.unlock();
    for (size_t i = begin; i < end; ++i) {
      batch.Add(context_.file->records[i], *linked_[i],
                digests_.empty() ? RecordDigests() : std::move(digests_[i]));
    }
    const absl::Status sent = goes_on ? batch.Run() : absl::OkStatus();
    lock.lock();
    status_.Update(sent);
    Collect(batch.imports(), report_, collected_);
    n_done_ += end - begin;
    if (options_.on_progress && status_.ok()) {
      options_.on_progress(n_done_, linked_.size());
    }
    return true;
  }

  const ImportContext& context_;
  const std::vector<LinkedRecord*>& linked_;
  std::vector<RecordDigests>& digests_;  // each of one batch
  RegistryClient& client_;
  const ImportOptions& options_;

  std::mutex mutex_;  // of what follows
  absl::Status status_;
  size_t next_ = 0;  // the first record that no lane has
  size_t n_done_ = 0;
  Collected& collected_;
  ImportReport& report_;
};

// Notes in the link file what is about to be sent of each record.
absl::Status MarkPending(const ImportContext& context,
                         const std::vector<LinkedRecord*>& linked,
                         const std::function<bool()>& stop,
                         std::vector<RecordDigests>& digests) {
  std::atomic<bool> stopped = false;
  digests.resize(linked.size());
  stats::ThreadPool pool(ThreadsFor(linked.size()));
  stats::RunPieces(
      &pool, linked.size(), kRecordsOfPiece, [&](size_t begin, size_t end) {
        if (stop && stop()) stopped = true;
        for (size_t i = begin; i < end && !stopped; ++i) {
          RecordImport import(context, context.file->records[i], *linked[i]);
          import.MarkPending();
          digests[i] = import.Digests();
        }
      });
  return stopped ? absl::CancelledError("interrupted") : absl::OkStatus();
}

void CollectFileFaults(const CaseFile& file, LineResults& lines) {
  for (const CsvLine& line : file.strays) {
    LineResult& result = lines[line.line];
    result.line = line.line;
    result.record = line.record;
    result.event = line.event;
    if (line.repeats != 0) result.other_lines.push_back(line.repeats);
    result.outcome = LineOutcome::kRejected;
  }
  std::map<int64_t, std::vector<CellFault>> by_line;
  for (const CellFault& fault : file.faults) {
    by_line[fault.line].push_back(fault);
  }
  for (auto& [line, faults] : by_line) {
    std::vector<CellFault>& known = lines[line].faults;
    known.insert(known.begin(), faults.begin(), faults.end());
  }
}

}  // namespace

absl::Status ImportFile(absl::string_view text, CaseFile& file, LinkFile& links,
                        RegistryClient& client, const ImportOptions& options,
                        ImportReport& report) {
  report.dry_run = options.dry_run;
  const std::string site = links.links().site;
  absl::StatusOr<RegisteredCases> registered = FindRegisteredCases(
      links, options.new_link_file || AllNameTheirCase(file), client);
  if (!registered.ok()) return registered.status();
  // A dry run has ids of its own, which are forgotten with it.
  Links copy;
  if (options.dry_run) copy = links.links();
  Links& known = options.dry_run ? copy : links.links();
  const absl::StatusOr<LostCases> withdrawn = AdoptIds(file, known, client);
  if (!withdrawn.ok()) return withdrawn.status();
  if (!options.new_link_file && !options.shared_site) {
    const absl::Status status =
        CheckNewRecords(file, known, registered->held, links.path());
    if (!status.ok()) return status;
  }
  LostCases& lost = registered->lost;
  lost.insert(withdrawn->begin(), withdrawn->end());
  ForgetWithdrawn(lost, known);
  Tentative tentative;
  std::deque<LinkedRecord> forgotten;  // of lines that are rejected
  std::vector<LinkedRecord*> linked;
  for (CsvRecord& record : file.records) {
    if (known.withdrawn.count(record.key) > 0 ||
        withdrawn->count(record.key) > 0) {
      linked.push_back(&forgotten.emplace_back());
      continue;
    }
    linked.push_back(
        &LinkOf(record, options.accept_older, known, file, tentative));
    FollowRenamedLines(file, record, *linked.back());
  }
  AssignOperationSequences(known);
  std::set<std::pair<model::Id, model::Laterality>> limbs;
  const ImportContext context{text,
                              &file,
                              site,
                              options.reason,
                              std::move(lost),
                              options.dry_run ? &limbs : nullptr,
                              options.accept_older,
                              std::move(tentative.operations)};
  if (options.on_first_change) options.on_first_change();
  absl::Status status;
  std::vector<RecordDigests> digests;  // of each record
  if (!options.dry_run) {
    status = MarkPending(context, linked, options.stop, digests);
    if (!status.ok()) return status;
    status = links.Save();  // before anything is sent
  }
  Collected collected;
  status = Sender(context, linked, digests, client, options, collected, report)
               .Run(std::move(status));
  CollectFileFaults(file, collected.lines);
  report.lines = collected.lines.Take();
  for (const std::string& key : tentative.persons) {
    if (collected.persons.count(key) == 0) known.patients.erase(key);
  }
  ForgetWithdrawn(collected.withdrawn, known);
  // While the link file is written, which only reads it, too.
  std::thread find([&] { FindVanished(known, context, report); });
  const absl::Status saved = options.dry_run ? absl::OkStatus() : links.Save();
  find.join();
  return status.ok() ? saved : status;
}

}  // namespace enthesis::client
