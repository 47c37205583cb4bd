#include "stats/turnbull_optimum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stop_token>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "stats/long_sum.h"
#include "stats/range_graph.h"
#include "stats/stop.h"

namespace enthesis::stats {
namespace {

// The conditions of the optimum are pursued to kAim and must hold to kHolds,
// relative to the total weight.
constexpr double kAim = 1e-12;
constexpr double kHolds = 1e-9;
constexpr int kRoundsMax = 300;      // additions of cells
constexpr int kRoundStepsMax = 100;  // Newton steps between them
constexpr int kStartSteps = 10;      // of the EM algorithm
constexpr double kLittle = 1e-3;
constexpr int kIdleRoundsMax = 3;  // without progress
constexpr int kAttemptsMax = 60;   // lengths of one step
// Share of the promised gain that a step must keep.
constexpr double kSufficient = 1e-4;

// Ranges in order, equal ones joined.
std::vector<CellRange> Joined(std::vector<CellRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const CellRange& a, const CellRange& b) {
              return std::tie(a.first, a.last, a.weight) <
                     std::tie(b.first, b.last, b.weight);
            });
  std::vector<CellRange> joined;
  for (const CellRange& range : ranges) {
    if (!joined.empty() && joined.back().first == range.first &&
        joined.back().last == range.last) {
      joined.back().weight += range.weight;
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

class CellOptimizer {
 public:
  CellOptimizer(std::vector<CellRange> ranges, size_t n_cells,
                const std::stop_token& stop)
      : ranges_(std::move(ranges)),
        n_cells_(n_cells),
        stop_(stop),
        slopes_(n_cells) {
    for (const CellRange& range : ranges_) total_ += range.weight;
  }

  absl::StatusOr<CellMasses> Run() {
    if (absl::Status status = CheckStop(stop_); !status.ok()) return status;
    Start();
    int idle = 0;
    bool single = false;
    bool last_step = false;
    for (int round = 0; round < kRoundsMax; ++round) {
      const double violation = Violation();
      const bool there = violation <= kAim;
      if (there && last_step) return Answer(violation);
      // One step more doubles the digits.
      last_step = there;
      const std::vector<size_t> before = support_;
      const bool grown = Grow(single);
      const bool climbed = Climb(last_step ? 1 : kRoundStepsMax);
      if (absl::Status status = CheckStop(stop_); !status.ok()) return status;
      // Of several cells none may be of use where the steepest one is.
      single = grown && support_ == before;
      idle = climbed && !single ? 0 : idle + 1;
      if (idle >= kIdleRoundsMax) break;
    }
    const double violation = Violation();
    if (violation <= kHolds) return Answer(violation);
    return absl::FailedPreconditionError(
        "the estimate does not converge: the weights differ by too many orders "
        "of magnitude");
  }

 private:
  // Few cells that hit every range, and a few steps of the EM algorithm.
  void Start() {
    std::vector<const CellRange*> by_end;
    for (const CellRange& range : ranges_) by_end.push_back(&range);
    std::stable_sort(by_end.begin(), by_end.end(),
                     [](const CellRange* a, const CellRange* b) {
                       return a->last < b->last;
                     });
    for (const CellRange* range : by_end) {
      if (!support_.empty() && support_.back() >= range->first) continue;
      support_.push_back(range->last);
    }
    masses_.assign(support_.size(), 1 / static_cast<double>(support_.size()));
    Contract();
    for (int i = 0; i < kStartSteps; ++i) {
      graph_.SetMasses(masses_);
      const std::vector<double> slopes = graph_.SupportSlopes();
      for (size_t j = 0; j < masses_.size(); ++j) {
        masses_[j] *= slopes[j] / total_;
      }
    }
    Normalize();
  }

  void Contract() { graph_ = RangeGraph(ranges_, n_cells_, support_); }

  void Normalize() {
    LongSum sum;
    for (const double mass : masses_) sum.Add(mass);
    for (double& mass : masses_) mass /= sum.high;
  }

  // Sets the slopes of the log-likelihood by cell. At the optimum none is above
  // the total weight, and those with mass are equal to it.
  double Violation() {
    graph_.SetMasses(masses_);
    slopes_ = graph_.AllSlopes(ranges_);
    double worst = 0;
    for (const double slope : slopes_) {
      worst = std::max(worst, slope / total_ - 1);
    }
    for (const size_t cell : support_) {
      worst = std::max(worst, std::abs(slopes_[cell] / total_ - 1));
    }
    return worst;
  }

  // Adds, with mass 0, the steepest cell of each gap of the support; of all
  // gaps when `single`. False: no cell rises.
  bool Grow(bool single) {
    std::vector<size_t> rising;
    const double level = total_ * (1 + kAim / 2);
    size_t next = 0, steepest = n_cells_;
    for (size_t cell = 0; cell <= n_cells_; ++cell) {
      const bool ends = cell == n_cells_ ||
                        (next < support_.size() && support_[next] == cell);
      if (ends) {
        if (steepest < n_cells_ && !single) rising.push_back(steepest);
        if (!single) steepest = n_cells_;
        ++next;
        continue;
      }
      const double least = steepest < n_cells_ ? slopes_[steepest] : level;
      if (slopes_[cell] > least) steepest = cell;
    }
    if (single && steepest < n_cells_) rising.push_back(steepest);
    if (rising.empty()) return false;
    std::vector<std::pair<size_t, double>> merged;
    for (size_t j = 0; j < support_.size(); ++j) {
      merged.emplace_back(support_[j], masses_[j]);
    }
    for (const size_t cell : rising) merged.emplace_back(cell, 0);
    std::sort(merged.begin(), merged.end());
    support_.clear();
    masses_.clear();
    for (const auto& [cell, mass] : merged) {
      support_.push_back(cell);
      masses_.push_back(mass);
    }
    Contract();
    return true;
  }

  // Newton steps on the support until they promise little beside the first: the
  // violation is no measure, for it may be that of a cell of tiny weight.
  // False: no step was taken.
  bool Climb(int steps_max) {
    bool climbed = false;
    double enough = 0;
    for (int i = 0; i < steps_max && !stop_.stop_requested(); ++i) {
      graph_.SetMasses(masses_);
      const NewtonDirection direction = graph_.Newton();
      if (DropUseless(direction.change)) continue;
      if (!(direction.decrement > enough) || !Step(direction)) break;
      if (!climbed) enough = kLittle * direction.decrement;
      climbed = true;
    }
    return climbed;
  }

  // Leaves out cells of mass 0 that the direction would push below 0.
  bool DropUseless(const std::vector<double>& change) {
    return Keep([&](size_t j) { return masses_[j] > 0 || change[j] > 0; });
  }

  template <typename Wanted>
  bool Keep(const Wanted& wanted) {
    size_t kept = 0;
    for (size_t j = 0; j < support_.size(); ++j) {
      if (!wanted(j)) continue;
      support_[kept] = support_[j];
      masses_[kept++] = masses_[j];
    }
    if (kept == support_.size()) return false;
    support_.resize(kept);
    masses_.resize(kept);
    Contract();
    return true;
  }

  // Along the direction as far as the log-likelihood rises, masses held at 0
  // where they would fall below. False: it rises nowhere.
  bool Step(const NewtonDirection& direction) {
    const std::vector<double>& change = direction.change;
    double bound = std::numeric_limits<double>::infinity();
    size_t first_to_go = support_.size();
    for (size_t j = 0; j < masses_.size(); ++j) {
      if (change[j] >= 0 || -masses_[j] / change[j] >= bound) continue;
      bound = -masses_[j] / change[j];
      first_to_go = j;
    }
    double length = 1;
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      std::vector<double> moved = masses_;
      LongSum sum;
      for (size_t j = 0; j < moved.size(); ++j) {
        moved[j] = std::max(0.0, moved[j] + length * change[j]);
        if (length >= bound && j == first_to_go) moved[j] = 0;
        sum.Add(moved[j]);
      }
      for (double& mass : moved) mass /= sum.high;
      if (graph_.Gain(moved) >= kSufficient * length * direction.decrement) {
        ++iterations_;
        masses_ = std::move(moved);
        Keep([&](size_t j) { return masses_[j] > 0; });
        return true;
      }
      // The step that drops one cell and no other is always tried.
      const double half = length / 2;
      length = length > bound && half < bound ? bound : half;
    }
    return false;
  }

  CellMasses Answer(double violation) {
    CellMasses answer;
    answer.masses.assign(n_cells_, 0);
    for (size_t j = 0; j < support_.size(); ++j) {
      answer.masses[support_[j]] = masses_[j];
    }
    answer.log_likelihood = graph_.LogLikelihood();
    answer.max_violation = std::max(0.0, violation);
    answer.iterations = iterations_;
    return answer;
  }

  const std::vector<CellRange> ranges_;
  const size_t n_cells_;
  const std::stop_token& stop_;
  double total_ = 0;
  std::vector<double> slopes_;   // by cell, of Violation
  std::vector<size_t> support_;  // cells, ascending
  std::vector<double> masses_;   // as `support_`
  RangeGraph graph_;             // of `support_`
  int iterations_ = 0;
};

}  // namespace

absl::StatusOr<CellMasses> MaximizeCellMasses(std::vector<CellRange> ranges,
                                              size_t n_cells,
                                              const std::stop_token& stop) {
  return CellOptimizer(Joined(std::move(ranges)), n_cells, stop).Run();
}

}  // namespace enthesis::stats
