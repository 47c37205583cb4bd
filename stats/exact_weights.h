// Exact sums of case weights: a weight becomes a whole number of units of
// 2^-k, so that a sum is the same in any order and is rounded once at its end.
//
// The unit follows from the largest weight and the number of rows: weights
// within a factor of about 2^45 of the largest are held exactly for up to 2^28
// rows; the last digits of smaller ones are cut, the same for any order.

#ifndef ENTHESIS_STATS_EXACT_WEIGHTS_H_
#define ENTHESIS_STATS_EXACT_WEIGHTS_H_

#include <cstddef>

namespace enthesis::stats {

// A sum of weights in units; at most 2^126.
__extension__ typedef __int128 WeightSum;

class WeightUnit {
 public:
  // `largest` finite and >= 0; sums have at most `n_rows` terms.
  WeightUnit(double largest, size_t n_rows);

  WeightSum ToUnits(double weight) const {
    return static_cast<WeightSum>(weight * up_[0] * up_[1]);
  }
  double ToWeight(WeightSum units) const {
    return static_cast<double>(units) * down_[0] * down_[1];
  }

 private:
  double up_[2], down_[2];  // powers of 2; in two steps, lest they overflow
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_EXACT_WEIGHTS_H_
