// The first table of a report: what groups had before surgery as a number, and
// how far two groups are apart. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_BASELINE_TABLE_H_
#define ENTHESIS_REGISTRY_ANALYSIS_BASELINE_TABLE_H_

#include "absl/status/status.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/result.h"

namespace enthesis::analysis {

// Fills the numbers of every group of `answer`, in their order, and its
// differences where it has two groups that share no case. Errors: CANCELLED.
absl::Status AddBaselineTable(const Plan& plan, DescribeAnswer& answer);

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_BASELINE_TABLE_H_
