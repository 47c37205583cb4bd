#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::ScoreGroup;
using analysis::VisitReadiness;
using analysis::VisitScore;

// What the groups have at one visit.
template <typename Row>
struct VisitRows {
  std::vector<Row*> rows;
  std::vector<bool> withheld;  // with their groups
  GroupOverlap overlap;
};

// Rows of the groups by visit.
template <typename Row>
std::map<model::Visit, VisitRows<Row>> RowsByVisit(
    std::vector<ScoreGroup>& groups, const std::vector<bool>& withheld,
    std::vector<Row> ScoreGroup::*rows) {
  std::map<model::Visit, VisitRows<Row>> visits;
  for (size_t g = 0; g < groups.size(); ++g) {
    for (Row& row : groups[g].*rows) {
      VisitRows<Row>& at = visits[row.visit];
      at.rows.push_back(&row);
      at.withheld.push_back(withheld[g]);
      at.overlap.See(groups[g].group);
    }
  }
  return visits;
}

// Withholds one figure of each group where its denominator is too small or
// would tell one that is; returns where. `figure_of` gives null for no figure.
template <typename Row, typename FigureOf>
std::vector<bool> WithholdAcross(const VisitRows<Row>& at, FigureOf figure_of,
                                 int threshold) {
  std::vector<int64_t> sizes;
  for (Row* row : at.rows) {
    const auto* figure = figure_of(*row);
    sizes.push_back(figure == nullptr ? 0 : figure->n.value_or(0));
  }
  std::vector<bool> withheld = at.withheld;
  MarkSmall(sizes, at.overlap, threshold, withheld);
  for (size_t i = 0; i < sizes.size(); ++i) {
    auto* figure = figure_of(*at.rows[i]);
    if (withheld[i] && figure != nullptr) Withhold(*figure);
  }
  return withheld;
}

template <typename Figure>
Figure* PointerTo(std::optional<Figure>& figure) {
  return figure.has_value() ? &*figure : nullptr;
}

void ReleaseTests(analysis::VisitScore& visit, bool withheld, int64_t n,
                  int threshold) {
  if (withheld || n < threshold) {
    visit.t_test.reset();
    visit.signed_rank.reset();
    visit.standardized_response_mean.reset();
    visit.hedges_g.reset();
  } else if (visit.signed_rank.has_value() && n < int64_t{2} * threshold) {
    // A median of changes is a case's own, or halfway between two.
    visit.signed_rank->shift.reset();
    visit.signed_rank->shift_lower.reset();
    visit.signed_rank->shift_upper.reset();
  }
}

void ReleaseChanges(const VisitRows<VisitScore>& at, int threshold) {
  std::vector<int64_t> paired;
  for (const VisitScore* row : at.rows) {
    paired.push_back(row->change.has_value() ? row->change->n.value_or(0) : 0);
  }
  const std::vector<bool> withheld = WithholdAcross(
      at, [](VisitScore& row) { return PointerTo(row.change); }, threshold);
  for (size_t i = 0; i < at.rows.size(); ++i) {
    if (at.rows[i]->change.has_value()) {
      ReleaseTests(*at.rows[i], withheld[i], paired[i], threshold);
    }
  }
}

void ReleaseResponders(const VisitRows<VisitScore>& at, int threshold) {
  size_t n_thresholds = 0;
  for (const VisitScore* row : at.rows) {
    n_thresholds = std::max(n_thresholds, row->responders.size());
  }
  for (size_t t = 0; t < n_thresholds; ++t) {
    const auto share_of = [t](VisitScore& row) {
      return t < row.responders.size() ? &row.responders[t].share : nullptr;
    };
    WithholdAcross(at, share_of, threshold);
  }
}

void ReleaseVisit(const VisitRows<VisitScore>& at, int threshold) {
  const std::vector<bool> few_scores = WithholdAcross(
      at, [](VisitScore& row) { return &row.score; }, threshold);
  // Completeness would give a withheld number of scores away.
  for (size_t i = 0; i < at.rows.size(); ++i) {
    if (few_scores[i]) Withhold(at.rows[i]->completeness);
  }
  WithholdAcross(
      at, [](VisitScore& row) { return &row.completeness; }, threshold);
  WithholdAcross(
      at, [](VisitScore& row) { return PointerTo(row.baseline); }, threshold);
  ReleaseChanges(at, threshold);
  ReleaseResponders(at, threshold);
  WithholdAcross(
      at, [](VisitScore& row) { return PointerTo(row.full_recovery); },
      threshold);
  WithholdAcross(
      at, [](VisitScore& row) { return PointerTo(row.ready); }, threshold);
}

void ReleaseReadiness(const VisitRows<VisitReadiness>& at, int threshold) {
  for (const auto figure : {&VisitReadiness::strength, &VisitReadiness::hop,
                            &VisitReadiness::plyometric}) {
    WithholdAcross(
        at, [figure](VisitReadiness& row) { return &(row.*figure); },
        threshold);
  }
}

void ReleaseGroups(std::vector<ScoreGroup>& groups, int64_t n_cases,
                   int threshold) {
  const std::vector<bool> withheld = SmallRows(
      groups, {{}, n_cases},
      [](const ScoreGroup& group) { return group.n_cases; }, threshold);
  for (const auto& [visit, rows] :
       RowsByVisit(groups, withheld, &ScoreGroup::visits)) {
    ReleaseVisit(rows, threshold);
  }
  for (const auto& [visit, rows] :
       RowsByVisit(groups, withheld, &ScoreGroup::readiness)) {
    ReleaseReadiness(rows, threshold);
  }
  for (size_t g = 0; g < groups.size(); ++g) {
    if (!withheld[g]) continue;
    groups[g].n_cases.reset();
    groups[g].visits.clear();
    groups[g].readiness.clear();
    groups[g].absence = Absence::kSuppressed;
  }
}

}  // namespace

absl::StatusOr<Released<analysis::ScoreAnswer>> Release(
    analysis::ScoreAnswer answer, const Policy& policy) {
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    ReleaseGroups(answer.groups, *answer.provenance.n_cases, *policy.threshold);
  }
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
