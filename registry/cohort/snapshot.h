// One state of the cohort: what the registry was as of a commit. Immutable and
// shared; a question holds one and never blocks the writer.

#ifndef ENTHESIS_REGISTRY_COHORT_SNAPSHOT_H_
#define ENTHESIS_REGISTRY_COHORT_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "registry/cohort/columns.h"
#include "registry/storage/store.h"

namespace enthesis::cohort {

// Bytes a case, allocated.
struct MemoryUse {
  double columns = 0;  // dimensions, endpoints, VISA-A totals
  double sparse = 0;   // other measures, fields, complications by kind
  double id_maps = 0;  // case id to row and back, limbs of one patient
};

class Snapshot {
 public:
  struct Content {
    storage::CommitIndex as_of = 0;
    int32_t utc_day = 0;  // of the last commit, days since 1970-01-01
    size_t n_rows = 0;
    int32_t last_day = 0;  // no exit or contact is later
    std::shared_ptr<const std::vector<std::string>> sites;
    std::vector<std::shared_ptr<const Chunk>> chunks;
    MemoryUse memory;
  };
  explicit Snapshot(Content content) : content_(std::move(content)) {}

  storage::CommitIndex as_of() const { return content_.as_of; }
  int32_t utc_day() const { return content_.utc_day; }
  size_t n_rows() const { return content_.n_rows; }
  int32_t last_day() const { return content_.last_day; }
  // Sites by the index that columns hold, in no order.
  const std::vector<std::string>& sites() const { return *content_.sites; }
  size_t n_chunks() const { return content_.chunks.size(); }
  const Chunk& chunk(size_t index) const { return *content_.chunks[index]; }
  const MemoryUse& memory() const { return content_.memory; }

 private:
  Content content_;
};

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_SNAPSHOT_H_
