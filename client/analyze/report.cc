#include "client/analyze/report.h"

#include <algorithm>
#include <cmath>
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

// Whether no row has a figure in the column: people need not see it.
bool IsVoid(const ReportTable& table, size_t column) {
  return std::all_of(table.rows.begin(), table.rows.end(),
                     [column](const std::vector<ReportTable::Cell>& row) {
                       return row[column].is_number
                                  ? !row[column].number.has_value()
                                  : row[column].text.empty();
                     });
}

std::string RenderTable(const ReportTable& from) {
  Table table;
  std::vector<size_t> shown;
  for (size_t c = 0; c < from.columns.size(); ++c) {
    if (!from.rows.empty() && IsVoid(from, c)) continue;
    shown.push_back(c);
    const bool numeric = !from.rows.empty() && from.rows[0][c].is_number;
    table.AddColumn(from.columns[c], numeric ? Align::kRight : Align::kLeft);
  }
  for (const auto& row : from.rows) {
    std::vector<std::string> cells;
    for (size_t c : shown) cells.push_back(CellText(row[c]));
    table.AddRow(std::move(cells));
  }
  return absl::StrCat(from.title.empty() ? "" : from.title + "\n",
                      table.Render());
}

}  // namespace

std::string FigureOf(double number) {
  if (std::abs(number) < 1e15 && number == std::trunc(number)) {
    return absl::StrFormat("%.0f", number);
  }
  return absl::StrFormat("%.6g", number);
}

std::string Report::Json() const {
  JsonValue document = json;
  JsonValue said = JsonValue::Object();
  for (const auto& [name, value] : conventions) said.Set(name, value);
  document.Set("conventions", std::move(said));
  JsonValue warned = JsonValue::Array();
  for (const std::string& warning : warnings) {
    warned.Add(JsonValue::Text(warning));
  }
  document.Set("warnings", std::move(warned));
  return document.Print();
}

std::string Report::Csv() const {
  std::string text;
  if (tables.empty()) return text;
  AppendCsvRow(tables[0].columns, text);
  for (const auto& row : tables[0].rows) {
    std::vector<std::string> cells;
    for (const ReportTable::Cell& cell : row) {
      cells.push_back(cell.is_number ? CsvNumber(cell.number) : cell.text);
    }
    AppendCsvRow(cells, text);
  }
  return text;
}

std::string Report::Tables() const {
  std::string text = absl::StrCat(method, ": ", n, " rows");
  if (dropped > 0) {
    absl::StrAppend(&text, " (", dropped,
                    " more left out for a missing value)");
  }
  text += "\n";
  for (const ReportTable& table : tables) {
    if (!table.rows.empty()) absl::StrAppend(&text, "\n", RenderTable(table));
  }
  std::string said;
  for (const auto& [name, value] : conventions) {
    absl::StrAppend(&said, said.empty() ? "" : "; ", name, ": ", value);
  }
  if (!said.empty()) {
    text += "\n" + Wrap(absl::StrCat("Conventions: ", said, "."), "", "  ");
  }
  return text;
}

std::string Report::Svg() const {
  if (!forest.studies.empty()) return forest.Svg();
  return plot.curves.empty() ? "" : plot.Svg();
}

}  // namespace enthesis::client
