// Which rows a question is about, and which group each belongs to: lookup
// tables over stored values, no predicate per row.

#ifndef ENTHESIS_REGISTRY_COHORT_SELECTION_H_
#define ENTHESIS_REGISTRY_COHORT_SELECTION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "registry/cohort/columns.h"
#include "registry/cohort/snapshot.h"
#include "registry/model/question.h"

namespace enthesis::cohort {

class Selection {
 public:
  // INVALID_ARGUMENT: a site that the snapshot does not know.
  static absl::StatusOr<Selection> Make(const model::Cohort& cohort,
                                        const Snapshot& snapshot);

  // No filter: every row is selected.
  bool all() const { return filters_.empty(); }

  // mask[i] = 1 where row first + i of the chunk is selected, else 0.
  void Mask(const Chunk& chunk, size_t first, size_t n, uint8_t* mask) const;

 private:
  struct Filter {
    model::Dimension dimension = model::Dimension::kSite;
    std::vector<uint8_t> keep;  // by stored value: 1 selected, 0 not
  };
  std::vector<Filter> filters_;
};

// Groups by one dimension or the pairs of values of two; one group without.
//
// Order: codes in list order, years ascending, sites by id, "unknown" last.
// Grouped by concomitant procedure a row belongs to a group for each of them;
// "none", the last, holds the rows without any. Of two dimensions neither may
// be that; the groups of the first one's first value come first.
class Grouping {
 public:
  Grouping(std::optional<model::Dimension> dimension, const Snapshot& snapshot);
  Grouping(std::optional<model::Dimension> dimension,
           std::optional<model::Dimension> then, const Snapshot& snapshot);

  const std::optional<model::Dimension>& dimension() const {
    return dimension_;
  }
  // The second dimension, with its own groups.
  const std::optional<model::Dimension>& then() const { return then_; }
  size_t size() const { return labels_.size() * then_labels_.size(); }
  // Code, band, year or site id; "" for the one group of no dimension. Of two
  // dimensions that of the first.
  const std::string& label(size_t group) const {
    return labels_[group / then_labels_.size()];
  }
  const std::string& then_label(size_t group) const {
    return then_labels_[group % then_labels_.size()];
  }

  // Group of each stored value; of a concomitant procedure, by code. Of two
  // dimensions the group is the sum of both.
  const std::vector<uint32_t>& group_of_value() const { return groups_; }
  const std::vector<uint32_t>& then_group_of_value() const {
    return then_groups_;
  }

 private:
  std::optional<model::Dimension> dimension_, then_;
  std::vector<std::string> labels_, then_labels_;
  std::vector<uint32_t> groups_, then_groups_;
};

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_SELECTION_H_
