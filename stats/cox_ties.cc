#include "stats/cox_ties.h"

#include <cmath>

#include "stats/cox_kernels.h"

namespace enthesis::stats {
namespace {

// Products of risks in these bounds are taken before their logarithm.
constexpr double kLeastRisk = 1e-30;
constexpr double kMostRisk = 1e30;

}  // namespace

TiedSums SumTies(CoxTies ties, double risk, double event_risk, double n_events,
                 double event_weight, LogSum* log_risks) {
  TiedSums sums;
  if (ties == CoxTies::kBreslow || n_events <= 1) {
    sums.q = event_weight;
    sums.qq = event_weight;
    if (log_risks != nullptr) log_risks->Add(risk, event_weight);
    return sums;
  }
  const double weight = event_weight / n_events;
  // A logarithm of a product of risks, which is free for events of weight 1, or
  // of their shares and one of S.
  const bool by_risks = weight == 1 && risk > kLeastRisk && risk < kMostRisk;
  const TiedShares shares =
      SumShares(event_risk / risk, n_events, by_risks ? risk : 1);
  sums.q = weight * shares.q;
  sums.fq = weight * shares.fq;
  sums.qq = weight * shares.qq;
  sums.fqq = weight * shares.fqq;
  sums.ffqq = weight * shares.ffqq;
  if (log_risks == nullptr) return sums;
  if (by_risks) {
    log_risks->Add(shares.product, 1);
    log_risks->AddLog(shares.log_product);
  } else {
    log_risks->AddLog(weight * (n_events * std::log(risk) + shares.log_product +
                                std::log(shares.product)));
  }
  return sums;
}

}  // namespace enthesis::stats
