#include "registry/disclosure/withhold.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace enthesis::disclosure {
namespace {

using analysis::Absence;

// Points are in order of time and at risk never rises: the rest of a curve
// from the first point below the threshold on is withheld. Whether any was.
template <typename Point>
bool EndCurve(const Withholder& rule, std::vector<Point>& points) {
  const auto end = std::find_if(
      points.begin(), points.end(),
      [&](const Point& point) { return rule.TooSmall(point.at_risk); });
  const bool cut = end != points.end();
  points.erase(end, points.end());
  return cut;
}

// Days asked for: what is below the threshold is withheld. A day beyond the
// follow-up of a curve that was cut would tell where follow-up ended.
template <typename Point>
void WithholdDays(const Withholder& rule, bool cut,
                  std::vector<Point>& points) {
  for (Point& point : points) {
    const bool beyond = point.absence == Absence::kBeyondFollowUp;
    if (beyond ? !cut : !rule.TooSmall(point.at_risk)) continue;
    Point withheld;
    withheld.day = point.day;
    withheld.absence = Absence::kSuppressed;
    point = withheld;
  }
}

}  // namespace

void ClearInternal(analysis::TimeEstimate& time) {
  time.at_risk.reset();
  time.lower_at_risk.reset();
  time.upper_at_risk.reset();
}

void Withholder::Apply(analysis::ProportionEstimate& share) const {
  if (!TooSmall(share.n)) return;
  share = {};
  share.absence = Absence::kSuppressed;
}

void Withholder::Apply(analysis::MeanEstimate& mean) const {
  if (!TooSmall(mean.n)) return;
  mean = {};
  mean.absence = Absence::kSuppressed;
}

void Withholder::Apply(analysis::TimeEstimate& time) const {
  const auto withhold = [this](std::optional<double>& value,
                               const std::optional<int64_t>& at_risk) {
    if (!value.has_value() || !TooSmall(at_risk)) return false;
    value.reset();
    return true;
  };
  bool any = withhold(time.estimate, time.at_risk);
  any |= withhold(time.lower, time.lower_at_risk);
  any |= withhold(time.upper, time.upper_at_risk);
  if (any) time.absence = Absence::kSuppressed;
  ClearInternal(time);
}

// What is left out leaves the rest: both sides of an exclusion are cases.
void Withholder::Apply(analysis::Provenance& provenance) const {
  const int64_t n_cases = provenance.n_cases.value_or(0);
  for (analysis::Exclusion& exclusion : provenance.exclusions) {
    const int64_t n = exclusion.n.value_or(0);
    const int64_t rest = n_cases - n;
    if ((n != 0 && TooSmall(n)) || (rest != 0 && TooSmall(rest))) {
      exclusion.n.reset();
    }
  }
}

void Withholder::Apply(analysis::CohortGroup& group) const {
  if (TooSmall(group.n_cases)) {
    analysis::CohortGroup withheld;
    withheld.group = std::move(group.group);
    withheld.absence = Absence::kSuppressed;
    group = std::move(withheld);
    return;
  }
  const auto withhold = [&group](auto& figure) {
    figure.reset();
    group.absence = Absence::kSuppressed;
  };
  if (TooSmall(group.n_patients)) withhold(group.n_patients);
  if (group.n_athletes != 0 && TooSmall(group.n_athletes)) {
    withhold(group.n_athletes);
  }
  if (group.median_follow_up_days.has_value() &&
      TooSmall(group.follow_up_at_risk)) {
    withhold(group.median_follow_up_days);
  }
  group.follow_up_at_risk.reset();
  for (analysis::DimensionCounts& dimension : group.dimensions) {
    for (analysis::ValueCount& count : dimension.values) {
      if (!TooSmall(count.n)) continue;
      count.n.reset();
      count.absence = Absence::kSuppressed;
    }
  }
  for (analysis::VisitCompleteness& visit : group.visits) {
    if (!TooSmall(visit.due)) continue;
    analysis::VisitCompleteness withheld;
    withheld.visit = visit.visit;
    withheld.absence = Absence::kSuppressed;
    visit = withheld;
  }
}

void Withholder::Apply(analysis::SurvivalCurve& curve) const {
  if (TooSmall(curve.n)) {
    analysis::SurvivalCurve withheld;
    withheld.group = std::move(curve.group);
    withheld.median.absence = Absence::kSuppressed;
    withheld.absence = Absence::kSuppressed;
    curve = std::move(withheld);
    return;
  }
  const bool cut = EndCurve(*this, curve.points);
  WithholdDays(*this, cut, curve.at);
  Apply(curve.median);
}

void Withholder::Apply(analysis::CurveTest& test) const {
  int releasable = 0;
  for (analysis::TestGroup& group : test.groups) {
    if (!TooSmall(group.n)) {
      ++releasable;
      continue;
    }
    analysis::TestGroup withheld;
    withheld.group = std::move(group.group);
    withheld.absence = Absence::kSuppressed;
    group = std::move(withheld);
  }
  if (releasable >= 2) return;
  test.chi_square.reset();
  test.p_value.reset();
  test.df.reset();
  test.absence = Absence::kSuppressed;
}

void Withholder::Apply(analysis::IncidenceCause& cause) const {
  EndCurve(*this, cause.points);
}

void Withholder::Apply(analysis::ReturnCurve& curve) const {
  if (TooSmall(curve.n)) {
    analysis::ReturnCurve withheld;
    withheld.group = std::move(curve.group);
    withheld.median.absence = Absence::kSuppressed;
    withheld.known_by_visit.absence = Absence::kSuppressed;
    withheld.sustained.absence = Absence::kSuppressed;
    withheld.absence = Absence::kSuppressed;
    curve = std::move(withheld);
    return;
  }
  if (curve.not_athletes != 0 && TooSmall(curve.not_athletes)) {
    curve.not_athletes.reset();
    curve.absence = Absence::kSuppressed;
  }
  for (analysis::IncidenceCause& cause : curve.causes) {
    // At risk falls to 0 after the last time, so every curve ends below k.
    WithholdDays(*this, true, cause.at);
    Apply(cause);
  }
  Apply(curve.median);
  Apply(curve.known_by_visit);
  Apply(curve.sustained);
}

void Withholder::Apply(analysis::VisitScore& visit) const {
  Apply(visit.score);
  if (visit.baseline.has_value()) Apply(*visit.baseline);
  if (visit.change.has_value()) {
    if (TooSmall(visit.change->n)) visit.t_test.reset();
    Apply(*visit.change);
  }
  for (analysis::ResponderShare& responders : visit.responders) {
    Apply(responders.share);
  }
  if (visit.full_recovery.has_value()) Apply(*visit.full_recovery);
  Apply(visit.completeness);
  if (visit.ready.has_value()) Apply(*visit.ready);
}

void Withholder::Apply(analysis::ScoreGroup& group) const {
  if (TooSmall(group.n_cases)) {
    analysis::ScoreGroup withheld;
    withheld.group = std::move(group.group);
    withheld.absence = Absence::kSuppressed;
    group = std::move(withheld);
    return;
  }
  for (analysis::VisitScore& visit : group.visits) Apply(visit);
  for (analysis::VisitReadiness& visit : group.readiness) {
    Apply(visit.strength);
    Apply(visit.hop);
    Apply(visit.plyometric);
  }
}

}  // namespace enthesis::disclosure
