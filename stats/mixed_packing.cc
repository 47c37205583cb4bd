#include "stats/mixed_packing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace enthesis::stats {
namespace {

// A block ends with so many rows or groups, whichever comes first, unless there
// would be too many blocks.
constexpr size_t kRowsPerBlock = 8192;
constexpr size_t kGroupsPerBlock = 512;
// Numbers that the sums of all blocks may take.
constexpr size_t kNumbersOfSums = 30'000'000;

}  // namespace

MixedPacking::MixedPacking(const MixedRows& rows, const DesignMatrix& design,
                           ThreadPool* pool)
    : pool_(pool), row_sites_(rows.sites), sites_(rows.sites.size()) {
  OrderByGroup(rows);
  Measure(rows, design);
  DivideIntoBlocks();
  Pack();
  Center();
}

void MixedPacking::OrderByGroup(const MixedRows& rows) {
  const int last = *std::max_element(rows.groups.begin(), rows.groups.end());
  std::vector<size_t> next(static_cast<size_t>(last) + 1, 0);
  for (const int code : rows.groups) ++next[static_cast<size_t>(code)];
  size_t start = 0;
  for (size_t code = 0; code < next.size(); ++code) {
    const size_t n = next[code];
    next[code] = start;
    if (n == 0) continue;
    codes_.push_back(static_cast<int>(code));
    starts_.push_back(start);
    start += n;
  }
  starts_.push_back(start);
  order_.resize(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    order_[next[static_cast<size_t>(rows.groups[row])]++] =
        static_cast<uint32_t>(row);
  }
}

// The response, the slope, and columns with more than one value.
void MixedPacking::Measure(const MixedRows& rows, const DesignMatrix& design) {
  std::vector<PackedColumn> all;
  all.push_back({rows.response, 0, {}, 1, 0, 1});
  if (!rows.slope.empty()) all.push_back({rows.slope, 0, {}, 1, 0, 1});
  first_ = all.size();
  for (size_t c = 0; c < design.n_columns(); ++c) {
    all.push_back({design.Column(c), c, {}, 1, 0, 1});
  }
  RunTasks(pool_, all.size(), [&](size_t i) {
    ColumnExtent extent;
    for (const double x : all[i].values) extent.Add(x);
    all[i].extent = extent;
    all[i].up = UnitFor(extent.Size());
  });
  for (size_t i = 0; i < all.size(); ++i) {
    const PackedColumn& one = all[i];
    const double low = one.extent.low * one.up;
    const double high = one.extent.high * one.up;
    if (i >= first_ &&
        !(high - low > kNothingBeyond * one.extent.Size() * one.up)) {
      continue;
    }
    columns_.push_back(one);
  }
}

void MixedPacking::DivideIntoBlocks() {
  const size_t k = n_covariates() + 2;
  const size_t n_blocks_max = std::max<size_t>(1, kNumbersOfSums / (4 * k * k));
  const size_t n_rows =
      std::max(kRowsPerBlock, 2 * order_.size() / n_blocks_max + 1);
  const size_t n_together =
      std::max(kGroupsPerBlock, 2 * n_groups() / n_blocks_max + 1);
  ends_ = {0};
  for (size_t group = 0; group < n_groups(); ++group) {
    if (starts_[group + 1] - starts_[ends_.back()] >= n_rows ||
        group + 1 - ends_.back() >= n_together) {
      ends_.push_back(group + 1);
    }
  }
  if (ends_.back() < n_groups()) ends_.push_back(n_groups());
}

// The rows of a group in the order of their values, by the response first.
void MixedPacking::PackGroup(size_t group, std::vector<double>& raw) {
  const size_t n = RowsOf(group);
  const size_t width = columns_.size();
  const uint32_t* rows = order_.data() + starts_[group];
  raw.resize(n * width);
  for (size_t c = 0; c < width; ++c) {
    const PackedColumn& one = columns_[c];
    for (size_t i = 0; i < n; ++i) {
      raw[c * n + i] = one.values[rows[i]] * one.up;
    }
  }
  struct Place {
    double response;
    size_t at;
  };
  std::vector<Place> places(n);
  for (size_t i = 0; i < n; ++i) places[i] = {raw[i], i};
  const bool with_sites = !row_sites_.empty();
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    if (a.response != b.response) return a.response < b.response;
    for (size_t c = 1; c < width; ++c) {
      const double x = raw[c * n + a.at], y = raw[c * n + b.at];
      if (x != y) return x < y;
    }
    return with_sites && row_sites_[rows[a.at]] < row_sites_[rows[b.at]];
  });
  for (size_t i = 0; with_sites && i < n; ++i) {
    sites_[starts_[group] + i] = row_sites_[rows[places[i].at]];
  }
  for (size_t c = 0; c < width; ++c) {
    double* into = In(group, c);
    for (size_t i = 0; i < n; ++i) into[i] = raw[c * n + places[i].at];
  }
}

void MixedPacking::Pack() {
  const size_t width = columns_.size();
  values_ = std::make_unique_for_overwrite<double[]>(order_.size() * width);
  std::vector<std::vector<double>> parts(n_blocks());
  ForBlocks([&](size_t b, size_t begin, size_t end) {
    std::vector<double> sums(width, 0), raw;
    for (size_t group = begin; group < end; ++group) {
      PackGroup(group, raw);
      for (size_t c = 0; c < width; ++c) {
        const double* column = In(group, c);
        double sum = 0;
        for (size_t i = 0; i < RowsOf(group); ++i) sum += column[i];
        sums[c] += sum;
      }
    }
    parts[b] = std::move(sums);
  });
  for (size_t c = 0; c < width; ++c) {
    PackedColumn& one = columns_[c];
    double sum = 0;
    for (const std::vector<double>& part : parts) sum += part[c];
    const double low = one.extent.low * one.up;
    const double high = one.extent.high * one.up;
    one.mean = std::clamp(sum / static_cast<double>(order_.size()), low, high);
    one.spread_up = UnitFor(std::max(high - one.mean, one.mean - low));
  }
  order_ = {};
}

void MixedPacking::Center() {
  ForBlocks([&](size_t, size_t begin, size_t end) {
    for (size_t group = begin; group < end; ++group) {
      for (size_t c = 0; c < columns_.size(); ++c) {
        const PackedColumn& one = columns_[c];
        double* column = In(group, c);
        for (size_t i = 0; i < RowsOf(group); ++i) {
          column[i] = (column[i] - one.mean) * one.spread_up;
        }
      }
    }
  });
}

}  // namespace enthesis::stats
