// The cohort the slow way: one case at a time, by the words of the model. An
// oracle for columns, selection and tabulation.

#ifndef ENTHESIS_TESTS_REGISTRY_SUPPORT_NAIVE_COHORT_H_
#define ENTHESIS_TESTS_REGISTRY_SUPPORT_NAIVE_COHORT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry/cohort/snapshot.h"
#include "registry/model/case.h"
#include "registry/model/endpoint.h"
#include "registry/model/measure.h"
#include "registry/model/question.h"
#include "registry/model/visits.h"
#include "stats/event_table.h"

namespace enthesis::tests {

using Cases = std::vector<model::Case>;

// A snapshot of the cases, put in that order.
std::shared_ptr<const cohort::Snapshot> SnapshotOf(const Cases& cases,
                                                   int32_t utc_day = 19'000);

bool IsSelected(const model::Cohort& cohort, const model::Case& record);

// Labels of the groups that the case belongs to; "" without a dimension.
std::vector<std::string> GroupsOf(std::optional<model::Dimension> dimension,
                                  const model::Case& record);

// The selected cases by group, in the documented order, empty groups left out.
std::vector<std::pair<std::string, Cases>> GroupCases(
    const Cases& cases, const model::Cohort& cohort,
    std::optional<model::Dimension> dimension);

// Times to the endpoint of those in its risk set; competing events censor.
stats::EventTable EventsOf(const Cases& cases, model::Endpoint endpoint);

// The value of the measure at the visit.
std::optional<int32_t> ScoreAt(const model::Case& record,
                               model::Measure measure, model::Visit visit);

}  // namespace enthesis::tests

#endif  // ENTHESIS_TESTS_REGISTRY_SUPPORT_NAIVE_COHORT_H_
