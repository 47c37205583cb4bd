// Analysis of covariance on the wire.

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillAdjustedMean(const analysis::AdjustedMean& mean,
                      v1::AdjustedMean& wire) {
  Fill(mean.group, *wire.mutable_group());
  ENTHESIS_SET(wire, n, mean.n);
  ENTHESIS_SET(wire, estimate, mean.estimate);
  ENTHESIS_SET(wire, std_error, mean.std_error);
  ENTHESIS_SET(wire, lower, mean.lower);
  ENTHESIS_SET(wire, upper, mean.upper);
  wire.set_absence(ToWire(mean.absence));
}

void FillDifference(const analysis::AdjustedDifference& difference,
                    v1::AdjustedDifference& wire) {
  Fill(difference.first, *wire.mutable_first());
  Fill(difference.second, *wire.mutable_second());
  ENTHESIS_SET(wire, estimate, difference.estimate);
  ENTHESIS_SET(wire, std_error, difference.std_error);
  ENTHESIS_SET(wire, statistic, difference.statistic);
  ENTHESIS_SET(wire, p_value, difference.p_value);
  ENTHESIS_SET(wire, lower, difference.lower);
  ENTHESIS_SET(wire, upper, difference.upper);
}

}  // namespace

v1::FitAncovaResponse ToWire(
    const disclosure::Released<analysis::AncovaAnswer>& released) {
  const analysis::AncovaAnswer& answer = released.answer();
  v1::FitAncovaResponse wire;
  wire.set_measure(static_cast<v1::Measure>(answer.measure));
  wire.set_visit(NameOf(answer.visit));
  ENTHESIS_SET(wire, n, answer.n);
  ENTHESIS_SET(wire, dropped, answer.dropped);
  for (const analysis::Coefficient& coefficient : answer.coefficients) {
    v1::LinearCoefficient& added = *wire.add_coefficients();
    FillCoefficient(coefficient, added);
    ENTHESIS_SET(added, statistic, coefficient.statistic);
  }
  ENTHESIS_SET(wire, residual_variance, answer.residual_variance);
  ENTHESIS_SET(wire, residual_df, answer.residual_df);
  ENTHESIS_SET(wire, r_squared, answer.r_squared);
  for (const analysis::AdjustedMean& mean : answer.adjusted_means) {
    FillAdjustedMean(mean, *wire.add_adjusted_means());
  }
  for (const analysis::AdjustedDifference& contrast : answer.contrasts) {
    FillDifference(contrast, *wire.add_contrasts());
  }
  Fill(answer.group_test, *wire.mutable_group_test());
  wire.set_absence(ToWire(answer.absence));
  wire.set_withheld_for(answer.withheld_for);
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
