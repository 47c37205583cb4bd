#include "stats/multiple_comparisons.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {

std::vector<std::optional<double>> AdjustPValues(
    absl::Span<const std::optional<double>> p_values, PAdjustment adjustment) {
  std::vector<std::optional<double>> adjusted(p_values.size());
  std::vector<size_t> order;  // of those that count, smallest first
  for (size_t i = 0; i < p_values.size(); ++i) {
    if (!p_values[i].has_value()) continue;
    if (!(*p_values[i] >= 0 && *p_values[i] <= 1)) continue;
    adjusted[i] = p_values[i];
    order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return *p_values[a] < *p_values[b];
  });
  const size_t m = order.size();
  if (adjustment == PAdjustment::kHolm) {
    double largest = 0;  // Holm (1979): never below that of a smaller p
    for (size_t rank = 0; rank < m; ++rank) {
      const double factor = static_cast<double>(m - rank);
      largest = std::max(largest, factor * *p_values[order[rank]]);
      adjusted[order[rank]] = std::min(1.0, largest);
    }
  } else if (adjustment == PAdjustment::kBenjaminiHochberg) {
    double smallest = 1;  // Benjamini & Hochberg (1995), from the largest p
    for (size_t rank = m; rank-- > 0;) {
      const double factor =
          static_cast<double>(m) / static_cast<double>(rank + 1);
      smallest = std::min(smallest, factor * *p_values[order[rank]]);
      adjusted[order[rank]] = smallest;
    }
  }
  return adjusted;
}

}  // namespace enthesis::stats
