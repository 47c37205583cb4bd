#include "support/naive_survival.h"

#include <cmath>
#include <cstddef>
#include <set>
#include <vector>

namespace enthesis::stats::naive {

double RobustVariance(const Rows& rows, double time) {
  double variance = 0;
  Rows changed = rows;
  for (size_t i = 0; i < rows.size(); ++i) {
    // A central difference in steps of 1e-4 of the weight: its error is of the
    // order of 1e-8.
    const double step = 1e-4 * rows[i].weight;
    changed[i].weight = rows[i].weight + step;
    const double up = Survival(changed, time);
    changed[i].weight = rows[i].weight - step;
    const double down = Survival(changed, time);
    changed[i].weight = rows[i].weight;
    const double influence = rows[i].weight * (up - down) / (2 * step);
    variance += influence * influence;
  }
  return variance;
}

RankSums WeightedRank(const Rows& rows, const std::vector<int>& groups,
                      int n_groups, const std::vector<int>& strata,
                      int n_strata, const TimeWeight& weight) {
  const size_t size = static_cast<size_t>(n_groups);
  RankSums sums{
      std::vector<double>(size, 0),
      std::vector<std::vector<double>>(size, std::vector<double>(size, 0))};
  for (int s = 0; s < n_strata; ++s) {
    Rows all;
    std::vector<Rows> parts(size);
    std::set<double> times;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (strata[i] != s) continue;
      all.push_back(rows[i]);
      parts[static_cast<size_t>(groups[i])].push_back(rows[i]);
      if (rows[i].cause > 0) times.insert(rows[i].time);
    }
    for (double t : times) {
      const double n = AtRisk(all, t);
      const double d = Events(all, 0, t);
      double textbook = 1;
      for (double u : times) {
        if (u <= t) textbook *= 1 - Events(all, 0, u) / (AtRisk(all, u) + 1);
      }
      const double before = Survival(all, std::nextafter(t, -1.0));
      const double w = weight(n, d, before, textbook);
      for (size_t g = 0; g < size; ++g) {
        const double share = AtRisk(parts[g], t) / n;
        sums.difference[g] += w * (Events(parts[g], 0, t) - d * share);
        for (size_t h = 0; n > 1 && h < size; ++h) {
          sums.variance[g][h] += w * w * d * (n - d) / (n - 1) * share *
                                 ((g == h ? 1 : 0) - AtRisk(parts[h], t) / n);
        }
      }
    }
  }
  return sums;
}

RowColumns ToColumns(const Rows& rows, const std::vector<int>& groups) {
  RowColumns columns;
  for (const EventRow& row : rows) {
    columns.times.push_back(row.time);
    columns.entries.push_back(row.entry);
    columns.weights.push_back(row.weight);
    columns.causes.push_back(row.cause);
  }
  columns.groups = groups;
  return columns;
}

Rows WithFractions(Rows rows, uint64_t seed) {
  const std::vector<int> tenths =
      RandomLabels(seed, static_cast<int>(rows.size()), 30);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].weight = 0.1 * (tenths[i] + 1);
  }
  return rows;
}

}  // namespace enthesis::stats::naive
