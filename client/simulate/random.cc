#include "client/simulate/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace enthesis::client {
namespace {

// SplitMix64's finisher: spreads neighboring seeds apart.
uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace

Random::Random(uint64_t seed, uint64_t stream)
    : engine_(Mix(seed) ^ Mix(Mix(stream))) {}

double Random::Uniform() {
  // 53 bits, shifted by half a step so that neither 0 nor 1 comes out.
  return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1.0p-53;
}

bool Random::Chance(double probability) { return Uniform() < probability; }

double Random::Normal(double mean, double std_dev) {
  // Box and Muller 1958; the second value is not kept, so that a draw always
  // takes the same share of the stream.
  const double radius = std::sqrt(-2 * std::log(Uniform()));
  return mean + std_dev * radius * std::cos(2 * std::numbers::pi * Uniform());
}

double Random::LogNormal(double mu, double sigma) {
  return std::exp(Normal(mu, sigma));
}

double Random::Exponential(double rate) { return -std::log(Uniform()) / rate; }

int32_t Random::Between(int32_t low, int32_t high) {
  return low + static_cast<int32_t>(Uniform() * (high - low + 1));
}

size_t Random::Pick(absl::Span<const double> weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  double left = Uniform() * total;
  for (size_t i = 0; i + 1 < weights.size(); ++i) {
    left -= weights[i];
    if (left < 0) return i;
  }
  return weights.size() - 1;
}

int32_t Whole(double value, int32_t low, int32_t high) {
  return std::clamp(static_cast<int32_t>(std::lround(value)), low, high);
}

}  // namespace enthesis::client
