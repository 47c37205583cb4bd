// Sites compared on a binary outcome, each with its case mix.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/compared_sites.h"
#include "registry/analysis/outcome.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/site_cusum.h"
#include "stats/funnel.h"
#include "stats/glm.h"
#include "stats/indirect_standardization.h"
#include "stats/meta_analysis.h"
#include "stats/outlier_screen.h"
#include "stats/shrunken_effects.h"

namespace enthesis::analysis {
namespace {

constexpr double kDaysPerYear = 365.25;

std::string PoolingText(const model::SitesQuestion& question) {
  const bool is_fixed = question.pooling == model::SitePooling::kFixedEffect;
  const std::string tau =
      model::kSitePoolingCodes.Find(static_cast<int32_t>(question.pooling))
          ->label;
  return absl::StrCat("pooled: ", is_fixed ? "fixed effect" : "random effects",
                      " of the logarithms of the ratios",
                      is_fixed ? "" : absl::StrCat(", tau^2 by ", tau),
                      question.hartung_knapp ? ", Hartung-Knapp limits" : "",
                      "; half an event where a site has none");
}

void ExplainSites(const model::SitesQuestion& question,
                  Provenance& provenance) {
  provenance.estimand = absl::StrCat(
      "events of each site over those expected of its cases, of ",
      OutcomeName(question, OutcomeKind::kBinary), ", in the cohort asked for");
  const char* const expected =
      question.covariates.empty()
          ? "expected: the share of all cases that are compared"
          : "expected: logistic regression of the outcome on the case mix, "
            "maximum likelihood, of the cases that are compared";
  const bool is_dispersed =
      question.overdispersion != model::Overdispersion::kNone;
  provenance.conventions = {
      expected,
      "ratio: observed over expected; interval exact (Garwood), the expected "
      "number taken as known",
      absl::StrCat(
          "funnel: ",
          question.covariates.empty() ? "shares, binomial" : "ratios, Poisson",
          "; limits of 95 % and 99.8 %, ",
          is_dispersed || question.limits == model::FunnelLimits::kNormal
              ? "normal on the scale of the square root"
          : question.limits == model::FunnelLimits::kConfidence
              ? "exact confidence limits at the target"
              : "prediction limits, interpolated between whole counts"),
      "z: on the scale of the square root (of its arcsine for shares)",
      PoolingText(question),
      "shrunken: best linear unbiased prediction",
      kWilsonConvention,
      ConfidenceConvention(question.conf_level)};
  std::vector<std::string>& conventions = provenance.conventions;
  if (is_dispersed) {
    conventions.push_back(
        question.overdispersion == model::Overdispersion::kMultiplicative
            ? "overdispersion: multiplicative, by phi of winsorized z"
            : "overdispersion: additive, by tau^2 of winsorized z");
  }
  if (question.endpoint.has_value()) {
    conventions.push_back(
        "outlier: events by 100 years at risk above twice the others', Poisson "
        "p < 0.05, ten cases; without itself where a site has more than a "
        "quarter of the cases; a first stage, which people look at");
    conventions.push_back(
        "completeness: cases whose outcome by the day is known, of those that "
        "could have it");
  } else {
    conventions.push_back(kCompletenessConvention);
  }
  NoteOutcome(question, OutcomeKind::kBinary, conventions);
  conventions.push_back(
      "sites: those that are shown; neutral codes in an order without meaning");
  conventions.push_back(kMissingConvention);
  conventions.push_back(kUnitConvention);
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

// Expected probabilities by row: of the case mix or, without one, the share.
absl::StatusOr<std::vector<double>> Expect(const model::SitesQuestion& question,
                                           const SiteRows& data,
                                           const Outcomes& outcomes,
                                           const Plan& plan,
                                           SitesAnswer& answer) {
  const size_t n = outcomes.response.size();
  if (question.covariates.empty()) {
    const double share =
        static_cast<double>(*answer.events) / static_cast<double>(n);
    return std::vector<double>(n, share);
  }
  stats::GlmOptions options;
  options.conf_level = question.conf_level;
  options.stop = plan.stop;
  const absl::StatusOr<stats::GlmFit> fit =
      stats::FitGlm({outcomes.response, {}, {}, {}}, data.columns.design,
                    options, &plan.pool);
  if (!fit.ok()) return ExplainFit(fit.status());
  answer.coefficients = CoefficientsOf(*fit, data.columns);
  absl::StatusOr<Discrimination> discrimination =
      Assess(outcomes.response, *fit, plan.pool);
  if (!discrimination.ok()) return discrimination.status();
  answer.discrimination = *std::move(discrimination);
  answer.provenance.conventions.push_back(kApparentConvention);
  std::vector<double> expected;
  for (const double predictor : fit->predictors) {
    expected.push_back(1 / (1 + std::exp(-predictor)));
  }
  return expected;
}

void NoteCusum(const model::SitesQuestion& question, const SiteCusum& cusum,
               std::vector<std::string>& conventions) {
  conventions.push_back(absl::StrCat(
      "CUSUM: Steiner (2000), odds ratio ", question.odds_ratio,
      ", in the order of operations, without reset; threshold by a Markov "
      "chain from the site's expected probabilities and a run length of ",
      question.run_length.value_or(model::kDefaultRunLength),
      " in control; one value a block of cases"));
  if (cusum.absence == Absence::kNone && !cusum.threshold.has_value()) {
    conventions.push_back(
        "CUSUM threshold: none; whatever it is, signals are rarer than that");
  }
}

// Indexes of sites in `data` that take part, in order.
std::vector<size_t> Compared(const SiteRows& data) {
  std::vector<size_t> compared;
  for (size_t s = 0; s < data.sites.size(); ++s) {
    if (data.sites[s].is_compared) compared.push_back(s);
  }
  return compared;
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

absl::Status SetRatios(const SiteRows& data,
                       const std::vector<stats::StandardizedRatio>& ratios,
                       const model::SitesQuestion& question,
                       SitesAnswer& answer) {
  const double conf_level = question.conf_level;
  std::vector<double> estimates, errors;
  std::vector<size_t> pooled;
  for (const size_t s : Compared(data)) {
    const stats::StandardizedRatio& from = ratios[s];
    ComparedSite& site = answer.sites[s];
    absl::StatusOr<ProportionEstimate> share =
        ShareOf(static_cast<int64_t>(from.observed),
                static_cast<int64_t>(from.n), conf_level);
    if (!share.ok()) return share.status();
    site.outcome = *std::move(share);
    site.expected = from.expected;
    site.ratio.estimate = from.ratio;
    if (from.exact.has_value()) {
      site.ratio.lower = from.exact->lower;
      site.ratio.upper = from.exact->upper;
    }
    const std::optional<stats::LogRatio> log = stats::LogRatioOf(from);
    if (!log.has_value()) continue;
    estimates.push_back(log->estimate);
    errors.push_back(log->std_error);
    pooled.push_back(s);
  }
  if (pooled.size() < 2) return absl::OkStatus();
  stats::MetaOptions options;
  options.conf_level = conf_level;
  options.tau_squared = PoolingOf(question.pooling);
  options.hartung_knapp = question.hartung_knapp;
  const auto meta = stats::EstimateMeta({estimates, errors}, options);
  if (!meta.ok()) return ExplainFit(meta.status());
  const auto exp = [](std::optional<double> x) {
    return x.has_value() ? std::optional(std::exp(*x)) : std::nullopt;
  };
  answer.pooled.ratio = {std::exp(meta->estimate), exp(meta->lower),
                         exp(meta->upper)};
  answer.pooled.heterogeneity = ChiSquareOf(meta->heterogeneity);
  answer.pooled.tau_squared = meta->tau_squared;
  answer.pooled.i_squared = meta->i_squared;
  answer.pooled.prediction_lower = exp(meta->prediction_lower);
  answer.pooled.prediction_upper = exp(meta->prediction_upper);
  const std::vector<stats::ShrunkenEffect> shrunken =
      stats::ShrinkEffects({estimates, errors}, *meta);
  for (size_t i = 0; i < pooled.size(); ++i) {
    ComparedSite& site = answer.sites[pooled[i]];
    site.weight = meta->weights[i];
    site.shrunken = {std::exp(shrunken[i].estimate),
                     std::exp(shrunken[i].lower), std::exp(shrunken[i].upper)};
  }
  return absl::OkStatus();
}

absl::Status SetFunnel(const model::SitesQuestion& question,
                       const SiteRows& data, const Plan& plan,
                       SitesAnswer& answer) {
  std::vector<double> events, sizes;
  const std::vector<size_t> compared = Compared(data);
  double largest = 0;
  for (const size_t s : compared) {
    const ComparedSite& site = answer.sites[s];
    events.push_back(static_cast<double>(*site.outcome.count));
    sizes.push_back(question.covariates.empty()
                        ? static_cast<double>(*site.outcome.n)
                        : *site.expected);
    largest = std::max(largest, sizes.back());
  }
  const stats::FunnelOptions options = FunnelOptionsOf(question);
  const auto funnel =
      stats::EstimateFunnel({events, sizes}, options, &plan.pool);
  if (!funnel.ok()) return ExplainFit(funnel.status());
  answer.target = funnel->target;
  answer.phi = funnel->dispersion.phi;
  answer.tau_squared = funnel->dispersion.tau_squared;
  for (const stats::FunnelLimits& limits : funnel->limits) {
    answer.limits.push_back(LimitsOf(limits));
  }
  for (size_t i = 0; i < compared.size(); ++i) {
    ComparedSite& site = answer.sites[compared[i]];
    const stats::FunnelSite& from = funnel->sites[i];
    site.z = from.adjusted_z.has_value() ? from.adjusted_z : from.z;
    site.flag = FlagOf(from.flag);
    for (const stats::FunnelLimits& limits : funnel->limits) {
      if (limits.size == sizes[i]) site.limits = LimitsOf(limits);
    }
  }
  return absl::OkStatus();
}

// By all cases that are compared, those without a value of a covariate, too,
// have left by now.
absl::Status SetScreen(const model::SitesQuestion& question,
                       const SiteRows& data, const Outcomes& outcomes,
                       SitesAnswer& answer) {
  if (!question.endpoint.has_value()) return absl::OkStatus();
  std::vector<stats::ScreenedGroup> groups(data.sites.size());
  std::vector<double> days(data.sites.size(), 0);  // whole: exact sums
  for (size_t i = 0; i < data.site_of.size(); ++i) {
    const size_t s = static_cast<size_t>(data.site_of[i]);
    ++groups[s].cases;
    groups[s].events += outcomes.response[i];
    days[s] += std::min<double>(data.rows.times[i], *question.by_day);
  }
  for (size_t s = 0; s < groups.size(); ++s) {
    groups[s].exposure = days[s] / kDaysPerYear;
  }
  const auto screens = stats::ScreenOutliers(groups);
  if (!screens.ok()) return screens.status();
  for (const size_t s : Compared(data)) {
    const stats::OutlierScreen& from = (*screens)[s];
    answer.sites[s].screen = OutlierScreen{from.rate, from.rate_ratio,
                                           from.p_value, from.is_outlier};
  }
  return absl::OkStatus();
}

void CountSites(const Outcomes& outcomes, const SiteRows& data,
                SitesAnswer& answer) {
  answer.n = static_cast<int64_t>(outcomes.response.size());
  answer.events = static_cast<int64_t>(
      std::count(outcomes.response.begin(), outcomes.response.end(), 1.0));
  answer.support.n = *answer.n;
  answer.support.events = answer.events;
  answer.support.n_coefficients =
      static_cast<int64_t>(data.columns.labels.size()) + 1;
  answer.support.parts = data.columns.parts;
  answer.support.parts.push_back({"outcome", *answer.n - *answer.events});
}

}  // namespace

absl::StatusOr<SitesAnswer> Answer(const model::SitesQuestion& question,
                                   const cohort::Snapshot& snapshot,
                                   stats::ThreadPool& pool,
                                   std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  SitesAnswer answer;
  answer.provenance = plan->provenance;
  ExplainSites(question, answer.provenance);
  absl::StatusOr<SiteRows> data = GatherSites(question, *plan, answer);
  if (!data.ok()) return data.status();
  const Outcomes outcomes = ReadOutcomes(question, OutcomeKind::kBinary, *data);
  if (answer.absence != Absence::kNone) {
    answer.dropped.reset();
    return answer;
  }
  CountSites(outcomes, *data, answer);
  if (!model::ReasonToWithhold(answer.support, {}, question.smallest_group)
           .empty()) {
    if (question.cusum) answer.cusum.emplace().absence = Absence::kSuppressed;
    return answer;
  }
  const absl::StatusOr<std::vector<double>> expected =
      Expect(question, *data, outcomes, *plan, answer);
  if (!expected.ok()) return expected.status();
  const auto ratios =
      stats::StandardizeIndirectly({outcomes.response, *expected, data->site_of,
                                    static_cast<int>(data->sites.size())},
                                   question.conf_level);
  if (!ratios.ok()) return ratios.status();
  absl::Status status = SetRatios(*data, *ratios, question, answer);
  if (status.ok()) status = SetFunnel(question, *data, *plan, answer);
  if (status.ok()) status = SetScreen(question, *data, outcomes, answer);
  if (!status.ok()) return status;
  if (question.cusum) {
    absl::StatusOr<SiteCusum> cusum =
        WatchSite(question, *data, outcomes.response, *expected);
    if (!cusum.ok()) return cusum.status();
    answer.cusum = *std::move(cusum);
    NoteCusum(question, *answer.cusum, answer.provenance.conventions);
  }
  return answer;
}

}  // namespace enthesis::analysis
