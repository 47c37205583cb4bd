#include "stats/cox_ties.h"

#include <cmath>

namespace enthesis::stats {
namespace {

// Products of shares are turned into a logarithm before they can underflow.
constexpr double kSmallProduct = 1e-200;

}  // namespace

TiedSums SumTies(CoxTies ties, double risk, double event_risk, double n_events,
                 double event_weight) {
  TiedSums sums;
  if (ties == CoxTies::kBreslow || n_events <= 1) {
    sums.q = event_weight;
    sums.qq = event_weight;
    sums.log_risk = event_weight * std::log(risk);
    return sums;
  }
  const double share = event_risk / risk;
  double product = 1;
  double log_product = 0;
  for (double k = 0; k < n_events; ++k) {
    const double f = k / n_events;
    const double left = 1 - f * share;
    const double q = 1 / left;
    product *= left;
    if (product < kSmallProduct) {
      log_product += std::log(product);
      product = 1;
    }
    sums.q += q;
    sums.fq += f * q;
    sums.qq += q * q;
    sums.fqq += f * q * q;
    sums.ffqq += f * q * f * q;
  }
  const double weight = event_weight / n_events;
  sums.q *= weight;
  sums.fq *= weight;
  sums.qq *= weight;
  sums.fqq *= weight;
  sums.ffqq *= weight;
  sums.log_risk =
      weight * (n_events * std::log(risk) + log_product + std::log(product));
  return sums;
}

}  // namespace enthesis::stats
