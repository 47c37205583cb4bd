#include "tests/registry/support/naive_cohort.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "registry/cohort/column_writer.h"

namespace enthesis::tests {

using model::Case;
using model::Dimension;
using model::FollowUp;

std::shared_ptr<const cohort::Snapshot> SnapshotOf(const Cases& cases,
                                                   int32_t utc_day) {
  cohort::ColumnWriter writer;
  for (const Case& record : cases) {
    const absl::Status put = writer.Put(record);
    if (!put.ok()) {
      std::fprintf(stderr, "%s\n", put.ToString().c_str());
      std::abort();
    }
  }
  return writer.Publish(cases.size(), utc_day);
}

bool IsSelected(const model::Cohort& cohort, const Case& record) {
  for (const model::DimensionFilter& filter : cohort.filters) {
    bool any = false;
    for (const std::string& group : GroupsOf(filter.dimension, record)) {
      for (const std::string& site : filter.sites) any |= group == site;
      for (const int32_t value : filter.values) {
        any |= group == model::FormatValue(filter.dimension, value);
      }
    }
    if (!any) return false;
  }
  return true;
}

std::vector<std::string> GroupsOf(std::optional<Dimension> dimension,
                                  const Case& record) {
  if (!dimension.has_value()) return {""};
  if (*dimension == Dimension::kSite) return {record.site};
  if (*dimension != Dimension::kConcomitantProcedure) {
    return {model::FormatValue(*dimension, model::ValueOf(*dimension, record))};
  }
  std::vector<std::string> groups;
  for (const model::Procedure procedure :
       record.operation.concomitant_procedures) {
    groups.push_back(
        model::FormatValue(*dimension, static_cast<int32_t>(procedure)));
  }
  if (groups.empty()) groups.push_back("none");
  return groups;
}

std::vector<std::pair<std::string, Cases>> GroupCases(
    const Cases& cases, const model::Cohort& cohort,
    std::optional<Dimension> dimension) {
  std::set<std::string> present;
  for (const Case& record : cases) {
    if (!IsSelected(cohort, record)) continue;
    for (std::string& group : GroupsOf(dimension, record)) {
      present.insert(std::move(group));
    }
  }
  std::vector<std::string> order;
  const model::CodeList* codes =
      dimension.has_value() ? model::CodesOf(*dimension) : nullptr;
  if (codes != nullptr) {
    for (const model::Code& code : codes->codes) order.push_back(code.code);
  } else {  // sites and years in order of their text
    for (const std::string& group : present) {
      if (group != "unknown") order.push_back(group);
    }
  }
  if (dimension == Dimension::kConcomitantProcedure) order.push_back("none");
  if (dimension.has_value()) order.push_back("unknown");
  std::vector<std::pair<std::string, Cases>> groups;
  for (const std::string& label : order) {
    if (present.count(label) == 0) continue;
    Cases members;
    for (const Case& record : cases) {
      if (!IsSelected(cohort, record)) continue;
      const std::vector<std::string> of_case = GroupsOf(dimension, record);
      if (std::find(of_case.begin(), of_case.end(), label) != of_case.end()) {
        members.push_back(record);
      }
    }
    groups.emplace_back(label, std::move(members));
  }
  return groups;
}

stats::EventTable EventsOf(const Cases& cases, model::Endpoint endpoint) {
  std::vector<stats::EventRow> rows;
  for (const model::Case& record : cases) {
    if (!model::InRiskSet(record, endpoint)) continue;
    const model::EndpointTime time = model::TimeTo(record, endpoint);
    rows.push_back({static_cast<double>(time.exit_day),
                    time.exit == model::Exit::kEvent ? 1 : 0});
  }
  return *stats::TabulateEvents(rows, 1);
}

std::optional<int32_t> ScoreAt(const Case& record, model::Measure measure,
                               model::Visit visit) {
  const model::VisitWindow& window =
      model::kVisitWindows[static_cast<size_t>(visit) - 1];
  std::optional<int32_t> score;
  int32_t best = 0;
  for (const FollowUp& follow_up : record.follow_ups) {  // in order of day
    const std::optional<int32_t> value =
        model::ValueOf(measure, record, follow_up);
    if (!value.has_value() || *follow_up.day < window.first_day ||
        *follow_up.day > window.last_day) {
      continue;
    }
    const int32_t distance = std::abs(*follow_up.day - window.target_day);
    if (score.has_value() && distance >= best) continue;
    score = value;
    best = distance;
  }
  return score;
}

}  // namespace enthesis::tests
