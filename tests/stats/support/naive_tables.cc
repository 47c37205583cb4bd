#include "support/naive_tables.h"

#include <cmath>
#include <functional>

namespace enthesis::stats::naive {
namespace {

double LogFactorial(int64_t x) {
  return std::lgamma(static_cast<double>(x) + 1);
}

double Choose(int64_t n, int64_t k) {
  if (k < 0 || k > n) return 0;
  return std::exp(LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k));
}

}  // namespace

double FisherP(const std::vector<int64_t>& counts, size_t n_columns) {
  std::vector<int64_t> rows(counts.size() / n_columns, 0);
  std::vector<int64_t> columns(n_columns, 0);
  double seen = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    rows[i / n_columns] += counts[i];
    columns[i % n_columns] += counts[i];
    seen -= LogFactorial(counts[i]);
  }
  double all = 0, extreme = 0;
  const std::function<void(size_t, double)> fill = [&](size_t cell,
                                                       double log_p) {
    if (cell == counts.size()) {
      for (const int64_t row : rows) {
        if (row != 0) return;
      }
      for (const int64_t column : columns) {
        if (column != 0) return;
      }
      const double p = std::exp(log_p - seen);
      all += p;
      if (p <= 1 + 1e-7) extreme += p;
      return;
    }
    int64_t& row = rows[cell / n_columns];
    int64_t& column = columns[cell % n_columns];
    const int64_t row_before = row, column_before = column;
    for (int64_t x = 0; x <= std::min(row_before, column_before); ++x) {
      row = row_before - x;
      column = column_before - x;
      // The last cell of a row takes what is left of it.
      if (cell % n_columns == n_columns - 1 && row != 0) continue;
      fill(cell + 1, log_p - LogFactorial(x));
    }
    row = row_before;
    column = column_before;
  };
  fill(0, 0);
  return extreme / all;
}

std::vector<double> EventDistribution(const std::vector<TwoByTwo>& strata,
                                      double odds_ratio) {
  std::vector<double> sum = {1};
  for (const TwoByTwo& table : strata) {
    const int64_t events = table.total_events();
    std::vector<double> next(sum.size() + static_cast<size_t>(table.n), 0);
    for (int64_t x = 0; x <= table.n; ++x) {
      const double p = Choose(table.n, x) *
                       Choose(table.control_n, events - x) *
                       std::pow(odds_ratio, static_cast<double>(x));
      for (size_t s = 0; s < sum.size(); ++s) {
        next[s + static_cast<size_t>(x)] += sum[s] * p;
      }
    }
    sum = next;
  }
  double all = 0;
  for (const double p : sum) all += p;
  for (double& p : sum) p /= all;
  return sum;
}

Homogeneity BreslowDay(const std::vector<TwoByTwo>& strata, double odds_ratio) {
  Homogeneity result;
  double excess = 0, spread = 0;
  for (const TwoByTwo& table : strata) {
    const auto n = static_cast<double>(table.n);
    const auto m = static_cast<double>(table.control_n);
    const auto t = static_cast<double>(table.total_events());
    double low = std::max(0.0, t - m), high = std::min(n, t);
    for (int i = 0; i < 200; ++i) {
      const double x = (low + high) / 2;
      (x * (m - t + x) < odds_ratio * (n - x) * (t - x) ? low : high) = x;
    }
    const double x = low;
    const double variance =
        1 / (1 / x + 1 / (n - x) + 1 / (t - x) + 1 / (m - t + x));
    const double gap = static_cast<double>(table.events) - x;
    result.breslow_day += gap * gap / variance;
    excess += gap;
    spread += variance;
  }
  result.tarone = result.breslow_day - excess * excess / spread;
  return result;
}

}  // namespace enthesis::stats::naive
