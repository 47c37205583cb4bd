// enthesis analyze survival: Kaplan-Meier curves and rank tests.

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/methods.h"
#include "client/analyze/time_data.h"
#include "stats/event_columns.h"
#include "stats/follow_up.h"
#include "stats/rank_test.h"
#include "stats/restricted_mean.h"
#include "stats/survival_curves.h"

namespace enthesis::client {
namespace {

using stats::RankWeight;

struct TestFlag {
  std::string name;
  stats::RankTestOptions options;
};

absl::StatusOr<TestFlag> ReadTest(const AnalyzeOptions& options) {
  static const auto* const kTests = new std::map<std::string, RankWeight>{
      {"log-rank", RankWeight::kLogRank},
      {"gehan-breslow", RankWeight::kGehanBreslow},
      {"tarone-ware", RankWeight::kTaroneWare},
      {"peto-peto", RankWeight::kPetoPeto},
      {"peto-peto-textbook", RankWeight::kPetoPetoTextbook},
      {"fleming-harrington", RankWeight::kFlemingHarrington}};
  TestFlag test;
  const bool weighted = !options.rho.empty() || !options.gamma.empty();
  test.name = options.test;
  if (test.name.empty())
    test.name = weighted ? "fleming-harrington" : "log-rank";
  const auto found = kTests->find(test.name);
  if (found == kTests->end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--test \"", test.name,
                     "\" is not known; allowed: log-rank, gehan-breslow, "
                     "tarone-ware, peto-peto, peto-peto-textbook, "
                     "fleming-harrington"));
  }
  test.options.weight = found->second;
  for (const auto& [text, flag, into] :
       {std::tuple(&options.rho, "--rho", &test.options.rho),
        std::tuple(&options.gamma, "--gamma", &test.options.gamma)}) {
    if (text->empty()) continue;
    const absl::StatusOr<double> number = ParseFlagNumber(*text, flag);
    if (!number.ok()) return number.status();
    *into = *number;
  }
  if (weighted && found->second != RankWeight::kFlemingHarrington) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--rho and --gamma belong to fleming-harrington, not to ", test.name));
  }
  return test;
}

JsonValue PointJson(const stats::SurvivalPoint& point, bool with_counts) {
  JsonValue json = JsonValue::Object();
  json.Set("time", point.time).Set("atRisk", point.at_risk);
  if (with_counts) {
    json.Set("events", point.events).Set("censored", point.censored);
  }
  json.Set("survival", point.survival)
      .Set("stdError", point.std_error)
      .Set("lower", point.lower)
      .Set("upper", point.upper)
      .Set("cumulativeHazard", point.cumulative_hazard);
  return json;
}

JsonValue QuantileJson(const stats::TimeQuantile& quantile) {
  JsonValue json = JsonValue::Object();
  json.Set("p", quantile.probability)
      .Set("estimate", quantile.estimate)
      .Set("lower", quantile.lower)
      .Set("upper", quantile.upper);
  return json;
}

// What the flags ask of every curve.
struct CurveQuestions {
  std::vector<double> at, quantiles;
  std::optional<double> horizon;  // of the restricted mean
};

absl::StatusOr<CurveQuestions> ReadQuestions(const AnalyzeOptions& options) {
  CurveQuestions asked;
  absl::StatusOr<std::vector<double>> at = NumberList(options.at, "--at");
  if (!at.ok()) return at.status();
  asked.at = *std::move(at);
  absl::StatusOr<std::vector<double>> quantiles =
      NumberList(options.quantiles, "--quantiles");
  if (!quantiles.ok()) return quantiles.status();
  asked.quantiles = *std::move(quantiles);
  for (double p : asked.quantiles) {
    if (p > 0 && p < 1) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--quantiles: ", p, " is not a share between 0 and 1"));
  }
  if (!options.rmst.empty()) {
    const absl::StatusOr<double> horizon =
        ParseFlagNumber(options.rmst, "--rmst");
    if (!horizon.ok()) return horizon.status();
    asked.horizon = *horizon;
  }
  return asked;
}

JsonValue MeanJson(const stats::RestrictedMean& mean) {
  JsonValue json = JsonValue::Object();
  json.Set("horizon", mean.horizon)
      .Set("estimate", mean.estimate)
      .Set("stdError", mean.std_error)
      .Set("lower", mean.lower)
      .Set("upper", mean.upper);
  return json;
}

void AppendCurveRows(const std::string& name,
                     const std::vector<std::optional<stats::SurvivalPoint>>& at,
                     const std::vector<double>& times, ReportTable& table) {
  for (size_t i = 0; i < times.size(); ++i) {
    ReportRow row(table);
    row.Add(name).Add(times[i]);
    const stats::SurvivalPoint* point = at[i] ? &*at[i] : nullptr;
    const auto figure = [&](auto read) {
      return point == nullptr ? std::optional<double>() : read(*point);
    };
    using Point = stats::SurvivalPoint;
    using Figure = std::optional<double>;
    row.Add(figure([](const Point& p) { return Figure(p.at_risk); }))
        .Add(figure([](const Point& p) { return Figure(p.survival); }))
        .Add(figure([](const Point& p) { return p.std_error; }))
        .Add(figure([](const Point& p) { return p.lower; }))
        .Add(figure([](const Point& p) { return p.upper; }));
  }
}

StepCurve PlotOf(const std::string& name,
                 const stats::KaplanMeierCurve& curve) {
  StepCurve plot;
  plot.name = name;
  for (const stats::SurvivalPoint& point : curve.points) {
    plot.points.push_back({point.time, point.survival, point.lower, point.upper,
                           point.at_risk, point.censored > 0});
  }
  return plot;
}

// One curve into every form of the report.
class CurveWriter {
 public:
  CurveWriter(const CurveQuestions& asked, Report& report)
      : asked_(asked), report_(report) {
    summary_.columns = {"group", "n",     "events", "median",
                        "lower", "upper", "mean",   "std_error"};
    at_.title = "Survival at the times asked";
    at_.columns = {"group",     "time",  "at_risk", "survival",
                   "std_error", "lower", "upper"};
  }

  void Add(const std::string& name, JsonValue group,
           const stats::KaplanMeierCurve& curve,
           const std::optional<stats::RestrictedMean>& mean) {
    JsonValue json = JsonValue::Object();
    json.Set("group", std::move(group))
        .Set("n", curve.n)
        .Set("events", curve.events)
        .Set("median", EstimateJson(curve.median.estimate, curve.median.lower,
                                    curve.median.upper));
    JsonValue quantiles = JsonValue::Array();
    for (double p : asked_.quantiles) {
      quantiles.Add(QuantileJson(stats::SurvivalQuantile(curve, p)));
    }
    json.Set("quantiles", std::move(quantiles));
    if (mean.has_value()) json.Set("restrictedMean", MeanJson(*mean));
    const auto found = stats::SurvivalAt(curve, asked_.at);
    JsonValue at = JsonValue::Array();
    for (size_t i = 0; i < asked_.at.size(); ++i) {
      if (found[i].has_value()) {
        at.Add(PointJson(*found[i], false));
      } else {
        at.Add(std::move(JsonValue::Object().Set("time", asked_.at[i])));
      }
    }
    JsonValue points = JsonValue::Array();
    for (const stats::SurvivalPoint& point : curve.points) {
      // Times at which subjects only enter are no steps.
      if (point.events > 0 || point.censored > 0) {
        points.Add(PointJson(point, true));
      }
    }
    json.Set("at", std::move(at)).Set("points", std::move(points));
    curves_.Add(std::move(json));
    ReportRow(summary_)
        .Add(name)
        .Add(curve.n)
        .Add(curve.events)
        .Add(curve.median.estimate)
        .Add(curve.median.lower)
        .Add(curve.median.upper)
        .Add(mean ? std::optional<double>(mean->estimate) : std::nullopt)
        .Add(mean ? std::optional<double>(mean->std_error) : std::nullopt);
    AppendCurveRows(name, found, asked_.at, at_);
    report_.plot.curves.push_back(PlotOf(name == "all" ? "" : name, curve));
  }

  void Finish() {
    report_.json.Set("curves", std::move(curves_));
    report_.tables.push_back(std::move(summary_));
    report_.tables.push_back(std::move(at_));
    report_.plot.y_title = "Survival";
  }

 private:
  const CurveQuestions& asked_;
  Report& report_;
  JsonValue curves_ = JsonValue::Array();
  ReportTable summary_, at_;
};

JsonValue TestJson(const std::string& name, const stats::RankTest& test,
                   const Groups& groups) {
  JsonValue json = JsonValue::Object();
  json.Set("name", name)
      .Set("chiSquare", test.chi_square)
      .Set("df", int64_t{test.df})
      .Set("pValue", test.p_value);
  JsonValue rows = JsonValue::Array();
  for (size_t g = 0; g < test.groups.size(); ++g) {
    JsonValue row = JsonValue::Object();
    row.Set("group", groups.Json(g))
        .Set("n", test.groups[g].n)
        .Set("observed", test.groups[g].observed)
        .Set("expected", test.groups[g].expected);
    rows.Add(std::move(row));
  }
  return std::move(json.Set("groups", std::move(rows)));
}

using Strata = std::vector<std::vector<stats::EventTable>>;

absl::Status AddPairs(const Strata& strata, const TestFlag& flag,
                      const Groups& groups, Report& report) {
  const auto pairs = stats::TestRankPairs(strata, flag.options);
  if (!pairs.ok()) return pairs.status();
  JsonValue json = JsonValue::Array();
  ReportTable table;
  table.title = "Pairs of groups (p adjusted by Holm)";
  table.columns = {"first", "second", "chi_square", "p", "p_holm"};
  for (const stats::RankPair& pair : *pairs) {
    JsonValue row = JsonValue::Object();
    row.Set("first", groups.Json(pair.first))
        .Set("second", groups.Json(pair.second))
        .Set("chiSquare", pair.test.chi_square)
        .Set("df", int64_t{pair.test.df})
        .Set("pValue", pair.test.p_value)
        .Set("adjustedPValue", pair.adjusted_p_value);
    json.Add(std::move(row));
    ReportRow(table)
        .Add(groups.Name(pair.first))
        .Add(groups.Name(pair.second))
        .Add(pair.test.chi_square)
        .Add(pair.test.p_value)
        .Add(pair.adjusted_p_value);
  }
  report.json.Set("pairwise", std::move(json));
  report.tables.push_back(std::move(table));
  report.conventions.emplace_back("pairwise", "p adjusted by Holm");
  return absl::OkStatus();
}

// Scores are the levels of the one column of --by where they are numbers, else
// 1, 2, ...
absl::Status AddTrend(const Strata& strata, const TestFlag& flag,
                      const Groups& groups, Report& report) {
  std::vector<double> scores(groups.labels.size());
  bool numeric = groups.columns.size() == 1;
  for (size_t g = 0; g < scores.size(); ++g) {
    numeric = numeric && ParseNumber(groups.labels[g][0], scores[g]);
  }
  for (size_t g = 0; !numeric && g < scores.size(); ++g) {
    scores[g] = static_cast<double>(g + 1);
  }
  const auto trend = stats::TestRankTrend(strata, scores, flag.options);
  if (!trend.ok()) return trend.status();
  JsonValue json = JsonValue::Object();
  json.Set("name", flag.name)
      .Set("z", trend->z)
      .Set("chiSquare", trend->chi_square)
      .Set("df", int64_t{1})
      .Set("pValue", trend->p_value);
  report.json.Set("trend", std::move(json));
  report.conventions.emplace_back(
      "trend", numeric ? "scores are the levels" : "scores 1, 2, ...");
  return absl::OkStatus();
}

absl::Status AddTests(const AnalyzeOptions& options, const TestFlag& flag,
                      const TimeData& data, const stats::EventColumns& columns,
                      Report& report) {
  const int n_groups = data.groups.n_groups();
  if (n_groups < 2) {
    if (options.by.empty()) return absl::OkStatus();
    report.warnings.push_back("there is one group only: no test");
    return absl::OkStatus();
  }
  const absl::StatusOr<Strata> strata =
      stats::TabulateStrata(columns, data.strata, data.n_strata, n_groups, 1);
  if (!strata.ok()) return strata.status();
  const absl::StatusOr<stats::RankTest> test =
      stats::TestRank(*strata, flag.options);
  if (!test.ok()) return test.status();
  report.json.Set("test", TestJson(flag.name, *test, data.groups));
  ReportTable table;
  table.title = absl::StrCat(
      "Test: ", flag.name, ", chi-square ",
      test->chi_square ? FigureOf(*test->chi_square) : "-", " on ", test->df,
      " df, p = ", test->p_value ? FigureOf(*test->p_value) : "-");
  report.plot.note =
      absl::StrCat(flag.name, " p = ",
                   test->p_value ? absl::StrFormat("%.3g", *test->p_value)
                                 : std::string("-"));
  table.columns = {"group", "n", "observed", "expected"};
  for (size_t g = 0; g < test->groups.size(); ++g) {
    ReportRow(table)
        .Add(data.groups.Name(g))
        .Add(test->groups[g].n)
        .Add(test->groups[g].observed)
        .Add(test->groups[g].expected);
  }
  report.tables.push_back(std::move(table));
  if (test->fractional) {
    report.warnings.push_back(
        "case weights are not whole: the test takes a weight as so many "
        "subjects");
  }
  report.conventions.emplace_back("test", flag.name);
  if (flag.options.weight == RankWeight::kFlemingHarrington) {
    report.conventions.emplace_back(
        "test weights", absl::StrFormat("S(t-)^%g (1 - S(t-))^%g",
                                        flag.options.rho, flag.options.gamma));
  }
  report.conventions.emplace_back("test variance", "hypergeometric");
  absl::Status status;
  if (options.pairwise) status = AddPairs(*strata, flag, data.groups, report);
  if (status.ok() && options.trend) {
    status = AddTrend(*strata, flag, data.groups, report);
  }
  return status;
}

JsonValue ContrastJson(const stats::RestrictedMeanContrast& contrast) {
  JsonValue json = JsonValue::Object();
  json.Set("estimate", contrast.estimate)
      .Set("stdError", contrast.std_error)
      .Set("lower", contrast.lower)
      .Set("upper", contrast.upper)
      .Set("z", contrast.z)
      .Set("pValue", contrast.p_value);
  return json;
}

// Each group against the first.
absl::Status AddMeanContrasts(
    const AnalyzeOptions& options, const Groups& groups,
    const std::vector<std::optional<stats::RestrictedMean>>& means,
    Report& report) {
  JsonValue json = JsonValue::Array();
  for (size_t g = 1; g < means.size(); ++g) {
    if (!means[0].has_value() || !means[g].has_value()) continue;
    const auto contrast =
        stats::CompareRestrictedMeans(*means[g], *means[0], options.conf_level);
    if (!contrast.ok()) return contrast.status();
    JsonValue row = JsonValue::Object();
    row.Set("group", groups.Json(g))
        .Set("reference", groups.Json(0))
        .Set("difference", ContrastJson(contrast->difference));
    if (contrast->ratio) row.Set("ratio", ContrastJson(*contrast->ratio));
    if (contrast->lost_ratio) {
      row.Set("lostRatio", ContrastJson(*contrast->lost_ratio));
    }
    json.Add(std::move(row));
  }
  report.json.Set("restrictedMeanContrasts", std::move(json));
  return absl::OkStatus();
}

// The means up to the horizon asked, else to the longest time of all groups.
absl::StatusOr<std::vector<std::optional<stats::RestrictedMean>>> MeansOf(
    const std::vector<stats::KaplanMeierCurve>& curves,
    std::optional<double> horizon) {
  const double end = horizon.value_or(stats::CommonHorizon(curves));
  std::vector<std::optional<stats::RestrictedMean>> means;
  for (const stats::KaplanMeierCurve& curve : curves) {
    if (curve.n <= 0 || end <= 0) {
      means.emplace_back();
      continue;
    }
    const auto mean = stats::EstimateRestrictedMean(curve, end);
    if (!mean.ok()) return mean.status();
    means.push_back(*mean);
  }
  return means;
}

void AddFollowUp(const stats::SurvivalCurves& fitted, const Groups& groups,
                 const stats::KaplanMeierOptions& how, Report& report) {
  JsonValue json = JsonValue::Array();
  for (size_t g = 0; g < fitted.tables.size(); ++g) {
    const auto curve = stats::EstimateFollowUp(fitted.tables[g], how);
    if (!curve.ok()) continue;  // nobody in the group
    JsonValue row = JsonValue::Object();
    row.Set("group", groups.Json(g))
        .Set("median", EstimateJson(curve->median.estimate, curve->median.lower,
                                    curve->median.upper));
    json.Add(std::move(row));
  }
  report.json.Set("followUp", std::move(json));
  report.conventions.emplace_back("followUp", "reverse Kaplan-Meier");
}

void AddConventions(const AnalyzeOptions& options, bool robust,
                    Report& report) {
  report.conventions.emplace_back("method", "Kaplan-Meier");
  report.conventions.emplace_back("interval", options.conf_type);
  report.conventions.emplace_back("confLevel", FigureOf(options.conf_level));
  report.conventions.emplace_back(
      "variance",
      robust ? "infinitesimal jackknife, a row a subject" : "Greenwood");
  report.conventions.emplace_back("ties",
                                  "event before censoring before entry");
  report.conventions.emplace_back("timeTolerance", "R's timefix");
  report.conventions.emplace_back("quantiles", "Brookmeyer-Crowley");
  report.conventions.emplace_back("hazard", options.hazard);
  if (!options.strata.empty()) {
    report.conventions.emplace_back("strata", options.strata);
  }
}

// Who is still there at the landmark, from then on.
absl::Status ApplyLandmark(const AnalyzeOptions& options,
                           stats::SurvivalCurves& fitted,
                           const stats::KaplanMeierOptions& how,
                           Report& report) {
  if (options.landmark.empty()) return absl::OkStatus();
  const absl::StatusOr<double> landmark =
      ParseFlagNumber(options.landmark, "--landmark");
  if (!landmark.ok()) return landmark.status();
  if (fitted.robust) {
    return absl::InvalidArgumentError("--landmark takes whole weights only");
  }
  for (size_t g = 0; g < fitted.tables.size(); ++g) {
    fitted.tables[g] = stats::AfterLandmark(fitted.tables[g], *landmark);
    const auto curve = stats::EstimateKaplanMeier(fitted.tables[g], how);
    if (curve.ok()) {
      fitted.curves[g] = *curve;
    } else if (absl::IsFailedPrecondition(curve.status())) {
      fitted.curves[g] = {};
    } else {
      return curve.status();
    }
  }
  report.conventions.emplace_back(
      "landmark", absl::StrCat("those at risk at ", options.landmark));
  return absl::OkStatus();
}

absl::StatusOr<stats::KaplanMeierOptions> CurveOptions(
    const AnalyzeOptions& options) {
  stats::KaplanMeierOptions how;
  const absl::StatusOr<stats::IntervalTransform> transform =
      ParseTransform(options.conf_type);
  if (!transform.ok()) return transform.status();
  how.transform = *transform;
  how.conf_level = options.conf_level;
  if (options.hazard == "fleming-harrington") {
    how.hazard_ties = stats::HazardTies::kFlemingHarrington;
  } else if (options.hazard != "nelson-aalen") {
    return absl::InvalidArgumentError(
        absl::StrCat("--hazard \"", options.hazard,
                     "\" is not known; allowed: nelson-aalen, "
                     "fleming-harrington"));
  }
  return how;
}

}  // namespace

absl::StatusOr<Report> AnalyzeSurvival(const AnalyzeOptions& options,
                                       std::string text) {
  const auto names = TimeColumns(options);
  if (!names.ok()) return names.status();
  const absl::StatusOr<TestFlag> flag = ReadTest(options);
  if (!flag.ok()) return flag.status();
  const absl::StatusOr<CurveQuestions> asked = ReadQuestions(options);
  if (!asked.ok()) return asked.status();
  const auto how = CurveOptions(options);
  if (!how.ok()) return how.status();
  const auto file = DataFile::Parse(std::move(text), *names);
  if (!file.ok()) return file.status();
  const Frame frame(*file, *names);
  Report report;
  report.method = "Kaplan-Meier survival";
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  report.json.Set("n", report.n).Set("dropped", report.dropped);
  const absl::StatusOr<TimeData> data = ReadTimeData(options, frame, report);
  if (!data.ok()) return data.status();
  const stats::EventColumns columns = {data->times, data->events,
                                       data->groups.codes, data->entries,
                                       data->weights};
  absl::StatusOr<stats::SurvivalCurves> fitted =
      stats::EstimateSurvivalCurves(columns, data->groups.n_groups(), 1, *how);
  if (!fitted.ok()) return frame.WithLine(fitted.status());
  AddConventions(options, fitted->robust, report);
  absl::Status status = ApplyLandmark(options, *fitted, *how, report);
  if (!status.ok()) return status;
  const auto means = MeansOf(fitted->curves, asked->horizon);
  if (!means.ok()) return means.status();
  CurveWriter writer(*asked, report);
  for (size_t g = 0; g < fitted->curves.size(); ++g) {
    writer.Add(data->groups.Name(g), data->groups.Json(g), fitted->curves[g],
               (*means)[g]);
  }
  writer.Finish();
  report.plot.x_title = options.time;
  status = AddTests(options, *flag, *data, columns, report);
  if (status.ok() && data->groups.n_groups() > 1) {
    status = AddMeanContrasts(options, data->groups, *means, report);
  }
  if (!status.ok()) return frame.WithLine(status);
  if (!fitted->robust) AddFollowUp(*fitted, data->groups, *how, report);
  return report;
}

}  // namespace enthesis::client
