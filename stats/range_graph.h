// The log-likelihood of masses of a few cells as seen in the cumulated masses.
// Internal, not installed.
//
// The support is s cells with mass; node k of s + 1 stands for the mass of the
// first k of them, which is fixed at the first and the last node. A range of
// cells is an edge between the node before it and the node after it: its mass
// D is the difference of the two. So the information of the log-likelihood is
// the Laplacian of the graph with conductances weight / D^2, grounded at both
// ends; it is singular only where some nodes hang on neither end, which
// innermost intervals rule out.

#ifndef ENTHESIS_STATS_RANGE_GRAPH_H_
#define ENTHESIS_STATS_RANGE_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "stats/turnbull_optimum.h"

namespace enthesis::stats {

struct NewtonDirection {
  std::vector<double> change;  // of the masses; sums to 0
  // Its product with the gradient: about twice the gain of the whole step.
  double decrement = 0;
};

class RangeGraph {
 public:
  RangeGraph() = default;
  // `ranges` sorted by first and last; `support` ascending, a cell in each
  // range.
  RangeGraph(absl::Span<const CellRange> ranges, size_t n_cells,
             absl::Span<const size_t> support);

  // Masses by cell of the support, each range with some. The rest is at these.
  void SetMasses(absl::Span<const double> masses);

  double LogLikelihood() const;
  // What `masses` have more log-likelihood; to nearly all digits also when
  // they hardly differ, and free of the rounding of their sum, for which the
  // total weight times it is taken off. Minus infinity where a range would lose
  // all mass.
  double Gain(absl::Span<const double> masses) const;
  // Slopes of the log-likelihood in the masses of the support.
  std::vector<double> SupportSlopes() const;
  // The same of every cell; `ranges` as given.
  std::vector<double> AllSlopes(absl::Span<const CellRange> ranges) const;
  NewtonDirection Newton() const;

 private:
  struct Edge {
    uint32_t from = 0, to = 0;  // nodes
    double weight = 0;
  };

  size_t n_support() const { return masses_.size(); }
  // The mass between two nodes.
  double Between(size_t from, size_t to) const {
    return (high_[to] - high_[from]) + (low_[to] - low_[from]);
  }
  // The shift of the inner nodes whose information is `gradient`.
  std::vector<double> Solve(const std::vector<double>& gradient) const;

  std::vector<uint32_t> next_;  // [cell]: the first of the support not before
  std::vector<Edge> edges_;     // but those between the ends
  double sure_ = 0;             // weight of ranges of all the support
  double total_ = 0;
  std::vector<double> masses_;
  std::vector<double> high_, low_;   // cumulated masses, by node
  std::vector<double> differences_;  // of edges
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_RANGE_GRAPH_H_
