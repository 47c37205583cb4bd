#include "stats/event_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/event_columns.h"
#include "stats/event_counts.h"

namespace enthesis::stats {
namespace {

// Slack for sums of fractional weights; whole counts are exact.
constexpr double kWeightSlack = 1e-9;

bool IsCount(double x) { return std::isfinite(x) && x >= 0; }

double LeavingAt(const EventTable& table, size_t row) {
  const size_t n_causes = static_cast<size_t>(table.n_causes);
  double leaving = table.censored[row];
  for (size_t cause = 0; cause < n_causes; ++cause) {
    leaving += table.events[row * n_causes + cause];
  }
  return leaving;
}

double EnteringAt(const EventTable& table, size_t row) {
  return table.entered.empty() ? 0 : table.entered[row];
}

absl::Status CheckShape(const EventTable& table) {
  if (table.n_causes < 1) {
    return absl::InvalidArgumentError("an event table needs a cause");
  }
  const size_t n_times = table.times.size();
  if (table.censored.size() != n_times ||
      table.events.size() != n_times * static_cast<size_t>(table.n_causes) ||
      (!table.entered.empty() && table.entered.size() != n_times)) {
    return absl::InvalidArgumentError(
        "the counts of an event table do not fit its times");
  }
  return absl::OkStatus();
}

void AppendRow(const EventTable& from, size_t row, EventTable& into) {
  const size_t last = into.times.size() - 1;
  const size_t n_causes = static_cast<size_t>(from.n_causes);
  for (size_t cause = 0; cause < n_causes; ++cause) {
    into.events[last * static_cast<size_t>(into.n_causes) + cause] +=
        from.events[row * n_causes + cause];
  }
  into.censored[last] += from.censored[row];
  if (!from.entered.empty()) into.entered[last] += from.entered[row];
}

}  // namespace

double EventTable::Total() const {
  double total = 0;
  for (double count : events) total += count;
  for (double count : censored) total += count;
  return total;
}

double EventTable::TotalEvents(int cause) const {
  if (cause < 0 || cause >= n_causes) return 0;
  double total = 0;
  for (size_t i = static_cast<size_t>(cause); i < events.size();
       i += static_cast<size_t>(n_causes)) {
    total += events[i];
  }
  return total;
}

std::vector<double> EventTable::AtRisk() const {
  std::vector<double> at_risk(times.size());
  // From the last time back: who is at risk leaves at this time or later and
  // does not enter at this time or later. So no difference of large sums.
  double later = 0;
  for (size_t row = times.size(); row-- > 0;) {
    const double leaving = LeavingAt(*this, row);
    later = std::max(0.0, later - EnteringAt(*this, row)) + leaving;
    at_risk[row] = later;
  }
  return at_risk;
}

absl::Status CheckEventTable(const EventTable& table) {
  if (absl::Status status = CheckShape(table); !status.ok()) return status;
  for (size_t i = 0; i < table.times.size(); ++i) {
    if (!IsCount(table.times[i])) {
      return absl::InvalidArgumentError("times must be finite and >= 0");
    }
    if (i > 0 && table.times[i] <= table.times[i - 1]) {
      return absl::InvalidArgumentError("times must increase");
    }
  }
  for (const auto* counts : {&table.events, &table.censored, &table.entered}) {
    if (!std::all_of(counts->begin(), counts->end(), IsCount)) {
      return absl::InvalidArgumentError("counts must be finite and >= 0");
    }
  }
  const double slack = kWeightSlack * table.Total();
  double later = 0;
  for (size_t row = table.times.size(); row-- > 0;) {
    later -= EnteringAt(table, row);
    if (later < -slack) {
      return absl::InvalidArgumentError(
          "more subjects enter than leave afterwards");
    }
    later += LeavingAt(table, row);
  }
  if (!std::isfinite(later)) {
    return absl::InvalidArgumentError("the counts overflow");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EventTable>> TabulateEventGroups(
    absl::Span<const EventRow> rows, absl::Span<const int> groups, int n_groups,
    int n_causes) {
  if (!groups.empty() && groups.size() != rows.size()) {
    return absl::InvalidArgumentError("one group per row is needed");
  }
  std::vector<double> times, entries, weights;
  std::vector<int> causes;
  times.reserve(rows.size());
  causes.reserve(rows.size());
  for (const EventRow& row : rows) {
    times.push_back(row.time);
    causes.push_back(row.cause);
  }
  // Columns that say nothing are left out: it is faster without.
  if (std::any_of(rows.begin(), rows.end(),
                  [](const EventRow& row) { return row.entry != 0; })) {
    for (const EventRow& row : rows) entries.push_back(row.entry);
  }
  if (std::any_of(rows.begin(), rows.end(),
                  [](const EventRow& row) { return row.weight != 1; })) {
    for (const EventRow& row : rows) weights.push_back(row.weight);
  }
  return TabulateEventColumns({times, causes, groups, entries, weights},
                              n_groups, n_causes);
}

absl::StatusOr<EventTable> TabulateEvents(absl::Span<const EventRow> rows,
                                          int n_causes) {
  absl::StatusOr<std::vector<EventTable>> tables =
      TabulateEventGroups(rows, {}, 1, n_causes);
  if (!tables.ok()) return tables.status();
  return std::move((*tables)[0]);
}

EventTable FromDailyCounts(absl::Span<const double> events,
                           absl::Span<const double> censored, int n_causes) {
  EventTable table;
  table.n_causes = std::max(1, n_causes);
  const size_t stride = static_cast<size_t>(table.n_causes);
  const size_t n_days = std::max(events.size() / stride, censored.size());
  for (size_t day = 0; day < n_days; ++day) {
    const double left = day < censored.size() ? censored[day] : 0;
    const absl::Span<const double> happened =
        (day + 1) * stride <= events.size()
            ? events.subspan(day * stride, stride)
            : absl::Span<const double>();
    const bool any = std::any_of(happened.begin(), happened.end(),
                                 [](double count) { return count != 0; });
    if (left == 0 && !any) continue;
    AppendTime(static_cast<double>(day), false, table);
    table.censored.back() = left;
    std::copy(happened.begin(), happened.end(),
              table.events.end() - static_cast<std::ptrdiff_t>(stride));
  }
  return table;
}

EventTable Merge(const EventTable& a, const EventTable& b) {
  EventTable sum;
  sum.n_causes = std::max(a.n_causes, b.n_causes);
  const bool delayed = !a.entered.empty() || !b.entered.empty();
  size_t i = 0;
  size_t j = 0;
  while (i < a.times.size() || j < b.times.size()) {
    const bool take_a =
        j == b.times.size() || (i < a.times.size() && a.times[i] <= b.times[j]);
    const bool take_b =
        i == a.times.size() || (j < b.times.size() && b.times[j] <= a.times[i]);
    AppendTime(take_a ? a.times[i] : b.times[j], delayed, sum);
    if (take_a) AppendRow(a, i++, sum);
    if (take_b) AppendRow(b, j++, sum);
  }
  return sum;
}

EventTable CollapseCauses(const EventTable& table, int kept) {
  EventTable one;
  one.times = table.times;
  one.censored = table.censored;
  one.entered = table.entered;
  one.events.assign(table.times.size(), 0);
  const size_t n_causes = static_cast<size_t>(table.n_causes);
  for (size_t row = 0; row < table.times.size(); ++row) {
    for (size_t cause = 0; cause < n_causes; ++cause) {
      const double count = table.events[row * n_causes + cause];
      const bool keep = kept == -1 || static_cast<int>(cause) == kept;
      (keep ? one.events : one.censored)[row] += count;
    }
  }
  return one;
}

}  // namespace enthesis::stats
