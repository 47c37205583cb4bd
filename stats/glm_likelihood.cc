#include "stats/glm_likelihood.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "stats/cox_kernels.h"
#include "stats/log_sum.h"

namespace enthesis::stats {
namespace {

constexpr size_t kBlocksPerSum = 16;

struct Ones {
  double values[kGlmBlock];
  constexpr Ones() : values() {
    for (double& value : values) value = 1;
  }
};
constexpr Ones kOnes;

// Odds beyond it are that, so that no product is of 0 and infinity.
constexpr double kMostOdds = 1e300;

// log(1 + x) for x >= 0, to about the last place (Kahan): what 1 + x rounds off
// is made up for, at less than the cost of log1p.
double LogOnePlus(double x) {
  const double sum = 1 + x;
  return sum == 1 ? x : std::log(sum) * (x / (sum - 1));
}

// From here on 1 + x has the digits of x that a sum of logarithms needs.
constexpr double kWorthProduct = 1e-3;

// Adds w log(1 + x).
void AddLogOnePlus(double x, double w, LogSum& logs) {
  if (x < kWorthProduct) {
    logs.AddLog(w * LogOnePlus(x));
  } else {
    logs.Add(1 + x, w);
  }
}

// y log(y / mu) - (y - mu), to full precision where the two are close.
double PoissonDistance(double y, double mean) {
  if (y == 0) return mean;
  return mean - y - y * std::log1p((mean - y) / y);
}

}  // namespace

// Of one row: less half its deviance, its derivatives by the predictor, and
// (y - mu)^2 / variance.
struct GlmLikelihood::NodeTerms {
  double objective, score, information, pearson;
};

GlmLikelihood::GlmLikelihood(const GlmTable& table, GlmFamily family,
                             ThreadPool* pool)
    : table_(&table), family_(family), pool_(pool) {}

// `mean` is the exponential of the predictor, of logistic models the odds.
// Without `objective` that of a logistic model, which takes longest, is left
// out: it is less the logarithm of 1 + pearson.
template <bool objective>
inline GlmLikelihood::NodeTerms GlmLikelihood::TermsOf(
    double y, double mean, GlmInformation kind) const {
  if (family_ == GlmFamily::kLogistic) {
    const double odds = std::min(mean, kMostOdds);
    const double other = 1 / (1 + odds);
    const double share = odds * other;
    const double against = y == 0 ? odds : 1 / odds;
    return {objective ? -LogOnePlus(against) : 0, y == 0 ? -share : other,
            share * other, against};
  }
  const double off = y - mean;
  if (family_ == GlmFamily::kPoisson) {
    return {-PoissonDistance(y, mean), off, mean, off * (off / mean)};
  }
  const double shrink = 1 / (1 + mean / theta_);
  const double expected = mean * shrink;
  const double distance = y == 0 ? 0 : -y * std::log1p((mean - y) / y);
  return {-distance + (y + theta_) * std::log1p(off / (mean + theta_)),
          off * shrink,
          kind == GlmInformation::kExpected
              ? expected
              : expected * (1 + y / theta_) * shrink,
          off * (off / mean) * shrink};
}

void GlmLikelihood::FillMeans(absl::Span<const double> coefficients,
                              size_t block, size_t n, double* means) const {
  const ColumnsView view = table_->Block(block, coefficients.size(), true);
  if (!table_->has_offset) {
    FillRisks(view, coefficients.data(), kOnes.values, n, means);
    return;
  }
  std::vector<double> with_offset = {1};
  with_offset.insert(with_offset.end(), coefficients.begin(),
                     coefficients.end());
  FillRisks(view, with_offset.data(), kOnes.values, n, means);
}

GlmSums GlmLikelihood::SumBlocks(size_t n_sums, size_t n_nodes,
                                 const AddBlock& add) const {
  const size_t n_blocks = (n_nodes + kGlmBlock - 1) / kGlmBlock;
  const size_t n_tasks = (n_blocks + kBlocksPerSum - 1) / kBlocksPerSum;
  std::vector<GlmSums> parts(n_tasks);
  RunTasks(pool_, n_tasks, [&](size_t task) {
    GlmSums part(n_sums, 0);
    const size_t end = std::min(n_blocks, (task + 1) * kBlocksPerSum);
    for (size_t block = task * kBlocksPerSum; block < end; ++block) {
      add(block, std::min(kGlmBlock, n_nodes - block * kGlmBlock), part.data());
    }
    parts[task] = std::move(part);
  });
  std::vector<CompensatedSum> sums(n_sums);
  for (const GlmSums& part : parts) {
    for (size_t i = 0; i < n_sums; ++i) sums[i].Add(part[i]);
  }
  GlmSums total;
  for (const CompensatedSum& sum : sums) total.push_back(sum.Value());
  return total;
}

// Sums: the objective and Pearson's, the gradient after a sum of scores, the
// information.
void GlmLikelihood::AddToDerivatives(absl::Span<const double> coefficients,
                                     GlmInformation kind, size_t block,
                                     size_t n, double* sums) const {
  const size_t k = coefficients.size();
  double means[kGlmBlock], scores[kGlmBlock], bends[kGlmBlock];
  FillMeans(coefficients, block, n, means);
  const double* y = table_->response.data() + block * kGlmBlock;
  const double* w = weights().data() + block * kGlmBlock;
  LogSum logs;
  for (size_t i = 0; i < n; ++i) {
    if (w[i] == 0) {
      scores[i] = bends[i] = 0;
      continue;
    }
    const NodeTerms terms = TermsOf<false>(y[i], means[i], kind);
    if (family_ == GlmFamily::kLogistic)
      AddLogOnePlus(terms.pearson, w[i], logs);
    sums[0] += w[i] * terms.objective;
    sums[1] += w[i] * terms.pearson;
    scores[i] = w[i] * terms.score;
    bends[i] = w[i] * terms.information;
  }
  sums[0] -= logs.Value();
  const ColumnsView x = table_->Block(block, k, false);
  AddWeightedSums(x, scores, n, sums + 2);
  AddWeightedGram(x, bends, n, sums + 3 + k);
}

GlmDerivatives GlmLikelihood::Evaluate(absl::Span<const double> coefficients,
                                       GlmInformation kind,
                                       size_t n_nodes) const {
  const size_t k = coefficients.size();
  const GlmSums sums = SumBlocks(
      3 + k + k * k, n_nodes, [&](size_t block, size_t n, double* part) {
        AddToDerivatives(coefficients, kind, block, n, part);
      });
  GlmDerivatives at;
  at.objective = sums[0];
  at.pearson = sums[1];
  const auto gradient = sums.begin() + 3;
  const auto information = gradient + static_cast<std::ptrdiff_t>(k);
  at.gradient.assign(gradient, information);
  at.information.assign(information, sums.end());
  for (size_t i = 0; i < k; ++i) {
    for (size_t j = 0; j < i; ++j) {
      at.information[j * k + i] = at.information[i * k + j];
    }
  }
  return at;
}

std::vector<double> GlmLikelihood::FirthGradient(
    absl::Span<const double> coefficients,
    absl::Span<const double> root) const {
  const size_t k = coefficients.size();
  GlmSums sums = SumBlocks(
      k + 1, table_->n_nodes(), [&](size_t block, size_t n, double* part) {
        double means[kGlmBlock], added[kGlmBlock], leverage[kGlmBlock];
        FillMeans(coefficients, block, n, means);
        const ColumnsView x = table_->Block(block, k, false);
        std::fill_n(leverage, n, 0);
        for (size_t j = 0; j < k; ++j) {
          std::fill_n(added, n, 0);
          for (size_t i = 0; i < k; ++i) {
            const double factor = root[i * k + j];
            if (factor == 0) continue;
            const double* column = x.values + i * x.stride;
            for (size_t r = 0; r < n; ++r) added[r] += factor * column[r];
          }
          for (size_t r = 0; r < n; ++r) leverage[r] += added[r] * added[r];
        }
        const double* w = weights().data() + block * kGlmBlock;
        for (size_t r = 0; r < n; ++r) {
          const NodeTerms terms =
              TermsOf<false>(0, means[r], GlmInformation::kExpected);
          added[r] =
              w[r] * terms.information * leverage[r] * (0.5 + terms.score);
        }
        AddWeightedSums(x, added, n, part);
      });
  sums.erase(sums.begin());
  return sums;
}

GlmSums GlmLikelihood::DispersionSums(
    absl::Span<const double> coefficients) const {
  const size_t k = coefficients.size();
  GlmSums sums = SumBlocks(
      k + 3, table_->n_nodes(), [&](size_t block, size_t n, double* part) {
        double means[kGlmBlock], mixed[kGlmBlock];
        FillMeans(coefficients, block, n, means);
        const double* y = table_->response.data() + block * kGlmBlock;
        const double* w = weights().data() + block * kGlmBlock;
        for (size_t i = 0; i < n; ++i) {
          const double mean = means[i];
          mixed[i] = 0;
          if (w[i] == 0) continue;
          const double sum = mean + theta_;
          const double off = (mean - y[i]) / sum;
          part[0] += w[i] * (off - std::log1p(mean / theta_));
          part[1] += w[i] * (off - mean / theta_) / sum;
          mixed[i] = -w[i] * off * mean / sum;
        }
        AddWeightedSums(table_->Block(block, k, false), mixed, n, part + 2);
      });
  sums.erase(sums.begin() + 2);
  return sums;
}

std::vector<double> GlmLikelihood::ScoreProducts(
    absl::Span<const double> coefficients) const {
  const size_t k = coefficients.size();
  std::vector<double> products;
  if (table_->clusters.empty()) {
    products = SumBlocks(
        k * k, table_->n_nodes(), [&](size_t block, size_t n, double* part) {
          double means[kGlmBlock], squares[kGlmBlock];
          FillMeans(coefficients, block, n, means);
          for (size_t i = 0; i < n; ++i) {
            const size_t node = block * kGlmBlock + i;
            squares[i] = 0;
            if (weights()[node] == 0) continue;
            const double score =
                TermsOf<false>(table_->response[node], means[i],
                               GlmInformation::kExpected)
                    .score;
            squares[i] = table_->SquareWeight(node) * score * score;
          }
          AddWeightedGram(table_->Block(block, k, false), squares, n, part);
        });
  } else {
    std::vector<double> scores(table_->n_clusters * k, 0);
    double means[kGlmBlock];
    for (size_t block = 0; block < table_->n_blocks(); ++block) {
      const size_t n = table_->BlockSize(block);
      FillMeans(coefficients, block, n, means);
      const ColumnsView x = table_->Block(block, k, false);
      for (size_t i = 0; i < n; ++i) {
        const size_t node = block * kGlmBlock + i;
        if (weights()[node] == 0) continue;
        const double score =
            weights()[node] * TermsOf<false>(table_->response[node], means[i],
                                             GlmInformation::kExpected)
                                  .score;
        double* sum =
            scores.data() + static_cast<size_t>(table_->clusters[node]) * k;
        for (size_t j = 0; j < k; ++j) {
          sum[j] += score * x.values[j * x.stride + i];
        }
      }
    }
    products.assign(k * k, 0);
    for (size_t c = 0; c < table_->n_clusters; ++c) {
      const double* score = scores.data() + c * k;
      for (size_t i = 0; i < k; ++i) {
        for (size_t j = 0; j <= i; ++j) {
          products[i * k + j] += score[i] * score[j];
        }
      }
    }
  }
  for (size_t i = 0; i < k; ++i) {
    for (size_t j = 0; j < i; ++j) products[j * k + i] = products[i * k + j];
  }
  return products;
}

double GlmLikelihood::ObjectiveOf(double y, double predictor) const {
  return TermsOf<true>(y, std::exp(predictor), GlmInformation::kExpected)
      .objective;
}

std::vector<double> GlmLikelihood::Predictors(
    absl::Span<const double> coefficients) const {
  std::vector<double> predictors(table_->n_nodes(), 0);
  RunTasks(pool_, table_->n_blocks(), [&](size_t block) {
    const ColumnsView x = table_->Block(block, coefficients.size(), true);
    const size_t n = table_->BlockSize(block);
    double* into = predictors.data() + block * kGlmBlock;
    for (size_t c = 0; c < x.count; ++c) {
      const double factor = !table_->has_offset ? coefficients[c]
                            : c == 0            ? 1
                                                : coefficients[c - 1];
      const double* column = x.values + c * x.stride;
      for (size_t i = 0; i < n; ++i) into[i] += factor * column[i];
    }
  });
  return predictors;
}

}  // namespace enthesis::stats
