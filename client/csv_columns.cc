#include "client/csv_columns.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"

namespace enthesis::client {
namespace {

using model::FieldInfo;
using model::FieldKind;

constexpr FieldInfo kSyntheticInfo = {
    "synthetic", FieldKind::kFlag,
    0,           1,
    "",          nullptr,
    false,       "Drawn by a simulator; belongs in a synthetic site."};
constexpr FieldInfo kStatusDayInfo = {
    "status_day",
    FieldKind::kNumber,
    0,
    7305,
    "days",
    nullptr,
    false,
    "Whole days from surgery to the status; required unless active."};
const FieldInfo& StatusInfo() {
  static const FieldInfo info = {
      "status", FieldKind::kCode,
      0,        0,
      "",       &model::kCaseStatusCodes,
      false,    "Where the case stands in follow-up; blank means active."};
  return info;
}

template <typename T>
void AddFields(absl::Span<const model::Field<T>> fields, ColumnKind kind,
               absl::string_view prefix, int group,
               std::vector<Column>& columns) {
  for (size_t i = 0; i < fields.size(); ++i) {
    Column column{absl::StrCat(prefix, fields[i].name), kind};
    column.field = static_cast<int>(i);
    column.group = group;
    column.info = &fields[i];
    column.meaning = fields[i].meaning;
    columns.push_back(column);
  }
}

void AddOne(const char* name, ColumnKind kind, const FieldInfo* info,
            const model::CodeList* list, const char* meaning,
            std::vector<Column>& columns) {
  Column column{name, kind};
  column.info = info;
  column.list = list;
  column.meaning = info != nullptr ? info->meaning : meaning;
  columns.push_back(column);
}

std::vector<Column> BuildColumns() {
  std::vector<Column> columns;
  AddOne("record_id", ColumnKind::kRecordId, nullptr, nullptr,
         "The clinic's own key of the record (one limb). Never sent.", columns);
  AddOne("event", ColumnKind::kEvent, nullptr, nullptr,
         "\"baseline\", or the name of the visit. Never sent.", columns);
  AddOne("redcap_repeat_instance", ColumnKind::kRepeatInstance, nullptr,
         nullptr, "REDCap's number of a repeated event. Never sent.", columns);
  AddOne("surgery_date", ColumnKind::kSurgeryDate, nullptr, nullptr,
         "Gives surgery_year and operation_sequence. Never sent.", columns);
  AddOne("patient_key", ColumnKind::kPatientKey, nullptr, nullptr,
         "The clinic's key of the person; links two limbs. Never sent.",
         columns);
  AddOne("case_id", ColumnKind::kCaseId, nullptr, nullptr,
         "The case in the registry.", columns);
  AddOne("patient_id", ColumnKind::kPatientId, nullptr, nullptr,
         "The person in the registry.", columns);
  AddOne("etag", ColumnKind::kEtag, nullptr, nullptr,
         "The version that was exported.", columns);
  AddOne("follow_up_id", ColumnKind::kFollowUpId, nullptr, nullptr,
         "The assessment of the line in the registry.", columns);
  AddFields(model::BaselineFields(), ColumnKind::kBaseline, "", 0, columns);
  AddOne("synthetic", ColumnKind::kSynthetic, &kSyntheticInfo, nullptr, "",
         columns);
  AddOne("status", ColumnKind::kStatus, &StatusInfo(), nullptr, "", columns);
  AddOne("status_day", ColumnKind::kStatusDay, &kStatusDayInfo, nullptr, "",
         columns);
  AddFields(model::ConservativeCareFields(), ColumnKind::kConservativeCare,
            "care_", 0, columns);
  AddFields(model::OperationFields(), ColumnKind::kOperation, "", 0, columns);
  AddOne("concomitant_procedures", ColumnKind::kConcomitantProcedures, nullptr,
         &model::kProcedureCodes, "Other procedures of the same operation.",
         columns);
  AddOne("implants", ColumnKind::kImplants, nullptr, &model::kImplantClassCodes,
         "Implants left in place, by class.", columns);
  // "tegner_score" is in two tables: on a baseline line it is the baseline's.
  AddFields(model::FollowUpFields(), ColumnKind::kFollowUp, "", 0, columns);
  AddFields(model::VisaAFields(), ColumnKind::kVisaA, "visa_a_", 0, columns);
  for (int i = 0; i < kComplicationGroups; ++i) {
    AddFields(model::ComplicationFields(), ColumnKind::kComplication,
              absl::StrCat("complication_", i + 1, "_"), i, columns);
  }
  for (int i = 0; i < kReoperationGroups; ++i) {
    AddFields(model::ReoperationFields(), ColumnKind::kReoperation,
              absl::StrCat("reoperation_", i + 1, "_"), i, columns);
  }
  return columns;
}

bool IsListed(const Column& column) {
  if (column.kind >= ColumnKind::kCaseId &&
      column.kind <= ColumnKind::kFollowUpId) {
    return false;
  }
  return column.group < (column.kind == ColumnKind::kReoperation
                             ? kListedReoperationGroups
                             : kListedComplicationGroups);
}

}  // namespace

bool Column::OnAssessmentLine() const {
  return kind == ColumnKind::kRecordId || kind == ColumnKind::kEvent ||
         kind == ColumnKind::kRepeatInstance ||
         kind == ColumnKind::kFollowUpId || kind >= ColumnKind::kFollowUp;
}

absl::Span<const Column> AllColumns() {
  static const std::vector<Column>& columns = *new auto(BuildColumns());
  return columns;
}

absl::Span<const Column> Columns() {
  static const std::vector<Column>& listed = *[] {
    auto* columns = new std::vector<Column>;
    for (const Column& column : AllColumns()) {
      if (IsListed(column)) columns->push_back(column);
    }
    return columns;
  }();
  return listed;
}

const Column* FindColumn(absl::string_view name, LineKind line) {
  using Index = std::map<std::string, const Column*, std::less<>>;
  // The first of a name is the baseline's, the last the assessment's.
  static const Index& first = *[] {
    auto* index = new Index;
    for (const Column& column : AllColumns()) {
      index->emplace(column.name, &column);
    }
    return index;
  }();
  static const Index& last = *[] {
    auto* index = new Index;
    for (const Column& column : AllColumns()) (*index)[column.name] = &column;
    return index;
  }();
  const Index& index = line == LineKind::kBaseline ? first : last;
  const auto found =
      index.find(name == "redcap_event_name" ? "event" : std::string(name));
  return found == index.end() ? nullptr : found->second;
}

std::string AllowedIn(const Column& column) {
  if (column.list != nullptr) {
    return absl::StrCat(column.list->Allowed(), "; separated by ;");
  }
  if (column.info == nullptr) {
    return column.kind == ColumnKind::kSurgeryDate ? "a day, YYYY-MM-DD"
                                                   : "text";
  }
  switch (column.info->kind) {
    case FieldKind::kNumber:
      return absl::StrCat("a whole number from ", column.info->min, " to ",
                          column.info->max, " (", column.info->unit, ")");
    case FieldKind::kFlag:
      return "1 or 0, yes or no, true or false";
    case FieldKind::kCode:
      return column.info->codes->Allowed();
  }
  return "";
}

}  // namespace enthesis::client
