// Simulated run lengths of a risk-adjusted CUSUM.

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/cusum.h"
#include "stats/cusum_run_length.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

constexpr int64_t kLargestRuns = 10'000'000;
constexpr double kLargestWork = 1e10;  // cases of all runs
constexpr int64_t kRunsPerTask = 64;

// SplitMix64 (Steele, Lea & Flood 2014, OOPSLA): each state gives one number.
uint64_t NextRandom(uint64_t& state) {
  state += 0x9e3779b97f4a7c15ULL;
  uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31);
}

// From [0, 1), 53 bits.
double NextShare(uint64_t& state) {
  return static_cast<double>(NextRandom(state) >> 11) * 0x1.0p-53;
}

}  // namespace

int64_t CusumWeights::DrawRunLength(double threshold, uint64_t state) const {
  const auto n = static_cast<double>(risk_of_.size());
  double value = 0;
  for (int64_t length = 1;; ++length) {
    const auto drawn = static_cast<size_t>(NextShare(state) * n);
    const Risk& risk = risks_[risk_of_[drawn]];
    const bool has_event = NextShare(state) < risk.probability;
    value = std::max(0.0, value + (has_event ? risk.with_event : risk.without));
    if (value > threshold) return length;
  }
}

absl::StatusOr<SimulatedRunLength> CusumWeights::Simulate(
    double threshold, int64_t runs, uint64_t seed, ThreadPool* pool) const {
  if (runs < 1 || runs > kLargestRuns) {
    return absl::InvalidArgumentError(
        absl::StrCat(runs, " runs; allowed: from 1 to ", kLargestRuns));
  }
  const std::optional<RunLength> expected = MeanRunLength(threshold);
  if (!expected.has_value() ||
      expected->mean * static_cast<double>(runs) > kLargestWork) {
    return absl::InvalidArgumentError(
        expected ? absl::StrCat(runs, " runs of about ", expected->mean,
                                " cases are too many; allowed: 1e10 cases")
                 : "a chart that does not signal cannot be simulated");
  }
  std::vector<int64_t> lengths(static_cast<size_t>(runs));
  const int64_t tasks = (runs + kRunsPerTask - 1) / kRunsPerTask;
  RunTasks(pool, static_cast<size_t>(tasks), [&](size_t task) {
    const auto first = static_cast<int64_t>(task) * kRunsPerTask;
    for (int64_t r = first; r < std::min(runs, first + kRunsPerTask); ++r) {
      // Far apart: each run starts from a number drawn for it.
      uint64_t state = seed + static_cast<uint64_t>(r) * 0xd1342543de82ef95ULL;
      state = NextRandom(state);
      lengths[static_cast<size_t>(r)] = DrawRunLength(threshold, state);
    }
  });
  Int128 sum = 0;
  for (const int64_t length : lengths) sum += length;
  SimulatedRunLength simulated;
  simulated.runs = runs;
  const auto n = static_cast<double>(runs);
  simulated.mean = static_cast<double>(sum) / n;
  double squares = 0;
  for (const int64_t length : lengths) {
    const double apart = static_cast<double>(length) - simulated.mean;
    squares += apart * apart;
  }
  if (runs > 1) simulated.std_error = std::sqrt(squares / (n - 1) / n);
  std::sort(lengths.begin(), lengths.end());
  const size_t middle = lengths.size() / 2;
  simulated.median = static_cast<double>(lengths[middle]);
  if (lengths.size() % 2 == 0) {
    simulated.median =
        (simulated.median + static_cast<double>(lengths[middle - 1])) / 2;
  }
  return simulated;
}

}  // namespace enthesis::stats
