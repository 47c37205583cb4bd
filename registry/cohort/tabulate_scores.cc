#include <algorithm>
#include <array>
#include <utility>

#include "registry/cohort/completeness.h"
#include "registry/cohort/row_blocks.h"
#include "registry/cohort/tabulate.h"

namespace enthesis::cohort {
namespace {

constexpr size_t kVisits = model::kVisitCount;
constexpr size_t kBanks = 4;

// Readiness: at each visit three measures, each missing, not ready or ready, in
// four banks so that equal neighbors do not wait for each other.
constexpr size_t kReadinessCodes = 27;
constexpr size_t kReadinessCounters = kVisits * kReadinessCodes * kBanks;

// Where the counters of one group are. `values` is the number of scores the
// measure has; a baseline that is missing has a row of its own.
struct Layout {
  size_t values = 0;
  size_t baseline = 0;  // counters of the score at baseline
  size_t joint = 0;     // of one later visit, baseline by follow-up
  size_t scores = 0;    // of all visits of a group
};

Layout LayoutOf(const model::MeasureInfo& info) {
  Layout layout;
  layout.values = static_cast<size_t>(info.max - info.min) + 1;
  layout.baseline = layout.values;
  layout.joint = (layout.values + 1) * layout.values;
  layout.scores = layout.baseline + (kVisits - 1) * layout.joint;
  return layout;
}

// Rows without a score write to one of these instead of branching.
constexpr size_t kSpill = 16;

void CountVisit(const RowBlock& block, const uint8_t* baseline,
                const uint8_t* follow_up, size_t values, size_t offset,
                size_t per_group, size_t spill, uint32_t* counts) {
  block.ForEach([=](size_t row, uint32_t group, size_t i) {
    const size_t b = std::min<size_t>(baseline[row], values);
    const size_t f = follow_up[row];
    const size_t at = group * per_group + offset + b * values + f;
    ++counts[f == kMissing ? spill + i % kSpill : at];
  });
}

void CountBaseline(const RowBlock& block, const uint8_t* score,
                   size_t per_group, size_t spill, uint32_t* counts) {
  block.ForEach([=](size_t row, uint32_t group, size_t i) {
    const size_t value = score[row];
    ++counts[value == kMissing ? spill + i % kSpill
                               : group * per_group + value];
  });
}

struct ReadinessScore {
  size_t score;   // index of the column
  uint8_t ready;  // stored value from which on a limb is ready
};

// Adds place * (0 missing, 1 not ready, 2 ready) to the code of each row.
void AddReadiness(const RowBlock& block, const uint8_t* score, uint8_t ready,
                  uint8_t place, uint8_t* codes) {
  block.ForEach([=](size_t row, uint32_t, size_t i) {
    const uint8_t value = score[row];
    const unsigned state =
        1U + (value >= ready ? 1U : 0U) - (value == kMissing ? 2U : 0U);
    codes[i] = static_cast<uint8_t>(codes[i] + place * state);
  });
}

std::array<ReadinessScore, 3> ReadinessScores() {
  const auto symmetry = [](model::Measure measure) {
    return ReadinessScore{static_cast<size_t>(measure) - 1,
                          static_cast<uint8_t>(model::kReadySymmetryPercent -
                                               model::InfoOf(measure).min)};
  };
  return {symmetry(model::Measure::kStrengthSymmetry),
          symmetry(model::Measure::kHopSymmetry),
          ReadinessScore{kPlyometricScore, 1}};
}

// One pass over a range of groups.
class ScorePass {
 public:
  ScorePass(const Pass& pass, model::Measure measure, GroupRange range)
      : pass_(pass),
        column_(static_cast<size_t>(measure) - 1),
        info_(model::InfoOf(measure)),
        layout_(LayoutOf(info_)),
        range_(range),
        due_(pass.snapshot.utc_day()) {}

  static size_t CountersOfGroup(model::Measure measure) {
    return LayoutOf(model::InfoOf(measure)).scores + kCompletenessCounters +
           kReadinessCounters;
  }

  absl::Status Run(
      const std::function<absl::Status(const ScoreGroup& group)>& sink) {
    spill_ = range_.n * layout_.scores;
    completeness_ = spill_ + kSpill;
    readiness_ = completeness_ + range_.n * kCompletenessCounters;
    Counters counters(readiness_ + range_.n * kReadinessCounters,
                      pass_.pool.n_threads());
    const absl::Status status =
        ForEachChunk(pass_.snapshot, pass_.pool, pass_.stop,
                     [&](const Chunk& chunk, int worker) {
                       CountChunk(chunk, counters.Of(worker));
                     });
    if (!status.ok()) return status;
    const std::vector<uint32_t> counts = counters.Sum();
    for (size_t g = 0; g < range_.n; ++g) {
      if (pass_.stop.stop_requested()) {
        return absl::CancelledError("the question ended");
      }
      const ScoreGroup group = Read(counts.data(), g);
      if (group.n_cases == 0) continue;
      const absl::Status sunk = sink(group);
      if (!sunk.ok()) return sunk;
    }
    return absl::OkStatus();
  }

 private:
  void CountChunk(const Chunk& chunk, uint32_t* counts) const {
    const auto& score = chunk.score[column_];
    std::array<const uint8_t*, kVisits> scores{};
    for (size_t v = 0; v < kVisits; ++v) scores[v] = score[v].data();
    const uint8_t* flags = chunk.flags.data();
    const uint8_t* years =
        chunk.dimension[static_cast<size_t>(model::Dimension::kSurgeryYear) - 1]
            .data();
    std::vector<uint8_t> due, has, codes;
    RowBlocks blocks(pass_.selection, pass_.grouping, range_);
    blocks.ForEach(chunk, [&](const RowBlock& block) {
      due.resize(block.n);
      has.assign(block.n, 0);
      block.ForEach([&](size_t row, uint32_t, size_t i) {
        due[i] = due_.SetOf(years[row], flags[row]);
      });
      for (size_t v = 0; v < kVisits; ++v) {
        if (score[v].empty()) continue;
        const uint8_t* column = scores[v];
        uint8_t* bits = has.data();
        block.ForEach([=](size_t row, uint32_t, size_t i) {
          bits[i] = static_cast<uint8_t>(
              bits[i] | (column[row] == kMissing ? 0U : 1U) << v);
        });
        if (v == 0) {
          CountBaseline(block, column, layout_.scores, spill_, counts);
        } else {
          CountVisit(block, scores[0], column, layout_.values,
                     layout_.baseline + (v - 1) * layout_.joint, layout_.scores,
                     spill_, counts);
        }
      }
      CountCompleteness(block, due.data(), has.data(), kCompletenessCounters,
                        counts + completeness_);
      for (size_t v = 0; v < kVisits; ++v) {
        CountReadiness(block, chunk, v, codes, counts + readiness_);
      }
    });
  }

  void CountReadiness(const RowBlock& block, const Chunk& chunk, size_t visit,
                      std::vector<uint8_t>& codes, uint32_t* counts) const {
    codes.assign(block.n, 0);
    bool any = false;
    uint8_t place = 1;
    for (const ReadinessScore& measure : ready_) {
      const auto& column = chunk.score[measure.score][visit];
      if (!column.empty()) {
        AddReadiness(block, column.data(), measure.ready, place, codes.data());
        any = true;
      }
      place = static_cast<uint8_t>(place * 3);
    }
    if (!any) return;
    const uint8_t* code = codes.data();
    const size_t offset = visit * kReadinessCodes;
    block.ForEach([=](size_t, uint32_t group, size_t i) {
      ++counts[group * kReadinessCounters + (offset + code[i]) * kBanks +
               i % kBanks];
    });
  }

  ScoreGroup Read(const uint32_t* counts, size_t g) const {
    ScoreGroup group;
    group.group = range_.first + g;
    group.n_cases =
        ReadCompleteness(counts + completeness_ + g * kCompletenessCounters,
                         due_, group.completeness);
    const uint32_t* scores = counts + g * layout_.scores;
    for (size_t v = 0; v < kVisits; ++v) {
      group.visits[v] = stats::EmptyScoreTable(info_.min, info_.max);
      ReadVisit(scores, v, group.visits[v]);
    }
    ReadReadiness(counts + readiness_ + g * kReadinessCounters, group);
    return group;
  }

  void ReadVisit(const uint32_t* scores, size_t visit,
                 stats::ScoreTable& table) const {
    const size_t values = layout_.values;
    if (visit == 0) {
      std::copy_n(scores, values, table.follow_up.begin());
      return;
    }
    const uint32_t* joint =
        scores + layout_.baseline + (visit - 1) * layout_.joint;
    std::copy_n(joint, values * values, table.paired.begin());
    for (size_t b = 0; b <= values; ++b) {
      for (size_t f = 0; f < values; ++f) {
        table.follow_up[f] += joint[b * values + f];
      }
    }
  }

  static void ReadReadiness(const uint32_t* counts, ScoreGroup& group) {
    const std::array<std::array<Share, kVisits>*, 3> shares = {
        &group.strength, &group.hop, &group.plyometric};
    for (size_t v = 0; v < kVisits; ++v) {
      for (size_t code = 1; code < kReadinessCodes; ++code) {
        int64_t n = 0;
        for (size_t bank = 0; bank < kBanks; ++bank) {
          n += counts[(v * kReadinessCodes + code) * kBanks + bank];
        }
        size_t rest = code;
        for (std::array<Share, kVisits>* share : shares) {
          const size_t state = rest % 3;
          rest /= 3;
          if (state != 0) (*share)[v].n += n;
          if (state == 2) (*share)[v].count += n;
        }
      }
    }
  }

  const Pass& pass_;
  size_t column_;
  const model::MeasureInfo& info_;
  Layout layout_;
  GroupRange range_;
  DueVisits due_;
  std::array<ReadinessScore, 3> ready_ = ReadinessScores();
  size_t spill_ = 0, completeness_ = 0, readiness_ = 0;  // offsets of counters
};

}  // namespace

absl::Status TabulateScores(
    const Pass& pass, model::Measure measure,
    const std::function<absl::Status(const ScoreGroup& group)>& sink) {
  const size_t per_pass = GroupsPerPass(ScorePass::CountersOfGroup(measure));
  for (size_t first = 0; first < pass.grouping.size(); first += per_pass) {
    ScorePass score_pass(
        pass, measure,
        {first, std::min(per_pass, pass.grouping.size() - first)});
    const absl::Status status = score_pass.Run(sink);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> CountWithoutScore(const Pass& pass,
                                          model::Measure measure) {
  const auto index = static_cast<size_t>(measure) - 1;
  const Grouping pooled(std::nullopt, pass.snapshot);
  Counters counters(1, pass.pool.n_threads());
  const absl::Status status = ForEachChunk(
      pass.snapshot, pass.pool, pass.stop, [&](const Chunk& chunk, int worker) {
        uint32_t* count = counters.Of(worker);
        std::vector<uint8_t> all(kBlockRows);
        RowBlocks blocks(pass.selection, pooled, {0, 1});
        blocks.ForEach(chunk, [&](const RowBlock& block) {
          // kMissing is all ones: the scores of a row and-ed stay so only when
          // each is missing.
          std::fill_n(all.data(), block.n, kMissing);
          uint8_t* bits = all.data();
          for (const auto& column : chunk.score[index]) {
            if (column.empty()) continue;
            const uint8_t* scores = column.data();
            block.ForEach([=](size_t row, uint32_t, size_t i) {
              bits[i] = static_cast<uint8_t>(bits[i] & scores[row]);
            });
          }
          *count +=
              static_cast<uint32_t>(std::count(bits, bits + block.n, kMissing));
        });
      });
  if (!status.ok()) return status;
  return int64_t{counters.Sum()[0]};
}

}  // namespace enthesis::cohort
