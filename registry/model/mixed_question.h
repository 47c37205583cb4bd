// A measure over repeated visits as a client asks for it, after the wire.

#ifndef ENTHESIS_REGISTRY_MODEL_MIXED_QUESTION_H_
#define ENTHESIS_REGISTRY_MODEL_MIXED_QUESTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "registry/model/code_list.h"
#include "registry/model/regression_question.h"

namespace enthesis::model {

// What the visits of one case have in common.
enum class MixedStructure : int32_t {
  kRandomIntercept = 1,
  kRandomSlope = 2,  // by month
  kUnstructured = 3,
  kHeterogeneousCompoundSymmetry = 4,
  kAutoregressive = 5,
  kHeterogeneousAutoregressive = 6,
  kToeplitz = 7,
};
extern const CodeList kMixedStructureCodes;  // "intercept", "slope", "un", ...

// Whether it is a covariance of visits (MMRM), not of random effects.
constexpr bool IsVisitCovariance(MixedStructure structure) {
  return structure >= MixedStructure::kUnstructured;
}

enum class MixedDf : int32_t { kSatterthwaite = 1, kKenwardRoger = 2 };
extern const CodeList kMixedDfCodes;  // "satterthwaite", "kenward-roger"

// With or without groups: `group_by` joins the fixed effects, by itself and
// with the visits.
struct MixedQuestion : Question {
  Measure measure = Measure::kVisaA;
  std::vector<Visit> visits = {Visit::k3Months, Visit::k6Months,
                               Visit::k12Months, Visit::k24Months};
  std::vector<CovariateTerm> covariates;
  MixedStructure structure = MixedStructure::kRandomIntercept;
  MixedDf df = MixedDf::kSatterthwaite;
  bool restricted = true;
  std::string reference;     // group; empty: the first
  bool random_site = false;  // a random intercept by site beside the case's
};

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_MIXED_QUESTION_H_
