// A synthetic registry: cases drawn from published figures of Achilles
// tendinopathy surgery, one file a site in the import format of a clinic.
// Deterministic from the seed; every case is marked synthetic. A figure here is
// a default of the simulator and never evidence.
//
// The numbers and where they come from: draw_baseline.cc, draw_course.cc.

#ifndef ENTHESIS_CLIENT_SIMULATE_SIMULATE_H_
#define ENTHESIS_CLIENT_SIMULATE_SIMULATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace enthesis::client {

struct SimulateOptions {
  int32_t n_cases = 12000;  // 1 to 10,000,000
  int32_t n_sites = 12;     // 1 to 999, at most one a case
  uint64_t seed = 1;
  std::string folder;  // made when missing
};

struct SimulatedFile {
  std::string site;  // "site-01"
  std::string path;  // folder/site-01.csv
  int32_t n_cases = 0;
};

// Writes one CSV file a site. The same options give the same bytes.
// Errors: INVALID_ARGUMENT (a count outside its range), or that of the file.
absl::StatusOr<std::vector<SimulatedFile>> Simulate(
    const SimulateOptions& options);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_SIMULATE_SIMULATE_H_
