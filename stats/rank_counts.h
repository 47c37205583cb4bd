// Weights of rows by their rank, as rows come and go: how much is below, at and
// above a rank. Internal to the concordance.
//
// Threads: const access from any number of threads is safe.

#ifndef ENTHESIS_STATS_RANK_COUNTS_H_
#define ENTHESIS_STATS_RANK_COUNTS_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace enthesis::stats {

// Weights below, at and above a rank.
struct Split {
  double below = 0;
  double equal = 0;
  double above = 0;
};

// Weights by rank, with partial sums (Fenwick 1994) over leaves of some ranks:
// the sums stay in a near cache, and a leaf is read at once.
class WeightTree {
 public:
  explicit WeightTree(size_t n_ranks)
      : own_(n_ranks, 0), sums_(n_ranks / kLeaf + 2, 0) {}

  void Add(size_t rank, double weight) {
    own_[rank] += weight;
    total_ += weight;
    for (size_t k = rank / kLeaf + 1; k < sums_.size(); k += k & (~k + 1)) {
      sums_[k] += weight;
    }
  }

  Split At(size_t rank) const {
    Split split;
    for (size_t k = rank / kLeaf; k > 0; k -= k & (~k + 1)) {
      split.below += sums_[k];
    }
    for (size_t k = rank / kLeaf * kLeaf; k < rank; ++k) split.below += own_[k];
    split.equal = own_[rank];
    split.above = total_ - split.below - split.equal;
    return split;
  }

  double total() const { return total_; }

 private:
  static constexpr size_t kLeaf = 16;

  std::vector<double> own_;
  std::vector<double> sums_;
  double total_ = 0;
};

// Counts in bunches of 32, each of what is before its place in the bunch.
template <typename Count>
class CountsBefore {
 public:
  static constexpr size_t kBunch = 32;

  explicit CountsBefore(size_t n_bunches) : counts_(n_bunches * kBunch, 0) {}

  Count operator[](size_t place) const { return counts_[place]; }

  // One more at `place`, or with a `step` of -1 one less.
  void Add(size_t place, int step) {
    const Count* after = kAfter.data() + kBunch - 1 - place % kBunch;
    Count* bunch = counts_.data() + place / kBunch * kBunch;
    const Count added = static_cast<Count>(step);
    for (size_t k = 0; k < kBunch; ++k) {
      bunch[k] = static_cast<Count>(bunch[k] + (after[k] & added));
    }
  }

 private:
  // All bits set in the second half.
  static constexpr std::array<Count, 2 * kBunch> kAfter = [] {
    std::array<Count, 2 * kBunch> masks = {};
    for (size_t k = kBunch; k < 2 * kBunch; ++k) {
      masks[k] = static_cast<Count>(-1);
    }
    return masks;
  }();

  std::vector<Count> counts_;
};

// As WeightTree for rows of weight 1 that share no rank: a bit each, and how
// many are set before a word among the words of its bunch, before a bunch among
// those of its bunch of bunches, and so on. A million ranks stay in a near
// cache, and a question reads one number of each level.
class RankBits {
 public:
  explicit RankBits(size_t n_ranks)
      : bits_(n_ranks / kWord + 1, 0),
        words_(bits_.size() / kBunch + 1),
        bunches_(bits_.size() / kBunch / kBunch + 1) {
    size_t n = bits_.size() / kBunch / kBunch;
    do {
      n = n / kBunch + 1;
      rest_.emplace_back(n);
    } while (n > 1);
  }

  // `weight` is 1, or -1 for one that is there.
  void Add(size_t rank, double weight) {
    bits_[rank / kWord] ^= uint64_t{1} << rank % kWord;
    const int step = weight > 0 ? 1 : -1;
    n_set_ += step;
    size_t place = rank / kWord;
    words_.Add(place, step);
    bunches_.Add(place /= kBunch, step);
    for (CountsBefore<uint32_t>& level : rest_) {
      level.Add(place /= kBunch, step);
    }
  }

  Split At(size_t rank) const {
    size_t place = rank / kWord;
    const uint64_t word = bits_[place];
    const uint64_t lower = (uint64_t{1} << rank % kWord) - 1;
    int64_t below = std::popcount(word & lower) + words_[place];
    below += bunches_[place /= kBunch];
    for (const CountsBefore<uint32_t>& level : rest_) {
      below += level[place /= kBunch];
    }
    const int64_t equal = (word >> rank % kWord) & 1;
    return {.below = static_cast<double>(below),
            .equal = static_cast<double>(equal),
            .above = static_cast<double>(n_set_ - below - equal)};
  }

  double total() const { return static_cast<double>(n_set_); }

 private:
  static constexpr size_t kWord = 64;
  static constexpr size_t kBunch = CountsBefore<uint16_t>::kBunch;
  // What is before the last bunch of a bunch of bunches has 16 bits.
  static_assert((kBunch - 1) * kBunch * kWord <= UINT16_MAX);

  std::vector<uint64_t> bits_;
  CountsBefore<uint16_t> words_, bunches_;
  std::vector<CountsBefore<uint32_t>> rest_;
  int64_t n_set_ = 0;
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_RANK_COUNTS_H_
