// Cases for tests of conversion: every field of the table set, or each set by
// chance. They need not be valid.

#ifndef ENTHESIS_TESTS_REGISTRY_WIRE_FILLED_CASE_H_
#define ENTHESIS_TESTS_REGISTRY_WIRE_FILLED_CASE_H_

#include <random>

#include "registry/model/case.h"

namespace enthesis::wire {

// Each optional field is set with probability `share`, to any value that its
// range or code list allows. The same for the same seed.
model::Case FilledCase(std::mt19937_64& random, double share);

}  // namespace enthesis::wire

#endif  // ENTHESIS_TESTS_REGISTRY_WIRE_FILLED_CASE_H_
