#include "registry/analysis/site_pool.h"

#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/model_columns.h"
#include "stats/shrunken_effects.h"

namespace enthesis::analysis {
namespace {

FunnelFlag FlagOf(std::optional<stats::FunnelFlag> flag) {
  if (!flag.has_value()) return FunnelFlag::kNone;
  switch (*flag) {
    case stats::FunnelFlag::kIn:
      return FunnelFlag::kIn;
    case stats::FunnelFlag::kAlertLow:
      return FunnelFlag::kAlertLow;
    case stats::FunnelFlag::kAlarmLow:
      return FunnelFlag::kAlarmLow;
    case stats::FunnelFlag::kAlertHigh:
      return FunnelFlag::kAlertHigh;
    case stats::FunnelFlag::kAlarmHigh:
      return FunnelFlag::kAlarmHigh;
  }
  return FunnelFlag::kNone;
}

FunnelLimits LimitsOf(const stats::FunnelLimits& from) {
  return {from.size, from.lower95, from.upper95, from.lower998, from.upper998};
}

stats::TauSquared PoolingOf(model::SitePooling pooling) {
  switch (pooling) {
    case model::SitePooling::kFixedEffect:
      return stats::TauSquared::kFixedEffect;
    case model::SitePooling::kDerSimonianLaird:
      return stats::TauSquared::kDerSimonianLaird;
    case model::SitePooling::kReml:
      return stats::TauSquared::kReml;
    case model::SitePooling::kMl:
      return stats::TauSquared::kMl;
    case model::SitePooling::kPauleMandel:
      return stats::TauSquared::kPauleMandel;
    case model::SitePooling::kHunterSchmidt:
      return stats::TauSquared::kHunterSchmidt;
    case model::SitePooling::kSidikJonkman:
      return stats::TauSquared::kSidikJonkman;
  }
  return stats::TauSquared::kReml;
}

}  // namespace

std::vector<size_t> Compared(const SiteRows& data) {
  std::vector<size_t> compared;
  for (size_t s = 0; s < data.sites.size(); ++s) {
    if (data.sites[s].is_compared) compared.push_back(s);
  }
  return compared;
}

stats::FunnelOptions FunnelOptionsOf(const model::SitesQuestion& question) {
  stats::FunnelOptions options;
  options.measure = question.covariates.empty()
                        ? stats::FunnelMeasure::kProportion
                        : stats::FunnelMeasure::kRatio;
  switch (question.limits) {
    case model::FunnelLimits::kPrediction:
      options.limits = stats::FunnelLimitKind::kPrediction;
      break;
    case model::FunnelLimits::kConfidence:
      options.limits = stats::FunnelLimitKind::kConfidence;
      break;
    case model::FunnelLimits::kNormal:
      options.limits = stats::FunnelLimitKind::kNormal;
  }
  switch (question.overdispersion) {
    case model::Overdispersion::kNone:
      break;
    case model::Overdispersion::kMultiplicative:
      options.overdispersion = stats::FunnelOverdispersion::kMultiplicative;
      break;
    case model::Overdispersion::kAdditive:
      options.overdispersion = stats::FunnelOverdispersion::kAdditive;
  }
  return options;
}

void SetFunnelFigures(const stats::Funnel& funnel,
                      const std::vector<size_t>& compared,
                      const std::vector<double>& sizes, SitesAnswer& answer) {
  answer.target = funnel.target;
  answer.phi = funnel.dispersion.phi;
  answer.tau_squared = funnel.dispersion.tau_squared;
  for (const stats::FunnelLimits& limits : funnel.limits) {
    answer.limits.push_back(LimitsOf(limits));
  }
  for (size_t i = 0; i < compared.size(); ++i) {
    ComparedSite& site = answer.sites[compared[i]];
    const stats::FunnelSite& from = funnel.sites[i];
    site.z = from.adjusted_z.has_value() ? from.adjusted_z : from.z;
    site.flag = FlagOf(from.flag);
    for (const stats::FunnelLimits& limits : funnel.limits) {
      if (limits.size == sizes[i]) site.limits = LimitsOf(limits);
    }
  }
}

std::string PoolingText(const model::SitesQuestion& question,
                        const char* effects) {
  const bool is_fixed = question.pooling == model::SitePooling::kFixedEffect;
  const std::string tau =
      model::kSitePoolingCodes.Find(static_cast<int32_t>(question.pooling))
          ->label;
  return absl::StrCat("pooled: ", is_fixed ? "fixed effect" : "random effects",
                      " of the ", effects,
                      is_fixed ? "" : absl::StrCat(", tau^2 by ", tau),
                      question.hartung_knapp ? ", Hartung-Knapp limits" : "");
}

absl::Status PoolEffects(const model::SitesQuestion& question,
                         const stats::StudyEffects& effects,
                         const std::vector<size_t>& pooled,
                         double (*back)(double), SitesAnswer& answer) {
  if (pooled.size() < 2) return absl::OkStatus();
  stats::MetaOptions options;
  options.conf_level = question.conf_level;
  options.tau_squared = PoolingOf(question.pooling);
  options.hartung_knapp = question.hartung_knapp;
  const auto meta = stats::EstimateMeta(effects, options);
  if (!meta.ok()) return ExplainFit(meta.status());
  const auto limit = [back](std::optional<double> x) {
    return x.has_value() ? std::optional(back(*x)) : std::nullopt;
  };
  answer.pooled.ratio = {back(meta->estimate), limit(meta->lower),
                         limit(meta->upper)};
  answer.pooled.heterogeneity = ChiSquareOf(meta->heterogeneity);
  answer.pooled.tau_squared = meta->tau_squared;
  answer.pooled.i_squared = meta->i_squared;
  answer.pooled.prediction_lower = limit(meta->prediction_lower);
  answer.pooled.prediction_upper = limit(meta->prediction_upper);
  const std::vector<stats::ShrunkenEffect> shrunken =
      stats::ShrinkEffects(effects, *meta);
  for (size_t i = 0; i < pooled.size(); ++i) {
    ComparedSite& site = answer.sites[pooled[i]];
    site.weight = meta->weights[i];
    site.shrunken = {back(shrunken[i].estimate), back(shrunken[i].lower),
                     back(shrunken[i].upper)};
  }
  return absl::OkStatus();
}

}  // namespace enthesis::analysis
