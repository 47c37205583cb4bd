#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "registry/model/covariate.h"
#include "registry/model/measure.h"
#include "registry/validation/field_rules.h"
#include "registry/validation/question_rules.h"
#include "registry/validation/regression_rules.h"

namespace enthesis::validation {
namespace {

using model::Covariate;
using model::CovariateTerm;

// Whether a factor, or a set, can have it.
void CheckLevel(const Covariate& covariate, const std::string& level,
                const std::string& at, Violations& violations) {
  int32_t number = 0;
  if (covariate.codes != nullptr) {
    if (covariate.codes->Find(level) != nullptr) return;
    violations.push_back(
        {at, absl::StrCat("\"", level, "\" is no value of ", covariate.name,
                          "; allowed: ", covariate.codes->Allowed())});
  } else if (covariate.is_number) {
    if (absl::SimpleAtoi(level, &number)) return;
    violations.push_back(
        {at, absl::StrCat("\"", level, "\" is not a value of ", covariate.name,
                          "; allowed: a whole number")});
  } else if (!model::IsSiteId(level)) {
    violations.push_back({at, "is not a site id"});
  }
}

}  // namespace

void CheckReference(const CovariateTerm& term, const Covariate& covariate,
                    const std::string& at, Violations& violations) {
  if (term.reference.empty()) return;
  if (covariate.is_set || (covariate.is_number && !term.factor)) {
    violations.push_back(
        {at, absl::StrCat(term.name,
                          " is no factor; allowed: a reference of a "
                          "factor only")});
    return;
  }
  CheckLevel(covariate, term.reference, at, violations);
}

void CheckCovariates(const std::vector<CovariateTerm>& covariates,
                     Violations& violations) {
  if (covariates.size() > model::kMaxCovariates) {
    violations.push_back(
        {"covariates",
         absl::StrCat(covariates.size(), " covariates; allowed: at most ",
                      model::kMaxCovariates)});
    return;
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < covariates.size(); ++i) {
    const CovariateTerm& term = covariates[i];
    const std::string path = PathOf("", "covariates", i);
    const Covariate* covariate = model::FindCovariate(term.name);
    if (covariate == nullptr) {
      violations.push_back(
          {PathOf(path, "name"),
           absl::StrCat("\"", term.name, "\" is no covariate; allowed: ",
                        model::AllowedCovariates())});
      continue;
    }
    if (!seen.insert(term.name).second) {
      violations.push_back(
          {PathOf(path, "name"),
           absl::StrCat(term.name,
                        " is named already; allowed: each covariate once")});
    }
    if (term.factor && covariate->is_set) {
      violations.push_back(
          {PathOf(path, "factor"),
           absl::StrCat(term.name,
                        " has several values a case; allowed: not as a "
                        "factor")});
    }
    CheckReference(term, *covariate, PathOf(path, "reference"), violations);
  }
}

void CheckNoGroups(const model::Question& question, Violations& violations) {
  if (!question.group_by.has_value()) return;
  violations.push_back(
      {"options.group_by",
       "a regression has no groups; allowed: absent, the dimension being "
       "named among covariates or strata"});
}

namespace {

void CheckValue(const CovariateTerm& term, const std::string& value,
                const std::string& at, Violations& violations) {
  const Covariate& covariate = *model::FindCovariate(term.name);
  if (covariate.is_set) {
    for (absl::string_view member :
         absl::StrSplit(value, '+', absl::SkipEmpty())) {
      CheckLevel(covariate, std::string(member), at, violations);
    }
    return;
  }
  if (!covariate.is_number || term.factor) {
    CheckLevel(covariate, value, at, violations);
    return;
  }
  double number = 0;
  if (absl::SimpleAtod(value, &number) &&
      std::abs(number) <= model::kMaxProfileNumber) {
    return;
  }
  violations.push_back(
      {at, absl::StrCat("\"", value, "\" is not a value of ", term.name,
                        "; allowed: a number, -1000000 to 1000000")});
}

// One value of each covariate, all of which are known.
void CheckProfile(const model::PredictionProfile& profile,
                  const std::vector<CovariateTerm>& covariates,
                  const std::string& path, Violations& violations) {
  std::set<std::string> seen;
  for (size_t i = 0; i < profile.values.size(); ++i) {
    const model::CovariateValue& value = profile.values[i];
    const std::string at = PathOf(path, "values", i);
    const auto term = std::find_if(
        covariates.begin(), covariates.end(),
        [&](const CovariateTerm& one) { return one.name == value.name; });
    if (term == covariates.end() || !seen.insert(value.name).second) {
      violations.push_back(
          {PathOf(at, "name"),
           absl::StrCat("\"", value.name, "\" ",
                        term == covariates.end()
                            ? "is no covariate of the model"
                            : "is named already",
                        "; allowed: each covariate of the model once")});
      continue;
    }
    CheckValue(*term, value.value, PathOf(at, "value"), violations);
  }
  for (const CovariateTerm& term : covariates) {
    if (seen.count(term.name) > 0) continue;
    violations.push_back(
        {PathOf(path, "values"),
         absl::StrCat("lacks a value of ", term.name,
                      "; allowed: one of each covariate of the model")});
  }
}

void CheckPredictions(const model::PredictionQuestion& question,
                      const std::vector<CovariateTerm>& covariates,
                      Violations& violations) {
  CheckDays(question.at_days, violations);
  if (question.profiles.empty() != question.at_days.empty()) {
    violations.push_back(
        {question.at_days.empty() ? "at_days" : "predictions",
         "is required: a curve is predicted for profiles at days"});
  }
  if (question.profiles.size() > model::kMaxProfiles) {
    violations.push_back(
        {"predictions",
         absl::StrCat(question.profiles.size(), " profiles; allowed: at most ",
                      model::kMaxProfiles)});
    return;
  }
  for (const CovariateTerm& term : covariates) {
    // Said already, and it leaves open what a value of it is.
    if (model::FindCovariate(term.name) == nullptr) return;
  }
  for (size_t i = 0; i < question.profiles.size(); ++i) {
    CheckProfile(question.profiles[i], covariates, PathOf("", "predictions", i),
                 violations);
  }
}

void CheckStrata(const std::vector<model::Dimension>& strata,
                 Violations& violations) {
  if (strata.size() > model::kMaxStrata) {
    violations.push_back(
        {"strata", absl::StrCat(strata.size(), " dimensions; allowed: at most ",
                                model::kMaxStrata)});
    return;
  }
  std::set<model::Dimension> seen;
  for (size_t i = 0; i < strata.size(); ++i) {
    const std::string path = PathOf("", "strata", i);
    if (!IsDimension(strata[i])) {
      violations.push_back(
          {path,
           absl::StrCat("dimension is ", static_cast<int32_t>(strata[i]),
                        "; allowed: ", model::kDimensionCodes.Allowed())});
    } else if (strata[i] == model::Dimension::kConcomitantProcedure) {
      violations.push_back(
          {path,
           "concomitant_procedure has several values a case; allowed: "
           "dimensions with one"});
    } else if (!seen.insert(strata[i]).second) {
      violations.push_back(
          {path, absl::StrCat(CodeOf(model::kDimensionCodes, strata[i]),
                              " is named already; allowed: each dimension "
                              "once")});
    }
  }
}

// An endpoint and, of complications, a kind.
template <typename Question>
void CheckEvent(const Question& question, Violations& violations) {
  if (!IsEndpoint(question.endpoint)) {
    violations.push_back(
        {"endpoint", absl::StrCat("not an endpoint; allowed: ",
                                  model::kEndpointCodes.Allowed())});
  }
  CheckComplication(question.endpoint, question.complication, violations);
}

// The event or what competes with it.
void CheckCause(const model::FineGrayQuestion& question,
                Violations& violations) {
  CheckListed(question.cause, model::Exit::kEvent, model::Exit::kDeath, "cause",
              "event, reoperation, retirement, death", violations);
  const absl::string_view name = model::CompetingName(question.cause);
  if (name.empty() || !IsEndpoint(question.endpoint)) return;
  std::string allowed = "event";
  for (const model::Exit exit : model::CompetingExits(question.endpoint)) {
    if (exit == question.cause) return;
    absl::StrAppend(&allowed, ", ", model::CompetingName(exit));
  }
  violations.push_back(
      {"cause", absl::StrCat(name, " does not compete with ",
                             CodeOf(model::kEndpointCodes, question.endpoint),
                             "; allowed: ", allowed)});
}

void CheckTimeRegression(const model::TimeRegressionQuestion& question,
                         Violations& violations) {
  CheckNoGroups(question, violations);
  CheckCovariates(question.covariates, violations);
  CheckStrata(question.strata, violations);
  CheckListed(question.cluster, model::Cluster::kNone, model::Cluster::kSite,
              "cluster", "patient, site", violations);
  CheckListed(question.ties, model::RegressionTies::kEfron,
              model::RegressionTies::kBreslow, "ties", "efron, breslow",
              violations);
  CheckPredictions(question.predictions, question.covariates, violations);
}

}  // namespace

Violations ValidateQuestion(const model::CoxQuestion& question) {
  Violations violations = CheckOptions(question);
  CheckEvent(question, violations);
  CheckTimeRegression(question, violations);
  return violations;
}

Violations ValidateQuestion(const model::FineGrayQuestion& question) {
  Violations violations = CheckOptions(question);
  CheckEvent(question, violations);
  CheckCause(question, violations);
  CheckListed(question.convention, model::FineGrayConvention::kCrr,
              model::FineGrayConvention::kFineGray, "convention",
              "crr, finegray", violations);
  CheckTimeRegression(question, violations);
  if (question.convention != model::FineGrayConvention::kCrr) return violations;
  if (!question.strata.empty()) {
    violations.push_back(
        {"strata", "crr has no strata; allowed: with the convention finegray"});
  }
  if (question.ties == model::RegressionTies::kEfron) {
    violations.push_back(
        {"ties",
         "crr has Breslow's ties; allowed: efron with the convention "
         "finegray"});
  }
  return violations;
}

Violations ValidateQuestion(const model::ParametricQuestion& question) {
  Violations violations = CheckOptions(question);
  CheckEvent(question, violations);
  CheckNoGroups(question, violations);
  CheckCovariates(question.covariates, violations);
  CheckListed(question.distribution, model::ParametricDistribution::kWeibull,
              model::ParametricDistribution::kLogLogistic, "distribution",
              "weibull, exponential, lognormal, loglogistic", violations);
  CheckPredictions(question.predictions, question.covariates, violations);
  return violations;
}

}  // namespace enthesis::validation
