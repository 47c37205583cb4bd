// What a mixed model for repeated measures prints.

#ifndef ENTHESIS_CLIENT_ANALYZE_MMRM_REPORT_H_
#define ENTHESIS_CLIENT_ANALYZE_MMRM_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "client/analyze/report.h"
#include "client/analyze/time_data.h"
#include "stats/mmrm.h"

namespace enthesis::client {

// The flag's word for a covariance: "un".
const char* FlagOf(stats::VisitCovariance covariance);

// Fills all of `report` but the counts of rows; `groups` without columns: none.
void DescribeMmrm(const stats::MmrmFit& fit,
                  const std::vector<std::string>& visits, const Groups& groups,
                  size_t reference, Report& report);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_MMRM_REPORT_H_
