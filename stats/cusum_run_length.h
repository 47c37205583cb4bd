// How long a risk-adjusted CUSUM runs until it signals, where cases are drawn
// from expected probabilities: its mean by a Markov chain or by simulation, and
// the threshold of a wanted mean.
// See: METHODS.md, "CUSUM and VLAD".

#ifndef ENTHESIS_STATS_CUSUM_RUN_LENGTH_H_
#define ENTHESIS_STATS_CUSUM_RUN_LENGTH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/parallel.h"

namespace enthesis::stats {

struct RunLength {
  double mean = 0;  // cases
  // How far the coarser of the two grids behind it lies from the finer one, as
  // a share of the mean. Beyond kCoarseRunLength the grid is too coarse for the
  // threshold.
  double refinement = 0;
};
inline constexpr double kCoarseRunLength = 0.05;

struct SimulatedRunLength {
  int64_t runs = 0;
  double mean = 0, std_error = 0, median = 0;  // cases
};

// The weights of cases that have the expected probabilities of a file, each
// alike often.
class CusumWeights {
 public:
  // Errors: INVALID_ARGUMENT for an odds ratio that RunCusum does not take, a
  // probability outside [0, 1]; FAILED_PRECONDITION without one.
  static absl::StatusOr<CusumWeights> Make(absl::Span<const double> expected,
                                           double odds_ratio);

  // Mean cases until the chart is beyond `threshold`, where the odds are
  // `true_odds_ratio` times those expected; 1 is in control. Absent where it
  // never is, for no weight is above 0, or where it is beyond 1e15.
  // Cost: O(512^3) multiplications, whatever the number of cases.
  std::optional<RunLength> MeanRunLength(double threshold,
                                         double true_odds_ratio = 1) const;
  // The same on one grid of `n_steps` steps, to look at how it converges.
  double MeanRunLengthOnGrid(double threshold, double true_odds_ratio,
                             int n_steps) const;

  // The smallest threshold whose mean run length in control is `mean`, to ten
  // digits. Absent where no weight is above 0.
  // Errors: INVALID_ARGUMENT unless `mean` is up to 1e9 and above that of a
  // threshold of 0; FAILED_PRECONDITION where no threshold up to 1000 has it.
  absl::StatusOr<std::optional<double>> ThresholdOf(double mean) const;

  // `runs` charts in control, each with its own random numbers, which follow
  // from `seed`; the same on any number of threads.
  // Errors: INVALID_ARGUMENT for runs outside 1 to 1e7, or where all of them
  // would take more than 1e10 cases.
  absl::StatusOr<SimulatedRunLength> Simulate(double threshold, int64_t runs,
                                              uint64_t seed,
                                              ThreadPool* pool) const;

 private:
  struct Risk {
    double probability = 0, share = 0;
    double with_event = 0, without = 0;  // weights
  };
  bool CanRise(double true_odds_ratio) const;
  std::optional<RunLength> RunLengthOnGrids(double threshold,
                                            double true_odds_ratio,
                                            int n_steps) const;
  int64_t DrawRunLength(double threshold, uint64_t state) const;

  std::vector<Risk> risks_;        // distinct, ascending
  std::vector<uint32_t> risk_of_;  // by case, ascending
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_CUSUM_RUN_LENGTH_H_
