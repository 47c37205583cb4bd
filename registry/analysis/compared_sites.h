// Which sites are compared, under which names, and their cases. Internal to the
// analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_COMPARED_SITES_H_
#define ENTHESIS_REGISTRY_ANALYSIS_COMPARED_SITES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/outcome.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/result_sites.h"
#include "registry/model/regression_question.h"

namespace enthesis::analysis {

// A site with a case that could have the outcome.
struct SiteCases {
  std::string id;
  std::string code;  // neutral, "S01"
  // Cases with the outcome known and a value of every covariate.
  int64_t n = 0;
  // Its figures may be shown.
  bool is_compared = false;
};

// The rows of the sites that are compared.
struct SiteRows : ModelRows {
  std::vector<SiteCases> sites;  // in the order of their codes
  std::vector<int> site_of;      // by row, index of `sites`
};

// How the outcome of this comparison is read.
OutcomeKind OutcomeKindOf(const model::SitesQuestion& question);

// Gathers them and fills `answer` with a line a site: its code, completeness,
// and, where it is not compared, why. Fewer than two that are, or fewer than
// three that a filter leaves over, whose codes it would tell: `answer` is
// absent, and of the latter only one's own has a line. States who was left out.
// Errors: INVALID_ARGUMENT with the path of the field as payload kFieldPath (a
// reference that no case has, an own site without a case), CANCELLED.
absl::StatusOr<SiteRows> GatherSites(const model::SitesQuestion& question,
                                     const Plan& plan, SitesAnswer& answer);

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_COMPARED_SITES_H_
