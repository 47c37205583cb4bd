#include "registry/service/patient_locks.h"

#include <algorithm>

namespace enthesis::service {

PatientLocks::Hold::Hold(PatientLocks& locks, std::vector<model::Id> patients)
    : locks_(locks), patients_(std::move(patients)) {
  std::unique_lock<std::mutex> lock(locks_.mutex_);
  const auto all_free = [this] {
    return std::none_of(patients_.begin(), patients_.end(),
                        [this](const model::Id& patient) {
                          return locks_.held_.contains(KeyOf(patient));
                        });
  };
  if (!all_free()) {
    ++locks_.n_waiting_;
    locks_.freed_.wait(lock, all_free);
    --locks_.n_waiting_;
  }
  for (const model::Id& patient : patients_) {
    locks_.held_.insert(KeyOf(patient));
  }
}

PatientLocks::Hold::~Hold() {
  if (patients_.empty()) return;
  const std::lock_guard<std::mutex> lock(locks_.mutex_);
  for (const model::Id& patient : patients_) {
    locks_.held_.erase(KeyOf(patient));
  }
  if (locks_.n_waiting_ > 0) locks_.freed_.notify_all();
}

}  // namespace enthesis::service
