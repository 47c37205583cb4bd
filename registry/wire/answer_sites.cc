// Sites compared, on the wire.

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillLimits(const analysis::FunnelLimits& limits, v1::FunnelLimits& wire) {
  wire.set_size(limits.size);
  ENTHESIS_SET(wire, lower95, limits.lower95);
  ENTHESIS_SET(wire, upper95, limits.upper95);
  ENTHESIS_SET(wire, lower998, limits.lower998);
  ENTHESIS_SET(wire, upper998, limits.upper998);
}

void FillSite(const analysis::ComparedSite& site, bool is_score,
              v1::ComparedSite& wire) {
  wire.set_site(site.site);
  wire.set_is_own(site.is_own);
  Fill(site.outcome, *wire.mutable_outcome());
  Fill(site.completeness, *wire.mutable_completeness());
  ENTHESIS_SET(wire, expected, site.expected);
  ENTHESIS_SET(wire, mean, site.mean);
  if (is_score) {
    ENTHESIS_SET(wire, difference, site.ratio.estimate);
    ENTHESIS_SET(wire, shrunken_difference, site.shrunken.estimate);
  } else {
    ENTHESIS_SET(wire, ratio, site.ratio.estimate);
    ENTHESIS_SET(wire, shrunken_ratio, site.shrunken.estimate);
  }
  ENTHESIS_SET(wire, std_error, site.std_error);
  ENTHESIS_SET(wire, lower, site.ratio.lower);
  ENTHESIS_SET(wire, upper, site.ratio.upper);
  ENTHESIS_SET(wire, z, site.z);
  wire.set_flag(static_cast<v1::FunnelFlag>(site.flag));
  if (site.limits.has_value()) FillLimits(*site.limits, *wire.mutable_limits());
  ENTHESIS_SET(wire, shrunken_lower, site.shrunken.lower);
  ENTHESIS_SET(wire, shrunken_upper, site.shrunken.upper);
  ENTHESIS_SET(wire, weight, site.weight);
  if (site.screen.has_value()) {
    v1::OutlierScreen& screen = *wire.mutable_screen();
    ENTHESIS_SET(screen, rate, site.screen->rate);
    ENTHESIS_SET(screen, rate_ratio, site.screen->rate_ratio);
    ENTHESIS_SET(screen, p_value, site.screen->p_value);
    ENTHESIS_SET(screen, is_outlier, site.screen->is_outlier);
  }
  wire.set_absence(ToWire(site.absence));
}

void FillPooled(const analysis::PooledSites& pooled, bool is_score,
                v1::PooledSites& wire) {
  if (is_score) {
    ENTHESIS_SET(wire, difference, pooled.ratio.estimate);
  } else {
    ENTHESIS_SET(wire, ratio, pooled.ratio.estimate);
  }
  ENTHESIS_SET(wire, lower, pooled.ratio.lower);
  ENTHESIS_SET(wire, upper, pooled.ratio.upper);
  FillChiSquare(pooled.heterogeneity, *wire.mutable_heterogeneity());
  ENTHESIS_SET(wire, tau_squared, pooled.tau_squared);
  ENTHESIS_SET(wire, i_squared, pooled.i_squared);
  ENTHESIS_SET(wire, prediction_lower, pooled.prediction_lower);
  ENTHESIS_SET(wire, prediction_upper, pooled.prediction_upper);
}

void FillCusum(const analysis::SiteCusum& cusum, v1::SiteCusum& wire) {
  ENTHESIS_SET(wire, n, cusum.n);
  ENTHESIS_SET(wire, threshold, cusum.threshold);
  ENTHESIS_SET(wire, run_length, cusum.run_length);
  ENTHESIS_SET(wire, out_of_control_run_length,
               cusum.out_of_control_run_length);
  for (const analysis::CusumBlock& block : cusum.blocks) {
    v1::CusumBlock& added = *wire.add_blocks();
    added.set_last_case(Narrow(block.last_case));
    added.set_value(block.value);
    added.set_signals(block.signals);
    added.set_vlad(block.vlad);
    added.set_vlad_std_error(block.vlad_std_error);
  }
  wire.set_absence(ToWire(cusum.absence));
}

}  // namespace

v1::CompareSitesResponse ToWire(
    const disclosure::Released<analysis::SitesAnswer>& released) {
  const analysis::SitesAnswer& answer = released.answer();
  v1::CompareSitesResponse wire;
  ENTHESIS_SET(wire, n, answer.n);
  ENTHESIS_SET(wire, dropped, answer.dropped);
  ENTHESIS_SET(wire, events, answer.events);
  ENTHESIS_SET(wire, target, answer.target);
  for (const analysis::ComparedSite& site : answer.sites) {
    FillSite(site, answer.is_score, *wire.add_sites());
  }
  for (const analysis::FunnelLimits& limits : answer.limits) {
    FillLimits(limits, *wire.add_limits());
  }
  ENTHESIS_SET(wire, phi, answer.phi);
  ENTHESIS_SET(wire, tau_squared, answer.tau_squared);
  if (answer.pooled.ratio.estimate.has_value()) {
    FillPooled(answer.pooled, answer.is_score, *wire.mutable_pooled());
  }
  for (const analysis::Coefficient& coefficient : answer.coefficients) {
    if (!answer.is_score) {
      Fill(coefficient, *wire.add_case_mix());
      continue;
    }
    v1::LinearCoefficient& added = *wire.add_linear_case_mix();
    FillCoefficient(coefficient, added);
    ENTHESIS_SET(added, statistic, coefficient.statistic);
  }
  ENTHESIS_SET(wire, standard_deviation, answer.standard_deviation);
  if (answer.discrimination.brier.has_value()) {
    Fill(answer.discrimination, *wire.mutable_discrimination());
  }
  if (answer.cusum.has_value()) FillCusum(*answer.cusum, *wire.mutable_cusum());
  wire.set_absence(ToWire(answer.absence));
  wire.set_withheld_for(answer.withheld_for);
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
