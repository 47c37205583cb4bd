// Least squares with an intercept, the part that every linear model shares.
// See: METHODS.md, "Analysis of covariance".

#ifndef ENTHESIS_STATS_LEAST_SQUARES_H_
#define ENTHESIS_STATS_LEAST_SQUARES_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {

// Rows in the order in which they are to be added up; all vectors of one
// length. No column for the intercept.
struct RegressionRows {
  std::vector<double> weights;  // positive
  std::vector<double> response;
  std::vector<std::vector<double>> columns;
};

// The fit of response = mean + sum of coefficient * (column - its mean).
struct LeastSquares {
  double n = 0;  // sum of the weights
  double response_mean = 0;
  std::vector<double> column_means;
  // Columns that are not a combination of earlier ones and the intercept.
  std::vector<size_t> kept;
  std::vector<double> coefficients;  // one per kept column
  // Their part of the sum of squares, each after those before it, rooted.
  std::vector<double> effects;
  // The inverse of the triangular factor, [row * kept.size() + column]: times
  // its transpose it is the inverse of the centered cross products.
  std::vector<double> inverse_root;
  // Per column: empty if kept; else the combination of the first kept columns
  // that it equals when all are centered.
  std::vector<std::vector<double>> combination;
  double residual_squares = 0;
  double total_squares = 0;
};

// Residual variance over mean square of the response, up to which the residuals
// are rounding.
inline constexpr double kPerfectFit = 1e-29;

// Columns are taken in order; one whose part orthogonal to those before it is
// below 1e-7 of its centered length is dropped, as is a constant one. With
// `floors` it is dropped where that part's length, the root of a weighted sum
// of squares, is at most its floor.
// Cost: O(rows x columns^2).
LeastSquares FitLeastSquares(const RegressionRows& rows,
                             const std::vector<double>& floors = {});

// A point of all columns as its distance from their means over the kept ones;
// absent where the dropped columns do not follow from them there, as they do in
// the rows: the data do not determine the mean at that point.
std::optional<std::vector<double>> DistancesFromMeans(
    const LeastSquares& fit, absl::Span<const double> point);

// For a contrast of the kept coefficients: its value, and its variance as a
// multiple of the residual variance.
double ContrastValue(const LeastSquares& fit,
                     absl::Span<const double> contrast);
double ContrastVariance(const LeastSquares& fit,
                        absl::Span<const double> contrast);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_LEAST_SQUARES_H_
