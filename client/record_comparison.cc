// The lines of a record against what the registry holds of them.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/absent_columns.h"
#include "client/content_digest.h"
#include "client/record_import.h"
#include "client/renamed_lines.h"

namespace enthesis::client {

void RecordImport::CompareWithStored() {
  TakeOverVanished();
  TakeOverEntered();
  for (Part& part : parts_) {
    if (!part.changed || part.bad) continue;
    if (part.is_baseline) {
      CompareBaseline(part);
    } else {
      CompareAssessment(part);
    }
  }
  HoldVisitsOfOtherDate();
}

std::optional<Date> RecordImport::AcceptedDate() const {
  const auto before = context_.operations.find(record_.key);
  return before == context_.operations.end() ? link_.surgery_date
                                             : before->second.date;
}

void RecordImport::HoldVisitsOfOtherDate() {
  const auto& date = record_.baseline.surgery_date;
  const std::optional<Date> accepted = AcceptedDate();
  if (!baseline_held_back() || parts_[0].outcome != LineOutcome::kConflict ||
      !date.has_value() || !accepted.has_value() || date == accepted) {
    return;
  }
  for (Part& part : parts_) {
    if (part.line->is_baseline || !part.changed || part.bad) continue;
    part.bad = true;
    // A line of several visits has the outcome of its baseline.
    part.outcome = part.line->line == record_.baseline_line->line
                       ? LineOutcome::kConflict
                       : LineOutcome::kRejected;
    part.note = absl::StrCat(
        "rejected because its day counts from the surgery_date of the baseline "
        "line (line ",
        record_.baseline_line->line, "), which was not taken");
  }
}

const model::FollowUp* RecordImport::StoredFollowUp(const model::Id& id) const {
  for (const model::FollowUp& known : stored_->follow_ups) {
    if (known.id == id) return &known;
  }
  return nullptr;
}

void RecordImport::TakeOverVanished() {
  const std::set<std::string> vanished =
      VanishedEvents(*context_.file, record_, link_);
  const auto holder_of = [&](int32_t day) -> std::string {
    for (const std::string& event : vanished) {
      const auto line = link_.lines.find(event);
      if (line == link_.lines.end()) continue;
      const model::FollowUp* stored = StoredFollowUp(line->second.follow_up);
      if (stored != nullptr && stored->day == day) return event;
    }
    return "";
  };
  // Names that moved on by one free each other in turn; each round settles a
  // line at least.
  for (bool again = !vanished.empty(); again;) {
    again = false;
    for (Part& part : parts_) {
      if (part.is_baseline || !part.changed || part.digest.empty()) continue;
      if (!part.follow_up.day.has_value()) continue;
      const std::string holder = holder_of(*part.follow_up.day);
      if (holder.empty()) continue;
      TakeOverLine(link_, holder, part.line->event);
      part.follow_up.id = link_.lines[part.line->event].follow_up;
      again = true;
    }
  }
}

void RecordImport::TakeOverEntered() {
  std::set<model::Id> linked;
  for (const auto& [event, line] : link_.lines) linked.insert(line.follow_up);
  for (Part& part : parts_) {
    if (part.is_baseline || !part.changed || part.bad || part.digest.empty() ||
        !part.stored_digest->empty() || part.line->follow_up_id.has_value() ||
        StoredFollowUp(part.follow_up.id) != nullptr) {
      continue;
    }
    for (const model::FollowUp& stored : stored_->follow_ups) {
      if (stored.day != part.follow_up.day || linked.count(stored.id) > 0) {
        continue;
      }
      part.follow_up.id = stored.id;
      part.entered_there = true;
      link_.lines[part.line->event].follow_up = stored.id;
      break;
    }
  }
}

void RecordImport::CompareBaseline(Part& part) {
  if (stored_->synthetic != record_.baseline.synthetic) {
    return AddFault(part, "synthetic", "cannot change once the case is stored");
  }
  const model::Case wanted = Merge(true);
  part.digest = DigestOfBaseline(wanted);
  auto differing = DifferingColumns(wanted, *stored_);
  const auto& date = record_.baseline.surgery_date;
  if (part.older && date.has_value() && date != link_.surgery_date) {
    // The date in the link file was left as it is.
    std::erase_if(differing, [&](const DifferingColumn& one) {
      return ClinicColumn(one.column) == "surgery_date";
    });
    differing.insert(
        differing.begin(),
        {"surgery_date",
         link_.surgery_date ? FormatDate(*link_.surgery_date) : "", ""});
    AddOlder(part, differing);
  } else if (!Settle(part, DigestOfBaseline(*stored_))) {
    AddConflict(part, differing);
  } else if (part.changed && part.older) {
    AddOlder(part, differing);
  } else {
    NoteChanges(part, differing);
  }
}

void RecordImport::CompareAssessment(Part& part) {
  const model::FollowUp* stored = StoredFollowUp(part.follow_up.id);
  if (stored == nullptr) {
    if (part.digest.empty()) {
      Accept(part, LineOutcome::kUnchanged);  // gone already
    } else if (!part.stored_digest->empty()) {
      part.outcome = LineOutcome::kConflict;
      AddFault(
          part, "",
          "was changed here, and the registry has this assessment no more; "
          "nothing was overwritten");
    }
    return;
  }
  const bool removed = part.digest.empty();
  if (!removed) {
    KeepAbsentColumns(context_.file->header, *stored, part.follow_up);
    part.digest = DigestOfFollowUp(part.follow_up);
  }
  const bool settled = Settle(part, DigestOfFollowUp(*stored));
  const auto differing = DifferingColumns(
      part.follow_up, removed ? CsvAssessment() : *part.line->assessment,
      *stored);
  if (!settled) {
    AddConflict(part, differing);
  } else if (part.changed && part.older) {
    AddOlder(part, differing);
  } else {
    NoteChanges(part, differing);
  }
}

bool RecordImport::Settle(Part& part, const std::string& stored) {
  if (stored == part.digest) {
    // An earlier run was interrupted, or both sides made the same change.
    Accept(part, was_stored_ ? LineOutcome::kUnchanged : LineOutcome::kCreated);
    return true;
  }
  return stored == *part.stored_digest || IsPending(part, stored);
}

void RecordImport::AddConflict(Part& part,
                               const std::vector<DifferingColumn>& columns) {
  if (part.entered_there) {
    return AddFaults(
        part, columns,
        "the assessment of this day was entered in the registry without an "
        "import",
        "; nothing was overwritten. Make both equal, or take the value of the "
        "registry into the file");
  }
  AddFaults(part, columns,
            "differs in a line that was changed here and in the registry",
            "; nothing was overwritten. Take the registry's values into the "
            "line and import it, then make the change again");
}

void RecordImport::AddOlder(Part& part,
                            const std::vector<DifferingColumn>& columns) {
  AddFaults(part, columns,
            "the line is as an earlier import had it, and a later one changed "
            "that",
            "; nothing was overwritten. Is the file an older export? "
            "--accept-older takes the line after all");
}

void RecordImport::AddFaults(Part& part,
                             const std::vector<DifferingColumn>& columns,
                             absl::string_view what, absl::string_view end) {
  part.outcome = LineOutcome::kConflict;
  for (const DifferingColumn& differing : columns) {
    const std::string column = ClinicColumn(differing.column);
    const std::string held =
        differing.registry.empty()
            ? "no value"
            : absl::StrCat(column == differing.column ? "" : differing.column,
                           column == differing.column ? "" : " ", "\"",
                           differing.registry, "\"");
    const bool here = differing.column == "surgery_date";
    AddFault(part, column,
             absl::StrCat(what,
                          here         ? "; the link file has "
                          : part.older ? "; the registry holds "
                                       : ", which holds ",
                          held, end));
  }
  if (columns.empty()) AddFault(part, "", absl::StrCat(what, end));
}

void RecordImport::NoteChanges(Part& part,
                               const std::vector<DifferingColumn>& columns) {
  part.changes.clear();
  const auto moved = context_.operations.find(record_.key);
  const bool has_moved = part.is_baseline &&
                         moved != context_.operations.end() &&
                         moved->second.date.has_value() &&
                         record_.baseline.surgery_date.has_value();
  bool date_noted = false;
  for (const DifferingColumn& differing : columns) {
    // An assessment that goes takes its day with it.
    if (part.digest.empty() && differing.column == "day") continue;
    // Year and rank of a dated operation change with its date.
    if (has_moved && ClinicColumn(differing.column) == "surgery_date") {
      if (!std::exchange(date_noted, true)) {
        part.changes.push_back({"surgery_date", FormatDate(*moved->second.date),
                                FormatDate(*record_.baseline.surgery_date)});
      }
      continue;
    }
    part.changes.push_back(
        {differing.column, differing.registry, differing.file});
  }
}

}  // namespace enthesis::client
