// enthesis analyze proportions: shares or rates of an event, groups compared.

#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/methods.h"
#include "client/analyze/proportion_data.h"
#include "client/analyze/proportion_report.h"
#include "client/analyze/regression_report.h"
#include "stats/contingency_table.h"
#include "stats/event_rate.h"
#include "stats/fisher_test.h"
#include "stats/proportion.h"

namespace enthesis::client {
namespace {

enum class ShareInterval { kWilson, kClopperPearson, kJeffreys };

absl::StatusOr<ShareInterval> ParseShareInterval(const std::string& name) {
  if (name == "wilson") return ShareInterval::kWilson;
  if (name == "clopper-pearson") return ShareInterval::kClopperPearson;
  if (name == "jeffreys") return ShareInterval::kJeffreys;
  return absl::InvalidArgumentError(
      absl::StrCat("--interval \"", name,
                   "\" is not known; allowed: wilson, clopper-pearson, "
                   "jeffreys"));
}

const char* ShareIntervalText(ShareInterval interval) {
  switch (interval) {
    case ShareInterval::kWilson:
      return "Wilson, without continuity correction";
    case ShareInterval::kClopperPearson:
      return "Clopper-Pearson, exact";
    case ShareInterval::kJeffreys:
      return "Jeffreys, equal tails of Beta(x + 1/2, n - x + 1/2); 0 for no "
             "event, 1 for events alone";
  }
  return "";
}

absl::StatusOr<stats::Proportion> ShareOf(ShareInterval interval,
                                          int64_t events, int64_t n,
                                          double conf_level) {
  switch (interval) {
    case ShareInterval::kWilson:
      return stats::EstimateProportion(events, n, conf_level);
    case ShareInterval::kClopperPearson:
      return stats::EstimateProportionExactly(events, n, conf_level);
    case ShareInterval::kJeffreys:
      return stats::EstimateProportionByJeffreys(events, n, conf_level);
  }
  return absl::InternalError("interval");
}

// A group of shares or rates: its counts, and what is estimated from them.
absl::Status AddGroups(const AnalyzeOptions& options, ShareInterval interval,
                       const ProportionData& data, Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = {.kind = "group",
                       .columns = {"group", "n", "events", "exposure",
                                   "estimate", "lower", "upper"},
                       .figure = "estimate"};
  for (size_t g = 0; g < data.n_groups(); ++g) {
    const int64_t n = data.counts.n[g], events = data.counts.events[g];
    std::optional<double> estimate, lower, upper, exposure;
    if (data.exposures.empty()) {
      const auto share = ShareOf(interval, events, n, options.conf_level);
      if (!share.ok()) return share.status();
      std::tie(estimate, lower, upper) =
          std::tie(share->estimate, share->lower, share->upper);
    } else {
      const auto rate = stats::EstimateRate(data.Rate(g), options.conf_level);
      if (!rate.ok()) return rate.status();
      std::tie(estimate, lower, upper) =
          std::tie(rate->estimate, rate->lower, rate->upper);
      exposure = data.exposures[g];
    }
    JsonValue row = JsonValue::Object();
    row.Set("group", data.groups.Json(g)).Set("n", n).Set("events", events);
    if (exposure.has_value()) row.Set("exposure", *exposure);
    row.SetOrNull("estimate", estimate)
        .SetOrNull("lower", lower)
        .SetOrNull("upper", upper);
    json.Add(std::move(row));
    ReportRow(table)
        .Add(data.groups.Name(g))
        .Add(static_cast<double>(n))
        .Add(static_cast<double>(events))
        .AddOrSkip(exposure)
        .Add(estimate)
        .Add(lower)
        .Add(upper);
    if (!estimate.has_value()) {
      report.warnings.push_back(absl::StrCat(
          data.groups.Name(g), ": nobody",
          data.exposures.empty() ? ", no share" : " at risk, no rate"));
    }
  }
  report.json.Set("groups", std::move(json));
  report.tables.push_back(std::move(table));
  return absl::OkStatus();
}

// Reasons go below a table and into JSON; a warning says where they are.
void WarnOfEffect(const std::string& contrast, const char* name,
                  const std::string& absence, Report& report) {
  if (absence.empty()) return;
  report.warnings.push_back(absl::StrCat(contrast, ", ", name, ": ", absence));
}

struct NamedEffect {
  const char* key;
  const char* name;
  const stats::Effect* effect;
};

void AddEffects(const std::string& contrast,
                const std::vector<NamedEffect>& effects, JsonValue& json,
                ReportTable& table, Report& report) {
  for (const NamedEffect& each : effects) {
    json.Set(each.key, EffectJson(*each.effect));
    AddEffectRow(contrast, each.name, *each.effect, table);
    WarnOfEffect(contrast, each.name, each.effect->absence, report);
  }
}

void AddExact(const std::string& contrast, const char* name,
              const stats::ConditionalOddsRatio& exact, ReportTable& table,
              Report& report) {
  AddExactRow(contrast, name, exact, table);
  WarnOfEffect(contrast, name, exact.absence, report);
}

// What strata give on one group beside the reference.
absl::StatusOr<JsonValue> StratifiedJson(const AnalyzeOptions& options,
                                         const ProportionData& data, size_t g,
                                         ReportTable& table, Report& report) {
  const std::vector<stats::TwoByTwo> pairs = data.Pairs(g);
  const auto common = stats::EstimateMantelHaenszel(pairs, options.conf_level);
  if (!common.ok()) return common.status();
  const auto exact =
      stats::EstimateConditionalOddsRatio(pairs, options.conf_level);
  if (!exact.ok()) return exact.status();
  const std::string contrast = ContrastName(data, g);
  const size_t without = pairs.size() - common->n_informative;
  if (without > 0) {
    report.warnings.push_back(absl::StrCat(
        contrast, ": ", without, " of ", pairs.size(),
        " strata lack a group or an outcome and say nothing of the odds "
        "ratio"));
  }
  JsonValue json = JsonValue::Object();
  AddEffects(contrast,
             {{"riskDifference", "risk difference over strata",
               &common->risk_difference},
              {"riskRatio", "risk ratio over strata", &common->risk_ratio},
              {"oddsRatio", "odds ratio over strata", &common->odds_ratio}},
             json, table, report);
  json.Set("exact", ExactRatioJson(*exact));
  AddExact(contrast, "odds ratio over strata, exact", *exact, table, report);
  return json;
}

absl::Status AddShareContrasts(const AnalyzeOptions& options,
                               const ProportionData& data, Report& report) {
  double correction = 0;
  if (!options.correction.empty()) {
    const auto number = ParseFlagNumber(options.correction, "--correction");
    if (!number.ok()) return number.status();
    correction = *number;
    if (!(correction > 0)) {
      return absl::InvalidArgumentError("--correction must be above 0");
    }
  }
  JsonValue json = JsonValue::Array();
  ReportTable table = EffectsTable("Groups compared");
  for (size_t g = 0; g < data.n_groups(); ++g) {
    if (g == data.reference) continue;
    const stats::TwoByTwo pair = data.Pair(g);
    const auto contrasts =
        stats::EstimateContrasts(pair, options.conf_level, correction);
    if (!contrasts.ok()) return contrasts.status();
    const auto exact =
        stats::EstimateConditionalOddsRatio({&pair, 1}, options.conf_level);
    if (!exact.ok()) return exact.status();
    const std::string name = ContrastName(data, g);
    JsonValue row = ContrastJson(data, g);
    AddEffects(
        name,
        {{"riskDifference", "risk difference", &contrasts->risk_difference},
         {"riskRatio", "risk ratio", &contrasts->risk_ratio},
         {"oddsRatio", "odds ratio", &contrasts->odds_ratio}},
        row, table, report);
    row.Set("conditionalOddsRatio", ExactRatioJson(*exact))
        .Set("corrected", contrasts->is_corrected);
    AddExact(name, "odds ratio, conditional", *exact, table, report);
    if (contrasts->is_corrected) {
      report.warnings.push_back(
          absl::StrCat(name, ": a cell is 0, so ", FigureOf(correction),
                       " was added to each of the four for both ratios"));
    }
    if (!data.table.empty()) {
      auto stratified = StratifiedJson(options, data, g, table, report);
      if (!stratified.ok()) return stratified.status();
      row.Set("mantelHaenszel", *std::move(stratified));
    }
    json.Add(std::move(row));
  }
  report.json.Set("contrasts", std::move(json));
  report.tables.push_back(std::move(table));
  return absl::OkStatus();
}

absl::Status AddRateContrasts(const AnalyzeOptions& options,
                              const ProportionData& data, Report& report) {
  JsonValue json = JsonValue::Array();
  ReportTable table = EffectsTable("Groups compared");
  for (size_t g = 0; g < data.n_groups(); ++g) {
    if (g == data.reference) continue;
    const auto contrasts = stats::CompareRates(
        data.Rate(g), data.Rate(data.reference), options.conf_level);
    if (!contrasts.ok()) return contrasts.status();
    const std::string name = ContrastName(data, g);
    JsonValue row = ContrastJson(data, g);
    AddEffects(
        name,
        {{"rateDifference", "rate difference", &contrasts->rate_difference},
         {"rateRatio", "rate ratio", &contrasts->rate_ratio}},
        row, table, report);
    stats::ConditionalOddsRatio exact;
    exact.estimate = contrasts->rate_ratio.estimate;
    exact.lower = contrasts->exact_lower;
    exact.upper = contrasts->exact_upper;
    JsonValue limits = JsonValue::Object();
    limits.SetOrNull("lower", exact.lower).SetOrNull("upper", exact.upper);
    row.Set("exactRateRatio", std::move(limits));
    AddExactRow(name, "rate ratio, exact", exact, table);
    json.Add(std::move(row));
  }
  report.json.Set("contrasts", std::move(json));
  report.tables.push_back(std::move(table));
  return absl::OkStatus();
}

// Groups by outcome, [group * 2 + (1 with the event)].
std::vector<int64_t> Crossed(const ProportionData& data) {
  std::vector<int64_t> counts;
  for (size_t g = 0; g < data.n_groups(); ++g) {
    counts.push_back(data.counts.n[g] - data.counts.events[g]);
    counts.push_back(data.counts.events[g]);
  }
  return counts;
}

ReportTable ExpectedTable() {
  return {.kind = "expected",
          .title = "Expected counts",
          .columns = {"smallest_expected", "expected_below_five"},
          .figure = "smallest_expected"};
}

absl::Status AddPearson(const std::vector<int64_t>& counts, JsonValue& json,
                        ReportTable& table, Report& report) {
  const auto pearson = stats::TestIndependence(counts, 2);
  if (!pearson.ok()) return pearson.status();
  JsonValue own = TableTestJson(pearson->test);
  own.SetOrNull("smallestExpected", pearson->smallest_expected)
      .Set("expectedBelowFive", static_cast<int64_t>(pearson->n_below_five));
  AddChiSquareRow("Pearson's chi-square", pearson->test, table);
  if (pearson->corrected.has_value()) {
    own.Set("corrected", TableTestJson(*pearson->corrected));
    AddChiSquareRow("the same with Yates's correction", *pearson->corrected,
                    table);
  }
  if (!pearson->test.p_value.has_value()) {
    own.Set("reason", "one group or one outcome only");
    report.warnings.emplace_back("one group or one outcome only: no test");
  }
  if (pearson->n_below_five > 0) {
    report.warnings.push_back(
        absl::StrCat(pearson->n_below_five, " of ", counts.size(),
                     " expected counts are below 5 (the smallest is ",
                     FigureOf(*pearson->smallest_expected),
                     "): chi-square may be far off, see Fisher's test"));
  }
  json.Set("chiSquare", std::move(own));
  ReportTable expected = ExpectedTable();
  ReportRow(expected)
      .Add(pearson->smallest_expected)
      .Add(static_cast<double>(pearson->n_below_five));
  report.tables.push_back(std::move(expected));
  return absl::OkStatus();
}

absl::Status AddFisher(const std::vector<int64_t>& counts, JsonValue& json,
                       ReportTable& table, Report& report) {
  const auto fisher = stats::TestFisher(counts, 2);
  if (!fisher.ok()) return fisher.status();
  // With the keys of the other tests, though it has a p alone.
  JsonValue own = JsonValue::Object();
  own.SetOrNull("statistic", std::nullopt)
      .SetOrNull("df", std::nullopt)
      .SetOrNull("pValue", fisher->p_value);
  if (!fisher->absence.empty()) own.Set("reason", fisher->absence);
  json.Set("fisher", std::move(own));
  ReportRow(table).Add("Fisher's exact").Skip().Skip().Add(fisher->p_value);
  if (!fisher->p_value.has_value() && counts.size() > 2) {
    report.warnings.push_back(absl::StrCat("Fisher's test: ", fisher->absence));
  }
  return absl::OkStatus();
}

ReportTable StrataTable() {
  return {.kind = "strata",
          .title = "Strata, and those with both groups and both outcomes",
          .columns = {"strata", "informative_strata:informative"},
          .figure = "strata"};
}

// Two groups: as mantelhaen.test, with what it estimates, and whether the odds
// ratio is one; more: the generalized test.
absl::Status AddStratifiedTests(const AnalyzeOptions& options,
                                const ProportionData& data, JsonValue& json,
                                ReportTable& table, Report& report) {
  constexpr char kTwoOnly[] = "of two groups only";
  if (data.n_groups() != 2) {
    const auto test = stats::TestOverStrata(data.table);
    if (!test.ok()) return test.status();
    json.Set("mantelHaenszel", TableTestJson(*test));
    AddChiSquareRow("Cochran-Mantel-Haenszel, generalized", *test, table);
    JsonValue none = TableTestJson(stats::ChiSquareTest());
    none.Set("reason", kTwoOnly);
    json.Set("breslowDay", std::move(none));
    return absl::OkStatus();
  }
  const size_t other = 1 - data.reference;
  const std::vector<stats::TwoByTwo> pairs = data.Pairs(other);
  const auto common = stats::EstimateMantelHaenszel(pairs, options.conf_level);
  if (!common.ok()) return common.status();
  const auto exact =
      stats::EstimateConditionalOddsRatio(pairs, options.conf_level);
  if (!exact.ok()) return exact.status();
  const auto homogeneity = stats::TestHomogeneity(pairs);
  if (!homogeneity.ok()) return homogeneity.status();
  JsonValue own = TableTestJson(common->test);
  own.Set("uncorrected", TableTestJson(common->uncorrected))
      .Set("oddsRatio", EffectJson(common->odds_ratio))
      .Set("riskRatio", EffectJson(common->risk_ratio))
      .Set("riskDifference", EffectJson(common->risk_difference))
      .Set("exact", ExactRatioJson(*exact))
      .Set("strata", static_cast<int64_t>(pairs.size()))
      .Set("informativeStrata", static_cast<int64_t>(common->n_informative));
  ReportTable strata = StrataTable();
  ReportRow(strata)
      .Add(static_cast<double>(pairs.size()))
      .Add(static_cast<double>(common->n_informative));
  report.tables.push_back(std::move(strata));
  json.Set("mantelHaenszel", std::move(own));
  AddChiSquareRow("Cochran-Mantel-Haenszel", common->test, table);
  AddChiSquareRow("the same without correction", common->uncorrected, table);
  ReportRow(table).Add("exact, over strata").Skip().Skip().Add(exact->p_value);
  JsonValue alike = TableTestJson(homogeneity->breslow_day);
  alike.Set("tarone", TableTestJson(homogeneity->tarone));
  if (homogeneity->breslow_day.df == 0) {
    constexpr char kNone[] =
        "needs two strata with both groups and both outcomes, and a common "
        "odds ratio that is neither 0 nor infinite";
    alike.Set("reason", kNone);
    report.warnings.push_back(absl::StrCat("Breslow-Day test: ", kNone));
  }
  json.Set("breslowDay", std::move(alike));
  AddChiSquareRow("odds ratios alike, Breslow-Day", homogeneity->breslow_day,
                  table);
  AddChiSquareRow("odds ratios alike, Tarone", homogeneity->tarone, table);
  return absl::OkStatus();
}

absl::Status AddProportionTests(const AnalyzeOptions& options,
                                const ProportionData& data, Report& report) {
  JsonValue json = JsonValue::Object();
  ReportTable table = ChiSquareTable("Tests");
  // Their columns are in every CSV.
  report.tables.push_back(ExpectedTable());
  report.tables.push_back(StrataTable());
  absl::Status status;
  if (!data.exposures.empty() && !options.by.empty()) {
    std::vector<stats::RateCounts> rates;
    for (size_t g = 0; g < data.n_groups(); ++g) rates.push_back(data.Rate(g));
    const auto test = stats::TestRates(rates);
    if (!test.ok()) return test.status();
    json.Set("chiSquare", TableTestJson(*test));
    AddChiSquareRow("one rate for all", *test, table);
  } else if (!options.by.empty()) {
    const std::vector<int64_t> counts = Crossed(data);
    status = AddPearson(counts, json, table, report);
    if (status.ok()) status = AddFisher(counts, json, table, report);
  }
  if (status.ok() && !data.table.empty()) {
    status = AddStratifiedTests(options, data, json, table, report);
  }
  if (!status.ok()) return status;
  report.json.Set("tests", std::move(json));
  report.tables.push_back(std::move(table));
  return absl::OkStatus();
}

void ExplainProportions(const AnalyzeOptions& options, ShareInterval interval,
                        const ProportionData& data, Report& report) {
  const bool rates = !data.exposures.empty();
  report.conventions = {
      {"interval", rates ? "Garwood, exact" : ShareIntervalText(interval)},
      {"confLevel", options.conf_level}};
  const auto say = [&](const char* name, std::string text) {
    report.conventions.emplace_back(name, std::move(text));
  };
  if (options.by.empty()) return;
  say("reference", data.groups.Name(data.reference));
  say("stdError", "of a ratio that of its logarithm");
  if (rates) {
    say("rateDifference", "normal interval");
    say("rateRatio",
        "log interval; exact: given all events, Clopper-Pearson, as "
        "poisson.test");
    say("chiSquare", "of events beside exposure");
    return;
  }
  say("riskDifference",
      "Newcombe's hybrid score interval (method 10); stdError is Wald's");
  say("riskRatio", "log interval (Katz)");
  say("oddsRatio",
      "log interval (Woolf); conditional: maximum likelihood given the "
      "margins, exact interval, as fisher.test");
  say("correction",
      options.correction.empty()
          ? "none: a ratio with a zero cell has no error"
          : absl::StrCat(options.correction,
                         " to all cells of a ratio where one is 0"));
  say("chiSquare", "without continuity correction; corrected: Yates");
  say("fisher", "two-sided, tables at most as likely, ties within 1e-7");
  if (options.strata.empty()) return;
  say("mantelHaenszel",
      data.n_groups() == 2
          ? "continuity correction of 1/2 as mantelhaen.test; errors: "
            "Robins-Breslow-Greenland, Greenland-Robins, Sato; exact: as "
            "mantelhaen.test(exact = TRUE)"
          : "generalized test of all groups, without correction; each group "
            "beside the reference under contrasts");
  if (data.n_groups() == 2) {
    say("breslowDay", "with the Mantel-Haenszel odds ratio; tarone: corrected");
  }
}

}  // namespace

absl::StatusOr<Report> AnalyzeProportions(const AnalyzeOptions& options,
                                          std::string text) {
  const auto interval = ParseShareInterval(options.share_interval);
  if (!interval.ok()) return interval.status();
  if (!options.exposure.empty() && !options.strata.empty()) {
    return absl::InvalidArgumentError("--strata does not go with --exposure");
  }
  if (!options.strata.empty() && options.by.empty()) {
    return absl::InvalidArgumentError("--strata needs --by");
  }
  const auto names = ProportionColumns(options);
  if (!names.ok()) return names.status();
  const auto file = DataFile::Parse(std::move(text), *names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, *names);
  Report report;
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  const auto data = CountGroups(options, frame, report);
  if (!data.ok()) return data.status();
  report.method = data->exposures.empty() ? "Proportions" : "Rates";
  report.json.Set("n", report.n).Set("dropped", report.dropped);
  absl::Status status = AddGroups(options, *interval, *data, report);
  if (status.ok()) {
    status = data->exposures.empty() ? AddShareContrasts(options, *data, report)
                                     : AddRateContrasts(options, *data, report);
  }
  if (status.ok()) status = AddProportionTests(options, *data, report);
  if (!status.ok()) return status;
  ExplainProportions(options, *interval, *data, report);
  return report;
}

}  // namespace enthesis::client
