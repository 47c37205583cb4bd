#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "registry/cohort/row_blocks.h"
#include "registry/cohort/tabulate.h"

namespace enthesis::cohort {
namespace {

// Cases by group, exit and start of the interval, packed in that order.
using IntervalCounts = absl::flat_hash_map<uint64_t, int64_t>;

constexpr int kExitShift = 16;
constexpr int kGroupShift = 32;

void CountIntervals(const RowBlock& block, const uint16_t* exits,
                    const uint16_t* starts, IntervalCounts& counts) {
  block.ForEach([&](size_t row, uint32_t group, size_t) {
    ++counts[uint64_t{group} << kGroupShift |
             uint64_t{exits[row]} << kExitShift | starts[row]];
  });
}

void AddToGroup(uint64_t key, int64_t n, int cause_bits, int outside,
                IntervalGroup& group) {
  const auto exit = static_cast<uint16_t>(key >> kExitShift);
  const auto start = static_cast<uint16_t>(key);
  const int cause = exit & ((1 << cause_bits) - 1);
  group.n_cases += n;
  if (cause == outside) {
    group.outside_risk_set += n;
    return;
  }
  CensoredCases cases;
  cases.last_free = exit >> cause_bits;
  cases.n = n;
  if (cause == static_cast<int>(model::Exit::kEvent)) {
    cases.first_known = cases.last_free;
    if (start != kExactDay) cases.last_free = start;
  }
  group.cases.push_back(cases);
}

}  // namespace

absl::StatusOr<std::vector<IntervalGroup>> TabulateIntervals(
    const Pass& pass, model::Endpoint endpoint) {
  const auto index = static_cast<size_t>(endpoint) - 1;
  std::vector<IntervalCounts> workers(
      static_cast<size_t>(pass.pool.n_threads()));
  const absl::Status status = ForEachChunk(
      pass.snapshot, pass.pool, pass.stop, [&](const Chunk& chunk, int worker) {
        RowBlocks blocks(pass.selection, pass.grouping,
                         {0, pass.grouping.size()});
        blocks.ForEach(chunk, [&](const RowBlock& block) {
          CountIntervals(block, chunk.exit[index].data(),
                         chunk.interval_start[index].data(),
                         workers[static_cast<size_t>(worker)]);
        });
      });
  if (!status.ok()) return status;
  IntervalCounts sum;
  for (const IntervalCounts& counts : workers) {
    for (const auto& [key, n] : counts) sum[key] += n;
  }
  std::vector<std::pair<uint64_t, int64_t>> ordered(sum.begin(), sum.end());
  std::sort(ordered.begin(), ordered.end());
  std::vector<IntervalGroup> groups;
  for (const auto& [key, n] : ordered) {
    const auto group = static_cast<size_t>(key >> kGroupShift);
    if (groups.empty() || groups.back().group != group) {
      groups.emplace_back().group = group;
    }
    AddToGroup(key, n, CauseBits(endpoint), OutsideRiskSet(endpoint),
               groups.back());
  }
  return groups;
}

}  // namespace enthesis::cohort
