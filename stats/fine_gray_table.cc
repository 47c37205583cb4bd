#include "stats/fine_gray_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/fine_gray_censoring.h"

namespace enthesis::stats {
namespace {

constexpr double kTieTolerance = 1.4901161193847656e-08;  // 2^-26

// Distinct codes, ascending.
std::vector<int> CodesOf(absl::Span<const int> codes) {
  std::vector<int> distinct(codes.begin(), codes.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.empty()) distinct.push_back(0);
  return distinct;
}

uint32_t IndexOf(const std::vector<int>& codes, absl::Span<const int> column,
                 size_t row) {
  if (column.empty()) return 0;
  const auto it = std::lower_bound(codes.begin(), codes.end(), column[row]);
  return static_cast<uint32_t>(it - codes.begin());
}

// Distinct times, every chain of ties its first (survival::aeqSurv).
std::vector<double> GridOf(const FineGrayRows& rows, bool delayed) {
  std::vector<double> times(rows.times.begin(), rows.times.end());
  if (delayed) {
    times.insert(times.end(), rows.entries.begin(), rows.entries.end());
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  double mean = 0;
  for (double time : times) mean += time / static_cast<double>(times.size());
  std::vector<double> grid;
  for (size_t i = 0; i < times.size(); ++i) {
    const double gap = i == 0 ? HUGE_VAL : times[i] - times[i - 1];
    const bool tied = gap <= kTieTolerance || gap / mean <= kTieTolerance;
    if (!tied) grid.push_back(times[i]);
  }
  return grid;
}

int32_t GridIndex(const std::vector<double>& grid, double time) {
  const auto above = std::upper_bound(grid.begin(), grid.end(), time);
  return static_cast<int32_t>(above - grid.begin()) - 1;
}

// One row on the grid, and its place in the order.
struct Placed {
  uint32_t row = 0;
  uint32_t stratum = 0;
  uint32_t set = 0;
  uint32_t cluster = 0;
  int32_t time = 0;
  int32_t entry = CensoringRow::kFromStart;
  FineGrayKind kind = FineGrayKind::kCensored;
  double weight = 1;
  double count = 1;
  bool is_lost = false;  // competing, and never weighted again

  auto Key() const {
    return std::tie(stratum, time, kind, is_lost, set, entry, weight, cluster);
  }
};

class TableBuilder {
 public:
  TableBuilder(const FineGrayRows& rows, const DesignMatrix& design,
               FineGrayConvention convention, int cause)
      : rows_(rows), design_(design), cause_(cause) {
    table_.convention = convention;
    table_.n_columns = design.n_columns();
  }

  absl::StatusOr<FineGrayTable> Build();

 private:
  absl::Status Place();
  void EstimateCensoring();
  absl::Status LoseTheUnweighable();
  void Order();
  bool AreIdentical(const Placed& a, const Placed& b) const;
  void AddNodes();
  void AddSteps();
  void PlaceNodesAmongSteps();
  void Weigh();
  void Standardize();

  const CensoringCurve& CurveOf(uint32_t stratum, uint32_t set) const {
    return curves_[table_.n_sets > 1 ? set : stratum];
  }

  const FineGrayRows& rows_;
  const DesignMatrix& design_;
  int cause_;
  FineGrayTable table_;
  std::vector<double> grid_;
  bool delayed_ = false;
  std::vector<Placed> placed_;  // in order of rows, then of the table
  std::vector<CensoringCurve> curves_;
  std::vector<Placed> nodes_;
};

absl::Status TableBuilder::Place() {
  delayed_ = std::any_of(rows_.entries.begin(), rows_.entries.end(),
                         [](double entry) { return entry > 0; });
  grid_ = GridOf(rows_, delayed_);
  table_.strata = CodesOf(rows_.strata);
  const std::vector<int> sets = CodesOf(rows_.censoring_groups);
  const std::vector<int> clusters = CodesOf(rows_.clusters);
  table_.n_sets = sets.size();
  table_.n_clusters = rows_.clusters.empty() ? 0 : clusters.size();
  placed_.resize(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    Placed& one = placed_[i];
    one.row = static_cast<uint32_t>(i);
    one.stratum = IndexOf(table_.strata, rows_.strata, i);
    one.set = IndexOf(sets, rows_.censoring_groups, i);
    one.cluster = IndexOf(clusters, rows_.clusters, i);
    one.time = GridIndex(grid_, rows_.times[i]);
    if (delayed_) one.entry = GridIndex(grid_, rows_.entries[i]);
    if (rows_.causes[i] == cause_) one.kind = FineGrayKind::kEvent;
    if (rows_.causes[i] > 0 && rows_.causes[i] != cause_) {
      one.kind = FineGrayKind::kCompeting;
    }
    if (!rows_.weights.empty()) one.weight = rows_.weights[i];
    if (!rows_.counts.empty()) one.count = rows_.counts[i];
    if (delayed_ && one.entry == one.time) {
      return absl::InvalidArgumentError(absl::StrCat(
          "row ", i, ": entry and exit are tied within the tolerance"));
    }
  }
  return absl::OkStatus();
}

void TableBuilder::EstimateCensoring() {
  std::vector<std::vector<CensoringRow>> members(
      std::max(table_.strata.size(), table_.n_sets));
  int32_t first_exit = static_cast<int32_t>(grid_.size());
  int32_t last_entry = CensoringRow::kFromStart;
  for (const Placed& one : placed_) {
    if (one.count <= 0) continue;
    members[table_.n_sets > 1 ? one.set : one.stratum].push_back(
        {one.time, one.entry, one.kind == FineGrayKind::kCensored, one.count});
    first_exit = std::min(first_exit, one.time);
    last_entry = std::max(last_entry, one.entry);
  }
  // As finegray: entries count once one is later than the first exit.
  const bool late = last_entry > first_exit;
  for (std::vector<CensoringRow>& rows : members) {
    curves_.emplace_back(table_.convention, std::move(rows), grid_, late);
  }
}

// Where P is 0 at a competing event its weights are not defined: late entries
// came to an empty risk set. finegray keeps the subject until they would first
// change; 0 / 0 after that is dropped by coxph, anything else is refused.
absl::Status TableBuilder::LoseTheUnweighable() {
  if (table_.convention == FineGrayConvention::kCrr) return absl::OkStatus();
  std::vector<int32_t> last_weighed(table_.strata.size(), -1);
  for (const Placed& one : placed_) {
    if (one.kind != FineGrayKind::kEvent || one.count <= 0) continue;
    int32_t& last = last_weighed[one.stratum];
    if (one.time > last && CurveOf(one.stratum, one.set).Before(one.time) > 0) {
      last = one.time;
    }
  }
  for (Placed& one : placed_) {
    if (one.kind != FineGrayKind::kCompeting || one.count <= 0) continue;
    const CensoringCurve& curve = CurveOf(one.stratum, one.set);
    if (curve.Before(one.time) > 0) continue;
    one.is_lost = true;
    one.time = curve.NextChange(one.time);
    if (last_weighed[one.stratum] > one.time) {
      return absl::FailedPreconditionError(
          "nobody is at risk at some entry but those who enter: the weights of "
          "earlier competing events are undefined");
    }
  }
  return absl::OkStatus();
}

bool TableBuilder::AreIdentical(const Placed& a, const Placed& b) const {
  if (a.Key() != b.Key()) return false;
  for (size_t c = 0; c < table_.n_columns; ++c) {
    const absl::Span<const double> column = design_.Column(c);
    if (column[a.row] != column[b.row]) return false;
  }
  return true;
}

void TableBuilder::Order() {
  placed_.erase(std::remove_if(placed_.begin(), placed_.end(),
                               [](const Placed& one) {
                                 return one.weight <= 0 || one.count <= 0;
                               }),
                placed_.end());
  std::sort(
      placed_.begin(), placed_.end(), [this](const Placed& a, const Placed& b) {
        const auto left = a.Key();
        const auto right = b.Key();
        if (left != right) return left < right;
        for (size_t c = 0; c < table_.n_columns; ++c) {
          const double* column = design_.values.data() + c * design_.n_rows;
          if (column[a.row] != column[b.row]) {
            return column[a.row] < column[b.row];
          }
        }
        return false;
      });
}

void TableBuilder::AddNodes() {
  for (const Placed& one : placed_) {
    if (!nodes_.empty() && AreIdentical(nodes_.back(), one)) {
      nodes_.back().count += one.count;
    } else {
      nodes_.push_back(one);
    }
  }
  table_.n_nodes = nodes_.size();
  table_.last_times.assign(table_.strata.size(), 0);
  table_.stratum_nodes.assign(table_.strata.size() + 1, 0);
  for (const Placed& node : nodes_) {
    table_.kinds.push_back(node.kind);
    table_.times.push_back(grid_[static_cast<size_t>(node.time)]);
    table_.weights.push_back(node.weight);
    table_.counts.push_back(node.count);
    table_.sets.push_back(node.set);
    table_.node_strata.push_back(node.stratum);
    if (table_.n_clusters > 0) table_.clusters.push_back(node.cluster);
    ++table_.stratum_nodes[node.stratum + 1];
    table_.last_times[node.stratum] = table_.times.back();
    table_.n_subjects += node.count;
    if (node.kind == FineGrayKind::kEvent) table_.n_events += node.count;
    if (node.kind == FineGrayKind::kCompeting) {
      table_.n_competing += node.count;
    }
  }
  std::partial_sum(table_.stratum_nodes.begin(), table_.stratum_nodes.end(),
                   table_.stratum_nodes.begin());
}

void TableBuilder::AddSteps() {
  table_.stratum_steps.assign(table_.strata.size() + 1, 0);
  const Placed* last = nullptr;
  for (const Placed& node : nodes_) {
    if (node.kind != FineGrayKind::kEvent) continue;
    if (last != nullptr && last->stratum == node.stratum &&
        last->time == node.time) {
      continue;
    }
    last = &node;
    ++table_.stratum_steps[node.stratum + 1];
    table_.step_times.push_back(grid_[static_cast<size_t>(node.time)]);
    for (uint32_t set = 0; set < table_.n_sets; ++set) {
      table_.probability.push_back(
          CurveOf(node.stratum, set).Before(node.time));
    }
  }
  std::partial_sum(table_.stratum_steps.begin(), table_.stratum_steps.end(),
                   table_.stratum_steps.begin());
}

void TableBuilder::PlaceNodesAmongSteps() {
  table_.first_step.resize(nodes_.size());
  table_.end_step.resize(nodes_.size());
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const Placed& node = nodes_[i];
    const auto begin =
        table_.step_times.begin() + table_.stratum_steps[node.stratum];
    const auto end =
        table_.step_times.begin() + table_.stratum_steps[node.stratum + 1];
    const auto after = [&](double time) {
      return static_cast<uint32_t>(std::upper_bound(begin, end, time) -
                                   table_.step_times.begin());
    };
    table_.end_step[i] = after(table_.times[i]);
    table_.first_step[i] = node.entry == CensoringRow::kFromStart
                               ? table_.stratum_steps[node.stratum]
                               : after(grid_[static_cast<size_t>(node.entry)]);
    if (table_.first_step[i] > table_.stratum_steps[node.stratum] &&
        table_.first_step[i] < table_.end_step[i]) {
      table_.late_nodes.push_back(static_cast<uint32_t>(i));
    }
  }
  std::stable_sort(table_.late_nodes.begin(), table_.late_nodes.end(),
                   [this](uint32_t a, uint32_t b) {
                     return table_.first_step[a] < table_.first_step[b];
                   });
}

void TableBuilder::Weigh() {
  table_.own_probability.assign(nodes_.size(), 1);
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const Placed& node = nodes_[i];
    if (node.kind != FineGrayKind::kCompeting) continue;
    table_.own_probability[i] =
        node.is_lost ? HUGE_VAL
                     : CurveOf(node.stratum, node.set).Before(node.time);
  }
}

// Columns with mean 0 and unit spread over the subjects.
void TableBuilder::Standardize() {
  const size_t p = table_.n_columns;
  table_.values.resize(nodes_.size() * p);
  for (size_t c = 0; c < p; ++c) {
    const absl::Span<const double> column = design_.Column(c);
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    double total = 0;
    double sum = 0;
    for (const Placed& node : nodes_) {
      low = std::min(low, column[node.row]);
      high = std::max(high, column[node.row]);
    }
    // From the lowest value, so that a large offset costs no digits.
    for (const Placed& node : nodes_) {
      total += node.weight * node.count;
      sum += node.weight * node.count * (column[node.row] - low);
    }
    const double center = low + sum / total;
    double squares = 0;
    for (const Placed& node : nodes_) {
      const double distance = (column[node.row] - center) / (high - low);
      squares += node.weight * node.count * distance * distance;
    }
    const double scale =
        high > low ? (high - low) * std::sqrt(squares / total) : 0;
    table_.centers.push_back(center);
    table_.scales.push_back(scale);
    table_.ranges.push_back(scale > 0 ? (high - low) / scale : 0);
    for (size_t i = 0; i < nodes_.size(); ++i) {
      table_.values[i * p + c] =
          scale > 0 ? (column[nodes_[i].row] - center) / scale : 0;
    }
  }
}

absl::StatusOr<FineGrayTable> TableBuilder::Build() {
  if (absl::Status status = Place(); !status.ok()) return status;
  EstimateCensoring();
  if (absl::Status status = LoseTheUnweighable(); !status.ok()) return status;
  Order();
  if (placed_.empty()) return absl::FailedPreconditionError("no subjects");
  AddNodes();
  AddSteps();
  PlaceNodesAmongSteps();
  Weigh();
  Standardize();
  return std::move(table_);
}

}  // namespace

absl::StatusOr<FineGrayTable> BuildFineGrayTable(const FineGrayRows& rows,
                                                 const DesignMatrix& design,
                                                 FineGrayConvention convention,
                                                 int cause) {
  absl::Status status = CheckFineGrayRows(rows, convention);
  if (!status.ok()) return status;
  status = CheckDesignMatrix(design);
  if (!status.ok()) return status;
  if (design.n_rows != rows.size()) {
    return absl::InvalidArgumentError(
        "the design has another number of rows than the times");
  }
  return TableBuilder(rows, design, convention, cause).Build();
}

}  // namespace enthesis::stats
