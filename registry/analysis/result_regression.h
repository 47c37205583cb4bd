// Regressions before disclosure control, one struct per message of
// enthesis.v1 (regression.proto gives the meaning of every field).

#ifndef ENTHESIS_REGISTRY_ANALYSIS_RESULT_REGRESSION_H_
#define ENTHESIS_REGISTRY_ANALYSIS_RESULT_REGRESSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/analysis/result.h"
#include "registry/model/endpoint.h"
#include "registry/model/model_support.h"
#include "registry/model/regression_question.h"

namespace enthesis::analysis {

using model::ModelSupport;

// How a convention begins that names a factor's level without a coefficient.
inline constexpr char kReferenceConvention[] = "reference: ";

struct Coefficient {
  std::string name;       // "sexmale", "age_years"
  std::string covariate;  // "sex", "age_years"
  std::string level;      // "male"; empty for a number
  std::optional<double> estimate, std_error, robust_std_error, statistic,
      p_value;
  // exp(estimate), of hazards or times; then the limits are of it, else of
  // `estimate`.
  std::optional<double> ratio;
  std::optional<double> lower, upper;
  Absence absence = Absence::kNone;

  bool operator==(const Coefficient&) const = default;
};

struct ChiSquare {
  std::optional<double> chi_square, p_value;
  std::optional<int32_t> df;

  bool operator==(const ChiSquare&) const = default;
};

struct NamedChiSquare {
  std::string name;
  ChiSquare test;

  bool operator==(const NamedChiSquare&) const = default;
};

// A predicted curve at one day.
struct PredictedPoint {
  std::optional<int32_t> day;
  std::optional<int64_t> at_risk;
  // Survival, or the incidence of the cause.
  std::optional<double> estimate, std_error, lower, upper;
  Absence absence = Absence::kNone;

  bool operator==(const PredictedPoint&) const = default;
};

// What a model predicts for one profile, in one stratum.
struct Prediction {
  int32_t profile = 0;  // from 1
  std::vector<model::CovariateValue> values;
  Group stratum;
  std::vector<PredictedPoint> at;

  bool operator==(const Prediction&) const = default;
};

// What the regressions of an outcome share.
struct EventModel {
  std::optional<int64_t> n, events;
  std::optional<int64_t> dropped;  // for want of a covariate
  std::vector<Coefficient> coefficients;
  std::optional<double> log_likelihood_null, log_likelihood;
  ChiSquare likelihood_ratio;
  std::vector<Prediction> predictions;
  Absence absence = Absence::kNone;
  std::string withheld_for;  // why the model is withheld, without a count
  ModelSupport support;

  bool operator==(const EventModel&) const = default;
};

// What those of hazards share.
struct HazardModel : EventModel {
  ChiSquare wald, score;

  bool operator==(const HazardModel&) const = default;
};

struct CoxAnswer : HazardModel {
  std::optional<double> concordance, concordance_std_error;
  std::vector<NamedChiSquare> proportional_hazards;
  Provenance provenance;

  bool operator==(const CoxAnswer&) const = default;
};

struct FineGrayAnswer : HazardModel {
  model::Exit cause = model::Exit::kEvent;  // of interest
  std::optional<int64_t> competing;         // cases with another cause
  Provenance provenance;

  bool operator==(const FineGrayAnswer&) const = default;
};

struct ParametricAnswer : EventModel {
  std::optional<int64_t> exact, known_by_visit;  // kinds of events
  std::optional<double> scale, log_scale_std_error;
  Provenance provenance;

  bool operator==(const ParametricAnswer&) const = default;
};

// Of predicted probabilities, on the cases that they were made from.
struct Discrimination {
  std::optional<double> auc, brier;
  ChiSquare hosmer_lemeshow;

  bool operator==(const Discrimination&) const = default;
};

struct GlmAnswer : EventModel {
  model::RegressionFamily family = model::RegressionFamily::kLogistic;
  std::optional<double> deviance, null_deviance, aic;
  std::optional<double> theta, theta_std_error;
  Discrimination discrimination;  // of logistic models
  Provenance provenance;

  bool operator==(const GlmAnswer&) const = default;
};

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_RESULT_REGRESSION_H_
