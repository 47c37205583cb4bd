// Return to play on the wire.

#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

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

void FillReturnCurve(const analysis::ReturnCurve& curve,
                     v1::ReturnCurve& wire) {
  Fill(curve.group, *wire.mutable_group());
  ENTHESIS_SET(wire, n, curve.n);
  ENTHESIS_SET(wire, not_athletes, curve.not_athletes);
  for (const analysis::IncidenceCause& cause : curve.causes) {
    v1::IncidenceCause& added = *wire.add_causes();
    added.set_cause(cause.cause);
    ENTHESIS_SET(added, events, cause.events);
    FillIncidencePoints(cause.at, *added.mutable_at());
    FillIncidencePoints(cause.points, *added.mutable_points());
  }
  Fill(curve.median, *wire.mutable_median());
  Fill(curve.known_by_visit, *wire.mutable_known_by_visit());
  Fill(curve.sustained, *wire.mutable_sustained());
  wire.set_absence(ToWire(curve.absence));
}

}  // namespace

v1::EstimateReturnToPlayResponse ToWire(
    const disclosure::Released<analysis::ReturnAnswer>& released) {
  v1::EstimateReturnToPlayResponse wire;
  wire.set_stage(static_cast<v1::ReturnStage>(released.answer().stage));
  for (const analysis::ReturnCurve& curve : released.answer().curves) {
    FillReturnCurve(curve, *wire.add_curves());
  }
  Fill(released.answer().provenance, released.policy(),
       *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
