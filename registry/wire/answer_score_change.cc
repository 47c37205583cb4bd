// Scores by visit on the wire.

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillVisitScore(const analysis::VisitScore& visit, v1::VisitScore& wire) {
  wire.set_visit(NameOf(visit.visit));
  Fill(visit.score, *wire.mutable_score());
  if (visit.baseline.has_value()) {
    Fill(*visit.baseline, *wire.mutable_baseline());
  }
  if (visit.change.has_value()) Fill(*visit.change, *wire.mutable_change());
  if (visit.t_test.has_value()) Fill(*visit.t_test, *wire.mutable_t_test());
  if (visit.signed_rank.has_value()) {
    FillShift(*visit.signed_rank, *wire.mutable_signed_rank());
  }
  ENTHESIS_SET(wire, standardized_response_mean,
               visit.standardized_response_mean);
  ENTHESIS_SET(wire, hedges_g, visit.hedges_g);
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

}  // namespace

v1::EstimateScoreChangeResponse ToWire(
    const disclosure::Released<analysis::ScoreAnswer>& released) {
  v1::EstimateScoreChangeResponse wire;
  wire.set_measure(static_cast<v1::Measure>(released.answer().measure));
  for (const analysis::ScoreGroup& group : released.answer().groups) {
    v1::ScoreGroup& added = *wire.add_groups();
    Fill(group.group, *added.mutable_group());
    ENTHESIS_SET(added, n_cases, group.n_cases);
    for (const analysis::VisitScore& visit : group.visits) {
      FillVisitScore(visit, *added.add_visits());
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
