// Counts of visits that are due and of those that have what was asked for.
// Internal to the cohort.

#ifndef ENTHESIS_REGISTRY_COHORT_COMPLETENESS_H_
#define ENTHESIS_REGISTRY_COHORT_COMPLETENESS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "registry/cohort/columns.h"
#include "registry/cohort/row.h"
#include "registry/cohort/row_blocks.h"
#include "registry/cohort/tabulate.h"
#include "registry/model/visits.h"

namespace enthesis::cohort {

// Which visits are due for a case, a bit each, by stored year of surgery on the
// day of the last commit. A case that died leaves, with every visit.
class DueVisits {
 public:
  explicit DueVisits(int32_t utc_day) {
    for (int32_t year = 1; year <= kYearCount; ++year) {
      unsigned bits = 0;
      for (int visit = 1; visit <= model::kVisitCount; ++visit) {
        if (model::VisitIsDue(static_cast<model::Visit>(visit),
                              year + kYearOffset, utc_day)) {
          bits |= 1U << (visit - 1);
        }
      }
      by_year_[static_cast<size_t>(year)] = static_cast<uint8_t>(bits);
    }
  }

  uint8_t Of(uint8_t stored_year, uint8_t flags) const {
    return (flags & kDied) != 0 ? uint8_t{0} : by_year_[stored_year];
  }

 private:
  std::array<uint8_t, 256> by_year_{};  // 0, an unknown year, is never due
};

// Four codes (due, completed) by visit, in four banks so that equal neighbors
// do not wait for each other.
inline constexpr size_t kCompletenessBanks = 4;
inline constexpr size_t kCompletenessCounters =
    size_t{model::kVisitCount} * 4 * kCompletenessBanks;

// `due[i]` and `has[i]` are bits by visit of the i-th row of the block; the
// counters of a group are `per_group` after those of the one before.
inline void CountCompleteness(const RowBlock& block, const uint8_t* due,
                              const uint8_t* has, size_t per_group,
                              uint32_t* counts) {
  for (size_t visit = 0; visit < model::kVisitCount; ++visit) {
    block.ForEach([=](size_t, uint32_t group, size_t i) {
      const unsigned code = (due[i] >> visit & 1U) | (has[i] >> visit & 1U)
                                                         << 1;
      ++counts[group * per_group + (visit * 4 + code) * kCompletenessBanks +
               i % kCompletenessBanks];
    });
  }
}

// The counts of one group; returns its cases.
inline int64_t ReadCompleteness(const uint32_t* counts,
                                VisitCompleteness& visits) {
  int64_t n_cases = 0;
  for (size_t visit = 0; visit < model::kVisitCount; ++visit) {
    std::array<int64_t, 4> codes{};
    for (size_t code = 0; code < 4; ++code) {
      for (size_t bank = 0; bank < kCompletenessBanks; ++bank) {
        codes[code] += counts[(visit * 4 + code) * kCompletenessBanks + bank];
      }
    }
    visits[visit] = {codes[1] + codes[3], codes[3]};
    n_cases = codes[0] + codes[1] + codes[2] + codes[3];
  }
  return n_cases;
}

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_COMPLETENESS_H_
