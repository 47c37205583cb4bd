#include "support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"

namespace enthesis::stats::golden {
namespace {

constexpr double kZero = 1e-12;

struct Worst {
  size_t n = 0;
  double error = 0;
};

// Per method and data set; printed when the program ends.
class ErrorTable : public ::testing::Environment {
 public:
  void Record(const std::string& method, const std::string& dataset,
              double error) {
    Worst& worst = table_[{method, dataset}];
    ++worst.n;
    worst.error = std::max(worst.error, error);
  }

  void TearDown() override {
    if (table_.empty()) return;
    std::printf("\nworst relative error against R\n");
    for (const auto& [key, worst] : table_) {
      std::printf("  %-22s %-18s %6zu values  %.1e\n", key.first.c_str(),
                  key.second.c_str(), worst.n, worst.error);
    }
  }

 private:
  std::map<std::pair<std::string, std::string>, Worst> table_;
};

// Owned by googletest from the moment of registration.
ErrorTable* Errors() {
  static ErrorTable* const errors = new ErrorTable;
  return errors;
}

[[maybe_unused]] ::testing::Environment* const kRegistered =
    ::testing::AddGlobalTestEnvironment(Errors());

std::vector<std::string> Labels(const Csv& csv, std::string_view column) {
  std::set<std::string> labels;
  for (size_t i = 0; i < csv.n_rows(); ++i) labels.insert(csv.Text(i, column));
  return {labels.begin(), labels.end()};
}

int IndexOf(const std::vector<std::string>& labels, const std::string& label) {
  const auto it = std::find(labels.begin(), labels.end(), label);
  return static_cast<int>(it - labels.begin());
}

}  // namespace

Csv::Csv(const std::string& path) {
  std::ifstream in(std::string(ENTHESIS_SOURCE_DIR "/tests/golden/") + path);
  EXPECT_TRUE(in.is_open()) << path;
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> cells = absl::StrSplit(line, ',');
    if (!columns_.empty()) {
      rows_.push_back(std::move(cells));
      continue;
    }
    for (size_t i = 0; i < cells.size(); ++i) columns_[cells[i]] = i;
  }
  EXPECT_FALSE(rows_.empty()) << path;
}

bool Csv::Has(std::string_view column) const {
  return columns_.find(column) != columns_.end();
}

std::vector<std::string> Csv::Columns() const {
  std::vector<std::string> names(columns_.size());
  for (const auto& [name, at] : columns_) names[at] = name;
  return names;
}

const std::string& Csv::Text(size_t row, std::string_view column) const {
  static const std::string& kNone = *new std::string("NA");
  const auto it = columns_.find(column);
  if (it == columns_.end() || it->second >= rows_[row].size()) {
    ADD_FAILURE() << "no column " << column;
    return kNone;
  }
  return rows_[row][it->second];
}

std::optional<double> Csv::Number(size_t row, std::string_view column) const {
  const std::string& text = Text(row, column);
  if (text == "NA") return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  EXPECT_EQ(*end, '\0') << text;
  return value;
}

double Csv::Value(size_t row, std::string_view column) const {
  const std::optional<double> number = Number(row, column);
  EXPECT_TRUE(number.has_value()) << column;
  return number.value_or(0);
}

EventData ReadEventData(const std::string& name) {
  const Csv csv("data/" + name + ".csv");
  EventData data;
  data.labels = Labels(csv, "group");
  const std::vector<std::string> strata =
      csv.Has("stratum") ? Labels(csv, "stratum") : std::vector<std::string>();
  data.n_strata = std::max(1, static_cast<int>(strata.size()));
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    EventRow row;
    row.time = csv.Value(i, "time");
    row.cause = static_cast<int>(csv.Value(i, "cause"));
    if (csv.Has("entry")) row.entry = csv.Value(i, "entry");
    if (csv.Has("weight")) row.weight = csv.Value(i, "weight");
    data.n_causes = std::max(data.n_causes, row.cause);
    data.rows.push_back(row);
    data.groups.push_back(IndexOf(data.labels, csv.Text(i, "group")));
    data.strata.push_back(
        strata.empty() ? 0 : IndexOf(strata, csv.Text(i, "stratum")));
  }
  return data;
}

std::map<std::string, EventTable> GroupTables(const EventData& data,
                                              bool any_cause) {
  const auto tables =
      TabulateEventGroups(data.rows, data.groups,
                          static_cast<int>(data.labels.size()), data.n_causes);
  EXPECT_TRUE(tables.ok()) << tables.status();
  std::map<std::string, EventTable> by_label;
  if (!tables.ok()) return by_label;
  for (size_t g = 0; g < data.labels.size(); ++g) {
    by_label[data.labels[g]] =
        any_cause ? CollapseCauses((*tables)[g], -1) : (*tables)[g];
  }
  return by_label;
}

void Compare(const std::string& method, const std::string& dataset,
             std::optional<double> actual, std::optional<double> expected,
             const std::string& what, double tolerance) {
  const std::string where = method + " " + dataset + ": " + what;
  ASSERT_EQ(actual.has_value(), expected.has_value()) << where;
  if (!actual.has_value()) return;
  const double scale = std::abs(*expected) < kZero ? 1 : std::abs(*expected);
  const double error = std::abs(*actual - *expected) / scale;
  Errors()->Record(method, dataset, error);
  EXPECT_LE(error, tolerance)
      << where << ": " << *actual << " for " << *expected;
}

void CompareModels(
    const Csv& csv, const std::string& method,
    const std::function<Figures(const std::string& dataset,
                                const std::string& model)>& figures_of) {
  std::map<std::string, Figures> found;
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const std::string& model = csv.Text(row, "model");
    const std::string& name = csv.Text(row, "name");
    const std::string key = dataset + " " + model;
    if (found.count(key) == 0) found[key] = figures_of(dataset, model);
    ASSERT_EQ(found[key].count(name), 1) << key << " " << name;
    Compare(method + " " + model, dataset, found[key][name],
            csv.Number(row, "value"), key + " " + name);
  }
}

}  // namespace enthesis::stats::golden
