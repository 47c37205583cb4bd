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

// Which visits are due for a case, by stored year of surgery, on the day of the
// last commit. A case that died leaves, with every visit.
//
// Windows end one after the other, so the sets of due visits are nested: there
// are at most one more than visits, and a case has the number of its set.
class DueVisits {
 public:
  static constexpr size_t kSets = model::kVisitCount + 1;

  explicit DueVisits(int32_t utc_day) {
    for (int32_t year = 1; year <= kYearCount; ++year) {
      unsigned bits = 0;
      size_t n = 0;
      for (int visit = 1; visit <= model::kVisitCount; ++visit) {
        if (model::VisitIsDue(static_cast<model::Visit>(visit),
                              year + kYearOffset, utc_day)) {
          bits |= 1U << (visit - 1);
          ++n;
        }
      }
      visits_[n] = bits;
      by_year_[static_cast<size_t>(year)] = static_cast<uint8_t>(n);
    }
  }

  uint8_t SetOf(uint8_t stored_year, uint8_t flags) const {
    return (flags & kDied) != 0 ? uint8_t{0} : by_year_[stored_year];
  }
  // Bits visit - 1.
  unsigned Visits(size_t set) const { return visits_[set]; }

 private:
  std::array<uint8_t, 256> by_year_{};  // 0, an unknown year, is never due
  std::array<unsigned, kSets> visits_{};
};

// One counter for each set of due visits and each set of completed ones: a case
// costs one increment for all visits.
inline constexpr size_t kVisitSets = size_t{1} << model::kVisitCount;
inline constexpr size_t kCompletenessCounters = DueVisits::kSets * kVisitSets;

// `due[i]` is the set of the i-th row of the block, `has[i]` bits by visit; the
// counters of a group are `per_group` after those of the one before.
inline void CountCompleteness(const RowBlock& block, const uint8_t* due,
                              const uint8_t* has, size_t per_group,
                              uint32_t* counts) {
  block.ForEach([=](size_t, uint32_t group, size_t i) {
    ++counts[group * per_group + due[i] * kVisitSets + has[i]];
  });
}

// The counts of one group; returns its cases.
inline int64_t ReadCompleteness(const uint32_t* counts, const DueVisits& due,
                                VisitCompleteness& visits) {
  int64_t n_cases = 0;
  visits = {};
  for (size_t set = 0; set < DueVisits::kSets; ++set) {
    for (size_t has = 0; has < kVisitSets; ++has) {
      const int64_t n = counts[set * kVisitSets + has];
      if (n == 0) continue;
      n_cases += n;
      for (size_t visit = 0; visit < visits.size(); ++visit) {
        if ((due.Visits(set) >> visit & 1U) == 0) continue;
        visits[visit].due += n;
        if ((has >> visit & 1U) != 0) visits[visit].completed += n;
      }
    }
  }
  return n_cases;
}

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_COMPLETENESS_H_
