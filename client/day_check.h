// Days that cannot be, whatever the rules of the registry say: it knows no
// dates. They are typing errors of the year mostly.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_DAY_CHECK_H_
#define ENTHESIS_CLIENT_DAY_CHECK_H_

#include <cstdint>
#include <string>

#include "client/case_csv.h"
#include "client/link_file.h"

namespace enthesis::client {

// What is wrong with a visit `day` days after `surgery`; empty: it has come.
std::string ProblemOfDay(int32_t day, const Date& surgery, const Date& today);

// Adds the faults of a surgery after `today`, a visit after it, and a visit
// before the surgery that is neither the baseline's nor one that the registry
// has already (it names its follow_up_id). Dates of surgery that the file does
// not have are those of `links`.
void CheckDays(const Links& links, const Date& today, CaseFile& file);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_DAY_CHECK_H_
