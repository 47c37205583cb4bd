// A measure over repeated visits, before disclosure control, one struct per
// message of enthesis.v1 (mixed.proto gives the meaning of every field).

#ifndef ENTHESIS_REGISTRY_ANALYSIS_RESULT_MIXED_H_
#define ENTHESIS_REGISTRY_ANALYSIS_RESULT_MIXED_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/analysis/result.h"
#include "registry/analysis/result_regression.h"
#include "registry/model/mixed_question.h"

namespace enthesis::analysis {

struct MixedEstimate {
  std::optional<double> estimate, std_error, df, statistic, p_value;
  std::optional<double> lower, upper;
  Absence absence = Absence::kNone;

  bool operator==(const MixedEstimate&) const = default;
};

struct MixedCoefficient {
  std::string name;
  MixedEstimate value;

  bool operator==(const MixedCoefficient&) const = default;
};

struct MixedTerm {
  std::string name;
  int64_t numerator_df = 0;
  std::optional<double> df, statistic, p_value;

  bool operator==(const MixedTerm&) const = default;
};

struct VisitMean {
  model::Visit visit = model::Visit::kBaseline;
  Group group;
  std::optional<int64_t> n;
  MixedEstimate value;

  bool operator==(const VisitMean&) const = default;
};

struct VisitContrast {
  model::Visit visit = model::Visit::kBaseline;
  Group group, reference;
  MixedEstimate value;

  bool operator==(const VisitContrast&) const = default;
};

struct MixedAnswer : EventModel {  // without coefficients of its own
  model::Measure measure = model::Measure::kVisaA;
  model::MixedStructure structure = model::MixedStructure::kRandomIntercept;
  std::vector<model::Visit> visits;
  std::optional<int64_t> n_measurements;
  std::vector<MixedCoefficient> fixed_effects;
  std::vector<MixedTerm> terms;
  std::optional<double> intercept_variance, slope_variance, covariance;
  std::optional<double> site_variance, residual_variance;
  std::optional<bool> singular;
  std::vector<double> visit_covariance;  // [a * visits + b]
  std::vector<VisitMean> means;
  std::vector<VisitContrast> contrasts;
  Provenance provenance;

  bool operator==(const MixedAnswer&) const = default;
};

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_RESULT_MIXED_H_
