// Groups of given sizes whose events are drawn with one probability: what
// Fisher's test of two rows needs to know of a count, and of all counts that
// may follow it.
//
// Internal to tests of tables. Threads: one; what was asked for is kept.

#ifndef ENTHESIS_STATS_EVENT_GROUPS_H_
#define ENTHESIS_STATS_EVENT_GROUPS_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace enthesis::stats {

class EventGroups {
 public:
  // At most `events` events, each with probability p = 1 - q.
  EventGroups(std::vector<int64_t> sizes, double p, double q, int64_t events);

  size_t n() const { return sizes_.size(); }
  int64_t size(size_t g) const { return sizes_[g]; }
  // log P of x events in group g; of r events in groups g and on.
  double LogP(size_t g, int64_t x) const {
    double& log_p = densities_[g][static_cast<size_t>(x)];
    if (std::isnan(log_p)) log_p = LogDensity(x, sizes_[g]);
    return log_p;
  }
  double LogRest(size_t g, int64_t r) const {
    double& log_p = rest_[g][static_cast<size_t>(r)];
    if (std::isnan(log_p)) log_p = LogDensity(r, remaining_[g]);
    return log_p;
  }
  // Not below log P of the most likely counts with r events in groups g and on.
  double Bound(size_t g, int64_t r) const {
    double& bound = bounds_[g][static_cast<size_t>(r)];
    if (std::isnan(bound)) bound = FindBound(g, r);
    return bound;
  }
  // The counts that are kept: events in all groups together.
  int64_t most() const { return static_cast<int64_t>(rest_[0].size()) - 1; }
  // Counts of group g that r events in it and the groups after it allow, and
  // about the most likely of them.
  int64_t Lowest(size_t g, int64_t r) const;
  int64_t Highest(size_t g, int64_t r) const;
  int64_t Mode(size_t g, int64_t r) const;

  // Calls visit(x, past + log P(x)) for the counts x of group g after which
  // some table is above `limit`, as far as the bounds tell; returns the sum of
  // all tables of the other counts. `steps` counts the work.
  template <typename Visitor>
  double Walk(size_t g, int64_t r, double past, double limit, double& steps,
              const Visitor& visit) const {
    const int64_t low = Lowest(g, r), high = Highest(g, r);
    const int64_t mode = Mode(g, r);
    // The most likely table falls on both sides of the mode, which is not known
    // to the last step.
    const auto near = static_cast<int64_t>(n()) + 2;
    double sum = 0;
    for (const int64_t way : {int64_t{-1}, int64_t{1}}) {
      int64_t x = way < 0 ? mode : mode + 1;
      for (; x >= low && x <= high; x += way) {
        ++steps;
        const double here = past + LogP(g, x);
        if (here + Bound(g + 1, r - x) > limit) {
          visit(x, here);
          continue;
        }
        sum += std::exp(here + LogRest(g + 1, r - x));
        if (std::abs(x - mode) > near) break;
      }
      sum += SumFrom(x + way, way, g, r, past, steps);
    }
    return sum;
  }

 private:
  double LogDensity(int64_t x, int64_t size) const;
  double FindBound(size_t g, int64_t r) const;
  // All tables with x or more (`way` 1) or fewer in group g.
  double SumFrom(int64_t x, int64_t way, size_t g, int64_t r, double past,
                 double& steps) const;

  std::vector<int64_t> sizes_;
  std::vector<int64_t> remaining_;  // in group g and those after it
  double p_, q_;
  // By group and count; NaN until it is asked for: of many only those near the
  // mode are.
  mutable std::vector<std::vector<double>> densities_, rest_, bounds_;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_EVENT_GROUPS_H_
