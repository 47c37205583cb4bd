#include <algorithm>
#include <limits>
#include <utility>

#include "registry/cohort/exit_table.h"
#include "registry/cohort/row_blocks.h"
#include "registry/cohort/tabulate.h"

namespace enthesis::cohort {
namespace {

constexpr uint32_t kNotCounted = std::numeric_limits<uint32_t>::max();

// Where a row is counted: a cell is a group within a stratum.
struct Cells {
  std::vector<uint32_t> place;  // of each group, or kNotCounted
  const std::vector<uint32_t>& stratum_of_value;
  size_t n_groups = 0;  // counted
  size_t width = 0;     // counters of a cell
};

// `range` are the strata counted in this pass.
template <typename T>
void CountCells(const RowBlock& block, const T* values, const uint16_t* exits,
                const Cells& cells, GroupRange range, uint32_t* counts) {
  block.ForEach([&](size_t row, uint32_t group, size_t) {
    const uint32_t place = cells.place[group];
    // Below the range wraps to a large number.
    const uint32_t stratum = cells.stratum_of_value[values[row]] -
                             static_cast<uint32_t>(range.first);
    if (place == kNotCounted || stratum >= range.n) return;
    ++counts[(stratum * cells.n_groups + place) * cells.width + exits[row]];
  });
}

}  // namespace

absl::StatusOr<std::vector<std::vector<stats::EventTable>>> TabulateStrata(
    const Pass& pass, const Grouping& strata, absl::Span<const size_t> groups,
    model::Endpoint endpoint, std::optional<model::ComplicationKind> kind) {
  const ExitColumn column{endpoint, kind};
  const size_t width = ExitWidth(pass.snapshot, column.cause_bits());
  Cells cells{{}, strata.group_of_value(), groups.size(), width};
  cells.place.assign(pass.grouping.size(), kNotCounted);
  for (size_t i = 0; i < groups.size(); ++i) {
    cells.place[groups[i]] = static_cast<uint32_t>(i);
  }
  const bool by_site = strata.dimension() == model::Dimension::kSite;
  const size_t index = static_cast<size_t>(*strata.dimension()) - 1;

  std::vector<std::vector<stats::EventTable>> tables;
  const size_t per_pass = GroupsPerPass(width * groups.size());
  for (size_t first = 0; first < strata.size(); first += per_pass) {
    const GroupRange range{first, std::min(per_pass, strata.size() - first)};
    Counters counters(range.n * groups.size() * width, pass.pool.n_threads());
    const absl::Status status = ForEachChunk(
        pass.snapshot, pass.pool, pass.stop,
        [&](const Chunk& chunk, int worker) {
          std::vector<uint16_t> of_kind;
          const uint16_t* exits = column.Of(chunk, of_kind);
          uint32_t* counts = counters.Of(worker);
          RowBlocks blocks(pass.selection, pass.grouping,
                           {0, pass.grouping.size()});
          blocks.ForEach(chunk, [&](const RowBlock& block) {
            if (by_site) {
              CountCells(block, chunk.site.data(), exits, cells, range, counts);
            } else {
              CountCells(block, chunk.dimension[index].data(), exits, cells,
                         range, counts);
            }
          });
        });
    if (!status.ok()) return status;
    const std::vector<uint32_t> counts = counters.Sum();
    for (size_t s = 0; s < range.n; ++s) {
      if (pass.stop.stop_requested()) {
        return absl::CancelledError("the question ended");
      }
      std::vector<stats::EventTable> of_stratum;
      int64_t n = 0;
      for (size_t g = 0; g < groups.size(); ++g) {
        ExitCounts cell =
            column.Read(counts.data() + (s * groups.size() + g) * width, width);
        n += cell.in_risk_set;
        of_stratum.push_back(std::move(cell.table));
      }
      if (n > 0) tables.push_back(std::move(of_stratum));
    }
  }
  return tables;
}

}  // namespace enthesis::cohort
