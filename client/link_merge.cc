#include "client/link_merge.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/line_history.h"
#include "client/operation_sequence.h"
#include "client/withdrawn_records.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

std::map<model::Id, std::string> KeysByCase(const Links& links) {
  std::map<model::Id, std::string> keys;
  for (const auto& [key, record] : links.records) keys[record.case_id] = key;
  return keys;
}

std::map<model::Id, std::string> EventsById(const LinkedRecord& record) {
  std::map<model::Id, std::string> events;
  for (const auto& [event, line] : record.lines) {
    events[line.follow_up] = event;
  }
  return events;
}

uint64_t CommitOf(const LinkedRecord& record) {
  return wire::ParseEtag(record.etag).value_or(0);
}

// What either sent and had no answer to.
std::string BothPending(const std::string& one, const std::string& other) {
  std::set<std::string> digests;
  for (const std::string* pending : {&one, &other}) {
    for (absl::string_view digest :
         absl::StrSplit(*pending, ',', absl::SkipEmpty())) {
      digests.emplace(digest);
    }
  }
  return absl::StrJoin(digests, ",");
}

// Ranks that do not rise with the dates; the first record of each is named.
void FindWrongRanks(const Links& links, std::vector<LinkProblem>& problems) {
  using Ranked = std::pair<Date, std::pair<int32_t, std::string>>;
  std::vector<Ranked> ranked;
  for (const auto& [key, record] : links.records) {
    if (!record.surgery_date || !record.operation_sequence) continue;
    ranked.push_back({*record.surgery_date, {*record.operation_sequence, key}});
  }
  std::sort(ranked.begin(), ranked.end());
  int32_t highest = 0;        // of the days before
  int32_t highest_today = 0;  // up to and with this day
  for (size_t i = 0; i < ranked.size(); ++i) {
    if (i > 0 && ranked[i].first != ranked[i - 1].first) {
      highest = highest_today;
    }
    const auto& [rank, key] = ranked[i].second;
    if (rank < highest) {
      problems.push_back(
          {key, absl::StrCat("operated on ", FormatDate(ranked[i].first),
                             ", but its operation_sequence, ", rank,
                             ", is before that of an earlier day, ", highest,
                             "; curves over the order of operations take it "
                             "as earlier. `enthesis link merge` with the file "
                             "of the other coordinator, or a copy of this one, "
                             "mends it, and the next import sends it")});
    }
    highest_today = std::max(highest_today, rank);
  }
}

// Whether `links` has ranks that rise with the dates for every record of
// `other` and more: it took those in already.
bool HaveMended(const Links& links, const Links& other) {
  if (links.records.size() <= other.records.size()) return false;
  for (const auto& [key, record] : other.records) {
    const auto known = links.records.find(key);
    if (known == links.records.end() ||
        known->second.case_id != record.case_id) {
      return false;
    }
  }
  std::vector<LinkProblem> problems;
  FindWrongRanks(links, problems);
  return problems.empty();
}

class LinkMerger {
 public:
  LinkMerger(const Links& mine, const Links& theirs, Prefer prefer)
      : theirs_(theirs), prefer_(prefer) {
    merged_.links = mine;
    Forget(theirs.withdrawn, merged_.links);
    Forget(mine.withdrawn, theirs_);
    merged_.n_updated = mine.records.size() - merged_.links.records.size();
    my_keys_ = KeysByCase(merged_.links);
    their_ranks_ = HaveMended(theirs_, merged_.links);
  }

  MergedLinks Run() {
    for (const auto& [key, record] : theirs_.records) MergeRecord(key, record);
    FindSent();
    for (const auto& [key, patient] : theirs_.patients) {
      MergePatient(key, patient);
    }
    for (const auto& [key, others] : theirs_.other_ids) {
      for (const model::Id& other : others) {
        if (sent_of_.count(other) > 0) MergePatient(key, other);
      }
    }
    for (const auto& [key, id] : theirs_.withdrawn) {
      merged_.links.withdrawn.emplace(key, id);
    }
    SettleWithdrawn();
    merged_.n_reranked = MendOperationSequences(merged_.links);
    return std::move(merged_);
  }

 private:
  // A withdrawal is final, whatever else the other file says of the case.
  static void Forget(const std::map<std::string, model::Id>& withdrawn,
                     Links& links) {
    for (const auto& [key, id] : withdrawn) ForgetCase(id, links);
  }

  // A record that both stored and one withdrew as a duplicate goes on as the
  // other case; one that was never stored is not stored after a withdrawal.
  void SettleWithdrawn() {
    Links& links = merged_.links;
    std::erase_if(links.withdrawn, [&](const auto& one) {
      const auto record = links.records.find(one.first);
      if (record == links.records.end()) return false;
      return !record->second.etag.empty() || !record->second.pending.empty();
    });
    for (const auto& [key, id] : std::map(links.withdrawn)) {
      ForgetRecord(key, links);
      links.withdrawn[key] = id;
    }
  }

  // Notes a conflict; true where theirs is to be taken.
  bool TakeTheirs(const std::string& key, std::string what) {
    merged_.conflicts.push_back({key, std::move(what)});
    return prefer_ == Prefer::kTheirs;
  }

  // Of each person, a record whose case may be stored.
  void FindSent() {
    for (const auto& [key, record] : merged_.links.records) {
      if (record.etag.empty() && record.pending.empty()) continue;
      sent_of_.emplace(record.patient, key);
    }
  }

  // The first id is the same whoever merges.
  void KeepBoth(const std::string& key, model::Id& first,
                const model::Id& patient) {
    std::set<model::Id>& others = merged_.links.other_ids[key];
    if (others.count(patient) > 0) return;
    merged_.two_ids.push_back(
        {key,
         absl::StrCat(
             "both coordinators stored a case under this key, and the registry "
             "has two persons: record ",
             sent_of_.at(first), " is of one, record ", sent_of_.at(patient),
             " of the other. Imports go on, and the cases stay apart as "
             "of two persons. If it is one person, withdraw one of the two "
             "cases (`enthesis case withdraw NAME --reason duplicate`) and "
             "import its record again under another record_id; if they are "
             "two people, give one of them a patient_key of its own in the "
             "clinic's files")});
    others.insert({first, patient});
    first = *others.begin();
    others.erase(first);
  }

  void MergePatient(const std::string& key, const model::Id& patient) {
    const auto [mine, is_new] = merged_.links.patients.emplace(key, patient);
    if (is_new || mine->second == patient) return;
    if (sent_of_.count(mine->second) > 0 && sent_of_.count(patient) > 0) {
      KeepBoth(key, mine->second, patient);
      return;
    }
    if (TakeTheirs(
            key,
            absl::StrCat("the person is ", model::FormatId(mine->second),
                         " here and ", model::FormatId(patient), " there"))) {
      mine->second = patient;
    }
  }

  void MergeRecord(const std::string& key, const LinkedRecord& theirs) {
    const auto other = my_keys_.find(theirs.case_id);
    if (other != my_keys_.end() && other->second != key) {
      const bool take = TakeTheirs(
          key, absl::StrCat("the case ", model::FormatId(theirs.case_id),
                            " is record ", other->second, " here and record ",
                            key, " there"));
      if (!take) return;
      merged_.links.records.erase(other->second);
      merged_.links.records[key] = theirs;
      return;
    }
    const auto [mine, is_new] = merged_.links.records.emplace(key, theirs);
    if (is_new) {
      ++merged_.n_added;
      return;
    }
    const LinkedRecord before = mine->second;
    if (before.case_id != theirs.case_id) {
      if (TakeTheirs(key, TwoCases(before, theirs))) mine->second = theirs;
      return;
    }
    MergeKnown(key, theirs, mine->second);
    if (mine->second != before) ++merged_.n_updated;
  }

  static std::string TwoCases(const LinkedRecord& mine,
                              const LinkedRecord& theirs) {
    std::string text =
        absl::StrCat("the record is case ", model::FormatId(mine.case_id),
                     " here and ", model::FormatId(theirs.case_id), " there");
    if (!mine.etag.empty() && !theirs.etag.empty()) {
      absl::StrAppend(&text,
                      "; both were stored: keep one, and withdraw the other "
                      "with `enthesis case withdraw NAME --reason duplicate`");
    } else if (!mine.etag.empty() || !theirs.etag.empty()) {
      absl::StrAppend(&text, "; only that of ",
                      mine.etag.empty() ? "theirs" : "mine",
                      " is known to be stored");
    }
    return text;
  }

  void MergeKnown(const std::string& key, const LinkedRecord& theirs,
                  LinkedRecord& mine) {
    if (mine.patient != theirs.patient &&
        TakeTheirs(key,
                   absl::StrCat("the person of the case is ",
                                model::FormatId(mine.patient), " here and ",
                                model::FormatId(theirs.patient), " there"))) {
      mine.patient = theirs.patient;
    }
    const bool later = CommitOf(theirs) > CommitOf(mine);
    MergeDate(key, theirs, later, mine);
    mine.pending = BothPending(mine.pending, theirs.pending);
    MergeLines(key, theirs, later, mine);
    mine.earlier =
        later ? BothEarlier(mine.earlier, theirs.earlier, theirs.content)
              : BothEarlier(theirs.earlier, mine.earlier, mine.content);
    if (!later) return;
    mine.content = theirs.content;
    mine.etag = theirs.etag;
    mine.digest = theirs.digest;
    mine.line = theirs.line;
  }

  void MergeDate(const std::string& key, const LinkedRecord& theirs, bool later,
                 LinkedRecord& mine) {
    if (!theirs.surgery_date.has_value()) return;
    if (mine.surgery_date.has_value() &&
        mine.surgery_date != theirs.surgery_date) {
      if (!TakeTheirs(
              key, absl::StrCat("the surgery date is ",
                                FormatDate(*mine.surgery_date), " here and ",
                                FormatDate(*theirs.surgery_date), " there"))) {
        return;
      }
      mine.operation_sequence = theirs.operation_sequence;
    }
    mine.surgery_date = theirs.surgery_date;
    if (later || their_ranks_ || !mine.operation_sequence.has_value()) {
      mine.operation_sequence = theirs.operation_sequence;
    }
  }

  // One assessment may have two names; that of what was seen last counts.
  void MergeLines(const std::string& key, const LinkedRecord& theirs,
                  bool later, LinkedRecord& mine) {
    std::map<model::Id, std::string> names = EventsById(mine);
    for (const auto& [event, line] : theirs.lines) {
      const auto name = names.find(line.follow_up);
      if (name != names.end() && name->second != event) {
        if (!later || mine.lines.count(event) > 0) continue;
        mine.lines.erase(name->second);
      }
      const auto [known, is_new] = mine.lines.emplace(event, line);
      if (is_new) continue;
      MergeLine(key, line, later, known->first, known->second);
    }
  }

  void MergeLine(const std::string& key, const LinkedLine& theirs, bool later,
                 const std::string& event, LinkedLine& mine) {
    if (mine.follow_up != theirs.follow_up) {
      const bool both = !mine.digest.empty() && !theirs.digest.empty();
      const bool take =
          both ? TakeTheirs(
                     key,
                     absl::StrCat("the line ", event, " is assessment ",
                                  model::FormatId(mine.follow_up), " here and ",
                                  model::FormatId(theirs.follow_up),
                                  " there; both were stored"))
               : mine.digest.empty() && !theirs.digest.empty();
      if (take) mine = theirs;
      return;
    }
    const std::string pending = BothPending(mine.pending, theirs.pending);
    const LinkedLine before = mine;
    const bool taken = later || mine.digest.empty();
    if (taken) mine = theirs;
    mine.earlier = BothEarlier(taken ? before.earlier : theirs.earlier,
                               mine.earlier, mine.line);
    mine.pending = pending;
  }

  Links theirs_;
  const Prefer prefer_;
  bool their_ranks_ = false;  // of records that both saw in the same version
  std::map<model::Id, std::string> my_keys_;
  std::map<model::Id, std::string> sent_of_;  // key of a record, by person
  MergedLinks merged_;
};

}  // namespace

MergedLinks MergeLinks(const Links& mine, const Links& theirs, Prefer prefer) {
  return LinkMerger(mine, theirs, prefer).Run();
}

std::vector<LinkProblem> FindLinkProblems(const Links& links) {
  std::vector<LinkProblem> problems;
  std::map<model::Id, std::string> cases, follow_ups;
  for (const auto& [key, record] : links.records) {
    const auto [known, is_new] = cases.emplace(record.case_id, key);
    if (!is_new) {
      problems.push_back(
          {key, absl::StrCat("the case ", model::FormatId(record.case_id),
                             " is that of record ", known->second, ", too")});
    }
    for (const auto& [event, line] : record.lines) {
      const auto [other, first] = follow_ups.emplace(
          line.follow_up, absl::StrCat("record ", key, ", line ", event));
      if (first) continue;
      problems.push_back(
          {key, absl::StrCat("the assessment ", model::FormatId(line.follow_up),
                             " of line ", event, " is that of ", other->second,
                             ", too")});
    }
  }
  for (const auto& [key, id] : links.withdrawn) {
    const auto known = cases.find(id);
    if (known == cases.end()) continue;
    problems.push_back(
        {key, absl::StrCat("the withdrawn case ", model::FormatId(id),
                           " is that of record ", known->second, ", too")});
  }
  FindWrongRanks(links, problems);
  return problems;
}

}  // namespace enthesis::client
