// Whether a regression may be shown: what it rests on, and who was left out of
// it. Analysis and disclosure control both ask here: nothing is computed, and
// no error told, of a model that is withheld.

#ifndef ENTHESIS_REGISTRY_MODEL_MODEL_SUPPORT_H_
#define ENTHESIS_REGISTRY_MODEL_MODEL_SUPPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::model {

// What a model rests on, for disclosure control alone: cleared on release.
struct ModelSupport {
  // The smallest group of cases that a covariate or the strata tell apart.
  struct Part {
    std::string name;
    int64_t n = 0;

    bool operator==(const Part&) const = default;
  };
  int64_t n = 0;  // cases in the model
  // With the event; with one that competes; absent where there are no such.
  std::optional<int64_t> events, competing;
  int64_t n_coefficients = 0;
  std::vector<Part> parts;

  bool operator==(const ModelSupport&) const = default;
};

// Why a model may not leave, without a count; empty when it may. Each of its
// figures speaks of all of its cases: with their errors the estimates tell how
// many they are, and how many had the event. So it is withheld as well where
// `left_out`, the cases of the cohort that are not in it, by reason, would tell
// a small number of them by subtraction. `nobody` is said of one without cases.
// A `least` of 1 withholds nothing.
std::string ReasonToWithhold(const ModelSupport& support,
                             absl::Span<const int64_t> left_out, int64_t least,
                             const char* nobody = "no case has all covariates");

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_MODEL_SUPPORT_H_
