// enthesis analyze cusum: a sequence of cases, watched.

#include "stats/cusum.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/binary_column.h"
#include "client/analyze/cusum_plot.h"
#include "client/analyze/methods.h"
#include "client/analyze/time_data.h"
#include "client/table.h"
#include "stats/cusum_run_length.h"
#include "stats/distributions.h"

namespace enthesis::client {
namespace {

constexpr double kDefaultRunLength = 740;
constexpr size_t kShownSignals = 20;

// What the flags ask for.
struct CusumQuestion {
  double odds_ratio = 2;
  double run_length = kDefaultRunLength;
  std::optional<double> threshold;
  int64_t runs = 0;  // to be simulated
  uint64_t seed = 1;
};

struct CusumData {
  std::vector<double> outcome, expected;  // in the order watched
  std::vector<int64_t> lines;             // of the file

  stats::CusumCases cases() const { return {outcome, expected}; }
};

// What the chart says of run lengths.
struct CusumRuns {
  std::optional<double> threshold;
  std::optional<stats::RunLength> in_control, out_of_control;
  std::optional<stats::SimulatedRunLength> simulated;
};

// What is wrong with a flag's number begins with the flag.
absl::Status OfFlag(const char* flag, const absl::Status& status) {
  return status.ok() ? status
                     : absl::Status(status.code(),
                                    absl::StrCat(flag, ": ", status.message()));
}

absl::StatusOr<CusumQuestion> ParseQuestion(const AnalyzeOptions& options) {
  CusumQuestion question;
  const auto odds = ParseFlagNumber(options.odds_ratio, "--odds-ratio");
  if (!odds.ok()) return odds.status();
  question.odds_ratio = *odds;
  absl::Status status =
      OfFlag("--odds-ratio", stats::CheckOddsRatio(question.odds_ratio));
  if (!status.ok()) return status;
  if (!options.arl.empty() && !options.threshold.empty()) {
    return absl::InvalidArgumentError("give either --arl or --threshold");
  }
  if (!options.arl.empty()) {
    const auto arl = ParseFlagNumber(options.arl, "--arl");
    if (!arl.ok()) return arl.status();
    question.run_length = *arl;
  }
  if (!options.threshold.empty()) {
    const auto threshold = ParseFlagNumber(options.threshold, "--threshold");
    if (!threshold.ok()) return threshold.status();
    status = OfFlag("--threshold", stats::CheckThreshold(*threshold));
    if (!status.ok()) return status;
    question.threshold = *threshold;
  }
  if (!options.simulate.empty() &&
      (!absl::SimpleAtoi(options.simulate, &question.runs) ||
       question.runs < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--simulate: \"", options.simulate,
                     "\" is no number of runs; allowed: from 1 to 10000000"));
  }
  if (!options.seed.empty() && options.simulate.empty()) {
    return absl::InvalidArgumentError(
        "--seed is of --simulate, which is not given");
  }
  if (!options.seed.empty() &&
      !absl::SimpleAtoi(options.seed, &question.seed)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--seed: \"", options.seed,
                     "\" is no seed; allowed: a whole number from 0"));
  }
  return question;
}

// "2024-03-09": dates so written are in the order of their bytes.
bool IsDate(absl::string_view text) {
  if (text.size() != 10) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 4 || i == 7;
    if (is_dash ? text[i] != '-'
                : !absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) {
      return false;
    }
  }
  return true;
}

// Rows in the order of --sequence; rows with one value of it stay in the order
// of the file.
absl::StatusOr<std::vector<size_t>> OrderOf(const AnalyzeOptions& options,
                                            const Frame& frame,
                                            Report& report) {
  std::vector<size_t> order(frame.n_rows());
  std::iota(order.begin(), order.end(), 0);
  const std::string& column = options.sequence;
  if (column.empty()) return order;
  int64_t tied = 0;
  const auto sort_by = [&](const auto& key_of) {
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return key_of(a) < key_of(b); });
    for (size_t i = 1; i < order.size(); ++i) {
      tied += key_of(order[i - 1]) == key_of(order[i]);
    }
  };
  if (frame.HoldsText(column)) {
    for (size_t row = 0; row < frame.n_rows(); ++row) {
      if (IsDate(frame.Text(column, row))) continue;
      return frame.Refuse(
          column, row, "a sequence is of numbers, or of dates as YYYY-MM-DD");
    }
    sort_by([&](size_t row) { return frame.Text(column, row); });
  } else {
    const auto numbers = frame.Numbers(column);
    if (!numbers.ok()) return numbers.status();
    sort_by([&](size_t row) { return (*numbers)[row]; });
  }
  if (tied > 0) {
    report.warnings.push_back(absl::StrCat(
        CountOf(tied, "case"), tied == 1 ? " has" : " have", " the same ",
        column, " as the one before: there the order of the file decides"));
  }
  return order;
}

absl::StatusOr<CusumData> ReadCusumData(const AnalyzeOptions& options,
                                        const EventFlag& flag,
                                        const Frame& frame, Report& report) {
  const auto outcome = ReadBinary(frame, flag, "--outcome", "an outcome");
  if (!outcome.ok()) return outcome.status();
  const auto expected = frame.Numbers(options.expected);
  if (!expected.ok()) return expected.status();
  for (size_t row = 0; row < expected->size(); ++row) {
    if ((*expected)[row] >= 0 && (*expected)[row] <= 1) continue;
    return frame.Refuse(options.expected, row,
                        "what a case expects is a probability from 0 to 1");
  }
  const auto order = OrderOf(options, frame, report);
  if (!order.ok()) return order.status();
  CusumData data;
  for (const size_t row : *order) {
    data.outcome.push_back((*outcome)[row]);
    data.expected.push_back((*expected)[row]);
    data.lines.push_back(frame.LineOf(row));
  }
  return data;
}

absl::StatusOr<CusumRuns> FindRuns(const AnalyzeOptions& options,
                                   const CusumQuestion& question,
                                   const CusumData& data, Report& report) {
  const auto weights =
      stats::CusumWeights::Make(data.expected, question.odds_ratio);
  if (!weights.ok()) return weights.status();
  CusumRuns runs;
  runs.threshold = question.threshold;
  if (!runs.threshold.has_value()) {
    const auto found = weights->ThresholdOf(question.run_length);
    if (!found.ok() && !options.arl.empty()) {
      return OfFlag("--arl", found.status());
    }
    if (!found.ok() || !found->has_value()) {
      report.warnings.push_back(
          found.ok() ? "no case can raise the chart, for every expected "
                       "probability is 0 or 1: no threshold"
                     : absl::StrCat("no threshold, give --arl: ",
                                    found.status().message()));
      return runs;
    }
    runs.threshold = *found;
  }
  runs.in_control = weights->MeanRunLength(*runs.threshold);
  runs.out_of_control =
      weights->MeanRunLength(*runs.threshold, question.odds_ratio);
  if (!runs.in_control.has_value()) {
    report.warnings.emplace_back(
        "in control the chart does not signal within 1e15 cases: no run "
        "length");
  } else if (runs.in_control->refinement > stats::kCoarseRunLength) {
    report.warnings.emplace_back(
        "run lengths are rough: the weights of cases are small beside the "
        "threshold, or few; compare them with --simulate");
  }
  if (question.runs == 0) return runs;
  const auto simulated = weights->Simulate(*runs.threshold, question.runs,
                                           question.seed, options.pool);
  if (!simulated.ok()) return OfFlag("--simulate", simulated.status());
  runs.simulated = *simulated;
  return runs;
}

std::optional<double> MeanOf(const std::optional<stats::RunLength>& length) {
  return length ? std::optional(length->mean) : std::nullopt;
}

void AddRuns(const CusumQuestion& question, const CusumRuns& runs,
             Report& report) {
  JsonValue arl = JsonValue::Object();
  if (!question.threshold.has_value()) arl.Set("wanted", question.run_length);
  arl.SetOrNull("inControl", MeanOf(runs.in_control))
      .SetOrNull("outOfControl", MeanOf(runs.out_of_control));
  ReportTable table = {
      .kind = "chart",
      .title = "Chart",
      .columns = {"odds_ratio", "threshold", "wanted:wanted_arl",
                  "in_control:arl_in_control",
                  "out_of_control:arl_out_of_control", "runs:simulated_runs",
                  "seed", "mean:simulated_arl", "std_error", "median"},
      .figure = "threshold"};
  ReportRow row(table);
  row.Add(question.odds_ratio)
      .Add(runs.threshold)
      .AddOrSkip(question.threshold ? std::nullopt
                                    : std::optional(question.run_length))
      .Add(MeanOf(runs.in_control))
      .Add(MeanOf(runs.out_of_control));
  if (runs.simulated.has_value()) {
    JsonValue simulated = JsonValue::Object();
    simulated.Set("runs", runs.simulated->runs)
        .Set("seed", JsonValue::Number(static_cast<double>(question.seed)))
        .Set("mean", runs.simulated->mean)
        .Set("stdError", runs.simulated->std_error)
        .Set("median", runs.simulated->median);
    arl.Set("simulated", std::move(simulated));
    row.Add(static_cast<double>(runs.simulated->runs))
        .Add(static_cast<double>(question.seed))
        .Add(runs.simulated->mean)
        .Add(runs.simulated->std_error)
        .Add(runs.simulated->median);
  } else {
    for (int i = 0; i < 5; ++i) row.Skip();
  }
  report.json.Set("oddsRatio", question.odds_ratio)
      .SetOrNull("threshold", runs.threshold)
      .Set("arl", std::move(arl));
  report.tables.push_back(std::move(table));
}

// The first signal of each row of them.
std::vector<size_t> FirstSignals(const std::vector<stats::CusumPoint>& points) {
  std::vector<size_t> first;
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].signals && (i == 0 || !points[i - 1].signals)) {
      first.push_back(i);
    }
  }
  return first;
}

void AddPoints(const CusumData& data,
               const std::vector<stats::CusumPoint>& points, Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = {.kind = "point",
                       .columns = {"index", "line", "value", "signal"},
                       .figure = "value",
                       .csv_only = true};
  int64_t signals = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    JsonValue row = JsonValue::Object();
    row.Set("index", static_cast<int64_t>(i) + 1)
        .Set("value", points[i].value)
        .Set("signal", points[i].signals);
    json.Add(std::move(row));
    ReportRow(table)
        .Add(static_cast<double>(i) + 1)
        .Add(static_cast<double>(data.lines[i]))
        .Add(points[i].value)
        .Add(points[i].signals ? "yes" : "no");
    signals += points[i].signals;
  }
  ReportTable beyond = {
      .kind = "signal",
      .title = "Signals, the first of each row of them; 20 at most",
      .columns = {"index:case", "line", "value:cusum"}};
  std::vector<size_t> first = FirstSignals(points);
  if (first.size() > kShownSignals) first.resize(kShownSignals);
  for (const size_t i : first) {
    ReportRow(beyond)
        .Add(static_cast<double>(i) + 1)
        .Add(static_cast<double>(data.lines[i]))
        .Add(points[i].value);
  }
  report.json.Set("signals", signals).Set("points", std::move(json));
  report.tables.push_back(std::move(beyond));
  report.tables.push_back(std::move(table));
}

void AddVlad(const std::vector<stats::VladPoint>& points, double conf_level,
             int64_t signals, Report& report) {
  const double z = stats::NormalCriticalValue(conf_level);
  JsonValue json = JsonValue::Array();
  ReportTable table = {
      .kind = "vlad",
      .columns = {"index", "value", "std_error", "lower", "upper"},
      .figure = "value",
      .csv_only = true};
  for (size_t i = 0; i < points.size(); ++i) {
    const auto& [value, error] = points[i];
    JsonValue row = JsonValue::Object();
    row.Set("index", static_cast<int64_t>(i) + 1)
        .Set("value", value)
        .Set("estimate", value)
        .Set("stdError", error)
        .Set("lower", value - z * error)
        .Set("upper", value + z * error);
    json.Add(std::move(row));
    ReportRow(table)
        .Add(static_cast<double>(i) + 1)
        .Add(value)
        .Add(error)
        .Add(value - z * error)
        .Add(value + z * error);
  }
  report.json.Set("vlad", std::move(json));
  const stats::VladPoint& last = points.back();
  ReportTable end = {.kind = "end",
                     .title = "After the last case",
                     .columns = {"signals", "value:expected_less_observed",
                                 "std_error", "lower", "upper"},
                     .figure = "value"};
  ReportRow(end)
      .Add(static_cast<double>(signals))
      .Add(last.value)
      .Add(last.std_error)
      .Add(last.value - z * last.std_error)
      .Add(last.value + z * last.std_error);
  report.tables.push_back(std::move(end));
  report.tables.push_back(std::move(table));
}

CusumPlot PlotCusum(const AnalyzeOptions& options,
                    const CusumQuestion& question, const CusumRuns& runs,
                    const std::vector<stats::CusumPoint>& points,
                    const std::vector<stats::VladPoint>& vlad) {
  CusumPlot plot;
  plot.x_title = options.sequence.empty()
                     ? "Case"
                     : absl::StrCat("Case, in the order of ", options.sequence);
  plot.cusum_title =
      absl::StrCat("CUSUM, odds ratio ", FigureOf(question.odds_ratio));
  plot.vlad_title = "VLAD: expected - observed";
  plot.threshold = runs.threshold;
  plot.signals = FirstSignals(points);
  const double z = stats::NormalCriticalValue(options.conf_level);
  for (const stats::CusumPoint& point : points) {
    plot.cusum.push_back(point.value);
  }
  for (const stats::VladPoint& point : vlad) {
    plot.vlad.push_back(point.value);
    plot.limits.push_back(z * point.std_error);
  }
  if (runs.in_control && runs.out_of_control) {
    plot.note = absl::StrFormat(
        "Mean run length %.4g cases in control, %.4g at odds ratio %s; limits "
        "of VLAD at %.4g %%, by chance",
        runs.in_control->mean, runs.out_of_control->mean,
        FigureOf(question.odds_ratio), 100 * options.conf_level);
  }
  return plot;
}

void ExplainCusum(const AnalyzeOptions& options, const CusumQuestion& question,
                  Report& report) {
  report.conventions = {
      {"weight",
       "log(R^y / (1 - p + R p)), R the odds ratio (Steiner et al. 2000)"},
      {"signal", options.reset
                     ? "value above the threshold; starts from 0 again after it"
                     : "value above the threshold; goes on after it (as vlad); "
                       "--reset starts again"},
      {"threshold", question.threshold.has_value()
                        ? "as given"
                        : "gives the wanted mean run length in control"},
      {"arl",
       "Markov chain on 512 steps, weights split between neighbors, "
       "extrapolated from 256; cases drawn from the file's probabilities"},
      {"vlad",
       "sum of expected less observed; stdError sqrt(sum p (1 - p)); lower and "
       "upper normal, about the value"},
      {"confLevel", options.conf_level},
      {"order", options.sequence.empty() ? "of the file" : options.sequence}};
}

}  // namespace

absl::StatusOr<Report> AnalyzeCusum(const AnalyzeOptions& options,
                                    std::string text) {
  if (options.outcome.empty() || options.expected.empty()) {
    return absl::InvalidArgumentError("--outcome and --expected are required");
  }
  const absl::StatusOr<EventFlag> flag = ParseEvent(options.outcome);
  if (!flag.ok()) return flag.status();
  const auto question = ParseQuestion(options);
  if (!question.ok()) return question.status();
  const std::vector<std::string> names =
      WithoutEmpty({flag->column, options.expected, options.sequence});
  const auto file = DataFile::Parse(std::move(text), names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, names);
  if (absl::Status status = CheckRows(frame); !status.ok()) return status;
  Report report;
  const auto data = ReadCusumData(options, *flag, frame, report);
  if (!data.ok()) return data.status();
  const auto runs = FindRuns(options, *question, *data, report);
  if (!runs.ok()) return runs.status();
  const auto points = stats::RunCusum(
      data->cases(), {question->odds_ratio, runs->threshold, options.reset});
  if (!points.ok()) return points.status();
  const auto vlad = stats::RunVlad(data->cases());
  if (!vlad.ok()) return vlad.status();
  report.method = "Risk-adjusted CUSUM";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("method", "cusum")
      .Set("n", report.n)
      .Set("dropped", report.dropped);
  ExplainCusum(options, *question, report);
  AddRuns(*question, *runs, report);
  AddPoints(*data, *points, report);
  AddVlad(*vlad, options.conf_level,
          std::count_if(points->begin(), points->end(),
                        [](const auto& point) { return point.signals; }),
          report);
  const CusumPlot plot = PlotCusum(options, *question, *runs, *points, *vlad);
  if (options.draws) report.figure = plot.Svg();
  report.drawing = plot.Text();
  return report;
}

}  // namespace enthesis::client
