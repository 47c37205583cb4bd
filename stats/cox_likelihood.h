// The log partial likelihood of a Cox model with its first two derivatives.
// Internal to the Cox estimators. See: METHODS.md, "Cox regression".

#ifndef ENTHESIS_STATS_COX_LIKELIHOOD_H_
#define ENTHESIS_STATS_COX_LIKELIHOOD_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "stats/cox_kernels.h"
#include "stats/cox_risk_set_block.h"
#include "stats/cox_risk_sums.h"
#include "stats/cox_table.h"
#include "stats/cox_tail_sums.h"
#include "stats/cox_ties.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// For the scaled columns of a table, p of them.
struct CoxDerivatives {
  double log_likelihood = 0;        // not finite where it overflows
  std::vector<double> gradient;     // [column]
  std::vector<double> information;  // [column * p + column], symmetric
};

class CoxLikelihood {
 public:
  // Both arguments must outlive this; `pool` may be null.
  CoxLikelihood(const CoxTable& table, CoxTies ties, ThreadPool* pool);

  CoxTies ties() const { return ties_; }
  ThreadPool* pool() const { return pool_; }
  double EventWeight() const;  // of all events

  // At `coefficients` of the scaled columns.
  // Cost: n p^2 / 2 products, in three passes over the nodes; in one where
  // groups are long or strata small.
  const CoxDerivatives& Evaluate(absl::Span<const double> coefficients);

 private:
  // A run of whole groups: the unit of parallel work. Its bounds depend on the
  // table alone, and its sums are added in order: no answer depends on the
  // number of threads. Small strata are not split: where all are small, a chunk
  // needs no other, and its nodes stay in the cache from pass to pass.
  struct Chunk {
    size_t group_begin = 0, group_end = 0;
    // Groups up to here are of the stratum of the first.
    size_t leading_end = 0;
    std::vector<double> risk;   // of the groups up to leading_end: sums over
    std::vector<double> carry;  // of later chunks, same stratum as the last
    std::vector<double> event_sums;  // [column] of weighted x
    double log_likelihood = 0;
    std::vector<double> gradient;
    std::vector<double> information;  // lower triangle
  };

  // What a walk over the risk sets of a chunk adds up.
  struct ChunkSums {
    CoxRiskSetBlock risk_sets;  // of which the rest is still to be taken
    LogSum log_risks;
    double* information;
  };

  void MakeChunks();
  size_t EndOfChunk(size_t group) const;
  void SumEvents(Chunk& chunk);
  void SumRisks(Chunk& chunk);
  void Weigh(const ColumnsView& x, const double* weights, size_t n,
             double* risks) const;
  void WeighNodes(size_t begin, size_t end);
  void SumNodes(Chunk& chunk);
  void SumGroups(Chunk& chunk);
  void PassCarries();
  void AddRisks(size_t group, bool event, CoxRiskSums& sums);
  void AddGroup(size_t group, CoxRiskSums& at_risk, CoxRiskSums& events);
  void WalkByGroups(size_t group_begin, size_t group_end, CoxRiskSums& at_risk,
                    ChunkSums& sums);
  void WalkByNodes(size_t group_begin, size_t group_end,
                   const CoxRiskSums& at_risk, ChunkSums& sums);
  void AddRiskSets(ChunkSums& sums);
  void WalkRiskSets(Chunk& chunk);
  void AccumulateHazards(size_t group_begin, size_t group_end);
  void AddGroups(Chunk& chunk, std::vector<double>& sums);
  void AddNodes(Chunk& chunk, std::vector<double>& sums);
  void AddExpected(Chunk& chunk);
  void AddChunks();

  bool HasEvents(size_t group) const {
    return table_.events_end[group] > table_.group_begin[group];
  }
  double HazardOf(size_t node, size_t group, double cumulated) const;
  // Where the sums over the nodes of a group with or without the event are:
  // S, S x by column, S x x'.
  double* GroupSums(size_t group, bool event) {
    return group_sums_.get() + (2 * group + (event ? 1 : 0)) * sums_size_;
  }

  const CoxTable& table_;
  ColumnsView nodes_, late_;  // of the table
  CoxTies ties_;
  ThreadPool* pool_;
  std::vector<Chunk> chunks_;
  bool whole_strata_ = true;  // in every chunk
  // No chunk has a first pass: the second one has all that it needs.
  bool weighs_while_walking_ = false;
  // Where groups are long their sums are kept, and the nodes are read once.
  bool long_groups_ = false;
  size_t sums_size_;
  std::unique_ptr<double[]> group_sums_;
  std::vector<double> coefficients_;
  bool at_zero_ = false;  // all coefficients
  std::vector<double> late_weights_;
  std::vector<double> event_rows_;     // [group]
  std::vector<double> event_weights_;  // [group]
  std::unique_ptr<double[]> risks_;    // [node] weight x exp(predictor)
  std::vector<double> late_risks_;     // [late node]
  std::vector<double> hazards_;        // [group] jump, then cumulated
  std::vector<double> event_deficit_;  // [group] less for those with the event
  CoxDerivatives derivatives_;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_LIKELIHOOD_H_
