#include "stats/cox_risk_sets.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "stats/cox.h"
#include "stats/cox_kernels.h"

namespace enthesis::stats {
namespace {

void FillRelativeRisks(const CoxTable& table,
                       absl::Span<const double> coefficients,
                       std::vector<double>& risks) {
  risks.assign(table.n_nodes, 0);
  for (size_t j = 0; j < table.n_columns; ++j) {
    const double* x = table.Column(j);
    for (size_t i = 0; i < table.n_nodes; ++i)
      risks[i] += coefficients[j] * x[i];
  }
  for (double& risk : risks) risk = std::exp(risk);
}

// Sums of a risk and of risk times x, compensated: late entries leave again.
class NodeSums {
 public:
  explicit NodeSums(size_t p) : sums_(p + 1) {}

  void Clear() { sums_.assign(sums_.size(), CompensatedSum()); }
  double Value(size_t k) const { return sums_[k].Value(); }

  void Add(const CoxTable& table, size_t node, double risk) {
    sums_[0].Add(risk);
    for (size_t k = 1; k < sums_.size(); ++k) {
      sums_[k].Add(risk * table.Column(k - 1)[node]);
    }
  }

 private:
  std::vector<CompensatedSum> sums_;
};

// S, D and their means for each group, from the last to the first.
void SumGroups(const CoxTable& table, CoxTies ties, CoxRiskSets& sets) {
  const size_t p = sets.p;
  NodeSums at_risk(p);
  NodeSums events(p);
  for (size_t g = table.n_groups(); g-- > 0;) {
    const bool last = g + 1 == table.n_groups() ||
                      table.group_strata[g + 1] != table.group_strata[g];
    if (last) at_risk.Clear();
    if (!last && !table.first_group.empty()) {
      for (size_t k = table.entry_begin[g + 1]; k < table.entry_begin[g + 2];
           ++k) {
        const size_t node = table.late_nodes[k];
        at_risk.Add(table, node,
                    -(table.totals[node] * sets.relative_risks[node]));
      }
    }
    events.Clear();
    for (size_t i = table.group_begin[g]; i < table.group_begin[g + 1]; ++i) {
      const double weight = table.totals[i];
      const double risk = weight * sets.relative_risks[i];
      at_risk.Add(table, i, risk);
      if (!table.IsEvent(i, g)) continue;
      events.Add(table, i, risk);
      sets.n_events[g] += table.Count(i);
      sets.event_weight[g] += weight;
    }
    const double risk = at_risk.Value(0);
    sets.risk[g] = risk;
    if (sets.n_events[g] <= 0) continue;
    sets.tied[g] = SumTies(ties, risk, events.Value(0), sets.n_events[g],
                           sets.event_weight[g], nullptr);
    for (size_t j = 0; j < p; ++j) {
      sets.at_risk_means[g * p + j] = at_risk.Value(j + 1) / risk;
      sets.event_means[g * p + j] = events.Value(j + 1) / risk;
    }
  }
}

void CumulateGroups(const CoxTable& table, CoxRiskSets& sets) {
  const size_t p = sets.p;
  for (size_t g = 0; g < table.n_groups(); ++g) {
    const bool first =
        g == 0 || table.group_strata[g] != table.group_strata[g - 1];
    if (!first) {
      sets.hazard[g] = sets.hazard[g - 1];
      sets.hazard_variance[g] = sets.hazard_variance[g - 1];
      for (size_t j = 0; j < p; ++j) {
        sets.mean_hazard[g * p + j] = sets.mean_hazard[(g - 1) * p + j];
      }
    }
    if (sets.n_events[g] <= 0) continue;
    const TiedSums& tied = sets.tied[g];
    const double risk = sets.risk[g];
    sets.hazard[g] += tied.q / risk;
    sets.hazard_variance[g] += tied.qq / risk / risk;
    for (size_t j = 0; j < p; ++j) {
      sets.mean_hazard[g * p + j] += (tied.qq * sets.at_risk_means[g * p + j] -
                                      tied.fqq * sets.event_means[g * p + j]) /
                                     risk;
    }
  }
}

}  // namespace

CoxRiskSets SumCoxRiskSets(const CoxTable& table, CoxTies ties,
                           absl::Span<const double> coefficients) {
  CoxRiskSets sets;
  sets.p = table.n_columns;
  const size_t n = table.n_groups();
  for (std::vector<double>* column :
       {&sets.risk, &sets.n_events, &sets.event_weight, &sets.hazard,
        &sets.hazard_variance}) {
    column->resize(n);
  }
  sets.tied.resize(n);
  for (std::vector<double>* columns :
       {&sets.at_risk_means, &sets.event_means, &sets.mean_hazard}) {
    columns->resize(n * sets.p);
  }
  FillRelativeRisks(table, coefficients, sets.relative_risks);
  SumGroups(table, ties, sets);
  CumulateGroups(table, sets);
  return sets;
}

void MeanAtEvents(const CoxRiskSets& sets, size_t group,
                  absl::Span<double> mean) {
  const TiedSums& tied = sets.tied[group];
  const double weight = sets.event_weight[group];
  for (size_t j = 0; j < sets.p; ++j) {
    const size_t at = group * sets.p + j;
    mean[j] =
        (tied.q * sets.at_risk_means[at] - tied.fq * sets.event_means[at]) /
        weight;
  }
}

double ExposedHazard(const CoxTable& table, const CoxRiskSets& sets,
                     size_t node, size_t group,
                     absl::Span<double> mean_hazard) {
  const size_t p = sets.p;
  double hazard = sets.hazard[group];
  for (size_t j = 0; j < mean_hazard.size(); ++j) {
    mean_hazard[j] = sets.mean_hazard[group * p + j];
  }
  if (table.IsEvent(node, group)) {
    // An event sees its own tied events with weight 1 - f.
    const TiedSums& tied = sets.tied[group];
    const double risk = sets.risk[group];
    hazard -= tied.fq / risk;
    for (size_t j = 0; j < mean_hazard.size(); ++j) {
      const size_t at = group * p + j;
      mean_hazard[j] -= (tied.fqq * sets.at_risk_means[at] -
                         tied.ffqq * sets.event_means[at]) /
                        risk;
    }
  }
  if (table.first_group.empty()) return hazard;
  const size_t first = table.first_group[node];
  if (first == table.stratum_begin[table.group_strata[group]]) return hazard;
  for (size_t j = 0; j < mean_hazard.size(); ++j) {
    mean_hazard[j] -= sets.mean_hazard[(first - 1) * p + j];
  }
  return hazard - sets.hazard[first - 1];
}

void ScoreResidual(const CoxTable& table, const CoxRiskSets& sets, size_t node,
                   size_t group, absl::Span<double> residual) {
  // Integral of (x - mean) dM, M the martingale residual of the row.
  const double hazard = ExposedHazard(table, sets, node, group, residual);
  const double relative_risk = sets.relative_risks[node];
  for (size_t j = 0; j < sets.p; ++j) {
    const double x = table.Column(j)[node];
    residual[j] = -relative_risk * (x * hazard - residual[j]);
  }
  if (!table.IsEvent(node, group)) return;
  const TiedSums& tied = sets.tied[group];
  const double weight = sets.event_weight[group];
  for (size_t j = 0; j < sets.p; ++j) {
    const size_t at = group * sets.p + j;
    residual[j] += table.Column(j)[node] - (tied.q * sets.at_risk_means[at] -
                                            tied.fq * sets.event_means[at]) /
                                               weight;
  }
}

absl::StatusOr<std::vector<double>> ScaledEstimates(const CoxFit& fit,
                                                    const DesignMatrix& design,
                                                    const CoxTable& table) {
  const size_t p = design.n_columns();
  bool same = fit.coefficients.size() == p;
  for (size_t j = 0; same && j < p; ++j) {
    same = fit.coefficients[j].name == design.names[j];
  }
  if (!same || fit.covariance.size() != p * p) {
    return absl::InvalidArgumentError("the fit is of another design");
  }
  if (!fit.separated.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "infinite coefficient: ", absl::StrJoin(fit.separated, ", ")));
  }
  if (!fit.out_of_range.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        fit.out_of_range[0], ": its variance is beyond the range of numbers"));
  }
  std::vector<double> scaled = fit.Estimates();
  for (size_t j = 0; j < p; ++j) scaled[j] *= table.scales[j];
  return scaled;
}

}  // namespace enthesis::stats
