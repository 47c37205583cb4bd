// The log pseudo-likelihood of a Fine-Gray model with its first two
// derivatives, and the sums over risk sets behind them.
// Internal to the Fine-Gray estimators. See: METHODS.md, "Fine-Gray
// regression".

#ifndef ENTHESIS_STATS_FINE_GRAY_LIKELIHOOD_H_
#define ENTHESIS_STATS_FINE_GRAY_LIKELIHOOD_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "stats/fine_gray.h"
#include "stats/fine_gray_table.h"

namespace enthesis::stats {

// What the d tied events of a step, of total weight W, see: with S the risk at
// the step, D that of the events and f = k / d (Efron) or 0 (Breslow), sums
// over k = 0..d-1 of W / d times
struct StepTies {
  double hazard = 0;         // 1 / (S - f D): the jump of the baseline hazard
  double event_deficit = 0;  // f / (S - f D): less of it for the events
  double square = 0;         // 1 / (S - f D)^2
  double f_square = 0;       // f / (S - f D)^2
  double ff_square = 0;      // f^2 / (S - f D)^2
  double log_risk = 0;       // log(S - f D)
};

// For the scaled columns of a table, p of them.
struct FineGrayDerivatives {
  double log_likelihood = 0;        // not finite where it overflows
  std::vector<double> gradient;     // [column]
  std::vector<double> information;  // [column * p + column], symmetric
};

// State at the coefficients of the last evaluation.
struct FineGrayRiskSets {
  std::vector<double> risks;  // [node] weight x exp(predictor), one subject
  // [step]
  std::vector<double> risk;          // S
  std::vector<double> event_counts;  // d
  std::vector<double> event_weight;  // W
  std::vector<StepTies> ties;
  // [step * p + column] sums of risk x covariate: of all, of the events
  std::vector<double> moments;
  std::vector<double> event_moments;
};

class FineGrayLikelihood {
 public:
  // `table` must outlive this.
  FineGrayLikelihood(const FineGrayTable& table, FineGrayTies ties);

  // At `coefficients` of the scaled columns.
  // Cost: O(n p^2 + steps x sets x p + steps x p^2 + events).
  const FineGrayDerivatives& Evaluate(absl::Span<const double> coefficients);

  // Of the last evaluation.
  const FineGrayRiskSets& risk_sets() const { return sets_; }

 private:
  void FillRisks(absl::Span<const double> coefficients);
  void SumRiskSets(size_t stratum);
  void SumCompeting(size_t stratum);
  void SumTies();
  void AddNodes();
  void AddSteps();

  const FineGrayTable& table_;
  FineGrayTies ties_;
  FineGrayRiskSets sets_;
  FineGrayDerivatives derivatives_;
  std::vector<double> predictors_;  // [node]
};

// The integral of a function with the jumps `jumps` ([step * width + i]) over
// the time each node is at risk, weighted by the probability that a subject
// with a competing event is still under observation.
class ExposureIntegral {
 public:
  ExposureIntegral(const FineGrayTable& table, absl::Span<const double> jumps,
                   size_t width);

  // Adds that of `node` to `sum`, times `factor`.
  void Add(size_t node, double factor, absl::Span<double> sum) const;

 private:
  const FineGrayTable& table_;
  size_t width_;
  // Of each stratum, at its steps and after the last one: [(step + stratum) *
  // width + i] sum before, [((step + stratum) * sets + set) * width + i]
  // weighted sum from there on.
  std::vector<double> until_;
  std::vector<double> tail_;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FINE_GRAY_LIKELIHOOD_H_
