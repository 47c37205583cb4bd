#include "stats/fine_gray_influence.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {
namespace {

// Adds to `influence` ([node * width + i]) what a quantity that depends on the
// censoring distribution takes from each subject's part in it:
//   sum over u of q(u) / pi(u) [dN_i(u) - I(exit_i >= u) dN(u) / pi(u)],
// with N the censorings of the subject's set and pi those of it at risk, and
//   q(u) = sum over steps t >= u of P(t-) sum_j r_j / P(exit_j-)
//          [x_j a(t) - b(t)],
// j those of the set with a competing event before u, r_j their risk. Ties as
// crr: a step at u counts, an exit at u does not. `x` holds `width` values a
// node; null: 1. `a` is [step * n_sets + set], `b` is that times `width`.
class CensoringInfluence {
 public:
  CensoringInfluence(const FineGrayTable& table, const FineGrayRiskSets& sets,
                     size_t width, const double* x)
      : table_(table), sets_(sets), width_(width), x_(x) {}

  void Add(const std::vector<double>& a, const std::vector<double>& b,
           std::vector<double>& influence);

 private:
  void CumulateBackwards(const std::vector<double>& a,
                         const std::vector<double>& b);
  void AddExits(size_t begin, size_t end, size_t step,
                std::vector<double>& influence);

  const FineGrayTable& table_;
  const FineGrayRiskSets& sets_;
  size_t width_;
  const double* x_;
  // [step * n_sets + set] (times width), from the step on; one more step.
  std::vector<double> a_tail_, b_tail_;
  // [set] (times width), of the times so far
  std::vector<double> at_risk_, competing_, competing_x_, compensator_;
  std::vector<double> q_;
};

void CensoringInfluence::CumulateBackwards(const std::vector<double>& a,
                                           const std::vector<double>& b) {
  const size_t n_sets = table_.n_sets;
  const size_t n_cells = table_.n_steps() * n_sets;
  a_tail_.assign(n_cells + n_sets, 0);
  b_tail_.assign((n_cells + n_sets) * width_, 0);
  for (size_t cell = n_cells; cell-- > 0;) {
    const double share = table_.probability[cell];
    a_tail_[cell] = a_tail_[cell + n_sets] + share * a[cell];
    for (size_t w = 0; w < width_; ++w) {
      b_tail_[cell * width_ + w] =
          b_tail_[(cell + n_sets) * width_ + w] + share * b[cell * width_ + w];
    }
  }
}

// The nodes that leave at one time; `step` is the first at it or later.
void CensoringInfluence::AddExits(size_t begin, size_t end, size_t step,
                                  std::vector<double>& influence) {
  const size_t n_sets = table_.n_sets;
  std::fill(q_.begin(), q_.end(), 0);
  for (size_t i = begin; i < end; ++i) {
    if (table_.kinds[i] != FineGrayKind::kCensored) continue;
    const size_t set = table_.sets[i];
    const size_t cell = step * n_sets + set;
    const double pi = at_risk_[set];
    for (size_t w = 0; w < width_; ++w) {
      const double q = competing_x_[set * width_ + w] * a_tail_[cell] -
                       competing_[set] * b_tail_[cell * width_ + w];
      q_[set * width_ + w] = q / pi;
      compensator_[set * width_ + w] += table_.counts[i] * q / (pi * pi);
    }
  }
  for (size_t i = begin; i < end; ++i) {
    const size_t set = table_.sets[i];
    const bool censored = table_.kinds[i] == FineGrayKind::kCensored;
    for (size_t w = 0; w < width_; ++w) {
      influence[i * width_ + w] += (censored ? q_[set * width_ + w] : 0) -
                                   compensator_[set * width_ + w];
    }
  }
  for (size_t i = begin; i < end; ++i) {
    const size_t set = table_.sets[i];
    at_risk_[set] -= table_.counts[i];
    if (table_.kinds[i] != FineGrayKind::kCompeting) continue;
    const double risk =
        table_.counts[i] * sets_.risks[i] / table_.own_probability[i];
    competing_[set] += risk;
    for (size_t w = 0; w < width_; ++w) {
      competing_x_[set * width_ + w] +=
          risk * (x_ == nullptr ? 1 : x_[i * width_ + w]);
    }
  }
}

void CensoringInfluence::Add(const std::vector<double>& a,
                             const std::vector<double>& b,
                             std::vector<double>& influence) {
  CumulateBackwards(a, b);
  const size_t n_sets = table_.n_sets;
  at_risk_.assign(n_sets, 0);
  competing_.assign(n_sets, 0);
  competing_x_.assign(n_sets * width_, 0);
  compensator_.assign(n_sets * width_, 0);
  q_.assign(n_sets * width_, 0);
  for (size_t i = 0; i < table_.n_nodes; ++i) {
    at_risk_[table_.sets[i]] += table_.counts[i];
  }
  size_t step = 0;
  for (size_t begin = 0; begin < table_.n_nodes;) {
    const double time = table_.times[begin];
    size_t end = begin;
    while (end < table_.n_nodes && table_.times[end] == time) ++end;
    while (step < table_.n_steps() && table_.step_times[step] < time) ++step;
    AddExits(begin, end, step, influence);
    begin = end;
  }
}

// The mean covariates that the events of each step are held against, and the
// jumps of their integral over the hazard.
struct Means {
  explicit Means(size_t size) : events(size), jumps(size), event_jumps(size) {}

  std::vector<double> events;       // [step * p + column]
  std::vector<double> jumps;        // for those without an event at the step
  std::vector<double> event_jumps;  // for those with one
};

Means MeansOf(const FineGrayTable& table, const FineGrayRiskSets& sets) {
  const size_t p = table.n_columns;
  Means means(table.n_steps() * p);
  for (size_t step = 0; step < table.n_steps(); ++step) {
    const StepTies& ties = sets.ties[step];
    for (size_t at = step * p; at < (step + 1) * p; ++at) {
      const double s = sets.moments[at];
      const double d = sets.event_moments[at];
      means.events[at] =
          (s * ties.hazard - d * ties.event_deficit) / sets.event_weight[step];
      means.jumps[at] = s * ties.square - d * ties.f_square;
      means.event_jumps[at] = s * (ties.square - ties.f_square) -
                              d * (ties.f_square - ties.ff_square);
    }
  }
  return means;
}

void AddCensoringScore(const FineGrayTable& table, const FineGrayRiskSets& sets,
                       std::vector<double>& influence) {
  const size_t p = table.n_columns;
  const size_t n_cells = table.n_steps() * table.n_sets;
  // crr integrates over the events of a set's own subjects, not over all.
  std::vector<double> hazard(n_cells, 0);
  for (size_t i = 0; i < table.n_nodes; ++i) {
    if (table.kinds[i] != FineGrayKind::kEvent) continue;
    const size_t step = table.end_step[i] - 1;
    hazard[step * table.n_sets + table.sets[i]] +=
        table.counts[i] / sets.risk[step];
  }
  std::vector<double> mean_hazard(n_cells * p);
  for (size_t cell = 0; cell < n_cells; ++cell) {
    const size_t step = cell / table.n_sets;
    for (size_t c = 0; c < p; ++c) {
      mean_hazard[cell * p + c] =
          hazard[cell] * sets.moments[step * p + c] / sets.risk[step];
    }
  }
  CensoringInfluence(table, sets, p, table.values.data())
      .Add(hazard, mean_hazard, influence);
}

}  // namespace

std::vector<double> ScoreInfluence(const FineGrayTable& table,
                                   const FineGrayRiskSets& sets) {
  const size_t p = table.n_columns;
  std::vector<double> influence(table.n_nodes * p, 0);
  if (p == 0) return influence;
  const Means means = MeansOf(table, sets);
  std::vector<double> jumps(table.n_steps());
  for (size_t step = 0; step < jumps.size(); ++step) {
    jumps[step] = sets.ties[step].hazard;
  }
  const ExposureIntegral hazards(table, jumps, 1);
  const ExposureIntegral mean_hazards(table, means.jumps, p);
  std::vector<double> mean(p);
  for (size_t i = 0; i < table.n_nodes; ++i) {
    double hazard = 0;
    hazards.Add(i, 1, {&hazard, 1});
    std::fill(mean.begin(), mean.end(), 0);
    mean_hazards.Add(i, 1, absl::MakeSpan(mean));
    const bool event = table.kinds[i] == FineGrayKind::kEvent;
    const size_t step = event ? table.end_step[i] - 1 : 0;
    if (event) hazard -= sets.ties[step].event_deficit;
    for (size_t c = 0; c < p; ++c) {
      const double x = table.Values(i)[c];
      double own = 0;
      if (event) {
        own = table.weights[i] * (x - means.events[step * p + c]);
        mean[c] += means.event_jumps[step * p + c] - means.jumps[step * p + c];
      }
      influence[i * p + c] = own - sets.risks[i] * (x * hazard - mean[c]);
    }
  }
  if (table.convention == FineGrayConvention::kCrr) {
    AddCensoringScore(table, sets, influence);
  }
  return influence;
}

std::vector<double> BaselineInfluence(const FineGrayTable& table,
                                      const FineGrayRiskSets& sets,
                                      size_t stratum, size_t end_step,
                                      double time) {
  std::vector<double> influence(table.n_nodes, 0);
  const size_t begin_step = table.stratum_steps[stratum];
  std::vector<double> jumps(table.n_steps(), 0);
  for (size_t step = begin_step; step < end_step; ++step) {
    jumps[step] = sets.ties[step].square;
  }
  const ExposureIntegral squares(table, jumps, 1);
  for (size_t i = table.stratum_nodes[stratum];
       i < table.stratum_nodes[stratum + 1]; ++i) {
    double exposure = 0;
    squares.Add(i, 1, {&exposure, 1});
    double own = 0;
    if (table.kinds[i] == FineGrayKind::kEvent && table.times[i] <= time) {
      const size_t step = table.end_step[i] - 1;
      own = table.weights[i] * sets.ties[step].hazard / sets.event_weight[step];
      exposure -= sets.ties[step].f_square;
    }
    influence[i] = own - sets.risks[i] * exposure;
  }
  if (table.convention == FineGrayConvention::kCrr) {
    // More censoring lowers the weights, and so raises the hazard.
    std::vector<double> a(table.n_steps() * table.n_sets, 0);
    for (size_t cell = 0; cell < a.size(); ++cell) {
      a[cell] = jumps[cell / table.n_sets];
    }
    CensoringInfluence(table, sets, 1, nullptr)
        .Add(a, std::vector<double>(a.size(), 0), influence);
  }
  return influence;
}

std::vector<double> ClusterProducts(const FineGrayTable& table,
                                    absl::Span<const double> x, size_t width_x,
                                    absl::Span<const double> y,
                                    size_t width_y) {
  std::vector<double> products(width_x * width_y, 0);
  const auto add = [&](const double* left, const double* right, double count) {
    for (size_t i = 0; i < width_x; ++i) {
      for (size_t j = 0; j < width_y; ++j) {
        products[i * width_y + j] += count * left[i] * right[j];
      }
    }
  };
  if (table.clusters.empty()) {
    for (size_t i = 0; i < table.n_nodes; ++i) {
      add(x.data() + i * width_x, y.data() + i * width_y, table.counts[i]);
    }
    return products;
  }
  std::vector<double> sums_x(table.n_clusters * width_x, 0);
  std::vector<double> sums_y(table.n_clusters * width_y, 0);
  for (size_t i = 0; i < table.n_nodes; ++i) {
    const size_t cluster = table.clusters[i];
    for (size_t w = 0; w < width_x; ++w) {
      sums_x[cluster * width_x + w] += table.counts[i] * x[i * width_x + w];
    }
    for (size_t w = 0; w < width_y; ++w) {
      sums_y[cluster * width_y + w] += table.counts[i] * y[i * width_y + w];
    }
  }
  for (size_t cluster = 0; cluster < table.n_clusters; ++cluster) {
    add(sums_x.data() + cluster * width_x, sums_y.data() + cluster * width_y,
        1);
  }
  return products;
}

}  // namespace enthesis::stats
