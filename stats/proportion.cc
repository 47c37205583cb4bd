#include "stats/proportion.h"

#include <cmath>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/distributions.h"

namespace enthesis::stats {
namespace {

// The lower root of n (p - x)^2 = z^2 x (1 - x), Wilson (1927), as product of
// the roots over the upper one: the textbook difference cancels for small p.
double LowerRoot(double p, double n, double z) {
  if (p <= 0) return 0;
  const double shift = z * z / (2 * n);
  const double root = std::sqrt(p * (1 - p) / n + shift / (2 * n));
  return p * p / (p + shift + z * root);
}

// The count and n of a proportion, and its estimate where n > 0.
absl::StatusOr<Proportion> CheckedProportion(int64_t count, int64_t n,
                                             double conf_level) {
  if (count < 0 || n < 0 || count > n) {
    return absl::InvalidArgumentError("the count must lie between 0 and n");
  }
  if (absl::Status status = CheckConfLevel(conf_level); !status.ok()) {
    return status;
  }
  Proportion result;
  result.count = count;
  result.n = n;
  if (n > 0) {
    result.estimate = static_cast<double>(count) / static_cast<double>(n);
  }
  return result;
}

}  // namespace

absl::StatusOr<Proportion> EstimateProportion(int64_t count, int64_t n,
                                              double conf_level) {
  absl::StatusOr<Proportion> result = CheckedProportion(count, n, conf_level);
  if (!result.ok() || n == 0) return result;
  const double size = static_cast<double>(n);
  const double p = static_cast<double>(count) / size;
  const double q = static_cast<double>(n - count) / size;
  const double z = NormalCriticalValue(conf_level);
  result->lower = LowerRoot(p, size, z);
  result->upper = 1 - LowerRoot(q, size, z);
  return result;
}

absl::StatusOr<Proportion> EstimateProportionExactly(int64_t count, int64_t n,
                                                     double conf_level) {
  absl::StatusOr<Proportion> result = CheckedProportion(count, n, conf_level);
  if (!result.ok() || n == 0) return result;
  const double hits = static_cast<double>(count);
  const double misses = static_cast<double>(n - count);
  const double tail = (1 - conf_level) / 2;
  result->lower = 0;
  result->upper = 1;
  if (count > 0) result->lower = BetaQuantile(tail, hits, misses + 1);
  if (count < n) result->upper = BetaUpperQuantile(tail, hits + 1, misses);
  return result;
}

absl::StatusOr<Proportion> EstimateProportionByJeffreys(int64_t count,
                                                        int64_t n,
                                                        double conf_level) {
  absl::StatusOr<Proportion> result = CheckedProportion(count, n, conf_level);
  if (!result.ok() || n == 0) return result;
  const double hits = static_cast<double>(count) + 0.5;
  const double misses = static_cast<double>(n - count) + 0.5;
  const double tail = (1 - conf_level) / 2;
  result->lower = count > 0 ? BetaQuantile(tail, hits, misses) : 0;
  result->upper = count < n ? BetaUpperQuantile(tail, hits, misses) : 1;
  return result;
}

}  // namespace enthesis::stats
