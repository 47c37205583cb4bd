// Who is due for which visit: the surgery dates of the link file, which stay in
// the clinic, against the assessments that the registry holds.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CARE_DUE_VISITS_H_
#define ENTHESIS_CLIENT_CARE_DUE_VISITS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/care/site_cases.h"
#include "client/care/visit_state.h"
#include "client/link_file.h"
#include "client/time_text.h"

namespace enthesis::client {

// Of a visit that was not made.
enum class DueState {
  kUpcoming,  // its window is still to open
  kDue,       // in its window, up to the target day
  kOverdue,   // in its window, after the target day
  kMissed,    // its window is over
};
const char* NameOf(DueState state);

struct DueVisit {
  std::string record;  // the clinic's key
  model::Id case_id;
  model::Visit visit = model::Visit::kBaseline;
  DueState state = DueState::kDue;
  Date target, first, last;  // the window, both ends included
  int32_t days_late = 0;     // since the target day; negative before it
  // Day of an assessment in the window, which has no VISA-A total.
  std::optional<int32_t> seen_on_day;
};

struct DueQuestion {
  Date on;
  int32_t ahead = 0;       // also windows that open within so many days
  bool missed = false;     // also windows that are over
  VisitSet visits = 0xFE;  // which; all after surgery
};

struct DueReport {
  std::vector<DueVisit> visits;         // by target date, then by record
  std::vector<std::string> undated;     // active records without a surgery date
  std::vector<std::string> other_year;  // whose date contradicts the registry
  size_t n_active = 0;                  // records whose follow-up goes on
  size_t n_ended = 0;     // lost, declined or died: nobody is asked any more
  size_t n_unlinked = 0;  // cases of the site that the link file lacks
};

// A visit is made by a VISA-A total in its window, at 2 weeks by any
// assessment. Windows: registry/model/visits.h.
DueReport FindDueVisits(const Links& links, const SiteCases& held,
                        const DueQuestion& question);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CARE_DUE_VISITS_H_
