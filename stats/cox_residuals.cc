#include "stats/cox_residuals.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/cox_risk_sets.h"
#include "stats/cox_table.h"

namespace enthesis::stats {
namespace {

// A fit's table and risk sets, made again from its rows.
struct FittedSets {
  CoxTable table;
  CoxRiskSets sets;
};

absl::StatusOr<FittedSets> RebuildSets(const CoxRows& rows,
                                       const DesignMatrix& design,
                                       const CoxFit& fit) {
  absl::StatusOr<CoxTable> table = BuildCoxTable(rows, design, false, nullptr);
  if (!table.ok()) return table.status();
  const absl::StatusOr<std::vector<double>> scaled =
      ScaledEstimates(fit, design, *table);
  if (!scaled.ok()) return scaled.status();
  FittedSets fitted;
  fitted.sets = SumCoxRiskSets(*table, fit.options.ties, *scaled);
  fitted.table = *std::move(table);
  return fitted;
}

// Therneau, Grambsch & Fleming (1990, Biometrika 77:147).
double DevianceResidual(double martingale, bool event) {
  const double expected = (event ? 1 : 0) - martingale;
  const double log_term = event && expected > 0 ? std::log(expected) : 0;
  const double square = std::max(0.0, -2 * (martingale + log_term));
  return std::copysign(std::sqrt(square), martingale);
}

// row[k] = sum over j of x[j] covariance[j][k].
void TimesCovariance(absl::Span<const double> x,
                     const std::vector<double>& covariance,
                     absl::Span<double> row) {
  const size_t p = x.size();
  for (size_t k = 0; k < p; ++k) {
    row[k] = 0;
    for (size_t j = 0; j < p; ++j) row[k] += x[j] * covariance[j * p + k];
  }
}

}  // namespace

absl::StatusOr<CoxResiduals> ComputeCoxResiduals(const CoxRows& rows,
                                                 const DesignMatrix& design,
                                                 const CoxFit& fit) {
  absl::StatusOr<FittedSets> fitted = RebuildSets(rows, design, fit);
  if (!fitted.ok()) return fitted.status();
  const CoxTable& table = fitted->table;
  const CoxRiskSets& sets = fitted->sets;
  CoxResiduals result;
  result.n = rows.size();
  result.p = table.n_columns;
  const size_t p = result.p;
  result.martingale.assign(result.n, 0);
  result.deviance.assign(result.n, 0);
  result.score.assign(result.n * p, 0);
  result.dfbeta.assign(result.n * p, 0);
  std::vector<uint32_t> group_of(table.n_nodes);
  for (size_t g = 0; g < table.n_groups(); ++g) {
    for (size_t i = table.group_begin[g]; i < table.group_begin[g + 1]; ++i) {
      group_of[i] = static_cast<uint32_t>(g);
    }
  }
  std::vector<double> score(p);
  std::vector<double> change(p);
  for (size_t row = 0; row < result.n; ++row) {
    const size_t node = table.node_of_row[row];
    if (node == CoxTable::kNoNode) continue;
    const size_t group = group_of[node];
    const bool event = table.IsEvent(node, group);
    const double hazard = ExposedHazard(table, sets, node, group, {});
    const double martingale =
        (event ? 1 : 0) - sets.relative_risks[node] * hazard;
    result.martingale[row] = martingale;
    result.deviance[row] = DevianceResidual(martingale, event);
    ScoreResidual(table, sets, node, group, absl::MakeSpan(score));
    for (size_t j = 0; j < p; ++j) {
      score[j] = fit.coefficients[j].estimate.has_value()
                     ? score[j] * table.scales[j]
                     : 0;
    }
    TimesCovariance(score, fit.covariance, absl::MakeSpan(change));
    for (size_t j = 0; j < p; ++j) {
      result.score[j * result.n + row] = score[j];
      result.dfbeta[j * result.n + row] = table.weights[node] * change[j];
    }
  }
  return result;
}

absl::StatusOr<SchoenfeldResiduals> ComputeSchoenfeldResiduals(
    const CoxRows& rows, const DesignMatrix& design, const CoxFit& fit) {
  absl::StatusOr<FittedSets> fitted = RebuildSets(rows, design, fit);
  if (!fitted.ok()) return fitted.status();
  const CoxTable& table = fitted->table;
  const CoxRiskSets& sets = fitted->sets;
  SchoenfeldResiduals result;
  result.p = table.n_columns;
  const size_t p = result.p;
  std::vector<std::vector<size_t>> rows_of(table.n_nodes);
  for (size_t row = 0; row < rows.size(); ++row) {
    const uint32_t node = table.node_of_row[row];
    if (node == CoxTable::kNoNode || rows.events[row] == 0) continue;
    const double count = rows.counts.empty() ? 1 : rows.counts[row];
    rows_of[node].insert(rows_of[node].end(), static_cast<size_t>(count), row);
  }
  std::vector<double> by_event;  // [event * p + column]
  std::vector<double> mean(p);
  for (size_t g = 0; g < table.n_groups(); ++g) {
    if (sets.n_events[g] <= 0) continue;
    MeanAtEvents(sets, g, absl::MakeSpan(mean));
    std::vector<size_t> events;
    for (size_t i = table.group_begin[g]; i < table.events_end[g]; ++i) {
      events.insert(events.end(), rows_of[i].begin(), rows_of[i].end());
    }
    std::sort(events.begin(), events.end());
    for (size_t row : events) {
      result.times.push_back(table.group_times[g]);
      result.strata.push_back(table.strata[table.group_strata[g]]);
      result.rows.push_back(row);
      const size_t node = table.node_of_row[row];
      for (size_t j = 0; j < p; ++j) {
        by_event.push_back((table.Column(j)[node] - mean[j]) * table.scales[j]);
      }
    }
  }
  result.n_events = result.times.size();
  result.residuals.resize(by_event.size());
  result.scaled.resize(by_event.size());
  const double n_events = static_cast<double>(result.n_events);
  std::vector<double> scaled(p);
  for (size_t e = 0; e < result.n_events; ++e) {
    const auto own = absl::MakeConstSpan(by_event).subspan(e * p, p);
    TimesCovariance(own, fit.covariance, absl::MakeSpan(scaled));
    for (size_t j = 0; j < p; ++j) {
      const std::optional<double>& estimate = fit.coefficients[j].estimate;
      result.residuals[j * result.n_events + e] = own[j];
      result.scaled[j * result.n_events + e] =
          estimate.has_value() ? scaled[j] * n_events + *estimate : 0;
    }
  }
  return result;
}

}  // namespace enthesis::stats
