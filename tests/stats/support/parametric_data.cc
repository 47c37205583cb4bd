#include "support/parametric_data.h"

#include <cmath>
#include <random>

namespace enthesis::stats::golden {

DesignMatrix OneColumn(const std::vector<double>& x) {
  DesignMatrix design;
  design.n_rows = x.size();
  design.names = {"x"};
  design.values = x;
  return design;
}

absl::StatusOr<ParametricFit> Fit(const ParametricData& data,
                                  ParametricDistribution distribution) {
  ParametricOptions options;
  options.distribution = distribution;
  return FitParametric(data.times(), data.design, options);
}

ParametricData DrawData(size_t n, uint64_t seed, bool weighted) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.001, 0.999);
  ParametricData data;
  std::vector<double> x;
  for (size_t i = 0; i < n; ++i) {
    x.push_back(std::round(uniform(random) * 20) / 10);
    const double time =
        1 + std::floor(std::exp(3 + 0.4 * x.back() +
                                0.7 * std::log(-std::log(uniform(random)))));
    switch (random() % 4) {
      case 0:
        data.lower.push_back(time);
        data.upper.push_back(time);
        break;
      case 1:
        data.lower.push_back(time);
        data.upper.push_back(kOpenUpper);
        break;
      case 2:
        data.lower.push_back(0);
        data.upper.push_back(time + 5);
        break;
      default:
        data.lower.push_back(time);
        data.upper.push_back(time + 10);
    }
    if (weighted) data.weights.push_back(0.1 + uniform(random));
  }
  data.design = OneColumn(x);
  return data;
}

ParametricData Taken(const ParametricData& data,
                     const std::vector<size_t>& order) {
  ParametricData taken;
  std::vector<double> x;
  for (const size_t i : order) {
    taken.lower.push_back(data.lower[i]);
    taken.upper.push_back(data.upper[i]);
    if (!data.weights.empty()) taken.weights.push_back(data.weights[i]);
    x.push_back(data.design.values[i]);
  }
  taken.design = OneColumn(x);
  return taken;
}

const std::map<std::string, ParametricDistribution>& Names() {
  static const auto* const kNames =
      new std::map<std::string, ParametricDistribution>{
          {"weibull", ParametricDistribution::kWeibull},
          {"exponential", ParametricDistribution::kExponential},
          {"lognormal", ParametricDistribution::kLogNormal},
          {"loglogistic", ParametricDistribution::kLogLogistic}};
  return *kNames;
}

}  // namespace enthesis::stats::golden
