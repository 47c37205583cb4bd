// Fisher's test of any table: columns are gone through one by one; where all
// that may follow is at most as likely as what was seen, its sum has a closed
// form. The last two columns are listed once for what is left of the rows.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <vector>

#include "stats/fisher_test.h"

namespace enthesis::stats {
namespace {

constexpr double kTieSlack = 1e-7;  // of ties, as fisher.test
constexpr double kStepsMost = 3e7;  // some seconds
constexpr int64_t kTableMost = 100000;

using Counts = std::vector<int64_t>;

class AnyTable {
 public:
  AnyTable(absl::Span<const int64_t> counts, size_t n_columns)
      : rows_(counts.size() / n_columns, 0), columns_(n_columns, 0) {
    for (size_t i = 0; i < counts.size(); ++i) {
      rows_[i / n_columns] += counts[i];
      columns_[i % n_columns] += counts[i];
    }
    const int64_t total =
        std::accumulate(rows_.begin(), rows_.end(), int64_t{0});
    log_factorials_.assign(1, 0);
    for (int64_t x = 1; x <= total; ++x) {
      log_factorials_.push_back(log_factorials_.back() +
                                std::log(static_cast<double>(x)));
    }
    std::sort(columns_.begin(), columns_.end());
    left_.assign(n_columns + 1, 0);
    for (size_t c = n_columns; c-- > 0;) {
      left_[c] = left_[c + 1] + LogFactorial(columns_[c]);
    }
    start_ = -LogFactorial(total) + left_[0];
    for (const int64_t row : rows_) start_ += LogFactorial(row);
    threshold_ = start_ + kTieSlack;
    for (const int64_t count : counts) threshold_ -= LogFactorial(count);
  }

  std::optional<double> P() {
    Visit(0, rows_, start_);
    if (steps_ > kStepsMost) return std::nullopt;
    return std::min(1.0, p_value_);
  }

 private:
  // Logs of the tables of two columns, ascending, and the sums of all up to
  // each.
  struct Pairs {
    std::vector<double> logs, sums;
  };

  double LogFactorial(int64_t x) const {
    return log_factorials_[static_cast<size_t>(x)];
  }

  // log of the sum over all tables of columns `column` and on of the product
  // of 1 / x!.
  double LogRest(size_t column, const Counts& rows) const {
    int64_t total = 0;
    double log_sum = -left_[column];
    for (const int64_t row : rows) {
      total += row;
      log_sum -= LogFactorial(row);
    }
    return log_sum + LogFactorial(total);
  }

  void Visit(size_t column, const Counts& rows, double past) {
    if (steps_ > kStepsMost) return;
    ++steps_;
    const double rest = LogRest(column, rows);
    if (past + rest <= threshold_) {
      p_value_ += std::exp(past + rest);
      return;
    }
    if (column + 2 == columns_.size()) {
      AddPairs(rows, past);
      return;
    }
    Counts left = rows;
    Split(column, 0, columns_[column], past, left);
  }

  // Gives `left_over` of a column to rows `row` and on.
  void Split(size_t column, size_t row, int64_t left_over, double past,
             Counts& rows) {
    int64_t room = 0;
    for (size_t r = row + 1; r < rows.size(); ++r) room += rows[r];
    const int64_t whole = rows[row];
    const int64_t least = std::max<int64_t>(0, left_over - room);
    for (int64_t x = least; x <= std::min(whole, left_over); ++x) {
      if (steps_ > kStepsMost) return;
      rows[row] = whole - x;
      const double here = past - LogFactorial(x);
      if (row + 1 == rows.size()) {
        Visit(column + 1, rows, here);
      } else {
        Split(column, row + 1, left_over - x, here, rows);
      }
    }
    rows[row] = whole;
  }

  void AddPairs(const Counts& rows, double past) {
    Counts key = rows;
    std::sort(key.begin(), key.end());
    const auto [found, is_new] = pairs_.try_emplace(std::move(key));
    Pairs& pairs = found->second;
    if (is_new) {
      List(found->first, 0, columns_[columns_.size() - 2], 0, pairs.logs);
      std::sort(pairs.logs.begin(), pairs.logs.end());
      double sum = 0;
      for (const double log_p : pairs.logs) {
        pairs.sums.push_back(sum += std::exp(log_p - pairs.logs.back()));
      }
    }
    const auto above = std::upper_bound(pairs.logs.begin(), pairs.logs.end(),
                                        threshold_ - past);
    if (above == pairs.logs.begin()) return;
    p_value_ += std::exp(past + pairs.logs.back()) *
                pairs.sums[static_cast<size_t>(above - pairs.logs.begin()) - 1];
  }

  void List(const Counts& rows, size_t row, int64_t left_over, double past,
            std::vector<double>& logs) {
    if (steps_ > kStepsMost) return;
    int64_t room = 0;
    for (size_t r = row + 1; r < rows.size(); ++r) room += rows[r];
    const int64_t least = std::max<int64_t>(0, left_over - room);
    for (int64_t x = least; x <= std::min(rows[row], left_over); ++x) {
      const double here = past - LogFactorial(x) - LogFactorial(rows[row] - x);
      if (row + 1 == rows.size()) {
        ++steps_;
        logs.push_back(here);
      } else {
        List(rows, row + 1, left_over - x, here, logs);
      }
    }
  }

  Counts rows_, columns_;
  std::vector<double> log_factorials_;
  std::vector<double> left_;  // log factorials of columns from each on
  double start_ = 0, threshold_ = 0;
  std::map<Counts, Pairs> pairs_;
  double p_value_ = 0, steps_ = 0;
};

}  // namespace

std::optional<double> FisherOfManyRows(absl::Span<const int64_t> counts,
                                       size_t n_columns) {
  int64_t total = 0;
  for (const int64_t count : counts) total += count;
  if (total > kTableMost) return std::nullopt;
  return AnyTable(counts, n_columns).P();
}

}  // namespace enthesis::stats
