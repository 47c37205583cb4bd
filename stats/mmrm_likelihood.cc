#include "stats/mmrm_likelihood.h"

#include <cmath>
#include <cstddef>
#include <vector>

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

const double kLogTwoPi = std::log(2 * 3.14159265358979323846);

// Residuals of a pattern beyond what `effects` explain.
MatrixXd ResidualsOf(const MmrmPattern& pattern, const VectorXd& effects) {
  MatrixXd residuals = pattern.residuals;
  for (size_t v = 0; v < pattern.columns.size(); ++v) {
    residuals.col(static_cast<Index>(v)) -= pattern.columns[v] * effects;
  }
  return residuals;
}

// An element of a pattern's block: the visits' places there, and the element of
// the whole matrix. The derivative of V by it is e_a e_b' + e_b e_a', half of
// that for a = b.
struct VisitPlace {
  Index a, b, element;
  double share;
};

std::vector<VisitPlace> PlacesOf(const MmrmPattern& pattern) {
  std::vector<VisitPlace> places;
  const Index k = static_cast<Index>(pattern.visits.size());
  for (Index b = 0; b < k; ++b) {
    for (Index a = 0; a <= b; ++a) {
      const Index element = ElementOf(pattern.visits[static_cast<size_t>(a)],
                                      pattern.visits[static_cast<size_t>(b)]);
      places.push_back({a, b, element, a == b ? 0.5 : 1});
    }
  }
  return places;
}

// tr(D_h A D_k B), D the derivatives by two places; A and B symmetric.
double TraceOf(const VisitPlace& h, const MatrixXd& a, const VisitPlace& k,
               const MatrixXd& b) {
  return h.share * k.share *
         (a(h.b, k.a) * b(k.b, h.a) + a(h.a, k.a) * b(k.b, h.b) +
          a(h.b, k.b) * b(k.a, h.a) + a(h.a, k.b) * b(k.a, h.b));
}

}  // namespace

VectorXd Pack(const MatrixXd& symmetric) {
  VectorXd packed(ElementCount(symmetric.rows()));
  const double root = std::sqrt(2.0);
  for (Index b = 0; b < symmetric.rows(); ++b) {
    for (Index a = 0; a <= b; ++a) {
      packed[ElementOf(a, b)] = (a == b ? 1 : root) * symmetric(a, b);
    }
  }
  return packed;
}

bool MmrmLikelihood::Evaluate(const MatrixXd& covariance,
                              MmrmState& state) const {
  if (!covariance.allFinite()) return false;
  if (covariance.llt().info() != Eigen::Success) return false;
  const Index p = table_.n_working;
  MatrixXd information = MatrixXd::Zero(p, p);
  VectorXd score = VectorXd::Zero(p);
  std::vector<MatrixXd> roots;
  double log_determinant = 0;
  state.inverses.clear();
  for (const MmrmPattern& pattern : table_.patterns) {
    const Index k = static_cast<Index>(pattern.visits.size());
    const MatrixXd block = covariance(pattern.visits, pattern.visits);
    const Eigen::LLT<MatrixXd> factor(block);
    if (factor.info() != Eigen::Success) return false;
    const MatrixXd lower = factor.matrixL();
    log_determinant +=
        2 * pattern.n_subjects * lower.diagonal().array().log().sum();
    const MatrixXd root =
        lower.triangularView<Eigen::Lower>().solve(MatrixXd::Identity(k, k));
    const MatrixXd residuals = pattern.residuals * root.transpose();
    for (Index a = 0; a < k; ++a) {
      MatrixXd turned = root(a, 0) * pattern.columns[0];
      for (Index b = 1; b <= a; ++b) {
        turned += root(a, b) * pattern.columns[static_cast<size_t>(b)];
      }
      information.selfadjointView<Eigen::Lower>().rankUpdate(
          turned.transpose());
      score += turned.transpose() * residuals.col(a);
    }
    state.inverses.push_back(root.transpose() * root);
    roots.push_back(root);
  }
  const Eigen::LLT<MatrixXd> factor(
      MatrixXd(information.selfadjointView<Eigen::Lower>()));
  if (factor.info() != Eigen::Success) return false;
  state.root = factor.matrixL();
  state.effects = factor.solve(score);
  double squares = 0;
  for (size_t i = 0; i < roots.size(); ++i) {
    squares +=
        (ResidualsOf(table_.patterns[i], state.effects) * roots[i].transpose())
            .squaredNorm();
  }
  double df = static_cast<double>(table_.n_rows);
  if (restricted_) {
    df -= static_cast<double>(p);
    log_determinant += 2 * state.root.diagonal().array().log().sum();
  }
  state.log_likelihood = -0.5 * (df * kLogTwoPi + log_determinant + squares);
  return std::isfinite(state.log_likelihood);
}

std::vector<MatrixXd> MmrmLikelihood::Standardized(
    const MmrmPattern& pattern, const MatrixXd& weights,
    const MmrmState& state) const {
  const Index k = static_cast<Index>(pattern.visits.size());
  std::vector<MatrixXd> plain, weighted;
  for (const MatrixXd& columns : pattern.columns) {
    plain.push_back(state.root.triangularView<Eigen::Lower>()
                        .solve(columns.transpose())
                        .transpose());
  }
  for (Index a = 0; a < k; ++a) {
    MatrixXd& sum = weighted.emplace_back(weights(a, 0) * plain[0]);
    for (Index b = 1; b < k; ++b) {
      sum += weights(a, b) * plain[static_cast<size_t>(b)];
    }
  }
  return weighted;
}

MmrmDerivatives MmrmLikelihood::Derive(const MmrmState& state) const {
  const Index d = ElementCount(table_.n_visits);
  const Index p = table_.n_working;
  MmrmDerivatives result;
  result.gradient = VectorXd::Zero(d);
  result.observed = MatrixXd::Zero(d, d);
  result.expected = MatrixXd::Zero(d, d);
  result.of_information = MatrixXd::Zero(d, ElementCount(p));
  MatrixXd of_score = MatrixXd::Zero(p, d);
  for (size_t i = 0; i < table_.patterns.size(); ++i) {
    const MmrmPattern& pattern = table_.patterns[i];
    const MatrixXd& inverse = state.inverses[i];
    const Index k = inverse.rows();
    const std::vector<MatrixXd> x = Standardized(pattern, inverse, state);
    const MatrixXd r = ResidualsOf(pattern, state.effects) * inverse;
    const MatrixXd of_residuals = r.transpose() * r;
    MatrixXd of_effects = MatrixXd::Zero(k, k);
    const std::vector<VisitPlace> places = PlacesOf(pattern);
    for (const VisitPlace& h : places) {
      const MatrixXd& xa = x[static_cast<size_t>(h.a)];
      const MatrixXd& xb = x[static_cast<size_t>(h.b)];
      const MatrixXd product = xa.transpose() * xb;
      result.of_information.row(h.element) +=
          h.share * Pack(product + product.transpose());
      of_score.col(h.element) +=
          h.share * (xa.transpose() * r.col(h.b) + xb.transpose() * r.col(h.a));
      if (!restricted_) continue;
      of_effects(h.a, h.b) = product.trace();
      of_effects(h.b, h.a) = product.trace();
    }
    const double n = pattern.n_subjects;
    const MatrixXd slope = n * inverse - of_effects - of_residuals;
    const MatrixXd seen = of_effects + of_residuals - n / 2 * inverse;
    const MatrixXd awaited = n / 2 * inverse - of_effects;
    for (const VisitPlace& h : places) {
      result.gradient[h.element] -= h.share * slope(h.a, h.b);
      for (const VisitPlace& l : places) {
        if (l.element > h.element) continue;
        result.observed(h.element, l.element) += TraceOf(h, inverse, l, seen);
        result.expected(h.element, l.element) +=
            TraceOf(h, inverse, l, awaited);
      }
    }
  }
  result.observed.selfadjointView<Eigen::Lower>().rankUpdate(
      of_score.transpose(), -1);
  if (restricted_) {
    result.observed.selfadjointView<Eigen::Lower>().rankUpdate(
        result.of_information, -0.5);
    result.expected.selfadjointView<Eigen::Lower>().rankUpdate(
        result.of_information, 0.5);
  }
  for (MatrixXd* matrix : {&result.observed, &result.expected}) {
    matrix->triangularView<Eigen::StrictlyUpper>() = matrix->transpose();
  }
  return result;
}

MatrixXd MmrmLikelihood::KenwardRogerIncrease(
    const MmrmState& state, const MmrmDerivatives& derivatives,
    const MatrixXd& covariance) const {
  const Index p = table_.n_working;
  MatrixXd sum = MatrixXd::Zero(p, p);
  for (size_t i = 0; i < table_.patterns.size(); ++i) {
    const MmrmPattern& pattern = table_.patterns[i];
    const MatrixXd& inverse = state.inverses[i];
    const std::vector<VisitPlace> places = PlacesOf(pattern);
    // Sum over h and l of their covariance times D_h V^-1 D_l.
    MatrixXd middle = MatrixXd::Zero(inverse.rows(), inverse.rows());
    for (const VisitPlace& h : places) {
      for (const VisitPlace& l : places) {
        const double weight =
            h.share * l.share * covariance(h.element, l.element);
        middle(h.a, l.b) += weight * inverse(h.b, l.a);
        middle(h.a, l.a) += weight * inverse(h.b, l.b);
        middle(h.b, l.b) += weight * inverse(h.a, l.a);
        middle(h.b, l.a) += weight * inverse(h.a, l.b);
      }
    }
    const std::vector<MatrixXd> x = Standardized(pattern, inverse, state);
    for (size_t a = 0; a < x.size(); ++a) {
      MatrixXd weighted = middle(static_cast<Index>(a), 0) * x[0];
      for (size_t b = 1; b < x.size(); ++b) {
        weighted += middle(static_cast<Index>(a), static_cast<Index>(b)) * x[b];
      }
      sum += x[a].transpose() * weighted;
    }
  }
  // Less the sum over h and l of their covariance times P_h P_l.
  const MatrixXd mixed = covariance * derivatives.of_information;
  const double root = std::sqrt(2.0);
  const auto unpacked = [&](const MatrixXd& packed, Index row) {
    MatrixXd matrix(p, p);
    for (Index b = 0; b < p; ++b) {
      for (Index a = 0; a <= b; ++a) {
        const double value = packed(row, ElementOf(a, b)) / (a == b ? 1 : root);
        matrix(a, b) = value;
        matrix(b, a) = value;
      }
    }
    return matrix;
  };
  for (Index h = 0; h < mixed.rows(); ++h) {
    sum -= unpacked(derivatives.of_information, h) * unpacked(mixed, h);
  }
  return sum + sum.transpose();  // twice its symmetric part
}

}  // namespace enthesis::stats
