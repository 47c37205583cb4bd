#include "stats/concordance.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/cox_table.h"
#include "stats/design_matrix.h"
#include "stats/key_sort.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

// Weights of the pairs that a row of a node is part of.
struct Pairs {
  double net = 0;         // concordant less discordant
  double comparable = 0;  // with tied scores

  void Add(double concordant, double discordant, double tied, double sign) {
    net += sign * (concordant - discordant);
    comparable += sign * (concordant + discordant + tied);
  }
};

// Weights below, at and above a rank.
struct Split {
  double below = 0;
  double equal = 0;
  double above = 0;
};

// Weights by rank, with partial sums (Fenwick 1994) over leaves of some ranks:
// the sums stay in a near cache, and a leaf is read at once.
class WeightTree {
 public:
  explicit WeightTree(size_t n_ranks)
      : own_(n_ranks, 0), sums_(n_ranks / kLeaf + 2, 0) {}

  void Add(size_t rank, double weight) {
    own_[rank] += weight;
    total_ += weight;
    for (size_t k = rank / kLeaf + 1; k < sums_.size(); k += k & (~k + 1)) {
      sums_[k] += weight;
    }
  }

  Split At(size_t rank) const {
    Split split;
    for (size_t k = rank / kLeaf; k > 0; k -= k & (~k + 1)) {
      split.below += sums_[k];
    }
    for (size_t k = rank / kLeaf * kLeaf; k < rank; ++k) split.below += own_[k];
    split.equal = own_[rank];
    split.above = total_ - split.below - split.equal;
    return split;
  }

 private:
  static constexpr size_t kLeaf = 16;

  std::vector<double> own_;
  std::vector<double> sums_;
  double total_ = 0;
};

// As WeightTree for rows of weight 1 that share no rank: a bit each, and how
// many are set before a word within a bunch of words, before a bunch within a
// bunch of bunches, and so on. A million ranks stay in a near cache, and a
// question reads one number of each level.
class RankBits {
 public:
  explicit RankBits(size_t n_ranks) : bits_(n_ranks / kWord + 1, 0) {
    size_t n = bits_.size();
    do {
      n = (n + kBunch - 1) / kBunch;
      before_.emplace_back(n * kBunch, 0);
    } while (n > 1);
  }

  // `weight` is 1, or -1 for one that is there.
  void Add(size_t rank, double weight) {
    bits_[rank / kWord] ^= uint64_t{1} << rank % kWord;
    const int32_t step = weight > 0 ? 1 : -1;
    n_set_ += step;
    size_t place = rank / kWord;
    for (std::vector<int32_t>& level : before_) {
      const int32_t own = static_cast<int32_t>(place % kBunch);
      int32_t* bunch = level.data() + place / kBunch * kBunch;
      for (int32_t k = 0; k < kBunch; ++k) bunch[k] += k > own ? step : 0;
      place /= kBunch;
    }
  }

  Split At(size_t rank) const {
    size_t place = rank / kWord;
    const uint64_t word = bits_[place];
    const int32_t equal = static_cast<int32_t>(word >> rank % kWord & 1);
    int32_t below =
        std::popcount(word & ((uint64_t{1} << rank % kWord) - 1));
    for (const std::vector<int32_t>& level : before_) {
      below += level[place];
      place /= kBunch;
    }
    return {.below = static_cast<double>(below),
            .equal = static_cast<double>(equal),
            .above = static_cast<double>(n_set_ - below - equal)};
  }

 private:
  static constexpr size_t kWord = 64;
  static constexpr int32_t kBunch = 32;

  std::vector<uint64_t> bits_;
  std::vector<std::vector<int32_t>> before_;  // [level][word, bunch, ...]
  int32_t n_set_ = 0;
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
        are_bits_(table.strata.size()),
        later_(table.n_nodes),
        earlier_(table.n_nodes),
        sums_(table.strata.size()) {
    const size_t n_strata = table.strata.size();
    if (n_strata == 1) {
      RankStratum(0, pool_);
    } else {
      RunTasks(pool_, n_strata, [this](size_t s) { RankStratum(s, nullptr); });
    }
    RunTasks(pool_, 2 * n_strata, [this](size_t task) {
      const size_t s = task / 2;
      if (are_bits_[s]) {
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
  template <typename Ranks>
  void Sweep(size_t s, bool back) {
    Ranks ranks(n_ranks_[s]);
    if (back) {
      SweepBack(s, ranks);
    } else {
      SweepForth(s, ranks);
    }
  }
  template <typename Ranks>
  void SweepBack(size_t s, Ranks& tree);
  template <typename Ranks>
  void SweepForth(size_t s, Ranks& tree);
  void CountTies(size_t group, bool own_ranks, std::vector<uint64_t>& tied,
                 Concordance& sums) const;
  double StandardError(double pairs, double somers_d) const;

  static constexpr size_t kPiece = 16384;

  const CoxTable& table_;
  absl::Span<const double> scores_;  // [node]
  ThreadPool* pool_;
  std::vector<uint32_t> ranks_;      // [node] of its score within the stratum
  std::vector<size_t> n_ranks_;      // [stratum]
  std::vector<char> are_bits_;       // [stratum] whether RankBits can count it
  // [node] of one of its rows: as the event with those who leave later, and
  // with the events it outlived.
  std::vector<Pairs> later_, earlier_;
  std::vector<Concordance> sums_;  // [stratum]
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
  uint32_t rank = 0;
  for (size_t k = 0; k < nodes.size(); ++k) {
    if (k > 0 && nodes[k].key != nodes[k - 1].key) ++rank;
    ranks_[nodes[k].row] = rank;
  }
  n_ranks_[s] = rank + size_t{1};
  const double* totals = table_.totals.data() + begin;
  are_bits_[s] =
      n_ranks_[s] == nodes.size() && nodes.size() <= INT32_MAX &&
      std::all_of(totals, totals + nodes.size(),
                  [](double total) { return total == 1; });
}

// From the last time to the first: each event against those at risk who leave
// later, or are censored at its time.
template <typename Ranks>
void PairCount::SweepBack(size_t s, Ranks& tree) {
  Concordance sums;
  std::vector<uint64_t> tied;
  for (size_t g = GroupsEnd(s); g-- > GroupsBegin(s);) {
    if (!table_.first_group.empty() && g + 1 < GroupsEnd(s)) {
      for (size_t k = table_.entry_begin[g + 1]; k < table_.entry_begin[g + 2];
           ++k) {
        const size_t node = table_.late_nodes[k];
        tree.Add(ranks_[node], -WeightOf(node));
      }
    }
    const size_t events_end = table_.events_end[g];
    for (size_t i = events_end; i < table_.group_begin[g + 1]; ++i) {
      tree.Add(ranks_[i], WeightOf(i));
    }
    for (size_t i = table_.group_begin[g]; i < events_end; ++i) {
      const Split later = tree.At(ranks_[i]);
      const double weight = WeightOf(i);
      sums.concordant += weight * later.below;
      sums.discordant += weight * later.above;
      sums.tied_score += weight * later.equal;
      later_[i].Add(later.below, later.above, later.equal, 1);
    }
    for (size_t i = table_.group_begin[g]; i < events_end; ++i) {
      tree.Add(ranks_[i], WeightOf(i));
    }
    CountTies(g, are_bits_[s], tied, sums);
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
template <typename Ranks>
void PairCount::SweepForth(size_t s, Ranks& tree) {
  const auto add = [&](size_t node, double sign) {
    const Split earlier = tree.At(ranks_[node]);
    earlier_[node].Add(earlier.above, earlier.below, earlier.equal, sign);
  };
  for (size_t g = GroupsBegin(s); g < GroupsEnd(s); ++g) {
    if (!table_.first_group.empty()) {
      for (size_t k = table_.entry_begin[g]; k < table_.entry_begin[g + 1];
           ++k) {
        add(table_.late_nodes[k], -1);
      }
    }
    const size_t events_end = table_.events_end[g];
    for (size_t i = table_.group_begin[g]; i < events_end; ++i) add(i, 1);
    for (size_t i = table_.group_begin[g]; i < events_end; ++i) {
      tree.Add(ranks_[i], WeightOf(i));
    }
    for (size_t i = events_end; i < table_.group_begin[g + 1]; ++i) add(i, 1);
  }
}

// Root of the sum of squared influences, by row or by cluster.
double PairCount::StandardError(double pairs, double somers_d) const {
  const auto influence = [&](size_t i) {
    const double net = later_[i].net + earlier_[i].net;
    const double comparable = later_[i].comparable + earlier_[i].comparable;
    return table_.weights[i] * (net - somers_d * comparable) / pairs;
  };
  double square = 0;
  if (table_.n_clusters > 0) {
    std::vector<double> clusters(table_.n_clusters, 0);
    for (size_t i = 0; i < table_.n_nodes; ++i) {
      clusters[table_.clusters[i]] += table_.Count(i) * influence(i);
    }
    for (double sum : clusters) square += sum * sum;
  } else {
    std::vector<double> squares((table_.n_nodes + kPiece - 1) / kPiece, 0);
    RunPieces(pool_, table_.n_nodes, kPiece, [&](size_t begin, size_t end) {
      double sum = 0;
      for (size_t i = begin; i < end; ++i) {
        const double of_row = influence(i);
        sum += table_.Count(i) * of_row * of_row;
      }
      squares[begin / kPiece] = sum;
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
