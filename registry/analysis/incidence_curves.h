// Curves of cumulative incidence and Gray's tests as results, for every
// question that has competing causes. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_INCIDENCE_CURVES_H_
#define ENTHESIS_REGISTRY_ANALYSIS_INCIDENCE_CURVES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/result.h"
#include "registry/analysis/tested_groups.h"
#include "registry/model/question.h"
#include "stats/cumulative_incidence.h"

namespace enthesis::analysis {

// The causes of an endpoint in the order of its tables: `event`, then the names
// of what competes.
std::vector<std::string> CauseNames(model::Endpoint endpoint,
                                    const std::string& event);

// Every cause of a curve, with its points at `days`.
std::vector<IncidenceCause> CausesOf(const stats::CumulativeIncidence& curve,
                                     absl::Span<const std::string> names,
                                     const std::vector<int32_t>& days);

// What Gray's test is asked.
struct GrayScope {
  model::Endpoint endpoint = model::Endpoint::kReoperation;
  std::optional<model::ComplicationKind> complication;
  std::optional<model::Dimension> strata;
  double rho = 0;
};

// The test of each cause between the groups of the question; says in
// `provenance` what is tested, or why nothing is.
// Errors: CANCELLED.
absl::StatusOr<GrayTests> TestCauses(const model::Question& question,
                                     const GrayScope& scope, const Plan& plan,
                                     absl::Span<const EventSample> samples,
                                     absl::Span<const std::string> names,
                                     Provenance& provenance);

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_INCIDENCE_CURVES_H_
