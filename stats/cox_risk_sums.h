// Sums over those at risk in a Cox model.
// Internal to the Cox estimators.

#ifndef ENTHESIS_STATS_COX_RISK_SUMS_H_
#define ENTHESIS_STATS_COX_RISK_SUMS_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "stats/cox_kernels.h"

namespace enthesis::stats {

// S and the sums of x over those at risk: sums[0] and sums[1 + column].
// Compensated where subjects also leave the sums by entering later.
class CoxRiskSums {
 public:
  CoxRiskSums(size_t p, bool compensated)
      : size_(p + 1),
        plain_(compensated ? 0 : RowWidth(p)),
        exact_(compensated ? size_ : 0) {}

  void Clear() {
    std::fill(plain_.begin(), plain_.end(), 0);
    std::fill(exact_.begin(), exact_.end(), CompensatedSum());
  }
  bool compensated() const { return !exact_.empty(); }
  double Value(size_t k) const {
    return exact_.empty() ? plain_[k] : exact_[k].Value();
  }

  // The nodes [begin, end) of `values`, times `sign`.
  void Add(const double* risks, const ColumnsView& x, size_t begin, size_t end,
           double sign) {
    const double* values = x.values;
    const size_t stride = x.stride;
    if (compensated()) {
      for (size_t i = begin; i < end; ++i) {
        const double risk = sign * risks[i];
        exact_[0].Add(risk);
        for (size_t k = 1; k < exact_.size(); ++k) {
          exact_[k].Add(risk * values[(k - 1) * stride + i]);
        }
      }
    } else {
      AddWeightedSums(x.From(begin), risks + begin, end - begin, plain_.data());
    }
  }

  // Sums of a group, not compensated.
  void Add(const double* sums) {
    for (size_t k = 0; k < size_; ++k) plain_[k] += sums[k];
  }

  // As pairs of numbers whose sum is the value.
  void Store(std::vector<double>& pairs) const {
    pairs.assign(2 * size_, 0);
    for (size_t k = 0; k < size_; ++k) {
      pairs[2 * k] = compensated() ? exact_[k].High() : plain_[k];
      pairs[2 * k + 1] = compensated() ? exact_[k].Low() : 0;
    }
  }
  const double* plain() const { return plain_.data(); }
  void AddPairs(const std::vector<double>& pairs) {
    for (size_t k = 0; 2 * k < pairs.size(); ++k) {
      if (compensated()) {
        exact_[k].Add(pairs[2 * k]);
        exact_[k].Add(pairs[2 * k + 1]);
      } else {
        plain_[k] += pairs[2 * k];
      }
    }
  }

 private:
  size_t size_;
  std::vector<double> plain_;  // as wide as a row
  std::vector<CompensatedSum> exact_;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_RISK_SUMS_H_
