// Locks of patients. Changes of one patient's cases are checked and stored one
// after the other, so that the rules against other cases hold between them too;
// a batch holds all of its patients at once.
//
// A holder takes all that it needs in one step and asks for no more while it
// holds them, so nobody waits for somebody who waits.

#ifndef ENTHESIS_REGISTRY_SERVICE_PATIENT_LOCKS_H_
#define ENTHESIS_REGISTRY_SERVICE_PATIENT_LOCKS_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "registry/model/id.h"

namespace enthesis::service {

class PatientLocks {
 public:
  // Holds `patients` for as long as it lives; each may be named more than once.
  // Blocks until nobody else holds any of them. `locks` outlives it.
  // Threads: safe.
  class Hold {
   public:
    Hold(PatientLocks& locks, std::vector<model::Id> patients);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    PatientLocks& locks_;
    std::vector<model::Id> patients_;
  };

 private:
  using Key = std::pair<uint64_t, uint64_t>;
  static Key KeyOf(const model::Id& patient) {
    return {patient.high, patient.low};
  }

  std::mutex mutex_;
  std::condition_variable freed_;
  absl::flat_hash_set<Key> held_;  // guarded by mutex_
  size_t n_waiting_ = 0;           // guarded by mutex_
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_PATIENT_LOCKS_H_
