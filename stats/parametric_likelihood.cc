#include "stats/parametric_likelihood.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

constexpr size_t kNodesPerTask = 2048;

void Clear(size_t n_parameters, ParametricDerivatives& sums) {
  sums.log_likelihood = 0;
  sums.gradient.assign(n_parameters, 0);
  sums.information.assign(n_parameters * n_parameters, 0);
}

void Add(const ParametricDerivatives& part, ParametricDerivatives& sums) {
  sums.log_likelihood += part.log_likelihood;
  for (size_t i = 0; i < sums.gradient.size(); ++i) {
    sums.gradient[i] += part.gradient[i];
  }
  for (size_t i = 0; i < sums.information.size(); ++i) {
    sums.information[i] += part.information[i];
  }
}

}  // namespace

ParametricLikelihood::ParametricLikelihood(const ParametricTable& table,
                                           StandardDistribution distribution,
                                           bool fixed_scale, ThreadPool* pool)
    : table_(table),
      distribution_(distribution),
      fixed_scale_(fixed_scale),
      pool_(pool) {}

// The lower triangle of the information only.
void ParametricLikelihood::AddNodes(const ParametricPoint& point, size_t begin,
                                    size_t end,
                                    ParametricDerivatives& sums) const {
  const size_t n_slopes = point.slopes.size();
  const size_t q = sums.gradient.size();
  std::vector<double> x(n_slopes, 1);
  for (size_t node = begin; node < end; ++node) {
    const double* values = table_.values.data() + node * table_.n_columns;
    double predictor = point.slopes[0];
    for (size_t c = 1; c < n_slopes; ++c) {
      x[c] = values[c - 1];
      predictor += x[c] * point.slopes[c];
    }
    const RowDerivatives row =
        DeriveRow(distribution_, table_.node_kinds[node],
                  point.rate * table_.log_times[node] - predictor,
                  point.rate * table_.widths[node]);
    const double weight = table_.weights[node];
    sums.log_likelihood += weight * row.log_likelihood;
    const double slope = -weight * row.shift;
    const double bend = weight * row.shift_shift;
    for (size_t i = 0; i < n_slopes; ++i) {
      sums.gradient[i] += slope * x[i];
      const double bend_x = bend * x[i];
      double* line = sums.information.data() + i * q;
      for (size_t j = 0; j <= i; ++j) line[j] += bend_x * x[j];
    }
    if (q == n_slopes) continue;
    sums.gradient[n_slopes] += weight * row.stretch;
    const double mixed = -weight * row.shift_stretch;
    double* line = sums.information.data() + n_slopes * q;
    for (size_t j = 0; j < n_slopes; ++j) line[j] += mixed * x[j];
    line[n_slopes] += weight * row.stretch_stretch;
  }
}

ParametricDerivatives ParametricLikelihood::Evaluate(
    const ParametricPoint& point) const {
  const size_t q = point.slopes.size() + (fixed_scale_ ? 0 : 1);
  const size_t n = table_.n_nodes();
  const size_t n_tasks = (n + kNodesPerTask - 1) / kNodesPerTask;
  std::vector<ParametricDerivatives> parts(n_tasks);
  const auto run = [&](size_t task) {
    Clear(q, parts[task]);
    AddNodes(point, task * kNodesPerTask,
             std::min(n, (task + 1) * kNodesPerTask), parts[task]);
  };
  if (pool_ != nullptr && n_tasks > 1) {
    pool_->Run(n_tasks, [&](size_t task, int) { run(task); });
  } else {
    for (size_t task = 0; task < n_tasks; ++task) run(task);
  }
  ParametricDerivatives sums;
  Clear(q, sums);
  for (const ParametricDerivatives& part : parts) Add(part, sums);
  for (size_t i = 0; i < q; ++i) {
    for (size_t j = 0; j < i; ++j) {
      sums.information[j * q + i] = sums.information[i * q + j];
    }
  }
  // The density of a time t is that of z times rate / t.
  sums.log_likelihood += table_.exact_weight * std::log(point.rate);
  sums.log_likelihood -= table_.exact_log_times;
  if (!fixed_scale_) {
    sums.gradient[q - 1] += table_.exact_weight;
    sums.information[q * q - 1] += table_.exact_weight;
  }
  return sums;
}

ParametricPoint ParametricLikelihood::Start() const {
  const size_t n = table_.n_nodes();
  const auto middle = [this](size_t i) {
    return table_.log_times[i] + table_.widths[i] / 2;
  };
  LongSum mean, square;
  for (size_t i = 0; i < n; ++i) {
    mean.AddProduct(middle(i), table_.weights[i] / table_.weight);
  }
  double highest = -HUGE_VAL;
  for (size_t i = 0; i < n; ++i) {
    const double off = middle(i) - mean.high;
    square.AddProduct(off * off, table_.weights[i] / table_.weight);
    highest = std::max(highest, middle(i));
  }
  ParametricPoint start;
  const double spread = std::sqrt(square.high);
  if (!fixed_scale_ && spread > 0) start.rate = 1 / spread;
  start.slopes = {start.rate * mean.high};
  if (distribution_ != StandardDistribution::kExtremeValue) return start;
  // As many events expected as seen: no hazard is then beyond their number.
  LongSum hazard;
  for (size_t i = 0; i < n; ++i) {
    hazard.Add(table_.weights[i] *
               std::exp(start.rate * (middle(i) - highest)));
  }
  start.slopes[0] =
      start.rate * highest + std::log(hazard.high / table_.bounded_weight);
  return start;
}

}  // namespace enthesis::stats
