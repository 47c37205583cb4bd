#include "stats/range_graph.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

// Up to this many nodes a step is solved by a Cholesky decomposition.
constexpr size_t kDenseMax = 256;
// Nodes that hang on neither end have no information; this share of their own
// conductances keeps them in place.
constexpr double kRidge = 1e-14;
constexpr int kGradientsMax = 2000;
// Of the residual, squared: far less than a Newton step leaves over.
constexpr double kResidual = 1e-20;

// Solves a symmetric tridiagonal system again and again.
class TridiagonalSolver {
 public:
  // `diagonal` positive; beside[k] between k and k + 1.
  TridiagonalSolver(std::vector<double> diagonal, std::vector<double> beside)
      : pivots_(std::move(diagonal)), factors_(std::move(beside)) {
    for (size_t k = 0; k + 1 < pivots_.size(); ++k) {
      const double off = factors_[k];
      factors_[k] = off / pivots_[k];
      const double left = pivots_[k + 1] - factors_[k] * off;
      pivots_[k + 1] = std::max(left, kRidge * pivots_[k + 1]);
    }
  }

  void Solve(const std::vector<double>& right, std::vector<double>& x) const {
    x = right;
    for (size_t k = 0; k + 1 < x.size(); ++k) x[k + 1] -= factors_[k] * x[k];
    for (size_t k = 0; k < x.size(); ++k) x[k] /= pivots_[k];
    for (size_t k = x.size(); k-- > 1;) x[k - 1] -= factors_[k - 1] * x[k];
  }

 private:
  std::vector<double> pivots_, factors_;
};

double Product(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace

RangeGraph::RangeGraph(absl::Span<const CellRange> ranges, size_t n_cells,
                       absl::Span<const size_t> support)
    : next_(n_cells + 1), masses_(support.size()) {
  size_t k = 0;
  for (size_t cell = 0; cell <= n_cells; ++cell) {
    while (k < support.size() && support[k] < cell) ++k;
    next_[cell] = static_cast<uint32_t>(k);
  }
  // Ranges that hit the same cells of the support are one edge. They come by
  // first cell, so those from one node stand together.
  const uint32_t end = static_cast<uint32_t>(support.size());
  std::vector<double> weight_to(support.size() + 1);
  std::vector<uint32_t> reached;
  for (size_t i = 0; i < ranges.size();) {
    const uint32_t from = next_[ranges[i].first];
    reached.clear();
    for (; i < ranges.size() && next_[ranges[i].first] == from; ++i) {
      const uint32_t to = next_[ranges[i].last + 1];
      if (weight_to[to] <= 0) reached.push_back(to);
      weight_to[to] += ranges[i].weight;
    }
    std::sort(reached.begin(), reached.end());
    for (const uint32_t to : reached) {
      if (from == 0 && to == end) {
        sure_ += weight_to[to];
      } else {
        edges_.push_back({from, to, weight_to[to]});
      }
      weight_to[to] = 0;
    }
  }
  differences_.resize(edges_.size());
}

void RangeGraph::SetMasses(absl::Span<const double> masses) {
  masses_.assign(masses.begin(), masses.end());
  high_.assign(1, 0);
  low_.assign(1, 0);
  LongSum sum;
  for (const double mass : masses_) {
    sum.Add(mass);
    high_.push_back(sum.high);
    low_.push_back(sum.low);
  }
  for (size_t e = 0; e < edges_.size(); ++e) {
    differences_[e] = Between(edges_[e].from, edges_[e].to);
  }
}

double RangeGraph::LogLikelihood() const {
  LongSum sum;
  for (size_t e = 0; e < edges_.size(); ++e) {
    sum.AddProduct(edges_[e].weight, std::log(differences_[e]));
  }
  return sum.high;
}

double RangeGraph::Gain(absl::Span<const double> masses) const {
  std::vector<double> moved(masses.size() + 1);
  for (size_t j = 0; j < masses.size(); ++j) {
    moved[j + 1] = moved[j] + (masses[j] - masses_[j]);
  }
  LongSum gain;
  for (size_t e = 0; e < edges_.size(); ++e) {
    const Edge& edge = edges_[e];
    const double more = moved[edge.to] - moved[edge.from];
    // All that is left may be rounding.
    if (more <= -differences_[e] * (1 - 1e-12)) {
      return -std::numeric_limits<double>::infinity();
    }
    gain.Add(edge.weight * std::log1p(more / differences_[e]));
  }
  return gain.high;
}

std::vector<double> RangeGraph::SupportSlopes() const {
  std::vector<double> opened(n_support() + 1), closed(n_support() + 1);
  for (size_t e = 0; e < edges_.size(); ++e) {
    const double slope = edges_[e].weight / differences_[e];
    opened[edges_[e].from] += slope;
    closed[edges_[e].to] += slope;
  }
  LongSum open;
  open.Add(sure_);
  std::vector<double> slopes(n_support());
  for (size_t j = 0; j < slopes.size(); ++j) {
    open.Add(opened[j]);
    open.Add(-closed[j]);
    slopes[j] = open.high;
  }
  return slopes;
}

std::vector<double> RangeGraph::AllSlopes(
    absl::Span<const CellRange> ranges) const {
  std::vector<double> opened(next_.size()), closed(next_.size());
  for (const CellRange& range : ranges) {
    const double slope =
        range.weight / Between(next_[range.first], next_[range.last + 1]);
    opened[range.first] += slope;
    closed[range.last + 1] += slope;
  }
  LongSum open;
  std::vector<double> slopes(next_.size() - 1);
  for (size_t cell = 0; cell < slopes.size(); ++cell) {
    open.Add(opened[cell]);
    open.Add(-closed[cell]);
    slopes[cell] = open.high;
  }
  return slopes;
}

NewtonDirection RangeGraph::Newton() const {
  NewtonDirection direction;
  direction.change.assign(n_support(), 0);
  if (n_support() < 2) return direction;
  const std::vector<double> slopes = SupportSlopes();
  std::vector<double> gradient(n_support() - 1);
  for (size_t k = 0; k < gradient.size(); ++k) {
    gradient[k] = slopes[k] - slopes[k + 1];
  }
  const std::vector<double> shift = gradient.size() <= kDenseMax
                                        ? SolveDense(gradient)
                                        : SolveByGradients(gradient);
  direction.decrement = Product(gradient, shift);
  double before = 0;
  for (size_t j = 0; j < n_support(); ++j) {
    const double after = j < shift.size() ? shift[j] : 0;
    direction.change[j] = after - before;
    before = after;
  }
  return direction;
}

std::vector<double> RangeGraph::SolveDense(
    const std::vector<double>& gradient) const {
  const Eigen::Index n = static_cast<Eigen::Index>(gradient.size());
  Eigen::MatrixXd information = Eigen::MatrixXd::Zero(n, n);
  for (size_t e = 0; e < edges_.size(); ++e) {
    const double flow = edges_[e].weight / differences_[e] / differences_[e];
    const Eigen::Index from = static_cast<Eigen::Index>(edges_[e].from) - 1;
    const Eigen::Index to = static_cast<Eigen::Index>(edges_[e].to) - 1;
    if (from >= 0) information(from, from) += flow;
    if (to < n) information(to, to) += flow;
    if (from >= 0 && to < n) information(to, from) -= flow;
  }
  information.diagonal() *= 1 + kRidge;
  const Eigen::LDLT<Eigen::MatrixXd, Eigen::Lower> factors(information);
  const Eigen::VectorXd solution =
      factors.solve(Eigen::Map<const Eigen::VectorXd>(gradient.data(), n));
  return {solution.data(), solution.data() + n};
}

// Conjugate gradients, preconditioned by what joins neighbors.
std::vector<double> RangeGraph::SolveByGradients(
    const std::vector<double>& gradient) const {
  const size_t n = gradient.size();
  std::vector<double> flows(edges_.size()), diagonal(n + 2), beside(n + 2);
  for (size_t e = 0; e < edges_.size(); ++e) {
    const Edge& edge = edges_[e];
    flows[e] = edge.weight / differences_[e] / differences_[e];
    diagonal[edge.from] += flows[e];
    diagonal[edge.to] += flows[e];
    if (edge.to == edge.from + 1) beside[edge.from] -= flows[e];
  }
  std::vector<double> inner(n), links(n);
  for (size_t k = 0; k < n; ++k) {
    // No slope of a range reaches a node that has none.
    inner[k] = diagonal[k + 1] > 0 ? diagonal[k + 1] * (1 + kRidge) : 1;
    links[k] = beside[k + 1];
  }
  const TridiagonalSolver neighbors(inner, links);
  std::vector<double> solution(n), rest = gradient, eased(n), product(n);
  std::vector<double> along(n + 2);  // with the two ends, which stay
  neighbors.Solve(rest, eased);
  std::copy(eased.begin(), eased.end(), along.begin() + 1);
  double size = Product(rest, eased);
  const double enough = size * kResidual;
  for (int step = 0; step < kGradientsMax && size > enough; ++step) {
    std::vector<double> image(n + 2);
    for (size_t e = 0; e < edges_.size(); ++e) {
      const Edge& edge = edges_[e];
      const double flow = flows[e] * (along[edge.to] - along[edge.from]);
      image[edge.to] += flow;
      image[edge.from] -= flow;
    }
    double curvature = 0;
    for (size_t k = 0; k < n; ++k) curvature += along[k + 1] * image[k + 1];
    if (!(curvature > 0)) break;
    const double length = size / curvature;
    for (size_t k = 0; k < n; ++k) {
      solution[k] += length * along[k + 1];
      rest[k] -= length * image[k + 1];
    }
    neighbors.Solve(rest, eased);
    const double next = Product(rest, eased);
    for (size_t k = 0; k < n; ++k) {
      along[k + 1] = eased[k] + next / size * along[k + 1];
    }
    size = next;
  }
  return solution;
}

bool RangeGraph::IsConnected() const {
  // Joins nodes as edges do; both ends are one.
  std::vector<size_t> parent(n_support() + 1);
  std::iota(parent.begin(), parent.end(), size_t{0});
  const auto root = [&](size_t node) {
    while (parent[node] != node) {
      parent[node] = parent[parent[node]];
      node = parent[node];
    }
    return node;
  };
  parent[n_support()] = 0;
  for (const Edge& edge : edges_) parent[root(edge.from)] = root(edge.to);
  const size_t ground = root(0);
  for (size_t node = 0; node < parent.size(); ++node) {
    if (root(node) != ground) return false;
  }
  return true;
}

}  // namespace enthesis::stats
