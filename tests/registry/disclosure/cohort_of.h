// Where the answers of these tests come from.

#ifndef ENTHESIS_TESTS_REGISTRY_DISCLOSURE_COHORT_OF_H_
#define ENTHESIS_TESTS_REGISTRY_DISCLOSURE_COHORT_OF_H_

#include <cstdint>

#include "registry/analysis/result.h"

namespace enthesis::disclosure {

inline constexpr int kThreshold = 11;

inline analysis::Provenance CohortOf(int64_t n) {
  analysis::Provenance provenance;
  provenance.n_cases = n;
  return provenance;
}

}  // namespace enthesis::disclosure

#endif  // ENTHESIS_TESTS_REGISTRY_DISCLOSURE_COHORT_OF_H_
