// F tests of the terms of a mixed model, as JSON and table.

#ifndef ENTHESIS_CLIENT_ANALYZE_TERM_REPORT_H_
#define ENTHESIS_CLIENT_ANALYZE_TERM_REPORT_H_

#include <vector>

#include "client/analyze/report.h"
#include "stats/term_test.h"

namespace enthesis::client {

void AddTermTests(const std::vector<stats::TermTest>& terms, Report& report);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_TERM_REPORT_H_
