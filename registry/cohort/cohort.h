// The columnar copy of the registry that questions run on. One writer follows
// the change log; readers hold an immutable snapshot and never block it.

#ifndef ENTHESIS_REGISTRY_COHORT_COHORT_H_
#define ENTHESIS_REGISTRY_COHORT_COHORT_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "registry/cohort/snapshot.h"
#include "registry/storage/store.h"

namespace enthesis::cohort {

class Cohort {
 public:
  // Reads the whole store, then follows its change log on a thread of its own
  // until destroyed. `store` outlives the cohort.
  static absl::StatusOr<std::unique_ptr<Cohort>> Open(storage::Store& store);
  ~Cohort();  // stops and joins the follower

  // The snapshot of the view `as_of` (0: the last durable commit at the time of
  // the call, or a later one). Older views are built from the store and a few
  // of them kept, until a case is withdrawn, which leaves every view.
  // Errors: OUT_OF_RANGE (`as_of` later than the last commit), DATA_LOSS (a
  // record cannot be read; every later call says so too), DEADLINE_EXCEEDED
  // (not there within `timeout_millis`).
  absl::StatusOr<std::shared_ptr<const Snapshot>> SnapshotAt(
      storage::CommitIndex as_of, int64_t timeout_millis);

 private:
  struct State;
  explicit Cohort(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_COHORT_H_
