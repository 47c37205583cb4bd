// Return to play on the wire.

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"
#include "registry/wire/incidence_wire.h"

namespace enthesis::wire {
namespace {

void FillReturnCurve(const analysis::ReturnCurve& curve,
                     v1::ReturnCurve& wire) {
  Fill(curve.group, *wire.mutable_group());
  ENTHESIS_SET(wire, n, curve.n);
  ENTHESIS_SET(wire, not_athletes, curve.not_athletes);
  FillCauses(curve.causes, *wire.mutable_causes());
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
  FillGrayTests(released.answer().tests, *wire.mutable_tests());
  Fill(released.answer().provenance, released.policy(),
       *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
