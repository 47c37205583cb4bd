// What every released answer keeps to: denominators, and what groups that are
// shown leave over of a total.

#ifndef ENTHESIS_TESTS_REGISTRY_DISCLOSURE_RELEASED_COUNTS_H_
#define ENTHESIS_TESTS_REGISTRY_DISCLOSURE_RELEASED_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "gtest/gtest.h"
#include "registry/analysis/result.h"

namespace enthesis::disclosure {

// A denominator that may be shown, or none.
inline void ExpectAllowed(const std::optional<int64_t>& n, int64_t k) {
  if (n.has_value()) {
    EXPECT_TRUE(*n == 0 || *n >= k) << *n;
  }
}

inline void Check(const analysis::ProportionEstimate& share, int64_t k) {
  ExpectAllowed(share.n, k);
  if (!share.n.has_value()) {
    EXPECT_FALSE(share.count || share.estimate || share.lower || share.upper);
    EXPECT_NE(share.absence, analysis::Absence::kNone);
  }
}

inline void Check(const analysis::MeanEstimate& mean, int64_t k) {
  ExpectAllowed(mean.n, k);
  if (!mean.n.has_value()) {
    EXPECT_FALSE(mean.mean || mean.std_dev || mean.lower || mean.upper);
    EXPECT_NE(mean.absence, analysis::Absence::kNone);
  }
}

// Those left out, where some reason has too few and they are withheld: they are
// a group then.
inline int64_t HiddenLeftOut(const analysis::Provenance& before, int64_t k) {
  int64_t hidden = 0;
  bool few = false;
  for (const analysis::Exclusion& exclusion : before.exclusions) {
    hidden += *exclusion.n;
    few = few || (*exclusion.n > 0 && *exclusion.n < k);
  }
  return few ? hidden : 0;
}

// What is withheld of groups that sum to a total: none, all, or at least two
// that hold k together, `left_out` among them. `size_of` gives the cases of a
// row before release, `shown` whether they are there after it.
template <typename Rows, typename SizeOf, typename Shown>
void CheckRemainder(const Rows& before, const Rows& after, SizeOf size_of,
                    Shown shown, int64_t k, int64_t left_out = 0) {
  int64_t hidden = left_out, groups = left_out > 0 ? 1 : 0, left = 0;
  for (size_t g = 0; g < before.size(); ++g) {
    const int64_t n = size_of(before[g]);
    if (n == 0) continue;
    if (!before[g].group.empty() &&
        before[g].group[0].dimension ==
            model::Dimension::kConcomitantProcedure) {
      return;
    }
    if (shown(after[g])) {
      ++left;
    } else {
      hidden += n;
      ++groups;
    }
  }
  EXPECT_TRUE(groups == 0 || left == 0 || (groups >= 2 && hidden >= k) ||
              hidden == left_out)
      << groups << " groups with " << hidden;
}

}  // namespace enthesis::disclosure

#endif  // ENTHESIS_TESTS_REGISTRY_DISCLOSURE_RELEASED_COUNTS_H_
