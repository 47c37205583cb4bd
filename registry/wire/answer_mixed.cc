// Mixed models on the wire.

#include <algorithm>

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

// But for the test, which means do not have.
template <typename Wire>
void FillMean(const analysis::MixedEstimate& estimate, Wire& wire) {
  ENTHESIS_SET(wire, estimate, estimate.estimate);
  ENTHESIS_SET(wire, std_error, estimate.std_error);
  ENTHESIS_SET(wire, df, estimate.df);
  ENTHESIS_SET(wire, lower, estimate.lower);
  ENTHESIS_SET(wire, upper, estimate.upper);
}

template <typename Wire>
void FillTested(const analysis::MixedEstimate& estimate, Wire& wire) {
  FillMean(estimate, wire);
  ENTHESIS_SET(wire, statistic, estimate.statistic);
  ENTHESIS_SET(wire, p_value, estimate.p_value);
}

void FillVisits(const analysis::MixedAnswer& answer,
                v1::FitMixedModelResponse& wire) {
  const size_t n = answer.visits.size();
  for (size_t a = 0; a < n && !answer.visit_covariance.empty(); ++a) {
    v1::VisitCovarianceRow& row = *wire.add_covariance();
    row.set_visit(NameOf(answer.visits[a]));
    for (size_t b = 0; b < n; ++b) {
      row.add_values(answer.visit_covariance[a * n + b]);
    }
  }
  for (const analysis::VisitMean& mean : answer.means) {
    v1::VisitMean& added = *wire.add_means();
    added.set_visit(NameOf(mean.visit));
    Fill(mean.group, *added.mutable_group());
    ENTHESIS_SET(added, n, mean.n);
    FillMean(mean.value, added);
    added.set_absence(ToWire(mean.value.absence));
  }
  for (const analysis::VisitContrast& contrast : answer.contrasts) {
    v1::VisitContrast& added = *wire.add_contrasts();
    added.set_visit(NameOf(contrast.visit));
    Fill(contrast.group, *added.mutable_group());
    Fill(contrast.reference, *added.mutable_reference());
    FillTested(contrast.value, added);
  }
}

}  // namespace

v1::FitMixedModelResponse ToWire(
    const disclosure::Released<analysis::MixedAnswer>& released) {
  const analysis::MixedAnswer& answer = released.answer();
  v1::FitMixedModelResponse wire;
  wire.set_measure(static_cast<v1::Measure>(answer.measure));
  wire.set_structure(static_cast<v1::MixedStructure>(answer.structure));
  ENTHESIS_SET(wire, n, answer.n);
  ENTHESIS_SET(wire, n_measurements, answer.n_measurements);
  ENTHESIS_SET(wire, dropped, answer.dropped);
  for (const analysis::MixedCoefficient& coefficient : answer.fixed_effects) {
    v1::MixedCoefficient& added = *wire.add_coefficients();
    added.set_name(coefficient.name);
    FillTested(coefficient.value, added);
    added.set_absence(ToWire(coefficient.value.absence));
  }
  for (const analysis::MixedTerm& term : answer.terms) {
    v1::MixedTerm& added = *wire.add_terms();
    added.set_name(term.name);
    added.set_numerator_df(Narrow(term.numerator_df));
    ENTHESIS_SET(added, df, term.df);
    ENTHESIS_SET(added, statistic, term.statistic);
    ENTHESIS_SET(added, p_value, term.p_value);
  }
  if (answer.intercept_variance.has_value()) {
    v1::RandomEffects& effects = *wire.mutable_random_effects();
    ENTHESIS_SET(effects, intercept_variance, answer.intercept_variance);
    ENTHESIS_SET(effects, slope_variance, answer.slope_variance);
    ENTHESIS_SET(effects, covariance, answer.covariance);
    ENTHESIS_SET(effects, site_variance, answer.site_variance);
  }
  ENTHESIS_SET(wire, residual_variance, answer.residual_variance);
  ENTHESIS_SET(wire, singular, answer.singular);
  FillVisits(answer, wire);
  ENTHESIS_SET(wire, log_likelihood, answer.log_likelihood);
  wire.set_absence(ToWire(answer.absence));
  wire.set_withheld_for(answer.withheld_for);
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
