// Survival curves on the wire.

#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillSurvivalPoints(
    const std::vector<analysis::SurvivalPoint>& points,
    google::protobuf::RepeatedPtrField<v1::SurvivalPoint>& wire) {
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

void FillCurveTest(const analysis::CurveTest& test, v1::CurveTest& wire) {
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

}  // namespace

v1::EstimateSurvivalResponse ToWire(
    const disclosure::Released<analysis::SurvivalAnswer>& released) {
  v1::EstimateSurvivalResponse wire;
  for (const analysis::SurvivalCurve& curve : released.answer().curves) {
    v1::SurvivalCurve& added = *wire.add_curves();
    Fill(curve.group, *added.mutable_group());
    ENTHESIS_SET(added, n, curve.n);
    ENTHESIS_SET(added, events, curve.events);
    Fill(curve.median, *added.mutable_median());
    FillSurvivalPoints(curve.at, *added.mutable_at());
    FillSurvivalPoints(curve.points, *added.mutable_points());
    added.set_absence(ToWire(curve.absence));
  }
  if (released.answer().test.has_value()) {
    FillCurveTest(*released.answer().test, *wire.mutable_test());
  }
  Fill(released.answer().provenance, released.policy(),
       *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
