#include "client/simulate/fault_kinds.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/csv_text.h"

namespace enthesis::client {
namespace {

// The baseline line with one cell changed.
bool OnBaseline(RecordLines& record, PlantedCell& where, const char* column,
                const char* value) {
  record.Set(0, column, value);
  where = {0, column};
  return true;
}

// A visit of its own on one of the first days, which no other line has.
size_t AddVisit(RecordLines& record) {
  std::set<std::string> days;
  for (size_t i = 0; i < record.size(); ++i) days.insert(record.Cell(i, "day"));
  int day = 1;
  while (days.count(absl::StrCat(day)) > 0) ++day;
  const size_t line = record.AddLine("planted");
  record.Set(line, "day", absl::StrCat(day));
  return line;
}

using PlantedCells = std::vector<std::pair<const char*, const char*>>;

// Such a visit with these cells.
bool OnVisit(RecordLines& record, PlantedCell& where, const char* column,
             const PlantedCells& cells) {
  const size_t line = AddVisit(record);
  for (const auto& [name, value] : cells) record.Set(line, name, value);
  where = {line, column};
  return true;
}

bool IsAthlete(const RecordLines& record) {
  return record.Cell(0, "sport_level") != "none";
}

// An athlete of whom no visit reports a return.
bool NoReturn(const RecordLines& record) {
  if (!IsAthlete(record)) return false;
  for (const char* column :
       {"return_stage", "return_participation_day", "return_sport_day",
        "return_performance_day", "retired_from_sport_day"}) {
    if (!record.AllBlank(column)) return false;
  }
  return true;
}

// One that needs an implant.
bool HasHardwareEvent(const RecordLines& record) {
  for (size_t i = 0; i < record.size(); ++i) {
    for (int n = 1; n <= 4; ++n) {
      const std::string& kind =
          record.Cell(i, absl::StrCat("complication_", n, "_kind"));
      if (absl::StartsWith(kind, "hardware")) return true;
    }
  }
  return false;
}

#define ENTHESIS_BASELINE(name, column, value)          \
  {                                                     \
    name, [](RecordLines& record, PlantedCell& where) { \
      return OnBaseline(record, where, column, value);  \
    }                                                   \
  }
#define ENTHESIS_VISIT(name, column, ...)                               \
  {                                                                     \
    name, [](RecordLines& record, PlantedCell& where) {                 \
      return OnVisit(record, where, column, PlantedCells{__VA_ARGS__}); \
    }                                                                   \
  }
// The same where the record fulfills `condition`.
#define ENTHESIS_WHERE(condition, name, column, ...)    \
  {                                                     \
    name, [](RecordLines& record, PlantedCell& where) { \
      if (!(condition)) return false;                   \
      const PlantedCells cells{__VA_ARGS__};            \
      for (const auto& [cell, value] : cells) {         \
        record.Set(0, cell, value);                     \
      }                                                 \
      where = {0, column};                              \
      return true;                                      \
    }                                                   \
  }
#define ENTHESIS_VISIT_WHERE(condition, name, column, ...)              \
  {                                                                     \
    name, [](RecordLines& record, PlantedCell& where) {                 \
      if (!(condition)) return false;                                   \
      return OnVisit(record, where, column, PlantedCells{__VA_ARGS__}); \
    }                                                                   \
  }

constexpr FaultKind kCellKinds[] = {
    ENTHESIS_BASELINE("code outside the list", "pathology", "achilles"),
    ENTHESIS_BASELINE("number for a code", "laterality", "1"),
    ENTHESIS_BASELINE("words for a number", "age_years", "fifty"),
    ENTHESIS_BASELINE("decimal", "bmi", "27.5"),
    ENTHESIS_BASELINE("decimal comma", "bmi", "27,5"),
    ENTHESIS_BASELINE("date for a number", "age_years", "1970-01-31"),
    ENTHESIS_BASELINE("error of a spreadsheet", "bmi", "#REF!"),
    ENTHESIS_BASELINE("beyond 32 bits", "operating_minutes", "99999999999"),
    ENTHESIS_BASELINE("neither yes nor no", "oral_corticosteroid", "maybe"),
    ENTHESIS_BASELINE("no such day", "surgery_date", "2021-02-30"),
    ENTHESIS_BASELINE("date in another order", "surgery_date", "05/03/2021"),
    ENTHESIS_BASELINE("required value missing", "age_years", ""),
    ENTHESIS_BASELINE("below the range", "age_years", "17"),
    ENTHESIS_BASELINE("above the range", "bmi", "81"),
    ENTHESIS_BASELINE("negative count", "care_platelet_rich_plasma_injections",
                      "-1"),
};

constexpr FaultKind kBaselineKinds[] = {
    ENTHESIS_WHERE(!HasHardwareEvent(record), "serial number of an implant",
                   "implants", {"implants", "SN-4711"}),
    ENTHESIS_BASELINE("not eligible", "diagnosis", "acute_rupture"),
    ENTHESIS_BASELINE("care too short", "care_months", "2"),
    ENTHESIS_WHERE(true, "short care without a reason",
                   "care_short_care_reason", {"care_months", "4"},
                   {"care_short_care_reason", ""}),
    ENTHESIS_WHERE(true, "time since no injection",
                   "care_months_since_corticosteroid_injection",
                   {"care_corticosteroid_injections", ""},
                   {"care_months_since_corticosteroid_injection", "3"}),
    ENTHESIS_WHERE(IsAthlete(record), "athlete without a sport",
                   "sport|sport_level", {"sport", "none"}),
    ENTHESIS_WHERE(record.Cell(0, "primary_procedure") == "zadek_osteotomy" &&
                       record.AllBlank("concomitant_procedures"),
                   "procedure against the pathology",
                   "primary_procedure|pathology", {"pathology", "midportion"}),
    ENTHESIS_WHERE(record.Cell(0, "primary_procedure") == "zadek_osteotomy" &&
                       record.AllBlank("concomitant_procedures"),
                   "procedure against the approach",
                   "primary_procedure|approach", {"approach", "endoscopic"}),
    {"primary procedure again",
     [](RecordLines& record, PlantedCell& where) {
       if (!record.AllBlank("concomitant_procedures")) return false;
       record.Set(0, "concomitant_procedures",
                  record.Cell(0, "primary_procedure"));
       where = {0, "concomitant_procedures"};
       return true;
     }},
    ENTHESIS_WHERE(!record.Includes("zadek_osteotomy"),
                   "wedge without an osteotomy", "wedge_mm", {"wedge_mm", "5"}),
    ENTHESIS_WHERE(!record.Includes("graft_reinforcement") &&
                       !record.Includes("fhl_transfer"),
                   "graft without a reinforcement", "graft_class",
                   {"graft_class", "allograft"}),
    ENTHESIS_WHERE(!record.Includes("fhl_transfer"),
                   "harvest without a transfer", "fhl_harvest",
                   {"fhl_harvest", "short"}),
    ENTHESIS_WHERE(!record.Includes("debridement"),
                   "exposure without a debridement", "exposure",
                   {"exposure", "lateral"}),
    ENTHESIS_WHERE(true, "died without a day", "status_day", {"status", "died"},
                   {"status_day", ""}),
    ENTHESIS_WHERE(record.Cell(0, "status") == "active" ||
                       record.Cell(0, "status").empty(),
                   "day of a status while active", "status_day|status",
                   {"status_day", "100"}),
    ENTHESIS_BASELINE("baseline after surgery", "day", "5"),
};

constexpr FaultKind kVisitKinds[] = {
    ENTHESIS_VISIT("item 7 between its steps", "visa_a_item_7_points",
                   {"visa_a_item_7_points", "5"}),
    ENTHESIS_VISIT("item 8 of another branch", "visa_a_item_8_points",
                   {"visa_a_item_8_branch", "no_pain"},
                   {"visa_a_item_8_points", "4"}),
    ENTHESIS_VISIT("item 8 without its branch",
                   "visa_a_item_8_branch|visa_a_item_8_points",
                   {"visa_a_item_8_points", "10"}),
    ENTHESIS_VISIT("minutes between the steps",
                   "visa_a_item_1_stiffness_minutes",
                   {"visa_a_item_1_stiffness_minutes", "15"}),
    ENTHESIS_VISIT("item above its range", "visa_a_item_2_points",
                   {"visa_a_item_2_points", "11"}),
    ENTHESIS_VISIT(
        "total against the items", "visa_a_total", {"visa_a_total", "50"},
        {"visa_a_item_1_stiffness_minutes", "0"},
        {"visa_a_item_2_points", "10"}, {"visa_a_item_3_points", "10"},
        {"visa_a_item_4_points", "10"}, {"visa_a_item_5_points", "10"},
        {"visa_a_item_6_points", "10"}, {"visa_a_item_7_points", "10"},
        {"visa_a_item_8_branch", "no_pain"}, {"visa_a_item_8_points", "30"}),
    ENTHESIS_VISIT("pain above its range", "pain_activity",
                   {"pain_activity", "11"}),
    ENTHESIS_VISIT("symmetry above its range", "strength_symmetry_percent",
                   {"strength_symmetry_percent", "151"}),
    ENTHESIS_VISIT("stage outside the list", "return_stage",
                   {"return_stage", "champion"}),
    ENTHESIS_VISIT("visit without a day", "day", {"day", ""},
                   {"pain_rest", "1"}),
    ENTHESIS_VISIT("visit beyond 20 years", "day", {"day", "9000"},
                   {"pain_rest", "1"}),
    ENTHESIS_VISIT("date for a day", "day", {"day", "2021-03-05"},
                   {"pain_rest", "1"}),
    {"two visits on a day",
     [](RecordLines& record, PlantedCell& where) {
       if (record.size() < 2 || record.Cell(1, "day").empty()) return false;
       const std::string day = record.Cell(1, "day");
       const size_t line = record.AddLine("planted");
       record.Set(line, "day", day);
       record.Set(line, "pain_rest", "1");
       where = {line, "day"};
       return true;
     }},
    {"visit after death",
     [](RecordLines& record, PlantedCell& where) {
       int day = 0;
       if (record.Cell(0, "status") != "died" ||
           !absl::SimpleAtoi(record.Cell(0, "status_day"), &day)) {
         return false;
       }
       const size_t line = record.AddLine("planted");
       record.Set(line, "day", absl::StrCat(day + 10));
       record.Set(line, "pain_rest", "1");
       where = {line, "day"};
       return true;
     }},
    ENTHESIS_VISIT("value of the baseline on a visit", "bmi", {"bmi", "25"}),
};

constexpr FaultKind kEventKinds[] = {
    ENTHESIS_VISIT_WHERE(NoReturn(record), "sport before participation",
                         "return_sport_day|return_participation_day",
                         {"return_participation_day", "1"},
                         {"return_sport_day", "0"}),
    ENTHESIS_VISIT_WHERE(NoReturn(record), "return after its visit",
                         "return_sport_day", {"return_sport_day", "400"}),
    ENTHESIS_VISIT_WHERE(IsAthlete(record), "sustained return asked too early",
                         "sustained_return", {"sustained_return", "0"}),
    ENTHESIS_VISIT("complication after its visit", "complication_1_day",
                   {"complication_1_kind", "scar_pain"},
                   {"complication_1_day", "50"}),
    ENTHESIS_VISIT("complication before surgery", "complication_1_day",
                   {"complication_1_kind", "scar_pain"},
                   {"complication_1_day", "-1"}),
    ENTHESIS_VISIT("complication without its kind", "complication_1_kind",
                   {"complication_1_day", "1"}),
    ENTHESIS_VISIT("complication without its day", "complication_1_day",
                   {"complication_1_kind", "scar_pain"}),
    ENTHESIS_VISIT("grade outside the list", "complication_1_grade",
                   {"complication_1_kind", "scar_pain"},
                   {"complication_1_day", "1"},
                   {"complication_1_grade", "severe"}),
    ENTHESIS_VISIT_WHERE(!record.Includes("zadek_osteotomy"),
                         "nonunion without an osteotomy", "complication_1_kind",
                         {"complication_1_kind", "nonunion"},
                         {"complication_1_day", "1"}),
    ENTHESIS_VISIT_WHERE(
        !record.Includes("fhl_transfer"), "weak hallux without a transfer",
        "complication_1_kind", {"complication_1_kind", "hallux_weakness"},
        {"complication_1_day", "1"}),
    ENTHESIS_VISIT("reoperation without its day", "reoperation_1_day",
                   {"reoperation_1_kind", "revision"}),
    ENTHESIS_VISIT("reoperation outside the list", "reoperation_1_kind",
                   {"reoperation_1_kind", "third"}, {"reoperation_1_day", "1"}),
};

constexpr FaultKind kLineKinds[] = {
    {"line without its event",
     [](RecordLines& record, PlantedCell& where) {
       where = {AddVisit(record), "event"};
       record.Set(where.line, "event", "");
       return true;
     }},
    {"line without its record",
     [](RecordLines& record, PlantedCell& where) {
       where = {AddVisit(record), "record_id"};
       record.Set(where.line, "record_id", "");
       return true;
     }},
    {"key that a spreadsheet rounded",
     [](RecordLines& record, PlantedCell& where) {
       where = {AddVisit(record), "record_id"};
       record.Set(where.line, "record_id", "1.23E+11");
       return true;
     }},
    {"line that is there twice",
     [](RecordLines& record, PlantedCell& where) {
       if (record.size() < 2) return false;
       where = {record.AddLine(record.Cell(1, "event")), "event"};
       record.Set(where.line, "day", "7000");
       return true;
     }},
    {"visit of no record",
     [](RecordLines& record, PlantedCell& where) {
       where = {AddVisit(record), "event|record_id"};
       record.Set(where.line, "record_id",
                  absl::StrCat(record.Cell(0, "record_id"), "-nobody"));
       record.Set(where.line, "pain_rest", "1");
       return true;
     }},
    {"cell missing",
     [](RecordLines& record, PlantedCell& where) {
       where = {AddVisit(record), ""};
       record.CutLastCell(where.line);
       return true;
     }},
};

#undef ENTHESIS_BASELINE
#undef ENTHESIS_VISIT
#undef ENTHESIS_WHERE
#undef ENTHESIS_VISIT_WHERE

}  // namespace

RecordLines::RecordLines(const std::vector<std::string>& header,
                         absl::string_view text)
    : header_(header) {
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    lines_.push_back(absl::StrSplit(line, ','));
  }
}

size_t RecordLines::At(absl::string_view column) const {
  return static_cast<size_t>(std::find(header_.begin(), header_.end(), column) -
                             header_.begin());
}

const std::string& RecordLines::Cell(size_t line,
                                     absl::string_view column) const {
  return lines_[line].at(At(column));
}

void RecordLines::Set(size_t line, absl::string_view column,
                      std::string value) {
  lines_[line].at(At(column)) = std::move(value);
}

bool RecordLines::AllBlank(absl::string_view column) const {
  const size_t at = At(column);
  return std::all_of(lines_.begin(), lines_.end(),
                     [&](const auto& line) { return line[at].empty(); });
}

bool RecordLines::Includes(absl::string_view procedure) const {
  if (Cell(0, "primary_procedure") == procedure) return true;
  const std::vector<absl::string_view> others =
      absl::StrSplit(Cell(0, "concomitant_procedures"), ';');
  return std::find(others.begin(), others.end(), procedure) != others.end();
}

size_t RecordLines::AddLine(std::string event) {
  lines_.emplace_back(header_.size());
  Set(lines_.size() - 1, "record_id", Cell(0, "record_id"));
  Set(lines_.size() - 1, "event", std::move(event));
  return lines_.size() - 1;
}

std::string RecordLines::Text() const {
  std::string text;
  for (const auto& line : lines_) AppendCsvRow(line, text);
  return text;
}

absl::Span<const FaultKind> FaultKinds() {
  static const std::vector<FaultKind>& all = *[] {
    auto* kinds = new std::vector<FaultKind>;
    const auto add = [&](absl::Span<const FaultKind> some) {
      kinds->insert(kinds->end(), some.begin(), some.end());
    };
    add(kCellKinds);
    add(kBaselineKinds);
    add(kVisitKinds);
    add(kEventKinds);
    add(kLineKinds);
    return kinds;
  }();
  return all;
}

}  // namespace enthesis::client
