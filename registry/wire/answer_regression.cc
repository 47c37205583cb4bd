// Regressions on the wire.

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillCoefficient(const analysis::Coefficient& coefficient,
                     v1::HazardCoefficient& wire) {
  wire.set_name(coefficient.name);
  wire.set_covariate(coefficient.covariate);
  wire.set_level(coefficient.level);
  ENTHESIS_SET(wire, estimate, coefficient.estimate);
  ENTHESIS_SET(wire, std_error, coefficient.std_error);
  ENTHESIS_SET(wire, robust_std_error, coefficient.robust_std_error);
  ENTHESIS_SET(wire, z, coefficient.statistic);
  ENTHESIS_SET(wire, p_value, coefficient.p_value);
  ENTHESIS_SET(wire, hazard_ratio, coefficient.hazard_ratio);
  ENTHESIS_SET(wire, lower, coefficient.lower);
  ENTHESIS_SET(wire, upper, coefficient.upper);
  wire.set_absence(ToWire(coefficient.absence));
}

template <typename Wire>
void FillChiSquare(const analysis::ChiSquare& test, Wire& wire) {
  ENTHESIS_SET(wire, chi_square, test.chi_square);
  ENTHESIS_SET(wire, df, test.df);
  ENTHESIS_SET(wire, p_value, test.p_value);
}

// What the answers of regressions of hazards share.
template <typename Response>
void FillHazardModel(const analysis::HazardModel& model, Response& wire) {
  ENTHESIS_SET(wire, n, model.n);
  ENTHESIS_SET(wire, dropped, model.dropped);
  ENTHESIS_SET(wire, events, model.events);
  for (const analysis::Coefficient& coefficient : model.coefficients) {
    FillCoefficient(coefficient, *wire.add_coefficients());
  }
  v1::LogLikelihood& likelihood = *wire.mutable_log_likelihood();
  ENTHESIS_SET(likelihood, null, model.log_likelihood_null);
  ENTHESIS_SET(likelihood, model, model.log_likelihood);
  v1::ModelTests& tests = *wire.mutable_tests();
  FillChiSquare(model.likelihood_ratio, *tests.mutable_likelihood_ratio());
  FillChiSquare(model.wald, *tests.mutable_wald());
  FillChiSquare(model.score, *tests.mutable_score());
  wire.set_absence(ToWire(model.absence));
  wire.set_withheld_for(model.withheld_for);
}

}  // namespace

v1::FitCoxResponse ToWire(
    const disclosure::Released<analysis::CoxAnswer>& released) {
  const analysis::CoxAnswer& answer = released.answer();
  v1::FitCoxResponse wire;
  FillHazardModel(answer, wire);
  v1::Concordance& concordance = *wire.mutable_concordance();
  ENTHESIS_SET(concordance, estimate, answer.concordance);
  ENTHESIS_SET(concordance, std_error, answer.concordance_std_error);
  for (const analysis::NamedChiSquare& test : answer.proportional_hazards) {
    v1::ProportionalHazardsTest& added = *wire.add_proportional_hazards();
    added.set_name(test.name);
    FillChiSquare(test.test, added);
  }
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

v1::FitFineGrayResponse ToWire(
    const disclosure::Released<analysis::FineGrayAnswer>& released) {
  const analysis::FineGrayAnswer& answer = released.answer();
  v1::FitFineGrayResponse wire;
  wire.set_cause(static_cast<v1::ReturnCause>(answer.cause));
  FillHazardModel(answer, wire);
  ENTHESIS_SET(wire, competing, answer.competing);
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
