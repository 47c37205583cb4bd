#include "stats/concordance.h"

#include <algorithm>
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

namespace enthesis::stats {
namespace {

// Weights of pairs a node is part of.
struct Pairs {
  double concordant = 0;
  double discordant = 0;
  double tied = 0;
};

// Weights below, at and above a rank.
struct Split {
  double below = 0;
  double equal = 0;
  double above = 0;
};

// Weights by rank with partial sums (Fenwick 1994).
class WeightTree {
 public:
  void Reset(size_t n_ranks) {
    sums_.assign(n_ranks + 1, 0);
    own_.assign(n_ranks, 0);
    total_ = 0;
  }

  void Add(size_t rank, double weight) {
    own_[rank] += weight;
    total_ += weight;
    for (size_t k = rank + 1; k < sums_.size(); k += k & (~k + 1)) {
      sums_[k] += weight;
    }
  }

  Split At(size_t rank) const {
    Split split;
    for (size_t k = rank; k > 0; k -= k & (~k + 1)) split.below += sums_[k];
    split.equal = own_[rank];
    split.above = total_ - split.below - split.equal;
    return split;
  }

 private:
  std::vector<double> sums_;
  std::vector<double> own_;
  double total_ = 0;
};

// Counts the pairs of each stratum in two sweeps over its groups.
class PairCount {
 public:
  PairCount(const CoxTable& table, absl::Span<const double> scores)
      : table_(table), ranks_(table.n_nodes), pairs_(table.n_nodes) {
    std::vector<double> node_scores(table.n_nodes);
    for (size_t row = 0; row < scores.size(); ++row) {
      const uint32_t node = table.node_of_row[row];
      if (node != CoxTable::kNoNode) node_scores[node] = scores[row];
    }
    for (size_t s = 0; s < table.strata.size(); ++s) {
      RankStratum(s, node_scores);
      SweepBack(s);
      SweepForth(s);
    }
  }

  Concordance Summary() const;

 private:
  double WeightOf(size_t node) const { return table_.totals[node]; }
  size_t GroupsBegin(size_t s) const { return table_.stratum_begin[s]; }
  size_t GroupsEnd(size_t s) const { return table_.stratum_begin[s + 1]; }

  void RankStratum(size_t s, const std::vector<double>& scores);
  void SweepBack(size_t s);
  void SweepForth(size_t s);
  void CountTies(size_t group);
  double StandardError(double pairs, double somers_d) const;

  const CoxTable& table_;
  std::vector<uint32_t> ranks_;  // [node] of its score within the stratum
  size_t n_ranks_ = 0;
  std::vector<Pairs> pairs_;  // [node] of one of its rows with all others
  Concordance sums_;
  WeightTree tree_;
  std::vector<uint32_t> tied_;  // nodes of one time
};

void PairCount::RankStratum(size_t s, const std::vector<double>& scores) {
  std::vector<uint32_t> nodes;
  for (size_t i = table_.group_begin[GroupsBegin(s)];
       i < table_.group_begin[GroupsEnd(s)]; ++i) {
    nodes.push_back(static_cast<uint32_t>(i));
  }
  std::sort(nodes.begin(), nodes.end(), [&scores](uint32_t a, uint32_t b) {
    return scores[a] < scores[b];
  });
  n_ranks_ = 0;
  for (size_t k = 0; k < nodes.size(); ++k) {
    if (k > 0 && scores[nodes[k]] > scores[nodes[k - 1]]) ++n_ranks_;
    ranks_[nodes[k]] = static_cast<uint32_t>(n_ranks_);
  }
  ++n_ranks_;
}

// From the last time to the first: each event against those at risk who leave
// later, or are censored at its time.
void PairCount::SweepBack(size_t s) {
  tree_.Reset(n_ranks_);
  for (size_t g = GroupsEnd(s); g-- > GroupsBegin(s);) {
    if (!table_.first_group.empty() && g + 1 < GroupsEnd(s)) {
      for (size_t k = table_.entry_begin[g + 1]; k < table_.entry_begin[g + 2];
           ++k) {
        const size_t node = table_.late_nodes[k];
        tree_.Add(ranks_[node], -WeightOf(node));
      }
    }
    const size_t events_end = table_.events_end[g];
    for (size_t i = events_end; i < table_.group_begin[g + 1]; ++i) {
      tree_.Add(ranks_[i], WeightOf(i));
    }
    for (size_t i = table_.group_begin[g]; i < events_end; ++i) {
      const Split later = tree_.At(ranks_[i]);
      const double weight = WeightOf(i);
      sums_.concordant += weight * later.below;
      sums_.discordant += weight * later.above;
      sums_.tied_score += weight * later.equal;
      pairs_[i].concordant += later.below;
      pairs_[i].discordant += later.above;
      pairs_[i].tied += later.equal;
    }
    for (size_t i = table_.group_begin[g]; i < events_end; ++i) {
      tree_.Add(ranks_[i], WeightOf(i));
    }
    CountTies(g);
  }
}

// Pairs of events at the time of `group`.
void PairCount::CountTies(size_t group) {
  tied_.clear();
  for (size_t i = table_.group_begin[group]; i < table_.events_end[group];
       ++i) {
    tied_.push_back(static_cast<uint32_t>(i));
  }
  std::sort(tied_.begin(), tied_.end(), [this](uint32_t a, uint32_t b) {
    return ranks_[a] != ranks_[b] ? ranks_[a] < ranks_[b] : a < b;
  });
  double before = 0;  // of lower scores
  double total = 0;
  for (size_t k = 0; k < tied_.size(); ++k) {
    const uint32_t node = tied_[k];
    if (k > 0 && ranks_[node] != ranks_[tied_[k - 1]]) before = total;
    const double weight = WeightOf(node);
    const double rows = table_.Count(node);
    sums_.tied_time += weight * before;
    sums_.tied_both += weight * (total - before) +
                       table_.weights[node] * weight * (rows - 1) / 2;
    total += weight;
  }
}

// From the first time to the last: each node against the events it outlived.
void PairCount::SweepForth(size_t s) {
  tree_.Reset(n_ranks_);
  const auto add = [this](size_t node, double sign) {
    const Split earlier = tree_.At(ranks_[node]);
    pairs_[node].concordant += sign * earlier.above;
    pairs_[node].discordant += sign * earlier.below;
    pairs_[node].tied += sign * earlier.equal;
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
      tree_.Add(ranks_[i], WeightOf(i));
    }
    for (size_t i = events_end; i < table_.group_begin[g + 1]; ++i) add(i, 1);
  }
}

// Root of the sum of squared influences, by row or by cluster.
double PairCount::StandardError(double pairs, double somers_d) const {
  std::vector<double> clusters(table_.n_clusters, 0);
  double square = 0;
  for (size_t i = 0; i < table_.n_nodes; ++i) {
    const Pairs& own = pairs_[i];
    const double comparable = own.concordant + own.discordant + own.tied;
    const double influence =
        table_.weights[i] *
        (own.concordant - own.discordant - somers_d * comparable) / pairs;
    if (clusters.empty()) {
      square += table_.Count(i) * influence * influence;
    } else {
      clusters[table_.clusters[i]] += table_.Count(i) * influence;
    }
  }
  for (double influence : clusters) square += influence * influence;
  return std::sqrt(square) / 2;  // Somers' d is 2 C - 1
}

Concordance PairCount::Summary() const {
  Concordance result = sums_;
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
  return PairCount(*table, scores).Summary();
}

}  // namespace enthesis::stats
