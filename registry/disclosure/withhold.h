// The rule on one figure: withheld when its denominator is below the threshold,
// or when it would tell one that is. A denominator of 0 is no one and may be
// shown.

#ifndef ENTHESIS_REGISTRY_DISCLOSURE_WITHHOLD_H_
#define ENTHESIS_REGISTRY_DISCLOSURE_WITHHOLD_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry/analysis/result.h"
#include "registry/model/small_groups.h"

namespace enthesis::disclosure {

// Whether `n` cases are some but too few.
bool TooFew(std::optional<int64_t> n, int threshold);

void WithholdCount(std::optional<int64_t>& n, int threshold);
void Withhold(analysis::ProportionEstimate& figure, int threshold);
void Withhold(analysis::MeanEstimate& figure, int threshold);
// Whatever its denominator.
void Withhold(analysis::ProportionEstimate& figure);
void Withhold(analysis::MeanEstimate& figure);

// The cases of a cohort: those of the groups of an answer and those left out of
// them, before any number of them is withheld.
struct CohortParts {
  std::vector<int64_t> left_out;  // by reason
  int64_t in_groups = 0;          // all others
};
CohortParts PartsOf(const analysis::Provenance& provenance);

// Whether a case may be in several of the groups, which then do not sum to all,
// and which of them holds the cases in no other; of groups by two dimensions,
// which of them sum to the total of a line.
struct GroupOverlap {
  bool any = false;
  std::optional<size_t> none;

  // Sees the group of the next row.
  void See(const analysis::Group& group);
  model::GroupLines Lines() const;

 private:
  size_t n_seen_ = 0;
  // By the place of the dimension and its value.
  std::map<std::pair<size_t, std::string>, std::vector<size_t>> lines_;
};

// Marks in `withheld` what may not be shown of a figure on `sizes` cases of
// each group, besides what is marked.
void MarkSmall(const std::vector<int64_t>& sizes, const GroupOverlap& overlap,
               int threshold, std::vector<bool>& withheld);
// Of the groups themselves, which with those left out are all of a cohort.
void MarkSmall(const std::vector<int64_t>& sizes, const GroupOverlap& overlap,
               const CohortParts& parts, int threshold,
               std::vector<bool>& withheld);

// Which of `rows`, the groups of an answer, may not be shown; `size_of` gives
// the cases behind a row.
template <typename Rows, typename SizeOf>
std::vector<bool> SmallRows(const Rows& rows, const CohortParts& parts,
                            SizeOf size_of, int threshold) {
  std::vector<int64_t> sizes;
  GroupOverlap overlap;
  for (const auto& row : rows) {
    const std::optional<int64_t> size = size_of(row);
    sizes.push_back(size.value_or(0));
    overlap.See(row.group);
  }
  std::vector<bool> withheld(sizes.size());
  MarkSmall(sizes, overlap, parts, threshold, withheld);
  return withheld;
}

// Says why groups are withheld with those left out, where they are.
void ExplainLeftOut(const CohortParts& parts, int threshold,
                    analysis::Provenance& provenance);

// For answers with a withheld group: what is left out would tell its size.
void WithholdExclusions(analysis::Provenance& provenance);
template <typename Rows>
void WithholdExclusions(analysis::Provenance& provenance, const Rows& groups) {
  for (const auto& group : groups) {
    if (!group.n.has_value()) return WithholdExclusions(provenance);
  }
}

// Each of `rows`, the groups of an answer: what may not be shown is suppressed,
// the others are released by their own rules.
template <typename Rows, typename SizeOf, typename Suppress, typename Release>
void ReleaseRows(Rows& rows, const CohortParts& parts, SizeOf size_of,
                 int threshold, Suppress suppress, Release release) {
  const std::vector<bool> withheld = SmallRows(rows, parts, size_of, threshold);
  for (size_t g = 0; g < withheld.size(); ++g) {
    if (withheld[g]) {
      suppress(rows[g]);
    } else {
      release(rows[g]);
    }
  }
}

// A point in time is known only where enough cases are at risk: `cut` is the
// first day with too few. An estimate at or after it was not reached while
// enough were at risk, and its row says just that; limits after it go.
void WithholdFrom(std::optional<int32_t> cut, analysis::TimeEstimate& time);

}  // namespace enthesis::disclosure

#endif  // ENTHESIS_REGISTRY_DISCLOSURE_WITHHOLD_H_
