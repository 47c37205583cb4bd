#include "stats/mmrm_inference.h"

#include <algorithm>
#include <cmath>

#include "stats/distributions.h"
#include "stats/least_squares.h"
#include "stats/satterthwaite.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

}  // namespace

MmrmInference::MmrmInference(const MmrmTable& table, const MmrmOptions& options,
                             const MmrmLikelihood* likelihood,
                             const MmrmOptimum* optimum)
    : table_(table), options_(options), optimum_(optimum) {
  if (optimum == nullptr) return;
  effects_covariance_ = MatrixXd::Identity(table.n_working, table.n_working);
  if (options.df != MmrmDf::kKenwardRoger) return;
  effects_covariance_ += likelihood->KenwardRogerIncrease(
      optimum->state, optimum->derivatives, optimum->expected_spread);
}

VectorXd MmrmInference::WorkingRow(const Combination& combination) const {
  const LeastSquares& fit = table_.least_squares;
  const size_t k = fit.kept.size();
  VectorXd row = VectorXd::Zero(table_.n_working);
  row[0] = combination.constant / std::sqrt(fit.n);
  for (size_t j = 0; j < k; ++j) {
    for (size_t i = 0; i <= j; ++i) {
      row[static_cast<Index>(j) + 1] +=
          combination.distances[i] * fit.inverse_root[i * k + j];
    }
  }
  return row;
}

// a' L^-1 X' V^-1 (dV / d element) V^-1 X L^-T b, by element.
VectorXd MmrmInference::ByElement(const VectorXd& a, const VectorXd& b) const {
  return optimum_->derivatives.of_information *
         Pack((a * b.transpose() + b * a.transpose()) / 2);
}

std::optional<double> MmrmInference::DfOf(const VectorXd& standard) const {
  const VectorXd gradient = ByElement(standard, standard);
  const MatrixXd& spread = options_.df == MmrmDf::kKenwardRoger
                               ? optimum_->expected_spread
                               : optimum_->observed_spread;
  return SatterthwaiteDf(
      standard.squaredNorm(),
      {gradient.data(), static_cast<size_t>(gradient.size())},
      {spread.data(), static_cast<size_t>(spread.size())});
}

MmrmEstimate MmrmInference::Of(const Combination& combination) const {
  const LeastSquares& fit = table_.least_squares;
  MmrmEstimate result;
  double estimate = combination.constant * fit.response_mean +
                    ContrastValue(fit, combination.distances);
  if (optimum_ == nullptr) {
    result.estimate = estimate;
    return result;
  }
  const VectorXd row = WorkingRow(combination);
  estimate += table_.unit * row.dot(optimum_->state.effects);
  result.estimate = estimate;
  const VectorXd standard =
      optimum_->state.root.triangularView<Eigen::Lower>().solve(row);
  const double variance = standard.dot(effects_covariance_ * standard);
  if (!(variance > 0)) return result;
  const double std_error = table_.unit * std::sqrt(variance);
  result.std_error = std_error;
  result.df = DfOf(standard);
  if (!result.df.has_value()) return result;
  const double critical =
      StudentTCriticalValue(options_.conf_level, *result.df);
  result.lower = estimate - critical * std_error;
  result.upper = estimate + critical * std_error;
  result.statistic = estimate / std_error;
  result.p_value = std::min(
      1.0, 2 * StudentTUpperTail(std::abs(*result.statistic), *result.df));
  return result;
}

MmrmEstimate MmrmInference::OfColumn(std::optional<size_t> place) const {
  const LeastSquares& fit = table_.least_squares;
  Combination combination;
  combination.distances.assign(fit.kept.size(), 0);
  if (place.has_value()) {
    combination.distances[*place] = 1;
    return Of(combination);
  }
  combination.constant = 1;
  for (size_t i = 0; i < fit.kept.size(); ++i) {
    combination.distances[i] = -fit.column_means[fit.kept[i]];
  }
  return Of(combination);
}

// Along the eigenvectors of the combinations' covariance, as lmerTest.
void MmrmInference::TestSatterthwaite(const MatrixXd& standard,
                                      const VectorXd& values,
                                      TermTest& test) const {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(standard.transpose() *
                                                       standard);
  std::vector<double> squares, df;
  for (Index i = values.size() - 1; i >= 0; --i) {
    const VectorXd along = solver.eigenvectors().col(i);
    const VectorXd one = standard * along;
    const std::optional<double> own = DfOf(one);
    if (!own.has_value()) return;
    squares.push_back(std::pow(along.dot(values), 2) / one.squaredNorm());
    df.push_back(*own);
  }
  SetTest(squares, df, test);
}

// Kenward & Roger's scaled F, with the adjusted covariance.
void MmrmInference::TestKenwardRoger(const MatrixXd& standard,
                                     const VectorXd& values,
                                     TermTest& test) const {
  const Index q = values.size();
  const MatrixXd unit =
      Eigen::HouseholderQR<MatrixXd>(standard).householderQ() *
      MatrixXd::Identity(standard.rows(), q);
  const MatrixXd& spread = optimum_->expected_spread;
  const Index n = spread.rows();
  VectorXd traces = VectorXd::Zero(n);
  double a2 = 0;
  for (Index a = 0; a < q; ++a) {
    for (Index b = 0; b <= a; ++b) {
      const VectorXd by = ByElement(unit.col(a), unit.col(b));
      if (a == b) traces += by;
      a2 += (a == b ? 1 : 2) * by.dot(spread * by);
    }
  }
  const double a1 = traces.dot(spread * traces);
  const double l = static_cast<double>(q);
  const double b = (a1 + 6 * a2) / (2 * l);
  const double g = ((l + 1) * a1 - (l + 4) * a2) / ((l + 2) * a2);
  const double per = 3 * l + 2 * (1 - g);
  const double c1 = g / per, c2 = (l - g) / per, c3 = (l + 2 - g) / per;
  const double mean = 1 / (1 - a2 / l);
  const double variance =
      2 / l * (1 + c1 * b) / (std::pow(1 - c2 * b, 2) * (1 - c3 * b));
  const double rho = variance / (2 * mean * mean);
  const double df = 4 + (l + 2) / (l * rho - 1);
  const double scale = df / (mean * (df - 2));
  const double square =
      values.dot((standard.transpose() * effects_covariance_ * standard)
                     .ldlt()
                     .solve(values));
  if (!(df > 0) || !(scale > 0) || !std::isfinite(df)) return;
  test.df = df;
  test.statistic = scale / l * square;
  test.p_value = FUpperTail(*test.statistic, l, df);
}

void MmrmInference::Test(const std::vector<Combination>& combinations,
                         TermTest& test) const {
  test.numerator_df = combinations.size();
  if (optimum_ == nullptr || combinations.empty()) return;
  const Index q = static_cast<Index>(combinations.size());
  MatrixXd standard(table_.n_working, q);
  VectorXd values(q);
  for (Index i = 0; i < q; ++i) {
    const Combination& one = combinations[static_cast<size_t>(i)];
    const VectorXd row = WorkingRow(one);
    values(i) =
        ContrastValue(table_.least_squares, one.distances) / table_.unit +
        row.dot(optimum_->state.effects);
    standard.col(i) =
        optimum_->state.root.triangularView<Eigen::Lower>().solve(row);
  }
  const double scale = standard.cwiseAbs().maxCoeff();
  standard /= scale;
  values /= scale;
  if (options_.df == MmrmDf::kKenwardRoger) {
    TestKenwardRoger(standard, values, test);
  } else {
    TestSatterthwaite(standard, values, test);
  }
}

}  // namespace enthesis::stats
