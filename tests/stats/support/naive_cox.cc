#include "support/naive_cox.h"

#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace enthesis::stats::naive {
namespace {

double WeightOf(const CoxRows& rows, size_t i) {
  return rows.weights.empty() ? 1 : rows.weights[i];
}

int StratumOf(const CoxRows& rows, size_t i) {
  return rows.strata.empty() ? 0 : rows.strata[i];
}

bool AtRisk(const CoxRows& rows, size_t i, int stratum, double time) {
  const bool entered =
      rows.entries.empty() || rows.entries[i] == 0 || rows.entries[i] < time;
  return StratumOf(rows, i) == stratum && entered && rows.times[i] >= time;
}

// One of the tied events of a time, k of d: the share 1 - f of those with the
// event, all others whole.
struct Step {
  double risk = 0;
  std::vector<double> mean;
  std::vector<double> square;
};

Step TakeStep(const CoxRows& rows, const DesignMatrix& design,
              const std::vector<double>& relative_risks, int stratum,
              double time, double f) {
  const size_t p = design.n_columns();
  Step step;
  step.mean.assign(p, 0);
  step.square.assign(p * p, 0);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!AtRisk(rows, i, stratum, time)) continue;
    const bool event = rows.events[i] == 1 && rows.times[i] == time;
    const double risk =
        WeightOf(rows, i) * relative_risks[i] * (event ? 1 - f : 1);
    step.risk += risk;
    for (size_t j = 0; j < p; ++j) {
      step.mean[j] += risk * design.Column(j)[i];
      for (size_t k = 0; k < p; ++k) {
        step.square[j * p + k] +=
            risk * design.Column(j)[i] * design.Column(k)[i];
      }
    }
  }
  for (double& x : step.mean) x /= step.risk;
  for (double& x : step.square) x /= step.risk;
  return step;
}

}  // namespace

CoxDefinition DefineCox(const CoxRows& rows, const DesignMatrix& design,
                        CoxTies ties, const std::vector<double>& coefficients,
                        const std::function<double(double)>& scale) {
  const size_t n = rows.size();
  const size_t p = design.n_columns();
  CoxDefinition result;
  result.gradient.assign(p, 0);
  result.information.assign(p * p, 0);
  result.martingale.assign(n, 0);
  result.scores.assign(n * p, 0);
  std::vector<double> relative_risks(n);
  std::map<std::pair<int, double>, std::vector<size_t>> events;
  for (size_t i = 0; i < n; ++i) {
    double predictor = 0;
    for (size_t j = 0; j < p; ++j) {
      predictor += coefficients[j] * design.Column(j)[i];
    }
    relative_risks[i] = std::exp(predictor);
    if (rows.events[i] == 0 || WeightOf(rows, i) == 0) continue;
    events[{StratumOf(rows, i), rows.times[i]}].push_back(i);
    result.log_likelihood += WeightOf(rows, i) * predictor;
  }
  for (const auto& [where, tied] : events) {
    const auto [stratum, time] = where;
    const double d = static_cast<double>(tied.size());
    double weight = 0;
    for (size_t i : tied) weight += WeightOf(rows, i) / d;
    for (double e = 0; e < d; ++e) {
      const double f = ties == CoxTies::kEfron ? e / d : 0;
      const Step step =
          TakeStep(rows, design, relative_risks, stratum, time, f);
      result.log_likelihood -= weight * std::log(step.risk);
      for (size_t j = 0; j < p; ++j) {
        for (size_t k = 0; k < p; ++k) {
          result.information[j * p + k] +=
              scale(time) * weight *
              (step.square[j * p + k] - step.mean[j] * step.mean[k]);
        }
      }
      for (size_t i = 0; i < n; ++i) {
        if (!AtRisk(rows, i, stratum, time)) continue;
        const bool event = rows.events[i] == 1 && rows.times[i] == time;
        const double expected =
            relative_risks[i] * weight * (event ? 1 - f : 1) / step.risk;
        const double residual = (event ? 1 / d : 0) - expected;
        result.martingale[i] += residual;
        for (size_t j = 0; j < p; ++j) {
          const double score = residual * (design.Column(j)[i] - step.mean[j]);
          result.scores[i * p + j] += score;
          result.gradient[j] += scale(time) * WeightOf(rows, i) * score;
        }
      }
    }
  }
  return result;
}

PairDefinition DefineConcordance(const CoxRows& rows,
                                 const std::vector<double>& scores) {
  const size_t n = rows.size();
  PairDefinition result;
  std::vector<double> better(n, 0);  // concordant less discordant
  std::vector<double> all(n, 0);
  for (size_t i = 0; i < n; ++i) {
    if (rows.events[i] == 0) continue;
    for (size_t j = 0; j < n; ++j) {
      if (i == j || !AtRisk(rows, j, StratumOf(rows, i), rows.times[i])) {
        continue;
      }
      const double pair = WeightOf(rows, i) * WeightOf(rows, j);
      if (rows.times[j] == rows.times[i] && rows.events[j] == 1) {
        (scores[i] == scores[j] ? result.tied_both : result.tied_time) +=
            pair / 2;
        continue;
      }
      const double sign =
          scores[i] > scores[j] ? 1 : (scores[i] < scores[j] ? -1 : 0);
      (sign > 0   ? result.concordant
       : sign < 0 ? result.discordant
                  : result.tied_score) += pair;
      better[i] += sign * WeightOf(rows, j);
      better[j] += sign * WeightOf(rows, i);
      all[i] += WeightOf(rows, j);
      all[j] += WeightOf(rows, i);
    }
  }
  const double pairs =
      result.concordant + result.discordant + result.tied_score;
  const double d = (result.concordant - result.discordant) / pairs;
  std::map<int, double> influences;
  for (size_t i = 0; i < n; ++i) {
    const int cluster =
        rows.clusters.empty() ? static_cast<int>(i) : rows.clusters[i];
    influences[cluster] +=
        WeightOf(rows, i) * (better[i] - d * all[i]) / pairs / 2;
  }
  for (const auto& [cluster, influence] : influences) {
    result.variance += influence * influence;
  }
  return result;
}

std::vector<double> DefineRobust(const CoxRows& rows,
                                 const std::vector<double>& scores,
                                 const std::vector<double>& covariance) {
  const size_t n = rows.size();
  const size_t p = scores.size() / n;
  std::map<int, std::vector<double>> changes;
  for (size_t i = 0; i < n; ++i) {
    const int cluster =
        rows.clusters.empty() ? static_cast<int>(i) : rows.clusters[i];
    std::vector<double>& change = changes[cluster];
    change.resize(p, 0);
    for (size_t j = 0; j < p; ++j) {
      for (size_t k = 0; k < p; ++k) {
        change[k] +=
            WeightOf(rows, i) * scores[i * p + j] * covariance[j * p + k];
      }
    }
  }
  std::vector<double> robust(p * p, 0);
  for (const auto& [cluster, change] : changes) {
    for (size_t j = 0; j < p; ++j) {
      for (size_t k = 0; k < p; ++k) robust[j * p + k] += change[j] * change[k];
    }
  }
  return robust;
}

}  // namespace enthesis::stats::naive
