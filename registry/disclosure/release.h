// Disclosure control: the only road from an answer to the wire. The rule in
// force: a figure whose denominator (cases, number at risk) is below k is
// withheld; its row says so.
// - Groups sum to a total that readers know. Where some are withheld, further
//   ones are, the smallest first, until they are two that hold k together
//   (model/small_groups.h); so for each figure over the groups, and for the
//   cells of a table, along its rows and its columns. Groups that overlap part
//   all cases in two each; with one of them those in none are withheld.
// - Cases left out are groups of the cohort, too: where too few are, and no
//   other reason hides them, a group of the answer is withheld with them.
// - Curves of every cause end where fewer than k are at risk. A quantile of a
//   curve and a restricted mean need k at risk up to their day; a contrast of
//   means needs both.
// - A quantile of scores is a case's own value: it needs k cases on either
// side.
// - A test between groups (with its trend and pairs, of each cause) rests on
//   groups that are shown alone, and needs two: observed and expected of the
//   others then tell nothing of a group left out. An answer that has a smaller
//   group in a test loses the test.
// - Of an interval-censored curve that ends early, the log-likelihood, which
//   speaks of its end, is withheld.
// - Cases left out are withheld where they would tell the size of a withheld
//   group.
//
// A regression is released or withheld as a whole, since each of its figures
// speaks of all of its cases. It is withheld, and says for what, when fewer
// than k cases, but some,
// - are in the model, have the event, or have one that competes: with few
//   events the estimates give away the covariates of those who had them;
// - have a value of a factor, are in a stratum, have or lack a member of a set,
//   or have a number other than the most frequent one: the coefficient would
//   be theirs;
// - of a measure over visits, have it at one of them, in one of the groups;
// or when there are fewer than k cases for each coefficient: so many
// coefficients would describe the cases one by one;
// or when too few cases are left out of it and no other reason hides them: its
// estimates and their errors tell how many are in it (model/model_support.h).
//
// Sites are compared as groups of a test are: on those alone that are shown.
// The model of their case mix decides as a regression whether the answer
// leaves.
//
// A curve that a released model predicts is one of its figures: it is released
// at the days asked for alone, never by its steps, and at a day only where k
// cases of the model, or of the stratum, are still at risk; one that ended
// before is not told from one that is too thin. With a withheld model all of it
// is.

#ifndef ENTHESIS_REGISTRY_DISCLOSURE_RELEASE_H_
#define ENTHESIS_REGISTRY_DISCLOSURE_RELEASE_H_

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "registry/analysis/result.h"
#include "registry/analysis/result_ancova.h"
#include "registry/analysis/result_compare.h"
#include "registry/analysis/result_interval.h"
#include "registry/analysis/result_mixed.h"
#include "registry/analysis/result_regression.h"
#include "registry/analysis/result_sites.h"

namespace enthesis::disclosure {

struct Policy {
  // Smallest number of cases behind a released figure; absent: off (loopback
  // only, stated in every answer). Default k: 11; never below 5.
  std::optional<int> threshold = 11;
};
inline constexpr int kMinThreshold = 5;

// INVALID_ARGUMENT for a threshold below kMinThreshold.
absl::Status CheckPolicy(const Policy& policy);

// An answer that may leave. Only Release makes one.
template <typename Answer>
class Released {
 public:
  const Answer& answer() const { return answer_; }
  const Policy& policy() const { return policy_; }

 private:
  friend class Releaser;
  Released(Answer answer, Policy policy)
      : answer_(std::move(answer)), policy_(policy) {}
  Answer answer_;
  Policy policy_;
};

// Errors: FAILED_PRECONDITION with payload kCohortTooSmall when the whole
// cohort is below the threshold; the message holds no count.
absl::StatusOr<Released<analysis::CompareAnswer>> Release(
    analysis::CompareAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::DescribeAnswer>> Release(
    analysis::DescribeAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::SurvivalAnswer>> Release(
    analysis::SurvivalAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::IntervalAnswer>> Release(
    analysis::IntervalAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::IncidenceAnswer>> Release(
    analysis::IncidenceAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::ReturnAnswer>> Release(
    analysis::ReturnAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::ScoreAnswer>> Release(
    analysis::ScoreAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::CoxAnswer>> Release(
    analysis::CoxAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::AncovaAnswer>> Release(
    analysis::AncovaAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::FineGrayAnswer>> Release(
    analysis::FineGrayAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::ParametricAnswer>> Release(
    analysis::ParametricAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::GlmAnswer>> Release(
    analysis::GlmAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::SitesAnswer>> Release(
    analysis::SitesAnswer answer, const Policy& policy);
absl::StatusOr<Released<analysis::MixedAnswer>> Release(
    analysis::MixedAnswer answer, const Policy& policy);

inline constexpr char kCohortTooSmall[] =
    "enthesis/disclosure/cohort_too_small";

}  // namespace enthesis::disclosure

#endif  // ENTHESIS_REGISTRY_DISCLOSURE_RELEASE_H_
