#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/model/covariate.h"
#include "registry/model/measure.h"
#include "registry/validation/question_rules.h"
#include "registry/validation/regression_rules.h"

namespace enthesis::validation {
namespace {

// An endpoint as the outcome: `is_binary`, by a day.
void CheckEventOutcome(const model::OutcomeQuestion& question, bool is_binary,
                       Violations& violations) {
  if (!IsEndpoint(*question.endpoint)) {
    violations.push_back(
        {"endpoint", absl::StrCat("not an endpoint; allowed: ",
                                  model::kEndpointCodes.Allowed())});
  }
  CheckComplication(*question.endpoint, question.complication, violations);
  CheckDay(question.by_day, 1, "by_day", violations);
  if (is_binary && !question.by_day.has_value()) {
    violations.push_back(
        {"by_day",
         "is required: the day by which the event has come or has not"});
  }
  if (question.threshold.has_value()) {
    violations.push_back(
        {"threshold", "belongs to a measure; allowed: absent"});
  }
}

// A measure as the outcome: `is_binary`, its improvement since baseline.
void CheckScoreOutcome(const model::OutcomeQuestion& question, bool is_binary,
                       Violations& violations) {
  const bool is_known = CheckMeasure(*question.measure, violations);
  const std::string measure(CodeOf(model::kMeasureCodes, *question.measure));
  if (is_known && is_binary && !model::InfoOf(*question.measure).has_baseline) {
    violations.push_back(
        {"measure",
         absl::StrCat(measure, " has no baseline; allowed: one that has")});
  }
  if (is_known && !is_binary &&
      *question.measure != model::Measure::kHeelRiseCount) {
    violations.push_back(
        {"measure", absl::StrCat(measure,
                                 " does not count; allowed: heel_rise_count, "
                                 "or the family logistic")});
  }
  if (is_binary && question.visit == model::Visit::kBaseline) {
    violations.push_back(
        {"visit", "is compared with the baseline; allowed: a later visit"});
  }
  if (is_binary != question.threshold.has_value()) {
    violations.push_back(
        {"threshold", is_binary
                          ? "is required: the improvement since baseline"
                          : "is of the logistic family; allowed: absent"});
  } else if (is_binary &&
             !(*question.threshold > 0 && std::isfinite(*question.threshold))) {
    violations.push_back(
        {"threshold", absl::StrCat(*question.threshold,
                                   " is out of range; allowed: above 0")});
  }
  if (question.by_day.has_value()) {
    violations.push_back({"by_day", "belongs to an endpoint; allowed: absent"});
  }
}

// The mean of a measure as what sites are compared on.
void CheckSiteScore(const model::SitesQuestion& question,
                    Violations& violations) {
  CheckListed(*question.score, model::SiteScore::kLevel,
              model::SiteScore::kChange, "score", "level, change", violations);
  if (!question.measure.has_value() || question.endpoint.has_value()) {
    violations.push_back(
        {question.measure.has_value() ? "endpoint" : "measure",
         question.measure.has_value()
             ? "has no score; allowed with a score: a measure alone"
             : "is required with a score, which is of a measure"});
    return;
  }
  const bool is_change = question.score == model::SiteScore::kChange;
  if (CheckMeasure(*question.measure, violations) && is_change &&
      !model::InfoOf(*question.measure).has_baseline) {
    violations.push_back(
        {"measure",
         absl::StrCat(CodeOf(model::kMeasureCodes, *question.measure),
                      " has no baseline; allowed: one that has, or the score "
                      "level")});
  }
  if (question.visit == model::Visit::kBaseline) {
    violations.push_back(
        {"visit", "is before the operation; allowed: a later visit"});
  }
  const auto refuse = [&](bool is_given, const char* path, const char* what) {
    if (is_given) violations.push_back({path, what});
  };
  refuse(question.threshold.has_value(), "threshold",
         "makes an event of a measure; allowed with a score: absent");
  refuse(question.by_day.has_value(), "by_day",
         "belongs to an endpoint; allowed: absent");
  refuse(question.cusum, "cusum", "is of events; allowed with a score: absent");
}

// An outcome and covariates.
void CheckOutcome(const model::OutcomeQuestion& question, bool is_binary,
                  Violations& violations) {
  if (question.endpoint.has_value() == question.measure.has_value()) {
    violations.push_back(
        {question.endpoint.has_value() ? "measure" : "endpoint",
         "the outcome is one of two; allowed: either an endpoint or a "
         "measure"});
  } else if (question.endpoint.has_value()) {
    CheckEventOutcome(question, is_binary, violations);
  } else {
    CheckScoreOutcome(question, is_binary, violations);
  }
  CheckCovariates(question.covariates, violations);
}

// Two at least, each once.
void CheckVisits(const std::vector<model::Visit>& visits,
                 Violations& violations) {
  if (visits.size() < 2) {
    violations.push_back(
        {"visits",
         absl::StrCat(visits.size(), " visits; allowed: 2 and more")});
  }
  std::set<model::Visit> seen;
  for (size_t i = 0; i < visits.size(); ++i) {
    if (seen.insert(visits[i]).second) continue;
    violations.push_back(
        {PathOf("", "visits", i),
         absl::StrCat(CodeOf(model::kVisitCodes, visits[i]),
                      " is named already; allowed: each visit once")});
  }
}

void CheckCusum(const model::SitesQuestion& question, Violations& violations) {
  if (!question.cusum) return;
  if (question.own_site.empty()) {
    violations.push_back(
        {"own_site", "is required with a CUSUM, which is of one's own site"});
  }
  const auto check = [&](const char* path, double value, double low,
                         double high, const char* but) {
    if (value >= low && value <= high) return;
    violations.push_back(
        {path, absl::StrCat(value, " is out of range; allowed: ", low, " to ",
                            high, but)});
  };
  check("cusum.odds_ratio", question.odds_ratio, model::kMinOddsRatio,
        model::kMaxOddsRatio, " but 1");
  if (question.odds_ratio == 1) {
    violations.push_back({"cusum.odds_ratio",
                          "1 is what is expected; allowed: 0.1 to 10 but 1"});
  }
  check("cusum.run_length",
        question.run_length.value_or(model::kDefaultRunLength),
        model::kMinRunLength, model::kMaxRunLength, "");
}

// A model has its groups by one dimension.
void CheckOneDimension(const model::Question& question,
                       Violations& violations) {
  if (!question.then_by.has_value()) return;
  violations.push_back({"options.then_by",
                        "a model has groups by one dimension; allowed: "
                        "absent, the other one as a covariate"});
}

// The group that others are compared with.
void CheckGroupReference(const model::Question& question,
                         const std::string& reference, Violations& violations) {
  if (!question.group_by.has_value() || !IsDimension(*question.group_by)) {
    return;
  }
  const std::string name(CodeOf(model::kDimensionCodes, *question.group_by));
  CheckReference({name, true, reference}, *model::FindCovariate(name),
                 "reference", violations);
}

// Sites beside a covariance of the visits, or twice in one model.
void CheckRandomSite(const model::MixedQuestion& question,
                     Violations& violations) {
  if (!question.random_site) return;
  if (model::IsVisitCovariance(question.structure)) {
    violations.push_back(
        {"random_site",
         absl::StrCat("is not of a covariance of the visits (",
                      CodeOf(model::kMixedStructureCodes, question.structure),
                      "); allowed: with the structures intercept and slope")});
  }
  bool is_fixed = question.group_by == model::Dimension::kSite;
  for (const model::CovariateTerm& term : question.covariates) {
    is_fixed = is_fixed || term.name == "site";
  }
  if (!is_fixed) return;
  violations.push_back(
      {"random_site",
       "site is a fixed effect of the model already; allowed: absent, or "
       "another grouping and other covariates"});
}

}  // namespace

Violations ValidateQuestion(const model::GlmQuestion& question) {
  Violations violations = CheckOptions(question);
  CheckNoGroups(question, violations);
  CheckListed(question.family, model::RegressionFamily::kLogistic,
              model::RegressionFamily::kNegativeBinomial, "family",
              "logistic, poisson, negbin", violations);
  CheckOutcome(question, question.family == model::RegressionFamily::kLogistic,
               violations);
  if (question.family == model::RegressionFamily::kNegativeBinomial &&
      question.endpoint.has_value()) {
    violations.push_back(
        {"family",
         "a first event comes once; allowed with an endpoint: logistic, "
         "poisson"});
  }
  CheckListed(question.cluster, model::Cluster::kNone, model::Cluster::kSite,
              "cluster", "patient, site", violations);
  if (question.firth && question.family != model::RegressionFamily::kLogistic) {
    violations.push_back(
        {"firth", "is of the logistic family; allowed: absent with others"});
  }
  return violations;
}

Violations ValidateQuestion(const model::SitesQuestion& question) {
  Violations violations = CheckOptions(question);
  CheckNoGroups(question, violations);
  if (question.score.has_value()) {
    CheckSiteScore(question, violations);
    CheckCovariates(question.covariates, violations);
  } else {
    CheckOutcome(question, true, violations);
  }
  for (size_t i = 0; i < question.cohort.filters.size(); ++i) {
    if (question.cohort.filters[i].dimension != model::Dimension::kSite) {
      continue;
    }
    violations.push_back(
        {PathOf(PathOf("options.cohort", "filters", i), "dimension"),
         "sites that are compared are not chosen, since the lines that are "
         "left would tell which code is whose; allowed: other dimensions, and "
         "own_site, which names one's own among all"});
  }
  for (size_t i = 0; i < question.covariates.size(); ++i) {
    if (question.covariates[i].name != "site") continue;
    violations.push_back({PathOf(PathOf("", "covariates", i), "name"),
                          "site is what is compared; allowed: others"});
  }
  if (!question.own_site.empty() && !model::IsSiteId(question.own_site)) {
    violations.push_back({"own_site", "is not a site id"});
  }
  CheckCusum(question, violations);
  CheckListed(question.limits, model::FunnelLimits::kPrediction,
              model::FunnelLimits::kNormal, "limits", "prediction, ci, normal",
              violations);
  CheckListed(question.pooling, model::SitePooling::kFixedEffect,
              model::SitePooling::kSidikJonkman, "pooling",
              "fe, dl, reml, ml, pm, hs, sj", violations);
  CheckListed(question.overdispersion, model::Overdispersion::kNone,
              model::Overdispersion::kAdditive, "overdispersion",
              "multiplicative, additive", violations);
  return violations;
}

Violations ValidateQuestion(const model::AncovaQuestion& question) {
  Violations violations = CheckOptions(question);
  CheckOneDimension(question, violations);
  CheckGroups(question, violations);
  CheckGroupReference(question, question.reference, violations);
  if (CheckMeasure(question.measure, violations) &&
      !model::InfoOf(question.measure).has_baseline) {
    violations.push_back(
        {"measure", absl::StrCat(CodeOf(model::kMeasureCodes, question.measure),
                                 " has no baseline; allowed: one that has")});
  }
  if (question.visit == model::Visit::kBaseline) {
    violations.push_back(
        {"visit",
         "the baseline is what is adjusted for; allowed: a later visit"});
  }
  CheckCovariates(question.covariates, violations);
  for (size_t i = 0; i < question.covariates.size(); ++i) {
    const std::string& name = question.covariates[i].name;
    const bool is_group =
        question.group_by.has_value() &&
        name == CodeOf(model::kDimensionCodes, *question.group_by);
    const bool is_baseline =
        name == absl::StrCat("baseline_",
                             CodeOf(model::kMeasureCodes, question.measure));
    if (!is_group && !is_baseline) continue;
    violations.push_back(
        {PathOf(PathOf("", "covariates", i), "name"),
         absl::StrCat(name, " is in the model already; allowed: others")});
  }
  return violations;
}

Violations ValidateQuestion(const model::MixedQuestion& question) {
  Violations violations = CheckOptions(question);
  CheckOneDimension(question, violations);
  if (question.group_by.has_value()) {
    CheckGroups(question, violations);
    CheckGroupReference(question, question.reference, violations);
  } else if (!question.reference.empty()) {
    violations.push_back(
        {"reference", "belongs to a grouping; allowed: absent"});
  }
  CheckMeasure(question.measure, violations);
  CheckVisits(question.visits, violations);
  CheckCovariates(question.covariates, violations);
  for (size_t i = 0; i < question.covariates.size(); ++i) {
    const std::string& name = question.covariates[i].name;
    if (!question.group_by.has_value() ||
        name != CodeOf(model::kDimensionCodes, *question.group_by)) {
      continue;
    }
    violations.push_back(
        {PathOf(PathOf("", "covariates", i), "name"),
         absl::StrCat(name, " is in the model already; allowed: others")});
  }
  CheckListed(question.structure, model::MixedStructure::kRandomIntercept,
              model::MixedStructure::kToeplitz, "structure",
              "intercept, slope, un, csh, ar1, ar1h, toep", violations);
  CheckListed(question.df, model::MixedDf::kSatterthwaite,
              model::MixedDf::kKenwardRoger, "df",
              "satterthwaite, kenward-roger", violations);
  CheckRandomSite(question, violations);
  if (question.df == model::MixedDf::kKenwardRoger &&
      (!model::IsVisitCovariance(question.structure) || !question.restricted)) {
    violations.push_back(
        {"df",
         "Kenward-Roger is of a covariance of visits by restricted maximum "
         "likelihood; allowed else: satterthwaite"});
  }
  return violations;
}

}  // namespace enthesis::validation
