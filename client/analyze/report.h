// The answer of an analysis in the forms it can be printed in.

#ifndef ENTHESIS_CLIENT_ANALYZE_REPORT_H_
#define ENTHESIS_CLIENT_ANALYZE_REPORT_H_

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/analyze/forest_plot.h"
#include "client/analyze/json_value.h"
#include "client/analyze/step_plot.h"

namespace enthesis::client {

// A table of figures; numbers are full in CSV and rounded for people.
struct ReportTable {
  std::string kind;  // of its rows in CSV, such as "coefficient"
  std::string title = {};
  // Names in CSV, each with one meaning in all tables of a method; after ":"
  // what people read instead, as "p_value:p".
  std::vector<std::string> columns = {};
  // The column whose absence a row explains; empty: none.
  std::string figure = {};
  // Whether it is for CSV alone, as every point of a curve is.
  bool csv_only = false;
  // Whether CSV has the same in another form.
  bool people_only = false;

  struct Cell {
    std::string text;
    std::optional<double> number;
    bool is_number = false;
    bool beyond_range = false;
  };
  struct Row {
    std::vector<Cell> cells;
    std::string absence;  // why `figure` is absent
  };
  std::vector<Row> rows = {};

  static Cell Text(std::string text) {
    return {std::move(text), {}, false, false};
  }
  // What is not finite is beyond the range of numbers, and absent.
  static Cell Number(std::optional<double> number) {
    const bool finite = number.has_value() && std::isfinite(*number);
    return {"", finite ? number : std::nullopt, true,
            number.has_value() && !finite};
  }
};

// Why a figure is absent, in the words of the registry's CSV.
inline constexpr char kNotReached[] = "not_reached";
inline constexpr char kBeyondFollowUp[] = "beyond_follow_up";
inline constexpr char kUndefined[] = "undefined";
inline constexpr char kDropped[] = "dropped";
inline constexpr char kSeparated[] = "separated";

// A row made cell by cell.
class ReportRow {
 public:
  explicit ReportRow(ReportTable& table) : row_(table.rows.emplace_back()) {}
  ReportRow& Add(std::string text) {
    row_.cells.push_back(ReportTable::Text(std::move(text)));
    return *this;
  }
  ReportRow& Add(std::optional<double> number) {
    row_.cells.push_back(ReportTable::Number(number));
    return *this;
  }
  // A cell that the row has no use for, unlike a figure that is absent.
  ReportRow& Skip() { return Add(std::string()); }
  ReportRow& AddOrSkip(std::optional<double> number) {
    return number.has_value() ? Add(number) : Skip();
  }
  // Why the figure of the table is absent, where it is; kUndefined unless said.
  ReportRow& Because(std::string absence) {
    row_.absence = std::move(absence);
    return *this;
  }

 private:
  ReportTable::Row& row_;
};

// What was chosen, in words, as "interval": "log-log", or as a number.
struct Convention {
  Convention(std::string of, std::string words)
      : name(std::move(of)), text(std::move(words)) {}
  Convention(std::string of, double value)
      : name(std::move(of)), number(value) {}

  std::string name;
  std::string text;  // without a number
  std::optional<double> number = {};
};

struct Report {
  std::string method;  // for people, such as "Kaplan-Meier"
  int64_t n = 0;       // rows used
  int64_t dropped = 0;
  JsonValue json = JsonValue::Object();  // but for conventions and warnings
  std::vector<Convention> conventions;
  std::vector<std::string> warnings;
  // All that the method can give, with rows or without, in one order: the CSV
  // document has the columns of all of them.
  std::vector<ReportTable> tables;
  StepPlot plot;        // without curves where the method has none
  ForestPlot forest;    // without studies likewise
  std::string figure;   // SVG that the method drew itself, before those two
  std::string drawing;  // the same in characters, below the tables

  // Warns where a figure of a table is beyond the range of numbers.
  void WarnOfRange();

  // The figure; empty where the method has none.
  std::string Svg() const;

  std::string Json() const;
  // One line a row of a table: its kind, the columns of all tables in order of
  // their first, and why the figure is absent.
  std::string Csv() const;
  std::string Tables() const;
};

// A figure as people read it: six significant digits.
std::string FigureOf(double number);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_REPORT_H_
