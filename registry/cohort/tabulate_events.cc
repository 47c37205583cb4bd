#include <algorithm>
#include <cstring>
#include <utility>

#include "registry/cohort/exit_table.h"
#include "registry/cohort/row_blocks.h"
#include "registry/cohort/tabulate.h"

namespace enthesis::cohort {
namespace {

// What is counted beside the exits of a return stage: 16 codes of four bits, in
// four banks so that equal neighbors do not wait for each other.
enum ReturnBit : unsigned {
  kInRiskSetBit = 1,
  kByVisitBit = 2,
  kAskedBit = 4,
  kSustainedBit = 8,
};
constexpr size_t kReturnCodes = 16;
constexpr size_t kBanks = 4;

void CountExits(const RowBlock& block, const uint16_t* exits, size_t width,
                uint32_t* counts) {
  block.ForEach([=](size_t row, uint32_t group, size_t) {
    ++counts[group * width + exits[row]];
  });
}

void CountReturns(const RowBlock& block, const Chunk& chunk,
                  model::Endpoint endpoint, uint32_t* counts) {
  const auto index = static_cast<size_t>(endpoint) - 1;
  const uint16_t* exits = chunk.exit[index].data();
  const uint16_t* interval_start = chunk.interval_start[index].data();
  const uint8_t* flags = chunk.flags.data();
  const unsigned cause_mask = (1U << CauseBits(endpoint)) - 1;
  const auto outside = static_cast<unsigned>(OutsideRiskSet(endpoint));
  block.ForEach([=](size_t row, uint32_t group, size_t i) {
    const unsigned in_risk_set =
        (exits[row] & cause_mask) == outside ? 0U : ~0U;
    const unsigned flag = flags[row];
    const unsigned code =
        in_risk_set &
        (kInRiskSetBit | (interval_start[row] == kExactDay ? 0U : kByVisitBit) |
         ((flag & kSustainedAsked) != 0 ? kAskedBit : 0U) |
         ((flag & kSustained) != 0 ? kSustainedBit : 0U));
    ++counts[(group * kReturnCodes + code) * kBanks + i % kBanks];
  });
}

void ReadReturns(const uint32_t* counts, EventGroup& group) {
  for (size_t code = 0; code < kReturnCodes; ++code) {
    int64_t n = 0;
    for (size_t bank = 0; bank < kBanks; ++bank) {
      n += counts[code * kBanks + bank];
    }
    if ((code & kByVisitBit) != 0) group.known_by_visit += n;
    if ((code & kAskedBit) != 0) group.sustained_asked += n;
    if ((code & kSustainedBit) != 0) group.sustained += n;
  }
}

}  // namespace

void ExitsOfKind(const Chunk& chunk, model::ComplicationKind kind,
                 std::vector<uint16_t>& exits) {
  exits.resize(chunk.rows);
  const uint16_t* last_contact = chunk.last_contact.data();
  constexpr uint16_t kDayOnly =
      static_cast<uint16_t>(~((1U << kLastContactCauseBits) - 1));
  for (size_t row = 0; row < chunk.rows; ++row) {
    const uint16_t last = last_contact[row];
    const int died = (last & 1) == 0 ? kDeathOfAll : 0;
    exits[row] = static_cast<uint16_t>((last & kDayOnly) | died);
  }
  for (const SparseComplication& entry : chunk.complications.entries()) {
    if (entry.kind == static_cast<uint8_t>(kind)) exits[entry.row] = entry.exit;
  }
}

const uint16_t* ExitColumn::Of(const Chunk& chunk,
                               std::vector<uint16_t>& own) const {
  if (endpoint == model::Endpoint::kComplication && kind.has_value()) {
    ExitsOfKind(chunk, *kind, own);
    return own.data();
  }
  return chunk.exit[static_cast<size_t>(endpoint) - 1].data();
}

ExitCounts ReadExits(const uint32_t* counts, size_t width, int cause_bits,
                     int n_causes) {
  const size_t codes = size_t{1} << cause_bits;
  const size_t days = width / codes;
  const auto causes = static_cast<size_t>(n_causes);
  ExitCounts result;
  std::vector<double> events(days * causes), censored(days);
  for (size_t day = 0; day < days; ++day) {
    const uint32_t* of_day = counts + day * codes;
    censored[day] = of_day[0];
    result.in_risk_set += of_day[0];
    for (size_t cause = 0; cause < causes; ++cause) {
      events[day * causes + cause] = of_day[cause + 1];
      result.in_risk_set += of_day[cause + 1];
    }
    result.outside += of_day[codes - 1];
  }
  result.table = stats::FromDailyCounts(events, censored, n_causes);
  return result;
}

absl::StatusOr<std::vector<EventGroup>> TabulateEvents(
    const Pass& pass, model::Endpoint endpoint,
    std::optional<model::ComplicationKind> kind) {
  const bool is_return = model::IsReturn(endpoint);
  const ExitColumn column{endpoint, kind};
  const size_t width = ExitWidth(pass.snapshot, column.cause_bits());
  const size_t small = is_return ? kReturnCodes * kBanks : 0;
  const int n_workers = pass.pool.n_threads();

  std::vector<EventGroup> groups;
  const size_t per_pass = GroupsPerPass(width + small);
  for (size_t first = 0; first < pass.grouping.size(); first += per_pass) {
    const GroupRange range{first,
                           std::min(per_pass, pass.grouping.size() - first)};
    Counters counters(range.n * (width + small), n_workers);
    const absl::Status status = ForEachChunk(
        pass.snapshot, pass.pool, pass.stop,
        [&](const Chunk& chunk, int worker) {
          std::vector<uint16_t> of_kind;
          const uint16_t* exits = column.Of(chunk, of_kind);
          uint32_t* counts = counters.Of(worker);
          RowBlocks blocks(pass.selection, pass.grouping, range);
          blocks.ForEach(chunk, [&](const RowBlock& block) {
            CountExits(block, exits, width, counts);
            if (!is_return) return;
            CountReturns(block, chunk, endpoint, counts + range.n * width);
          });
        });
    if (!status.ok()) return status;
    const std::vector<uint32_t> counts = counters.Sum();
    for (size_t g = 0; g < range.n; ++g) {
      if (pass.stop.stop_requested()) {
        return absl::CancelledError("the question ended");
      }
      ExitCounts exits = column.Read(counts.data() + g * width, width);
      if (exits.in_risk_set + exits.outside == 0) continue;
      EventGroup group;
      group.group = range.first + g;
      group.n_cases = exits.in_risk_set + exits.outside;
      group.outside_risk_set = exits.outside;
      group.table = std::move(exits.table);
      if (is_return) {
        ReadReturns(counts.data() + range.n * width + g * small, group);
      }
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

}  // namespace enthesis::cohort
