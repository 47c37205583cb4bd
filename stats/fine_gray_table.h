// The rows of a Fine-Gray model in one canonical order: by stratum, time,
// events of the cause, competing events, censorings, then by values, identical
// rows joined. Whatever is summed over it has the same bytes for any order of
// the rows it was built from.
// Internal to the Fine-Gray estimators.
//
// Threads: const access from any number of threads is safe.

#ifndef ENTHESIS_STATS_FINE_GRAY_TABLE_H_
#define ENTHESIS_STATS_FINE_GRAY_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "stats/design_matrix.h"
#include "stats/fine_gray_rows.h"

namespace enthesis::stats {

enum class FineGrayKind : uint8_t { kEvent, kCompeting, kCensored };

// A node is a row or several identical ones. A step is a distinct time of
// events of the cause within a stratum; steps ascend by stratum, then time.
// A set is a group of subjects with one censoring distribution: one in each
// stratum, but for the censoring groups of crr.
struct FineGrayTable {
  FineGrayConvention convention = FineGrayConvention::kCrr;
  size_t n_nodes = 0;
  size_t n_columns = 0;
  size_t n_clusters = 0;
  size_t n_sets = 1;  // in each stratum
  // Subjects of positive weight, those with the event, with a competing one.
  double n_subjects = 0;
  double n_events = 0;
  double n_competing = 0;

  // [node]
  std::vector<FineGrayKind> kinds;
  std::vector<double> times;       // exit; ties joined
  std::vector<double> weights;     // of each subject of the node
  std::vector<double> counts;      // subjects
  std::vector<uint32_t> clusters;  // in order of codes; empty: none
  std::vector<uint32_t> sets;      // from 0
  std::vector<uint32_t> node_strata;
  std::vector<uint32_t> first_step;     // first at risk at
  std::vector<uint32_t> end_step;       // first after the exit
  std::vector<double> own_probability;  // P(exit-); infinite: weight 0 later
  // [node * n_columns + column], less `centers`, in units of `scales`
  std::vector<double> values;

  // Nodes not at risk from their stratum's first step, by first_step.
  std::vector<uint32_t> late_nodes;

  // [step]
  std::vector<double> step_times;
  std::vector<double> probability;  // [step * n_sets + set] P(time-)

  // [stratum], codes ascending
  std::vector<int> strata;
  std::vector<double> last_times;
  std::vector<uint32_t> stratum_nodes;  // first; one more at the end
  std::vector<uint32_t> stratum_steps;

  // [column]
  std::vector<double> centers;
  std::vector<double> scales;  // 0: constant
  std::vector<double> ranges;  // largest less smallest value, scaled

  size_t n_steps() const { return step_times.size(); }
  const double* Values(size_t node) const {
    return values.data() + node * n_columns;
  }
};

// Errors: INVALID_ARGUMENT as FitFineGray; FAILED_PRECONDITION (no subjects;
// weights that are undefined).
absl::StatusOr<FineGrayTable> BuildFineGrayTable(const FineGrayRows& rows,
                                                 const DesignMatrix& design,
                                                 FineGrayConvention convention,
                                                 int cause);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FINE_GRAY_TABLE_H_
