// Turnbull's estimate against its definition: the conditions of the optimum
// over all pieces of the line, the EM algorithm, Kaplan-Meier, other orders.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

#include "stats/event_columns.h"
#include "stats/interval_times.h"
#include "stats/kaplan_meier.h"
#include "stats/survival_curves.h"
#include "stats/turnbull.h"

namespace enthesis::stats {
namespace {

struct RandomSpans {
  uint64_t seed = 1;
  size_t n = 30;
  double exact = 0.2, left = 0.1, right = 0.2;  // shares; the rest intervals
  int grid = 0;                                 // ends at its multiples; 0: any
  bool weighted = false;
};

struct Columns {
  std::vector<double> lower, upper, weights;
  IntervalTimes View() const { return {lower, upper, weights}; }
  Columns Taken(const std::vector<size_t>& order) const {
    Columns taken;
    for (const size_t i : order) {
      taken.lower.push_back(lower[i]);
      taken.upper.push_back(upper[i]);
      if (!weights.empty()) taken.weights.push_back(weights[i]);
    }
    return taken;
  }
};

Columns Draw(const RandomSpans& options) {
  std::mt19937_64 random(options.seed);
  std::uniform_real_distribution<double> share(0, 1);
  Columns columns;
  for (size_t i = 0; i < options.n; ++i) {
    double time = -10 * std::log(share(random));
    double before = std::max(0.0, time - 8 * share(random));
    double after = time + 8 * share(random);
    if (options.grid > 0) {
      const auto multiple = [&](double x) { return options.grid * x; };
      time = multiple(std::ceil(time / options.grid));
      after = multiple(std::ceil(after / options.grid));
      before = std::min(multiple(std::floor(before / options.grid)),
                        time - options.grid);
    }
    const double kind = share(random);
    const double left = options.exact + options.left;
    if (kind < options.exact) {
      before = after = time;
    } else if (kind < left) {
      before = 0;
    } else if (kind < left + options.right) {
      after = kOpenUpper;
    }
    columns.lower.push_back(before);
    columns.upper.push_back(after);
    if (options.weighted) columns.weights.push_back(0.1 + 3 * share(random));
  }
  return columns;
}

// A piece of the line: the open interval (from, to), or the point where equal.
struct Piece {
  double from = 0, to = 0;
};

bool Holds(const IntervalTimes& rows, size_t row, const Piece& piece) {
  const double lower = rows.lower[row], upper = rows.upper[row];
  if (lower == upper) return piece.from == lower && piece.to == lower;
  if (piece.from < piece.to) return lower <= piece.from && piece.to <= upper;
  const bool from_start = lower == 0 && upper < kOpenUpper;
  return (lower < piece.from || from_start) && piece.from <= upper;
}

// Points at all ends, and what is between them.
std::vector<Piece> Pieces(const IntervalTimes& rows) {
  std::vector<double> ends = {0};
  for (size_t i = 0; i < rows.size(); ++i) {
    ends.push_back(rows.lower[i]);
    if (rows.upper[i] < kOpenUpper) ends.push_back(rows.upper[i]);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  std::vector<Piece> pieces;
  for (size_t k = 0; k < ends.size(); ++k) {
    pieces.push_back({ends[k], ends[k]});
    pieces.push_back({ends[k], k + 1 < ends.size() ? ends[k + 1] : kOpenUpper});
  }
  return pieces;
}

// Log-likelihood of masses of pieces, and its slopes.
struct Definition {
  double log_likelihood = 0, total = 0;
  std::vector<double> slopes;
  double Steepest() const {
    return *std::max_element(slopes.begin(), slopes.end());
  }
};

Definition Define(const IntervalTimes& rows, const std::vector<Piece>& pieces,
                  const std::vector<double>& masses) {
  Definition defined;
  defined.slopes.assign(pieces.size(), 0);
  for (size_t i = 0; i < rows.size(); ++i) {
    const double weight = rows.Weight(i);
    double probability = 0;
    for (size_t j = 0; j < pieces.size(); ++j) {
      if (Holds(rows, i, pieces[j])) probability += masses[j];
    }
    defined.total += weight;
    defined.log_likelihood += weight * std::log(probability);
    for (size_t j = 0; j < pieces.size(); ++j) {
      if (Holds(rows, i, pieces[j])) {
        defined.slopes[j] += weight / probability;
      }
    }
  }
  return defined;
}

// The curve's masses put on pieces: on the open part of an interval, which
// every row that holds the interval holds.
std::vector<double> OnPieces(const TurnbullCurve& curve,
                             const std::vector<Piece>& pieces) {
  std::vector<double> masses(pieces.size());
  for (const TurnbullInterval& interval : curve.intervals) {
    for (size_t j = 0; j < pieces.size(); ++j) {
      if (pieces[j].from == interval.left && pieces[j].to == interval.right) {
        masses[j] += interval.mass;
      }
    }
  }
  return masses;
}

std::vector<RandomSpans> Kinds(uint64_t seed, size_t n) {
  return {{.seed = seed, .n = n},
          {.seed = seed, .n = n, .grid = 3},
          {.seed = seed, .n = n, .weighted = true},
          {.seed = seed, .n = n, .exact = 0, .left = 0.5, .right = 0.5},
          {.seed = seed, .n = n, .exact = 0, .left = 0, .right = 0},
          {.seed = seed, .n = n, .exact = 0.6, .left = 0, .right = 0.4},
          {.seed = seed, .n = n, .exact = 0, .grid = 2, .weighted = true}};
}

// No direction rises anywhere on the line, so no other distribution at all is
// likelier; the conditions are computed from rows and pieces alone.
TEST(TurnbullOracle, ConditionsOfTheOptimum) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    for (const RandomSpans& kind : Kinds(seed, 1 + seed * 2)) {
      const Columns columns = Draw(kind);
      const IntervalTimes rows = columns.View();
      const auto curve = EstimateTurnbull(rows);
      ASSERT_TRUE(curve.ok()) << curve.status();
      const std::vector<Piece> pieces = Pieces(rows);
      const std::vector<double> masses = OnPieces(*curve, pieces);
      EXPECT_NEAR(std::accumulate(masses.begin(), masses.end(), 0.0), 1, 1e-13);
      const Definition defined = Define(rows, pieces, masses);
      EXPECT_NEAR(curve->log_likelihood, defined.log_likelihood,
                  1e-12 * (1 + std::abs(defined.log_likelihood)));
      EXPECT_LE(defined.Steepest() / defined.total, 1 + 1e-11) << seed;
      EXPECT_LE(curve->max_violation, 1e-9);
      for (size_t j = 0; j < pieces.size(); ++j) {
        if (masses[j] <= 0) continue;
        EXPECT_NEAR(defined.slopes[j] / defined.total, 1, 1e-9) << seed;
      }
    }
  }
}

// The EM algorithm from equal masses on all pieces: never above, and below by
// no more than its own slopes allow.
TEST(TurnbullOracle, NoLessLikelyThanTheEmAlgorithm) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    for (const RandomSpans& kind : Kinds(seed + 100, 12)) {
      const Columns columns = Draw(kind);
      const IntervalTimes rows = columns.View();
      const auto curve = EstimateTurnbull(rows);
      ASSERT_TRUE(curve.ok()) << curve.status();
      const std::vector<Piece> pieces = Pieces(rows);
      std::vector<double> masses(pieces.size(),
                                 1.0 / static_cast<double>(pieces.size()));
      Definition defined;
      for (int step = 0; step < 400; ++step) {
        defined = Define(rows, pieces, masses);
        for (size_t j = 0; j < masses.size(); ++j) {
          masses[j] *= defined.slopes[j] / defined.total;
        }
      }
      defined = Define(rows, pieces, masses);
      EXPECT_GE(curve->log_likelihood, defined.log_likelihood - 1e-12);
      EXPECT_LE(
          curve->log_likelihood,
          defined.log_likelihood + defined.Steepest() - defined.total + 1e-12);
      EXPECT_LE(defined.Steepest() / defined.total, 1.1);  // it got somewhere
    }
  }
}

// No other masses of the same intervals: the rows that hold them tell them
// apart, so their 0-1 matrix has full rank.
TEST(TurnbullOracle, MassesAreUnique) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    for (const RandomSpans& kind : Kinds(seed + 200, 3 + seed)) {
      const Columns columns = Draw(kind);
      const IntervalTimes rows = columns.View();
      const auto curve = EstimateTurnbull(rows);
      ASSERT_TRUE(curve.ok()) << curve.status();
      const size_t p = curve->intervals.size();
      std::vector<std::vector<double>> matrix;
      for (size_t i = 0; i < rows.size(); ++i) {
        std::vector<double>& line = matrix.emplace_back();
        for (const TurnbullInterval& interval : curve->intervals) {
          line.push_back(Holds(rows, i, {interval.left, interval.right}) ? 1
                                                                         : 0);
        }
      }
      size_t rank = 0;
      for (size_t j = 0; j < p; ++j) {
        const auto by_size = [j](const auto& a, const auto& b) {
          return std::abs(a[j]) < std::abs(b[j]);
        };
        const auto first = matrix.begin() + static_cast<std::ptrdiff_t>(rank);
        const auto pivot = std::max_element(first, matrix.end(), by_size);
        if (pivot == matrix.end() || std::abs((*pivot)[j]) < 1e-9) continue;
        std::iter_swap(first, pivot);
        for (size_t i = rank + 1; i < matrix.size(); ++i) {
          const double factor = matrix[i][j] / matrix[rank][j];
          for (size_t k = j; k < p; ++k) {
            matrix[i][k] -= factor * matrix[rank][k];
          }
        }
        ++rank;
      }
      EXPECT_EQ(rank, p) << seed;
    }
  }
}

TEST(TurnbullOracle, RightCensoredIsKaplanMeier) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    const Columns columns = Draw({.seed = seed,
                                  .n = seed * seed * 20,
                                  .exact = 0.5,
                                  .left = 0,
                                  .right = 0.5,
                                  .grid = seed % 2 == 0 ? 1 : 0,
                                  .weighted = seed % 3 == 0});
    std::vector<int> causes;
    for (size_t i = 0; i < columns.lower.size(); ++i) {
      causes.push_back(columns.upper[i] < kOpenUpper ? 1 : 0);
    }
    const auto expected = EstimateSurvivalCurves(
        {.times = columns.lower, .causes = causes, .weights = columns.weights},
        1, 1);
    ASSERT_TRUE(expected.ok()) << expected.status();
    const auto curve = EstimateTurnbull(columns.View());
    ASSERT_TRUE(curve.ok()) << curve.status();
    for (const SurvivalPoint& point : expected->curves[0].points) {
      if (point.events <= 0) continue;
      const auto at =
          SurvivalBoundsAt(*curve, std::vector<double>{point.time})[0];
      ASSERT_TRUE(at.has_value());
      EXPECT_NEAR(at->lower, point.survival, 1e-12) << seed;
      EXPECT_NEAR(at->upper, point.survival, 1e-12) << seed;
    }
  }
}

// Rows of the right-censored kind only where Kaplan-Meier has censorings at an
// event time and at 0.
TEST(TurnbullOracle, CensoredAtAnEventTimeAndAtZero) {
  const std::vector<double> lower = {0, 0, 0, 2, 2, 2, 3};
  const std::vector<double> upper = {0, kOpenUpper, kOpenUpper, 2,
                                     2, kOpenUpper, 3};
  const auto curve = EstimateTurnbull({lower, upper, {}});
  ASSERT_TRUE(curve.ok()) << curve.status();
  // 6/7, then 4 at risk: 6/7 * 2/4, then 0.
  const auto at = SurvivalBoundsAt(*curve, std::vector<double>{0, 2, 3});
  EXPECT_NEAR(at[0]->upper, 6.0 / 7, 1e-14);
  EXPECT_NEAR(at[1]->upper, 3.0 / 7, 1e-14);
  EXPECT_NEAR(at[2]->upper, 0, 1e-14);
}

// Thousands of distinct ends, half of them exact times; the same bytes in any
// order.
TEST(TurnbullOracle, ManyRowsInAnyOrder) {
  for (const double exact : {0.0, 0.5}) {
    const Columns columns = Draw({.seed = 5,
                                  .n = 10'000,
                                  .exact = exact,
                                  .left = 0.1,
                                  .right = 0.2,
                                  .weighted = true});
    const auto curve = EstimateTurnbull(columns.View());
    ASSERT_TRUE(curve.ok()) << curve.status();
    EXPECT_LE(curve->max_violation, 1e-9);
    EXPECT_LE(curve->iterations, 100);
    std::vector<size_t> order(columns.lower.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937_64(9));
    const Columns shuffled = columns.Taken(order);
    const auto again = EstimateTurnbull(shuffled.View());
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(curve->n, again->n);
    EXPECT_EQ(curve->log_likelihood, again->log_likelihood);
    ASSERT_EQ(curve->intervals.size(), again->intervals.size());
    for (size_t k = 0; k < curve->intervals.size(); ++k) {
      EXPECT_EQ(curve->intervals[k].mass, again->intervals[k].mass);
    }
  }
}

// Weights over twelve orders of magnitude: an answer that meets the conditions,
// or the one message that says why there is none.
TEST(TurnbullOracle, WildWeights) {
  int answered = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Columns columns = Draw({.seed = seed, .n = 20, .grid = 4});
    std::mt19937_64 random(seed);
    for (size_t i = 0; i < columns.lower.size(); ++i) {
      columns.weights.push_back(
          std::pow(10, -static_cast<double>(random() % 13)));
    }
    const auto curve = EstimateTurnbull(columns.View());
    if (curve.ok()) {
      ++answered;
      EXPECT_LE(curve->max_violation, 1e-9);
    } else {
      EXPECT_EQ(curve.status().code(), absl::StatusCode::kFailedPrecondition);
    }
  }
  EXPECT_GE(answered, 190);
}

}  // namespace
}  // namespace enthesis::stats
