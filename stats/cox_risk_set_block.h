// The risk sets of some groups side by side, for sums that SIMD takes over
// them. Internal to the Cox estimators.

#ifndef ENTHESIS_STATS_COX_RISK_SET_BLOCK_H_
#define ENTHESIS_STATS_COX_RISK_SET_BLOCK_H_

#include <cstddef>
#include <vector>

#include "stats/cox_kernels.h"
#include "stats/cox_ties.h"

namespace enthesis::stats {

class CoxRiskSetBlock {
 public:
  static constexpr size_t kGroups = 128;

  explicit CoxRiskSetBlock(size_t p)
      : p_(p), at_risk_((p + 1) * kGroups), events_((p + 1) * kGroups) {}

  bool full() const { return size_ == kGroups; }
  size_t size() const { return size_; }
  void Clear() { size_ = 0; }

  // A risk set of `group`: at_risk(k) and events(k) are the sums over those at
  // risk and over those with the event, of the risk (k = 0) and of the risk
  // times column k - 1.
  template <typename AtRisk, typename Events>
  void Put(size_t group, const AtRisk& at_risk, const Events& events) {
    groups_[size_] = group;
    for (size_t k = 0; k <= p_; ++k) {
      at_risk_[k * kGroups + size_] = at_risk(k);
      events_[k * kGroups + size_] = events(k);
    }
    ++size_;
  }

  size_t Group(size_t i) const { return groups_[i]; }
  double Risk(size_t i) const { return at_risk_[i]; }
  double EventRisk(size_t i) const { return events_[i]; }

  // What the ties of the i-th group, of risk 1 / `share`, add up to.
  //
  // The mean that the k-th event is held against is xbar_k = q (u - f v),
  // u = S1 / S, v = D1 / S, hence the sum over tied events of xbar xbar' is
  //   qq u u' - fqq (u v' + v u') + ffqq v v'
  //     = qq (u - b v)(u - b v)' + (ffqq - b fqq) v v',  b = fqq / qq.
  void SetTies(size_t i, const TiedSums& tied, double share) {
    shares_[i] = share;
    factors_[i] = tied.qq > 0 ? tied.fqq / tied.qq : 0;
    first_weights_[i] = -tied.qq;
    const double rest = tied.ffqq - factors_[i] * tied.fqq;
    second_weights_[i] = rest > 0 ? -rest : 0;
  }

  // Takes the sums of xbar xbar' from `information`, and ends the sums.
  void TakeMeans(double* information) {
    double* u = at_risk_.data() + kGroups;
    double* v = events_.data() + kGroups;
    Decorrelate(size_, kGroups, p_, shares_, factors_, u, v);
    AddWeightedGram({u, kGroups, p_}, first_weights_, size_, information);
    AddWeightedGram({v, kGroups, p_}, second_weights_, size_, information);
  }

 private:
  const size_t p_;
  size_t size_ = 0;
  size_t groups_[kGroups];
  std::vector<double> at_risk_, events_;  // [k * kGroups + i]
  double shares_[kGroups];
  double factors_[kGroups];
  double first_weights_[kGroups];
  double second_weights_[kGroups];
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_RISK_SET_BLOCK_H_
