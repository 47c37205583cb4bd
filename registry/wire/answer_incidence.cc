// Cumulative incidence on the wire.

#include <vector>

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"
#include "registry/wire/incidence_wire.h"

namespace enthesis::wire {
namespace {

void FillIncidencePoints(
    const std::vector<analysis::IncidencePoint>& points,
    google::protobuf::RepeatedPtrField<v1::IncidencePoint>& wire) {
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

}  // namespace

void FillCauses(const std::vector<analysis::IncidenceCause>& causes,
                google::protobuf::RepeatedPtrField<v1::IncidenceCause>& wire) {
  for (const analysis::IncidenceCause& cause : causes) {
    v1::IncidenceCause& added = *wire.Add();
    added.set_cause(cause.cause);
    ENTHESIS_SET(added, events, cause.events);
    FillIncidencePoints(cause.at, *added.mutable_at());
    FillIncidencePoints(cause.points, *added.mutable_points());
  }
}

void FillGrayTests(const analysis::GrayTests& tests,
                   google::protobuf::RepeatedPtrField<v1::GrayTest>& wire) {
  for (const analysis::GrayTest& test : tests.causes) {
    v1::GrayTest& added = *wire.Add();
    added.set_cause(test.cause);
    added.set_name(test.name);
    ENTHESIS_SET(added, chi_square, test.chi_square);
    ENTHESIS_SET(added, df, test.df);
    ENTHESIS_SET(added, p_value, test.p_value);
    added.set_absence(ToWire(test.absence));
  }
}

v1::EstimateIncidenceResponse ToWire(
    const disclosure::Released<analysis::IncidenceAnswer>& released) {
  const analysis::IncidenceAnswer& answer = released.answer();
  v1::EstimateIncidenceResponse wire;
  for (const analysis::IncidenceCurve& curve : answer.curves) {
    v1::IncidenceCurve& added = *wire.add_curves();
    Fill(curve.group, *added.mutable_group());
    ENTHESIS_SET(added, n, curve.n);
    FillCauses(curve.causes, *added.mutable_causes());
    added.set_absence(ToWire(curve.absence));
  }
  FillGrayTests(answer.tests, *wire.mutable_tests());
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
