// Packed exits, and from counts of them to an event table. Internal to the
// cohort.

#ifndef ENTHESIS_REGISTRY_COHORT_EXIT_TABLE_H_
#define ENTHESIS_REGISTRY_COHORT_EXIT_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "registry/cohort/columns.h"
#include "registry/cohort/row.h"
#include "registry/cohort/snapshot.h"
#include "registry/model/endpoint.h"
#include "stats/event_table.h"

namespace enthesis::cohort {

// The exits of one kind of complication: every case's last contact, but for
// those in the sparse list. By row of the chunk.
void ExitsOfKind(const Chunk& chunk, model::ComplicationKind kind,
                 std::vector<uint16_t>& exits);

// Counters that the exits of one group take.
inline size_t ExitWidth(const Snapshot& snapshot, int cause_bits) {
  return (static_cast<size_t>(snapshot.last_day()) + 1) << cause_bits;
}

struct ExitCounts {
  int64_t in_risk_set = 0;
  int64_t outside = 0;
  stats::EventTable table;
};

// `counts[packed exit]`, `width` of them.
ExitCounts ReadExits(const uint32_t* counts, size_t width, int cause_bits,
                     int n_causes);

// The exits of an endpoint as columns hold them, and what their causes are.
struct ExitColumn {
  model::Endpoint endpoint = model::Endpoint::kReoperation;
  std::optional<model::ComplicationKind> kind;  // restricts complications

  int cause_bits() const { return CauseBits(endpoint); }
  // The event and what competes with it.
  int n_causes() const {
    return 1 + static_cast<int>(model::CompetingExits(endpoint).size());
  }
  // The packed exits of the rows of a chunk; made in `own` where no column has
  // them.
  const uint16_t* Of(const Chunk& chunk, std::vector<uint16_t>& own) const;
  ExitCounts Read(const uint32_t* counts, size_t width) const {
    return ReadExits(counts, width, cause_bits(), n_causes());
  }
};

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_EXIT_TABLE_H_
