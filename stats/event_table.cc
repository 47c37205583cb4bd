#include "stats/event_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace enthesis::stats {
namespace {

// sqrt(machine epsilon): the tolerance of survival::aeqSurv.
constexpr double kTieTolerance = 1.4901161193847656e-08;  // 2^-26

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

absl::Status CheckRow(const EventRow& row, size_t index, int n_causes,
                      bool delayed) {
  const char* fault = nullptr;
  if (!IsCount(row.time)) {
    fault = "the time must be finite and not negative";
  } else if (!IsCount(row.entry) || (delayed && row.entry >= row.time)) {
    fault = "the entry must come before the exit";
  } else if (row.cause < 0 || row.cause > n_causes) {
    fault = "the cause is out of range";
  } else if (!IsCount(row.weight)) {
    fault = "the weight must be finite and not negative";
  }
  if (fault == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("row ", index, ": ", fault));
}

// The first time of each run of tied times. As survival::aeqSurv: a time is
// tied to the one before it when their distance, plain or relative to the mean
// of the distinct times, is within the tolerance. Entries count as times when
// any row enters late, zeros included.
std::vector<double> TieCuts(absl::Span<const EventRow> rows, bool delayed) {
  std::vector<double> times;
  times.reserve(rows.size() * (delayed ? 2 : 1));
  for (const EventRow& row : rows) {
    times.push_back(row.time);
    if (delayed) times.push_back(row.entry);
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  if (times.empty()) return times;
  double mean = 0;
  for (double time : times) mean += time / static_cast<double>(times.size());
  std::vector<double> cuts = {times[0]};
  for (size_t i = 1; i < times.size(); ++i) {
    const double gap = times[i] - times[i - 1];
    const bool tied = gap <= kTieTolerance || gap / mean <= kTieTolerance;
    if (!tied) cuts.push_back(times[i]);
  }
  return cuts;
}

size_t CutOf(const std::vector<double>& cuts, double time) {
  const auto above = std::upper_bound(cuts.begin(), cuts.end(), time);
  return static_cast<size_t>(above - cuts.begin()) - 1;
}

// One count to be made: an entry (kind -1), a censoring (0), an event (cause).
struct Count {
  int group = 0;
  size_t cut = 0;
  int kind = 0;
  double weight = 0;

  // A total order, weight included: sums of fractions in one order only.
  friend bool operator<(const Count& a, const Count& b) {
    return std::tie(a.group, a.cut, a.kind, a.weight) <
           std::tie(b.group, b.cut, b.kind, b.weight);
  }
};

void AddTime(double time, bool delayed, EventTable& table) {
  table.times.push_back(time);
  table.censored.push_back(0);
  table.events.resize(table.events.size() +
                      static_cast<size_t>(table.n_causes));
  if (delayed) table.entered.push_back(0);
}

void AddCount(const Count& count, EventTable& table) {
  if (count.kind < 0) {
    table.entered.back() += count.weight;
  } else if (count.kind == 0) {
    table.censored.back() += count.weight;
  } else {
    const size_t n_causes = static_cast<size_t>(table.n_causes);
    const size_t cause = static_cast<size_t>(count.kind) - 1;
    table.events[(table.times.size() - 1) * n_causes + cause] += count.weight;
  }
}

absl::StatusOr<std::vector<Count>> CountRows(absl::Span<const EventRow> rows,
                                             absl::Span<const int> groups,
                                             const std::vector<double>& cuts,
                                             bool delayed) {
  std::vector<Count> counts;
  counts.reserve(rows.size() * (delayed ? 2 : 1));
  for (size_t i = 0; i < rows.size(); ++i) {
    const EventRow& row = rows[i];
    const int group = groups.empty() ? 0 : groups[i];
    const size_t exit = CutOf(cuts, row.time);
    if (delayed && CutOf(cuts, row.entry) == exit) {
      return absl::InvalidArgumentError(absl::StrCat(
          "row ", i, ": entry and exit are tied within the tolerance"));
    }
    if (row.weight <= 0) continue;
    counts.push_back({group, exit, row.cause, row.weight});
    if (row.entry > 0) {
      counts.push_back({group, CutOf(cuts, row.entry), -1, row.weight});
    }
  }
  std::sort(counts.begin(), counts.end());
  return counts;
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
  if (n_causes < 1 || n_groups < 1) {
    return absl::InvalidArgumentError("a cause and a group are needed");
  }
  if (!groups.empty() && groups.size() != rows.size()) {
    return absl::InvalidArgumentError("one group per row is needed");
  }
  const bool delayed = std::any_of(
      rows.begin(), rows.end(), [](const EventRow& r) { return r.entry > 0; });
  for (size_t i = 0; i < rows.size(); ++i) {
    absl::Status status = CheckRow(rows[i], i, n_causes, delayed);
    if (!status.ok()) return status;
    if (!groups.empty() && (groups[i] < 0 || groups[i] >= n_groups)) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", i, ": the group is out of range"));
    }
  }
  const std::vector<double> cuts = TieCuts(rows, delayed);
  absl::StatusOr<std::vector<Count>> counts =
      CountRows(rows, groups, cuts, delayed);
  if (!counts.ok()) return counts.status();

  std::vector<EventTable> tables(static_cast<size_t>(n_groups));
  for (EventTable& table : tables) table.n_causes = n_causes;
  for (const Count& count : *counts) {
    EventTable& table = tables[static_cast<size_t>(count.group)];
    const double time = cuts[count.cut];
    if (table.times.empty() || table.times.back() < time) {
      AddTime(time, delayed, table);
    }
    AddCount(count, table);
  }
  return tables;
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
    AddTime(static_cast<double>(day), false, table);
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
    AddTime(take_a ? a.times[i] : b.times[j], delayed, sum);
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
