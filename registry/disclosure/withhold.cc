#include "registry/disclosure/withhold.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "registry/model/dimension.h"

namespace enthesis::disclosure {

using analysis::Absence;

bool TooFew(std::optional<int64_t> n, int threshold) {
  return n.has_value() && model::IsSmall(*n, threshold);
}

void WithholdCount(std::optional<int64_t>& n, int threshold) {
  if (TooFew(n, threshold)) n.reset();
}

void Withhold(analysis::ProportionEstimate& figure) {
  figure = {};
  figure.absence = Absence::kSuppressed;
}

void Withhold(analysis::MeanEstimate& figure) {
  figure = {};
  figure.absence = Absence::kSuppressed;
}

void Withhold(analysis::ProportionEstimate& figure, int threshold) {
  if (TooFew(figure.n, threshold)) Withhold(figure);
}

void Withhold(analysis::MeanEstimate& figure, int threshold) {
  if (TooFew(figure.n, threshold)) Withhold(figure);
}

void GroupOverlap::See(const analysis::Group& group) {
  for (const analysis::GroupValue& value : group) {
    if (value.dimension != model::Dimension::kConcomitantProcedure) continue;
    any = true;
    if (value.value == model::FormatValue(value.dimension, 0)) none = n_seen_;
  }
  for (size_t place = 0; group.size() > 1 && place < group.size(); ++place) {
    lines_[{place, group[place].value}].push_back(n_seen_);
  }
  ++n_seen_;
}

model::GroupLines GroupOverlap::Lines() const {
  model::GroupLines lines;
  for (const auto& [of, line] : lines_) lines.push_back(line);
  return lines;
}

CohortParts PartsOf(const analysis::Provenance& provenance) {
  CohortParts parts;
  parts.left_out = analysis::LeftOut(provenance);
  parts.in_groups =
      provenance.n_cases.value_or(0) -
      std::accumulate(parts.left_out.begin(), parts.left_out.end(), int64_t{0});
  return parts;
}

void MarkSmall(const std::vector<int64_t>& sizes, const GroupOverlap& overlap,
               int threshold, std::vector<bool>& withheld) {
  if (!overlap.any) {
    model::MarkSmallGroups(sizes, overlap.Lines(), {}, threshold, withheld);
    return;
  }
  model::MarkOverlappingGroups(sizes, overlap.none, std::nullopt, threshold,
                               withheld);
}

void MarkSmall(const std::vector<int64_t>& sizes, const GroupOverlap& overlap,
               const CohortParts& parts, int threshold,
               std::vector<bool>& withheld) {
  if (!overlap.any) {
    model::MarkSmallGroups(sizes, overlap.Lines(), parts.left_out, threshold,
                           withheld);
    return;
  }
  model::MarkOverlappingGroups(sizes, overlap.none, parts.in_groups, threshold,
                               withheld);
  // With those in a group and those in none, the rest would be who is left out.
  const std::vector<bool> reasons =
      model::SmallLeftOut(parts.left_out, threshold);
  if (overlap.none.has_value() &&
      std::find(reasons.begin(), reasons.end(), true) != reasons.end()) {
    withheld[*overlap.none] = true;
  }
}

void ExplainLeftOut(const CohortParts& parts, int threshold,
                    analysis::Provenance& provenance) {
  std::vector<bool> all(1);
  model::MarkSmallGroups({std::numeric_limits<int64_t>::max() / 2},
                         parts.left_out, threshold, all);
  if (!all[0]) return;
  provenance.conventions.push_back(
      "withheld: too few cases are left out, and the others with the cohort "
      "would tell how many, so a group of them is withheld, too; ask of a "
      "cohort that none or more are left out of");
}

void WithholdExclusions(analysis::Provenance& provenance) {
  for (analysis::Exclusion& exclusion : provenance.exclusions) {
    exclusion.n.reset();
  }
}

void WithholdFrom(std::optional<int32_t> cut, analysis::TimeEstimate& time) {
  if (!cut.has_value()) return;
  if (!time.estimate.has_value() || *time.estimate >= *cut) {
    // The same answer for both, so that it tells nothing about later days.
    time = {};
    time.absence = Absence::kNotReached;
    return;
  }
  if (time.lower.has_value() && *time.lower >= *cut) time.lower.reset();
  if (time.upper.has_value() && *time.upper >= *cut) time.upper.reset();
}

}  // namespace enthesis::disclosure
