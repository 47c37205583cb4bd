#include "stats/peto.h"

#include "absl/status/status.h"
#include "stats/distributions.h"
#include "stats/long_sum.h"

namespace enthesis::stats {

absl::StatusOr<PetoOddsRatio> EstimatePeto(absl::Span<const TwoByTwo> studies,
                                           double conf_level) {
  if (absl::Status status = CheckConfLevel(conf_level); !status.ok()) {
    return status;
  }
  PetoOddsRatio result;
  result.log_odds_ratio.name = "log odds ratio";
  LongSum excess, variance, squares;
  for (const TwoByTwo& table : studies) {
    if (absl::Status status = CheckTwoByTwo(table); !status.ok()) return status;
    if (!table.IsInformative()) continue;
    ++result.n_studies;
    const double o_minus_e = ExcessEvents(table);
    const double v = HypergeometricVariance(table);
    excess.Add(o_minus_e);
    variance.Add(v);
    squares.Add(o_minus_e * o_minus_e / v);
  }
  if (result.n_studies == 0) return result;
  const double sum = excess.high + excess.low;
  const double v = variance.high + variance.low;
  SetEstimate(sum / v, 1 / v, NormalCriticalValue(conf_level),
              result.log_odds_ratio);
  result.heterogeneity = MakeChiSquareTest(
      squares.high + squares.low - sum * sum / v, result.n_studies - 1);
  return result;
}

}  // namespace enthesis::stats
