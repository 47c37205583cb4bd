// When REDCap shows a field: which columns of a form depend on which others.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_TEMPLATES_BRANCHING_H_
#define ENTHESIS_CLIENT_TEMPLATES_BRANCHING_H_

#include <string>

#include "client/csv_columns.h"

namespace enthesis::client {

// REDCap's branching logic of the column; empty: always shown. It hides what
// the rules of the registry would refuse there, and nothing else.
std::string BranchingOf(const Column& column);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_TEMPLATES_BRANCHING_H_
