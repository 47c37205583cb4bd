// Random draws of the simulator: the same numbers on every machine, because
// the mapping from the generator is ours and not the standard library's.

#ifndef ENTHESIS_CLIENT_SIMULATE_RANDOM_H_
#define ENTHESIS_CLIENT_SIMULATE_RANDOM_H_

#include <cstdint>
#include <random>

#include "absl/types/span.h"

namespace enthesis::client {

class Random {
 public:
  // A stream of its own for each (seed, stream), so that one site's cases do
  // not depend on how many another site has.
  Random(uint64_t seed, uint64_t stream);

  double Uniform();  // in (0, 1)
  bool Chance(double probability);
  double Normal(double mean, double std_dev);
  // Median exp(mu).
  double LogNormal(double mu, double sigma);
  // Mean 1 / rate.
  double Exponential(double rate);
  // A whole number in [low, high].
  int32_t Between(int32_t low, int32_t high);
  // An index, drawn in proportion to the weights.
  size_t Pick(absl::Span<const double> weights);
  uint64_t Bits() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

// The whole number nearest to a draw, within [low, high].
int32_t Whole(double value, int32_t low, int32_t high);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_SIMULATE_RANDOM_H_
