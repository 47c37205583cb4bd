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
#include "client/mapping/known_words.h"

namespace enthesis::client {
namespace {

// A text of YAML that is read back as it is.
std::string Yaml(absl::string_view text) {
  const bool plain =
      !text.empty() && text.find_first_not_of(
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvw"
                           "xyz0123456789_.") == absl::string_view::npos;
  if (plain) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

const model::CodeList* ListOf(const Column& column) {
  if (column.list != nullptr) return column.list;
  return column.info == nullptr ? nullptr : column.info->codes;
}

class Guess {
 public:
  explicit Guess(const std::vector<ColumnValues>& columns)
      : columns_(columns) {}

  GuessedMap Make(const ClinicText& file) {
    for (const ColumnValues& column : columns_) Place(column);
    AddMissing();
    std::string& yaml = map_.yaml;
    yaml =
        "# Proposed by `enthesis map guess`; look at every line, above all at "
        "those with a\n# question mark, which do not import as they are. Keys: "
        "client/mapping/README.md.\n"
        "enthesis_map: 1\n";
    std::string section;
    if (file.encoding == TextEncoding::kWindows1252) {
      absl::StrAppend(&section, "  encoding: windows-1252\n");
    }
    if (!missing_.empty()) {
      std::vector<std::string> words;
      for (const std::string& word : missing_) words.push_back(Yaml(word));
      absl::StrAppend(&section, "  missing: [", absl::StrJoin(words, ", "),
                      "]\n");
    }
    if (decimal_comma_) absl::StrAppend(&section, "  decimal: comma\n");
    AddSection("file", section);
    AddSection("sites", sites_);
    AddSection("events", events_);
    AddSection("instruments", instruments_);
    AddSection("columns", rules_);
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
    if (name == "redcap_survey_identifier" || name == "import_faults") {
      return Note(column, "ignore");
    }
    if (name == "redcap_data_access_group") return PlaceSites(column);
    if (name == "redcap_repeat_instrument") return PlaceInstruments(column);
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
    const std::string target = TargetNamed(name);
    if (target == "identifying") {
      return Ignore(column, name, "names a person");
    }
    if (NamesBirth(name)) return PlaceBirth(column);
    if (target.empty() || !taken_.insert(target).second) {
      return Note(column, "", Looks(column, target));
    }
    PlaceColumn(column, *FindColumn(target, LineKind::kBaseline));
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
      missing_.insert(column.missing.begin(), column.missing.end());
      return PlaceDate(column, *FindColumn("age_years", LineKind::kBaseline),
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
      text = absl::StrCat("dates ", absl::StrJoin(column.date_formats, " or "));
    } else if (column.numbers) {
      text = column.whole ? "whole numbers" : "numbers with decimals";
    } else {
      text = column.many
                 ? "texts"
                 : absl::StrCat(column.values.size(), " different texts");
    }
    if (!target.empty()) {
      absl::StrAppend(&text, "; ", target, " comes from another column");
    }
    return text;
  }

  void PlaceColumn(const ColumnValues& column, const Column& target) {
    missing_.insert(column.missing.begin(), column.missing.end());
    if (target.kind == ColumnKind::kEvent) return PlaceEvents(column);
    const bool number = target.info != nullptr &&
                        target.info->kind == model::FieldKind::kNumber;
    if (!column.date_formats.empty() &&
        (number || target.kind == ColumnKind::kSurgeryDate)) {
      return PlaceDate(column, target);
    }
    if (number) return PlaceNumber(column, target);
    if (ListOf(target) != nullptr ||
        (target.info != nullptr &&
         target.info->kind == model::FieldKind::kFlag)) {
      return PlaceCodes(column, target,
                        absl::StrCat("from: ", Yaml(column.name)));
    }
    AddRule(column, target.name, Yaml(column.name));
    Note(column, target.name);
  }

  // Where the column has our name and needs nothing, no line is needed either.
  void AddRule(const ColumnValues& column, const std::string& target,
               const std::string& rule) {
    if (rule == target && column.name == target) return;
    absl::StrAppend(&rules_, "  ", target, ": ", rule, "\n");
  }

  void PlaceDate(const ColumnValues& column, const Column& target,
                 std::string note = "") {
    const std::string& format = column.date_formats[0];
    if (column.date_formats.size() > 1) {
      absl::StrAppend(&note, note.empty() ? "? " : "; ", "the dates may be ",
                      absl::StrJoin(column.date_formats, " or "));
    }
    if (!note.empty()) absl::StrAppend(&rules_, "  # ", note, "\n");
    AddRule(column, target.name,
            absl::StrCat("{from: ", Yaml(column.name), ", date: ", Yaml(format),
                         "}"));
    Note(column, target.name, note);
  }

  void PlaceNumber(const ColumnValues& column, const Column& target) {
    const std::string word = Normalized(column.name);
    std::string rule = Yaml(column.name), note;
    if (!column.numbers && column.n_filled > 0) {
      note = "? holds texts, where a number is needed";
    } else if (!column.whole && column.n_filled > 0) {
      decimal_comma_ = decimal_comma_ || column.decimal_comma;
      rule = absl::StrCat("{from: ", rule, ", round: nearest}");
      note = "? has decimals, which are rounded";
    }
    const absl::string_view unit = target.info->unit;
    if (unit == "months" &&
        (absl::StrContains(word, "year") || absl::StrContains(word, "jahr"))) {
      rule = absl::StrCat("{from: ", Yaml(column.name),
                          ", factor: 12, round: nearest}");
      note = "? years to months";
    }
    if (!note.empty()) absl::StrAppend(&rules_, "  # ", note, "\n");
    AddRule(column, target.name, rule);
    Note(column, target.name, note);
  }

  // What two short values of a column both seem to be they cannot both be: in
  // {h, m} m is mujer, in {m, w} it is not.
  static std::set<std::string> AmbiguousOf(const ColumnValues& column,
                                           const Column& target) {
    std::map<std::string, std::string> seen;
    std::set<std::string> twice;
    for (const std::string& value : column.values) {
      const auto code = CodeNamed(value, target);
      if (!code.has_value() || Normalized(value).size() > 1) continue;
      const auto [first, is_new] = seen.emplace(*code, value);
      if (is_new || Normalized(first->second) == Normalized(value)) continue;
      twice.insert({first->second, value});
    }
    return twice;
  }

  // "VALUE: code" of every value; those that are not known are left open.
  std::string ValuesOf(const ColumnValues& column, const Column& target,
                       const char* indent, bool& all_same,
                       std::vector<std::string>& open) const {
    std::string lines;
    const std::set<std::string> ambiguous = AmbiguousOf(column, target);
    for (const std::string& value : column.values) {
      const auto code =
          ambiguous.count(value) > 0 ? std::nullopt : CodeNamed(value, target);
      all_same = all_same && code.has_value() && *code == value;
      if (code.has_value()) {
        absl::StrAppend(&lines, indent, Yaml(value), ": ", *code, "\n");
      } else {
        absl::StrAppend(&lines, indent, Yaml(value), ": \"?\"\n");
        open.push_back(value);
      }
    }
    return lines;
  }

  static std::string AllowedOf(const Column& target) {
    const model::CodeList* list = ListOf(target);
    return list == nullptr ? "1, 0" : list->Allowed();
  }

  void PlaceCodes(const ColumnValues& column, const Column& target,
                  const std::string& source) {
    bool all_same = true;
    std::vector<std::string> open;
    const std::string lines =
        ValuesOf(column, target, "      ", all_same, open);
    if (all_same && !column.many) {
      AddRule(column, target.name, Yaml(column.name));
      return Note(column, target.name);
    }
    std::string note;
    if (column.many) {  // perhaps no codes, but words about a patient
      note = absl::StrCat("? more than ", kMostValues,
                          " different values, which are not shown here");
    } else if (!open.empty()) {
      note = absl::StrCat("? codes not known: ", absl::StrJoin(open, ", "));
    }
    absl::StrAppend(&rules_, "  ", target.name, ":\n    ", source,
                    "\n    # allowed: ", AllowedOf(target), "\n    values:",
                    column.many ? absl::StrCat(" {}  # ", note, "\n")
                                : absl::StrCat("\n", lines));
    Note(column, target.name, note);
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
    if (column.name != "redcap_event_name" && column.name != "event") {
      AddRule(column, "event", Yaml(column.name));
    }
    std::string lines;
    int n_baseline = 0;
    for (const auto& [value, word] : VisitsOf(column.values)) {
      bool baseline = false;
      for (const char* start :
           {"baseline", "preop", "pre_op", "aufnahme", "enrol", "operation",
            "surgery", "praeop", "prae_op", "inclusion", "inclusie", "ausgangs",
            "preoperat"}) {
        baseline = baseline || absl::StartsWith(word, start);
      }
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
      return Note(column, "", "a choice of a checkbox");
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
        ValuesOf(choices, *found, "      ", all_same, open);
    absl::StrAppend(&rules_, "  ", target, ":\n    checkbox: ", Yaml(group),
                    "\n    # allowed: ", AllowedOf(*found), "\n    values:\n",
                    lines);
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
      map_.missing.push_back(column.name);
      if (column.kind == ColumnKind::kEvent) {
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
  }

  const std::vector<ColumnValues>& columns_;
  GuessedMap map_;
  std::set<std::string> taken_;  // columns of the import
  std::map<std::string, std::string> checkboxes_;
  std::set<std::string> missing_;
  bool decimal_comma_ = false;
  std::string sites_, events_, instruments_, rules_;
  std::vector<std::string> ignored_;
};

}  // namespace

absl::StatusOr<GuessedMap> GuessMap(const ClinicText& file) {
  const absl::StatusOr<std::vector<ColumnValues>> columns = LookAtColumns(file);
  if (!columns.ok()) return columns.status();
  return Guess(*columns).Make(file);
}

}  // namespace enthesis::client
