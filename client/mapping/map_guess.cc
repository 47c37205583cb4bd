#include "client/mapping/map_guess.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/csv_columns.h"
#include "client/mapping/column_values.h"
#include "client/mapping/guessed_rule.h"
#include "client/mapping/header_parts.h"
#include "client/mapping/known_words.h"
#include "client/mapping/redcap_names.h"
#include "client/mapping/visit_words.h"
#include "registry/model/visits.h"

namespace enthesis::client {
namespace {

class Guess {
 public:
  explicit Guess(const std::vector<ColumnValues>& columns)
      : columns_(columns) {}

  GuessedMap Make() {
    FindShape();
    for (const ColumnValues& column : columns_) Place(column);
    AddMissing();
    AddVisits();
    std::string& yaml = map_.yaml;
    yaml =
        "# Proposed by `enthesis map guess`; look at every line, above all at "
        "those with a\n# question mark, which do not import as they are. Keys: "
        "client/mapping/README.md.\n"
        "enthesis_map: 1\n";
    std::string section;
    if (!missing_.empty()) {
      std::vector<std::string> words;
      for (const std::string& word : missing_) words.push_back(Yaml(word));
      absl::StrAppend(&section, "  missing: [", absl::StrJoin(words, ", "),
                      "]\n");
    }
    if (decimal_comma_) section += DecimalComma();
    AddSection("file", section);
    AddSection("sites", sites_);
    AddSection("events", events_);
    AddSection("instruments", instruments_);
    AddSection("columns", rules_);
    AddSection("visits", visits_);
    if (!ignored_.empty()) {
      absl::StrAppend(&yaml, "\nignore: [", absl::StrJoin(ignored_, ", "),
                      "]\n");
    }
    for (const GuessedColumn& column : map_.columns) {
      if (!column.target.empty()) continue;
      absl::StrAppend(&yaml, "# not placed: ", Yaml(column.column), ", ",
                      column.note, "\n");
    }
    for (const std::string& name : map_.missing) {
      absl::StrAppend(&yaml, "# required, and not found: ", name, "\n");
    }
    return std::move(map_);
  }

 private:
  // Whether lines of one record are told apart by a column, known by its name
  // or else by its values, or each record is one line.
  void FindShape() {
    bool repeats = false;
    std::vector<const ColumnValues*> by_values;
    for (const ColumnValues& column : columns_) {
      const std::string target = TargetNamed(column.name);
      if (target == "event") event_ = event_ == nullptr ? &column : event_;
      if (target == "record_id" && record_ == nullptr) record_ = &column;
      if (target.empty() && HoldsVisits(column)) by_values.push_back(&column);
    }
    if (record_ == nullptr) record_ = KeyAlone();
    repeats = record_ != nullptr && record_->repeats;
    if (event_ == nullptr && by_values.size() == 1) event_ = by_values[0];
    unclear_ = event_ == nullptr && repeats;
    wide_ = event_ == nullptr && !repeats;
  }

  // The one column that is called a patient or a record alone and holds no
  // names: each value has a digit.
  const ColumnValues* KeyAlone() const {
    const ColumnValues* key = nullptr;
    for (const ColumnValues& column : columns_) {
      if (!IsKeyAlone(Normalized(column.name)) || column.n_filled == 0) {
        continue;
      }
      const bool numbered = std::all_of(
          column.values.begin(), column.values.end(),
          [](const std::string& value) {
            return value.find_first_of("0123456789") != std::string::npos;
          });
      if (!numbered) continue;
      if (key != nullptr) return nullptr;
      key = &column;
    }
    return key;
  }

  static bool HoldsVisits(const ColumnValues& column) {
    if (column.many || column.numbers || column.values.size() < 2) return false;
    bool any = false;
    for (const std::string& value : column.values) {
      const bool visit = VisitNamed(value).has_value();
      if (!visit && !NamesBaseline(value)) return false;
      any = any || visit;
    }
    return any;
  }

  // A map has one decimal sign.
  std::string DecimalComma() {
    std::string lines;
    for (GuessedColumn& placed : map_.columns) {
      for (const ColumnValues& column : columns_) {
        if (column.name != placed.column || placed.target.empty() ||
            !column.numbers || column.whole || column.decimal_comma) {
          continue;
        }
        placed.note = "? decimals with a point, beside others with a comma";
        absl::StrAppend(&lines, "  # ", placed.note, ": ", Yaml(column.name),
                        "\n");
      }
    }
    return lines + "  decimal: comma\n";
  }

  void AddSection(const char* name, const std::string& lines) {
    if (!lines.empty()) absl::StrAppend(&map_.yaml, "\n", name, ":\n", lines);
  }

  void Note(const ColumnValues& column, std::string target,
            std::string note = "") {
    map_.columns.push_back({column.name, std::move(target), std::move(note)});
  }

  void Ignore(const ColumnValues& column, absl::string_view pattern,
              std::string note) {
    const std::string text = Yaml(pattern);
    if (std::find(ignored_.begin(), ignored_.end(), text) == ignored_.end()) {
      ignored_.push_back(text);
    }
    Note(column, "ignore", std::move(note));
  }

  void Place(const ColumnValues& column) {
    const std::string& name = column.name;
    const std::string word = Normalized(name);
    const absl::string_view raw = RawName(name);
    if (raw == kSurveyColumn || name == "import_faults") {
      return Note(column, "ignore");
    }
    if (raw == kDataAccessGroupColumn) return PlaceSites(column);
    if (raw == kInstrumentColumn) return PlaceInstruments(column);
    if (&column == event_ && taken_.insert("event").second) {
      return PlaceEvents(column);
    }
    if (name == "Complete?") {
      return Ignore(column, name, "the state of a form");
    }
    if (absl::EndsWith(word, "_complete")) {
      return Ignore(column, "*_complete", "the state of a form");
    }
    if (absl::EndsWith(word, "_timestamp")) {
      return Ignore(column, "*_timestamp", "the time of a survey");
    }
    if (name.find("___") != std::string::npos ||
        name.find(" (choice=") != std::string::npos) {
      return PlaceCheckbox(column);
    }
    std::string target = TargetNamed(name);
    if (target == "identifying") {
      return Ignore(column, name, "names a person");
    }
    if (&column == record_ && target.empty() &&
        taken_.insert("record_id").second) {
      return PlaceColumn(column, *FindColumn("record_id", LineKind::kBaseline),
                         "? taken for the key of the record: nothing else is");
    }
    if (NamesBirth(name)) return PlaceBirth(column);
    if (target.empty() && PlaceAtVisit(column)) return;
    if (target.empty()) target = EventColumn(word);
    if (wide_ && IsEventColumn(target)) {
      return Note(column, "",
                  absl::StrCat(Looks(column, ""), "; ", target,
                               " is of an assessment: put it under the visit "
                               "that it is reported at"));
    }
    if (target.empty() || !taken_.insert(target).second) {
      return Note(column, "", Looks(column, target));
    }
    PlaceColumn(column, *FindColumn(target, LineKind::kBaseline));
  }

  // Of a complication or reoperation; empty where the import has none such.
  static std::string EventColumn(absl::string_view word) {
    const std::string named = EventColumnNamed(word);
    return FindColumn(named, LineKind::kBaseline) == nullptr ? "" : named;
  }

  static bool IsEventColumn(const std::string& target) {
    const Column* column = FindColumn(target, LineKind::kBaseline);
    return column != nullptr && column->kind >= ColumnKind::kComplication;
  }

  // Never sent and never another date: it gives the age at surgery, where it
  // can and no column has the age.
  void PlaceBirth(const ColumnValues& column) {
    const bool has_age = std::any_of(
        columns_.begin(), columns_.end(), [](const ColumnValues& other) {
          return !NamesBirth(other.name) &&
                 TargetNamed(other.name) == "age_years";
        });
    if (!has_age && !column.date_formats.empty() &&
        taken_.insert("age_years").second) {
      return PlaceColumn(column, *FindColumn("age_years", LineKind::kBaseline),
                         "? a birth date must not leave the clinic: this makes "
                         "the age at surgery of it, in years, and sends that");
    }
    Ignore(column, column.name,
           absl::StrCat("about the birth, which must not leave the clinic; ",
                        has_age ? "the age comes from another column"
                                : "age_years needs the age at surgery"));
  }

  // What the values are, in words: no value of a patient.
  static std::string Looks(const ColumnValues& column,
                           const std::string& target) {
    std::string text;
    if (column.n_filled == 0) {
      text = "always blank";
    } else if (!column.date_formats.empty()) {
      text = absl::StrCat("dates ", DatesOf(column));
    } else if (column.numbers) {
      text = column.whole ? "whole numbers" : "numbers with decimals";
    } else {
      const size_t n = column.values.size();
      text = column.many ? "texts"
             : n == 1    ? "1 text"
                         : absl::StrCat(n, " different texts");
    }
    if (!target.empty()) {
      absl::StrAppend(&text, "; ", target, " comes from another column");
    }
    return text;
  }

  void PlaceColumn(const ColumnValues& column, const Column& target,
                   std::string note = "") {
    Note(column, target.name,
         AddRule(column, target, "  ", rules_, std::move(note)));
  }

  // Returns what is left to decide.
  std::string AddRule(const ColumnValues& column, const Column& target,
                      const char* indent, std::string& lines,
                      std::string note = "") {
    missing_.insert(column.missing.begin(), column.missing.end());
    GuessedRule rule = RuleFor(column, target, indent, std::move(note));
    decimal_comma_ = decimal_comma_ || rule.decimal_comma;
    lines += rule.yaml;
    if (target.name == "record_id" && unclear_) {
      return "? has several lines of one record, and no column was found that "
             "tells its visits apart";
    }
    return rule.note;
  }

  // A column of one visit in a file with one line a record.
  bool PlaceAtVisit(const ColumnValues& column) {
    if (!wide_) return false;
    const auto split = SplitHeader(column.name);
    if (!split.has_value()) return false;
    std::string target = TargetNamed(split->rest);
    if (target.empty()) target = EventColumn(split->rest);
    if (IsDateAlone(split->rest) && !column.date_formats.empty()) {
      target = "day";
    }
    const Column* found = FindColumn(target, LineKind::kBaseline);
    if (found == nullptr || found->kind < ColumnKind::kFollowUp) return false;
    if (split->visit == "baseline") {
      if (!taken_.insert(target).second) return false;
      PlaceColumn(column, *found);
      return true;
    }
    Visit& visit = of_visit_[model::kVisitCodes.Find(split->visit)->value];
    if (!visit.taken.insert(target).second) return false;
    visit.event = split->visit;
    const std::string note = AddRule(column, *found, "      ", visit.lines);
    Note(column, absl::StrCat(split->visit, " ", target), note);
    return true;
  }

  void AddVisits() {
    for (const auto& [code, visit] : of_visit_) {
      absl::StrAppend(&visits_, "  - event: ", visit.event, "\n    columns:\n");
      if (visit.taken.count("day") == 0) {
        absl::StrAppend(&visits_,
                        "      # ? the date or day of the visit\n"
                        "      day: \"?\"\n");
        map_.missing.push_back(absl::StrCat("day of ", visit.event));
      }
      AddMissingOfEvents(visit.taken, absl::StrCat(" of ", visit.event),
                         map_.missing);
      visits_ += visit.lines;
    }
  }

  // Names of visits here, by what the file calls them: not where two would be
  // one.
  static std::map<std::string, std::string> VisitsOf(
      const std::set<std::string>& events) {
    std::map<std::string, std::string> names, event_of;
    for (const std::string& event : events) {
      std::string word = Normalized(event);
      const size_t arm = word.find("_arm_");
      if (arm != std::string::npos) word.resize(arm);
      names[event] = word;
      const auto visit = VisitNamed(word);
      if (visit.has_value() && !event_of.emplace(*visit, event).second) {
        event_of[*visit].clear();
      }
    }
    for (const auto& [visit, event] : event_of) {
      if (!event.empty() && events.count(visit) == 0) names[event] = visit;
    }
    return names;
  }

  void PlaceEvents(const ColumnValues& column) {
    if (column.name != kEventColumn && column.name != "event") {
      absl::StrAppend(&rules_, "  event: ", Yaml(column.name), "\n");
    }
    std::string lines;
    int n_baseline = 0;
    for (const auto& [value, word] : VisitsOf(column.values)) {
      const bool baseline = NamesBaseline(word);
      n_baseline += baseline ? 1 : 0;
      absl::StrAppend(&lines, "  ", Yaml(value), ": ",
                      baseline ? "baseline" : word, "\n");
    }
    std::string note;
    if (n_baseline == 0) note = "? no event looks like the baseline";
    if (column.many) note = "? more events than are listed";
    if (!note.empty()) absl::StrAppend(&lines, "  # ", note, "\n");
    events_ = lines;
    Note(column, "event", note);
  }

  void PlaceSites(const ColumnValues& column) {
    if (column.n_filled == 0) return Note(column, "ignore", "always blank");
    absl::StrAppend(&sites_, "  # ? the site of each group\n  values:\n");
    for (const std::string& value : column.values) {
      absl::StrAppend(&sites_, "    ", Yaml(value), ": \"?\"\n");
    }
    Note(column, "sites", "? the site of each group");
  }

  void PlaceInstruments(const ColumnValues& column) {
    if (column.n_filled == 0) return Note(column, "ignore", "always blank");
    absl::StrAppend(
        &instruments_,
        "  # ? {event: NAME}, {group: complication, columns: {kind: "
        "..., day: ...}}, or ~ to leave out\n");
    for (const std::string& value : column.values) {
      absl::StrAppend(&instruments_, "  ", Yaml(value), ": {}\n");
    }
    Note(column, "instruments", "? what each instrument is");
  }

  void PlaceCheckbox(const ColumnValues& column) {
    size_t end = column.name.find("___");
    if (end == std::string::npos) end = column.name.find(" (choice=");
    const std::string group = column.name.substr(0, end);
    const auto known = checkboxes_.find(group);
    if (known != checkboxes_.end()) return Note(column, known->second);
    const std::string target = TargetNamed(group);
    const Column* found = FindColumn(target, LineKind::kBaseline);
    if (found == nullptr || found->list == nullptr ||
        !taken_.insert(target).second) {
      return Note(column, "",
                  NamesInjection(group)
                      ? "a choice of a checkbox; injections are counted by "
                        "kind here, as care_corticosteroid_injections"
                      : "a choice of a checkbox");
    }
    checkboxes_[group] = target;
    ColumnValues choices;
    for (const ColumnValues& other : columns_) {
      absl::string_view choice = other.name;
      if (!absl::ConsumePrefix(&choice, group)) continue;
      if (!absl::ConsumePrefix(&choice, "___") &&
          !(absl::ConsumePrefix(&choice, " (choice=") &&
            absl::ConsumeSuffix(&choice, ")"))) {
        continue;
      }
      choices.values.insert(std::string(choice));
    }
    bool all_same = true;
    std::vector<std::string> open;
    const std::string lines =
        ValueLines(choices, *found, "      ", all_same, open);
    absl::StrAppend(&rules_, "  ", target, ":\n    checkbox: ", Yaml(group),
                    "\n    # allowed: ", AllowedValues(*found),
                    "\n    values:\n", lines);
    Note(column, target,
         open.empty()
             ? ""
             : absl::StrCat("? codes not known: ", absl::StrJoin(open, ", ")));
  }

  void AddMissing() {
    for (const Column& column : Columns()) {
      const bool needed = column.kind == ColumnKind::kRecordId ||
                          column.kind == ColumnKind::kEvent ||
                          (column.info != nullptr && column.info->required &&
                           column.kind < ColumnKind::kFollowUp);
      if (!needed || taken_.count(column.name) > 0) continue;
      if (column.name == "surgery_year" && taken_.count("surgery_date") > 0) {
        continue;
      }
      // Where a record is one line, that it is the baseline is proposed below.
      if (column.kind != ColumnKind::kEvent || unclear_) {
        map_.missing.push_back(column.name);
      }
      if (column.kind == ColumnKind::kEvent && unclear_) {
        absl::StrAppend(&rules_,
                        "  # ? records have several lines, and no column was "
                        "found that tells their visits apart\n"
                        "  event: \"?\"\n");
      } else if (column.kind == ColumnKind::kEvent) {
        absl::StrAppend(&rules_,
                        "  # ? one line a record\n  event: {value: "
                        "baseline}\n");
      }
      if (column.name == "diagnosis") {
        absl::StrAppend(&rules_,
                        "  # ? if every record is one\n  # diagnosis: {value: "
                        "tendinopathy}\n");
      }
    }
    AddMissingOfEvents(taken_, "", map_.missing);
  }

  // An event has a kind and a day.
  static void AddMissingOfEvents(const std::set<std::string>& taken,
                                 const std::string& at,
                                 std::vector<std::string>& missing) {
    for (const Column& column : AllColumns()) {
      if (column.kind < ColumnKind::kComplication || !column.info->required ||
          taken.count(column.name) > 0) {
        continue;
      }
      const std::string group = column.name.substr(
          0, column.name.size() - std::string(column.info->name).size());
      const auto other = taken.lower_bound(group);
      if (other == taken.end() || !absl::StartsWith(*other, group)) continue;
      missing.push_back(absl::StrCat(column.name, at));
    }
  }

  // What is made at one visit of a file with one line a record.
  struct Visit {
    std::string event, lines;
    std::set<std::string> taken;  // columns of the import
  };

  const std::vector<ColumnValues>& columns_;
  const ColumnValues* record_ = nullptr;
  const ColumnValues* event_ = nullptr;
  bool unclear_ = false;               // several lines a record, and no event
  bool wide_ = false;                  // one line a record
  std::map<int32_t, Visit> of_visit_;  // by code
  GuessedMap map_;
  std::set<std::string> taken_;  // columns of the import
  std::map<std::string, std::string> checkboxes_;
  std::set<std::string> missing_;
  bool decimal_comma_ = false;
  std::string sites_, events_, instruments_, rules_, visits_;
  std::vector<std::string> ignored_;
};

}  // namespace

absl::StatusOr<GuessedMap> GuessMap(const ClinicText& file) {
  const absl::StatusOr<std::vector<ColumnValues>> columns = LookAtColumns(file);
  if (!columns.ok()) return columns.status();
  return Guess(*columns).Make();
}

}  // namespace enthesis::client
