// enthesis analyze describe: what the columns of a file hold.

#include "stats/describe.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/methods.h"
#include "client/analyze/time_data.h"
#include "stats/value_counts.h"

namespace enthesis::client {
namespace {

// The rows of one group with a value in a column, and how many lack one.
struct GroupValues {
  std::vector<size_t> rows;
  int64_t missing = 0;
};

GroupValues ValuesOf(const Frame& frame, const Groups& groups, int group,
                     const std::string& column) {
  GroupValues values;
  for (size_t row = 0; row < frame.n_rows(); ++row) {
    if (!groups.codes.empty() && groups.codes[row] != group) continue;
    if (frame.Text(column, row).empty()) {
      ++values.missing;
    } else {
      values.rows.push_back(row);
    }
  }
  return values;
}

absl::StatusOr<JsonValue> NumberColumn(const Frame& frame,
                                       const std::string& group,
                                       const std::string& column,
                                       const GroupValues& values,
                                       ReportTable& table) {
  std::vector<double> numbers;
  for (size_t row : values.rows) {
    double& number = numbers.emplace_back();
    ParseNumber(frame.Text(column, row), number);
    if (std::abs(number) <= stats::kValueMax) continue;
    return frame.Refuse(column, row, "allowed: numbers up to 1e140 in size");
  }
  const auto counts = stats::CountValues(numbers);
  if (!counts.ok()) return counts.status();
  const auto described = stats::DescribeValues(*counts, values.missing);
  if (!described.ok()) return described.status();
  JsonValue json = JsonValue::Object();
  json.Set("name", column)
      .Set("n", described->n)
      .Set("missing", described->missing)
      .Set("mean", described->mean.mean)
      .Set("stdDev", described->mean.std_dev)
      .Set("median", described->median)
      .Set("q1", described->q1)
      .Set("q3", described->q3)
      .Set("min", described->min)
      .Set("max", described->max);
  ReportRow(table)
      .Add(group)
      .Add(column)
      .Add(std::string())
      .Add(static_cast<double>(described->n))
      .Add(static_cast<double>(described->missing))
      .Add(described->mean.mean)
      .Add(described->mean.std_dev)
      .Add(described->median)
      .Add(described->q1)
      .Add(described->q3)
      .Add(described->min)
      .Add(described->max);
  return json;
}

JsonValue TextColumn(const Factor& factor, const std::string& group,
                     const std::string& column, const GroupValues& values,
                     ReportTable& table) {
  std::vector<int64_t> counts(factor.levels.size(), 0);
  for (size_t row : values.rows) {
    ++counts[static_cast<size_t>(factor.codes[row])];
  }
  JsonValue listed = JsonValue::Array();
  for (size_t level = 0; level < counts.size(); ++level) {
    if (factor.levels[level].empty()) continue;  // the missing ones
    JsonValue row = JsonValue::Object();
    row.Set("value", factor.levels[level]).Set("n", counts[level]);
    listed.Add(std::move(row));
    ReportRow(table)
        .Add(group)
        .Add(column)
        .Add(factor.levels[level])
        .Add(static_cast<double>(counts[level]))
        .Add(static_cast<double>(values.missing))
        .Skip()
        .Skip()
        .Skip()
        .Skip()
        .Skip()
        .Skip()
        .Skip();
  }
  JsonValue json = JsonValue::Object();
  json.Set("name", column)
      .Set("n", static_cast<int64_t>(values.rows.size()))
      .Set("missing", values.missing)
      .Set("counts", std::move(listed));
  return json;
}

}  // namespace

absl::StatusOr<Report> AnalyzeDescribe(const AnalyzeOptions& options,
                                       std::string text) {
  const std::vector<std::string> columns = SplitList(options.columns);
  if (columns.empty()) {
    return absl::InvalidArgumentError("--columns is required");
  }
  std::vector<std::string> names = SplitList(options.by);
  const std::vector<std::string> required = names;
  names.insert(names.end(), columns.begin(), columns.end());
  const auto file = DataFile::Parse(std::move(text), names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, required);
  Report report;
  report.method = "Description";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("n", report.n).Set("dropped", report.dropped);
  // Without rows there is no group to speak of.
  if (!options.by.empty()) {
    if (absl::Status rows = CheckRows(frame); !rows.ok()) return rows;
  }
  const Groups groups = MakeGroups(frame, options.by);
  ReportTable table = {
      .kind = "column",
      .columns = {"group", "column", "value", "n", "missing", "mean",
                  "std_dev:sd", "median", "q1", "q3", "min", "max"},
      .figure = "mean"};
  JsonValue json = JsonValue::Array();
  for (int g = 0; g < groups.n_groups(); ++g) {
    const size_t group = static_cast<size_t>(g);
    JsonValue listed = JsonValue::Array();
    int64_t n = 0;
    for (const std::string& column : columns) {
      const GroupValues values = ValuesOf(frame, groups, g, column);
      n = static_cast<int64_t>(values.rows.size()) + values.missing;
      const absl::Status finite = frame.CheckFinite(column);
      if (!finite.ok()) return finite;
      if (frame.IsNumeric(column)) {
        absl::StatusOr<JsonValue> described =
            NumberColumn(frame, groups.Name(group), column, values, table);
        if (!described.ok()) return described.status();
        listed.Add(*std::move(described));
      } else {
        listed.Add(TextColumn(frame.FactorOf(column), groups.Name(group),
                              column, values, table));
      }
    }
    JsonValue row = JsonValue::Object();
    row.Set("group", groups.Json(group))
        .Set("n", n)
        .Set("columns", std::move(listed));
    json.Add(std::move(row));
  }
  report.json.Set("groups", std::move(json));
  report.tables.push_back(std::move(table));
  report.conventions = {{"missing", "a blank cell or NA"},
                        {"stdDev", "n - 1 in the denominator"},
                        {"quantiles", "type 7"}};
  return report;
}

}  // namespace enthesis::client
