#include "client/operation_sequence.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <vector>

namespace enthesis::client {
namespace {

constexpr int64_t kStep = 1000;
constexpr int64_t kMax = 2000000000;  // of the field

}  // namespace

void AssignOperationSequences(Links& links) {
  std::vector<LinkedRecord*> dated;
  for (auto& [key, record] : links.records) {
    if (record.surgery_date.has_value()) dated.push_back(&record);
  }
  std::sort(dated.begin(), dated.end(), [](const auto* a, const auto* b) {
    return std::tie(*a->surgery_date, a->case_id) <
           std::tie(*b->surgery_date, b->case_id);
  });
  int64_t below = 0;
  for (size_t i = 0; i < dated.size();) {
    if (dated[i]->operation_sequence.has_value()) {
      below = std::max<int64_t>(below, *dated[i]->operation_sequence);
      ++i;
      continue;
    }
    size_t end = i;
    while (end < dated.size() && !dated[end]->operation_sequence.has_value()) {
      ++end;
    }
    const int64_t n = static_cast<int64_t>(end - i);
    for (int64_t k = 1; k <= n; ++k) {
      int64_t number = below + k * kStep;
      if (end < dated.size()) {
        const int64_t above = *dated[end]->operation_sequence;
        number = below + (above - below) * k / (n + 1);
        number = std::max(number, std::min(below, above));
      }
      dated[i + static_cast<size_t>(k) - 1]->operation_sequence =
          static_cast<int32_t>(std::min(number, kMax));
    }
    if (end == dated.size()) break;
    i = end;
  }
}

size_t MendOperationSequences(Links& links) {
  std::vector<LinkedRecord*> ranked;
  for (auto& [key, record] : links.records) {
    if (record.surgery_date && record.operation_sequence) {
      ranked.push_back(&record);
    }
  }
  std::sort(ranked.begin(), ranked.end(), [](const auto* a, const auto* b) {
    return std::tie(*a->surgery_date, *a->operation_sequence, a->case_id) <
           std::tie(*b->surgery_date, *b->operation_sequence, b->case_id);
  });
  // The longest run of numbers that do not fall stays: ends[k] is the record
  // with the lowest number that ends a run of k + 1.
  std::vector<size_t> ends, before(ranked.size(), ranked.size());
  for (size_t i = 0; i < ranked.size(); ++i) {
    const auto at = std::upper_bound(
        ends.begin(), ends.end(), *ranked[i]->operation_sequence,
        [&](int32_t number, size_t end) {
          return number < *ranked[end]->operation_sequence;
        });
    if (at != ends.begin()) before[i] = *std::prev(at);
    if (at == ends.end()) {
      ends.push_back(i);
    } else {
      *at = i;
    }
  }
  const size_t n_wrong = ranked.size() - ends.size();
  if (n_wrong == 0) return 0;
  std::vector<bool> stays(ranked.size(), false);
  for (size_t i = ends.back(); i < ranked.size(); i = before[i]) {
    stays[i] = true;
  }
  for (size_t i = 0; i < ranked.size(); ++i) {
    if (!stays[i]) ranked[i]->operation_sequence.reset();
  }
  AssignOperationSequences(links);
  return n_wrong;
}

}  // namespace enthesis::client
