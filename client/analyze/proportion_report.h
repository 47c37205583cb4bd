// Shares, rates, what compares them and tests of tables, as they are printed.

#ifndef ENTHESIS_CLIENT_ANALYZE_PROPORTION_REPORT_H_
#define ENTHESIS_CLIENT_ANALYZE_PROPORTION_REPORT_H_

#include <cstddef>
#include <string>

#include "client/analyze/json_value.h"
#include "client/analyze/proportion_data.h"
#include "client/analyze/report.h"
#include "stats/conditional_odds_ratio.h"
#include "stats/regression.h"
#include "stats/two_by_two.h"

namespace enthesis::client {

// {"estimate", "stdError", "lower", "upper"}, null where absent, then "reason".
JsonValue EffectJson(const stats::Effect& effect);
// The same without an error, with "pValue".
JsonValue ExactRatioJson(const stats::ConditionalOddsRatio& ratio);
// {"statistic", "df", "pValue"}, null where absent.
JsonValue TableTestJson(const stats::ChiSquareTest& test);

// A table of effects, one row each: of a contrast, such as "arm=B against
// arm=A", the name of the effect.
ReportTable EffectsTable(const char* title);
void AddEffectRow(const std::string& contrast, const char* name,
                  const stats::Effect& effect, ReportTable& table);
void AddExactRow(const std::string& contrast, const char* name,
                 const stats::ConditionalOddsRatio& ratio, ReportTable& table);

// {"group", "reference"}, and "arm=B against arm=A".
JsonValue ContrastJson(const ProportionData& data, size_t g);
std::string ContrastName(const ProportionData& data, size_t g);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_PROPORTION_REPORT_H_
