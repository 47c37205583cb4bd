// Sorting of many rows by 64-bit keys on all threads: times by their bits, or
// ranks and hashes packed into one number. Internal to the estimators.

#ifndef ENTHESIS_STATS_KEY_SORT_H_
#define ENTHESIS_STATS_KEY_SORT_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "stats/parallel.h"

namespace enthesis::stats {

// Fields have no default, so that a buffer is not cleared before it is filled.
struct KeyedRow {
  uint64_t key;
  uint32_t row;
  uint32_t cell;  // what the caller likes
};

// A buffer of rows that hold nothing yet.
class KeyedRows {
 public:
  explicit KeyedRows(size_t n)
      : size_(n), rows_(std::make_unique_for_overwrite<KeyedRow[]>(n)) {}

  size_t size() const { return size_; }
  KeyedRow* data() { return rows_.get(); }
  const KeyedRow* data() const { return rows_.get(); }
  KeyedRow& operator[](size_t i) { return rows_[i]; }
  const KeyedRow& operator[](size_t i) const { return rows_[i]; }

 private:
  size_t size_;
  std::unique_ptr<KeyedRow[]> rows_;
};

// The order of the keys of times that are not negative is that of the times;
// -0 becomes 0, whose bits are the smallest.
inline uint64_t KeyOfTime(double time) {
  return std::bit_cast<uint64_t>(time + 0.0);
}
inline double TimeOfKey(uint64_t key) { return std::bit_cast<double>(key); }

// Sorts by key. The order of rows with equal keys follows from their order
// before, not from the number of threads.
// Cost: nearly O(n) where keys are spread evenly, as times are within an
// octave and as hashes are; O(n log n) at worst, with memory for n more rows.
void SortByKey(KeyedRows& rows, ThreadPool* pool);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_KEY_SORT_H_
