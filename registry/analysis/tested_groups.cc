#include "registry/analysis/tested_groups.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/cohort/tabulate.h"
#include "registry/model/dimension.h"
#include "registry/model/small_groups.h"

namespace enthesis::analysis {
namespace {

// Those with cases that may be shown.
void TakeLargeEnough(const Plan& plan, absl::Span<const EventSample> samples,
                     const Provenance& provenance, int64_t least,
                     TestedGroups& groups) {
  std::vector<int64_t> sizes;
  std::vector<size_t> places;
  for (const EventSample& sample : samples) {
    sizes.push_back(static_cast<int64_t>(sample.table.Total()));
    places.push_back(sample.group);
  }
  std::vector<bool> withheld(sizes.size());
  model::MarkSmallGroups(sizes, LinesOf(plan, places), LeftOut(provenance),
                         least, withheld);
  size_t with_cases = 0;
  for (size_t s = 0; s < samples.size(); ++s) {
    const int64_t n = sizes[s];
    if (n == 0) continue;
    ++with_cases;
    if (withheld[s]) continue;
    groups.smallest =
        groups.compared.empty() ? n : std::min(groups.smallest, n);
    groups.compared.push_back(s);
  }
  if (groups.compared.size() >= 2) return;
  groups.absence = with_cases < 2 ? Absence::kUndefined : Absence::kSuppressed;
}

absl::Status TakeStrata(const TestScope& scope, const Plan& plan,
                        absl::Span<const EventSample> samples,
                        TestedGroups& groups) {
  std::vector<size_t> places;
  for (const size_t s : groups.compared) places.push_back(samples[s].group);
  auto strata = cohort::TabulateStrata(
      plan.pass(), cohort::Grouping(scope.strata, plan.snapshot), places,
      scope.endpoint, scope.complication);
  if (!strata.ok()) return strata.status();
  for (std::vector<stats::EventTable>& stratum : *strata) {
    for (stats::EventTable& table : stratum) {
      table = scope.table_of(std::move(table));
    }
  }
  groups.strata = *std::move(strata);
  return absl::OkStatus();
}

size_t CostOf(const TestScope& scope, const TestedGroups& groups) {
  size_t cost = groups.strata.size();
  for (int i = 0; i < scope.power; ++i) cost *= groups.compared.size();
  return cost;
}

}  // namespace

absl::StatusOr<TestedGroups> FindTestedGroups(
    const model::Question& question, const TestScope& scope, const Plan& plan,
    absl::Span<const EventSample> samples, Provenance& provenance) {
  std::vector<std::string>& conventions = provenance.conventions;
  TestedGroups groups;
  if (!question.group_by.has_value()) return groups;
  if (*question.group_by == model::Dimension::kConcomitantProcedure) {
    conventions.push_back("test: none, the groups overlap");
    return groups;
  }
  TakeLargeEnough(plan, samples, provenance, question.smallest_group, groups);
  if (groups.compared.size() > scope.max_groups) {
    conventions.push_back(
        absl::StrCat("test: none, more than ", scope.max_groups, " groups"));
    return groups;
  }
  if (scope.strata.has_value() && groups.absence == Absence::kNone) {
    const absl::Status taken = TakeStrata(scope, plan, samples, groups);
    if (!taken.ok()) return taken;
  } else {
    std::vector<stats::EventTable>& all = groups.strata.emplace_back();
    for (const size_t s : groups.compared) all.push_back(samples[s].table);
  }
  if (CostOf(scope, groups) > scope.max_cost) {
    conventions.push_back("test: none, too many groups and strata");
    return groups;
  }
  groups.possible = true;
  conventions.push_back(
      absl::StrCat("groups in a test: those that are shown, of ",
                   question.smallest_group, " cases and more"));
  if (scope.strata.has_value()) {
    conventions.push_back(
        absl::StrCat("strata of the test: ",
                     model::CodeOf(model::kDimensionCodes, *scope.strata),
                     "; cases without a value are one"));
  }
  return groups;
}

}  // namespace enthesis::analysis
