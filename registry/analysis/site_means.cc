#include "registry/analysis/site_means.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/model_columns.h"
#include "registry/analysis/outcome.h"
#include "registry/analysis/plan.h"
#include "registry/analysis/site_pool.h"
#include "stats/site_means.h"

namespace enthesis::analysis {
namespace {

void SetSite(const stats::SiteMean& from, ComparedSite& site) {
  site.outcome.n = static_cast<int64_t>(from.n);
  site.mean = from.mean;
  site.expected = from.expected;
  site.ratio = {from.difference, from.lower, from.upper};
  site.std_error = from.std_error;
}

}  // namespace

void ExplainSiteMeans(const model::SitesQuestion& question,
                      Provenance& provenance) {
  provenance.estimand =
      absl::StrCat("mean of each site less that expected of its cases, of ",
                   OutcomeName(question, OutcomeKindOf(question)),
                   ", in the cohort asked for");
  provenance.conventions = {
      question.covariates.empty()
          ? "expected: the mean of all cases that are compared"
          : "expected: linear regression of the score on the case mix, least "
            "squares as lm, of the cases that are compared",
      "difference: mean less expected; error: the standard deviation of cases "
      "within sites, of all, over the root of n, the expected mean taken as "
      "known; interval Student's t",
      "funnel: differences by cases; limits of 95 % and 99.8 %, normal",
      "z: difference over its error",
      PoolingText(question, "differences"),
      "shrunken: best linear unbiased prediction",
      ConfidenceConvention(question.conf_level)};
  std::vector<std::string>& conventions = provenance.conventions;
  if (question.overdispersion != model::Overdispersion::kNone) {
    conventions.push_back(
        question.overdispersion == model::Overdispersion::kMultiplicative
            ? "overdispersion: multiplicative, by phi of winsorized z"
            : "overdispersion: additive, by tau^2 of winsorized z");
  }
  conventions.push_back(kCompletenessConvention);
  NoteOutcome(question, OutcomeKindOf(question), conventions);
  conventions.push_back(
      "sites: those that are shown; neutral codes in an order without meaning");
  conventions.push_back(kMissingConvention);
  conventions.push_back(kUnitConvention);
}

absl::Status SetSiteMeans(const model::SitesQuestion& question,
                          const SiteRows& data,
                          const std::vector<double>& scores,
                          SitesAnswer& answer) {
  absl::StatusOr<stats::SiteMeans> means =
      stats::CompareSiteMeans({scores, data.columns.design, data.site_of,
                               static_cast<int>(data.sites.size())},
                              question.conf_level);
  if (!means.ok()) return ExplainFit(means.status());
  answer.standard_deviation = means->deviation;
  for (size_t c = 0; c < means->coefficients.size(); ++c) {
    if (question.covariates.empty()) break;
    answer.coefficients.push_back(
        CoefficientOf(means->coefficients[c],
                      c == 0 ? ColumnLabel() : data.columns.labels[c - 1], {}));
  }
  const std::vector<size_t> compared = Compared(data);
  std::vector<stats::SiteMean> kept;
  std::vector<double> sizes, differences, errors;
  for (const size_t s : compared) {
    const stats::SiteMean& from = means->sites[s];
    SetSite(from, answer.sites[s]);
    kept.push_back(from);
    sizes.push_back(from.n);
    if (!from.std_error.has_value()) continue;
    differences.push_back(*from.difference);
    errors.push_back(*from.std_error);
  }
  // Scores that are all as expected have no errors.
  if (!means->deviation.has_value()) return absl::OkStatus();
  means->sites = std::move(kept);
  const auto funnel =
      stats::EstimateMeanFunnel(*means, FunnelOptionsOf(question));
  if (!funnel.ok()) return ExplainFit(funnel.status());
  SetFunnelFigures(*funnel, compared, sizes, answer);
  return PoolEffects(
      question, {differences, errors}, compared, [](double x) { return x; },
      answer);
}

}  // namespace enthesis::analysis
