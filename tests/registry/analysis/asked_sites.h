// Sites that are compared in a test.

#ifndef ENTHESIS_TESTS_REGISTRY_ANALYSIS_ASKED_SITES_H_
#define ENTHESIS_TESTS_REGISTRY_ANALYSIS_ASKED_SITES_H_

#include <cstdint>
#include <random>
#include <string>

#include "registry/analysis/answer.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {

// Random cases of site-01 to site-05, in turn.
inline tests::Cases CasesOfSites(int n, uint64_t seed) {
  std::mt19937_64 random(seed);
  tests::Cases cases;
  for (int i = 0; i < n; ++i) {
    cases.push_back(tests::RandomCase(random));
    cases.back().site = "site-0" + std::to_string(1 + i % 5);
  }
  return cases;
}

inline absl::StatusOr<SitesAnswer> AskSites(
    const model::SitesQuestion& question, const tests::Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

}  // namespace enthesis::analysis

#endif  // ENTHESIS_TESTS_REGISTRY_ANALYSIS_ASKED_SITES_H_
