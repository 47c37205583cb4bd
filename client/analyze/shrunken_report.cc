#include "client/analyze/shrunken_report.h"

#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace enthesis::client {

ReportTable ShrunkenTable() {
  return {.kind = "shrunken",
          .title = "Shrunken toward the mean",
          .columns = {"label:site", "estimate", "std_error", "ratio", "lower",
                      "upper", "reliability"},
          .figure = "estimate"};
}

void AddShrunken(const ShrunkenSites& sites, const stats::MetaAnalysis& meta,
                 Report& report) {
  const auto effects = stats::ShrinkEffects(sites.effects(), meta);
  const auto shown = [&](double x) { return sites.is_ratio ? std::exp(x) : x; };
  JsonValue json = JsonValue::Array();
  ReportTable table = ShrunkenTable();
  for (size_t i = 0; i < effects.size(); ++i) {
    const stats::ShrunkenEffect& one = effects[i];
    JsonValue row = sites.keys[i];
    row.Set("estimate", one.estimate).Set("stdError", one.std_error);
    if (sites.is_ratio) row.Set("ratio", std::exp(one.estimate));
    row.Set("lower", shown(one.lower))
        .Set("upper", shown(one.upper))
        .Set("reliability", one.reliability);
    json.Add(std::move(row));
    ReportRow cells(table);
    cells.Add(sites.labels[i])
        .Add(one.estimate)
        .Add(one.std_error)
        .AddOrSkip(sites.is_ratio
                       ? std::optional<double>(std::exp(one.estimate))
                       : std::nullopt)
        .Add(shown(one.lower))
        .Add(shown(one.upper))
        .Add(one.reliability);
  }
  report.json.Set("shrunken", std::move(json));
  report.tables.push_back(std::move(table));
  report.conventions.emplace_back(
      "shrunken",
      absl::StrCat(
          "empirical Bayes (BLUP) as metafor::blup; reliability is the "
          "weight of the site's own estimate",
          sites.is_ratio ? "; estimate and stdError are those of the "
                           "logarithm, lower and upper of the ratio"
                         : ""));
}

CaterpillarPlot PlotShrunken(const ShrunkenSites& sites,
                             const stats::MetaAnalysis& meta,
                             const std::string& x_title,
                             const std::string& y_title) {
  const auto effects = stats::ShrinkEffects(sites.effects(), meta);
  const auto shown = [&](double x) { return sites.is_ratio ? std::exp(x) : x; };
  CaterpillarPlot plot;
  plot.x_title = x_title;
  plot.y_title = y_title;
  plot.is_ratio = sites.is_ratio;
  plot.reference = shown(meta.estimate);
  for (size_t i = 0; i < effects.size(); ++i) {
    plot.rows.push_back({sites.labels[i], shown(effects[i].estimate),
                         shown(effects[i].lower), shown(effects[i].upper),
                         shown(sites.estimates[i])});
  }
  plot.Arrange();
  plot.note =
      absl::StrFormat("Mean %.4g, tau^2 = %.4g, I^2 = %.0f %%", plot.reference,
                      meta.tau_squared, 100 * meta.i_squared);
  return plot;
}

}  // namespace enthesis::client
