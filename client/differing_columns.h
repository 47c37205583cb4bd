// The columns in which a line of the clinic's file and what the registry holds
// of it differ.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_DIFFERING_COLUMNS_H_
#define ENTHESIS_CLIENT_DIFFERING_COLUMNS_H_

#include <string>
#include <vector>

#include "client/case_csv.h"
#include "registry/model/case.h"

namespace enthesis::client {

struct DifferingColumn {
  std::string column;
  std::string registry;  // its value there as a file has it; empty: none
  std::string file;      // its value here

  bool operator==(const DifferingColumn&) const = default;
};

// In the baseline sections and the status, in the order of the documentation.
std::vector<DifferingColumn> DifferingColumns(const model::Case& file,
                                              const model::Case& registry);
// In an assessment; `assessment` says which column groups its events came from.
std::vector<DifferingColumn> DifferingColumns(const model::FollowUp& file,
                                              const CsvAssessment& assessment,
                                              const model::FollowUp& registry);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_DIFFERING_COLUMNS_H_
