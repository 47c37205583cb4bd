#include <algorithm>
#include <array>
#include <utility>

#include "registry/cohort/completeness.h"
#include "registry/cohort/exit_table.h"
#include "registry/cohort/row_blocks.h"
#include "registry/cohort/tabulate.h"

namespace enthesis::cohort {
namespace {

using model::Dimension;

constexpr size_t kBanks = 4;
constexpr size_t kSiteIndex = static_cast<size_t>(Dimension::kSite) - 1;
constexpr size_t kConcomitantIndex =
    static_cast<size_t>(Dimension::kConcomitantProcedure) - 1;
constexpr size_t kVisits = model::kVisitCount;

// Where the counters of one group are: parts one after the other.
struct Layout {
  std::array<size_t, model::kDimensionCount> dimension{};
  std::array<size_t, model::kDimensionCount> n_values{};
  size_t age = 0;
  size_t athletes = 0;
  size_t follow_up = 0;
  size_t follow_up_width = 0;
  size_t completeness = 0;
  size_t size = 0;
};

Layout LayoutOf(const Snapshot& snapshot) {
  Layout layout;
  const auto add = [&layout](size_t n) {
    const size_t at = layout.size;
    layout.size += n;
    return at;
  };
  for (size_t d = 0; d < layout.dimension.size(); ++d) {
    layout.n_values[d] = d == kSiteIndex ? snapshot.sites().size()
                         : d == kConcomitantIndex
                             ? size_t{1} << kProcedureCount
                             : StoredValues(static_cast<Dimension>(d + 1));
    layout.dimension[d] = add(layout.n_values[d] * kBanks);
  }
  layout.age = add(kAgeCount * kBanks);
  layout.athletes = add(2 * kBanks);
  layout.follow_up_width = ExitWidth(snapshot, kLastContactCauseBits);
  layout.follow_up = add(layout.follow_up_width);
  layout.completeness = add(kCompletenessCounters);
  return layout;
}

template <typename T>
void CountValues(const RowBlock& block, const T* values, size_t per_group,
                 uint32_t* counts) {
  block.ForEach([=](size_t row, uint32_t group, size_t i) {
    ++counts[group * per_group + values[row] * kBanks + i % kBanks];
  });
}

int64_t SumBanks(const uint32_t* counts, size_t value) {
  int64_t n = 0;
  for (size_t bank = 0; bank < kBanks; ++bank) {
    n += counts[value * kBanks + bank];
  }
  return n;
}

// Cases by concomitant procedure from cases by set of them; 0 is none.
std::vector<int64_t> ByProcedure(const std::vector<int64_t>& by_set) {
  std::vector<int64_t> values(kProcedureCount + 1);
  values[0] = by_set[0];
  for (size_t set = 1; set < by_set.size(); ++set) {
    for (size_t p = 0; p < kProcedureCount; ++p) {
      if ((set >> p & 1U) != 0) values[p + 1] += by_set[set];
    }
  }
  return values;
}

// A row of a patient with more than one case.
struct SharedPatient {
  uint32_t group = 0;
  uint64_t patient = 0;
  auto operator<=>(const SharedPatient&) const = default;
};

// What a case has by visit, a bit each: VISA-A of either version, but any
// assessment at two weeks, when VISA-A is not asked.
class VisitsDone {
 public:
  explicit VisitsDone(const Chunk& chunk) : seen_(chunk.seen.data()) {
    for (size_t v = 0; v < kVisits; ++v) {
      visa_a_[v] = chunk.score[0][v].data();
      sedentary_[v] = chunk.score[1][v].data();
    }
  }

  uint8_t Of(size_t row) const {
    constexpr size_t kTwoWeeks = static_cast<size_t>(model::Visit::k2Weeks) - 1;
    unsigned bits = seen_[row] & (1U << kTwoWeeks);
    for (size_t v = 0; v < kVisits; ++v) {
      if (v == kTwoWeeks) continue;
      const bool has = (visa_a_[v][row] & sedentary_[v][row]) != kMissing;
      bits |= (has ? 1U : 0U) << v;
    }
    return static_cast<uint8_t>(bits);
  }

 private:
  const uint8_t* seen_;
  std::array<const uint8_t*, kVisits> visa_a_{}, sedentary_{};
};

// One pass over a range of groups.
class CasePass {
 public:
  CasePass(const Pass& pass, const Layout& layout, GroupRange range)
      : pass_(pass),
        layout_(layout),
        range_(range),
        due_(pass.snapshot.utc_day()),
        shared_(static_cast<size_t>(pass.pool.n_threads())) {}

  absl::Status Run(std::vector<CaseGroup>& groups) {
    Counters counters(range_.n * layout_.size, pass_.pool.n_threads());
    const absl::Status status =
        ForEachChunk(pass_.snapshot, pass_.pool, pass_.stop,
                     [&](const Chunk& chunk, int worker) {
                       CountChunk(chunk, counters.Of(worker),
                                  shared_[static_cast<size_t>(worker)]);
                     });
    if (!status.ok()) return status;
    const std::vector<uint32_t> counts = counters.Sum();
    const std::vector<int64_t> repeats = RepeatedPatients();
    for (size_t g = 0; g < range_.n; ++g) {
      if (pass_.stop.stop_requested()) {
        return absl::CancelledError("the question ended");
      }
      CaseGroup group = Read(counts.data() + g * layout_.size);
      if (group.n_cases == 0) continue;
      group.group = range_.first + g;
      group.n_patients = group.n_cases - repeats[g];
      groups.push_back(std::move(group));
    }
    return absl::OkStatus();
  }

 private:
  void CountChunk(const Chunk& chunk, uint32_t* counts,
                  std::vector<SharedPatient>& shared) const {
    const size_t size = layout_.size;
    const uint8_t* flags = chunk.flags.data();
    const uint8_t* years =
        chunk.dimension[static_cast<size_t>(Dimension::kSurgeryYear) - 1]
            .data();
    const VisitsDone done(chunk);
    std::vector<uint8_t> due, has;
    RowBlocks blocks(pass_.selection, pass_.grouping, range_);
    blocks.ForEach(chunk, [&](const RowBlock& block) {
      for (size_t d = 0; d < layout_.dimension.size(); ++d) {
        uint32_t* of_dimension = counts + layout_.dimension[d];
        if (d == kSiteIndex) {
          CountValues(block, chunk.site.data(), size, of_dimension);
        } else if (d == kConcomitantIndex) {
          CountValues(block, chunk.concomitant.data(), size, of_dimension);
        } else {
          CountValues(block, chunk.dimension[d].data(), size, of_dimension);
        }
      }
      CountValues(block, chunk.age_years.data(), size, counts + layout_.age);
      uint32_t* athletes = counts + layout_.athletes;
      uint32_t* follow_up = counts + layout_.follow_up;
      const uint16_t* last_contact = chunk.last_contact.data();
      due.resize(block.n);
      has.resize(block.n);
      block.ForEach([&](size_t row, uint32_t group, size_t i) {
        const uint8_t flag = flags[row];
        ++athletes[group * size + ((flag & kAthlete) != 0 ? kBanks : 0) +
                   i % kBanks];
        ++follow_up[group * size + last_contact[row]];
        due[i] = due_.SetOf(years[row], flag);
        has[i] = done.Of(row);
        if ((flag & kSharesPatient) != 0) {
          shared.push_back({group, chunk.patient.data()[row]});
        }
      });
      CountCompleteness(block, due.data(), has.data(), size,
                        counts + layout_.completeness);
    });
  }

  // By group, the cases beyond the first of a patient.
  std::vector<int64_t> RepeatedPatients() {
    std::vector<SharedPatient> all;
    for (std::vector<SharedPatient>& part : shared_) {
      all.insert(all.end(), part.begin(), part.end());
      part.clear();
    }
    std::sort(all.begin(), all.end());
    std::vector<int64_t> repeats(range_.n);
    for (size_t i = 1; i < all.size(); ++i) {
      if (all[i] == all[i - 1]) ++repeats[all[i].group];
    }
    return repeats;
  }

  CaseGroup Read(const uint32_t* counts) const {
    CaseGroup group;
    group.n_cases = ReadCompleteness(counts + layout_.completeness, due_,
                                     group.completeness);
    for (size_t d = 0; d < layout_.dimension.size(); ++d) {
      std::vector<int64_t>& values = group.values[d];
      values.resize(layout_.n_values[d]);
      for (size_t v = 0; v < values.size(); ++v) {
        values[v] = SumBanks(counts + layout_.dimension[d], v);
      }
      if (d == kConcomitantIndex) values = ByProcedure(values);
    }
    for (size_t age = 1; age < kAgeCount; ++age) {
      const int64_t n = SumBanks(counts + layout_.age, age);
      group.age_n += n;
      group.age_sum += n * static_cast<int64_t>(age);
    }
    group.n_athletes = SumBanks(counts + layout_.athletes, 1);
    group.follow_up =
        ReadExits(counts + layout_.follow_up, layout_.follow_up_width,
                  kLastContactCauseBits, 1)
            .table;
    return group;
  }

  const Pass& pass_;
  const Layout& layout_;
  GroupRange range_;
  DueVisits due_;
  std::vector<std::vector<SharedPatient>> shared_;  // by worker
};

}  // namespace

absl::StatusOr<std::vector<CaseGroup>> TabulateCases(const Pass& pass) {
  const Layout layout = LayoutOf(pass.snapshot);
  const size_t per_pass = GroupsPerPass(layout.size);
  std::vector<CaseGroup> groups;
  for (size_t first = 0; first < pass.grouping.size(); first += per_pass) {
    CasePass case_pass(
        pass, layout,
        {first, std::min(per_pass, pass.grouping.size() - first)});
    const absl::Status status = case_pass.Run(groups);
    if (!status.ok()) return status;
  }
  return groups;
}

absl::StatusOr<CohortCounts> CountCases(const Pass& pass) {
  const size_t n_sites = pass.snapshot.sites().size();
  constexpr size_t kFlagValues = 256;
  const Grouping pooled(std::nullopt, pass.snapshot);
  Counters counters((n_sites + kFlagValues) * kBanks, pass.pool.n_threads());
  const absl::Status status = ForEachChunk(
      pass.snapshot, pass.pool, pass.stop, [&](const Chunk& chunk, int worker) {
        uint32_t* counts = counters.Of(worker);
        const uint16_t* sites = chunk.site.data();
        const uint8_t* flags = chunk.flags.data();
        RowBlocks blocks(pass.selection, pooled, {0, 1});
        blocks.ForEach(chunk, [&](const RowBlock& block) {
          CountValues(block, sites, 0, counts);
          CountValues(block, flags, 0, counts + n_sites * kBanks);
        });
      });
  if (!status.ok()) return status;
  const std::vector<uint32_t> counts = counters.Sum();
  CohortCounts result;
  for (size_t site = 0; site < n_sites; ++site) {
    const int64_t n = SumBanks(counts.data(), site);
    result.n_cases += n;
    result.n_sites += n > 0 ? 1 : 0;
  }
  for (size_t value = 0; value < kFlagValues; ++value) {
    const int64_t n = SumBanks(counts.data() + n_sites * kBanks, value);
    if ((value & kSynthetic) != 0) result.n_synthetic += n;
    if ((value & kAthlete) != 0) result.n_athletes += n;
    if ((value & kOsteotomy) != 0) result.n_osteotomies += n;
  }
  return result;
}

}  // namespace enthesis::cohort
