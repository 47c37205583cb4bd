// Golden files: reading them, and comparing within their tolerance while
// keeping the worst error seen per method and data set.

#ifndef ENTHESIS_TESTS_STATS_SUPPORT_GOLDEN_H_
#define ENTHESIS_TESTS_STATS_SUPPORT_GOLDEN_H_

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stats/event_table.h"

namespace enthesis::stats::golden {

// A CSV file with a header line; lines that start with # are skipped.
class Csv {
 public:
  // `path` from tests/golden/. A missing file fails the running test.
  explicit Csv(const std::string& path);

  size_t n_rows() const { return rows_.size(); }
  bool Has(std::string_view column) const;
  std::vector<std::string> Columns() const;  // in their order
  const std::string& Text(size_t row, std::string_view column) const;
  // Absent for NA.
  std::optional<double> Number(size_t row, std::string_view column) const;
  double Value(size_t row, std::string_view column) const;

 private:
  std::map<std::string, size_t, std::less<>> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// The rows of data/NAME.csv, with weights where it has any, and groups (and
// strata) numbered in order of their sorted labels.
struct EventData {
  std::vector<EventRow> rows;
  std::vector<int> groups;
  std::vector<int> strata;
  std::vector<std::string> labels;  // of the groups
  int n_strata = 1;
  int n_causes = 1;
};
EventData ReadEventData(const std::string& name);

// Every time-to-event data set as its groups' tables; with `any_cause` all
// causes are one event.
std::map<std::string, EventTable> GroupTables(const EventData& data,
                                              bool any_cause);

// Fails the running test unless both are absent or agree to `tolerance`
// relative (absolute where the expected value is below 1e-12), and records the
// error.
void Compare(const std::string& method, const std::string& dataset,
             std::optional<double> actual, std::optional<double> expected,
             const std::string& what, double tolerance = 1e-9);

// Compares files of one figure a row, `dataset`, `model`, `name`, `value`, with
// what `figures_of` gives for a data set and model, asked once each.
using Figures = std::map<std::string, std::optional<double>>;
void CompareModels(
    const Csv& csv, const std::string& method,
    const std::function<Figures(const std::string& dataset,
                                const std::string& model)>& figures_of);

}  // namespace enthesis::stats::golden

#endif  // ENTHESIS_TESTS_STATS_SUPPORT_GOLDEN_H_
