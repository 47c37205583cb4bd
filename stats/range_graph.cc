#include "stats/range_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

// A step is solved by elimination up to this many products, and so many for
// each edge beside; else by conjugate gradients.
constexpr double kProductsMax = 3e6;
constexpr double kProductsPerEdge = 400;
// Nodes that hang on neither end have no information; this share of their own
// conductances keeps them in place.
constexpr double kRidge = 1e-14;
constexpr int kGradientsMax = 2000;
// Of the residual, squared: far less than a Newton step leaves over.
constexpr double kResidual = 1e-20;

// Solves the grounded Laplacian of a graph of conductances c (between nodes)
// and g (to the ground), all >= 0, by leaving out node after node: the star
// around it becomes links between its neighbors, which only ever adds to
// conductances. So nothing cancels where a part of the graph hangs on the
// ground by little.
class Elimination {
 public:
  // Row k has the links from node k to k + 1 ..., as far as `reach[k]`, which
  // does not fall with k.
  explicit Elimination(const std::vector<size_t>& reach)
      : starts_(reach.size() + 1), grounds_(reach.size()) {
    for (size_t k = 0; k < reach.size(); ++k) {
      starts_[k + 1] = starts_[k] + (reach[k] - k);
    }
    links_.resize(starts_.back());
  }

  void Link(size_t from, size_t to, double flow) {
    links_[starts_[from] + (to - from - 1)] += flow;
  }
  void Ground(size_t node, double flow) { grounds_[node] += flow; }

  // Once, after all links. A link becomes its share of the node's conductance.
  void Factor() {
    totals_.resize(grounds_.size());
    for (size_t k = 0; k < grounds_.size(); ++k) {
      double* const row = links_.data() + starts_[k];
      const size_t width = starts_[k + 1] - starts_[k];
      const double linked = std::accumulate(row, row + width, 0.0);
      const double ground = std::max(grounds_[k], kRidge * linked);
      totals_[k] = linked + ground > 0 ? linked + ground : 1;
      for (size_t i = 0; i < width; ++i) {
        if (row[i] <= 0) continue;
        const double share = row[i] / totals_[k];
        grounds_[k + 1 + i] += share * ground;
        double* const other = links_.data() + starts_[k + 1 + i];
        for (size_t j = i + 1; j < width; ++j) {
          other[j - i - 1] += share * row[j];
        }
      }
      for (size_t i = 0; i < width; ++i) row[i] /= totals_[k];
    }
  }

  void Solve(const std::vector<double>& right, std::vector<double>& x) const {
    x = right;
    for (size_t k = 0; k < x.size(); ++k) {
      const double* const row = links_.data() + starts_[k];
      const size_t width = starts_[k + 1] - starts_[k];
      for (size_t i = 0; i < width; ++i) x[k + 1 + i] += row[i] * x[k];
    }
    for (size_t k = x.size(); k-- > 0;) {
      const double* const row = links_.data() + starts_[k];
      const size_t width = starts_[k + 1] - starts_[k];
      x[k] /= totals_[k];
      for (size_t i = 0; i < width; ++i) x[k] += row[i] * x[k + 1 + i];
    }
  }

 private:
  std::vector<size_t> starts_;
  std::vector<double> links_, grounds_, totals_;
};

double Product(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// One range: conductance between two nodes, of which n or more is the ground.
struct Flow {
  size_t from = 0, to = 0;
  double conductance = 0;
};

// Conjugate gradients; `near` is an approximate system.
std::vector<double> SolveByGradients(const std::vector<Flow>& flows,
                                     const Elimination& near,
                                     const std::vector<double>& right) {
  const size_t n = right.size();
  std::vector<double> solution(n), rest = right, eased, along;
  std::vector<double> image(n + 1);  // with the ground
  near.Solve(rest, eased);
  along = eased;
  along.push_back(0);
  double size = Product(rest, eased);
  const double enough = size * kResidual;
  for (int step = 0; step < kGradientsMax && size > enough; ++step) {
    image.assign(n + 1, 0);
    for (const Flow& flow : flows) {
      const double moved =
          flow.conductance * (along[flow.to] - along[flow.from]);
      image[flow.to] += moved;
      image[flow.from] -= moved;
    }
    double curvature = 0;
    for (size_t k = 0; k < n; ++k) curvature += along[k] * image[k];
    if (!(curvature > 0)) break;
    const double length = size / curvature;
    for (size_t k = 0; k < n; ++k) {
      solution[k] += length * along[k];
      rest[k] -= length * image[k];
    }
    near.Solve(rest, eased);
    const double next = Product(rest, eased);
    for (size_t k = 0; k < n; ++k) {
      along[k] = eased[k] + next / size * along[k];
    }
    size = next;
  }
  return solution;
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
      total_ += ranges[i].weight;
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
  std::vector<LongSum> moved(1);
  for (size_t j = 0; j < masses.size(); ++j) {
    moved.push_back(moved.back());
    moved.back().Add(masses[j] - masses_[j]);
  }
  LongSum gain;
  for (size_t e = 0; e < edges_.size(); ++e) {
    const LongSum& from = moved[edges_[e].from];
    const LongSum& to = moved[edges_[e].to];
    const double more = (to.high - from.high) + (to.low - from.low);
    // All that is left may be rounding.
    if (more <= -differences_[e] * (1 - 1e-12)) {
      return -std::numeric_limits<double>::infinity();
    }
    gain.Add(edges_[e].weight * std::log1p(more / differences_[e]));
  }
  const double more = moved.back().high;
  gain.Add(sure_ * std::log1p(more) - total_ * more);
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
  const std::vector<double> shift = Solve(gradient);
  direction.decrement = Product(gradient, shift);
  double before = 0;
  for (size_t j = 0; j < n_support(); ++j) {
    const double after = j < shift.size() ? shift[j] : 0;
    direction.change[j] = after - before;
    before = after;
  }
  return direction;
}

std::vector<double> RangeGraph::Solve(
    const std::vector<double>& gradient) const {
  const size_t n = gradient.size();
  std::vector<Flow> flows;
  // How far links go from nodes up to each, the chain included.
  std::vector<size_t> reach(n), neighbors(n);
  for (size_t k = 0; k < n; ++k) reach[k] = std::min(k + 1, n - 1);
  neighbors = reach;
  for (size_t e = 0; e < edges_.size(); ++e) {
    // Nodes but the ends, which are the ground, from 0.
    const size_t from = edges_[e].from == 0 ? n : edges_[e].from - 1;
    const size_t to = edges_[e].to - 1;
    flows.push_back(
        {from, to, edges_[e].weight / differences_[e] / differences_[e]});
    if (from < n && to < n) reach[from] = std::max(reach[from], to);
  }
  double products = 0;
  for (size_t k = 0; k < n; ++k) {
    if (k > 0) reach[k] = std::max(reach[k], reach[k - 1]);
    const double width = static_cast<double>(reach[k] - k);
    products += width * width / 2;
  }
  std::vector<double> solution;
  const bool few =
      products <=
      kProductsMax + kProductsPerEdge * static_cast<double>(flows.size());
  Elimination system(few ? reach : neighbors);
  for (const Flow& flow : flows) {
    const bool linked = flow.from < n && flow.to < n;
    if (linked && (few || flow.to == flow.from + 1)) {
      system.Link(flow.from, flow.to, flow.conductance);
      continue;
    }
    // The approximate system takes a far link for two to the ground.
    if (flow.from < n) system.Ground(flow.from, flow.conductance);
    if (flow.to < n) system.Ground(flow.to, flow.conductance);
  }
  system.Factor();
  if (!few) return SolveByGradients(flows, system, gradient);
  system.Solve(gradient, solution);
  return solution;
}

}  // namespace enthesis::stats
