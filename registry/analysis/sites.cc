// Sites compared on an outcome, each with its case mix.

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
#include "registry/analysis/site_means.h"
#include "registry/analysis/site_pool.h"
#include "stats/funnel.h"
#include "stats/glm.h"
#include "stats/indirect_standardization.h"
#include "stats/outlier_screen.h"

namespace enthesis::analysis {
namespace {

constexpr double kDaysPerYear = 365.25;

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
      absl::StrCat(PoolingText(question, "logarithms of the ratios"),
                   "; half an event where a site has none"),
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
  return PoolEffects(
      question, {estimates, errors}, pooled,
      [](double x) { return std::exp(x); }, answer);
}

absl::Status SetFunnel(const model::SitesQuestion& question,
                       const SiteRows& data, const Plan& plan,
                       SitesAnswer& answer) {
  std::vector<double> events, sizes;
  const std::vector<size_t> compared = Compared(data);
  for (const size_t s : compared) {
    const ComparedSite& site = answer.sites[s];
    events.push_back(static_cast<double>(*site.outcome.count));
    sizes.push_back(question.covariates.empty()
                        ? static_cast<double>(*site.outcome.n)
                        : *site.expected);
  }
  const stats::FunnelOptions options = FunnelOptionsOf(question);
  const auto funnel =
      stats::EstimateFunnel({events, sizes}, options, &plan.pool);
  if (!funnel.ok()) return ExplainFit(funnel.status());
  SetFunnelFigures(*funnel, compared, sizes, answer);
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
  answer.support.n = *answer.n;
  answer.support.n_coefficients =
      static_cast<int64_t>(data.columns.labels.size()) + 1;
  answer.support.parts = data.columns.parts;
  if (answer.is_score) return;
  answer.events = static_cast<int64_t>(
      std::count(outcomes.response.begin(), outcomes.response.end(), 1.0));
  answer.support.events = answer.events;
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
  if (question.score.has_value()) {
    answer.is_score = true;
    ExplainSiteMeans(question, answer.provenance);
  } else {
    ExplainSites(question, answer.provenance);
  }
  absl::StatusOr<SiteRows> data = GatherSites(question, *plan, answer);
  if (!data.ok()) return data.status();
  const Outcomes outcomes =
      ReadOutcomes(question, OutcomeKindOf(question), *data);
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
  if (answer.is_score) {
    const absl::Status status =
        SetSiteMeans(question, *data, outcomes.response, answer);
    if (!status.ok()) return status;
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
