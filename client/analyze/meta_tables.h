// What tables of two groups give beside estimates pooled by their variances:
// Mantel-Haenszel, Peto, the exact conditional odds ratio.

#ifndef ENTHESIS_CLIENT_ANALYZE_META_TABLES_H_
#define ENTHESIS_CLIENT_ANALYZE_META_TABLES_H_

#include <optional>

#include "absl/status/status.h"
#include "client/analyze/json_value.h"
#include "client/analyze/meta_data.h"
#include "client/analyze/report.h"

namespace enthesis::client {

// {"estimate", "lower", "upper"} of a measure that is transformed, null where
// absent.
JsonValue TransformedJson(const MetaQuestion& question,
                          std::optional<double> estimate,
                          std::optional<double> lower,
                          std::optional<double> upper);

// "mantelHaenszel" of tables and rate ratios, of odds ratios also "peto" and
// "exact", and their table.
absl::Status AddTableEstimates(const MetaQuestion& question,
                               const StudyData& data, double conf_level,
                               Report& report);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_META_TABLES_H_
