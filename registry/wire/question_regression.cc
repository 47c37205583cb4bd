// Regressions as asked for on the wire.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/wire/question_options_wire.h"
#include "registry/wire/question_wire.h"

namespace enthesis::wire {
namespace {

template <typename Covariates>
std::vector<model::CovariateTerm> ReadCovariates(const Covariates& wire) {
  std::vector<model::CovariateTerm> terms;
  for (const v1::Covariate& covariate : wire) {
    terms.push_back(
        {covariate.name(), covariate.factor(), covariate.reference()});
  }
  return terms;
}

template <typename Request>
model::PredictionQuestion ReadPredictions(const Request& request) {
  model::PredictionQuestion question;
  for (const v1::CovariateProfile& profile : request.predictions()) {
    model::PredictionProfile& added = question.profiles.emplace_back();
    for (const v1::CovariateValue& value : profile.values()) {
      added.values.push_back({value.name(), value.value()});
    }
  }
  question.at_days.assign(request.at_days().begin(), request.at_days().end());
  return question;
}

model::Cluster ReadCluster(v1::RegressionCluster wire, Faults& faults) {
  switch (static_cast<int>(wire)) {
    case v1::REGRESSION_CLUSTER_UNSPECIFIED:
      return model::Cluster::kNone;
    case v1::REGRESSION_CLUSTER_PATIENT:
      return model::Cluster::kPatient;
    case v1::REGRESSION_CLUSTER_SITE:
      return model::Cluster::kSite;
    default:
      faults.push_back(
          {"cluster", absl::StrCat("number ", static_cast<int>(wire),
                                   " is not in the list; allowed: patient, "
                                   "site")});
      return model::Cluster::kNone;
  }
}

model::RegressionTies ReadTies(v1::RegressionTies wire, Faults& faults) {
  switch (static_cast<int>(wire)) {
    case v1::REGRESSION_TIES_UNSPECIFIED:
    case v1::REGRESSION_TIES_EFRON:
      return model::RegressionTies::kEfron;
    case v1::REGRESSION_TIES_BRESLOW:
      return model::RegressionTies::kBreslow;
    default:
      faults.push_back(
          {"ties", absl::StrCat("number ", static_cast<int>(wire),
                                " is not in the list; allowed: efron, "
                                "breslow")});
      return model::RegressionTies::kEfron;
  }
}

// What the regressions of hazards share.
template <typename Request>
void ReadTimeRegression(const Request& request,
                        model::TimeRegressionQuestion& question,
                        Faults& faults) {
  ReadOptions(request.options(), question, faults);
  question.covariates = ReadCovariates(request.covariates());
  for (int i = 0; i < request.strata_size(); ++i) {
    const std::string path = JoinPath("", "strata", i);
    const auto dimension = ReadDimension(request.strata(i), path, faults);
    if (dimension.has_value()) {
      question.strata.push_back(*dimension);
    } else if (request.strata(i) == v1::DIMENSION_UNSPECIFIED) {
      faults.push_back({path, "is required"});
    }
  }
  question.cluster = ReadCluster(request.cluster(), faults);
  question.ties = ReadTies(request.ties(), faults);
  question.predictions = ReadPredictions(request);
}

model::Exit ReadCause(v1::FineGrayCause wire, Faults& faults) {
  if (wire == v1::FINE_GRAY_CAUSE_UNSPECIFIED) return model::Exit::kEvent;
  if (v1::FineGrayCause_IsValid(wire)) return static_cast<model::Exit>(wire);
  faults.push_back(
      {"cause", absl::StrCat("number ", static_cast<int>(wire),
                             " is not in the list; allowed: event, "
                             "reoperation, retirement, death")});
  return model::Exit::kEvent;
}

model::FineGrayConvention ReadConvention(v1::FineGrayConvention wire,
                                         Faults& faults) {
  switch (static_cast<int>(wire)) {
    case v1::FINE_GRAY_CONVENTION_UNSPECIFIED:
    case v1::FINE_GRAY_CONVENTION_CRR:
      return model::FineGrayConvention::kCrr;
    case v1::FINE_GRAY_CONVENTION_FINEGRAY:
      return model::FineGrayConvention::kFineGray;
    default:
      faults.push_back(
          {"convention", absl::StrCat("number ", static_cast<int>(wire),
                                      " is not in the list; allowed: crr, "
                                      "finegray")});
      return model::FineGrayConvention::kCrr;
  }
}

// An endpoint or a measure, and covariates.
template <typename Request>
void ReadOutcome(const Request& request, model::OutcomeQuestion& question,
                 Faults& faults) {
  if (request.endpoint() != v1::ENDPOINT_UNSPECIFIED) {
    model::Endpoint endpoint = model::Endpoint::kReoperation;
    ReadEndpoint(request.endpoint(), request.complication(), endpoint,
                 question.complication, faults);
    question.endpoint = endpoint;
  }
  if (request.has_by_day()) question.by_day = request.by_day();
  if (request.measure() != v1::MEASURE_UNSPECIFIED) {
    model::Measure measure = model::Measure::kVisaA;
    ReadMeasure(request.measure(), measure, faults);
    question.measure = measure;
  }
  ReadVisit(request.visit(), question.visit, faults);
  if (request.has_threshold()) question.threshold = request.threshold();
  question.covariates = ReadCovariates(request.covariates());
}

}  // namespace

model::CoxQuestion ToModel(const v1::FitCoxRequest& request, Faults& faults) {
  model::CoxQuestion question;
  FindUnknownFields(request, "", faults);
  ReadTimeRegression(request, question, faults);
  ReadEndpoint(request.endpoint(), request.complication(), question.endpoint,
               question.complication, faults);
  question.proportional_hazards = request.test_proportional_hazards();
  return question;
}

model::AncovaQuestion ToModel(const v1::FitAncovaRequest& request,
                              Faults& faults) {
  model::AncovaQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  ReadMeasure(request.measure(), question.measure, faults);
  ReadVisit(request.visit(), question.visit, faults);
  question.covariates = ReadCovariates(request.covariates());
  question.reference = request.reference();
  return question;
}

model::FineGrayQuestion ToModel(const v1::FitFineGrayRequest& request,
                                Faults& faults) {
  model::FineGrayQuestion question;
  FindUnknownFields(request, "", faults);
  ReadTimeRegression(request, question, faults);
  ReadEndpoint(request.endpoint(), request.complication(), question.endpoint,
               question.complication, faults);
  question.cause = ReadCause(request.cause(), faults);
  question.convention = ReadConvention(request.convention(), faults);
  if (request.ties() == v1::REGRESSION_TIES_UNSPECIFIED &&
      question.convention == model::FineGrayConvention::kCrr) {
    question.ties = model::RegressionTies::kBreslow;
  }
  return question;
}

model::ParametricQuestion ToModel(const v1::FitParametricRequest& request,
                                  Faults& faults) {
  model::ParametricQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  ReadEndpoint(request.endpoint(), request.complication(), question.endpoint,
               question.complication, faults);
  question.covariates = ReadCovariates(request.covariates());
  if (request.distribution() != v1::PARAMETRIC_DISTRIBUTION_UNSPECIFIED &&
      CheckCode(request.distribution(), model::kParametricDistributionCodes,
                "distribution", faults)) {
    question.distribution =
        static_cast<model::ParametricDistribution>(request.distribution());
  }
  question.predictions = ReadPredictions(request);
  return question;
}

model::GlmQuestion ToModel(const v1::FitRegressionRequest& request,
                           Faults& faults) {
  model::GlmQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  if (request.family() != v1::REGRESSION_FAMILY_UNSPECIFIED &&
      CheckCode(request.family(), model::kRegressionFamilyCodes, "family",
                faults)) {
    question.family = static_cast<model::RegressionFamily>(request.family());
  }
  ReadOutcome(request, question, faults);
  question.cluster = ReadCluster(request.cluster(), faults);
  question.firth = request.firth();
  return question;
}

model::SitesQuestion ToModel(const v1::CompareSitesRequest& request,
                             Faults& faults) {
  model::SitesQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  ReadOutcome(request, question, faults);
  if (request.score() != v1::SITE_SCORE_UNSPECIFIED &&
      CheckCode(request.score(), model::kSiteScoreCodes, "score", faults)) {
    question.score = static_cast<model::SiteScore>(request.score());
  }
  question.own_site = request.own_site();
  question.cusum = request.has_cusum();
  if (request.cusum().has_odds_ratio()) {
    question.odds_ratio = request.cusum().odds_ratio();
  }
  if (request.cusum().has_run_length()) {
    question.run_length = request.cusum().run_length();
  }
  if (request.limits() != v1::FUNNEL_LIMIT_KIND_UNSPECIFIED &&
      CheckCode(request.limits(), model::kFunnelLimitsCodes, "limits",
                faults)) {
    question.limits = static_cast<model::FunnelLimits>(request.limits());
  }
  if (request.pooling() != v1::SITE_POOLING_UNSPECIFIED &&
      CheckCode(request.pooling(), model::kSitePoolingCodes, "pooling",
                faults)) {
    question.pooling = static_cast<model::SitePooling>(request.pooling());
  }
  question.hartung_knapp = request.hartung_knapp();
  if (request.overdispersion() != v1::FUNNEL_OVERDISPERSION_UNSPECIFIED &&
      CheckCode(request.overdispersion(), model::kOverdispersionCodes,
                "overdispersion", faults)) {
    question.overdispersion =
        static_cast<model::Overdispersion>(request.overdispersion());
  }
  return question;
}

model::MixedQuestion ToModel(const v1::FitMixedModelRequest& request,
                             Faults& faults) {
  model::MixedQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  ReadMeasure(request.measure(), question.measure, faults);
  if (request.visits_size() > 0) question.visits.clear();
  for (int i = 0; i < request.visits_size(); ++i) {
    const model::Code* code = model::kVisitCodes.Find(request.visits(i));
    if (code == nullptr) {
      faults.push_back(
          {JoinPath("", "visits", i),
           absl::StrCat("\"", request.visits(i), "\" is no visit; allowed: ",
                        model::kVisitCodes.Allowed())});
      continue;
    }
    question.visits.push_back(static_cast<model::Visit>(code->value));
  }
  std::sort(question.visits.begin(), question.visits.end());
  question.covariates = ReadCovariates(request.covariates());
  if (request.structure() != v1::MIXED_STRUCTURE_UNSPECIFIED &&
      CheckCode(request.structure(), model::kMixedStructureCodes, "structure",
                faults)) {
    question.structure =
        static_cast<model::MixedStructure>(request.structure());
  }
  if (request.df() != v1::MIXED_DF_UNSPECIFIED &&
      CheckCode(request.df(), model::kMixedDfCodes, "df", faults)) {
    question.df = static_cast<model::MixedDf>(request.df());
  }
  question.restricted = !request.maximum_likelihood();
  question.random_site = request.random_site();
  question.reference = request.reference();
  return question;
}

}  // namespace enthesis::wire
