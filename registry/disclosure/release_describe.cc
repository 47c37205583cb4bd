#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/disclosure/release.h"
#include "registry/disclosure/releaser.h"
#include "registry/disclosure/withhold.h"
#include "registry/model/small_groups.h"

namespace enthesis::disclosure {
namespace {

using analysis::Absence;
using analysis::BaselineNumber;
using analysis::CohortGroup;
using analysis::ValueCount;
using analysis::VisitCompleteness;

void SuppressGroup(CohortGroup& group) {
  analysis::Group label = std::move(group.group);
  group = {};
  group.group = std::move(label);
  group.absence = Absence::kSuppressed;
}

void ReleaseGroup(CohortGroup& group, int threshold) {
  if (group.follow_up_at_risk.value_or(0) < threshold) {
    group.median_follow_up_days.reset();
  }
  if (!group.n_patients || !group.n_athletes || !group.median_follow_up_days) {
    group.absence = Absence::kSuppressed;
  }
}

// The groups of an answer while they are looked through.
struct Groups {
  std::vector<CohortGroup>& rows;
  std::vector<bool> withheld;
  GroupOverlap overlap;
};

// Patients of each group, who are parts of its cases.
void ReleasePatients(Groups& groups, int threshold) {
  std::vector<int64_t> sizes;
  for (const CohortGroup& group : groups.rows) {
    sizes.push_back(group.n_patients.value_or(0));
  }
  std::vector<bool> withheld = groups.withheld;
  MarkSmall(sizes, groups.overlap, threshold, withheld);
  for (size_t g = 0; g < sizes.size(); ++g) {
    if (withheld[g]) groups.rows[g].n_patients.reset();
  }
}

// Of groups by two dimensions, the cells of one column along each line of
// groups, which sum to what the groups by one dimension have.
void MarkAlongLines(const Groups& groups,
                    const std::vector<std::vector<int64_t>>& sizes,
                    int threshold, std::vector<std::vector<bool>>& withheld) {
  if (sizes.empty() || groups.overlap.Lines().empty()) return;
  for (size_t column = 0; column < sizes[0].size(); ++column) {
    std::vector<int64_t> cells;
    std::vector<bool> marks;
    for (size_t g = 0; g < sizes.size(); ++g) {
      cells.push_back(sizes[g][column]);
      marks.push_back(withheld[g][column]);
    }
    MarkSmall(cells, groups.overlap, threshold, marks);
    for (size_t g = 0; g < sizes.size(); ++g) withheld[g][column] = marks[g];
  }
}

// Small cells of a table of the groups, and those from which they follow.
// `overlap` is that of the cells of a group.
std::vector<std::vector<bool>> SmallCells(
    const Groups& groups, const std::vector<std::vector<int64_t>>& sizes,
    const GroupOverlap& overlap, int threshold) {
  std::vector<std::vector<bool>> withheld;
  model::CellOverlap along_rows{overlap.none, {}};
  for (size_t g = 0; g < sizes.size(); ++g) {
    withheld.emplace_back(sizes[g].size(), groups.withheld[g]);
    along_rows.totals.push_back(groups.rows[g].n_cases.value_or(0));
  }
  // How many of all cases have a value, the groups do not tell.
  const model::CellOverlap along_columns{groups.overlap.none, {}};
  std::vector<std::vector<bool>> before;
  do {
    before = withheld;
    model::MarkSmallCells(sizes, overlap.any ? &along_rows : nullptr,
                          groups.overlap.any ? &along_columns : nullptr,
                          threshold, withheld);
    MarkAlongLines(groups, sizes, threshold, withheld);
  } while (before != withheld);
  return withheld;
}

// Who is an athlete and who is not.
void ReleaseAthletes(Groups& groups, int threshold) {
  std::vector<std::vector<int64_t>> sizes;
  for (const CohortGroup& group : groups.rows) {
    const int64_t athletes = group.n_athletes.value_or(0);
    sizes.push_back({athletes, group.n_cases.value_or(0) - athletes});
  }
  const std::vector<std::vector<bool>> withheld =
      SmallCells(groups, sizes, {}, threshold);
  for (size_t g = 0; g < sizes.size(); ++g) {
    if (withheld[g][0] || withheld[g][1]) groups.rows[g].n_athletes.reset();
  }
}

// The table of groups by the values of one dimension; a group lists those that
// it has.
void ReleaseDimension(Groups& groups, size_t dimension, int threshold) {
  std::map<std::string, size_t> columns;
  GroupOverlap overlap;
  for (const CohortGroup& group : groups.rows) {
    const analysis::DimensionCounts& counts = group.dimensions[dimension];
    for (const ValueCount& count : counts.values) {
      if (!columns.emplace(count.value, columns.size()).second) continue;
      overlap.See({{counts.dimension, count.value}});
    }
  }
  std::vector<std::vector<int64_t>> sizes(groups.rows.size(),
                                          std::vector<int64_t>(columns.size()));
  for (size_t g = 0; g < sizes.size(); ++g) {
    for (const ValueCount& count :
         groups.rows[g].dimensions[dimension].values) {
      sizes[g][columns[count.value]] = count.n.value_or(0);
    }
  }
  const std::vector<std::vector<bool>> withheld =
      SmallCells(groups, sizes, overlap, threshold);
  for (size_t g = 0; g < sizes.size(); ++g) {
    for (ValueCount& count : groups.rows[g].dimensions[dimension].values) {
      if (!withheld[g][columns[count.value]]) continue;
      count.n.reset();
      count.absence = Absence::kSuppressed;
    }
  }
}

// Due and completed assessments of one visit.
void ReleaseVisit(Groups& groups, model::Visit visit, int threshold) {
  std::vector<VisitCompleteness*> rows;
  std::vector<int64_t> due, completed;
  std::vector<bool> few_due;
  GroupOverlap overlap;  // of the groups that have the visit
  for (size_t g = 0; g < groups.rows.size(); ++g) {
    for (VisitCompleteness& row : groups.rows[g].visits) {
      if (row.visit != visit) continue;
      rows.push_back(&row);
      due.push_back(row.due.value_or(0));
      completed.push_back(row.completed.value_or(0));
      few_due.push_back(groups.withheld[g]);
      overlap.See(groups.rows[g].group);
    }
  }
  MarkSmall(due, overlap, threshold, few_due);
  // The cases with a score are the denominator of its mean.
  std::vector<bool> few_completed = few_due;
  MarkSmall(completed, overlap, threshold, few_completed);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!few_completed[i]) continue;
    if (few_due[i]) rows[i]->due.reset();
    rows[i]->completed.reset();
    rows[i]->completeness.reset();
    rows[i]->absence = Absence::kSuppressed;
  }
}

// Whether what is shown elsewhere of those without the number is withheld: the
// number would tell it.
bool IsToldBy(const CohortGroup& group, std::string_view number) {
  if (number == "baseline_visa_a_sedentary") {
    // With those who have the other version it makes the visit.
    return std::any_of(group.visits.begin(), group.visits.end(),
                       [](const VisitCompleteness& row) {
                         return row.visit == model::Visit::kBaseline &&
                                !row.completed.has_value();
                       });
  }
  model::Dimension bands;
  if (number == "bmi") {
    bands = model::Dimension::kBmiBand;
  } else if (number == "baseline_visa_a") {
    bands = model::Dimension::kVisaABand;
  } else {
    return false;
  }
  for (const analysis::DimensionCounts& counts : group.dimensions) {
    if (counts.dimension != bands) continue;
    const std::string unknown = model::FormatValue(bands, 0);
    return std::any_of(counts.values.begin(), counts.values.end(),
                       [&](const ValueCount& count) {
                         return count.value == unknown && !count.n.has_value();
                       });
  }
  return false;
}

// Who has a number and who has not; without that none of its figures, for the
// mean of whole numbers tells of how many it is. After dimensions and visits.
void ReleaseNumber(Groups& groups, size_t index, int threshold) {
  std::vector<std::vector<int64_t>> sizes;
  for (const CohortGroup& group : groups.rows) {
    const BaselineNumber& number = group.numbers[index];
    sizes.push_back({number.n.value_or(0), number.missing.value_or(0)});
  }
  const std::vector<std::vector<bool>> withheld =
      SmallCells(groups, sizes, {}, threshold);
  for (size_t g = 0; g < sizes.size(); ++g) {
    BaselineNumber& number = groups.rows[g].numbers[index];
    if (withheld[g][0] || withheld[g][1] ||
        IsToldBy(groups.rows[g], number.name)) {
      std::string name = std::move(number.name);
      number = {};
      number.name = std::move(name);
      number.absence = number.quantiles_absence = Absence::kSuppressed;
      continue;
    }
    // A quantile is somebody's value: at least k cases lie on either side.
    if (*number.n >= int64_t{4} * threshold) continue;
    number.q1.reset();
    number.q3.reset();
    if (*number.n < int64_t{2} * threshold) number.median.reset();
    if (*number.n > 0) number.quantiles_absence = Absence::kSuppressed;
  }
}

bool IsShown(const CohortGroup& group,
             const analysis::StandardizedDifference& difference) {
  if (!group.n_cases.has_value()) return false;
  if (!difference.dimension.has_value()) {
    return std::any_of(group.numbers.begin(), group.numbers.end(),
                       [&](const BaselineNumber& number) {
                         return number.name == difference.name && number.n;
                       });
  }
  for (const analysis::DimensionCounts& counts : group.dimensions) {
    if (counts.dimension != *difference.dimension) continue;
    return std::all_of(counts.values.begin(), counts.values.end(),
                       [](const ValueCount& count) { return count.n; });
  }
  return false;
}

// A difference is made of figures that are shown, so it tells nothing else.
void ReleaseDifferences(analysis::DescribeAnswer& answer) {
  for (analysis::StandardizedDifference& difference : answer.differences) {
    const bool shown = std::all_of(
        answer.groups.begin(), answer.groups.end(),
        [&](const CohortGroup& group) { return IsShown(group, difference); });
    if (shown) continue;
    difference.estimate.reset();
    difference.absence = Absence::kSuppressed;
  }
}

void ReleaseGroups(std::vector<CohortGroup>& rows, int64_t n_cases,
                   int threshold) {
  if (rows.empty()) return;
  Groups groups{
      rows,
      SmallRows(
          rows, {{}, n_cases},
          [](const CohortGroup& group) { return group.n_cases; }, threshold),
      {}};
  for (const CohortGroup& group : rows) groups.overlap.See(group.group);
  ReleasePatients(groups, threshold);
  ReleaseAthletes(groups, threshold);
  for (size_t d = 0; d < rows[0].dimensions.size(); ++d) {
    ReleaseDimension(groups, d, threshold);
  }
  std::set<model::Visit> visits;
  for (const CohortGroup& group : rows) {
    for (const VisitCompleteness& row : group.visits) visits.insert(row.visit);
  }
  for (const model::Visit visit : visits) {
    ReleaseVisit(groups, visit, threshold);
  }
  for (size_t i = 0; i < rows[0].numbers.size(); ++i) {
    ReleaseNumber(groups, i, threshold);
  }
  for (size_t g = 0; g < rows.size(); ++g) {
    if (groups.withheld[g]) {
      SuppressGroup(rows[g]);
    } else {
      ReleaseGroup(rows[g], threshold);
    }
  }
}

}  // namespace

absl::StatusOr<Released<analysis::DescribeAnswer>> Release(
    analysis::DescribeAnswer answer, const Policy& policy) {
  if (absl::Status status = ReleaseCohort(answer.provenance, policy);
      !status.ok()) {
    return status;
  }
  if (policy.threshold.has_value()) {
    ReleaseGroups(answer.groups, *answer.provenance.n_cases, *policy.threshold);
    ReleaseDifferences(answer);
  }
  for (CohortGroup& group : answer.groups) group.follow_up_at_risk.reset();
  return Releaser::Make(std::move(answer), policy);
}

}  // namespace enthesis::disclosure
