#include "stats/cusum_run_length.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/cusum.h"

namespace enthesis::stats {
namespace {

// Of the finer grid; the coarser one has half.
constexpr int kSteps = 512;
constexpr int kStepsOfSearch = 128;
constexpr double kLargestMean = 1e15;
constexpr double kLargestWanted = 1e9;
constexpr double kDigits = 1e-10;
constexpr int kMaxSearchSteps = 200;

// Between grid points a case's weight is split between the two next to where it
// leads, so that its mean is kept; at points it is at one of them.
class WeightGrid {
 public:
  WeightGrid(double threshold, int n_steps)
      : step_(threshold / n_steps),
        reach_(n_steps + 2),
        lower_(Size()),
        upper_(Size()),
        exact_(Size()),
        between_(Size()) {}

  void Add(double weight, double probability) {
    const double place = weight / step_;
    const double below = std::floor(place);
    const double rest = place - below;
    // Beyond the reach from any point it signals, or leads to 0.
    const size_t at = static_cast<size_t>(
        reach_ + std::clamp(below, -static_cast<double>(reach_),
                            static_cast<double>(reach_)));
    lower_[at] += probability * (1 - rest);
    upper_[at] += probability * rest;
    (rest == 0 ? exact_ : between_)[at] += probability;
  }

  // From point `from` of `n_steps` + 1: the chances of each point, and of a
  // signal.
  double FillRow(int from, int n_steps, std::vector<double>& row) const {
    double signal = 0;
    for (int k = -reach_; k <= reach_; ++k) {
      const auto at = static_cast<size_t>(k + reach_);
      const int to = from + k;
      if (to < 0) {
        row[0] += exact_[at] + between_[at];
      } else if (to < n_steps) {
        row[static_cast<size_t>(to)] += lower_[at];
        row[static_cast<size_t>(to) + 1] += upper_[at];
      } else if (to == n_steps) {
        // On the threshold itself, which is no signal, or beyond.
        row[static_cast<size_t>(to)] += exact_[at];
        signal += between_[at];
      } else {
        signal += exact_[at] + between_[at];
      }
    }
    return signal;
  }

 private:
  size_t Size() const { return 2 * static_cast<size_t>(reach_) + 1; }

  double step_;
  int reach_;
  std::vector<double> lower_, upper_, exact_,
      between_;  // by floor of the place
};

// Mean steps from point 0 until the signal. Points are taken out from the last
// one (Grassmann, Taksar & Heyman 1985, Oper. Res. 33:1107): nothing is
// subtracted, so that a rare signal keeps its digits.
double MeanSteps(std::vector<std::vector<double>>& chances,
                 std::vector<double>& signal) {
  std::vector<double> steps(signal.size(), 1);
  for (size_t last = signal.size() - 1; last > 0; --last) {
    const double* const gone = chances[last].data();
    double leaves = signal[last];
    for (size_t j = 0; j < last; ++j) leaves += gone[j];
    for (size_t i = 0; i < last; ++i) {
      const double share = chances[i][last] / leaves;
      if (share == 0) continue;
      double* const row = chances[i].data();
      for (size_t j = 0; j < last; ++j) row[j] += share * gone[j];
      signal[i] += share * signal[last];
      steps[i] += share * steps[last];
    }
  }
  return steps[0] / signal[0];
}

double WithOdds(double probability, double odds_ratio) {
  return odds_ratio * probability / (1 + (odds_ratio - 1) * probability);
}

}  // namespace

absl::StatusOr<CusumWeights> CusumWeights::Make(
    absl::Span<const double> expected, double odds_ratio) {
  if (absl::Status status = CheckOddsRatio(odds_ratio); !status.ok()) {
    return status;
  }
  if (expected.empty()) return absl::FailedPreconditionError("no cases");
  std::vector<double> sorted(expected.begin(), expected.end());
  for (const double p : sorted) {
    if (p >= 0 && p <= 1) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "an expected probability is ", p, "; allowed: from 0 to 1"));
  }
  // In order, so that sums do not depend on that of the cases.
  std::sort(sorted.begin(), sorted.end());
  CusumWeights weights;
  const auto n = static_cast<double>(sorted.size());
  for (const double p : sorted) {
    if (weights.risks_.empty() || weights.risks_.back().probability != p) {
      weights.risks_.push_back({p, 0, CusumWeight(p, true, odds_ratio),
                                CusumWeight(p, false, odds_ratio)});
    }
    weights.risks_.back().share += 1;
    weights.risk_of_.push_back(
        static_cast<uint32_t>(weights.risks_.size() - 1));
  }
  for (Risk& risk : weights.risks_) risk.share /= n;
  return weights;
}

bool CusumWeights::CanRise(double true_odds_ratio) const {
  return std::any_of(risks_.begin(), risks_.end(), [&](const Risk& risk) {
    const double p = WithOdds(risk.probability, true_odds_ratio);
    return (risk.with_event > 0 && p > 0) || (risk.without > 0 && p < 1);
  });
}

double CusumWeights::MeanRunLengthOnGrid(double threshold,
                                         double true_odds_ratio,
                                         int n_steps) const {
  WeightGrid grid(threshold, n_steps);
  for (const Risk& risk : risks_) {
    const double p = WithOdds(risk.probability, true_odds_ratio);
    grid.Add(risk.with_event, risk.share * p);
    grid.Add(risk.without, risk.share * (1 - p));
  }
  const auto n_points = static_cast<size_t>(n_steps) + 1;
  std::vector<std::vector<double>> chances(n_points,
                                           std::vector<double>(n_points));
  std::vector<double> signal(n_points);
  for (int from = 0; from <= n_steps; ++from) {
    signal[static_cast<size_t>(from)] =
        grid.FillRow(from, n_steps, chances[static_cast<size_t>(from)]);
  }
  return MeanSteps(chances, signal);
}

std::optional<RunLength> CusumWeights::RunLengthOnGrids(double threshold,
                                                        double true_odds_ratio,
                                                        int n_steps) const {
  const double coarse =
      MeanRunLengthOnGrid(threshold, true_odds_ratio, n_steps / 2);
  const double fine = MeanRunLengthOnGrid(threshold, true_odds_ratio, n_steps);
  if (!(fine > 0 && fine < kLargestMean && coarse > 0)) return std::nullopt;
  // The split adds a variance that falls with the square of the step.
  const double log_change = std::log(fine) - std::log(coarse);
  return RunLength{fine * std::exp(log_change / 3),
                   std::abs(std::expm1(log_change))};
}

std::optional<RunLength> CusumWeights::MeanRunLength(
    double threshold, double true_odds_ratio) const {
  if (!CheckThreshold(threshold).ok() || !CanRise(true_odds_ratio)) {
    return std::nullopt;
  }
  return RunLengthOnGrids(threshold, true_odds_ratio, kSteps);
}

absl::StatusOr<std::optional<double>> CusumWeights::ThresholdOf(
    double mean) const {
  if (!CanRise(1)) return std::optional<double>();
  double rises = 0;
  for (const Risk& risk : risks_) {
    if (risk.with_event > 0) rises += risk.share * risk.probability;
    if (risk.without > 0) rises += risk.share * (1 - risk.probability);
  }
  if (!(mean > 1 / rises && mean <= kLargestWanted)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the run length is ", mean, "; allowed: above ", 1 / rises,
                     ", which a threshold of 0 has, up to 1e9"));
  }
  // How far the logarithm of the run length is from the wanted one; beyond all
  // numbers it is far above.
  const auto excess = [&](double threshold, int n_steps) {
    const auto length = RunLengthOnGrids(threshold, 1, n_steps);
    return (length ? std::log(length->mean) : std::log(kLargestMean)) -
           std::log(mean);
  };
  double low = 0, high = 0.25;
  while (excess(high, kStepsOfSearch) < 0) {
    low = high;
    high *= 2;
    if (!CheckThreshold(high).ok()) {
      return absl::FailedPreconditionError(
          "the weights are too small for the threshold to be found");
    }
  }
  for (int i = 0; i < 12; ++i) {
    const double middle = (low + high) / 2;
    (excess(middle, kStepsOfSearch) < 0 ? low : high) = middle;
  }
  // On the finer grid by false position (Illinois), from a little around.
  const double width = std::max(high - low, 1e-3 * high);
  double f_low = 0, f_high = 0;
  for (double reach = width;; reach *= 4) {
    low = std::max(low - reach, 0.0);
    high += reach;
    f_low = low > 0 ? excess(low, kSteps) : std::log(1 / rises / mean);
    f_high = excess(high, kSteps);
    if (f_low < 0 && f_high >= 0) break;
  }
  int side = 0;
  for (int i = 0; i < kMaxSearchSteps && high - low > kDigits * high; ++i) {
    // Every third step halves: a run length of few weights is a staircase.
    double next = i % 3 == 2 ? (low + high) / 2
                             : high - f_high * (high - low) / (f_high - f_low);
    next =
        std::clamp(next, low + kDigits / 4 * high, high - kDigits / 4 * high);
    const double f = excess(next, kSteps);
    if (std::abs(f) < kDigits) return std::optional<double>(next);
    if (f < 0) {
      low = next;
      f_low = f;
      if (side == -1) f_high /= 2;
      side = -1;
    } else {
      high = next;
      f_high = f;
      if (side == 1) f_low /= 2;
      side = 1;
    }
  }
  return std::optional<double>(high);
}

}  // namespace enthesis::stats
