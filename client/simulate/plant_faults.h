// Plants errors into records of the simulator, and keeps account of them.
//
// Threads: externally synchronized.

#ifndef ENTHESIS_CLIENT_SIMULATE_PLANT_FAULTS_H_
#define ENTHESIS_CLIENT_SIMULATE_PLANT_FAULTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "client/simulate/fault_kinds.h"
#include "client/simulate/random.h"

namespace enthesis::client {

struct PlantedFault {
  std::string site;
  int64_t line = 0;  // of the site's file
  std::string record;
  std::string event;   // as planted
  std::string column;  // "a|b": either is right; empty: the whole line
  std::string kind;
  // The line is the baseline line: every line of the record is rejected.
  bool whole_record = false;
};

class FaultPlanter {
 public:
  // Each record gets a fault with probability `share`; the kinds take turns, so
  // that none is rare. Draws of its own: the rest of the file is as without
  // faults.
  FaultPlanter(double share, uint64_t seed);

  // Begins a file whose header is on line 1.
  void BeginFile(std::string site, const std::string& header);
  // The lines of the next record, perhaps with a fault.
  std::string Plant(const std::string& lines);

  const std::vector<PlantedFault>& planted() const { return planted_; }

 private:
  // The first kind from `begin` on that the record has a place for.
  bool PlantFrom(size_t begin, RecordLines& record);

  const double share_;
  Random random_;
  std::string site_;
  std::vector<std::string> header_;
  int64_t next_line_ = 2;
  std::vector<size_t> turn_;  // kinds that are still to come
  std::vector<PlantedFault> planted_;
};

// "site,line,record,event,column,kind,whole_record".
std::string PlantedCsv(const std::vector<PlantedFault>& planted);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_SIMULATE_PLANT_FAULTS_H_
