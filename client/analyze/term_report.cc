#include "client/analyze/term_report.h"

#include <cstdint>
#include <utility>

namespace enthesis::client {

void AddTermTests(const std::vector<stats::TermTest>& terms, Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = {.kind = "term",
                       .title = "Tests of terms",
                       .columns = {"name:term", "numerator_df", "df",
                                   "statistic:F", "p_value:p"},
                       .figure = "statistic"};
  for (const stats::TermTest& one : terms) {
    JsonValue row = JsonValue::Object();
    row.Set("name", one.name)
        .Set("numeratorDf", static_cast<int64_t>(one.numerator_df))
        .SetOrNull("df", one.df)
        .SetOrNull("statistic", one.statistic)
        .SetOrNull("pValue", one.p_value);
    json.Add(std::move(row));
    ReportRow(table)
        .Add(one.name)
        .Add(static_cast<double>(one.numerator_df))
        .Add(one.df)
        .Add(one.statistic)
        .Add(one.p_value);
  }
  report.json.Set("terms", std::move(json));
  report.tables.push_back(std::move(table));
}

}  // namespace enthesis::client
