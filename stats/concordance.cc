#include "stats/concordance.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/cox_table.h"
#include "stats/design_matrix.h"
#include "stats/key_sort.h"
#include "stats/parallel.h"
#include "stats/rank_counts.h"

namespace enthesis::stats {
namespace {

// What a row of a group is comparable with.
struct GroupTotals {
  double later = 0;    // at risk and leaving later: if it has the event
  double before = 0;   // events of earlier groups
  double through = 0;  // with those of the group: if it is censored
};

// Counts the pairs of each stratum in two sweeps over its groups.
class PairCount {
 public:
  PairCount(const CoxTable& table, absl::Span<const double> scores,
            ThreadPool* pool)
      : table_(table),
        scores_(scores),
        pool_(pool),
        ranks_(table.n_nodes),
        n_ranks_(table.strata.size()),
        own_ranks_(table.strata.size()),
        later_(table.n_nodes),
        earlier_(table.n_nodes),
        totals_(table.n_groups()),
        sums_(table.strata.size()) {
    const size_t n_strata = table.strata.size();
    if (n_strata == 1) {
      RankStratum(0, pool_);
    } else {
      RunTasks(pool_, n_strata, [this](size_t s) { RankStratum(s, nullptr); });
    }
    RunTasks(pool_, 2 * n_strata, [this](size_t task) {
      const size_t s = task / 2;
      if (own_ranks_[s]) {
        Sweep<RankBits>(s, task % 2 == 0);
      } else {
        Sweep<WeightTree>(s, task % 2 == 0);
      }
    });
  }

  Concordance Summary() const;

 private:
  double WeightOf(size_t node) const { return table_.totals[node]; }
  size_t GroupsBegin(size_t s) const { return table_.stratum_begin[s]; }
  size_t GroupsEnd(size_t s) const { return table_.stratum_begin[s + 1]; }

  void RankStratum(size_t s, ThreadPool* pool);
  template <typename Counts>
  void Sweep(size_t s, bool back) {
    Counts counts(n_ranks_[s]);
    if (back) {
      SweepBack(s, counts);
    } else {
      SweepForth(s, counts);
    }
  }
  template <typename Counts>
  void SweepBack(size_t s, Counts& counts);
  template <typename Counts>
  void SweepForth(size_t s, Counts& counts);
  void CountTies(size_t group, bool own_ranks, std::vector<uint64_t>& tied,
                 Concordance& sums) const;
  double Comparable(size_t node, size_t group) const;
  double StandardError(double pairs, double somers_d) const;

  static constexpr size_t kPiece = 16384;

  const CoxTable& table_;
  absl::Span<const double> scores_;  // [node]
  ThreadPool* pool_;
  std::vector<uint32_t> ranks_;  // [node] of its score within the stratum
  std::vector<size_t> n_ranks_;  // [stratum]
  // [stratum] whether all rows have weight 1 and no two one score.
  std::vector<char> own_ranks_;
  // [node] concordant less discordant pairs of one of its rows: as the event
  // with those who leave later, and with the events it outlived.
  std::vector<double> later_, earlier_;
  std::vector<GroupTotals> totals_;  // [group]
  std::vector<Concordance> sums_;    // [stratum]
};

// Ordered as the scores are; both zeros are one.
uint64_t KeyOfScore(double score) {
  constexpr uint64_t kSign = uint64_t{1} << 63;
  const uint64_t bits = std::bit_cast<uint64_t>(score + 0.0);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

void PairCount::RankStratum(size_t s, ThreadPool* pool) {
  const size_t begin = table_.group_begin[GroupsBegin(s)];
  KeyedRows nodes(table_.group_begin[GroupsEnd(s)] - begin);
  RunPieces(pool, nodes.size(), kPiece, [&](size_t first, size_t last) {
    for (size_t k = first; k < last; ++k) {
      nodes[k].key = KeyOfScore(scores_[begin + k]);
      nodes[k].row = static_cast<uint32_t>(begin + k);
    }
  });
  SortByKey(nodes, pool);
  const auto is_new = [&](size_t k) {
    return k > 0 && nodes[k].key != nodes[k - 1].key;
  };
  const size_t n_pieces = (nodes.size() + kPiece - 1) / kPiece;
  std::vector<uint32_t> first_rank(n_pieces, 0);  // of a piece, less that of 0
  std::vector<char> all_of_one(n_pieces, true);
  RunPieces(pool, nodes.size(), kPiece, [&](size_t first, size_t last) {
    uint32_t n_new = 0;
    bool ones = true;
    for (size_t k = first; k < last; ++k) {
      n_new += is_new(k);
      ones = ones && WeightOf(begin + k) == 1;
    }
    first_rank[first / kPiece] = n_new;
    all_of_one[first / kPiece] = ones;
  });
  uint32_t n_new = 0;
  for (uint32_t& rank : first_rank) n_new += std::exchange(rank, n_new);
  RunPieces(pool, nodes.size(), kPiece, [&](size_t first, size_t last) {
    uint32_t rank = first_rank[first / kPiece];
    for (size_t k = first; k < last; ++k) {
      rank += is_new(k);
      ranks_[nodes[k].row] = rank;
    }
  });
  n_ranks_[s] = n_new + size_t{1};
  own_ranks_[s] = n_ranks_[s] == nodes.size() &&
                 std::count(all_of_one.begin(), all_of_one.end(), false) == 0;
}

// From the last time to the first: each event against those at risk who leave
// later, or are censored at its time.
template <typename Counts>
void PairCount::SweepBack(size_t s, Counts& counts) {
  Concordance sums;
  std::vector<uint64_t> tied;
  for (size_t g = GroupsEnd(s); g-- > GroupsBegin(s);) {
    if (!table_.first_group.empty() && g + 1 < GroupsEnd(s)) {
      for (size_t k = table_.entry_begin[g + 1]; k < table_.entry_begin[g + 2];
           ++k) {
        const size_t node = table_.late_nodes[k];
        counts.Add(ranks_[node], -WeightOf(node));
      }
    }
    const size_t events_end = table_.events_end[g];
    for (size_t i = events_end; i < table_.group_begin[g + 1]; ++i) {
      counts.Add(ranks_[i], WeightOf(i));
    }
    totals_[g].later = counts.total();
    for (size_t i = table_.group_begin[g]; i < events_end; ++i) {
      const Split later = counts.At(ranks_[i]);
      const double weight = WeightOf(i);
      sums.concordant += weight * later.below;
      sums.discordant += weight * later.above;
      sums.tied_score += weight * later.equal;
      later_[i] = later.below - later.above;
    }
    for (size_t i = table_.group_begin[g]; i < events_end; ++i) {
      counts.Add(ranks_[i], WeightOf(i));
    }
    CountTies(g, own_ranks_[s], tied, sums);
  }
  sums_[s] = sums;
}

// Pairs of events at the time of `group`, of which with `own_ranks` no two
// have one score, each of weight 1; `tied` is scratch.
void PairCount::CountTies(size_t group, bool own_ranks,
                          std::vector<uint64_t>& tied,
                          Concordance& sums) const {
  if (own_ranks) {
    const double n = table_.events_end[group] - table_.group_begin[group];
    sums.tied_time += n * (n - 1) / 2;
    return;
  }
  tied.clear();
  for (size_t i = table_.group_begin[group]; i < table_.events_end[group];
       ++i) {
    tied.push_back(uint64_t{ranks_[i]} << 32 | i);
  }
  std::sort(tied.begin(), tied.end());
  double before = 0;  // of lower scores
  double total = 0;
  for (size_t k = 0; k < tied.size(); ++k) {
    const size_t node = tied[k] & UINT32_MAX;
    if (k > 0 && tied[k] >> 32 != tied[k - 1] >> 32) before = total;
    const double weight = WeightOf(node);
    const double rows = table_.Count(node);
    sums.tied_time += weight * before;
    sums.tied_both += weight * (total - before) +
                      table_.weights[node] * weight * (rows - 1) / 2;
    total += weight;
  }
}

// From the first time to the last: each node against the events it outlived.
template <typename Counts>
void PairCount::SweepForth(size_t s, Counts& counts) {
  const auto add = [&](size_t node, double sign) {
    const Split earlier = counts.At(ranks_[node]);
    earlier_[node] += sign * (earlier.above - earlier.below);
  };
  for (size_t g = GroupsBegin(s); g < GroupsEnd(s); ++g) {
    totals_[g].before = counts.total();
    if (!table_.first_group.empty()) {
      for (size_t k = table_.entry_begin[g]; k < table_.entry_begin[g + 1];
           ++k) {
        add(table_.late_nodes[k], -1);
      }
    }
    const size_t events_end = table_.events_end[g];
    for (size_t i = table_.group_begin[g]; i < events_end; ++i) add(i, 1);
    for (size_t i = table_.group_begin[g]; i < events_end; ++i) {
      counts.Add(ranks_[i], WeightOf(i));
    }
    totals_[g].through = counts.total();
    for (size_t i = events_end; i < table_.group_begin[g + 1]; ++i) add(i, 1);
  }
}

// Pairs with others that a row of `node`, of `group`, is part of, tied scores
// among them.
double PairCount::Comparable(size_t node, size_t group) const {
  const GroupTotals& totals = totals_[group];
  const double pairs = table_.IsEvent(node, group)
                           ? totals.later + totals.before
                           : totals.through;
  if (table_.first_group.empty()) return pairs;
  return pairs - totals_[table_.first_group[node]].before;
}

// Root of the sum of squared influences, by row or by cluster.
double PairCount::StandardError(double pairs, double somers_d) const {
  const auto influence = [&](size_t i, size_t group) {
    return table_.weights[i] *
           (later_[i] + earlier_[i] - somers_d * Comparable(i, group)) / pairs;
  };
  double square = 0;
  if (table_.n_clusters > 0) {
    std::vector<double> clusters(table_.n_clusters, 0);
    for (size_t g = 0; g < table_.n_groups(); ++g) {
      for (size_t i = table_.group_begin[g]; i < table_.group_begin[g + 1];
           ++i) {
        clusters[table_.clusters[i]] += table_.Count(i) * influence(i, g);
      }
    }
    for (double sum : clusters) square += sum * sum;
  } else {
    constexpr size_t kGroups = 256;  // a task
    std::vector<double> squares((table_.n_groups() + kGroups - 1) / kGroups, 0);
    RunPieces(pool_, table_.n_groups(), kGroups, [&](size_t begin, size_t end) {
      double sum = 0;
      for (size_t g = begin; g < end; ++g) {
        for (size_t i = table_.group_begin[g]; i < table_.group_begin[g + 1];
             ++i) {
          const double of_row = influence(i, g);
          sum += table_.Count(i) * of_row * of_row;
        }
      }
      squares[begin / kGroups] = sum;
    });
    for (double sum : squares) square += sum;
  }
  return std::sqrt(square) / 2;  // Somers' d is 2 C - 1
}

Concordance PairCount::Summary() const {
  Concordance result;
  for (const Concordance& sums : sums_) {
    result.concordant += sums.concordant;
    result.discordant += sums.discordant;
    result.tied_score += sums.tied_score;
    result.tied_time += sums.tied_time;
    result.tied_both += sums.tied_both;
  }
  const double pairs =
      result.concordant + result.discordant + result.tied_score;
  if (!(pairs > 0) || !std::isfinite(pairs)) return result;
  const double somers_d = (result.concordant - result.discordant) / pairs;
  result.estimate = (somers_d + 1) / 2;
  result.std_error = StandardError(pairs, somers_d);
  return result;
}

}  // namespace

absl::StatusOr<Concordance> EstimateConcordance(
    const CoxRows& rows, absl::Span<const double> scores) {
  DesignMatrix design;
  design.n_rows = scores.size();
  design.names = {"score"};
  design.values.assign(scores.begin(), scores.end());
  const absl::StatusOr<CoxTable> table =
      BuildCoxTable(rows, design, true, nullptr);
  if (!table.ok()) return table.status();
  std::vector<double> node_scores(table->n_nodes);
  for (size_t row = 0; row < scores.size(); ++row) {
    const uint32_t node = table->node_of_row[row];
    if (node != CoxTable::kNoNode) node_scores[node] = scores[row];
  }
  return ConcordanceOfNodes(*table, node_scores, nullptr);
}

Concordance ConcordanceOfNodes(const CoxTable& table,
                               absl::Span<const double> scores,
                               ThreadPool* pool) {
  return PairCount(table, scores, pool).Summary();
}

}  // namespace enthesis::stats
