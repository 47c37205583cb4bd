#include "registry/cohort/selection.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace enthesis::cohort {
namespace {

using model::Dimension;

absl::StatusOr<std::vector<uint8_t>> KeepSites(
    const model::DimensionFilter& filter, const Snapshot& snapshot) {
  std::vector<uint8_t> keep(snapshot.sites().size());
  for (const std::string& site : filter.sites) {
    const auto found =
        std::find(snapshot.sites().begin(), snapshot.sites().end(), site);
    if (found == snapshot.sites().end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("no site \"", site, "\" in this view"));
    }
    keep[static_cast<size_t>(found - snapshot.sites().begin())] = 1;
  }
  return keep;
}

// By mask of procedures: any of those asked, or none at all.
std::vector<uint8_t> KeepConcomitant(const model::DimensionFilter& filter) {
  unsigned wanted = 0;
  bool none = false;
  for (const int32_t value : filter.values) {
    if (value == 0) none = true;
    if (value >= 1 && value <= kProcedureCount) wanted |= 1U << (value - 1);
  }
  std::vector<uint8_t> keep(size_t{1} << kProcedureCount);
  for (size_t mask = 0; mask < keep.size(); ++mask) {
    keep[mask] = (mask & wanted) != 0 || (mask == 0 && none) ? 1 : 0;
  }
  return keep;
}

std::vector<uint8_t> KeepValues(const model::DimensionFilter& filter) {
  std::vector<uint8_t> keep(256);
  for (int32_t value : filter.values) {
    if (filter.dimension == Dimension::kSurgeryYear && value != 0) {
      value -= kYearOffset;
      if (value == 0) continue;  // the year that stands for unknown
    }
    if (value >= 0 && value <= 0xFF) keep[static_cast<size_t>(value)] = 1;
  }
  return keep;
}

template <typename T>
void Apply(const T* values, size_t n, const std::vector<uint8_t>& keep,
           bool first, uint8_t* mask) {
  const uint8_t* table = keep.data();
  if (first) {
    for (size_t i = 0; i < n; ++i) mask[i] = table[values[i]];
    return;
  }
  for (size_t i = 0; i < n; ++i) {
    mask[i] = static_cast<uint8_t>(mask[i] & table[values[i]]);
  }
}

}  // namespace

absl::StatusOr<Selection> Selection::Make(const model::Cohort& cohort,
                                          const Snapshot& snapshot) {
  Selection selection;
  for (const model::DimensionFilter& filter : cohort.filters) {
    Filter made;
    made.dimension = filter.dimension;
    if (filter.dimension == Dimension::kSite) {
      absl::StatusOr<std::vector<uint8_t>> keep = KeepSites(filter, snapshot);
      if (!keep.ok()) return keep.status();
      made.keep = *std::move(keep);
    } else if (filter.dimension == Dimension::kConcomitantProcedure) {
      made.keep = KeepConcomitant(filter);
    } else {
      made.keep = KeepValues(filter);
    }
    selection.filters_.push_back(std::move(made));
  }
  return selection;
}

void Selection::Mask(const Chunk& chunk, size_t first, size_t n,
                     uint8_t* mask) const {
  if (all()) std::fill_n(mask, n, uint8_t{1});
  bool is_first = true;
  for (const Filter& filter : filters_) {
    switch (filter.dimension) {
      case Dimension::kSite:
        Apply(chunk.site.data() + first, n, filter.keep, is_first, mask);
        break;
      case Dimension::kConcomitantProcedure:
        Apply(chunk.concomitant.data() + first, n, filter.keep, is_first, mask);
        break;
      default:
        Apply(
            chunk.dimension[static_cast<size_t>(filter.dimension) - 1].data() +
                first,
            n, filter.keep, is_first, mask);
    }
    is_first = false;
  }
}

namespace {

// The groups of one dimension: their labels, and the group of each value.
void FillGroups(Dimension dimension, const Snapshot& snapshot,
                std::vector<std::string>& labels,
                std::vector<uint32_t>& groups) {
  if (dimension == Dimension::kSite) {
    const std::vector<std::string>& sites = snapshot.sites();
    std::vector<uint32_t> order(sites.size());
    std::iota(order.begin(), order.end(), uint32_t{0});
    std::sort(order.begin(), order.end(),
              [&sites](uint32_t a, uint32_t b) { return sites[a] < sites[b]; });
    groups.resize(sites.size());
    for (const uint32_t site : order) {
      groups[site] = static_cast<uint32_t>(labels.size());
      labels.push_back(sites[site]);
    }
    return;
  }
  const size_t values = StoredValues(dimension);
  groups.resize(std::max<size_t>(values, 256));
  const int32_t offset = dimension == Dimension::kSurgeryYear ? kYearOffset : 0;
  for (size_t value = 1; value < values; ++value) {
    groups[value] = static_cast<uint32_t>(value - 1);
    labels.push_back(
        model::FormatValue(dimension, static_cast<int32_t>(value) + offset));
  }
  groups[0] = static_cast<uint32_t>(values - 1);
  labels.push_back(model::FormatValue(dimension, 0));
}

}  // namespace

Grouping::Grouping(std::optional<model::Dimension> dimension,
                   const Snapshot& snapshot)
    : Grouping(dimension, std::nullopt, snapshot) {}

Grouping::Grouping(std::optional<model::Dimension> dimension,
                   std::optional<model::Dimension> then,
                   const Snapshot& snapshot)
    : dimension_(dimension), then_(then) {
  if (dimension.has_value()) {
    FillGroups(*dimension, snapshot, labels_, groups_);
  } else {
    labels_.emplace_back();
  }
  if (!then.has_value()) {
    then_labels_.emplace_back();
    return;
  }
  FillGroups(*then, snapshot, then_labels_, then_groups_);
  const auto step = static_cast<uint32_t>(then_labels_.size());
  for (uint32_t& group : groups_) group *= step;
}

}  // namespace enthesis::cohort
