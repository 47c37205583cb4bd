#include "client/mapping/mapped_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/csv_reader.h"
#include "client/csv_text.h"
#include "client/mapping/bound_map.h"

namespace enthesis::client {
namespace {

using Cells = std::vector<absl::string_view>;

// A line of the import in the making.
struct Draft {
  std::string record, event, instance;
  int64_t line = 0;
  std::vector<int64_t> others;
  std::set<std::string> parts;  // what REDCap calls the lines it is made of
  std::map<std::string, CellOrigin> cells;
  std::vector<CellFault> faults;
  int n_groups = 0;  // of events, as complication_1
};

// An event of a repeating instrument that looks for its assessment by day.
struct Unattached {
  std::string record;
  int64_t line = 0;
  const InstrumentRule* rule = nullptr;
  std::vector<std::pair<const BoundRule*, MadeCell>> cells;
};

std::vector<std::string> HeaderOf(CsvReader& reader) {
  std::vector<std::string> header;
  if (reader.Next()) {
    for (const absl::string_view cell : reader.cells()) {
      header.emplace_back(absl::StripAsciiWhitespace(cell));
    }
  }
  return header;
}

bool IsBlank(const Cells& cells) {
  return std::all_of(cells.begin(), cells.end(), [](absl::string_view cell) {
    return absl::StripAsciiWhitespace(cell).empty();
  });
}

std::string CellAt(const Cells& cells, int at) {
  if (at < 0 || static_cast<size_t>(at) >= cells.size()) return "";
  return std::string(
      absl::StripAsciiWhitespace(cells[static_cast<size_t>(at)]));
}

bool IsBaseline(absl::string_view event) {
  return event == "baseline" || absl::StartsWith(event, "baseline_arm_");
}

// Makes the lines of the import from those of the file.
class FileMapper {
 public:
  FileMapper(const BoundMap& map, const std::string& site,
             const SurgeryDateOf& surgery_date_of)
      : map_(map), site_(site), surgery_date_of_(surgery_date_of) {}

  // First, for every line: what dates of other lines are counted from.
  void NoteSurgery(const Cells& cells) {
    const BoundRule* rule = map_.RuleOf("surgery_date");
    if (rule == nullptr) return;
    const std::optional<Date> date = rule->Make(cells, std::nullopt).date;
    if (date.has_value()) surgery_.emplace(RecordOf(cells), *date);
  }

  void Add(const Cells& cells, int64_t line, MappedFile& file) {
    Draft draft;
    draft.line = line;
    draft.record = RecordOf(cells);
    if (!IsOfSite(cells, draft, file)) return;
    const std::string event = EventOf(cells, draft);
    const std::string instrument = CellAt(cells, map_.instrument);
    if (event.empty() && draft.event.empty() && left_out_) {
      ++file.n_other_events;
      return;
    }
    const BoundRule* instance = map_.RuleOf("redcap_repeat_instance");
    if (instance != nullptr) draft.instance = instance->Make(cells, {}).text;
    draft.parts = {absl::StrCat(event, "\t", instrument, "\t", draft.instance)};
    if (instrument.empty()) {
      FillFrom(map_.columns, cells, draft);
      Take(std::move(draft));
      AddVisits(cells, line);
      return;
    }
    AddInstance(instrument, cells, std::move(draft), file);
  }

  void AttachByDay() {
    for (Unattached& event : unattached_) {
      int32_t day = -1;
      for (const auto& [rule, made] : event.cells) {
        if (rule->rule().target == "day") {
          day = absl::SimpleAtoi(made.text, &day) ? day : -1;
        }
      }
      Draft* best = nullptr;
      int32_t best_day = 0;
      for (const size_t at : drafts_of_[event.record]) {
        Draft& draft = drafts_[at];
        const auto cell = draft.cells.find("day");
        int32_t its = 0;
        if (IsBaseline(draft.event) || cell == draft.cells.end() ||
            !absl::SimpleAtoi(cell->second.made, &its) || its < day) {
          continue;
        }
        if (best == nullptr || its < best_day) {
          best = &draft;
          best_day = its;
        }
      }
      Draft alone;  // the fault needs a line
      if (day < 0 || best == nullptr) {
        alone.record = event.record;
        alone.event = event.rule->group;
        alone.line = event.line;
        alone.parts = {absl::StrCat("\t", event.line)};
        alone.faults.push_back(
            {event.line, "", "",
             day < 0 ? "has no day, by which it is attached to an assessment"
                     : absl::StrCat("no assessment of the record on day ", day,
                                    " or later reports it")});
      }
      AddGroup(event.line, *event.rule, event.cells,
               best == nullptr || day < 0 ? alone : *best);
      if (alone.line != 0) Take(std::move(alone));
    }
  }

  void Write(MappedFile& file) {
    std::vector<std::string> header = {"record_id", "event"};
    if (any_instance_) header.push_back("redcap_repeat_instance");
    const size_t n_keys = header.size();
    AddTargets(header);
    AppendCsvRow(header, file.text);
    for (Draft& draft : drafts_) {
      MappedLine& line = file.lines.emplace_back();
      line.offset = file.text.size();
      line.line = draft.line;
      line.others = std::move(draft.others);
      std::vector<std::string> row = {draft.record, draft.event};
      if (any_instance_) row.push_back(draft.instance);
      for (size_t i = n_keys; i < header.size(); ++i) {
        const auto cell = draft.cells.find(header[i]);
        row.push_back(cell == draft.cells.end() ? "" : cell->second.made);
      }
      AppendCsvRow(row, file.text);
      for (CellFault& fault : draft.faults) {
        fault.offset = line.offset;
        file.faults.push_back(std::move(fault));
      }
      line.cells = std::move(draft.cells);
    }
    for (const BoundRule& rule : map_.columns) {
      file.column_of.emplace(rule.rule().target, map_.ColumnsOf(rule));
    }
  }

 private:
  std::string RecordOf(const Cells& cells) const {
    return map_.RuleOf("record_id")->Make(cells, std::nullopt).text;
  }

  std::optional<Date> SurgeryOf(const std::string& record) const {
    const auto known = surgery_.find(record);
    if (known != surgery_.end()) return known->second;
    return surgery_date_of_ ? surgery_date_of_(record) : std::nullopt;
  }

  // False for a line of another site. One that names none is at fault.
  bool IsOfSite(const Cells& cells, Draft& draft, MappedFile& file) const {
    if (map_.site < 0) return true;
    const std::string group = CellAt(cells, map_.site);
    const auto& values = map_.map->sites->values;
    const auto known = values.find(group);
    if (known == values.end()) {
      draft.faults.push_back(
          {draft.line, map_.header[static_cast<size_t>(map_.site)], group,
           absl::StrCat("is not among the sites of ", map_.map->path, " (line ",
                        map_.map->sites->line,
                        "); allowed: ", map_.map->sites->Allowed())});
      return true;
    }
    if (known->second == site_) return true;
    ++file.n_other_sites;
    return false;
  }

  // What the file calls the event; draft.event is what it is here, blank with
  // `left_out_` set where the map leaves it out.
  std::string EventOf(const Cells& cells, Draft& draft) {
    const BoundRule& rule = *map_.RuleOf("event");
    MadeCell made = rule.Make(cells, std::nullopt);
    CellOrigin& cell = draft.cells["event"] = OriginOf(rule, made, draft.line);
    left_out_ = false;
    draft.event = made.text;
    const auto& events = map_.map->events;
    if (made.text.empty() || !events.has_value()) {
      left_out_ =
          made.text.empty() && !made.value.empty() && made.fault.empty();
      if (!made.fault.empty()) NoteFault(rule, "event", made, draft);
      return left_out_ ? "" : made.text;
    }
    const auto known = events->values.find(made.text);
    if (known == events->values.end()) {
      made.fault =
          absl::StrCat("is not among the events of ", map_.map->path, " (line ",
                       events->line, "); allowed: ", events->Allowed());
      NoteFault(rule, "event", made, draft);
      return made.text;
    }
    left_out_ = !known->second.has_value();
    cell.made = draft.event = known->second.value_or("");
    return left_out_ ? "" : made.text;
  }

  void NoteFault(const BoundRule& rule, const std::string& target,
                 const MadeCell& made, Draft& draft) const {
    draft.faults.push_back({draft.line, target, made.value, made.fault});
    draft.cells.try_emplace(target, OriginOf(rule, made, draft.line));
  }

  CellOrigin OriginOf(const BoundRule& rule, const MadeCell& made,
                      int64_t line) const {
    const bool one = made.source >= 0 && rule.rule().source != Source::kJoin &&
                     rule.rule().source != Source::kCombine;
    return {line,
            one ? map_.header[static_cast<size_t>(made.source)]
                : map_.ColumnsOf(rule),
            made.value, made.text};
  }

  // Keys of a line are no cells of it.
  static bool IsKey(const std::string& target) {
    return target == "record_id" || target == "event" ||
           target == "redcap_repeat_instance";
  }

  void FillFrom(const std::vector<BoundRule>& rules, const Cells& cells,
                Draft& draft) {
    if (!draft.instance.empty()) any_instance_ = true;
    const std::optional<Date> surgery = SurgeryOf(draft.record);
    bool any_assessment = false;
    std::vector<const BoundRule*> constants;
    for (const BoundRule& rule : rules) {
      const std::string& target = rule.rule().target;
      if (IsKey(target)) continue;
      if (rule.rule().source == Source::kConstant) {
        constants.push_back(&rule);
        continue;
      }
      MadeCell made = rule.Make(cells, surgery);
      if (!IsBaseline(draft.event)) rule.CheckVisitDay(surgery, made);
      if (!made.fault.empty()) {
        NoteFault(rule, target, made, draft);
      } else if (!made.text.empty()) {
        draft.cells.try_emplace(target, OriginOf(rule, made, draft.line));
        any_assessment |= rule.rule().column->kind >= ColumnKind::kFollowUp &&
                          target != "day";
      }
    }
    // A constant makes no assessment where there is none, and says nothing of
    // the baseline on another line.
    for (const BoundRule* rule : constants) {
      const Column& column = *rule->rule().column;
      const bool of_assessment = column.kind >= ColumnKind::kFollowUp;
      if (of_assessment ? any_assessment : IsBaseline(draft.event)) {
        draft.cells.try_emplace(
            rule->rule().target,
            OriginOf(*rule, rule->Make(cells, surgery), draft.line));
      }
    }
  }

  // Lines that REDCap tells apart and that are one here become one.
  void Take(Draft draft) {
    const auto key = std::tuple(draft.record, draft.event, draft.instance);
    const auto known = by_key_.find(key);
    Draft* into = known == by_key_.end() ? nullptr : &drafts_[known->second];
    if (draft.record.empty() || into == nullptr ||
        into->parts.count(*draft.parts.begin()) > 0) {
      if (into == nullptr) by_key_.emplace(key, drafts_.size());
      drafts_of_[draft.record].push_back(drafts_.size());
      drafts_.push_back(std::move(draft));
      return;
    }
    into->parts.insert(draft.parts.begin(), draft.parts.end());
    into->others.push_back(draft.line);
    into->faults.insert(into->faults.end(), draft.faults.begin(),
                        draft.faults.end());
    for (auto& [target, cell] : draft.cells) {
      const auto [at, is_new] = into->cells.try_emplace(target, cell);
      if (is_new || IsKey(target) || at->second.made == cell.made) continue;
      into->faults.push_back(
          {cell.line, "", "",
           absl::StrCat("the lines ", at->second.line, " and ", cell.line,
                        " are one here, and have two values of ", target,
                        ": \"", at->second.value, "\" and \"", cell.value,
                        "\"")});
    }
  }

  void AddVisits(const Cells& cells, int64_t line) {
    for (size_t i = 0; i < map_.visits.size(); ++i) {
      Draft draft;
      draft.line = line;
      draft.record = RecordOf(cells);
      draft.event = map_.map->visits[i].event;
      draft.parts = {absl::StrCat("visit\t", i)};
      FillFrom(map_.visits[i], cells, draft);
      const bool any = std::any_of(
          draft.cells.begin(), draft.cells.end(), [&](const auto& cell) {
            return cell.second.line == line && cell.first != "day" &&
                   !cell.second.value.empty();
          });
      if (any || !draft.faults.empty()) Take(std::move(draft));
    }
  }

  // A line of an instrument that repeats.
  void AddInstance(const std::string& name, const Cells& cells, Draft draft,
                   MappedFile& file) {
    const auto rule = map_.map->instruments.find(name);
    if (rule == map_.map->instruments.end()) {
      std::string known;
      for (const auto& [one, unused] : map_.map->instruments) {
        absl::StrAppend(&known, known.empty() ? "" : ", ", one);
      }
      draft.faults.push_back(
          {draft.line, map_.header[static_cast<size_t>(map_.instrument)], name,
           absl::StrCat("is not among the instruments of ", map_.map->path,
                        "; allowed: ", known.empty() ? "none" : known)});
      draft.parts = {absl::StrCat("\t", draft.line)};
      return Take(std::move(draft));
    }
    if (rule->second.left_out) {
      ++file.n_other_events;
      return;
    }
    if (!rule->second.event.empty()) {
      draft.event = rule->second.event;
      FillFrom(map_.columns, cells, draft);
      return Take(std::move(draft));
    }
    Unattached event{draft.record, draft.line, &rule->second, {}};
    const std::optional<Date> surgery = SurgeryOf(draft.record);
    bool any = false;
    for (const BoundRule& bound : map_.instruments.at(name)) {
      event.cells.emplace_back(&bound, bound.Make(cells, surgery));
      any = any || !event.cells.back().second.value.empty();
    }
    if (!any) return;  // an instance that was opened and left blank
    if (rule->second.attach_by_day) {
      unattached_.push_back(std::move(event));
      return;
    }
    draft.instance.clear();
    FillFrom({}, cells, draft);
    const auto key = std::tuple(draft.record, draft.event, draft.instance);
    const auto into = by_key_.find(key);
    if (into != by_key_.end()) {
      Draft& known = drafts_[into->second];
      known.faults.insert(known.faults.end(), draft.faults.begin(),
                          draft.faults.end());
      return AddGroup(event.line, *event.rule, event.cells, known);
    }
    AddGroup(event.line, *event.rule, event.cells, draft);
    Take(std::move(draft));
  }

  // One more event into the columns of its group.
  void AddGroup(int64_t line, const InstrumentRule& rule,
                const std::vector<std::pair<const BoundRule*, MadeCell>>& cells,
                Draft& draft) {
    const int most =
        rule.group == "complication" ? kComplicationGroups : kReoperationGroups;
    int& n = n_groups_[{draft.line, draft.event, rule.group}];
    if (line != draft.line) draft.others.push_back(line);
    if (++n > most) {
      draft.faults.push_back({line, "", "",
                              absl::StrCat("is number ", n,
                                           " of its kind at one assessment; at "
                                           "most ",
                                           most, " are possible")});
      return;
    }
    for (const auto& [bound, made] : cells) {
      const std::string target =
          absl::StrCat(rule.group, "_", n, "_", bound->rule().target);
      if (!made.fault.empty()) {
        draft.faults.push_back({line, target, made.value, made.fault});
      } else if (made.text.empty()) {
        continue;
      }
      draft.cells.try_emplace(target, OriginOf(*bound, made, line));
    }
  }

  // Every column that the map may fill: a blank cell clears a value.
  void AddTargets(std::vector<std::string>& header) const {
    std::set<std::string> seen(header.begin(), header.end());
    const auto add = [&](const std::string& target) {
      if (!IsKey(target) && seen.insert(target).second) {
        header.push_back(target);
      }
    };
    for (const BoundRule& rule : map_.columns) add(rule.rule().target);
    for (const auto& visit : map_.visits) {
      for (const BoundRule& rule : visit) add(rule.rule().target);
    }
    for (const auto& [name, rules] : map_.instruments) {
      const std::string& group = map_.map->instruments.at(name).group;
      const int n =
          group == "complication" ? kComplicationGroups : kReoperationGroups;
      for (int i = 1; i <= n; ++i) {
        for (const BoundRule& rule : rules) {
          add(absl::StrCat(group, "_", i, "_", rule.rule().target));
        }
      }
    }
  }

  const BoundMap& map_;
  const std::string& site_;
  const SurgeryDateOf& surgery_date_of_;
  std::map<std::string, Date> surgery_;  // by record
  std::vector<Draft> drafts_;
  std::map<std::string, std::vector<size_t>> drafts_of_;  // by record
  std::map<std::tuple<std::string, std::string, std::string>, size_t> by_key_;
  std::map<std::tuple<int64_t, std::string, std::string>, int> n_groups_;
  std::vector<Unattached> unattached_;
  bool left_out_ = false;  // by the last EventOf
  bool any_instance_ = false;
};

}  // namespace

absl::StatusOr<MappedFile> ApplyMap(const ClinicText& file,
                                    const ImportMap& map,
                                    const std::string& site,
                                    const SurgeryDateOf& surgery_date_of) {
  CsvReader first(file.text, 1, file.separator);
  const std::vector<std::string> header = HeaderOf(first);
  if (!first.status().ok()) return first.status();
  if (header.empty()) {
    return absl::InvalidArgumentError(
        "the file is empty; its first line names the columns");
  }
  const absl::StatusOr<BoundMap> bound = BoundMap::Bind(map, header);
  if (!bound.ok()) return bound.status();
  FileMapper mapper(*bound, site, surgery_date_of);
  while (first.Next()) mapper.NoteSurgery(first.cells());
  if (!first.status().ok()) return first.status();
  MappedFile mapped;
  CsvReader second(file.text, 1, file.separator);
  second.Next();
  while (second.Next()) {
    if (IsBlank(second.cells())) continue;
    mapper.Add(second.cells(), second.line(), mapped);
  }
  mapper.AttachByDay();
  mapper.Write(mapped);
  mapped.partial = bound->partial;
  return mapped;
}

absl::StatusOr<std::set<std::string>> SitesIn(const ClinicText& file,
                                              const ImportMap& map) {
  std::set<std::string> sites;
  if (!map.sites.has_value()) return sites;
  CsvReader reader(file.text, 1, file.separator);
  const std::vector<std::string> header = HeaderOf(reader);
  const int at = SiteColumnIn(map, header);
  if (at < 0) return sites;
  while (reader.Next()) {
    const auto known = map.sites->values.find(CellAt(reader.cells(), at));
    if (known != map.sites->values.end() && known->second.has_value()) {
      sites.insert(*known->second);
    }
  }
  if (!reader.status().ok()) return reader.status();
  return sites;
}

}  // namespace enthesis::client
