// operation_sequence from surgery dates: the order of operations within the
// site, so that the dates themselves stay in the clinic.

#ifndef ENTHESIS_CLIENT_OPERATION_SEQUENCE_H_
#define ENTHESIS_CLIENT_OPERATION_SEQUENCE_H_

#include <cstddef>

#include "client/link_file.h"

namespace enthesis::client {

// Gives a number to every record that has a surgery date and none yet: in
// order of date, ties by case id, in steps of 1000 after the last one. What is
// assigned stays; a late entry goes between its neighbors, evenly spread, and
// shares a number where there is no room left.
void AssignOperationSequences(Links& links);

// Where numbers do not rise with the dates, as after two coordinators counted
// by themselves: gives other ones to as few records as can be. How many; 0
// changes nothing.
size_t MendOperationSequences(Links& links);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_OPERATION_SEQUENCE_H_
