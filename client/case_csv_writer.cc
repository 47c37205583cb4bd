#include "client/case_csv_writer.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/cell_value.h"
#include "client/csv_columns.h"
#include "registry/model/fields.h"
#include "registry/model/visits.h"

namespace enthesis::client {
namespace {

using model::Case;
using model::FollowUp;

// What one line is made of.
struct Line {
  const Case& record;
  const LocalColumns& local;
  bool is_baseline;
  const FollowUp* follow_up;  // may be null
  std::string event;
};

// The first columns of a repeated name are the baseline line's.
bool Written(const Column& column) {
  return column.name != "tegner_score" || column.kind != ColumnKind::kFollowUp;
}

std::string Quoted(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + '"';
}

template <typename T>
std::string Cell(absl::Span<const model::Field<T>> fields, int index,
                 const T* record) {
  if (record == nullptr) return "";
  const model::Field<T>& field = fields[static_cast<size_t>(index)];
  const std::optional<int32_t> value = field.get(*record);
  return value.has_value() ? FormatCell(*value, field) : "";
}

template <typename E>
std::string ListCell(const std::vector<E>& values,
                     const model::CodeList& codes) {
  std::string text;
  for (const E value : values) {
    absl::StrAppend(&text, text.empty() ? "" : ";",
                    model::CodeOf(codes, value));
  }
  return text;
}

template <typename T>
const T* ElementOf(const std::vector<T>& list, int index) {
  const auto i = static_cast<size_t>(index);
  return i < list.size() ? &list[i] : nullptr;
}

std::string BaselineCell(const Column& column, const Line& line) {
  const std::optional<Date>& date = line.local.surgery_date;
  if (column.kind == ColumnKind::kSurgeryDate) {
    return date.has_value() ? FormatDate(*date) : "";
  }
  if (column.kind == ColumnKind::kPatientKey) {
    return Quoted(line.local.patient_key);
  }
  if (column.kind == ColumnKind::kCaseId) {
    return model::FormatId(line.record.id);
  }
  if (column.kind == ColumnKind::kPatientId) {
    return model::FormatId(line.record.patient);
  }
  if (column.kind == ColumnKind::kEtag) {
    // A spreadsheet would take bare digits for a number, and cut them.
    return line.local.etag.empty() ? "" : Quoted("v" + line.local.etag);
  }
  // A date gives the year and the sequence.
  if (date.has_value() &&
      (column.name == "surgery_year" || column.name == "operation_sequence")) {
    return "";
  }
  return CaseCell(column, line.record);
}

std::string CellOf(const Column& column, const Line& line) {
  if (column.kind == ColumnKind::kRecordId) return Quoted(line.local.record_id);
  if (column.kind == ColumnKind::kEvent) return Quoted(line.event);
  if (column.kind == ColumnKind::kFollowUpId) {
    return line.follow_up == nullptr ? "" : model::FormatId(line.follow_up->id);
  }
  if (column.name == "tegner_score" && !line.is_baseline) {
    return line.follow_up->tegner_score.has_value()
               ? absl::StrCat(*line.follow_up->tegner_score)
               : "";
  }
  if (!column.OnAssessmentLine()) {
    return line.is_baseline ? BaselineCell(column, line) : "";
  }
  return line.follow_up == nullptr ? "" : FollowUpCell(column, *line.follow_up);
}

void AppendLine(const std::vector<const Column*>& columns, const Line& line,
                std::string& out) {
  for (const Column* column : columns) {
    if (column != columns.front()) out.push_back(',');
    out += CellOf(*column, line);
  }
  out.push_back('\n');
}

// Names tell the lines of a record apart; the day makes each its own.
std::string EventOf(const FollowUp& follow_up) {
  const int32_t day = follow_up.day.value_or(0);
  const auto visit = model::VisitOfDay(day);
  const absl::string_view name = visit.has_value()
                                     ? model::CodeOf(model::kVisitCodes, *visit)
                                     : "unscheduled";
  if (visit == model::Visit::kBaseline) return absl::StrCat("before_", -day);
  return absl::StrCat(name, "_day_", day);
}

bool FitsBaselineLine(const FollowUp& follow_up) {
  return follow_up.day.value_or(1) <= 0 && !follow_up.tegner_score.has_value();
}

// The assessment that shares the baseline line; null where none does.
const FollowUp* OnBaselineLine(const Case& record, const LocalColumns& local) {
  const FollowUp* before = nullptr;
  for (const FollowUp& follow_up : record.follow_ups) {
    if (!FitsBaselineLine(follow_up)) continue;
    const auto event = local.events.find(follow_up.id);
    const bool shares = local.events.empty() || (event != local.events.end() &&
                                                 event->second == "baseline");
    if (shares) before = &follow_up;  // kept by day: the last one wins
  }
  return before;
}

// The clinic's name of a line, or one that no other line of the record has.
std::string NameOfLine(const FollowUp& follow_up, const LocalColumns& local,
                       std::set<std::string>& used) {
  const auto known = local.events.find(follow_up.id);
  if (known != local.events.end() && known->second != "baseline") {
    return known->second;
  }
  const std::string name = EventOf(follow_up);
  std::string event = name;
  for (int i = 2; !used.insert(event).second; ++i) {
    event = absl::StrCat(name, "_", i);
  }
  return event;
}

}  // namespace

std::string CaseCell(const Column& column, const Case& record) {
  switch (column.kind) {
    case ColumnKind::kBaseline:
      return Cell(model::BaselineFields(), column.field, &record.baseline);
    case ColumnKind::kSynthetic:
      return record.synthetic ? "1" : "";
    case ColumnKind::kStatus:
      return std::string(model::CodeOf(model::kCaseStatusCodes, record.status));
    case ColumnKind::kStatusDay:
      return record.status_day.has_value() ? absl::StrCat(*record.status_day)
                                           : "";
    case ColumnKind::kConservativeCare:
      return Cell(model::ConservativeCareFields(), column.field,
                  &record.conservative_care);
    case ColumnKind::kOperation:
      return Cell(model::OperationFields(), column.field, &record.operation);
    case ColumnKind::kConcomitantProcedures:
      return ListCell(record.operation.concomitant_procedures,
                      model::kProcedureCodes);
    case ColumnKind::kImplants:
      return ListCell(record.operation.implants, model::kImplantClassCodes);
    default:
      return "";
  }
}

std::string FollowUpCell(const Column& column, const FollowUp& follow_up) {
  switch (column.kind) {
    case ColumnKind::kFollowUp:
      return Cell(model::FollowUpFields(), column.field, &follow_up);
    case ColumnKind::kVisaA:
      return Cell(model::VisaAFields(), column.field,
                  follow_up.visa_a.has_value() ? &*follow_up.visa_a : nullptr);
    case ColumnKind::kComplication:
      return Cell(model::ComplicationFields(), column.field,
                  ElementOf(follow_up.complications, column.group));
    case ColumnKind::kReoperation:
      return Cell(model::ReoperationFields(), column.field,
                  ElementOf(follow_up.reoperations, column.group));
    default:
      return "";
  }
}

void CsvShape::Widen(const Case& record) {
  for (const FollowUp& follow_up : record.follow_ups) {
    complication_groups = std::max(
        complication_groups, static_cast<int>(follow_up.complications.size()));
    reoperation_groups = std::max(
        reoperation_groups, static_cast<int>(follow_up.reoperations.size()));
  }
}

CaseCsvWriter::CaseCsvWriter(const CsvShape& shape) {
  for (const Column& column : AllColumns()) {
    const ColumnKind kind = column.kind;
    const bool is_local =
        kind == ColumnKind::kSurgeryDate || kind == ColumnKind::kPatientKey;
    const bool is_id =
        kind >= ColumnKind::kCaseId && kind <= ColumnKind::kFollowUpId;
    if (!Written(column) || (is_local && !shape.local) ||
        (is_id && !shape.ids) ||
        (kind == ColumnKind::kComplication &&
         column.group >= shape.complication_groups) ||
        (kind == ColumnKind::kReoperation &&
         column.group >= shape.reoperation_groups)) {
      continue;
    }
    columns_.push_back(&column);
  }
}

std::string CaseCsvWriter::Header() const {
  std::string header;
  for (const Column* column : columns_) {
    absl::StrAppend(&header, header.empty() ? "" : ",", column->name);
  }
  return header + "\n";
}

void CaseCsvWriter::Append(const Case& record, const LocalColumns& local,
                           std::string& out) const {
  const FollowUp* before = OnBaselineLine(record, local);
  std::set<std::string> used;
  for (const auto& [id, event] : local.events) used.insert(event);
  AppendLine(columns_, {record, local, true, before, "baseline"}, out);
  for (const FollowUp& follow_up : record.follow_ups) {
    if (&follow_up == before) continue;
    AppendLine(
        columns_,
        {record, local, false, &follow_up, NameOfLine(follow_up, local, used)},
        out);
  }
}

namespace {

const CaseCsvWriter& ClinicWriter() {
  static const CaseCsvWriter& writer = *new CaseCsvWriter(CsvShape());
  return writer;
}

}  // namespace

std::string CaseCsvHeader() { return ClinicWriter().Header(); }

void AppendCaseCsv(const Case& record, const LocalColumns& local,
                   std::string& out) {
  ClinicWriter().Append(record, local, out);
}

}  // namespace enthesis::client
