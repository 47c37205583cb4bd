// Regressions as a client asks for them, after the wire.

#ifndef ENTHESIS_REGISTRY_MODEL_REGRESSION_QUESTION_H_
#define ENTHESIS_REGISTRY_MODEL_REGRESSION_QUESTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/model/code_list.h"
#include "registry/model/covariate.h"
#include "registry/model/question.h"
#include "registry/model/visits.h"

namespace enthesis::model {

// One covariate of a model.
struct CovariateTerm {
  std::string name;       // of a Covariate
  bool factor = false;    // a number by its values, an indicator each
  std::string reference;  // of a factor; empty: the first level with a case
};

// Whose rows are not independent; then errors are robust, by cluster.
enum class Cluster : int32_t { kNone = 0, kPatient = 1, kSite = 2 };

enum class RegressionTies : int32_t { kEfron = 1, kBreslow = 2 };

// A value of a covariate: a number, a level of a factor (code, number or site
// id), or the codes of a set, joined by "+".
struct CovariateValue {
  std::string name, value;

  bool operator==(const CovariateValue&) const = default;
};

// A case for whom a curve is predicted: one value of each covariate.
struct PredictionProfile {
  std::vector<CovariateValue> values;
};

// Curves that a model predicts, at days.
struct PredictionQuestion {
  std::vector<PredictionProfile> profiles;
  std::vector<int32_t> at_days;
};

// A regression of the time to an event. Without groups: `group_by` is absent.
struct TimeRegressionQuestion : Question {
  std::vector<CovariateTerm> covariates;
  std::vector<Dimension> strata;  // one-valued ones, each once
  Cluster cluster = Cluster::kNone;
  RegressionTies ties = RegressionTies::kEfron;
  PredictionQuestion predictions;
};

struct CoxQuestion : TimeRegressionQuestion {
  // Of a return stage the hazard of return; competing events censor.
  Endpoint endpoint = Endpoint::kReoperation;
  std::optional<ComplicationKind> complication;
  bool proportional_hazards = false;  // test them
};

// How Fine-Gray regression treats ties of events and censorings, and its
// variance.
enum class FineGrayConvention : int32_t {
  kCrr = 1,       // cmprsk::crr; Breslow's ties, no strata
  kFineGray = 2,  // survival::finegray with coxph
};

struct FineGrayQuestion : TimeRegressionQuestion {
  Endpoint endpoint = Endpoint::kReturnSport;
  std::optional<ComplicationKind> complication;
  Exit cause = Exit::kEvent;  // of interest: the event or what competes with it
  FineGrayConvention convention = FineGrayConvention::kCrr;
};

enum class ParametricDistribution : int32_t {
  kWeibull = 1,
  kExponential = 2,
  kLogNormal = 3,
  kLogLogistic = 4,
};
extern const CodeList kParametricDistributionCodes;  // "weibull", ...

// A regression of the time itself, which may be known between two contacts
// only; competing events censor. Without groups: `group_by` is absent.
struct ParametricQuestion : Question {
  Endpoint endpoint = Endpoint::kReturnSport;
  std::optional<ComplicationKind> complication;
  std::vector<CovariateTerm> covariates;
  ParametricDistribution distribution = ParametricDistribution::kWeibull;
  PredictionQuestion predictions;
};

enum class RegressionFamily : int32_t {
  kLogistic = 1,
  kPoisson = 2,
  kNegativeBinomial = 3,
};
extern const CodeList kRegressionFamilyCodes;  // "logistic", ...

// Of an outcome, an endpoint or a measure at a visit, on covariates. Without
// groups: `group_by` is absent.
struct OutcomeQuestion : Question {
  // Exactly one of the two.
  std::optional<Endpoint> endpoint;
  std::optional<Measure> measure;
  std::optional<ComplicationKind> complication;
  std::optional<int32_t> by_day;  // of the endpoint
  Visit visit = Visit::k12Months;
  std::optional<double> threshold;  // of improvement since baseline
  std::vector<CovariateTerm> covariates;
};

// A generalized linear model.
struct GlmQuestion : OutcomeQuestion {
  RegressionFamily family = RegressionFamily::kLogistic;
  Cluster cluster = Cluster::kNone;
  bool firth = false;
};

// Limits of a funnel plot, and what of the scatter between sites they allow
// for (stats/funnel.h).
enum class FunnelLimits : int32_t {
  kPrediction = 1,
  kConfidence = 2,
  kNormal = 3
};
enum class Overdispersion : int32_t {
  kNone = 0,
  kMultiplicative = 1,
  kAdditive = 2
};

// How the sites' ratios or differences are pooled (stats/meta_analysis.h).
enum class SitePooling : int32_t {
  kFixedEffect = 1,
  kDerSimonianLaird = 2,
  kReml = 3,
  kMl = 4,
  kPauleMandel = 5,
  kHunterSchmidt = 6,
  kSidikJonkman = 7,
};

// The mean of a measure that sites are compared on.
enum class SiteScore : int32_t {
  kLevel = 1,
  kChange = 2,  // since baseline
};

extern const CodeList kSiteScoreCodes;       // "level", "change"
extern const CodeList kSitePoolingCodes;     // "fe", "dl", "reml", ...
extern const CodeList kFunnelLimitsCodes;    // "prediction", ...
extern const CodeList kOverdispersionCodes;  // "multiplicative", "additive"

// Sites compared on a binary outcome or the mean of a measure, each with its
// case mix: that of the covariates.
struct SitesQuestion : OutcomeQuestion {
  std::optional<SiteScore> score;  // of the measure, then without a threshold
  std::string own_site;            // named as itself; empty: none is
  FunnelLimits limits = FunnelLimits::kPrediction;
  Overdispersion overdispersion = Overdispersion::kNone;
  SitePooling pooling = SitePooling::kReml;
  bool hartung_knapp = false;  // limits of what is pooled
  // A CUSUM of one's own site, against these odds.
  bool cusum = false;
  double odds_ratio = 2;
  // Cases in control until a signal, on average; absent: kDefaultRunLength.
  std::optional<double> run_length;
};

// Ranges of what a CUSUM is asked.
inline constexpr double kMinOddsRatio = 0.1, kMaxOddsRatio = 10;
inline constexpr double kMinRunLength = 20, kMaxRunLength = 100'000;
inline constexpr double kDefaultRunLength = 740;

// Groups of `group_by`, which is required, compared on a measure at a visit and
// adjusted for its baseline.
struct AncovaQuestion : Question {
  Measure measure = Measure::kVisaA;  // one with a baseline
  Visit visit = Visit::k12Months;     // not the baseline
  std::vector<CovariateTerm> covariates;
  std::string reference;  // group without a coefficient; empty: the first
};

inline constexpr size_t kMaxCovariates = 20;
inline constexpr size_t kMaxStrata = 4;
inline constexpr size_t kMaxProfiles = 20;
// Of a number of a profile, either side of 0.
inline constexpr double kMaxProfileNumber = 1e6;

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_REGRESSION_QUESTION_H_
