// A description of a cohort on the wire.

#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillCohortGroup(const analysis::CohortGroup& group,
                     v1::CohortGroup& wire) {
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
  for (const analysis::BaselineNumber& number : group.numbers) {
    v1::BaselineNumber& added = *wire.add_numbers();
    added.set_name(number.name);
    ENTHESIS_SET(added, n, number.n);
    ENTHESIS_SET(added, missing, number.missing);
    ENTHESIS_SET(added, mean, number.mean);
    ENTHESIS_SET(added, std_dev, number.std_dev);
    ENTHESIS_SET(added, median, number.median);
    ENTHESIS_SET(added, q1, number.q1);
    ENTHESIS_SET(added, q3, number.q3);
    added.set_absence(ToWire(number.absence));
    added.set_quantiles_absence(ToWire(number.quantiles_absence));
  }
  wire.set_absence(ToWire(group.absence));
}

}  // namespace

v1::DescribeCohortResponse ToWire(
    const disclosure::Released<analysis::DescribeAnswer>& released) {
  v1::DescribeCohortResponse wire;
  for (const analysis::CohortGroup& group : released.answer().groups) {
    FillCohortGroup(group, *wire.add_groups());
  }
  for (const analysis::StandardizedDifference& difference :
       released.answer().differences) {
    v1::StandardizedDifference& added = *wire.add_differences();
    added.set_name(difference.name);
    ENTHESIS_SET(added, estimate, difference.estimate);
    added.set_absence(ToWire(difference.absence));
  }
  Fill(released.answer().provenance, released.policy(),
       *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
