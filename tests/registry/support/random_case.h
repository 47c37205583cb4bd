// Random cases for tests and benchmarks: valid by every rule of validation for
// years up to 2023, varied in every field that a statistic reads, and the same
// for the same state of the generator on every platform.

#ifndef ENTHESIS_TESTS_REGISTRY_SUPPORT_RANDOM_CASE_H_
#define ENTHESIS_TESTS_REGISTRY_SUPPORT_RANDOM_CASE_H_

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "registry/model/case.h"

namespace enthesis::tests {

// A case of one of eight sites ("site-01" .. "site-08"), with random ids and a
// patient of its own. Synthetic, as every case nobody was operated for.
model::Case RandomCase(std::mt19937_64& random);

// A random case with nothing after surgery but VISA-A before it and at 12
// months, each where it is given.
model::Case ScoredCase(std::mt19937_64& random, std::optional<int32_t> before,
                       std::optional<int32_t> after);

// As many of a generator of its own.
std::vector<model::Case> RandomCases(int n, uint64_t seed);

}  // namespace enthesis::tests

#endif  // ENTHESIS_TESTS_REGISTRY_SUPPORT_RANDOM_CASE_H_
