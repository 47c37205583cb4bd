// A mapping file proposed for a clinic's file from its headers and values. A
// proposal: what is not known is left open, as "?" or {}, and said, and does
// not import until it is decided.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_MAP_GUESS_H_
#define ENTHESIS_CLIENT_MAPPING_MAP_GUESS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/clinic_text.h"

namespace enthesis::client {

struct GuessedColumn {
  std::string column;  // of the file
  std::string target;  // of the import; "ignore"; empty: not placed
  std::string note;    // what is left to decide; may be empty
};

struct GuessedMap {
  // A mapping file with comments. It holds values of coded columns, and of no
  // other.
  std::string yaml;
  std::vector<GuessedColumn> columns;  // in the order of the file
  std::vector<std::string> missing;    // required, and not found
};

// INVALID_ARGUMENT for text that is not well-formed CSV or has no header.
absl::StatusOr<GuessedMap> GuessMap(const ClinicText& file);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_MAP_GUESS_H_
