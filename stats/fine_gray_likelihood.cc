#include "stats/fine_gray_likelihood.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {
namespace {

// Efron (1977, JASA 72:557), Breslow (1974, Biometrics 30:89).
StepTies TiesOf(FineGrayTies ties, double risk, double event_risk, double d,
                double weight) {
  StepTies sums;
  if (ties == FineGrayTies::kBreslow || d <= 1) {
    sums.hazard = weight / risk;
    sums.square = weight / (risk * risk);
    sums.log_risk = weight * std::log(risk);
    return sums;
  }
  const double mean_weight = weight / d;
  for (double k = 0; k < d; ++k) {
    const double f = k / d;
    const double inverse = 1 / (risk - f * event_risk);
    const double square = inverse * inverse;
    sums.hazard += inverse;
    sums.event_deficit += f * inverse;
    sums.square += square;
    sums.f_square += f * square;
    sums.ff_square += f * f * square;
    sums.log_risk -= std::log(inverse);
  }
  for (double* sum : {&sums.hazard, &sums.event_deficit, &sums.square,
                      &sums.f_square, &sums.ff_square, &sums.log_risk}) {
    *sum *= mean_weight;
  }
  return sums;
}

}  // namespace

FineGrayLikelihood::FineGrayLikelihood(const FineGrayTable& table,
                                       FineGrayTies ties)
    : table_(table), ties_(ties) {
  const size_t n_steps = table.n_steps();
  sets_.event_counts.assign(n_steps, 0);
  sets_.event_weight.assign(n_steps, 0);
  for (size_t i = 0; i < table.n_nodes; ++i) {
    if (table.kinds[i] != FineGrayKind::kEvent) continue;
    const size_t step = table.end_step[i] - 1;
    sets_.event_counts[step] += table.counts[i];
    sets_.event_weight[step] += table.counts[i] * table.weights[i];
  }
  sets_.risks.resize(table.n_nodes);
  sets_.risk.resize(n_steps);
  sets_.ties.resize(n_steps);
  sets_.moments.resize(n_steps * table.n_columns);
  sets_.event_moments.resize(n_steps * table.n_columns);
  derivatives_.gradient.resize(table.n_columns);
  derivatives_.information.resize(table.n_columns * table.n_columns);
  predictors_.resize(table.n_nodes);
}

void FineGrayLikelihood::FillRisks(absl::Span<const double> coefficients) {
  for (size_t i = 0; i < table_.n_nodes; ++i) {
    const double* x = table_.Values(i);
    double predictor = 0;
    for (size_t c = 0; c < coefficients.size(); ++c) {
      predictor += coefficients[c] * x[c];
    }
    predictors_[i] = predictor;
    sets_.risks[i] = table_.weights[i] * std::exp(predictor);
  }
}

// Those with a competing event before a step, each weighted by
// P(step-) / P(exit-), Fine & Gray (1999, JASA 94:496).
void FineGrayLikelihood::SumCompeting(size_t stratum) {
  const size_t p = table_.n_columns;
  const size_t width = p + 1;
  std::vector<double> sums(table_.n_sets * width, 0);
  size_t node = table_.stratum_nodes[stratum];
  const size_t end = table_.stratum_nodes[stratum + 1];
  for (size_t step = table_.stratum_steps[stratum];
       step < table_.stratum_steps[stratum + 1]; ++step) {
    for (; node < end && table_.end_step[node] <= step; ++node) {
      if (table_.kinds[node] != FineGrayKind::kCompeting) continue;
      const double risk = table_.counts[node] * sets_.risks[node] /
                          table_.own_probability[node];
      double* sum = sums.data() + table_.sets[node] * width;
      sum[p] += risk;
      for (size_t c = 0; c < p; ++c) sum[c] += risk * table_.Values(node)[c];
    }
    for (size_t set = 0; set < table_.n_sets; ++set) {
      const double share = table_.probability[step * table_.n_sets + set];
      const double* sum = sums.data() + set * width;
      sets_.risk[step] += share * sum[p];
      for (size_t c = 0; c < p; ++c) {
        sets_.moments[step * p + c] += share * sum[c];
      }
    }
  }
}

void FineGrayLikelihood::SumRiskSets(size_t stratum) {
  const size_t p = table_.n_columns;
  std::vector<double> sum(p + 1, 0);
  const auto add = [&](size_t node, double sign) {
    const double risk = sign * table_.counts[node] * sets_.risks[node];
    sum[p] += risk;
    for (size_t c = 0; c < p; ++c) sum[c] += risk * table_.Values(node)[c];
  };
  const size_t begin = table_.stratum_steps[stratum];
  const size_t first_node = table_.stratum_nodes[stratum];
  size_t node = table_.stratum_nodes[stratum + 1];
  const auto late_end = std::upper_bound(
      table_.late_nodes.begin(), table_.late_nodes.end(),
      table_.stratum_steps[stratum + 1], [this](size_t step, uint32_t late) {
        return step < table_.first_step[late];
      });
  size_t late = static_cast<size_t>(late_end - table_.late_nodes.begin());
  for (size_t step = table_.stratum_steps[stratum + 1]; step-- > begin;) {
    while (late > 0 && table_.first_step[table_.late_nodes[late - 1]] > step) {
      add(table_.late_nodes[--late], -1);
    }
    while (node > first_node && table_.end_step[node - 1] > step) {
      --node;
      if (table_.first_step[node] < table_.end_step[node]) add(node, 1);
    }
    sets_.risk[step] += sum[p];
    for (size_t c = 0; c < p; ++c) sets_.moments[step * p + c] += sum[c];
  }
}

void FineGrayLikelihood::SumTies() {
  const size_t p = table_.n_columns;
  std::vector<double> event_risk(table_.n_steps(), 0);
  double log_likelihood = 0;
  for (size_t i = 0; i < table_.n_nodes; ++i) {
    if (table_.kinds[i] != FineGrayKind::kEvent) continue;
    const size_t step = table_.end_step[i] - 1;
    const double risk = table_.counts[i] * sets_.risks[i];
    event_risk[step] += risk;
    log_likelihood += table_.counts[i] * table_.weights[i] * predictors_[i];
    for (size_t c = 0; c < p; ++c) {
      sets_.event_moments[step * p + c] += risk * table_.Values(i)[c];
    }
  }
  for (size_t step = 0; step < table_.n_steps(); ++step) {
    sets_.ties[step] =
        TiesOf(ties_, sets_.risk[step], event_risk[step],
               sets_.event_counts[step], sets_.event_weight[step]);
    log_likelihood -= sets_.ties[step].log_risk;
  }
  derivatives_.log_likelihood = log_likelihood;
}

// The sums over risk sets of the gradient and of the second moments, with the
// order of summation changed: each node once, times its exposure.
void FineGrayLikelihood::AddNodes() {
  const size_t p = table_.n_columns;
  std::vector<double> jumps(table_.n_steps());
  for (size_t step = 0; step < jumps.size(); ++step) {
    jumps[step] = sets_.ties[step].hazard;
  }
  const ExposureIntegral hazard(table_, jumps, 1);
  for (size_t i = 0; i < table_.n_nodes; ++i) {
    const bool event = table_.kinds[i] == FineGrayKind::kEvent;
    double exposure = 0;
    hazard.Add(i, 1, {&exposure, 1});
    if (event) exposure -= sets_.ties[table_.end_step[i] - 1].event_deficit;
    const double expected = table_.counts[i] * sets_.risks[i] * exposure;
    const double observed = event ? table_.counts[i] * table_.weights[i] : 0;
    const double* x = table_.Values(i);
    for (size_t c = 0; c < p; ++c) {
      derivatives_.gradient[c] += (observed - expected) * x[c];
      const double product = expected * x[c];
      for (size_t d = 0; d <= c; ++d) {
        derivatives_.information[c * p + d] += product * x[d];
      }
    }
  }
}

void FineGrayLikelihood::AddSteps() {
  const size_t p = table_.n_columns;
  for (size_t step = 0; step < table_.n_steps(); ++step) {
    const StepTies& ties = sets_.ties[step];
    const double* s = sets_.moments.data() + step * p;
    const double* e = sets_.event_moments.data() + step * p;
    for (size_t c = 0; c < p; ++c) {
      const double of_s = ties.square * s[c] - ties.f_square * e[c];
      const double of_e = ties.ff_square * e[c] - ties.f_square * s[c];
      for (size_t d = 0; d <= c; ++d) {
        derivatives_.information[c * p + d] -= of_s * s[d] + of_e * e[d];
      }
    }
  }
  for (size_t c = 0; c < p; ++c) {
    for (size_t d = c + 1; d < p; ++d) {
      derivatives_.information[c * p + d] = derivatives_.information[d * p + c];
    }
  }
}

const FineGrayDerivatives& FineGrayLikelihood::Evaluate(
    absl::Span<const double> coefficients) {
  std::fill(sets_.risk.begin(), sets_.risk.end(), 0);
  std::fill(sets_.moments.begin(), sets_.moments.end(), 0);
  std::fill(sets_.event_moments.begin(), sets_.event_moments.end(), 0);
  std::fill(derivatives_.gradient.begin(), derivatives_.gradient.end(), 0);
  std::fill(derivatives_.information.begin(), derivatives_.information.end(),
            0);
  FillRisks(coefficients);
  for (size_t stratum = 0; stratum < table_.strata.size(); ++stratum) {
    SumCompeting(stratum);
    SumRiskSets(stratum);
  }
  SumTies();
  AddNodes();
  AddSteps();
  return derivatives_;
}

ExposureIntegral::ExposureIntegral(const FineGrayTable& table,
                                   absl::Span<const double> jumps, size_t width)
    : table_(table), width_(width) {
  const size_t n_sets = table.n_sets;
  const size_t n_strata = table.strata.size();
  until_.assign((table.n_steps() + n_strata) * width, 0);
  tail_.assign((table.n_steps() + n_strata) * n_sets * width, 0);
  for (size_t stratum = 0; stratum < n_strata; ++stratum) {
    const size_t begin = table.stratum_steps[stratum];
    const size_t end = table.stratum_steps[stratum + 1];
    for (size_t step = begin; step < end; ++step) {
      double* until = until_.data() + (step + stratum) * width;
      for (size_t w = 0; w < width; ++w) {
        until[width + w] = until[w] + jumps[step * width + w];
      }
    }
    for (size_t step = end; step-- > begin;) {
      for (size_t set = 0; set < n_sets; ++set) {
        const double share = table.probability[step * n_sets + set];
        double* tail = tail_.data() + ((step + stratum) * n_sets + set) * width;
        const double* next = tail + n_sets * width;
        for (size_t w = 0; w < width; ++w) {
          tail[w] = next[w] + share * jumps[step * width + w];
        }
      }
    }
  }
}

void ExposureIntegral::Add(size_t node, double factor,
                           absl::Span<double> sum) const {
  const size_t stratum = table_.node_strata[node];
  const size_t first = table_.first_step[node] + stratum;
  const size_t end = table_.end_step[node] + stratum;
  if (first < end) {
    const double* from = until_.data() + first * width_;
    const double* to = until_.data() + end * width_;
    for (size_t w = 0; w < width_; ++w) sum[w] += factor * (to[w] - from[w]);
  }
  if (table_.kinds[node] != FineGrayKind::kCompeting) return;
  const double share = factor / table_.own_probability[node];
  const double* tail =
      tail_.data() + (end * table_.n_sets + table_.sets[node]) * width_;
  for (size_t w = 0; w < width_; ++w) sum[w] += share * tail[w];
}

}  // namespace enthesis::stats
