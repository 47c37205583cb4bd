#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "registry/cohort/covariate_column.h"
#include "registry/cohort/row_blocks.h"
#include "registry/cohort/tabulate.h"

namespace enthesis::cohort {
namespace {

// Cases by stored value of each covariate: [group][covariate][value].
constexpr size_t kValues = 256;

NumberCounts CountsOf(const uint32_t* counts, const CovariateColumn& column) {
  NumberCounts number;
  number.first = column.offset;
  number.counts.assign(counts, counts + kValues);
  number.missing = std::exchange(number.counts[column.missing], 0);
  return number;
}

void CountChunk(const Pass& pass, absl::Span<const model::Covariate> covariates,
                GroupRange range, const Chunk& chunk, uint32_t* counts) {
  std::vector<const uint8_t*> columns;
  for (const model::Covariate& covariate : covariates) {
    columns.push_back(ColumnOf(covariate, chunk).values);
  }
  const size_t per_group = covariates.size() * kValues;
  RowBlocks blocks(pass.selection, pass.grouping, range);
  blocks.ForEach(chunk, [&](const RowBlock& block) {
    for (size_t c = 0; c < columns.size(); ++c) {
      const uint8_t* values = columns[c];
      uint32_t* of_covariate = counts + c * kValues;
      block.ForEach([=](size_t row, uint32_t group, size_t) {
        ++of_covariate[group * per_group + values[row]];
      });
    }
  });
}

}  // namespace

absl::StatusOr<std::vector<NumberGroup>> TabulateNumbers(
    const Pass& pass, absl::Span<const model::Covariate> covariates) {
  // The place of a covariate's values is the same in every chunk.
  const Chunk empty;
  const size_t per_group = covariates.size() * kValues;
  const size_t per_pass = GroupsPerPass(per_group);
  std::vector<NumberGroup> groups;
  for (size_t first = 0; first < pass.grouping.size(); first += per_pass) {
    const GroupRange range{first,
                           std::min(per_pass, pass.grouping.size() - first)};
    Counters counters(range.n * per_group, pass.pool.n_threads());
    const absl::Status status = ForEachChunk(
        pass.snapshot, pass.pool, pass.stop,
        [&](const Chunk& chunk, int worker) {
          CountChunk(pass, covariates, range, chunk, counters.Of(worker));
        });
    if (!status.ok()) return status;
    const std::vector<uint32_t> counts = counters.Sum();
    for (size_t g = 0; g < range.n; ++g) {
      NumberGroup group;
      group.group = first + g;
      int64_t n = 0;
      for (size_t c = 0; c < covariates.size(); ++c) {
        group.numbers.push_back(
            CountsOf(counts.data() + g * per_group + c * kValues,
                     ColumnOf(covariates[c], empty)));
        const NumberCounts& number = group.numbers.back();
        n = number.missing;
        for (const int64_t count : number.counts) n += count;
      }
      if (n > 0) groups.push_back(std::move(group));
    }
  }
  return groups;
}

}  // namespace enthesis::cohort
