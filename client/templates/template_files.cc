#include "client/templates/template_files.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/case_csv_writer.h"
#include "client/csv_columns.h"
#include "client/csv_text.h"
#include "client/simulate/simulate.h"
#include "client/templates/branching.h"
#include "registry/model/visits.h"

namespace enthesis::client {
namespace {

constexpr uint64_t kExampleSeed = 2026;
constexpr int32_t kExampleCases = 6;

constexpr const char* kDictionaryHeader[] = {
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation"};

// The forms in the order of the project; which of them a visit has.
struct Form {
  const char* name;
  bool at_baseline;
  bool at_visits;
};
constexpr Form kForms[] = {
    {"baseline", true, false},     {"conservative_care", true, false},
    {"operation", true, false},    {"follow_up_status", true, false},
    {"activity", true, true},      {"assessment", true, true},
    {"visa_a", true, true},        {"complications", false, true},
    {"reoperations", false, true},
};

// Empty for what REDCap itself has, and for ids of the registry.
std::string FormOf(const Column& column) {
  switch (column.kind) {
    case ColumnKind::kEvent:
    case ColumnKind::kRepeatInstance:
    case ColumnKind::kSynthetic:
    case ColumnKind::kCaseId:
    case ColumnKind::kPatientId:
    case ColumnKind::kEtag:
    case ColumnKind::kFollowUpId:
      return "";
    case ColumnKind::kRecordId:
    case ColumnKind::kSurgeryDate:
    case ColumnKind::kPatientKey:
      return "baseline";
    case ColumnKind::kBaseline:
      // One variable, for the level before symptoms and for that of a visit.
      return column.name == "tegner_score" ? "activity" : "baseline";
    case ColumnKind::kStatus:
    case ColumnKind::kStatusDay:
      return "follow_up_status";
    case ColumnKind::kConservativeCare:
      return "conservative_care";
    case ColumnKind::kOperation:
    case ColumnKind::kConcomitantProcedures:
    case ColumnKind::kImplants:
      return "operation";
    case ColumnKind::kFollowUp:
      return column.name == "tegner_score" ? "" : "assessment";
    case ColumnKind::kVisaA:
      return "visa_a";
    case ColumnKind::kComplication:
      return "complications";
    case ColumnKind::kReoperation:
      return "reoperations";
  }
  return "";
}

std::string ChoicesOf(const model::CodeList& list) {
  std::string text;
  for (const model::Code& code : list.codes) {
    absl::StrAppend(&text, text.empty() ? "" : " | ", code.code, ", ",
                    code.label);
  }
  return text;
}

std::string DictionaryRow(const Column& column, const std::string& form) {
  std::vector<std::string> row(std::size(kDictionaryHeader));
  row[0] = column.name;
  row[1] = form;
  row[3] = "text";
  row[4] = column.meaning;
  const model::FieldInfo* info = column.info;
  if (column.list != nullptr) {
    row[3] = "checkbox";
    row[5] = ChoicesOf(*column.list);
  } else if (column.kind == ColumnKind::kSurgeryDate) {
    row[7] = "date_ymd";
    row[8] = "1990-01-01";
  } else if (info != nullptr && info->kind == model::FieldKind::kFlag) {
    row[3] = "yesno";
  } else if (info != nullptr && info->kind == model::FieldKind::kCode) {
    row[3] = info->codes->codes.size() > 4 ? "dropdown" : "radio";
    row[5] = ChoicesOf(*info->codes);
  } else if (info != nullptr) {
    row[6] = absl::StrCat(info->min, " to ", info->max, " ", info->unit);
    row[7] = "integer";
    row[8] = absl::StrCat(info->min);
    row[9] = absl::StrCat(info->max);
  }
  if (column.StaysInClinic()) {
    row[6] = "Stays in the clinic";
    row[10] = "y";
  }
  row[11] = BranchingOf(column);
  const bool required = column.kind == ColumnKind::kRecordId ||
                        (info != nullptr && info->required);
  row[12] = required ? "y" : "";
  std::string text;
  AppendCsvRow(row, text);
  return text;
}

std::string Dictionary() {
  std::string text;
  AppendCsvRow({std::begin(kDictionaryHeader), std::end(kDictionaryHeader)},
               text);
  for (const Form& form : kForms) {
    for (const Column& column : Columns()) {
      if (FormOf(column) == form.name) {
        text += DictionaryRow(column, form.name);
      }
    }
  }
  return text;
}

std::string EventName(const model::VisitWindow& visit) {
  return absl::StrCat(visit.code, "_arm_1");
}

std::string Events() {
  std::string text;
  AppendCsvRow({"event_name", "arm_num", "day_offset", "offset_min",
                "offset_max", "unique_event_name", "custom_event_label"},
               text);
  for (const model::VisitWindow& visit : model::kVisitWindows) {
    const bool baseline = visit.visit == model::Visit::kBaseline;
    std::string name(visit.code);
    for (char& c : name) c = c == '_' ? ' ' : c;
    if (baseline) name = "Baseline";
    AppendCsvRow(
        {name, "1", absl::StrCat(visit.target_day),
         absl::StrCat(visit.target_day - visit.first_day),
         absl::StrCat(visit.last_day - visit.target_day), EventName(visit), ""},
        text);
  }
  return text;
}

std::string FormsOfEvents() {
  std::string text;
  AppendCsvRow({"arm_num", "unique_event_name", "form"}, text);
  for (const model::VisitWindow& visit : model::kVisitWindows) {
    const bool baseline = visit.visit == model::Visit::kBaseline;
    for (const Form& form : kForms) {
      if (baseline ? form.at_baseline : form.at_visits) {
        AppendCsvRow({"1", EventName(visit), form.name}, text);
      }
    }
  }
  return text;
}

// What of REDCap's export is not as in the import.
std::string RedcapMap() {
  std::string text =
      "# For exports of the project made from the REDCap templates, raw or "
      "with labels of\n# codes: `enthesis import export.csv --map "
      "redcap_map.yaml --site SITE`.\nenthesis_map: 1\n\ncolumns:\n";
  for (const Column& column : Columns()) {
    if (column.list == nullptr) continue;
    absl::StrAppend(&text, "  ", column.name, ": {checkbox: ", column.name,
                    "}\n");
  }
  absl::StrAppend(&text, "\nignore: [\"*_complete\"]\n");
  return text;
}

std::string Example() { return SimulateSite(kExampleSeed, 1, kExampleCases); }

}  // namespace

absl::Span<const TemplateFile> TemplateFiles() {
  static constexpr TemplateFile kFiles[] = {
      {"redcap", "redcap_data_dictionary.csv",
       "REDCap data dictionary: every field with its choices, range, branching "
       "logic; Project Setup > Data Dictionary > Upload",
       Dictionary},
      {"redcap-events", "redcap_events.csv",
       "REDCap events: the visits with their windows; Define My Events > "
       "Upload",
       Events},
      {"redcap-forms", "redcap_forms.csv",
       "REDCap designation: which form belongs to which event; Designate "
       "Instruments > Upload",
       FormsOfEvents},
      {"redcap-map", "redcap_map.yaml",
       "mapping file for exports of that project", RedcapMap},
      {"csv", "import_template.csv", "the columns of `enthesis import`",
       CaseCsvHeader},
      {"example", "import_example.csv",
       "a filled file, of synthetic cases: for a site made with --synthetic",
       Example}};
  return kFiles;
}

}  // namespace enthesis::client
