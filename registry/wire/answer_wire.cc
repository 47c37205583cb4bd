#include "registry/wire/answer_wire.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "registry/model/dimension.h"
#include "registry/model/visits.h"

namespace enthesis::wire {
namespace {

using google::protobuf::RepeatedPtrField;

// Sets an optional field when there is a value. Counts are 64 bits inside and
// 32 on the wire: a cohort of more than 2^31 cases is beyond the store.
#define ENTHESIS_SET(wire, field, value) \
  if ((value).has_value()) (wire).set_##field(Narrow(*(value)))

double Narrow(double value) { return value; }
int32_t Narrow(int32_t value) { return value; }
int32_t Narrow(int64_t value) {
  return static_cast<int32_t>(
      std::min<int64_t>(value, std::numeric_limits<int32_t>::max()));
}

v1::Absence ToWire(analysis::Absence absence) {
  return static_cast<v1::Absence>(absence);
}

std::string NameOf(model::Dimension dimension) {
  return std::string(model::CodeOf(model::kDimensionCodes, dimension));
}

const char* NameOf(model::Visit visit) {
  return model::kVisitWindows[static_cast<size_t>(visit) - 1].code;
}

void Fill(const analysis::Group& group,
          RepeatedPtrField<v1::GroupValue>& wire) {
  for (const analysis::GroupValue& value : group) {
    v1::GroupValue& added = *wire.Add();
    added.set_dimension(NameOf(value.dimension));
    added.set_value(value.value);
  }
}

void Fill(const model::Cohort& cohort, v1::Cohort& wire) {
  for (const model::DimensionFilter& filter : cohort.filters) {
    v1::DimensionFilter& added = *wire.add_filters();
    added.set_dimension(static_cast<v1::Dimension>(filter.dimension));
    for (const int32_t value : filter.values) {
      added.add_values(model::FormatValue(filter.dimension, value));
    }
    for (const std::string& site : filter.sites) added.add_values(site);
  }
}

void Fill(const analysis::Provenance& provenance,
          const disclosure::Policy& policy, v1::Provenance& wire) {
  wire.set_as_of(provenance.as_of);
  Fill(provenance.cohort, *wire.mutable_cohort());
  ENTHESIS_SET(wire, n_cases, provenance.n_cases);
  ENTHESIS_SET(wire, n_sites, provenance.n_sites);
  for (const analysis::Exclusion& exclusion : provenance.exclusions) {
    v1::Exclusion& added = *wire.add_exclusions();
    added.set_reason(exclusion.reason);
    ENTHESIS_SET(added, n, exclusion.n);
  }
  wire.set_estimand(provenance.estimand);
  for (const std::string& convention : provenance.conventions) {
    wire.add_conventions(convention);
  }
  wire.set_engine_version(std::string(EngineVersion()));
  ENTHESIS_SET(wire, disclosure_threshold, policy.threshold);
  wire.set_disclosure(policy.threshold.has_value() ? "on" : "off");
  wire.set_synthetic(provenance.synthetic);
  ENTHESIS_SET(wire, n_synthetic, provenance.n_synthetic);
}

void Fill(const analysis::TimeEstimate& estimate, v1::TimeEstimate& wire) {
  ENTHESIS_SET(wire, estimate, estimate.estimate);
  ENTHESIS_SET(wire, lower, estimate.lower);
  ENTHESIS_SET(wire, upper, estimate.upper);
  wire.set_absence(ToWire(estimate.absence));
}

void Fill(const analysis::ProportionEstimate& share,
          v1::ProportionEstimate& wire) {
  ENTHESIS_SET(wire, count, share.count);
  ENTHESIS_SET(wire, n, share.n);
  ENTHESIS_SET(wire, estimate, share.estimate);
  ENTHESIS_SET(wire, lower, share.lower);
  ENTHESIS_SET(wire, upper, share.upper);
  wire.set_absence(ToWire(share.absence));
}

void Fill(const analysis::MeanEstimate& mean, v1::MeanEstimate& wire) {
  ENTHESIS_SET(wire, n, mean.n);
  ENTHESIS_SET(wire, mean, mean.mean);
  ENTHESIS_SET(wire, std_dev, mean.std_dev);
  ENTHESIS_SET(wire, lower, mean.lower);
  ENTHESIS_SET(wire, upper, mean.upper);
  wire.set_absence(ToWire(mean.absence));
}

void Fill(const std::vector<analysis::SurvivalPoint>& points,
          RepeatedPtrField<v1::SurvivalPoint>& wire) {
  wire.Reserve(static_cast<int>(points.size()));
  for (const analysis::SurvivalPoint& point : points) {
    v1::SurvivalPoint& added = *wire.Add();
    ENTHESIS_SET(added, day, point.day);
    ENTHESIS_SET(added, at_risk, point.at_risk);
    ENTHESIS_SET(added, events, point.events);
    ENTHESIS_SET(added, censored, point.censored);
    ENTHESIS_SET(added, survival, point.survival);
    ENTHESIS_SET(added, std_error, point.std_error);
    ENTHESIS_SET(added, lower, point.lower);
    ENTHESIS_SET(added, upper, point.upper);
    ENTHESIS_SET(added, cumulative_hazard, point.cumulative_hazard);
    added.set_absence(ToWire(point.absence));
  }
}

void Fill(const std::vector<analysis::IncidencePoint>& points,
          RepeatedPtrField<v1::IncidencePoint>& wire) {
  wire.Reserve(static_cast<int>(points.size()));
  for (const analysis::IncidencePoint& point : points) {
    v1::IncidencePoint& added = *wire.Add();
    ENTHESIS_SET(added, day, point.day);
    ENTHESIS_SET(added, at_risk, point.at_risk);
    ENTHESIS_SET(added, events, point.events);
    ENTHESIS_SET(added, incidence, point.incidence);
    ENTHESIS_SET(added, std_error, point.std_error);
    ENTHESIS_SET(added, lower, point.lower);
    ENTHESIS_SET(added, upper, point.upper);
    added.set_absence(ToWire(point.absence));
  }
}

void Fill(const analysis::CurveTest& test, v1::CurveTest& wire) {
  wire.set_name(test.name);
  ENTHESIS_SET(wire, chi_square, test.chi_square);
  ENTHESIS_SET(wire, df, test.df);
  ENTHESIS_SET(wire, p_value, test.p_value);
  for (const analysis::TestGroup& group : test.groups) {
    v1::TestGroup& added = *wire.add_groups();
    Fill(group.group, *added.mutable_group());
    ENTHESIS_SET(added, n, group.n);
    ENTHESIS_SET(added, observed, group.observed);
    ENTHESIS_SET(added, expected, group.expected);
    added.set_absence(ToWire(group.absence));
  }
  wire.set_absence(ToWire(test.absence));
}

void Fill(const analysis::ReturnCurve& curve, v1::ReturnCurve& wire) {
  Fill(curve.group, *wire.mutable_group());
  ENTHESIS_SET(wire, n, curve.n);
  ENTHESIS_SET(wire, not_athletes, curve.not_athletes);
  for (const analysis::IncidenceCause& cause : curve.causes) {
    v1::IncidenceCause& added = *wire.add_causes();
    added.set_cause(cause.cause);
    ENTHESIS_SET(added, events, cause.events);
    Fill(cause.at, *added.mutable_at());
    Fill(cause.points, *added.mutable_points());
  }
  Fill(curve.median, *wire.mutable_median());
  Fill(curve.known_by_visit, *wire.mutable_known_by_visit());
  Fill(curve.sustained, *wire.mutable_sustained());
  wire.set_absence(ToWire(curve.absence));
}

void Fill(const analysis::VisitScore& visit, v1::VisitScore& wire) {
  wire.set_visit(NameOf(visit.visit));
  Fill(visit.score, *wire.mutable_score());
  if (visit.baseline.has_value()) {
    Fill(*visit.baseline, *wire.mutable_baseline());
  }
  if (visit.change.has_value()) Fill(*visit.change, *wire.mutable_change());
  if (visit.t_test.has_value()) {
    v1::TTest& test = *wire.mutable_t_test();
    ENTHESIS_SET(test, statistic, visit.t_test->statistic);
    ENTHESIS_SET(test, df, visit.t_test->df);
    ENTHESIS_SET(test, p_value, visit.t_test->p_value);
  }
  for (const analysis::ResponderShare& responders : visit.responders) {
    v1::ResponderShare& added = *wire.add_responders();
    ENTHESIS_SET(added, threshold, responders.threshold);
    Fill(responders.share, *added.mutable_share());
  }
  if (visit.full_recovery.has_value()) {
    Fill(*visit.full_recovery, *wire.mutable_full_recovery());
  }
  Fill(visit.completeness, *wire.mutable_completeness());
  if (visit.ready.has_value()) Fill(*visit.ready, *wire.mutable_ready());
}

void Fill(const analysis::CohortGroup& group, v1::CohortGroup& wire) {
  Fill(group.group, *wire.mutable_group());
  ENTHESIS_SET(wire, n_cases, group.n_cases);
  ENTHESIS_SET(wire, n_patients, group.n_patients);
  ENTHESIS_SET(wire, n_sites, group.n_sites);
  ENTHESIS_SET(wire, n_athletes, group.n_athletes);
  ENTHESIS_SET(wire, mean_age_years, group.mean_age_years);
  ENTHESIS_SET(wire, median_follow_up_days, group.median_follow_up_days);
  for (const analysis::DimensionCounts& counts : group.dimensions) {
    v1::DimensionCounts& added = *wire.add_dimensions();
    added.set_dimension(NameOf(counts.dimension));
    for (const analysis::ValueCount& count : counts.values) {
      v1::ValueCount& value = *added.add_values();
      value.set_value(count.value);
      ENTHESIS_SET(value, n, count.n);
      value.set_absence(ToWire(count.absence));
    }
  }
  for (const analysis::VisitCompleteness& visit : group.visits) {
    v1::VisitCompleteness& added = *wire.add_visits();
    added.set_visit(NameOf(visit.visit));
    ENTHESIS_SET(added, due, visit.due);
    ENTHESIS_SET(added, completed, visit.completed);
    ENTHESIS_SET(added, completeness, visit.completeness);
    added.set_absence(ToWire(visit.absence));
  }
  wire.set_absence(ToWire(group.absence));
}

}  // namespace

absl::string_view EngineVersion() { return ENTHESIS_VERSION; }

v1::DescribeCohortResponse ToWire(
    const disclosure::Released<analysis::DescribeAnswer>& released) {
  v1::DescribeCohortResponse wire;
  for (const analysis::CohortGroup& group : released.answer().groups) {
    Fill(group, *wire.add_groups());
  }
  Fill(released.answer().provenance, released.policy(),
       *wire.mutable_provenance());
  return wire;
}

v1::EstimateSurvivalResponse ToWire(
    const disclosure::Released<analysis::SurvivalAnswer>& released) {
  v1::EstimateSurvivalResponse wire;
  for (const analysis::SurvivalCurve& curve : released.answer().curves) {
    v1::SurvivalCurve& added = *wire.add_curves();
    Fill(curve.group, *added.mutable_group());
    ENTHESIS_SET(added, n, curve.n);
    ENTHESIS_SET(added, events, curve.events);
    Fill(curve.median, *added.mutable_median());
    Fill(curve.at, *added.mutable_at());
    Fill(curve.points, *added.mutable_points());
    added.set_absence(ToWire(curve.absence));
  }
  if (released.answer().test.has_value()) {
    Fill(*released.answer().test, *wire.mutable_test());
  }
  Fill(released.answer().provenance, released.policy(),
       *wire.mutable_provenance());
  return wire;
}

v1::EstimateReturnToPlayResponse ToWire(
    const disclosure::Released<analysis::ReturnAnswer>& released) {
  v1::EstimateReturnToPlayResponse wire;
  wire.set_stage(static_cast<v1::ReturnStage>(released.answer().stage));
  for (const analysis::ReturnCurve& curve : released.answer().curves) {
    Fill(curve, *wire.add_curves());
  }
  Fill(released.answer().provenance, released.policy(),
       *wire.mutable_provenance());
  return wire;
}

v1::EstimateScoreChangeResponse ToWire(
    const disclosure::Released<analysis::ScoreAnswer>& released) {
  v1::EstimateScoreChangeResponse wire;
  wire.set_measure(static_cast<v1::Measure>(released.answer().measure));
  for (const analysis::ScoreGroup& group : released.answer().groups) {
    v1::ScoreGroup& added = *wire.add_groups();
    Fill(group.group, *added.mutable_group());
    ENTHESIS_SET(added, n_cases, group.n_cases);
    for (const analysis::VisitScore& visit : group.visits) {
      Fill(visit, *added.add_visits());
    }
    for (const analysis::VisitReadiness& visit : group.readiness) {
      v1::VisitReadiness& ready = *added.add_readiness();
      ready.set_visit(NameOf(visit.visit));
      Fill(visit.strength, *ready.mutable_strength());
      Fill(visit.hop, *ready.mutable_hop());
      Fill(visit.plyometric, *ready.mutable_plyometric());
    }
    added.set_absence(ToWire(group.absence));
  }
  Fill(released.answer().provenance, released.policy(),
       *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
