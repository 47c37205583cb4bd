// Which cases of a site a list shows, and what it says of each.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CARE_CASE_SELECTION_H_
#define ENTHESIS_CLIENT_CARE_CASE_SELECTION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/care/visit_state.h"
#include "registry/model/case.h"

namespace enthesis::client {

// Every condition that is given must hold.
struct CaseSelection {
  std::set<model::Procedure> procedures;  // primary; empty: any
  std::set<model::CaseStatus> statuses;   // empty: any
  std::optional<int32_t> first_year, last_year;
  // Cases that miss one of these: due and not made. 0: any case.
  VisitSet missing = 0;
  bool duplicates = false;  // only possible duplicates

  bool Matches(const model::Case& record, int32_t utc_day) const;
};

// Visits that count on `utc_day` and were not made.
VisitSet MissingVisits(const model::Case& record, int32_t utc_day);

// A case like another one, and the rule that says so.
struct PossibleDuplicate {
  model::Id other;
  bool same_baseline = false;  // registry/model/duplicates.h
  bool same_place = false;

  bool operator==(const PossibleDuplicate&) const = default;
};
// "baseline and procedure", "year and rank", or both.
std::string RuleOf(const PossibleDuplicate& duplicate);

// Cases that may be one operation entered twice, each with the others like it,
// of other patients, as the registry warns of on entry. Both limbs of one
// person are none.
std::map<model::Id, std::vector<PossibleDuplicate>> PossibleDuplicates(
    const std::vector<model::Case>& cases);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CARE_CASE_SELECTION_H_
