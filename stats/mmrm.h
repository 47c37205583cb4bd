// Mixed model for repeated measures: fixed effects with a covariance between
// the visits of a subject, as mmrm and nlme::gls of R.
// See: METHODS.md, "Mixed model for repeated measures".

#ifndef ENTHESIS_STATS_MMRM_H_
#define ENTHESIS_STATS_MMRM_H_

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/design_matrix.h"
#include "stats/term_test.h"

namespace enthesis::stats {

// More visits than this are times by mistake.
inline constexpr size_t kMmrmVisitsMax = 50;

// Between visits a and b, places of the order of visits.
enum class VisitCovariance {
  kUnstructured,                   // every element on its own
  kCompoundSymmetry,               // one variance, one covariance
  kHeterogeneousCompoundSymmetry,  // s_a s_b r
  kAutoregressive,                 // s^2 r^|a - b|
  kHeterogeneousAutoregressive,    // s_a s_b r^|a - b|
  kToeplitz,                       // one variance, a covariance by |a - b|
};

// For sentences: "unstructured".
const char* NameOf(VisitCovariance covariance);

enum class MmrmDf {
  kSatterthwaite,  // by the observed information of the covariance parameters
  // Kenward & Roger's, and their adjusted standard errors, without second
  // derivatives of the covariance: the linear form, as SAS.
  kKenwardRoger,
};

// What least squares means hold a covariate column at.
enum class MmrmColumn {
  kHeld,     // numbers at their mean, levels of factors weighted equally
  kOfVisit,  // its value at the visit, of which it is a function
  kOfGroup,  // its value in the group, likewise
};

struct MmrmData {
  // One row a subject and visit; all spans of one length.
  absl::Span<const double> response;
  absl::Span<const int> subjects;  // any codes
  absl::Span<const int> visits;    // in [0, n_visits), in order
  // Levels, for messages, and what the indicators of visits are called among
  // the coefficients, as "week4". The first visit has none.
  std::vector<std::string> visit_levels, visit_names;
  // What the terms of visit and group are called among the tests.
  std::string visit_term = "visit", group_term = "group";
  // Visit, group and their interaction are added to the covariates as factors,
  // where there are groups: in [0, number of names). Empty: none.
  absl::Span<const int> groups;
  std::vector<std::string> group_names;
  int reference = 0;                // group without an indicator
  DesignMatrix covariates;          // without an intercept, which is added
  std::vector<MmrmColumn> columns;  // by covariate; empty: all are held
  // Least squares means by visit, without groups too: the covariates hold the
  // visit as a factor.
  bool means_by_visit = false;
};

struct MmrmOptions {
  VisitCovariance covariance = VisitCovariance::kUnstructured;
  // Tried in turn where the one before is not determined or does not converge.
  std::vector<VisitCovariance> fallbacks;
  MmrmDf df = MmrmDf::kSatterthwaite;
  bool restricted = true;  // REML, else maximum likelihood
  double conf_level = 0.95;
  int max_iterations = 200;
  std::stop_token stop = {};  // stop.h
};

// Absent where the data do not determine it. `df` are those of t.
struct MmrmEstimate {
  std::optional<double> estimate, std_error, df, statistic, p_value;
  std::optional<double> lower, upper;
};

struct MmrmCoefficient {
  std::string name;
  MmrmEstimate value;  // of a dropped column: nothing
};

struct MmrmMean {
  int visit = 0;
  int group = -1;  // none
  bool has_rows = true;
  MmrmEstimate value;  // without a test
};

// Group minus reference.
struct MmrmContrast {
  int visit = 0;
  int group = 0;
  MmrmEstimate value;
};

struct MmrmFailure {
  VisitCovariance covariance = VisitCovariance::kUnstructured;
  std::string why;
};

struct MmrmFit {
  MmrmOptions options;
  VisitCovariance covariance = VisitCovariance::kUnstructured;  // of this fit
  std::vector<MmrmFailure> failures;  // of those tried before
  size_t n = 0;
  size_t n_subjects = 0;
  size_t rank = 0;  // columns not dropped, with the intercept
  size_t n_covariance_parameters = 0;
  // "(Intercept)", covariates, then visits, groups and interactions, such as
  // "week4:armB".
  std::vector<MmrmCoefficient> coefficients;
  // F tests of terms: covariates, then visit, group and "visit:group", type
  // III. Without degrees of freedom where a dropped column leaves them open.
  std::vector<TermTest> terms;
  std::vector<std::string> dropped;      // constant or collinear
  std::vector<double> visit_covariance;  // [a * visits + b]
  std::vector<MmrmMean> means;           // by visit, within it by group
  std::vector<MmrmContrast> contrasts;
  // Without log |X'X|, as logLik of nlme::gls and lme4. Absent where the fit is
  // perfect to rounding, or n is rank: then the covariance is 0 and there are
  // no errors.
  std::optional<double> log_likelihood;
  int iterations = 0;
};

// Returns: the same bytes for any order of rows.
// Errors: INVALID_ARGUMENT for shapes, codes out of range, the level, visits
// beyond kMmrmVisitsMax, Kenward-Roger with maximum likelihood, "row N: ..."
// (from 0) for a covariate that is not finite, a response beyond 1e140 and the
// second row of a subject at a visit; FAILED_PRECONDITION without rows, and
// where no covariance asked for is determined and converges; CANCELLED once
// `stop` was requested. Cost: for each of
// about ten steps O(visits^4 + d^2 p^2) a pattern of visits, d the elements of
// the covariance, besides one least squares of all rows.
absl::StatusOr<MmrmFit> FitMmrm(const MmrmData& data,
                                const MmrmOptions& options = {});

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MMRM_H_
