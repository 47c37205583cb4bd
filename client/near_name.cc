#include "client/near_name.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"

namespace enthesis::client {
namespace {

std::string LettersOf(absl::string_view text) {
  std::string letters = absl::AsciiStrToLower(text);
  std::erase_if(letters, [](char c) {
    return !absl::ascii_isalnum(static_cast<unsigned char>(c));
  });
  return letters;
}

// Letters to change, add, drop or swap with the next (optimal string
// alignment).
size_t Distance(const std::string& from, const std::string& to) {
  std::vector<std::vector<size_t>> cost(from.size() + 1,
                                        std::vector<size_t>(to.size() + 1));
  for (size_t i = 0; i <= from.size(); ++i) {
    for (size_t j = 0; j <= to.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const size_t other = from[i - 1] == to[j - 1] ? 0 : 1;
      cost[i][j] = std::min(
          {cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + other});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] &&
          from[i - 2] == to[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[from.size()][to.size()];
}

}  // namespace

std::vector<std::string> NearNames(absl::string_view word,
                                   absl::Span<const std::string> names,
                                   size_t most) {
  constexpr size_t kLongest = 64;  // of a name; what is longer was not typed
  const std::string typed = LettersOf(word);
  std::vector<std::pair<size_t, std::string>> near;
  if (typed.empty() || typed.size() > kLongest) return {};
  for (const std::string& name : names) {
    const size_t distance = Distance(typed, LettersOf(name));
    // One letter in three, and of short words one.
    if (distance > std::max<size_t>(1, typed.size() / 3)) continue;
    near.emplace_back(distance, name);
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  std::vector<std::string> nearest;
  for (auto& [distance, name] : near) {
    const bool there =
        std::find(nearest.begin(), nearest.end(), name) != nearest.end();
    if (nearest.size() < most && !there) nearest.push_back(std::move(name));
  }
  return nearest;
}

}  // namespace enthesis::client
