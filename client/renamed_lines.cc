#include "client/renamed_lines.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/content_digest.h"

namespace enthesis::client {
namespace {

bool HasLine(const CaseFile& file, const CsvRecord& record,
             const std::string& event) {
  if (record.baseline_line.has_value() &&
      record.baseline_line->event == event) {
    return true;
  }
  const auto is_it = [&](const CsvLine& line) { return line.event == event; };
  return std::any_of(record.follow_ups.begin(), record.follow_ups.end(),
                     is_it) ||
         std::any_of(file.strays.begin(), file.strays.end(),
                     [&](const CsvLine& line) {
                       return line.record == record.key && is_it(line);
                     });
}

// Digests of the assessments that can be read, by event.
std::map<std::string, std::string> DigestsOf(const CsvRecord& record) {
  std::map<std::string, std::string> digests;
  const auto add = [&](const CsvLine& line) {
    if (line.faulty || !line.assessment.has_value()) return;
    digests[line.event] = DigestOfFollowUp(line.assessment->follow_up);
  };
  if (record.baseline_line.has_value()) add(*record.baseline_line);
  for (const CsvLine& line : record.follow_ups) add(line);
  return digests;
}

// The one vanished line that held `digest`; empty when none or several did.
std::string HolderOf(const std::string& digest, const LinkedRecord& link,
                     const std::set<std::string>& vanished) {
  std::string holder;
  for (const std::string& event : vanished) {
    const auto known = link.lines.find(event);
    if (known == link.lines.end() || known->second.line != digest) continue;
    if (!holder.empty()) return "";
    holder = event;
  }
  return holder;
}

}  // namespace

std::set<std::string> VanishedEvents(const CaseFile& file,
                                     const CsvRecord& record,
                                     const LinkedRecord& link) {
  std::set<std::string> vanished;
  if (file.partial) return vanished;
  const auto check = [&](const std::string& event) {
    if (!HasLine(file, record, event)) vanished.insert(event);
  };
  if (!link.digest.empty()) check("baseline");
  for (const auto& [event, line] : link.lines) {
    if (!line.digest.empty()) check(event);
  }
  return vanished;
}

void TakeOverLine(LinkedRecord& link, const std::string& vanished,
                  const std::string& event) {
  LinkedLine& to = link.lines[event];
  LinkedLine& from = link.lines[vanished];
  std::swap(to, from);
  // An import that broke off may have sent either.
  if (!from.pending.empty()) {
    absl::StrAppend(&to.pending, to.pending.empty() ? "" : ",", from.pending);
  }
  if (from.digest.empty()) link.lines.erase(vanished);
}

void FollowRenamedLines(const CaseFile& file, const CsvRecord& record,
                        LinkedRecord& link) {
  const std::set<std::string> vanished = VanishedEvents(file, record, link);
  if (vanished.empty()) return;
  const std::map<std::string, std::string> digests = DigestsOf(record);
  // Names that moved on by one free each other in turn; each round settles a
  // line at least.
  for (bool again = true; again;) {
    again = false;
    for (const auto& [event, digest] : digests) {
      if (link.lines[event].line == digest) continue;
      const std::string holder = HolderOf(digest, link, vanished);
      if (holder.empty()) continue;
      TakeOverLine(link, holder, event);
      again = true;
    }
  }
}

}  // namespace enthesis::client
