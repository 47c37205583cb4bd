// A score between groups on the wire.

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillTwoSample(const analysis::TwoSampleTest& test,
                   v1::TwoSampleTest& wire) {
  ENTHESIS_SET(wire, difference, test.difference);
  ENTHESIS_SET(wire, std_error, test.std_error);
  ENTHESIS_SET(wire, lower, test.lower);
  ENTHESIS_SET(wire, upper, test.upper);
  ENTHESIS_SET(wire, statistic, test.statistic);
  ENTHESIS_SET(wire, df, test.df);
  ENTHESIS_SET(wire, p_value, test.p_value);
}

void FillKruskalWallis(const analysis::KruskalWallisTest& test,
                       v1::KruskalWallisTest& wire) {
  ENTHESIS_SET(wire, statistic, test.statistic);
  ENTHESIS_SET(wire, df, test.df);
  ENTHESIS_SET(wire, p_value, test.p_value);
  ENTHESIS_SET(wire, epsilon_squared, test.epsilon_squared);
}

void FillComparedPair(const analysis::ComparedPair& pair,
                      v1::ComparedPair& wire) {
  Fill(pair.first, *wire.mutable_first());
  Fill(pair.second, *wire.mutable_second());
  FillTwoSample(pair.welch, *wire.mutable_welch());
  FillTwoSample(pair.pooled, *wire.mutable_pooled());
  FillShift(pair.mann_whitney, *wire.mutable_mann_whitney());
  ENTHESIS_SET(wire, welch_p_holm, pair.welch_p_holm);
  ENTHESIS_SET(wire, mann_whitney_p_holm, pair.mann_whitney_p_holm);
}

}  // namespace

v1::CompareGroupsResponse ToWire(
    const disclosure::Released<analysis::CompareAnswer>& released) {
  const analysis::CompareAnswer& answer = released.answer();
  v1::CompareGroupsResponse wire;
  wire.set_measure(static_cast<v1::Measure>(answer.measure));
  wire.set_visit(NameOf(answer.visit));
  wire.set_change(answer.change);
  for (const analysis::ComparedGroup& group : answer.groups) {
    v1::ComparedGroup& added = *wire.add_groups();
    Fill(group.group, *added.mutable_group());
    Fill(group.value, *added.mutable_value());
    ENTHESIS_SET(added, median, group.median);
    ENTHESIS_SET(added, q1, group.q1);
    ENTHESIS_SET(added, q3, group.q3);
    added.set_quantiles_absence(ToWire(group.quantiles_absence));
  }
  ENTHESIS_SET(wire, groups_compared, answer.groups_compared);
  if (answer.anova.has_value()) Fill(*answer.anova, *wire.mutable_anova());
  if (answer.welch_anova.has_value()) {
    Fill(*answer.welch_anova, *wire.mutable_welch_anova());
  }
  if (answer.kruskal_wallis.has_value()) {
    FillKruskalWallis(*answer.kruskal_wallis, *wire.mutable_kruskal_wallis());
  }
  for (const analysis::ComparedPair& pair : answer.pairs) {
    FillComparedPair(pair, *wire.add_pairs());
  }
  wire.set_tests_absence(ToWire(answer.tests_absence));
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
