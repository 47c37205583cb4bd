#include "client/case_csv.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cell_value.h"
#include "client/csv_reader.h"
#include "client/rejected_lines.h"
#include "client/utf8.h"

namespace enthesis::client {
namespace {

// A column of the file; both null where it is ignored.
struct Bound {
  const Column* on_baseline = nullptr;
  const Column* on_assessment = nullptr;
};

// Positions of the columns that say which line this is; -1 when not there.
struct Header {
  std::vector<Bound> columns;
  int record = -1, event = -1, repeat = -1;
};

constexpr absl::string_view kBaselineEvent = "baseline";

// Without white space at both ends, which almost no cell has.
absl::string_view Strip(absl::string_view cell) {
  if (cell.empty() || (cell.front() > ' ' && cell.back() > ' ')) return cell;
  return absl::StripAsciiWhitespace(cell);
}

bool IsBaselineEvent(absl::string_view event) {
  return event == kBaselineEvent || absl::StartsWith(event, "baseline_arm_");
}

absl::StatusOr<Header> BindHeader(const std::vector<absl::string_view>& cells,
                                  const std::set<std::string>& ignored) {
  Header header;
  std::vector<std::string> unknown, repeated;
  std::set<std::string> seen;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string name(absl::StripAsciiWhitespace(cells[i]));
    Bound bound;
    if (name != kFaultsColumn && ignored.count(name) == 0) {
      bound = {FindColumn(name, LineKind::kBaseline),
               FindColumn(name, LineKind::kAssessment)};
      if (bound.on_baseline == nullptr) {
        unknown.push_back(absl::StrCat("\"", name, "\""));
      } else {
        if (!seen.insert(bound.on_baseline->name).second) {
          repeated.push_back(absl::StrCat("\"", name, "\""));
        }
        const int at = static_cast<int>(i);
        const ColumnKind kind = bound.on_baseline->kind;
        if (kind == ColumnKind::kRecordId) header.record = at;
        if (kind == ColumnKind::kEvent) header.event = at;
        if (kind == ColumnKind::kRepeatInstance) header.repeat = at;
      }
    }
    header.columns.push_back(bound);
  }
  if (!unknown.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "line 1: unknown column", unknown.size() > 1 ? "s " : " ",
        absl::StrJoin(unknown, ", "),
        "; nothing was sent. `enthesis import --columns` lists the columns, "
        "--ignore-column NAME leaves one out, and `enthesis map guess "
        "FILE.csv` "
        "proposes what to make of a clinic's own"));
  }
  if (!repeated.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "line 1: column ", absl::StrJoin(repeated, ", "), " is there twice"));
  }
  for (const auto& [at, name] : {std::pair(header.record, "record_id"),
                                 std::pair(header.event, "event")}) {
    if (at < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("line 1: the column \"", name, "\" is missing"));
    }
  }
  return header;
}

// Reads the cells of one line.
class LineReader {
 public:
  LineReader(CsvLine& line, CsvBaseline& baseline,
             std::vector<CellFault>& faults)
      : line_(line), baseline_(baseline), faults_(faults) {}

  void Read(const Column& column, absl::string_view text) {
    if (!line_.is_baseline && !column.OnAssessmentLine()) {
      Fault(column, text,
            "belongs on the baseline line of the record; leave it blank here");
      return;
    }
    switch (column.kind) {
      case ColumnKind::kRecordId:
      case ColumnKind::kEvent:
      case ColumnKind::kRepeatInstance:
        return;
      case ColumnKind::kSurgeryDate:
        return ReadDate(column, text);
      case ColumnKind::kPatientKey:
        baseline_.patient_key = std::string(text);
        return;
      case ColumnKind::kCaseId:
        return ReadId(column, text, baseline_.case_id);
      case ColumnKind::kPatientId:
        return ReadId(column, text, baseline_.patient_id);
      case ColumnKind::kEtag:
        baseline_.etag = std::string(absl::StripPrefix(text, "v"));
        return;
      case ColumnKind::kFollowUpId:
        any_assessment_ = true;
        return ReadId(column, text, line_.follow_up_id);
      case ColumnKind::kConcomitantProcedures:
        return ReadList(column, text,
                        baseline_.operation.concomitant_procedures);
      case ColumnKind::kImplants:
        return ReadList(column, text, baseline_.operation.implants);
      default:
        return ReadNumber(column, text);
    }
  }

  // After the last cell.
  void Finish() {
    if (any_assessment_ || !line_.is_baseline) {
      CsvAssessment& assessment = line_.assessment.emplace();
      for (int i = 0; i < kComplicationGroups; ++i) {
        const size_t at = static_cast<size_t>(i);
        if (!complication_used_[at]) continue;
        follow_up_.complications.push_back(complications_[at]);
        assessment.complication_groups.push_back(i);
      }
      for (int i = 0; i < kReoperationGroups; ++i) {
        const size_t at = static_cast<size_t>(i);
        if (!reoperation_used_[at]) continue;
        follow_up_.reoperations.push_back(reoperations_[at]);
        assessment.reoperation_groups.push_back(i);
      }
      if (line_.is_baseline && !follow_up_.day.has_value() && !day_faulty_) {
        follow_up_.day = 0;
      }
      assessment.follow_up = std::move(follow_up_);
    }
    if (line_.is_baseline && baseline_.surgery_date.has_value()) TakeDate();
  }

 private:
  void Fault(const Column& column, absl::string_view value,
             absl::string_view message) {
    line_.faulty = true;
    faults_.push_back({line_.line, column.name, std::string(value),
                       std::string(message), line_.offset});
  }

  void ReadId(const Column& column, absl::string_view text,
              std::optional<model::Id>& id) {
    const absl::StatusOr<model::Id> read = model::ParseId(text);
    if (read.ok()) {
      id = *read;
    } else {
      Fault(column, text,
            "is no id; allowed: the 27 characters that `case export` wrote");
    }
  }

  void ReadDate(const Column& column, absl::string_view text) {
    const absl::StatusOr<Date> date = ParseDate(text);
    if (!date.ok()) return Fault(column, text, ExplainDate(text));
    if (date->year < 1990) {
      Fault(column, text, "is too early; allowed: 1990-01-01 or later");
      return;
    }
    baseline_.surgery_date = *date;
  }

  // The year comes from the date, which itself is never sent.
  void TakeDate() {
    auto& baseline = baseline_.baseline;
    const Column* year = FindColumn("surgery_year", LineKind::kBaseline);
    if (baseline.surgery_year.has_value() &&
        *baseline.surgery_year != baseline_.surgery_date->year) {
      Fault(*year, absl::StrCat(*baseline.surgery_year),
            "contradicts surgery_date; leave it blank, or give the same year");
    }
    if (baseline.operation_sequence.has_value()) {
      Fault(*FindColumn("operation_sequence", LineKind::kBaseline),
            absl::StrCat(*baseline.operation_sequence),
            "comes from surgery_date; leave it blank where that is given");
    }
    baseline.surgery_year = baseline_.surgery_date->year;
    baseline.operation_sequence.reset();
  }

  template <typename T>
  void ReadList(const Column& column, absl::string_view text,
                std::vector<T>& list) {
    for (absl::string_view part : absl::StrSplit(text, ';')) {
      part = absl::StripAsciiWhitespace(part);
      if (part.empty()) continue;
      const absl::StatusOr<int32_t> value = ParseCode(part, *column.list);
      if (value.ok()) {
        list.push_back(static_cast<T>(*value));
      } else {
        Fault(column, text,
              absl::StrCat("\"", part, "\" ", value.status().message(),
                           "; separated by ;"));
      }
    }
  }

  void ReadNumber(const Column& column, absl::string_view text) {
    absl::StatusOr<int32_t> value = ParseCell(text, *column.info);
    const bool is_day =
        column.kind == ColumnKind::kFollowUp && column.name == "day";
    if (column.kind >= ColumnKind::kFollowUp && !is_day) {
      any_assessment_ = true;
      if (column.kind == ColumnKind::kComplication) {
        complication_used_[static_cast<size_t>(column.group)] = true;
      }
      if (column.kind == ColumnKind::kReoperation) {
        reoperation_used_[static_cast<size_t>(column.group)] = true;
      }
      // The questionnaire is there, even if this cell cannot be read.
      if (column.kind == ColumnKind::kVisaA && !follow_up_.visa_a) {
        follow_up_.visa_a.emplace();
      }
    }
    if (!value.ok()) {
      if (is_day) day_faulty_ = true;
      Fault(column, text, std::string(value.status().message()));
      return;
    }
    if (is_day && line_.is_baseline && *value > 0) {
      day_faulty_ = true;
      Fault(column, text,
            "is after surgery on a baseline line; allowed: a whole number from "
            "-90 to 0 (days)");
      return;
    }
    Set(column, *value);
  }

  void Set(const Column& column, int32_t value) {
    const size_t field = static_cast<size_t>(std::max(column.field, 0));
    const size_t group = static_cast<size_t>(column.group);
    switch (column.kind) {
      case ColumnKind::kBaseline:
        return model::BaselineFields()[field].set(baseline_.baseline, value);
      case ColumnKind::kSynthetic:
        baseline_.synthetic = value != 0;
        return;
      case ColumnKind::kStatus:
        baseline_.status = static_cast<model::CaseStatus>(value);
        return;
      case ColumnKind::kStatusDay:
        baseline_.status_day = value;
        return;
      case ColumnKind::kConservativeCare:
        return model::ConservativeCareFields()[field].set(baseline_.care,
                                                          value);
      case ColumnKind::kOperation:
        return model::OperationFields()[field].set(baseline_.operation, value);
      case ColumnKind::kFollowUp:
        return model::FollowUpFields()[field].set(follow_up_, value);
      case ColumnKind::kVisaA:
        return model::VisaAFields()[field].set(*follow_up_.visa_a, value);
      case ColumnKind::kComplication:
        return model::ComplicationFields()[field].set(complications_[group],
                                                      value);
      case ColumnKind::kReoperation:
        return model::ReoperationFields()[field].set(reoperations_[group],
                                                     value);
      default:
        return;
    }
  }

  CsvLine& line_;
  CsvBaseline& baseline_;
  std::vector<CellFault>& faults_;
  model::FollowUp follow_up_;
  bool any_assessment_ = false;
  bool day_faulty_ = false;
  std::array<model::Complication, kComplicationGroups> complications_;
  std::array<bool, kComplicationGroups> complication_used_{};
  std::array<model::Reoperation, kReoperationGroups> reoperations_;
  std::array<bool, kReoperationGroups> reoperation_used_{};
};

// Builds a CaseFile row by row.
class FileBuilder {
 public:
  FileBuilder(Header header, CaseFile& file)
      : header_(std::move(header)), file_(file) {}

  void AddRow(const CsvReader& reader, int64_t number) {
    const auto& cells = reader.cells();
    if (std::all_of(cells.begin(), cells.end(), [](absl::string_view cell) {
          return Strip(cell).empty();
        })) {
      return;  // a line of commas, as spreadsheets leave them
    }
    ++file_.n_lines;
    CsvLine line;
    line.line = number;
    line.offset = reader.offset();
    line.record = Cell(cells, header_.record);
    line.event = Cell(cells, header_.event);
    line.is_baseline = IsBaselineEvent(line.event);
    if (cells.size() != header_.columns.size()) {
      return Stray(std::move(line), "", "", WrongNumberOfCells(cells.size()));
    }
    if (line.record.empty()) {
      return Stray(std::move(line), "record_id", "",
                   "is required: the clinic's own key of the record");
    }
    if (line.event.empty()) {
      return Stray(std::move(line), "event", "",
                   "is required: \"baseline\", or the name of the visit");
    }
    if (IsRounded(line.record)) {
      const std::string key = line.record;
      return Stray(std::move(line), "record_id", key,
                   "is a key that a spreadsheet rounded; format the column as "
                   "text there and export it again");
    }
    const std::string repeat = Cell(cells, header_.repeat);
    if (line.is_baseline) {
      line.event = std::string(kBaselineEvent);
    } else if (!repeat.empty()) {
      absl::StrAppend(&line.event, "#", repeat);
    }
    const auto [first, is_new] = seen_.try_emplace(
        absl::StrCat(line.record.size(), ":", line.record, line.event),
        line.line);
    if (!is_new) {
      line.repeats = first->second;
      return Stray(std::move(line), "event", line.event,
                   absl::StrCat("is there already for this record, on line ",
                                first->second));
    }
    ReadLine(std::move(line), cells);
  }

 private:
  static std::string Cell(const std::vector<absl::string_view>& cells, int at) {
    if (at < 0 || static_cast<size_t>(at) >= cells.size()) return "";
    return std::string(Strip(cells[static_cast<size_t>(at)]));
  }

  std::string WrongNumberOfCells(size_t n) const {
    std::string text = absl::StrCat("has ", n, " cells; the header has ",
                                    header_.columns.size());
    if (n > header_.columns.size() && file_.separator == ',') {
      text += ". A cell with a comma in it, as a decimal comma, is quoted";
    } else if (n > header_.columns.size() && file_.separator == ';') {
      text += ". A cell with a semicolon in it, as a list of codes, is quoted";
    }
    return text;
  }

  // "1.23E+11": two keys may have become the same.
  static bool IsRounded(absl::string_view key) {
    return key.size() > 5 && (key[1] == '.' || key[1] == ',') &&
           absl::StrContains(key, "E+") &&
           key.find_first_not_of("0123456789.,eE+") == absl::string_view::npos;
  }

  void Stray(CsvLine line, absl::string_view column, std::string value,
             std::string message) {
    line.faulty = true;
    file_.faults.push_back({line.line, std::string(column), std::move(value),
                            std::move(message), line.offset});
    file_.strays.push_back(std::move(line));
  }

  void ReadLine(CsvLine line, const std::vector<absl::string_view>& cells) {
    CsvRecord& record = RecordOf(line.record);
    if (line.is_baseline) {
      record.baseline_line = std::move(line);
      return ReadCells(cells, *record.baseline_line, record.baseline);
    }
    if (record.follow_ups.empty()) record.follow_ups.reserve(4);
    CsvBaseline ignored;
    ReadCells(cells, record.follow_ups.emplace_back(std::move(line)), ignored);
  }

  void ReadCells(const std::vector<absl::string_view>& cells, CsvLine& line,
                 CsvBaseline& baseline) {
    LineReader reader(line, baseline, file_.faults);
    for (size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      const Bound& bound = header_.columns[i];
      const Column* column =
          line.is_baseline ? bound.on_baseline : bound.on_assessment;
      const absl::string_view text = Strip(cells[i]);
      if (column != nullptr && !text.empty()) reader.Read(*column, text);
    }
    reader.Finish();
  }

  CsvRecord& RecordOf(const std::string& key) {
    const auto [at, is_new] = records_.try_emplace(key, file_.records.size());
    if (is_new) file_.records.emplace_back().key = key;
    return file_.records[at->second];
  }

  Header header_;
  CaseFile& file_;
  absl::flat_hash_map<std::string, size_t> records_;
  // By length of the record's key, that key and the event.
  absl::flat_hash_map<std::string, int64_t> seen_;
};

}  // namespace

absl::StatusOr<CaseFile> ReadCaseFile(absl::string_view text,
                                      const std::set<std::string>& ignored,
                                      char separator,
                                      const std::vector<int64_t>* numbers) {
  if (absl::Status status = CheckUtf8(text); !status.ok()) return status;
  CaseFile file;
  file.separator = separator;
  CsvReader reader(text, 1, separator);
  if (!reader.Next()) {
    if (!reader.status().ok()) return reader.status();
    return absl::InvalidArgumentError(
        "the file is empty; its first line names the columns");
  }
  absl::StatusOr<Header> header = BindHeader(reader.cells(), ignored);
  if (!header.ok()) return header.status();
  for (absl::string_view cell : reader.cells()) {
    const std::string name(absl::StripAsciiWhitespace(cell));
    const Column* column = FindColumn(name, LineKind::kBaseline);
    file.partial = file.partial || name == kFaultsColumn;
    file.header.push_back(
        column == nullptr || ignored.count(name) > 0 ? "" : column->name);
  }
  FileBuilder builder(*std::move(header), file);
  for (size_t i = 0; reader.Next(); ++i) {
    builder.AddRow(reader, numbers == nullptr ? reader.line() : numbers->at(i));
  }
  if (!reader.status().ok()) return reader.status();
  return file;
}

std::string CellText(absl::string_view text, const CaseFile& file,
                     const CsvLine& line, absl::string_view column) {
  const auto at = std::find(file.header.begin(), file.header.end(), column);
  if (column.empty() || at == file.header.end()) return "";
  CsvReader reader(text.substr(line.offset), line.line, file.separator);
  if (!reader.Next()) return "";
  const size_t index = static_cast<size_t>(at - file.header.begin());
  if (index >= reader.cells().size()) return "";
  return std::string(absl::StripAsciiWhitespace(reader.cells()[index]));
}

}  // namespace enthesis::client
