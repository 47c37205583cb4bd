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

}  // namespace

absl::StatusOr<Proportion> EstimateProportion(int64_t count, int64_t n,
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
  if (n == 0) return result;
  const double size = static_cast<double>(n);
  const double p = static_cast<double>(count) / size;
  const double q = static_cast<double>(n - count) / size;
  const double z = NormalCriticalValue(conf_level);
  result.estimate = p;
  result.lower = LowerRoot(p, size, z);
  result.upper = 1 - LowerRoot(q, size, z);
  return result;
}

}  // namespace enthesis::stats
