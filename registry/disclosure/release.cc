#include "registry/disclosure/release.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {

// The only maker of Released.
class Releaser {
 public:
  template <typename Answer>
  static Released<Answer> Make(Answer answer, const Policy& policy) {
    return Released<Answer>(std::move(answer), policy);
  }
};

namespace {

void Withhold(const Withholder& rule, analysis::DescribeAnswer& answer) {
  for (analysis::CohortGroup& group : answer.groups) rule.Apply(group);
}

void Withhold(const Withholder& rule, analysis::SurvivalAnswer& answer) {
  for (analysis::SurvivalCurve& curve : answer.curves) rule.Apply(curve);
  if (answer.test.has_value()) rule.Apply(*answer.test);
}

void Withhold(const Withholder& rule, analysis::ReturnAnswer& answer) {
  for (analysis::ReturnCurve& curve : answer.curves) rule.Apply(curve);
}

void Withhold(const Withholder& rule, analysis::ScoreAnswer& answer) {
  for (analysis::ScoreGroup& group : answer.groups) rule.Apply(group);
}

// Figures kept for the rules leave no answer, released with or without them.
void ClearInternals(analysis::DescribeAnswer& answer) {
  for (analysis::CohortGroup& group : answer.groups) {
    group.follow_up_at_risk.reset();
  }
}

void ClearInternals(analysis::SurvivalAnswer& answer) {
  for (analysis::SurvivalCurve& curve : answer.curves) {
    ClearInternal(curve.median);
  }
}

void ClearInternals(analysis::ReturnAnswer& answer) {
  for (analysis::ReturnCurve& curve : answer.curves) {
    ClearInternal(curve.median);
  }
}

void ClearInternals(analysis::ScoreAnswer&) {}

template <typename Answer>
absl::StatusOr<Released<Answer>> ReleaseAnswer(Answer answer,
                                               const Policy& policy) {
  const absl::Status checked = CheckPolicy(policy);
  if (!checked.ok()) return checked;
  if (policy.threshold.has_value()) {
    const Withholder rule(*policy.threshold);
    if (rule.TooSmall(answer.provenance.n_cases)) {
      absl::Status status = absl::FailedPreconditionError(
          "the cohort is too small for an answer");
      status.SetPayload(kCohortTooSmall, absl::Cord());
      return status;
    }
    Withhold(rule, answer);
    rule.Apply(answer.provenance);
  }
  ClearInternals(answer);
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace

absl::Status CheckPolicy(const Policy& policy) {
  if (policy.threshold.has_value() && *policy.threshold < kMinThreshold) {
    return absl::InvalidArgumentError(
        absl::StrCat("the disclosure threshold is ", *policy.threshold,
                     "; at least ", kMinThreshold, " is allowed"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Released<analysis::DescribeAnswer>> Release(
    analysis::DescribeAnswer answer, const Policy& policy) {
  return ReleaseAnswer(std::move(answer), policy);
}

absl::StatusOr<Released<analysis::SurvivalAnswer>> Release(
    analysis::SurvivalAnswer answer, const Policy& policy) {
  return ReleaseAnswer(std::move(answer), policy);
}

absl::StatusOr<Released<analysis::ReturnAnswer>> Release(
    analysis::ReturnAnswer answer, const Policy& policy) {
  return ReleaseAnswer(std::move(answer), policy);
}

absl::StatusOr<Released<analysis::ScoreAnswer>> Release(
    analysis::ScoreAnswer answer, const Policy& policy) {
  return ReleaseAnswer(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
