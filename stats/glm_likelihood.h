// The likelihood of a generalized linear model and its derivatives.
//
// Internal to the generalized linear models. See: METHODS.md, "Generalized
// linear models".

#ifndef ENTHESIS_STATS_GLM_LIKELIHOOD_H_
#define ENTHESIS_STATS_GLM_LIKELIHOOD_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "absl/types/span.h"
#include "stats/glm_rows.h"
#include "stats/glm_table.h"
#include "stats/parallel.h"

namespace enthesis::stats {

// By the first working columns, as many as there are coefficients, k.
struct GlmDerivatives {
  double objective = 0;             // less half the deviance, in weight units
  double pearson = 0;               // sum of w (y - mu)^2 / variance, likewise
  std::vector<double> gradient;     // [k]
  std::vector<double> information;  // [i * k + j]
};

enum class GlmInformation {
  kObserved,  // of canonical links the same as
  kExpected,
};

// What a pass over the nodes adds up: a part is a number of sums.
using GlmSums = std::vector<double>;

class GlmLikelihood {
 public:
  // `table` must outlive it, and have nodes. `pool` runs the passes; null: this
  // thread. The same bytes for any number of threads.
  GlmLikelihood(const GlmTable& table, GlmFamily family, ThreadPool* pool);

  // Of the first `n_nodes` nodes.
  GlmDerivatives Evaluate(absl::Span<const double> coefficients,
                          GlmInformation kind, size_t n_nodes) const;
  GlmDerivatives Evaluate(absl::Span<const double> coefficients,
                          GlmInformation kind) const {
    return Evaluate(coefficients, kind, table_->n_nodes());
  }

  // What Firth's penalty adds to the gradient of a logistic model: the sum of
  // h (1/2 - mu) x, h the leverages by `root`, whose product with its transpose
  // is the inverse of the information: [i * k + j].
  std::vector<double> FirthGradient(absl::Span<const double> coefficients,
                                    absl::Span<const double> root) const;

  // Of a negative binomial model, the part of nodes and coefficients in the
  // derivatives by theta at `coefficients`: of score and information, and the
  // mixed derivatives by each coefficient. What depends on responses alone is
  // left out. [2 + k]
  GlmSums DispersionSums(absl::Span<const double> coefficients) const;

  // Sum of outer products of the scores, [i * k + j], in units of weight^2: of
  // rows, or of the sums of clusters where the table has them.
  std::vector<double> ScoreProducts(
      absl::Span<const double> coefficients) const;

  // Less half the deviance of a row of response `y` and this predictor.
  double ObjectiveOf(double y, double predictor) const;

  // [node], of all nodes; the offset counts.
  std::vector<double> Predictors(absl::Span<const double> coefficients) const;

  // -1 where a node can be met ever better by a predictor that falls for ever,
  // 1 where it is one that rises, 0 where the best predictor is finite.
  int Bound(size_t node) const {
    if (table_->response[node] == 0) return -1;
    return family_ == GlmFamily::kLogistic ? 1 : 0;
  }
  // A node that is met without error at the limit takes no part any more.
  void Exclude(size_t node) {
    if (own_weights_.empty()) own_weights_ = table_->weights;
    own_weights_[node] = 0;
  }
  const std::vector<double>& weights() const {  // [node]
    return own_weights_.empty() ? table_->weights : own_weights_;
  }

  const GlmTable& table() const { return *table_; }
  GlmFamily family() const { return family_; }
  ThreadPool* pool() const { return pool_; }
  double theta() const { return theta_; }
  void set_theta(double theta) { theta_ = theta; }

 private:
  struct NodeTerms;
  template <bool objective>
  NodeTerms TermsOf(double y, double mean, GlmInformation kind) const;
  using AddBlock = std::function<void(size_t block, size_t n, double* sums)>;
  GlmSums SumBlocks(size_t n_sums, size_t n_nodes, const AddBlock& add) const;
  void FillMeans(absl::Span<const double> coefficients, size_t block, size_t n,
                 double* means) const;
  void AddToDerivatives(absl::Span<const double> coefficients,
                        GlmInformation kind, size_t block, size_t n,
                        double* sums) const;

  const GlmTable* table_;
  GlmFamily family_;
  ThreadPool* pool_;
  double theta_ = 1;
  std::vector<double> own_weights_;  // empty: those of the table
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_GLM_LIKELIHOOD_H_
