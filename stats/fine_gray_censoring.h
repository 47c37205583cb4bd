// The probability that a subject is still under observation, from which
// Fine and Gray weigh those who had a competing event.
// Internal to the Fine-Gray estimators. See: METHODS.md, "Fine-Gray
// regression".

#ifndef ENTHESIS_STATS_FINE_GRAY_CENSORING_H_
#define ENTHESIS_STATS_FINE_GRAY_CENSORING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stats/fine_gray_rows.h"

namespace enthesis::stats {

// One subject, or `count` equal ones, on a common grid of distinct times.
struct CensoringRow {
  static constexpr int32_t kFromStart = -1;

  int32_t time = 0;  // index of the exit
  int32_t entry = kFromStart;
  bool censored = false;
  double count = 1;
};

// P(t-) = G(t-) H(t-) of one set of subjects: G not yet censored, H entered
// (1 without late entry).
class CensoringCurve {
 public:
  // `grid` holds the distinct times, ascending. With `delayed` late entries
  // are part of P, else they only shape the risk sets of G.
  CensoringCurve(FineGrayConvention convention, std::vector<CensoringRow> rows,
                 const std::vector<double>& grid, bool delayed);

  // Just before grid time `time`; beyond the last time of the set 0. crr's
  // value at time 0 is the one just after it.
  double Before(int32_t time) const;

  // The first grid time, `time` or later, after which P may change; at most
  // the last time of the set.
  int32_t NextChange(int32_t time) const;

 private:
  FineGrayConvention convention_;
  bool starts_at_zero_ = false;  // the grid does
  int32_t last_time_ = -1;
  std::vector<int32_t> censorings_;  // ascending
  std::vector<double> uncensored_;   // after that many of them; from 1
  std::vector<int32_t> entries_;     // ascending
  std::vector<double> entered_;      // when that many of them are over; to 1
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FINE_GRAY_CENSORING_H_
