#include "stats/mixed_sites.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

class SiteTabulation {
 public:
  SiteTabulation(const MixedPacking& packing, const MixedTable& table)
      : packing_(packing), table_(table) {}

  SiteTable Tabulate() {
    NumberSites();
    const Index n = sites_.n(), width = table_.n_working + 1;
    sites_.within_sites = MatrixXd::Zero(n, n);
    sites_.within = MatrixXd::Zero(n, width);
    sites_.gram = MatrixXd::Zero(n, width);
    for (const MixedBlock& block : table_.blocks) {
      for (Index at = 0; at < block.n_groups(); ++at) AddGroup(block, at);
    }
    sites_.starts.push_back(sites_.site_of.size());
    sites_.gram += sites_.within;
    return std::move(sites_);
  }

 private:
  void NumberSites();
  void AddGroup(const MixedBlock& block, Index at);
  void AddEntries(const MixedBlock& block, Index at);
  // Sums over the rows of a group, by place among its sites.
  VectorXd SumsOf(size_t group, const VectorXd& values) const;
  VectorXd BeyondGroup(const MixedBlock& block, Index at, Index column) const;

  const MixedPacking& packing_;
  const MixedTable& table_;
  SiteTable sites_;
  std::vector<Index> number_of_;  // [code]
  std::vector<size_t> rows_in_;   // of the group at hand, by place
  std::vector<Index> place_of_;   // of its rows
};

void SiteTabulation::NumberSites() {
  std::vector<size_t> counts;
  for (size_t group = 0; group < table_.n_groups(); ++group) {
    const int* codes = packing_.SitesIn(group);
    for (size_t i = 0; i < table_.n_of[group]; ++i) {
      const size_t code = static_cast<size_t>(codes[i]);
      if (code >= counts.size()) counts.resize(code + 1, 0);
      ++counts[code];
    }
  }
  number_of_.resize(counts.size());
  for (size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] == 0) continue;
    number_of_[code] = sites_.n();
    sites_.codes.push_back(static_cast<int>(code));
    sites_.n_of.push_back(counts[code]);
  }
}

VectorXd SiteTabulation::SumsOf(size_t group, const VectorXd& values) const {
  VectorXd sums = VectorXd::Zero(static_cast<Index>(rows_in_.size()));
  for (size_t i = 0; i < table_.n_of[group]; ++i) {
    sums(place_of_[i]) += values(static_cast<Index>(i));
  }
  return sums;
}

// What is left of a column of [X y] but the ones, beyond Q, by row.
VectorXd SiteTabulation::BeyondGroup(const MixedBlock& block, Index at,
                                     Index column) const {
  const size_t group = block.first + static_cast<size_t>(at);
  const Index n = static_cast<Index>(table_.n_of[group]);
  const auto column_at = [&](size_t place) {
    return Eigen::Map<const VectorXd>(packing_.In(group, place), n);
  };
  const size_t place = column == table_.n_working
                           ? 0
                           : packing_.first() + static_cast<size_t>(column - 1);
  VectorXd beyond = column_at(place);
  beyond.array() -= block.q1(at, column) / block.r11(at);
  if (!table_.has_slope || !(block.r22(at) > 0)) return beyond;
  const double rise = block.q2(at, column) / block.r22(at);
  beyond.array() -=
      rise * (column_at(1).array() - block.r12(at) / block.r11(at));
  return beyond;
}

void SiteTabulation::AddEntries(const MixedBlock& block, Index at) {
  const size_t group = block.first + static_cast<size_t>(at);
  const size_t n = table_.n_of[group];
  const int* codes = packing_.SitesIn(group);
  std::vector<Index> numbers(n);
  for (size_t i = 0; i < n; ++i) {
    numbers[i] = number_of_[static_cast<size_t>(codes[i])];
  }
  std::vector<Index> distinct = numbers;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  rows_in_.assign(distinct.size(), 0);
  place_of_.resize(n);
  for (size_t i = 0; i < n; ++i) {
    place_of_[i] =
        std::lower_bound(distinct.begin(), distinct.end(), numbers[i]) -
        distinct.begin();
    ++rows_in_[static_cast<size_t>(place_of_[i])];
  }
  VectorXd rises = VectorXd::Zero(static_cast<Index>(distinct.size()));
  const bool one = distinct.size() == 1;
  if (!one && table_.has_slope && block.r22(at) > 0) {
    const Eigen::Map<const VectorXd> slope(packing_.In(group, 1),
                                           static_cast<Index>(n));
    const double mean = block.r12(at) / block.r11(at);
    rises = SumsOf(group, (slope.array() - mean).matrix()) / block.r22(at);
  }
  sites_.starts.push_back(sites_.site_of.size());
  for (size_t s = 0; s < distinct.size(); ++s) {
    sites_.site_of.push_back(distinct[s]);
    sites_.w1.push_back(one ? block.r11(at)
                            : static_cast<double>(rows_in_[s]) / block.r11(at));
    sites_.w2.push_back(rises(static_cast<Index>(s)));
  }
}

void SiteTabulation::AddGroup(const MixedBlock& block, Index at) {
  AddEntries(block, at);
  const size_t group = block.first + static_cast<size_t>(at);
  const size_t first = sites_.starts.back();
  const size_t n_sites = rows_in_.size();
  for (size_t a = 0; a < n_sites; ++a) {
    const Index site = sites_.site_of[first + a];
    sites_.gram.row(site) += sites_.w1[first + a] * block.q1.row(at);
    if (table_.has_slope) {
      sites_.gram.row(site) += sites_.w2[first + a] * block.q2.row(at);
    }
  }
  // A site that has all of a group lies within Q.
  if (n_sites == 1) return;
  for (size_t a = 0; a < n_sites; ++a) {
    const Index row = sites_.site_of[first + a];
    sites_.within_sites(row, row) += static_cast<double>(rows_in_[a]);
    for (size_t b = 0; b < n_sites; ++b) {
      sites_.within_sites(row, sites_.site_of[first + b]) -=
          sites_.w1[first + a] * sites_.w1[first + b] +
          sites_.w2[first + a] * sites_.w2[first + b];
    }
  }
  for (Index column = 1; column <= table_.n_working; ++column) {
    const VectorXd sums = SumsOf(group, BeyondGroup(block, at, column));
    for (size_t a = 0; a < n_sites; ++a) {
      sites_.within(sites_.site_of[first + a], column) +=
          sums(static_cast<Index>(a));
    }
  }
}

}  // namespace

SiteTable TabulateSites(const MixedPacking& packing, const MixedTable& table) {
  if (packing.SitesIn(0) == nullptr) return {};
  return SiteTabulation(packing, table).Tabulate();
}

}  // namespace enthesis::stats
