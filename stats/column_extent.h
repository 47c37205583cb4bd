// The range of a column, and the power of 2 that brings it near to 1.
//
// Internal to the regressions.

#ifndef ENTHESIS_STATS_COLUMN_EXTENT_H_
#define ENTHESIS_STATS_COLUMN_EXTENT_H_

#include <algorithm>
#include <cmath>

namespace enthesis::stats {

struct ColumnExtent {
  double low = HUGE_VAL;
  double high = -HUGE_VAL;

  void Add(double x) {
    low = std::min(low, x);
    high = std::max(high, x);
  }
  void Add(const ColumnExtent& other) {
    low = std::min(low, other.low);
    high = std::max(high, other.high);
  }
  // The largest distance from 0.
  double Size() const { return std::max(std::abs(low), std::abs(high)); }
};

// The power of 2 by which `size` comes near to 1.
inline double UnitFor(double size) {
  if (!(size > 0)) return 1;
  return std::ldexp(1.0, -std::max(-1000, std::ilogb(size)));
}

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COLUMN_EXTENT_H_
