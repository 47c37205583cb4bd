#include "client/exported_ids.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/content_digest.h"
#include "client/renamed_lines.h"
#include "client/withdrawn_records.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

constexpr char kBaselineLine[] = "baseline";

struct HeldCase {
  model::Case record;
  std::string etag;
};

bool NamesItsCase(const CsvRecord& record) {
  return record.baseline_line.has_value() &&
         record.baseline.case_id.has_value();
}

// The name that the link file has an assessment under.
std::optional<std::string> EventOf(const model::Id& id,
                                   const LinkedRecord& link) {
  for (const auto& [event, line] : link.lines) {
    if (line.follow_up == id) return event;
  }
  return std::nullopt;
}

// Every line of the record that holds an assessment.
std::vector<CsvLine*> LinesOf(CsvRecord& record) {
  std::vector<CsvLine*> lines;
  if (record.baseline_line.has_value()) {
    lines.push_back(&*record.baseline_line);
  }
  for (CsvLine& line : record.follow_ups) lines.push_back(&line);
  return lines;
}

class IdAdopter {
 public:
  IdAdopter(CaseFile& file, Links& links, RegistryClient& client)
      : file_(file), links_(links), client_(client) {}

  absl::StatusOr<LostCases> Run() {
    JoinRecords();
    for (CsvRecord* record : joined_) JoinLines(*record);
    const absl::Status read = ReadHeld();
    if (!read.ok()) return read;
    for (CsvRecord* record : joined_) {
      const absl::Status status = TakeVersion(*record);
      if (!status.ok()) return status;
    }
    return std::move(lost_);
  }

 private:
  void Fault(CsvLine& line, const char* column, const model::Id& value,
             std::string message) {
    line.faulty = true;
    file_.faults.push_back(
        {line.line, column, model::FormatId(value), std::move(message)});
  }

  // Gives each record that names its case the key that the link file has it
  // under, and the link file the case of a record that it does not know.
  void JoinRecords() {
    std::map<model::Id, std::string> key_of;
    for (const auto& [key, link] : links_.records) key_of[link.case_id] = key;
    std::map<std::string, int64_t> keys;  // of the file, with a line of each
    std::map<model::Id, int64_t> seen;
    for (CsvRecord& record : file_.records) {
      keys[record.key] = LinesOf(record)[0]->line;
    }
    for (CsvRecord& record : file_.records) {
      if (!NamesItsCase(record)) continue;
      CsvLine& line = *record.baseline_line;
      const model::Id id = *record.baseline.case_id;
      if (links_.withdrawn.count(record.key) > 0 || IsWithdrawn(id, links_)) {
        lost_[record.key] = Loss::kWithdrawn;
        continue;
      }
      const auto [first, is_new] = seen.emplace(id, line.line);
      if (!is_new) {
        Fault(line, "case_id", id,
              absl::StrCat("is the case of the record on line ", first->second,
                           ", too; allowed: one record a case"));
        continue;
      }
      const auto known = key_of.find(id);
      if (known != key_of.end()) {
        if (Rename(record, known->second, keys)) joined_.push_back(&record);
        continue;
      }
      LinkedRecord& link = links_.records[record.key];
      if (!link.case_id.IsZero() && link.case_id != id) {
        Fault(line, "case_id", id,
              absl::StrCat("is another case than the one that the link file "
                           "has for the record, ",
                           model::FormatId(link.case_id),
                           "; correct record_id or case_id"));
        continue;
      }
      link.case_id = id;
      joined_.push_back(&record);
    }
  }

  // False where the file has another record under that key.
  bool Rename(CsvRecord& record, const std::string& key,
              const std::map<std::string, int64_t>& keys) {
    if (record.key == key) return true;
    const auto other = keys.find(key);
    if (other != keys.end()) {
      Fault(*record.baseline_line, "case_id", *record.baseline.case_id,
            absl::StrCat("is the case of record ", key,
                         " in the link file, which is on line ", other->second,
                         "; allowed: one record a case"));
      return false;
    }
    for (CsvLine* line : LinesOf(record)) line->record = key;
    record.key = key;
    return true;
  }

  // Gives each line that names its assessment that one in the link file.
  void JoinLines(CsvRecord& record) {
    LinkedRecord& link = links_.records[record.key];
    std::set<std::string> events;
    for (const CsvLine* line : LinesOf(record)) events.insert(line->event);
    std::map<model::Id, int64_t> seen;
    std::vector<CsvLine*> new_lines;
    for (CsvLine* line : LinesOf(record)) {
      if (!line->follow_up_id.has_value()) continue;
      const model::Id id = *line->follow_up_id;
      const auto [first, is_new] = seen.emplace(id, line->line);
      if (!is_new) {
        Fault(*line, "follow_up_id", id,
              absl::StrCat("is the assessment of line ", first->second,
                           ", too; allowed: one line an assessment"));
        continue;
      }
      // As it is now: lines that exchange their names move each other.
      const std::optional<std::string> known = EventOf(id, link);
      if (!known.has_value()) {
        new_lines.push_back(line);
      } else if (*known == line->event) {
        continue;
      } else if (*known != kBaselineLine && line->event != kBaselineLine &&
                 events.count(*known) == 0) {
        line->event = *known;
      } else {
        TakeOverLine(link, *known, line->event);
      }
    }
    // Once those known have left the names that were theirs.
    for (CsvLine* line : new_lines) {
      JoinNewLine(*line, *line->follow_up_id, link);
    }
  }

  void JoinNewLine(CsvLine& line, const model::Id& id, LinkedRecord& link) {
    LinkedLine& linked = link.lines[line.event];
    if (linked.digest.empty()) {
      linked.follow_up = id;
      return;
    }
    Fault(line, "follow_up_id", id,
          absl::StrCat("is another assessment than the one that the link file "
                       "has for the line, ",
                       model::FormatId(linked.follow_up),
                       "; correct event or follow_up_id"));
  }

  // The cases of the file as the registry has them now.
  absl::Status ReadHeld() {
    std::set<model::Id> wanted;
    for (const CsvRecord* record : joined_) {
      wanted.insert(*record->baseline.case_id);
    }
    if (wanted.empty()) return absl::OkStatus();
    absl::Status unreadable;
    const absl::Status status = client_.ForEachCase(
        wire::FormatSiteName(links_.site), [&](const v1::Case& sent) {
          const auto name = wire::ParseCaseName(sent.name());
          if (!name.ok() || wanted.count(name->id) == 0) return true;
          absl::StatusOr<model::Case> record = wire::FromAnswer(sent);
          unreadable = record.status();
          if (!record.ok()) return false;
          held_[name->id] = {*std::move(record), sent.etag()};
          return true;
        });
    return status.ok() ? unreadable : status;
  }

  // Takes the version that the file was made of for what was last sent.
  absl::Status TakeVersion(CsvRecord& record) {
    LinkedRecord& link = links_.records[record.key];
    const auto held = held_.find(*record.baseline.case_id);
    if (held == held_.end()) return TakeAbsent(record);
    const std::string& etag = record.baseline.etag;
    const bool known = !link.etag.empty();
    link.etag = held->second.etag;
    link.patient = held->second.record.patient;
    TakeRank(held->second.record.baseline, record, link);
    if (etag == held->second.etag) {
      SetBase(held->second.record, record, link);
      return absl::OkStatus();
    }
    // Without an etag every difference is a conflict, unless the link file
    // says what was sent.
    if (etag.empty()) return absl::OkStatus();
    v1::ListCaseRevisionsRequest request;
    request.set_name(wire::FormatCaseName(links_.site, link.case_id));
    const auto revisions = client_.ListCaseRevisions(request);
    if (!revisions.ok()) return revisions.status();
    for (const v1::CaseRevision& revision : revisions->revisions()) {
      if (revision.case_().etag() != etag) continue;
      const absl::StatusOr<model::Case> base =
          wire::FromAnswer(revision.case_());
      if (!base.ok()) return base.status();
      SetBase(*base, record, link);
      return absl::OkStatus();
    }
    if (!known) {
      record.baseline_line->faulty = true;
      file_.faults.push_back(
          {record.baseline_line->line, "etag", etag,
           "is no version of the case; allowed: what `case export` wrote, or "
           "blank"});
    }
    return absl::OkStatus();
  }

  // A link file that does not know the operation goes on with its rank, unless
  // the date was moved to another year.
  static void TakeRank(const model::Baseline& held, const CsvRecord& record,
                       LinkedRecord& link) {
    const std::optional<Date>& date = record.baseline.surgery_date;
    if (link.surgery_date.has_value() || link.operation_sequence.has_value() ||
        !date.has_value() || held.surgery_year != date->year) {
      return;
    }
    link.operation_sequence = held.operation_sequence;
  }

  // Not among the cases of the site: withdrawn, or of another registry.
  absl::Status TakeAbsent(const CsvRecord& record) {
    v1::GetCaseRequest request;
    request.set_name(
        wire::FormatCaseName(links_.site, *record.baseline.case_id));
    const auto answer = client_.GetCase(request);
    if (absl::IsNotFound(answer.status())) return absl::OkStatus();
    if (!answer.ok()) return answer.status();
    if (answer->has_withdrawal()) lost_[record.key] = Loss::kWithdrawn;
    return absl::OkStatus();
  }

  static void SetBase(const model::Case& base, CsvRecord& record,
                      LinkedRecord& link) {
    link.digest = link.line = DigestOfBaseline(base);
    std::set<std::string> events;
    for (const CsvLine* line : LinesOf(record)) events.insert(line->event);
    for (const model::FollowUp& follow_up : base.follow_ups) {
      std::optional<std::string> event = EventOf(follow_up.id, link);
      if (!event.has_value()) {
        // No line names it: it vanished from the file.
        event = absl::StrCat("day ", follow_up.day.value_or(0));
        while (events.count(*event) > 0 || link.lines.count(*event) > 0) {
          *event += "'";
        }
      }
      LinkedLine& line = link.lines[*event];
      line.follow_up = follow_up.id;
      line.digest = line.line = DigestOfFollowUp(follow_up);
    }
  }

  CaseFile& file_;
  Links& links_;
  RegistryClient& client_;
  std::vector<CsvRecord*> joined_;
  std::map<model::Id, HeldCase> held_;
  LostCases lost_;
};

}  // namespace

bool AllNameTheirCase(const CaseFile& file) {
  return !file.records.empty() &&
         std::all_of(file.records.begin(), file.records.end(), NamesItsCase);
}

absl::StatusOr<LostCases> AdoptIds(CaseFile& file, Links& links,
                                   RegistryClient& client) {
  return IdAdopter(file, links, client).Run();
}

}  // namespace enthesis::client
