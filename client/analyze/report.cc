#include "client/analyze/report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/csv_text.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

std::string CellText(const ReportTable::Cell& cell) {
  if (!cell.is_number) return cell.text;
  return cell.number.has_value() ? FigureOf(*cell.number) : "-";
}

std::string CsvName(absl::string_view column) {
  return std::string(column.substr(0, column.find(':')));
}

std::string Heading(absl::string_view column) {
  const size_t colon = column.find(':');
  return std::string(
      colon == absl::string_view::npos ? column : column.substr(colon + 1));
}

bool IsNumeric(const ReportTable& table, size_t column) {
  return std::any_of(table.rows.begin(), table.rows.end(),
                     [column](const ReportTable::Row& row) {
                       return row.cells[column].is_number;
                     });
}

std::string RenderTable(const ReportTable& from) {
  Table table;
  for (size_t c = 0; c < from.columns.size(); ++c) {
    table.AddColumn(Heading(from.columns[c]),
                    IsNumeric(from, c) ? Align::kRight : Align::kLeft);
  }
  for (const ReportTable::Row& row : from.rows) {
    std::vector<std::string> cells;
    for (const auto& cell : row.cells) cells.push_back(CellText(cell));
    table.AddRow(std::move(cells));
  }
  return absl::StrCat(from.title.empty() ? "" : from.title + "\n",
                      table.Render());
}

// Why the figure of `row` is absent; empty where it is there.
std::string AbsenceOf(const ReportTable& table, const ReportTable::Row& row) {
  for (size_t c = 0; c < table.columns.size(); ++c) {
    if (CsvName(table.columns[c]) != table.figure) continue;
    const ReportTable::Cell& cell = row.cells[c];
    if (!cell.is_number || cell.number.has_value()) return "";
    return row.absence.empty() ? kUndefined : row.absence;
  }
  return "";
}

// A method by the name that the literature has for it; JSON keeps the flag's.
std::string NameOf(const std::string& value) {
  static const auto* const kNames = new std::map<std::string, std::string>{
      {"efron", "Efron"},
      {"breslow", "Breslow"},
      {"aalen", "Aalen"},
      {"nelson-aalen", "Nelson-Aalen"},
      {"fleming-harrington", "Fleming-Harrington"},
      {"gehan-breslow", "Gehan-Breslow"},
      {"tarone-ware", "Tarone-Ware"},
      {"peto-peto", "Peto-Peto"},
      {"peto-peto-textbook", "Peto-Peto, as textbooks have it"},
      {"weibull", "Weibull"},
      {"lognormal", "log-normal"},
      {"loglogistic", "log-logistic"}};
  const auto found = kNames->find(value);
  return found == kNames->end() ? value : found->second;
}

}  // namespace

std::string FigureOf(double number) {
  if (std::abs(number) < 1e15 && number == std::trunc(number)) {
    return absl::StrFormat("%.0f", number);
  }
  return absl::StrFormat("%.6g", number);
}

void Report::WarnOfRange() {
  for (const ReportTable& table : tables) {
    for (const ReportTable::Row& row : table.rows) {
      for (const ReportTable::Cell& cell : row.cells) {
        if (!cell.beyond_range) continue;
        warnings.push_back(
            "figures that are beyond the range of numbers are absent; another "
            "unit of the columns may help");
        return;
      }
    }
  }
}

std::string Report::Json() const {
  JsonValue document = json;
  JsonValue said = JsonValue::Object();
  for (const Convention& one : conventions) {
    if (one.number.has_value()) {
      said.Set(one.name, *one.number);
    } else {
      said.Set(one.name, one.text);
    }
  }
  document.Set("conventions", std::move(said));
  JsonValue warned = JsonValue::Array();
  for (const std::string& warning : warnings) {
    warned.Add(JsonValue::Text(warning));
  }
  document.Set("warnings", std::move(warned));
  return document.Print();
}

std::string Report::Csv() const {
  std::vector<std::string> header = {"kind", "n", "dropped"};
  for (const ReportTable& table : tables) {
    if (table.people_only) continue;
    for (const std::string& column : table.columns) {
      if (std::find(header.begin(), header.end(), CsvName(column)) ==
          header.end()) {
        header.push_back(CsvName(column));
      }
    }
  }
  const size_t width = header.size();
  header.push_back("absence");
  std::string text;
  AppendCsvRow(header, text);
  std::vector<std::string> counts(width + 1);
  counts[0] = "rows";
  counts[1] = absl::StrCat(n);
  counts[2] = absl::StrCat(dropped);
  AppendCsvRow(counts, text);
  for (const ReportTable& table : tables) {
    if (table.people_only) continue;
    std::vector<size_t> places;
    for (const std::string& column : table.columns) {
      const auto at = std::find(header.begin(), header.end(), CsvName(column));
      places.push_back(static_cast<size_t>(at - header.begin()));
    }
    for (const ReportTable::Row& row : table.rows) {
      std::vector<std::string> cells(width + 1);
      cells[0] = table.kind;
      for (size_t c = 0; c < row.cells.size(); ++c) {
        const ReportTable::Cell& cell = row.cells[c];
        cells[places[c]] = cell.is_number ? CsvNumber(cell.number) : cell.text;
      }
      cells[width] = AbsenceOf(table, row);
      AppendCsvRow(cells, text);
    }
  }
  return text;
}

std::string Report::Tables() const {
  std::string text = absl::StrCat(method, ": ", CountOf(n, "row"));
  if (dropped > 0) {
    absl::StrAppend(&text, " (", dropped,
                    " more left out for a missing value)");
  }
  text += "\n";
  for (const ReportTable& table : tables) {
    if (table.rows.empty() || table.csv_only) continue;
    absl::StrAppend(&text, "\n", RenderTable(table));
  }
  if (!drawing.empty()) absl::StrAppend(&text, "\n", drawing);
  std::string said;
  for (const Convention& one : conventions) {
    const std::string value =
        one.number.has_value() ? FigureOf(*one.number) : NameOf(one.text);
    absl::StrAppend(&said, said.empty() ? "" : "; ", one.name, ": ", value);
  }
  if (!said.empty()) {
    text += "\n" + Wrap(absl::StrCat("Conventions: ", said, "."), "", "  ");
  }
  return text;
}

std::string Report::Svg() const {
  if (!figure.empty()) return figure;
  if (!forest.studies.empty()) return forest.Svg();
  return plot.curves.empty() ? "" : plot.Svg();
}

}  // namespace enthesis::client
