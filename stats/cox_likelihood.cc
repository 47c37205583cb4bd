#include "stats/cox_likelihood.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <vector>

#include "absl/types/span.h"
#include "stats/cox_kernels.h"
#include "stats/cox_risk_sums.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

constexpr size_t kNodesPerChunk = 4096;
constexpr size_t kBlock = 512;  // nodes whose columns fit the first cache
// Strata up to this many nodes are not split between chunks.
constexpr size_t kNodesPerStratum = 32768;

// Whether sums of groups are worth keeping: where they take less memory than
// the nodes, which then are read once.
bool HasLongGroups(const CoxTable& table) {
  return table.first_group.empty() &&
         table.n_nodes >= table.n_groups() * (32 + 4 * table.n_columns);
}

}  // namespace

CoxLikelihood::CoxLikelihood(const CoxTable& table, CoxTies ties,
                             ThreadPool* pool)
    : table_(table),
      nodes_{table.values.get(), table.n_nodes, table.n_columns},
      late_{table.late_values.data(), table.late_nodes.size(), table.n_columns},
      ties_(ties),
      pool_(pool),
      long_groups_(HasLongGroups(table)),
      sums_size_(1 + table.n_columns * (table.n_columns + 1)) {
  for (uint32_t node : table.late_nodes) {
    late_weights_.push_back(table.totals[node]);
  }
  if (long_groups_) {
    group_sums_ = std::make_unique_for_overwrite<double[]>(
        2 * table.n_groups() * sums_size_);
  } else {
    risks_ = std::make_unique_for_overwrite<double[]>(table.n_nodes);
  }
  late_risks_.resize(table.late_nodes.size());
  hazards_.resize(table.n_groups());
  event_deficit_.resize(table.n_groups());
  derivatives_.gradient.resize(table.n_columns);
  derivatives_.information.resize(table.n_columns * table.n_columns);
  event_rows_.resize(table.n_groups());
  event_weights_.resize(table.n_groups());
  MakeChunks();
  weighs_while_walking_ =
      whole_strata_ && !long_groups_ && table.first_group.empty();
  RunTasks(pool_, chunks_.size(), [this](size_t c) { SumEvents(chunks_[c]); });
}

// The group after the last of the chunk that begins with `group`.
size_t CoxLikelihood::EndOfChunk(size_t group) const {
  const std::vector<uint32_t>& first_nodes = table_.group_begin;
  const size_t enough = first_nodes[group] + kNodesPerChunk;
  while (group < table_.n_groups() && first_nodes[group] < enough) {
    const size_t stratum = table_.group_strata[group];
    const size_t next = table_.stratum_begin[stratum + 1];
    const bool small =
        group == table_.stratum_begin[stratum] &&
        first_nodes[next] - first_nodes[group] <= kNodesPerStratum;
    group = small ? next : group + 1;
  }
  return group;
}

void CoxLikelihood::MakeChunks() {
  const size_t n_groups = table_.n_groups();
  const size_t p = table_.n_columns;
  for (size_t g = 0; g < n_groups;) {
    Chunk chunk;
    chunk.group_begin = g;
    g = EndOfChunk(g);
    chunk.group_end = g;
    const size_t stratum = table_.group_strata[chunk.group_begin];
    chunk.leading_end = std::min<size_t>(g, table_.stratum_begin[stratum + 1]);
    whole_strata_ =
        whole_strata_ && chunk.group_begin == table_.stratum_begin[stratum];
    chunk.gradient.resize(p);
    chunk.information.resize(p * p);
    chunks_.push_back(std::move(chunk));
  }
}

// What the events add does not change with the coefficients.
void CoxLikelihood::SumEvents(Chunk& chunk) {
  std::vector<double> sums(table_.n_columns + 1, 0);
  for (size_t g = chunk.group_begin; g < chunk.group_end; ++g) {
    const size_t begin = table_.group_begin[g];
    const size_t end = table_.events_end[g];
    for (size_t i = begin; i < end; ++i) {
      event_rows_[g] += table_.Count(i);
      event_weights_[g] += table_.totals[i];
    }
    AddWeightedSums(nodes_.From(begin), table_.totals.data() + begin,
                    end - begin, sums.data());
  }
  chunk.event_sums.assign(sums.begin() + 1, sums.end());
}

// The risks of n nodes.
void CoxLikelihood::Weigh(const ColumnsView& x, const double* weights, size_t n,
                          double* risks) const {
  if (at_zero_) {
    std::copy_n(weights, n, risks);
  } else {
    FillRisks(x, coefficients_.data(), weights, n, risks);
  }
}

void CoxLikelihood::WeighNodes(size_t begin, size_t end) {
  Weigh(nodes_.From(begin), table_.totals.data() + begin, end - begin,
        risks_.get() + begin);
}

// First pass where groups are long: all that the later ones need of the nodes,
// by group.
void CoxLikelihood::SumGroups(Chunk& chunk) {
  std::vector<double> risks(kBlock);
  CoxRiskSums sums(table_.n_columns, false);
  for (size_t g = chunk.group_begin; g < chunk.group_end; ++g) {
    for (const bool event : {true, false}) {
      double* own = GroupSums(g, event);
      std::fill_n(own, sums_size_, 0);
      const size_t last =
          event ? table_.events_end[g] : table_.group_begin[g + 1];
      size_t begin = event ? table_.group_begin[g] : table_.events_end[g];
      for (; begin < last; begin += kBlock) {
        const size_t n = std::min(last - begin, kBlock);
        const ColumnsView x = nodes_.From(begin);
        Weigh(x, table_.totals.data() + begin, n, risks.data());
        AddWeightedSums(x, risks.data(), n, own);
        AddWeightedGram(x, risks.data(), n, own + 1 + x.count);
      }
      if (g < chunk.leading_end) sums.Add(own);
    }
  }
  sums.Store(chunk.risk);
}

// First pass elsewhere: the risk of each node, and its sums over the leading
// stratum.
void CoxLikelihood::SumNodes(Chunk& chunk) {
  const size_t first = table_.group_begin[chunk.group_begin];
  const size_t last = table_.group_begin[chunk.group_end];
  // Sums that no other chunk needs are not taken.
  const size_t leading_end =
      whole_strata_ ? chunk.group_begin : chunk.leading_end;
  const size_t leading_last = table_.group_begin[leading_end];
  const bool delayed = !table_.first_group.empty();
  CoxRiskSums sums(table_.n_columns, delayed);
  // In blocks, which are still in the first cache when they are summed.
  for (size_t begin = first; begin < last; begin += kBlock) {
    const size_t end = std::min(last, begin + kBlock);
    WeighNodes(begin, end);
    if (begin >= leading_last) continue;
    sums.Add(risks_.get(), nodes_, begin, std::min(end, leading_last), 1);
  }
  if (delayed) {
    const size_t last_group = table_.n_groups();
    const size_t begin = table_.entry_begin[chunk.group_begin + 1];
    const size_t end =
        table_.entry_begin[std::min(chunk.group_end + 1, last_group)];
    Weigh(late_.From(begin), late_weights_.data() + begin, end - begin,
          late_risks_.data() + begin);
    // Those who enter between the groups of the leading stratum.
    const size_t leading =
        table_.entry_begin[std::min(leading_end + 1, last_group)];
    sums.Add(late_risks_.data(), late_, begin, leading, -1);
  }
  sums.Store(chunk.risk);
}

void CoxLikelihood::SumRisks(Chunk& chunk) {
  if (long_groups_) {
    SumGroups(chunk);
  } else {
    SumNodes(chunk);
  }
}

double CoxLikelihood::EventWeight() const {
  return std::accumulate(event_weights_.begin(), event_weights_.end(), 0.0);
}

void CoxLikelihood::PassCarries() {
  CoxRiskSums carry(table_.n_columns, !table_.first_group.empty());
  for (size_t c = chunks_.size(); c-- > 0;) {
    Chunk& chunk = chunks_[c];
    const bool continues = chunk.group_end < table_.n_groups() &&
                           table_.group_strata[chunk.group_end] ==
                               table_.group_strata[chunk.group_end - 1];
    if (!continues) carry.Clear();
    carry.Store(chunk.carry);
    if (chunk.leading_end < chunk.group_end) carry.Clear();
    carry.AddPairs(chunk.risk);
  }
}

// Adds the nodes of group `g` with or without the event to `sums`.
void CoxLikelihood::AddRisks(size_t g, bool event, CoxRiskSums& sums) {
  if (long_groups_) {
    sums.Add(GroupSums(g, event));
  } else if (event) {
    sums.Add(risks_.get(), nodes_, table_.group_begin[g], table_.events_end[g],
             1);
  } else {
    sums.Add(risks_.get(), nodes_, table_.events_end[g],
             table_.group_begin[g + 1], 1);
  }
}

// The sums over those at risk after group `g` become those at it; `events` are
// those of its events.
void CoxLikelihood::AddGroup(size_t g, CoxRiskSums& at_risk,
                             CoxRiskSums& events) {
  AddRisks(g, false, at_risk);
  events.Clear();
  if (!HasEvents(g)) return;
  AddRisks(g, true, events);
  if (at_risk.compensated()) {
    AddRisks(g, true, at_risk);
  } else {
    at_risk.Add(events.plain());
  }
}

// The risk sets with events of some groups of one stratum, from the last to the
// first; `at_risk` are the sums after the last, then those at the first.
void CoxLikelihood::WalkByGroups(size_t group_begin, size_t group_end,
                                 CoxRiskSums& at_risk, ChunkSums& sums) {
  CoxRiskSums events(table_.n_columns, false);
  const size_t stratum = table_.group_strata[group_begin];
  for (size_t g = group_end; g-- > group_begin;) {
    const bool last = g + 1 == table_.stratum_begin[stratum + 1];
    if (!last && at_risk.compensated()) {
      at_risk.Add(late_risks_.data(), late_, table_.entry_begin[g + 1],
                  table_.entry_begin[g + 2], -1);
    }
    AddGroup(g, at_risk, events);
    if (!HasEvents(g)) continue;
    sums.risk_sets.Put(
        g, [&](size_t k) { return at_risk.Value(k); },
        [&](size_t k) { return events.Value(k); });
    if (sums.risk_sets.full()) AddRiskSets(sums);
  }
}

// The same where nodes do not leave the sums and groups are short. Events are
// the difference of two sums over later nodes: beside those at risk, of whom
// they are a part, its rounding is nothing.
void CoxLikelihood::WalkByNodes(size_t group_begin, size_t group_end,
                                const CoxRiskSums& at_risk, ChunkSums& sums) {
  const auto weigh = [this](size_t begin, size_t end) {
    if (weighs_while_walking_) WeighNodes(begin, end);
  };
  CoxTailSums tails(nodes_, risks_.get(), table_.group_begin[group_begin],
                    table_.group_begin[group_end], at_risk.plain());
  for (size_t g = group_end; g-- > group_begin;) {
    const CoxTailSums::Sums own =
        tails.From(table_.group_begin[g], table_.events_end[g], weigh);
    if (!HasEvents(g)) continue;
    sums.risk_sets.Put(
        g, [&](size_t k) { return own.all[k]; },
        [&](size_t k) { return own.all[k] - own.later[k]; });
    if (sums.risk_sets.full()) AddRiskSets(sums);
  }
}

// What the collected risk sets contribute.
void CoxLikelihood::AddRiskSets(ChunkSums& sums) {
  CoxRiskSetBlock& sets = sums.risk_sets;
  for (size_t i = 0; i < sets.size(); ++i) {
    const size_t g = sets.Group(i);
    const double risk = sets.Risk(i);
    const TiedSums tied =
        SumTies(ties_, risk, sets.EventRisk(i), event_rows_[g],
                event_weights_[g], &sums.log_risks);
    const double share = 1 / risk;
    hazards_[g] = tied.q * share;
    event_deficit_[g] = tied.fq * share;
    sets.SetTies(i, tied, share);
  }
  sets.TakeMeans(sums.information);
  sets.Clear();
}

// Second pass, from the last group to the first: the risk sets, the hazard,
// and what depends on means over those at risk.
void CoxLikelihood::WalkRiskSets(Chunk& chunk) {
  const bool delayed = !table_.first_group.empty();
  std::fill(chunk.information.begin(), chunk.information.end(), 0);
  std::fill_n(hazards_.data() + chunk.group_begin,
              chunk.group_end - chunk.group_begin, 0);
  ChunkSums sums{
      CoxRiskSetBlock(table_.n_columns), {}, chunk.information.data()};
  CoxRiskSums at_risk(table_.n_columns, delayed);
  at_risk.AddPairs(chunk.carry);
  for (size_t end = chunk.group_end; end > chunk.group_begin;) {
    const size_t stratum = table_.group_strata[end - 1];
    const size_t begin =
        std::max<size_t>(chunk.group_begin, table_.stratum_begin[stratum]);
    if (end == table_.stratum_begin[stratum + 1]) at_risk.Clear();
    if (delayed || long_groups_) {
      WalkByGroups(begin, end, at_risk, sums);
    } else {
      WalkByNodes(begin, end, at_risk, sums);
    }
    end = begin;
  }
  AddRiskSets(sums);
  chunk.log_likelihood = -sums.log_risks.Value();
}

// Cumulates the hazards within strata, the first of which begins there.
void CoxLikelihood::AccumulateHazards(size_t group_begin, size_t group_end) {
  double total = 0;
  for (size_t g = group_begin; g < group_end; ++g) {
    if (g == group_begin ||
        table_.group_strata[g] != table_.group_strata[g - 1]) {
      total = 0;
    }
    total += hazards_[g];
    hazards_[g] = total;
  }
}

// The hazard that a node of group `g`, where it is `cumulated`, is exposed to
// from its entry on.
double CoxLikelihood::HazardOf(size_t node, size_t g, double cumulated) const {
  const size_t first = table_.first_group[node];
  const size_t origin = table_.stratum_begin[table_.group_strata[g]];
  return first > origin ? cumulated - hazards_[first - 1] : cumulated;
}

// Third pass where groups are long.
void CoxLikelihood::AddGroups(Chunk& chunk, std::vector<double>& sums) {
  const size_t p = table_.n_columns;
  for (size_t g = chunk.group_begin; g < chunk.group_end; ++g) {
    for (const bool event : {true, false}) {
      const double hazard = hazards_[g] - (event ? event_deficit_[g] : 0);
      const double* own = GroupSums(g, event);
      for (size_t k = 0; k <= p; ++k) sums[k] += hazard * own[k];
      for (size_t k = 0; k < p * p; ++k) {
        chunk.information[k] += hazard * own[1 + p + k];
      }
    }
  }
}

// Third pass elsewhere.
void CoxLikelihood::AddNodes(Chunk& chunk, std::vector<double>& sums) {
  const bool delayed = !table_.first_group.empty();
  std::vector<double> expected(kBlock);
  size_t g = chunk.group_begin;
  const size_t last = table_.group_begin[chunk.group_end];
  for (size_t begin = table_.group_begin[g]; begin < last; begin += kBlock) {
    const size_t end = std::min(last, begin + kBlock);
    for (size_t node = begin; node < end;) {
      // The events of a group, then its censorings.
      while (node >= table_.group_begin[g + 1]) ++g;
      const bool event = table_.IsEvent(node, g);
      const size_t stop = std::min<size_t>(
          end, event ? table_.events_end[g] : table_.group_begin[g + 1]);
      const double hazard = hazards_[g] - (event ? event_deficit_[g] : 0);
      for (; !delayed && node < stop; ++node) {
        expected[node - begin] = risks_[node] * hazard;
      }
      for (; node < stop; ++node) {
        expected[node - begin] = risks_[node] * HazardOf(node, g, hazard);
      }
    }
    const ColumnsView x = nodes_.From(begin);
    AddWeightedSums(x, expected.data(), end - begin, sums.data());
    AddWeightedGram(x, expected.data(), end - begin, chunk.information.data());
  }
}

// Third pass: with E the events a node is expected to have, the gradient is
// the sum of (events - E) x, and the information gains the sum of E x x'.
void CoxLikelihood::AddExpected(Chunk& chunk) {
  const size_t p = table_.n_columns;
  std::vector<double> sums(p + 1, 0);  // of E and E x
  if (long_groups_) {
    AddGroups(chunk, sums);
  } else {
    AddNodes(chunk, sums);
  }
  for (size_t j = 0; j < p; ++j) {
    chunk.gradient[j] = chunk.event_sums[j] - sums[j + 1];
    chunk.log_likelihood += coefficients_[j] * chunk.event_sums[j];
  }
}

// Adds up what the chunks found.
void CoxLikelihood::AddChunks() {
  const size_t p = table_.n_columns;
  derivatives_.log_likelihood = 0;
  std::fill(derivatives_.gradient.begin(), derivatives_.gradient.end(), 0);
  std::vector<double>& information = derivatives_.information;
  std::fill(information.begin(), information.end(), 0);
  for (const Chunk& chunk : chunks_) {
    derivatives_.log_likelihood += chunk.log_likelihood;
    for (size_t j = 0; j < p; ++j) {
      derivatives_.gradient[j] += chunk.gradient[j];
      for (size_t k = 0; k <= j; ++k) {
        information[j * p + k] += chunk.information[j * p + k];
      }
    }
  }
  for (size_t j = 0; j < p; ++j) {
    for (size_t k = 0; k < j; ++k) {
      information[k * p + j] = information[j * p + k];
    }
  }
}

const CoxDerivatives& CoxLikelihood::Evaluate(
    absl::Span<const double> coefficients) {
  coefficients_.assign(coefficients.begin(), coefficients.end());
  at_zero_ = std::all_of(coefficients.begin(), coefficients.end(),
                         [](double coefficient) { return coefficient == 0; });
  const size_t n_chunks = chunks_.size();
  if (whole_strata_) {
    RunTasks(pool_, n_chunks, [this](size_t c) {
      Chunk& chunk = chunks_[c];
      if (!weighs_while_walking_) SumRisks(chunk);
      WalkRiskSets(chunk);
      AccumulateHazards(chunk.group_begin, chunk.group_end);
      AddExpected(chunk);
    });
  } else {
    RunTasks(pool_, n_chunks, [this](size_t c) { SumRisks(chunks_[c]); });
    PassCarries();
    RunTasks(pool_, n_chunks, [this](size_t c) { WalkRiskSets(chunks_[c]); });
    AccumulateHazards(0, table_.n_groups());
    RunTasks(pool_, n_chunks, [this](size_t c) { AddExpected(chunks_[c]); });
  }
  AddChunks();
  return derivatives_;
}

}  // namespace enthesis::stats
