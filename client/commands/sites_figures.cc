#include "client/commands/sites_figures.h"

#include <cmath>
#include <cstddef>
#include <optional>

#include "absl/strings/str_cat.h"
#include "client/figure_text.h"

namespace enthesis::client {
namespace {

// Whether what there is to draw are differences of means, else ratios: without
// their spread there is neither a funnel nor a forest of them.
bool IsOfMeans(const v1::CompareSitesResponse& answer) {
  return answer.has_standard_deviation();
}

}  // namespace

std::string NameOf(const v1::ComparedSite& site) {
  return site.is_own() ? absl::StrCat(site.site(), " (own)") : site.site();
}

FunnelPlot FunnelOf(const v1::CompareSitesResponse& answer) {
  const bool is_score = IsOfMeans(answer);
  const bool is_share = !is_score && answer.case_mix().empty();
  FunnelPlot plot;
  plot.x_title = is_share || is_score ? "cases" : "expected events";
  plot.y_title = is_score   ? "observed - expected mean"
                 : is_share ? "share with the outcome"
                            : "observed / expected";
  plot.target = answer.target();
  plot.ceiling = is_share ? 1 : 0;
  plot.is_difference = is_score;
  for (const v1::ComparedSite& site : answer.sites()) {
    if (!site.has_z()) continue;
    const int level = site.flag() == v1::FUNNEL_FLAG_IN ? 0
                      : site.flag() == v1::FUNNEL_FLAG_ALERT_LOW ||
                              site.flag() == v1::FUNNEL_FLAG_ALERT_HIGH
                          ? 1
                          : 2;
    plot.sites.push_back({NameOf(site),
                          is_share || is_score
                              ? static_cast<double>(site.outcome().n())
                              : site.expected(),
                          is_score   ? site.difference()
                          : is_share ? site.outcome().estimate()
                                     : site.ratio(),
                          level, site.z(), site.is_own()});
  }
  for (const v1::FunnelLimits& limits : answer.limits()) {
    plot.limits.push_back({limits.size(), ENTHESIS_OPTIONAL(limits, lower95),
                           ENTHESIS_OPTIONAL(limits, upper95),
                           ENTHESIS_OPTIONAL(limits, lower998),
                           ENTHESIS_OPTIONAL(limits, upper998)});
  }
  return plot;
}

CaterpillarPlot CaterpillarOf(const v1::CompareSitesResponse& answer) {
  CaterpillarPlot plot;
  const bool is_score = IsOfMeans(answer);
  plot.x_title = absl::StrCat(
      is_score ? "observed - expected mean" : "observed / expected",
      ", drawn toward the mean");
  plot.y_title = "site";
  plot.reference =
      is_score ? answer.pooled().difference() : answer.pooled().ratio();
  plot.is_ratio = !is_score;
  for (const v1::ComparedSite& site : answer.sites()) {
    if (!site.has_weight()) continue;
    plot.rows.push_back(
        {NameOf(site),
         is_score ? site.shrunken_difference() : site.shrunken_ratio(),
         site.shrunken_lower(), site.shrunken_upper(),
         is_score ? site.difference() : site.ratio()});
  }
  plot.Arrange();
  return plot;
}

ForestPlot ForestOf(const v1::CompareSitesResponse& answer) {
  ForestPlot plot;
  const bool is_score = IsOfMeans(answer);
  plot.no_effect = is_score ? 0 : 1;
  plot.is_ratio = !is_score;
  plot.x_title = is_score ? "observed - expected mean" : "observed / expected";
  for (const v1::ComparedSite& site : answer.sites()) {
    if (!site.has_weight()) continue;
    plot.studies.push_back({NameOf(site),
                            is_score ? site.difference() : site.ratio(),
                            ENTHESIS_OPTIONAL(site, lower),
                            ENTHESIS_OPTIONAL(site, upper), site.weight()});
  }
  const v1::PooledSites& pooled = answer.pooled();
  plot.pooled = {"pooled", is_score ? pooled.difference() : pooled.ratio(),
                 ENTHESIS_OPTIONAL(pooled, lower),
                 ENTHESIS_OPTIONAL(pooled, upper), 0};
  plot.prediction_lower = ENTHESIS_OPTIONAL(pooled, prediction_lower);
  plot.prediction_upper = ENTHESIS_OPTIONAL(pooled, prediction_upper);
  return plot;
}

CusumPlot CusumOf(const v1::SiteCusum& cusum) {
  constexpr double kReach = 1.96;  // errors that chance spans
  CusumPlot plot;
  plot.x_title = "blocks of cases, in the order of operations";
  plot.cusum_title = "CUSUM";
  plot.vlad_title = "expected - observed";
  plot.threshold = ENTHESIS_OPTIONAL(cusum, threshold);
  for (const v1::CusumBlock& block : cusum.blocks()) {
    const bool goes_on =
        !plot.signals.empty() && plot.signals.back() + 1 == plot.cusum.size();
    if (block.signals() && !goes_on) plot.signals.push_back(plot.cusum.size());
    plot.cusum.push_back(block.value());
    plot.vlad.push_back(block.vlad());
    plot.limits.push_back(kReach * block.vlad_std_error());
  }
  return plot;
}

}  // namespace enthesis::client
