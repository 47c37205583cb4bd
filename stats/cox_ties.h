// What the tied events of one time contribute to a Cox model.
// Internal to the Cox estimators. See: METHODS.md, "Cox regression".

#ifndef ENTHESIS_STATS_COX_TIES_H_
#define ENTHESIS_STATS_COX_TIES_H_

#include "stats/log_sum.h"

namespace enthesis::stats {

enum class CoxTies { kEfron, kBreslow };

// With S the risk at the time, D that of its d events of mean weight w, the
// k-th of the events (k = 0..d-1) sees the risk S - f D, f = k / d (Efron
// 1977) or f = 0 (Breslow 1974). With q = S / (S - f D) the sums over k are:
struct TiedSums {
  double q = 0;     // w sum q
  double fq = 0;    // w sum f q
  double qq = 0;    // w sum q^2
  double fqq = 0;   // w sum f q^2
  double ffqq = 0;  // w sum f^2 q^2
};

// `n_events` is d, a whole number; `event_weight` is w d. Adds w sum
// log(S - f D) to `log_risks`, where that is not null.
TiedSums SumTies(CoxTies ties, double risk, double event_risk, double n_events,
                 double event_weight, LogSum* log_risks);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_TIES_H_
