// A score between groups, before disclosure control (compare.proto gives the
// meaning of every field).

#ifndef ENTHESIS_REGISTRY_ANALYSIS_RESULT_COMPARE_H_
#define ENTHESIS_REGISTRY_ANALYSIS_RESULT_COMPARE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "registry/analysis/result.h"
#include "registry/model/measure.h"
#include "registry/model/visits.h"

namespace enthesis::analysis {

struct ComparedGroup {
  Group group;
  MeanEstimate value;
  std::optional<double> median, q1, q3;
  Absence quantiles_absence = Absence::kNone;

  bool operator==(const ComparedGroup&) const = default;
};

struct TwoSampleTest {
  std::optional<double> difference, std_error, lower, upper;
  std::optional<double> statistic, df, p_value;

  bool operator==(const TwoSampleTest&) const = default;
};

struct FTest {
  std::optional<double> statistic, df, residual_df, p_value;

  bool operator==(const FTest&) const = default;
};

struct KruskalWallisTest {
  std::optional<double> statistic, df, p_value, epsilon_squared;

  bool operator==(const KruskalWallisTest&) const = default;
};

struct ComparedPair {
  Group first, second;
  TwoSampleTest welch, pooled;
  ShiftTest mann_whitney;
  std::optional<double> welch_p_holm, mann_whitney_p_holm;

  bool operator==(const ComparedPair&) const = default;
};

struct CompareAnswer {
  model::Measure measure = model::Measure::kVisaA;
  model::Visit visit = model::Visit::k12Months;
  bool change = false;
  std::vector<ComparedGroup> groups;
  std::optional<int64_t> groups_compared;
  // Values in the smallest of the groups compared, for disclosure control.
  int64_t smallest_compared = 0;
  std::optional<FTest> anova, welch_anova;
  std::optional<KruskalWallisTest> kruskal_wallis;
  std::vector<ComparedPair> pairs;
  Absence tests_absence = Absence::kNone;
  Provenance provenance;

  bool operator==(const CompareAnswer&) const = default;
};

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_RESULT_COMPARE_H_
