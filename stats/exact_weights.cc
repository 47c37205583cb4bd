#include "stats/exact_weights.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace enthesis::stats {

WeightUnit::WeightUnit(double largest, size_t n_rows) {
  constexpr int kBits = 126;
  int exponent = 0;  // largest < 2^exponent
  std::frexp(largest, &exponent);
  const int row_bits = static_cast<int>(std::bit_width(uint64_t{n_rows}));
  const int shift = kBits - row_bits - exponent;
  const int half = shift / 2;
  up_[0] = std::ldexp(1.0, half);
  up_[1] = std::ldexp(1.0, shift - half);
  down_[0] = std::ldexp(1.0, -half);
  down_[1] = std::ldexp(1.0, half - shift);
}

}  // namespace enthesis::stats
