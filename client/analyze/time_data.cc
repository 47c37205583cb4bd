#include "client/analyze/time_data.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace enthesis::client {
namespace {

absl::Status CheckNotNegative(const Frame& frame, const std::string& column,
                              const std::vector<double>& values) {
  for (size_t row = 0; row < values.size(); ++row) {
    if (values[row] < 0) return frame.Refuse(column, row, "must be 0 or more");
  }
  return absl::OkStatus();
}

// A column of numbers that are 0 or more; none when `column` is empty.
absl::Status ReadNumbers(const Frame& frame, const std::string& column,
                         std::vector<double>& values) {
  if (column.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<double>> numbers = frame.Numbers(column);
  if (!numbers.ok()) return numbers.status();
  values = *std::move(numbers);
  return CheckNotNegative(frame, column, values);
}

absl::Status ReadTimes(const AnalyzeOptions& options, const Frame& frame,
                       TimeData& data) {
  for (const auto& [column, values] :
       {std::pair(&options.time, &data.times),
        std::pair(&options.entry, &data.entries),
        std::pair(&options.weights, &data.weights)}) {
    const absl::Status status = ReadNumbers(frame, *column, *values);
    if (!status.ok()) return status;
  }
  const bool delayed = std::any_of(data.entries.begin(), data.entries.end(),
                                   [](double entry) { return entry > 0; });
  for (size_t row = 0; delayed && row < data.entries.size(); ++row) {
    if (data.entries[row] < data.times[row]) continue;
    return frame.Refuse(options.entry, row,
                        absl::StrCat("must come before ", options.time, ", ",
                                     frame.Text(options.time, row)));
  }
  data.groups = MakeGroups(frame, options.by);
  if (!options.strata.empty()) {
    const Groups strata = MakeGroups(frame, options.strata);
    data.strata = strata.codes;
    data.n_strata = strata.n_groups();
  }
  return absl::OkStatus();
}

// " (line 7 "dead" is no number, 12 others are)", or nothing.
std::string MixedNote(const Frame& frame, const std::string& column) {
  const std::string mixed = frame.MixedText(column);
  return mixed.empty() ? "" : absl::StrCat(" (", mixed, ")");
}

// Rows with the value of --event COLUMN=VALUE.
absl::Status MarkValue(const Frame& frame, const EventFlag& flag,
                       std::vector<int>& events, Report& report) {
  const absl::Status status = frame.CheckFinite(flag.column);
  if (!status.ok()) return status;
  const Factor factor = frame.FactorOf(flag.column);
  const std::optional<size_t> found = FindLevel(factor.levels, flag.value);
  if (!found.has_value()) {
    report.warnings.push_back(absl::StrCat("no row has ", flag.column, " = ",
                                           flag.value, ": no events"));
  }
  events.assign(frame.n_rows(), 0);
  for (size_t row = 0; found.has_value() && row < events.size(); ++row) {
    events[row] = factor.codes[row] == static_cast<int>(*found) ? 1 : 0;
  }
  return absl::OkStatus();
}

// Rows whose value of --event is not 0; R writes logical values as TRUE and
// FALSE.
absl::Status MarkEvents(const Frame& frame, const std::string& column,
                        std::vector<int>& events, Report& report) {
  events.assign(frame.n_rows(), 0);
  if (frame.HoldsText(column)) {
    const Factor factor = frame.FactorOf(column);
    std::vector<int> is_event;
    for (const std::string& level : factor.levels) {
      const bool yes = absl::EqualsIgnoreCase(level, "TRUE");
      if (!yes && !absl::EqualsIgnoreCase(level, "FALSE")) {
        return absl::InvalidArgumentError(absl::StrCat(
            "--event ", column, " holds text", MixedNote(frame, column),
            "; say which value is the event: --event ", column, "=VALUE"));
      }
      is_event.push_back(yes ? 1 : 0);
    }
    for (size_t row = 0; row < events.size(); ++row) {
      events[row] = is_event[static_cast<size_t>(factor.codes[row])];
    }
  } else {
    const absl::StatusOr<std::vector<double>> values = frame.Numbers(column);
    if (!values.ok()) return values.status();
    for (size_t row = 0; row < events.size(); ++row) {
      events[row] = (*values)[row] != 0 ? 1 : 0;
    }
  }
  if (std::find(events.begin(), events.end(), 0) == events.end()) {
    report.warnings.push_back(absl::StrCat(
        "no row of ", column,
        " is 0, so every row counts as an event; if it codes censoring "
        "otherwise, say which value is the event: --event ",
        column, "=VALUE"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRows(const Frame& frame) {
  if (frame.n_rows() > 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      frame.dropped() > 0 ? "every row lacks a value of a column in use"
                          : "the file has no rows");
}

absl::StatusOr<EventFlag> ParseEvent(const std::string& event) {
  Assignment split = SplitAssignment(event);
  if (split.column.empty()) {
    return absl::InvalidArgumentError("--event is required");
  }
  return EventFlag{std::move(split.column), std::move(split.value)};
}

absl::StatusOr<std::vector<int>> ReadEvents(const Frame& frame,
                                            const EventFlag& flag,
                                            Report& report) {
  std::vector<int> events;
  const absl::Status status =
      flag.value.empty() ? MarkEvents(frame, flag.column, events, report)
                         : MarkValue(frame, flag, events, report);
  if (!status.ok()) return status;
  return events;
}

int Groups::n_groups() const {
  return std::max(1, static_cast<int>(labels.size()));
}

JsonValue Groups::Json(size_t group) const {
  JsonValue json = JsonValue::Object();
  for (size_t c = 0; c < columns.size(); ++c) {
    json.Set(columns[c], labels[group][c]);
  }
  return json;
}

std::string Groups::Name(size_t group) const {
  if (columns.empty()) return "all";
  std::vector<std::string> parts;
  for (size_t c = 0; c < columns.size(); ++c) {
    parts.push_back(absl::StrCat(columns[c], "=", labels[group][c]));
  }
  return absl::StrJoin(parts, ", ");
}

Groups MakeGroups(const Frame& frame, const std::string& by) {
  Groups groups;
  groups.columns = SplitList(by);
  if (groups.columns.empty()) return groups;
  std::vector<Factor> factors;
  for (const std::string& column : groups.columns) {
    factors.push_back(frame.FactorOf(column));
  }
  // Each column refines the combinations of those before it in order; only
  // what occurs is kept, so many columns of many levels do no harm.
  std::vector<std::vector<int>> combinations(1);
  groups.codes.assign(frame.n_rows(), 0);
  std::vector<uint64_t> keys(frame.n_rows()), kept;
  for (const Factor& factor : factors) {
    const uint64_t width = factor.levels.size();
    for (size_t row = 0; row < keys.size(); ++row) {
      keys[row] = static_cast<uint64_t>(groups.codes[row]) * width +
                  static_cast<uint64_t>(factor.codes[row]);
    }
    groups.codes = RankKeys(keys, kept);
    std::vector<std::vector<int>> refined;
    for (const uint64_t key : kept) {
      refined.push_back(combinations[key / width]);
      refined.back().push_back(static_cast<int>(key % width));
    }
    combinations = std::move(refined);
  }
  for (const std::vector<int>& levels : combinations) {
    std::vector<std::string>& label = groups.labels.emplace_back();
    for (size_t c = 0; c < levels.size(); ++c) {
      label.push_back(factors[c].levels[static_cast<size_t>(levels[c])]);
    }
  }
  return groups;
}

absl::StatusOr<std::vector<std::string>> TimeColumns(
    const AnalyzeOptions& options) {
  if (options.time.empty()) {
    return absl::InvalidArgumentError("--time is required");
  }
  const absl::StatusOr<EventFlag> event = ParseEvent(options.event);
  if (!event.ok()) return event.status();
  std::vector<std::string> names = {options.time, event->column, options.entry,
                                    options.weights};
  for (const std::string* list : {&options.by, &options.strata}) {
    for (std::string& name : SplitList(*list)) names.push_back(std::move(name));
  }
  return WithoutEmpty(std::move(names));
}

absl::StatusOr<TimeData> ReadTimeData(const AnalyzeOptions& options,
                                      const Frame& frame, Report& report) {
  absl::Status status = CheckRows(frame);
  TimeData data;
  if (status.ok()) status = ReadTimes(options, frame, data);
  if (!status.ok()) return status;
  const absl::StatusOr<EventFlag> flag = ParseEvent(options.event);
  if (!flag.ok()) return flag.status();
  data.causes = {flag->value};
  absl::StatusOr<std::vector<int>> events = ReadEvents(frame, *flag, report);
  if (!events.ok()) return events.status();
  data.events = *std::move(events);
  return data;
}

absl::StatusOr<TimeData> ReadCauses(const AnalyzeOptions& options,
                                    const Frame& frame, Report& report) {
  absl::Status status = CheckRows(frame);
  const absl::StatusOr<EventFlag> flag = ParseEvent(options.event);
  if (status.ok()) status = flag.status();
  if (status.ok() && !flag->value.empty()) {
    status = absl::InvalidArgumentError(
        absl::StrCat("--event ", options.event,
                     ": every value but that of --censored is a "
                     "cause here; give --event ",
                     flag->column));
  }
  TimeData data;
  if (status.ok()) status = ReadTimes(options, frame, data);
  if (status.ok()) status = frame.CheckFinite(flag->column);
  if (!status.ok()) return status;
  if (options.censored.empty() && frame.HoldsText(flag->column)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--event ", flag->column, " holds text", MixedNote(frame, flag->column),
        "; say which value is censored: --censored VALUE"));
  }
  const Factor factor = frame.FactorOf(flag->column);
  const std::string censored =
      options.censored.empty() ? "0" : options.censored;
  const std::optional<size_t> censoring = FindLevel(factor.levels, censored);
  std::vector<int> cause_of(factor.levels.size(), 0);
  for (size_t level = 0; level < factor.levels.size(); ++level) {
    if (level == censoring) continue;
    data.causes.push_back(factor.levels[level]);
    cause_of[level] = static_cast<int>(data.causes.size());
  }
  if (!censoring.has_value()) {
    report.warnings.push_back(absl::StrCat("no row of ", flag->column, " is ",
                                           censored, ": nobody is censored"));
  }
  if (data.causes.empty()) {
    report.warnings.push_back("every row is censored: no cause");
  }
  data.events.reserve(factor.codes.size());
  for (int code : factor.codes) {
    data.events.push_back(cause_of[static_cast<size_t>(code)]);
  }
  return data;
}

absl::StatusOr<stats::IntervalTransform> ParseTransform(
    const std::string& conf_type) {
  using stats::IntervalTransform;
  static const auto* const kNames =
      new std::map<std::string, IntervalTransform>{
          {"log-log", IntervalTransform::kLogLog},
          {"log", IntervalTransform::kLog},
          {"plain", IntervalTransform::kPlain},
          {"logit", IntervalTransform::kLogit},
          {"arcsin", IntervalTransform::kArcsin}};
  const auto found = kNames->find(conf_type);
  if (found != kNames->end()) return found->second;
  return absl::InvalidArgumentError(absl::StrCat(
      "--conf-type \"", conf_type,
      "\" is not known; allowed: log-log, log, plain, logit, arcsin"));
}

JsonValue EstimateJson(std::optional<double> estimate,
                       std::optional<double> lower,
                       std::optional<double> upper) {
  JsonValue json = JsonValue::Object();
  json.Set("estimate", estimate).Set("lower", lower).Set("upper", upper);
  return json;
}

absl::StatusOr<double> ParseFlagNumber(const std::string& text,
                                       const char* flag) {
  double number = 0;
  if (ParseNumber(text, number)) return number;
  return absl::InvalidArgumentError(
      absl::StrCat(flag, ": \"", text, "\" is not a number"));
}

std::vector<std::string> WithoutEmpty(std::vector<std::string> names) {
  std::erase(names, "");
  return names;
}

}  // namespace enthesis::client
