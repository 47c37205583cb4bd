#include "stats/turnbull.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/turnbull_optimum.h"

namespace enthesis::stats {
namespace {

// An end of the set of times that a row allows, in the order on the line: at
// one time, what begins with it, what ends with it, what begins after it.
struct SetEnd {
  enum Place { kBeginsAt, kEndsAt, kBeginsAfter };
  double time = 0;
  Place place = kBeginsAt;
  size_t row = 0;
};

// Where the curve may have mass, and which of these cells each row holds.
struct InnermostCells {
  std::vector<TurnbullInterval> cells;
  std::vector<CellRange> ranges;
};

// A cell is a beginning with an end next to it (Peto 1973, Turnbull 1976).
InnermostCells FindCells(const IntervalTimes& rows,
                         const std::vector<size_t>& taken) {
  std::vector<SetEnd> ends;
  ends.reserve(2 * taken.size());
  InnermostCells found;
  found.ranges.resize(taken.size());
  for (size_t i = 0; i < taken.size(); ++i) {
    const size_t row = taken[i];
    found.ranges[i].weight = rows.Weight(row);
    const IntervalKind kind = rows.Kind(row);
    const bool closed =
        kind == IntervalKind::kExact || kind == IntervalKind::kLeftCensored;
    ends.push_back({rows.lower[row],
                    closed ? SetEnd::kBeginsAt : SetEnd::kBeginsAfter, i});
    ends.push_back({rows.upper[row], SetEnd::kEndsAt, i});
  }
  std::sort(ends.begin(), ends.end(), [](const SetEnd& a, const SetEnd& b) {
    return std::tie(a.time, a.place) < std::tie(b.time, b.place);
  });
  const SetEnd* begun = nullptr;
  for (const SetEnd& end : ends) {
    if (end.place != SetEnd::kEndsAt) {
      begun = &end;
      found.ranges[end.row].first = found.cells.size();
      continue;
    }
    if (begun != nullptr) found.cells.push_back({begun->time, end.time, 0});
    begun = nullptr;
    found.ranges[end.row].last = found.cells.size() - 1;
  }
  return found;
}

absl::StatusOr<TurnbullCurve> EstimateCurve(const IntervalTimes& rows,
                                            const std::vector<size_t>& taken,
                                            const TurnbullOptions& options) {
  TurnbullCurve curve;
  if (taken.empty()) return curve;
  InnermostCells found = FindCells(rows, taken);
  std::vector<double> weights;
  for (const CellRange& range : found.ranges) weights.push_back(range.weight);
  std::sort(weights.begin(), weights.end());
  curve.n = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!std::isfinite(curve.n)) {
    return absl::InvalidArgumentError("the weights are too large to add up");
  }
  // By a power of 2, so that huge and tiny weights neither overflow nor vanish.
  int scale = 0;
  std::frexp(weights.back(), &scale);
  for (CellRange& range : found.ranges) {
    range.weight = std::ldexp(range.weight, -scale);
  }
  std::erase_if(found.ranges,
                [](const CellRange& range) { return range.weight <= 0; });
  const absl::StatusOr<CellMasses> optimum = MaximizeCellMasses(
      std::move(found.ranges), found.cells.size(), options.stop);
  if (!optimum.ok()) return optimum.status();
  curve.n_innermost = found.cells.size();
  curve.log_likelihood = std::ldexp(optimum->log_likelihood, scale);
  curve.max_violation = optimum->max_violation;
  curve.iterations = optimum->iterations;
  for (size_t j = 0; j < found.cells.size(); ++j) {
    if (optimum->masses[j] <= 0) continue;
    curve.intervals.push_back(found.cells[j]);
    curve.intervals.back().mass = optimum->masses[j];
  }
  return curve;
}

}  // namespace

absl::StatusOr<TurnbullCurve> EstimateTurnbull(const IntervalTimes& rows,
                                               const TurnbullOptions& options) {
  absl::StatusOr<std::vector<TurnbullCurve>> curves =
      EstimateTurnbullGroups(rows, {}, 1, options);
  if (!curves.ok()) return curves.status();
  return std::move((*curves)[0]);
}

absl::StatusOr<std::vector<TurnbullCurve>> EstimateTurnbullGroups(
    const IntervalTimes& rows, absl::Span<const int> groups, int n_groups,
    const TurnbullOptions& options) {
  if (const absl::Status status = CheckIntervalTimes(rows); !status.ok()) {
    return status;
  }
  if (n_groups < 1 || (!groups.empty() && groups.size() != rows.size())) {
    return absl::InvalidArgumentError(
        "the groups do not fit the rows: one for each row, of one at least");
  }
  std::vector<std::vector<size_t>> taken(static_cast<size_t>(n_groups));
  bool any = false;
  for (size_t i = 0; i < rows.size(); ++i) {
    const int group = groups.empty() ? 0 : groups[i];
    if (group < 0 || group >= n_groups) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", i, ": there is no group ", group));
    }
    if (rows.Weight(i) <= 0) continue;
    taken[static_cast<size_t>(group)].push_back(i);
    any = true;
  }
  if (!any) return absl::FailedPreconditionError("there are no subjects");
  const TiedIntervals ends = TieIntervalTimes(rows);
  const IntervalTimes tied = {ends.lower, ends.upper, rows.weights};
  std::vector<TurnbullCurve> curves;
  for (const std::vector<size_t>& group : taken) {
    absl::StatusOr<TurnbullCurve> curve = EstimateCurve(tied, group, options);
    if (!curve.ok()) return curve.status();
    curves.push_back(*std::move(curve));
  }
  return curves;
}

std::vector<std::optional<SurvivalBounds>> SurvivalBoundsAt(
    const TurnbullCurve& curve, absl::Span<const double> times) {
  // [k]: the mass of the intervals from the k-th on.
  std::vector<double> beyond(curve.intervals.size() + 1);
  for (size_t k = curve.intervals.size(); k-- > 0;) {
    beyond[k] = beyond[k + 1] + curve.intervals[k].mass;
  }
  beyond[0] = 1;
  std::vector<std::optional<SurvivalBounds>> bounds;
  for (const double time : times) {
    bounds.emplace_back();
    if (!std::isfinite(time) || curve.intervals.empty()) continue;
    // The first interval that does not end by this time.
    const auto next = std::upper_bound(
        curve.intervals.begin(), curve.intervals.end(), time,
        [](double t, const TurnbullInterval& i) { return t < i.right; });
    const size_t k = static_cast<size_t>(next - curve.intervals.begin());
    const bool within = next != curve.intervals.end() && next->left < time;
    bounds.back() = {within ? beyond[k + 1] : beyond[k], beyond[k]};
  }
  return bounds;
}

}  // namespace enthesis::stats
