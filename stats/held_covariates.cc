#include "stats/held_covariates.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace enthesis::stats {

void WeightLevelsEqually(const std::vector<absl::Span<const double>>& columns,
                         absl::Span<const int> terms,
                         absl::Span<double> point) {
  for (size_t c = 0; c < columns.size();) {
    size_t end = c + 1;
    while (!terms.empty() && end < columns.size() && terms[end] == terms[c]) {
      ++end;
    }
    if (end - c == 1) {
      const absl::Span<const double> x = columns[c];
      const auto ends = std::minmax_element(x.begin(), x.end());
      const double low = *ends.first;
      const double high = *ends.second;
      const bool has_two = std::all_of(x.begin(), x.end(), [&](double value) {
        return value == low || value == high;
      });
      if (has_two) point[c] = low + (high - low) / 2;
    } else {
      bool is_indicator = true;
      for (size_t i = c; i < end; ++i) {
        for (const double x : columns[i]) {
          is_indicator = is_indicator && (x == 0 || x == 1);
        }
      }
      const double share = 1 / static_cast<double>(end - c + 1);
      for (size_t i = c; is_indicator && i < end; ++i) point[i] = share;
    }
    c = end;
  }
}

}  // namespace enthesis::stats
