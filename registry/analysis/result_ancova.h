// Analysis of covariance before disclosure control (ancova.proto gives the
// meaning of every field).

#ifndef ENTHESIS_REGISTRY_ANALYSIS_RESULT_ANCOVA_H_
#define ENTHESIS_REGISTRY_ANALYSIS_RESULT_ANCOVA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/analysis/result_compare.h"
#include "registry/analysis/result_regression.h"
#include "registry/model/measure.h"
#include "registry/model/visits.h"

namespace enthesis::analysis {

struct AdjustedMean {
  Group group;
  std::optional<int64_t> n;
  std::optional<double> estimate, std_error, lower, upper;
  Absence absence = Absence::kNone;

  bool operator==(const AdjustedMean&) const = default;
};

struct AdjustedDifference {
  Group first, second;
  std::optional<double> estimate, std_error, statistic, p_value, lower, upper;

  bool operator==(const AdjustedDifference&) const = default;
};

struct AncovaAnswer {
  model::Measure measure = model::Measure::kVisaA;
  model::Visit visit = model::Visit::k12Months;
  std::optional<int64_t> n;
  std::optional<int64_t> dropped;  // for want of a covariate
  std::vector<Coefficient> coefficients;
  std::optional<double> residual_variance, residual_df, r_squared;
  std::vector<AdjustedMean> adjusted_means;
  std::vector<AdjustedDifference> contrasts;
  FTest group_test;
  Absence absence = Absence::kNone;
  std::string withheld_for;  // why the model is withheld, without a count
  ModelSupport support;
  Provenance provenance;

  bool operator==(const AncovaAnswer&) const = default;
};

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_RESULT_ANCOVA_H_
