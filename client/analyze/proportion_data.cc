#include "client/analyze/proportion_data.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "stats/exact_weights.h"
#include "stats/value_counts.h"

namespace enthesis::client {
namespace {

// Counts of every group in every stratum are kept.
constexpr size_t kCellsMax = 20'000'000;

// Whole numbers from 0; a 1 for each row without a column.
absl::StatusOr<std::vector<int64_t>> ReadWhole(const Frame& frame,
                                               const std::string& column,
                                               const char* what) {
  if (column.empty()) return std::vector<int64_t>(frame.n_rows(), 1);
  const absl::StatusOr<std::vector<double>> numbers = frame.Numbers(column);
  if (!numbers.ok()) return numbers.status();
  std::vector<int64_t> counts;
  counts.reserve(numbers->size());
  double total = 0;
  for (size_t row = 0; row < numbers->size(); ++row) {
    const double number = (*numbers)[row];
    if (number < 0 || number != std::trunc(number)) {
      return frame.Refuse(column, row,
                          absl::StrCat(what, " is a whole number from 0"));
    }
    total += number;
    if (total > static_cast<double>(stats::kCountMax)) {
      return frame.Refuse(column, row, "more than 2^40 in all");
    }
    counts.push_back(static_cast<int64_t>(number));
  }
  return counts;
}

// 0 and 1; with --exposure a column of numbers holds how many.
absl::StatusOr<std::vector<int64_t>> ReadEventCounts(
    const AnalyzeOptions& options, const Frame& frame, Report& report) {
  const absl::StatusOr<EventFlag> flag = ParseEvent(options.event);
  if (!flag.ok()) return flag.status();
  if (!options.exposure.empty() && flag->value.empty() &&
      !frame.HoldsText(flag->column)) {
    return ReadWhole(frame, flag->column, "a number of events");
  }
  const auto events = ReadEvents(frame, *flag, report);
  if (!events.ok()) return events.status();
  return std::vector<int64_t>(events->begin(), events->end());
}

absl::StatusOr<size_t> FindReference(const AnalyzeOptions& options,
                                     const Groups& groups) {
  const auto references = ParseReferences(options.references);
  if (!references.ok()) return references.status();
  std::vector<bool> fits(groups.labels.size(), true);
  for (const auto& [column, level] : *references) {
    const auto at =
        std::find(groups.columns.begin(), groups.columns.end(), column);
    if (at == groups.columns.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--reference ", column, ": no column of --by"));
    }
    const auto c = static_cast<size_t>(at - groups.columns.begin());
    std::vector<std::string> levels;
    for (const std::vector<std::string>& label : groups.labels) {
      if (std::find(levels.begin(), levels.end(), label[c]) == levels.end()) {
        levels.push_back(label[c]);
      }
    }
    const std::optional<size_t> found = FindLevel(levels, level);
    if (!found.has_value()) {
      constexpr size_t kShown = 20;
      if (levels.size() > kShown) levels.resize(kShown);
      return absl::InvalidArgumentError(
          absl::StrCat("--reference ", column, "=", level, ": the levels are ",
                       absl::StrJoin(levels, ", ")));
    }
    for (size_t g = 0; g < fits.size(); ++g) {
      if (groups.labels[g][c] != levels[*found]) fits[g] = false;
    }
  }
  const auto first = std::find(fits.begin(), fits.end(), true);
  if (first != fits.end()) return static_cast<size_t>(first - fits.begin());
  if (references->empty()) return size_t{0};
  return absl::InvalidArgumentError(
      "--reference: no row has these levels together");
}

// Sums are exact, so that they are free of the order of rows.
absl::Status AddExposures(const AnalyzeOptions& options, const Frame& frame,
                          const std::vector<int64_t>& weights,
                          const std::vector<int64_t>& events,
                          ProportionData& data) {
  if (options.exposure.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<double>> exposures =
      frame.Numbers(options.exposure);
  if (!exposures.ok()) return exposures.status();
  double largest = 0;
  for (size_t row = 0; row < exposures->size(); ++row) {
    double& exposure = (*exposures)[row];
    if (exposure < 0 || exposure > stats::kValueMax) {
      return frame.Refuse(options.exposure, row, "allowed: 0 to 1e140");
    }
    if (exposure == 0 && events[row] > 0 && weights[row] > 0) {
      return frame.Refuse(options.exposure, row,
                          "events need an exposure above 0");
    }
    exposure *= static_cast<double>(weights[row]);
    largest = std::max(largest, exposure);
  }
  const stats::WeightUnit unit(largest, exposures->size());
  std::vector<stats::WeightSum> sums(data.n_groups(), 0);
  for (size_t row = 0; row < exposures->size(); ++row) {
    const size_t g = data.groups.codes.empty()
                         ? 0
                         : static_cast<size_t>(data.groups.codes[row]);
    sums[g] += unit.ToUnits((*exposures)[row]);
  }
  for (const stats::WeightSum sum : sums) {
    data.exposures.push_back(unit.ToWeight(sum));
  }
  return absl::OkStatus();
}

}  // namespace

stats::TwoByTwo ProportionData::Pair(size_t g) const {
  return {counts.events[g], counts.n[g], counts.events[reference],
          counts.n[reference]};
}

std::vector<stats::TwoByTwo> ProportionData::Pairs(size_t g) const {
  std::vector<stats::TwoByTwo> pairs;
  for (const stats::GroupCounts& stratum : table) {
    pairs.push_back({stratum.events[g], stratum.n[g], stratum.events[reference],
                     stratum.n[reference]});
  }
  return pairs;
}

stats::RateCounts ProportionData::Rate(size_t g) const {
  return {counts.events[g], exposures[g]};
}

absl::StatusOr<std::vector<std::string>> ProportionColumns(
    const AnalyzeOptions& options) {
  const absl::StatusOr<EventFlag> event = ParseEvent(options.event);
  if (!event.ok()) return event.status();
  std::vector<std::string> names = {event->column, options.weights,
                                    options.exposure};
  for (const std::string* list : {&options.by, &options.strata}) {
    for (std::string& name : SplitList(*list)) names.push_back(std::move(name));
  }
  return WithoutEmpty(std::move(names));
}

absl::StatusOr<ProportionData> CountGroups(const AnalyzeOptions& options,
                                           const Frame& frame, Report& report) {
  if (absl::Status status = CheckRows(frame); !status.ok()) return status;
  const auto events = ReadEventCounts(options, frame, report);
  if (!events.ok()) return events.status();
  const auto weights = ReadWhole(frame, options.weights, "a weight");
  if (!weights.ok()) return weights.status();
  ProportionData data;
  data.groups = MakeGroups(frame, options.by);
  data.strata = MakeGroups(frame, options.strata);
  const absl::StatusOr<size_t> reference = FindReference(options, data.groups);
  if (!reference.ok()) return reference.status();
  data.reference = *reference;
  const auto n_groups = static_cast<size_t>(data.groups.n_groups());
  const auto n_strata = static_cast<size_t>(data.strata.n_groups());
  if (n_groups > kCellsMax / n_strata) {
    return absl::InvalidArgumentError(
        absl::StrCat(n_groups, " groups in ", n_strata,
                     " strata are too many; allowed: ", kCellsMax, " cells"));
  }
  const stats::GroupCounts none = {std::vector<int64_t>(n_groups, 0),
                                   std::vector<int64_t>(n_groups, 0)};
  data.counts = none;
  if (!options.strata.empty()) data.table.assign(n_strata, none);
  for (size_t row = 0; row < events->size(); ++row) {
    const size_t g = data.groups.codes.empty()
                         ? 0
                         : static_cast<size_t>(data.groups.codes[row]);
    const int64_t weight = (*weights)[row];
    const int64_t hits = (*events)[row] * weight;
    data.counts.events[g] += hits;
    data.counts.n[g] += weight;
    if (data.table.empty()) continue;
    stats::GroupCounts& stratum =
        data.table[static_cast<size_t>(data.strata.codes[row])];
    stratum.events[g] += hits;
    stratum.n[g] += weight;
  }
  const absl::Status status =
      AddExposures(options, frame, *weights, *events, data);
  if (!status.ok()) return status;
  return data;
}

}  // namespace enthesis::client
