// Rows of a chunk in blocks that stay in the first-level cache, each row with
// its group. Kernels of tabulation run over blocks. Internal to the cohort.

#ifndef ENTHESIS_REGISTRY_COHORT_ROW_BLOCKS_H_
#define ENTHESIS_REGISTRY_COHORT_ROW_BLOCKS_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "absl/status/status.h"
#include "registry/cohort/columns.h"
#include "registry/cohort/selection.h"
#include "registry/cohort/snapshot.h"
#include "registry/model/dimension.h"
#include "stats/parallel.h"

namespace enthesis::cohort {

inline constexpr size_t kBlockRows = 2048;

// Groups [first, first + n) of a grouping: what one pass counts.
struct GroupRange {
  size_t first = 0;
  size_t n = 0;
};

struct RowBlock {
  const uint16_t* rows = nullptr;  // rows of the chunk; null: first, first+1..
  const uint32_t* groups = nullptr;  // from the range's first; null: all 0
  size_t first = 0;
  size_t n = 0;

  // Calls body(row, group, i) for each i in [0, n).
  template <typename Body>
  void ForEach(const Body& body) const {
    if (rows == nullptr && groups == nullptr) {
      for (size_t i = 0; i < n; ++i) body(first + i, uint32_t{0}, i);
    } else if (rows == nullptr) {
      for (size_t i = 0; i < n; ++i) body(first + i, groups[i], i);
    } else if (groups == nullptr) {
      for (size_t i = 0; i < n; ++i) body(size_t{rows[i]}, uint32_t{0}, i);
    } else {
      for (size_t i = 0; i < n; ++i) body(size_t{rows[i]}, groups[i], i);
    }
  }
};

class RowBlocks {
 public:
  RowBlocks(const Selection& selection, const Grouping& grouping,
            GroupRange range)
      : selection_(selection), grouping_(grouping), range_(range) {
    const bool several =
        grouping.dimension() == model::Dimension::kConcomitantProcedure;
    const size_t capacity = kBlockRows * (several ? kProcedureCount : 1);
    mask_.resize(kBlockRows);
    rows_.resize(capacity + 1);  // one to write to and not keep
    groups_.resize(capacity + 1);
  }

  // Calls visit(block) for the selected rows of the chunk, in order.
  template <typename Visit>
  void ForEach(const Chunk& chunk, const Visit& visit) {
    for (size_t first = 0; first < chunk.rows; first += kBlockRows) {
      const RowBlock block =
          Make(chunk, first, std::min(kBlockRows, chunk.rows - first));
      if (block.n > 0) visit(block);
    }
  }

 private:
  RowBlock Make(const Chunk& chunk, size_t first, size_t n) {
    const auto& dimension = grouping_.dimension();
    if (!dimension.has_value()) return Pooled(chunk, first, n);
    if (*dimension == model::Dimension::kConcomitantProcedure) {
      return Several(chunk, first, n);
    }
    return WithValues(chunk, *dimension, [&](const auto* values) {
      const uint32_t* group_of = grouping_.group_of_value().data();
      if (!grouping_.then().has_value()) {
        return Grouped(
            chunk, [=](size_t row) { return group_of[values[row]]; }, first, n);
      }
      const uint32_t* then_of = grouping_.then_group_of_value().data();
      return WithValues(chunk, *grouping_.then(), [&](const auto* then_values) {
        return Grouped(
            chunk,
            [=](size_t row) {
              return group_of[values[row]] + then_of[then_values[row]];
            },
            first, n);
      });
    });
  }

  // Calls body with the stored values of a dimension that has one a row.
  template <typename Body>
  static RowBlock WithValues(const Chunk& chunk, model::Dimension dimension,
                             const Body& body) {
    if (dimension == model::Dimension::kSite) return body(chunk.site.data());
    return body(chunk.dimension[static_cast<size_t>(dimension) - 1].data());
  }

  RowBlock Pooled(const Chunk& chunk, size_t first, size_t n) {
    if (selection_.all()) return {nullptr, nullptr, first, n};
    selection_.Mask(chunk, first, n, mask_.data());
    size_t kept = 0;
    for (size_t i = 0; i < n; ++i) {
      rows_[kept] = static_cast<uint16_t>(first + i);
      kept += mask_[i];
    }
    return {rows_.data(), nullptr, first, kept};
  }

  template <typename GroupAt>
  RowBlock Grouped(const Chunk& chunk, const GroupAt& group_at, size_t first,
                   size_t n) {
    if (selection_.all() && range_.n == grouping_.size()) {
      for (size_t i = 0; i < n; ++i) groups_[i] = group_at(first + i);
      return {nullptr, groups_.data(), first, n};
    }
    selection_.Mask(chunk, first, n, mask_.data());
    size_t kept = 0;
    for (size_t i = 0; i < n; ++i) {
      // Below the range wraps to a large number.
      const uint32_t group =
          group_at(first + i) - static_cast<uint32_t>(range_.first);
      rows_[kept] = static_cast<uint16_t>(first + i);
      groups_[kept] = group;
      kept += mask_[i] & (group < range_.n ? 1U : 0U);
    }
    return {rows_.data(), groups_.data(), first, kept};
  }

  // Concomitant procedures: a row for each of its groups.
  RowBlock Several(const Chunk& chunk, size_t first, size_t n) {
    selection_.Mask(chunk, first, n, mask_.data());
    const uint16_t* masks = chunk.concomitant.data();
    size_t kept = 0;
    const auto add = [&](size_t row, size_t value) {
      const uint32_t group = grouping_.group_of_value()[value] -
                             static_cast<uint32_t>(range_.first);
      rows_[kept] = static_cast<uint16_t>(row);
      groups_[kept] = group;
      kept += group < range_.n ? 1U : 0U;
    };
    for (size_t i = 0; i < n; ++i) {
      if (mask_[i] == 0) continue;
      unsigned procedures = masks[first + i];
      if (procedures == 0) add(first + i, 0);
      for (; procedures != 0; procedures &= procedures - 1) {
        add(first + i, static_cast<size_t>(std::countr_zero(procedures)) + 1);
      }
    }
    return {rows_.data(), groups_.data(), first, kept};
  }

  const Selection& selection_;
  const Grouping& grouping_;
  GroupRange range_;
  std::vector<uint8_t> mask_;
  std::vector<uint16_t> rows_;
  std::vector<uint32_t> groups_;
};

// Counters of one pass: each worker adds to its own, whole numbers, so that the
// sum is free of order and of the number of threads.
class Counters {
 public:
  Counters(size_t size, int n_workers)
      : size_(size), workers_(static_cast<size_t>(n_workers)) {}

  uint32_t* Of(int worker) {
    std::vector<uint32_t>& counts = workers_[static_cast<size_t>(worker)];
    if (counts.empty()) counts.resize(size_);
    return counts.data();
  }

  // The sums; the counters are spent.
  std::vector<uint32_t> Sum() {
    std::vector<uint32_t> sum;
    for (std::vector<uint32_t>& counts : workers_) {
      if (counts.empty()) continue;
      if (sum.empty()) {
        sum.swap(counts);
        continue;
      }
      for (size_t i = 0; i < size_; ++i) sum[i] += counts[i];
      std::vector<uint32_t>().swap(counts);
    }
    if (sum.empty()) sum.resize(size_);
    return sum;
  }

 private:
  size_t size_;
  std::vector<std::vector<uint32_t>> workers_;
};

// Calls task(chunk, worker) for every chunk on the pool. CANCELLED when `stop`
// was requested; chunks not begun by then are left out.
inline absl::Status ForEachChunk(
    const Snapshot& snapshot, stats::ThreadPool& pool,
    const std::stop_token& stop,
    const std::function<void(const Chunk& chunk, int worker)>& task) {
  pool.Run(snapshot.n_chunks(), [&](size_t index, int worker) {
    if (!stop.stop_requested()) task(snapshot.chunk(index), worker);
  });
  if (stop.stop_requested()) return absl::CancelledError("the question ended");
  return absl::OkStatus();
}

// Counters a worker may have in one pass, 32 MiB; with more, groups are counted
// in several passes.
inline constexpr size_t kMaxCounters = size_t{8} << 20;

// How many groups one pass counts when each takes `counters`.
inline size_t GroupsPerPass(size_t counters) {
  return std::max<size_t>(1, kMaxCounters / std::max<size_t>(counters, 1));
}

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_ROW_BLOCKS_H_
