// The answer of an analysis in the forms it can be printed in.

#ifndef ENTHESIS_CLIENT_ANALYZE_REPORT_H_
#define ENTHESIS_CLIENT_ANALYZE_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/analyze/forest_plot.h"
#include "client/analyze/json_value.h"
#include "client/analyze/step_plot.h"

namespace enthesis::client {

// A table of figures; numbers are full in CSV and rounded for people.
struct ReportTable {
  std::string title;
  std::vector<std::string> columns;
  struct Cell {
    std::string text;
    std::optional<double> number;
    bool is_number = false;
  };
  std::vector<std::vector<Cell>> rows;

  static Cell Text(std::string text) { return {std::move(text), {}, false}; }
  static Cell Number(std::optional<double> number) {
    return {"", number, true};
  }
};

// A row made cell by cell.
class ReportRow {
 public:
  explicit ReportRow(ReportTable& table) : cells_(table.rows.emplace_back()) {}
  ReportRow& Add(std::string text) {
    cells_.push_back(ReportTable::Text(std::move(text)));
    return *this;
  }
  ReportRow& Add(std::optional<double> number) {
    cells_.push_back(ReportTable::Number(number));
    return *this;
  }

 private:
  std::vector<ReportTable::Cell>& cells_;
};

struct Report {
  std::string method;  // for people, such as "Kaplan-Meier"
  int64_t n = 0;       // rows used
  int64_t dropped = 0;
  JsonValue json = JsonValue::Object();  // but for conventions and warnings
  // Name and value, such as "interval": "log-log".
  std::vector<std::pair<std::string, std::string>> conventions;
  std::vector<std::string> warnings;
  // The first is the CSV document.
  std::vector<ReportTable> tables;
  StepPlot plot;      // without curves where the method has none
  ForestPlot forest;  // without studies likewise

  // The figure; empty where the method has none.
  std::string Svg() const;

  std::string Json() const;
  std::string Csv() const;
  std::string Tables() const;
};

// A figure as people read it: six significant digits.
std::string FigureOf(double number);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_REPORT_H_
