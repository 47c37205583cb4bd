#include "tests/registry/support/random_case.h"

#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "registry/model/dimension.h"
#include "registry/model/endpoint.h"
#include "registry/validation/validate.h"

namespace enthesis::tests {
namespace {

TEST(RandomCase, IsValid) {
  std::mt19937_64 random(20261122);
  for (int i = 0; i < 3000; ++i) {
    const model::Case record = RandomCase(random);
    const validation::Findings findings =
        validation::ValidateCase(record, 2026);
    for (const validation::Violation& violation : findings.violations) {
      ADD_FAILURE() << "case " << i << ": " << violation.path << ": "
                    << violation.message;
    }
    if (HasFailure()) return;
  }
}

// What no random case has, no test on random cases can find.
TEST(RandomCase, VariesWhereStatisticsLook) {
  std::mt19937_64 random(7);
  std::set<std::string> seen;
  for (int i = 0; i < 3000; ++i) {
    const model::Case record = RandomCase(random);
    for (int d = 2; d <= model::kDimensionCount; ++d) {
      const auto dimension = static_cast<model::Dimension>(d);
      seen.insert(absl::StrCat("dimension ", d, " ",
                               model::ValueOf(dimension, record) != 0));
    }
    for (int e = 1; e <= 9; ++e) {
      const model::EndpointTime time =
          model::TimeTo(record, static_cast<model::Endpoint>(e));
      seen.insert(absl::StrCat("exit ", e, " ", static_cast<int>(time.exit)));
      seen.insert(absl::StrCat("by visit ", e, " ", time.known_by_visit));
    }
  }
  for (const char* needed :
       {"dimension 6 0", "dimension 6 1", "dimension 16 0", "dimension 16 1",
        "exit 1 1", "exit 3 1", "exit 5 0", "exit 5 1", "exit 5 2", "exit 5 3",
        "exit 5 4", "by visit 5 0", "by visit 5 1", "by visit 9 1"}) {
    EXPECT_EQ(seen.count(needed), 1) << needed;
  }
}

}  // namespace
}  // namespace enthesis::tests
