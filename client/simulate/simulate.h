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
  std::string folder;      // made when missing
  double fault_share = 0;  // of records that get a fault, 0 to 1
};

struct SimulatedFile {
  std::string site;  // "site-01"
  std::string path;  // folder/site-01.csv
  int32_t n_cases = 0;
};

// The cases of one site, as the text of its file; `site_number` from 1.
std::string SimulateSite(uint64_t seed, int32_t site_number, int32_t n_cases);

// Where the faults of Simulate are listed: plant_faults.h.
std::string PlantedPath(const SimulateOptions& options);

// Writes one CSV file a site, and with faults the list of them. The same
// options give the same bytes. Errors: INVALID_ARGUMENT (a count outside its
// range), or that of the file.
absl::StatusOr<std::vector<SimulatedFile>> Simulate(
    const SimulateOptions& options);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_SIMULATE_SIMULATE_H_
