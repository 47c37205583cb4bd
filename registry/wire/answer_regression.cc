// Regressions on the wire.

#include <type_traits>

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillPrediction(const analysis::Prediction& prediction, bool incidence,
                    v1::Prediction& wire) {
  wire.set_profile(prediction.profile);
  for (const model::CovariateValue& value : prediction.values) {
    v1::CovariateValue& added = *wire.add_values();
    added.set_name(value.name);
    added.set_value(value.value);
  }
  Fill(prediction.stratum, *wire.mutable_stratum());
  for (const analysis::PredictedPoint& point : prediction.at) {
    v1::PredictedPoint& added = *wire.add_at();
    ENTHESIS_SET(added, day, point.day);
    ENTHESIS_SET(added, at_risk, point.at_risk);
    if (incidence) {
      ENTHESIS_SET(added, incidence, point.estimate);
    } else {
      ENTHESIS_SET(added, survival, point.estimate);
    }
    ENTHESIS_SET(added, std_error, point.std_error);
    ENTHESIS_SET(added, lower, point.lower);
    ENTHESIS_SET(added, upper, point.upper);
    added.set_absence(ToWire(point.absence));
  }
}

// What the answers of all of them share but for coefficients and predictions.
template <typename Response>
void FillModel(const analysis::EventModel& model, Response& wire) {
  ENTHESIS_SET(wire, n, model.n);
  ENTHESIS_SET(wire, dropped, model.dropped);
  ENTHESIS_SET(wire, events, model.events);
  v1::LogLikelihood& likelihood = *wire.mutable_log_likelihood();
  ENTHESIS_SET(likelihood, null, model.log_likelihood_null);
  ENTHESIS_SET(likelihood, model, model.log_likelihood);
  wire.set_absence(ToWire(model.absence));
  wire.set_withheld_for(model.withheld_for);
}

template <typename Response>
void FillPredictions(const analysis::EventModel& model, Response& wire) {
  for (const analysis::Prediction& prediction : model.predictions) {
    FillPrediction(prediction,
                   std::is_same_v<Response, v1::FitFineGrayResponse>,
                   *wire.add_predictions());
  }
}

template <typename Response>
void FillHazardModel(const analysis::HazardModel& model, Response& wire) {
  FillModel(model, wire);
  FillPredictions(model, wire);
  for (const analysis::Coefficient& coefficient : model.coefficients) {
    v1::HazardCoefficient& added = *wire.add_coefficients();
    FillCoefficient(coefficient, added);
    ENTHESIS_SET(added, z, coefficient.statistic);
    ENTHESIS_SET(added, robust_std_error, coefficient.robust_std_error);
    ENTHESIS_SET(added, hazard_ratio, coefficient.ratio);
  }
  // A null model has none.
  if (!model.likelihood_ratio.df.has_value()) return;
  v1::ModelTests& tests = *wire.mutable_tests();
  FillChiSquare(model.likelihood_ratio, *tests.mutable_likelihood_ratio());
  FillChiSquare(model.wald, *tests.mutable_wald());
  FillChiSquare(model.score, *tests.mutable_score());
}

}  // namespace

v1::FitCoxResponse ToWire(
    const disclosure::Released<analysis::CoxAnswer>& released) {
  const analysis::CoxAnswer& answer = released.answer();
  v1::FitCoxResponse wire;
  FillHazardModel(answer, wire);
  if (answer.concordance.has_value()) {
    v1::Concordance& concordance = *wire.mutable_concordance();
    ENTHESIS_SET(concordance, estimate, answer.concordance);
    ENTHESIS_SET(concordance, std_error, answer.concordance_std_error);
  }
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
  wire.set_cause(static_cast<v1::FineGrayCause>(answer.cause));
  FillHazardModel(answer, wire);
  ENTHESIS_SET(wire, competing, answer.competing);
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

v1::FitParametricResponse ToWire(
    const disclosure::Released<analysis::ParametricAnswer>& released) {
  const analysis::ParametricAnswer& answer = released.answer();
  v1::FitParametricResponse wire;
  FillModel(answer, wire);
  FillPredictions(answer, wire);
  for (const analysis::Coefficient& coefficient : answer.coefficients) {
    v1::ParametricCoefficient& added = *wire.add_coefficients();
    FillCoefficient(coefficient, added);
    ENTHESIS_SET(added, z, coefficient.statistic);
    ENTHESIS_SET(added, time_ratio, coefficient.ratio);
  }
  ENTHESIS_SET(wire, exact, answer.exact);
  ENTHESIS_SET(wire, known_by_visit, answer.known_by_visit);
  ENTHESIS_SET(wire, scale, answer.scale);
  ENTHESIS_SET(wire, log_scale_std_error, answer.log_scale_std_error);
  FillChiSquare(answer.likelihood_ratio, *wire.mutable_likelihood_ratio());
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

v1::FitRegressionResponse ToWire(
    const disclosure::Released<analysis::GlmAnswer>& released) {
  const analysis::GlmAnswer& answer = released.answer();
  v1::FitRegressionResponse wire;
  wire.set_family(static_cast<v1::RegressionFamily>(answer.family));
  FillModel(answer, wire);
  for (const analysis::Coefficient& coefficient : answer.coefficients) {
    Fill(coefficient, *wire.add_coefficients());
  }
  ENTHESIS_SET(wire, deviance, answer.deviance);
  ENTHESIS_SET(wire, null_deviance, answer.null_deviance);
  ENTHESIS_SET(wire, aic, answer.aic);
  if (answer.likelihood_ratio.df.has_value()) {
    FillChiSquare(answer.likelihood_ratio, *wire.mutable_likelihood_ratio());
  }
  ENTHESIS_SET(wire, theta, answer.theta);
  ENTHESIS_SET(wire, theta_std_error, answer.theta_std_error);
  if (answer.discrimination.brier.has_value()) {
    Fill(answer.discrimination, *wire.mutable_discrimination());
  }
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
