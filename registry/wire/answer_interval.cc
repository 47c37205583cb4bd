// Interval-censored time to an endpoint on the wire.

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillIntervalCurve(const analysis::IntervalCurve& curve,
                       v1::IntervalCurve& wire) {
  Fill(curve.group, *wire.mutable_group());
  ENTHESIS_SET(wire, n, curve.n);
  ENTHESIS_SET(wire, exact, curve.exact);
  ENTHESIS_SET(wire, known_by_visit, curve.known_by_visit);
  ENTHESIS_SET(wire, right_censored, curve.right_censored);
  ENTHESIS_SET(wire, median_left_day, curve.median_left_day);
  ENTHESIS_SET(wire, median_right_day, curve.median_right_day);
  wire.set_median_absence(ToWire(curve.median_absence));
  for (const analysis::CensoredInterval& interval : curve.intervals) {
    v1::CensoredInterval& added = *wire.add_intervals();
    ENTHESIS_SET(added, left_day, interval.left_day);
    ENTHESIS_SET(added, right_day, interval.right_day);
    ENTHESIS_SET(added, mass, interval.mass);
  }
  for (const analysis::SurvivalBounds& bounds : curve.at) {
    v1::SurvivalBounds& added = *wire.add_at();
    ENTHESIS_SET(added, day, bounds.day);
    ENTHESIS_SET(added, lower, bounds.lower);
    ENTHESIS_SET(added, upper, bounds.upper);
    added.set_absence(ToWire(bounds.absence));
  }
  ENTHESIS_SET(wire, log_likelihood, curve.log_likelihood);
  ENTHESIS_SET(wire, max_violation, curve.max_violation);
  wire.set_absence(ToWire(curve.absence));
}

void FillIntervalTest(const analysis::IntervalTest& test,
                      v1::IntervalTest& wire) {
  wire.set_name(test.name);
  ENTHESIS_SET(wire, chi_square, test.chi_square);
  ENTHESIS_SET(wire, df, test.df);
  ENTHESIS_SET(wire, p_value, test.p_value);
  for (const analysis::IntervalTestGroup& group : test.groups) {
    v1::IntervalTestGroup& added = *wire.add_groups();
    Fill(group.group, *added.mutable_group());
    ENTHESIS_SET(added, n, group.n);
    ENTHESIS_SET(added, score, group.score);
  }
  wire.set_absence(ToWire(test.absence));
}

}  // namespace

v1::EstimateIntervalCensoredResponse ToWire(
    const disclosure::Released<analysis::IntervalAnswer>& released) {
  v1::EstimateIntervalCensoredResponse wire;
  wire.set_endpoint(static_cast<v1::Endpoint>(released.answer().endpoint));
  for (const analysis::IntervalCurve& curve : released.answer().curves) {
    FillIntervalCurve(curve, *wire.add_curves());
  }
  if (released.answer().test.has_value()) {
    FillIntervalTest(*released.answer().test, *wire.mutable_test());
  }
  Fill(released.answer().provenance, released.policy(),
       *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
