// Sums over the nodes of a stratum from any node to the last.
// Internal to the Cox estimators.

#ifndef ENTHESIS_STATS_COX_TAIL_SUMS_H_
#define ENTHESIS_STATS_COX_TAIL_SUMS_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "stats/cox_kernels.h"

namespace enthesis::stats {

// Those at risk at a time are the nodes from its first one on, its events the
// difference of two such sums; so groups cost the same, however many nodes they
// have. For a walk from the last node to the first: a block of nodes is weighed
// and added up when the walk reaches it, while its values are near.
class CoxTailSums {
 public:
  // Of the nodes [begin, end) of `nodes`, with the risks `risks` ([node]), both
  // of which outlive this; `later` are the sums over the nodes at risk after
  // them, as many numbers as a row has.
  CoxTailSums(const ColumnsView& nodes, const double* risks, size_t begin,
              size_t end, const double* later)
      : nodes_(nodes),
        risks_(risks),
        width_(RowWidth(nodes.count)),
        begin_(begin),
        weighed_(end),
        first_(end),
        last_(end),
        later_(later, later + width_),
        kept_(width_),
        rows_(kNodesPerBlock * width_) {}

  // Sums of the risk (k = 0) and the risk times column k - 1.
  struct Sums {
    const double* all;    // over the nodes from `begin` on
    const double* later;  // from `end` on
  };
  // Neither node may come after those of the last call. `weigh` fills the risks
  // of the nodes [begin, end). Valid until the next call.
  template <typename Weigh>
  Sums From(size_t begin, size_t end, const Weigh& weigh) {
    while (end < first_) Add(weigh);
    const double* later = Row(end);
    if (begin < first_) {
      std::copy_n(later, width_, kept_.begin());
      later = kept_.data();
      while (begin < first_) Add(weigh);
    }
    return {Row(begin), later};
  }

 private:
  // Their columns and rows fit the first cache.
  static constexpr size_t kNodesPerBlock = 256;
  // Their columns fit the second cache. More than a block: the machine sees
  // what comes next where it goes up, not where it goes down by short pieces.
  static constexpr size_t kNodesWeighed = 4096;

  const double* Row(size_t node) const {
    return node == last_ ? later_.data()
                         : rows_.data() + (node - first_) * width_;
  }

  // The next block before.
  template <typename Weigh>
  void Add(const Weigh& weigh) {
    if (first_ < last_) std::copy_n(rows_.data(), width_, later_.begin());
    last_ = first_;
    first_ = last_ - std::min(last_ - begin_, kNodesPerBlock);
    if (first_ < weighed_) {
      const size_t stop = weighed_;
      weighed_ = stop - std::min(stop - begin_, kNodesWeighed);
      weigh(weighed_, stop);
    }
    FillTailSums(nodes_.From(first_), risks_ + first_, last_ - first_, width_,
                 later_.data(), rows_.data());
  }

  const ColumnsView nodes_;
  const double* const risks_;
  const size_t width_;
  const size_t begin_;
  size_t weighed_;             // nodes from here on have their risks
  size_t first_, last_;        // the nodes of `rows_`
  std::vector<double> later_;  // the sums from last_ on
  std::vector<double> kept_;   // of a block before
  std::vector<double> rows_;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_COX_TAIL_SUMS_H_
