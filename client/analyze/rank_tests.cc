#include "client/analyze/rank_tests.h"

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "stats/follow_up.h"

namespace enthesis::client {
namespace {

using stats::RankWeight;

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

void TakeAfter(double landmark, Strata& strata) {
  for (std::vector<stats::EventTable>& stratum : strata) {
    for (stats::EventTable& table : stratum) {
      table = stats::AfterLandmark(table, landmark);
    }
  }
}

absl::StatusOr<PairAdjustment> ParseAdjust(const std::string& name) {
  if (name == "holm") {
    return PairAdjustment{stats::PAdjustment::kHolm, "adjusted by Holm"};
  }
  if (name == "bh") {
    return PairAdjustment{stats::PAdjustment::kBenjaminiHochberg,
                          "adjusted by Benjamini and Hochberg"};
  }
  if (name == "none") {
    return PairAdjustment{stats::PAdjustment::kNone, "not adjusted"};
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--adjust \"", name, "\" is not known; allowed: holm, bh, none"));
}

absl::Status AddPairs(const Strata& strata, const TestFlag& flag,
                      const Groups& groups, ReportTable& table,
                      Report& report) {
  const auto pairs =
      stats::TestRankPairs(strata, flag.options, flag.pairs.method);
  if (!pairs.ok()) return pairs.status();
  JsonValue json = JsonValue::Array();
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
        .Add(static_cast<double>(pair.test.df))
        .Add(pair.test.p_value)
        .Add(pair.adjusted_p_value);
  }
  report.json.Set("pairwise", std::move(json));
  report.conventions.emplace_back("pairwise",
                                  absl::StrCat("p ", flag.pairs.by));
  return absl::OkStatus();
}

// Scores are the levels of the one column of --by where they are numbers, else
// 1, 2, ...
absl::Status AddTrend(const Strata& strata, const TestFlag& flag,
                      const Groups& groups, ReportTable& table,
                      Report& report) {
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
  ReportRow(table)
      .Add(flag.name)
      .Add(trend->z)
      .Add(trend->chi_square)
      .Add(1.0)
      .Add(trend->p_value);
  report.conventions.emplace_back(
      "trend", numeric ? "scores are the levels" : "scores 1, 2, ...");
  return absl::OkStatus();
}

struct TestTables {
  explicit TestTables(const TestFlag& flag) {
    test = {.kind = "test",
            .title = "Test of the groups",
            .columns = {"test", "chi_square", "df", "p_value:p"},
            .figure = "p_value"};
    groups = {.kind = "test_group",
              .columns = {"group", "n", "observed", "expected"}};
    pairs = {.kind = "pair",
             .title = absl::StrCat("Pairs of groups (p ", flag.pairs.by, ")"),
             .columns = {"group:first", "second", "chi_square", "df",
                         "p_value:p", "adjusted_p_value:p_adjusted"},
             .figure = "p_value"};
    trend = {.kind = "trend",
             .title = "Test for trend",
             .columns = {"test", "z", "chi_square", "df", "p_value:p"},
             .figure = "p_value"};
  }

  void MoveTo(Report& report) {
    for (ReportTable* table : {&test, &groups, &pairs, &trend}) {
      report.tables.push_back(std::move(*table));
    }
  }

  ReportTable test, groups, pairs, trend;
};

absl::Status AddGroupTest(const Strata& strata, const TestFlag& flag,
                          const Groups& groups, stats::ThreadPool* pool,
                          TestTables& tables, Report& report) {
  const absl::StatusOr<stats::RankTest> test =
      stats::TestRank(strata, flag.options, pool);
  if (!test.ok()) return test.status();
  report.json.Set("test", TestJson(flag.name, *test, groups));
  ReportRow(tables.test)
      .Add(flag.name)
      .Add(test->chi_square)
      .Add(static_cast<double>(test->df))
      .Add(test->p_value);
  report.plot.note =
      absl::StrCat(flag.name, " p = ",
                   test->p_value ? absl::StrFormat("%.3g", *test->p_value)
                                 : std::string("-"));
  for (size_t g = 0; g < test->groups.size(); ++g) {
    ReportRow(tables.groups)
        .Add(groups.Name(g))
        .Add(test->groups[g].n)
        .Add(test->groups[g].observed)
        .Add(test->groups[g].expected);
  }
  if (test->fractional) {
    report.warnings.push_back(
        "case weights are not whole: the test takes a weight as so many "
        "subjects");
  }
  report.conventions.emplace_back("test", flag.name);
  if (flag.options.weight == RankWeight::kFlemingHarrington) {
    report.conventions.emplace_back(
        "testWeights", absl::StrFormat("S(t-)^%g (1 - S(t-))^%g",
                                       flag.options.rho, flag.options.gamma));
  }
  report.conventions.emplace_back("testVariance", "hypergeometric");
  return absl::OkStatus();
}

}  // namespace

absl::Status AddRankTests(const AnalyzeOptions& options, const TestFlag& flag,
                          const TimeData& data,
                          const stats::EventColumns& columns,
                          std::optional<double> landmark, Report& report) {
  TestTables tables(flag);
  absl::Status status;
  const int n_groups = data.groups.n_groups();
  if (n_groups > 1) {
    absl::StatusOr<Strata> strata = stats::TabulateStrata(
        columns, data.strata, data.n_strata, n_groups, 1, options.pool);
    if (!strata.ok()) return strata.status();
    if (landmark.has_value()) TakeAfter(*landmark, *strata);
    status =
        AddGroupTest(*strata, flag, data.groups, options.pool, tables, report);
    if (status.ok() && options.pairwise) {
      status = AddPairs(*strata, flag, data.groups, tables.pairs, report);
    }
    if (status.ok() && options.trend) {
      status = AddTrend(*strata, flag, data.groups, tables.trend, report);
    }
  } else if (!options.by.empty()) {
    report.warnings.push_back("there is one group only: no test");
  } else if (options.pairwise || options.trend || !options.test.empty() ||
             !options.rho.empty() || !options.gamma.empty()) {
    report.warnings.push_back("there is no test without groups: give --by");
  }
  tables.MoveTo(report);
  return status;
}

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
  const absl::StatusOr<PairAdjustment> pairs = ParseAdjust(options.adjust);
  if (!pairs.ok()) return pairs.status();
  test.pairs = *pairs;
  if (weighted && found->second != RankWeight::kFlemingHarrington) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--rho and --gamma belong to fleming-harrington, not to ", test.name));
  }
  return test;
}

}  // namespace enthesis::client
