// enthesis compare

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/answer_csv.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "registry/model/measure.h"

namespace enthesis::client {
namespace {

struct CompareOptions {
  QuestionText question;
  std::string measure = "visa_a";
  std::string visit = "12_months";
  bool change = false;
};

absl::StatusOr<v1::CompareGroupsRequest> ReadCompare(
    const CompareOptions& options) {
  v1::CompareGroupsRequest request;
  absl::Status status = CheckGroups(options.question);
  if (status.ok()) status = CheckVisit(options.visit);
  if (status.ok()) {
    status = ReadQuestion(options.question, *request.mutable_options());
  }
  if (!status.ok()) return status;
  const absl::StatusOr<v1::Measure> measure = ReadMeasure(options.measure);
  if (!measure.ok()) return measure.status();
  request.set_measure(*measure);
  request.set_visit(options.visit);
  request.set_change(options.change);
  return request;
}

std::string Statistic(std::optional<double> statistic) {
  return statistic.has_value() ? absl::StrFormat("%.3f", *statistic) : "";
}

std::string PText(std::optional<double> p) {
  return p.has_value() ? PValueText(*p) : "";
}

// A median that is there without its quartiles says why.
std::string MedianText(const v1::ComparedGroup& group,
                       const FigureText& figures) {
  const std::string text = figures.Number(
      ENTHESIS_OPTIONAL(group, median), ENTHESIS_OPTIONAL(group, q1),
      ENTHESIS_OPTIONAL(group, q3), 1, group.quantiles_absence());
  if (!group.has_median() || group.has_q1() || group.has_q3()) return text;
  return absl::StrCat(text, " (quartiles ",
                      figures.Absent(group.quantiles_absence()), ")");
}

std::string GroupsTable(const v1::CompareGroupsResponse& answer,
                        const FigureText& figures) {
  Table table;
  table.AddColumn("group", Align::kLeft);
  table.AddColumn("n", Align::kRight);
  table.AddColumn("mean", Align::kLeft);
  table.AddColumn("SD", Align::kRight);
  table.AddColumn("median (quartiles)", Align::kLeft);
  for (const v1::ComparedGroup& group : answer.groups()) {
    const v1::MeanEstimate& value = group.value();
    table.AddRow(
        {GroupText(group.group()),
         figures.Count(ENTHESIS_OPTIONAL(value, n), value.absence()),
         figures.Number(ENTHESIS_OPTIONAL(value, mean),
                        ENTHESIS_OPTIONAL(value, lower),
                        ENTHESIS_OPTIONAL(value, upper), 1, value.absence()),
         value.has_std_dev() ? absl::StrFormat("%.1f", value.std_dev()) : "",
         MedianText(group, figures)});
  }
  return table.Render();
}

std::string TestsTable(const v1::CompareGroupsResponse& answer) {
  Table table;
  table.AddColumn("test", Align::kLeft);
  table.AddColumn("statistic", Align::kRight);
  table.AddColumn("df", Align::kLeft);
  table.AddColumn("p", Align::kRight);
  const auto add_f = [&](const char* name, const v1::FTest& test) {
    table.AddRow({name, Statistic(ENTHESIS_OPTIONAL(test, statistic)),
                  test.has_df() ? absl::StrFormat("%g and %.1f", test.df(),
                                                  test.residual_df())
                                : "",
                  PText(ENTHESIS_OPTIONAL(test, p_value))});
  };
  add_f("analysis of variance, F", answer.anova());
  add_f("Welch's, F", answer.welch_anova());
  const v1::KruskalWallisTest& ranks = answer.kruskal_wallis();
  table.AddRow({"Kruskal-Wallis, chi-square",
                Statistic(ENTHESIS_OPTIONAL(ranks, statistic)),
                ranks.has_df() ? absl::StrFormat("%g", ranks.df()) : "",
                PText(ENTHESIS_OPTIONAL(ranks, p_value))});
  return table.Render();
}

std::string PairsTable(const v1::CompareGroupsResponse& answer,
                       const FigureText& figures) {
  Table table;
  table.AddColumn("first - second", Align::kLeft);
  table.AddColumn("difference of means", Align::kLeft);
  table.AddColumn("p Welch", Align::kRight);
  table.AddColumn("Holm", Align::kRight);
  table.AddColumn("p ranks", Align::kRight);
  table.AddColumn("Holm", Align::kRight);
  for (const v1::ComparedPair& pair : answer.pairs()) {
    const v1::TwoSampleTest& welch = pair.welch();
    table.AddRow(
        {absl::StrCat(GroupText(pair.first()), " - ", GroupText(pair.second())),
         figures.Number(ENTHESIS_OPTIONAL(welch, difference),
                        ENTHESIS_OPTIONAL(welch, lower),
                        ENTHESIS_OPTIONAL(welch, upper), 1,
                        v1::ABSENCE_UNDEFINED),
         PText(ENTHESIS_OPTIONAL(welch, p_value)),
         PText(ENTHESIS_OPTIONAL(pair, welch_p_holm)),
         PText(ENTHESIS_OPTIONAL(pair.mann_whitney(), p_value)),
         PText(ENTHESIS_OPTIONAL(pair, mann_whitney_p_holm))});
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

std::string CompareTable(const v1::CompareGroupsResponse& answer) {
  const FigureText figures(answer.provenance());
  const model::MeasureInfo& info =
      model::InfoOf(static_cast<model::Measure>(answer.measure()));
  std::string text = absl::StrCat(
      model::kMeasureCodes.Find(static_cast<int32_t>(answer.measure()))->label,
      answer.change() ? ", change from baseline to " : " at ", answer.visit(),
      ", ", info.unit, "; ",
      info.higher_is_better ? "high is good" : "high is bad", "\n\n",
      GroupsTable(answer, figures), "\n");
  if (answer.has_anova()) {
    absl::StrAppend(&text, TestsTable(answer), PairsTable(answer, figures));
  } else {
    absl::StrAppend(&text, "Tests: ", figures.Absent(answer.tests_absence()),
                    "\n");
  }
  return absl::StrCat(text, figures.Footer());
}

// One row a figure: what it is, of which groups.
std::string CompareCsv(const v1::CompareGroupsResponse& answer) {
  AnswerCsv csv({"kind", "second", "n", "estimate", "std_dev", "lower", "upper",
                 "statistic", "df", "residual_df", "p_value", "p_holm"},
                answer.provenance());
  for (const v1::ComparedGroup& group : answer.groups()) {
    const v1::MeanEstimate& value = group.value();
    csv.Add(group.group(),
            {"mean", "", CsvNumber(ENTHESIS_OPTIONAL(value, n)),
             CsvNumber(ENTHESIS_OPTIONAL(value, mean)),
             CsvNumber(ENTHESIS_OPTIONAL(value, std_dev)),
             CsvNumber(ENTHESIS_OPTIONAL(value, lower)),
             CsvNumber(ENTHESIS_OPTIONAL(value, upper)), "", "", "", "", ""},
            value.absence());
    csv.Add(group.group(),
            {"median", "", CsvNumber(ENTHESIS_OPTIONAL(value, n)),
             CsvNumber(ENTHESIS_OPTIONAL(group, median)), "",
             CsvNumber(ENTHESIS_OPTIONAL(group, q1)),
             CsvNumber(ENTHESIS_OPTIONAL(group, q3)), "", "", "", "", ""},
            group.quantiles_absence());
  }
  const google::protobuf::RepeatedPtrField<v1::GroupValue> all;
  const auto add_test = [&](const char* kind, std::optional<double> statistic,
                            std::optional<double> df,
                            std::optional<double> residual_df,
                            std::optional<double> p) {
    csv.Add(all,
            {kind, "", "", "", "", "", "", CsvNumber(statistic), CsvNumber(df),
             CsvNumber(residual_df), CsvNumber(p), ""},
            answer.tests_absence());
  };
  const v1::FTest& anova = answer.anova();
  add_test("anova", ENTHESIS_OPTIONAL(anova, statistic),
           ENTHESIS_OPTIONAL(anova, df), ENTHESIS_OPTIONAL(anova, residual_df),
           ENTHESIS_OPTIONAL(anova, p_value));
  const v1::FTest& welch = answer.welch_anova();
  add_test("welch_anova", ENTHESIS_OPTIONAL(welch, statistic),
           ENTHESIS_OPTIONAL(welch, df), ENTHESIS_OPTIONAL(welch, residual_df),
           ENTHESIS_OPTIONAL(welch, p_value));
  const v1::KruskalWallisTest& ranks = answer.kruskal_wallis();
  add_test("kruskal_wallis", ENTHESIS_OPTIONAL(ranks, statistic),
           ENTHESIS_OPTIONAL(ranks, df), std::nullopt,
           ENTHESIS_OPTIONAL(ranks, p_value));
  for (const v1::ComparedPair& pair : answer.pairs()) {
    const auto add_t = [&](const char* kind, const v1::TwoSampleTest& test,
                           std::optional<double> holm) {
      csv.Add(pair.first(),
              {kind, GroupText(pair.second()), "",
               CsvNumber(ENTHESIS_OPTIONAL(test, difference)), "",
               CsvNumber(ENTHESIS_OPTIONAL(test, lower)),
               CsvNumber(ENTHESIS_OPTIONAL(test, upper)),
               CsvNumber(ENTHESIS_OPTIONAL(test, statistic)),
               CsvNumber(ENTHESIS_OPTIONAL(test, df)), "",
               CsvNumber(ENTHESIS_OPTIONAL(test, p_value)), CsvNumber(holm)},
              v1::ABSENCE_UNSPECIFIED);
    };
    add_t("welch", pair.welch(), ENTHESIS_OPTIONAL(pair, welch_p_holm));
    add_t("pooled", pair.pooled(), std::nullopt);
    const v1::RankSumTest& sum = pair.mann_whitney();
    csv.Add(pair.first(),
            {"mann_whitney", GroupText(pair.second()), "",
             CsvNumber(ENTHESIS_OPTIONAL(sum, shift)), "",
             CsvNumber(ENTHESIS_OPTIONAL(sum, shift_lower)),
             CsvNumber(ENTHESIS_OPTIONAL(sum, shift_upper)),
             CsvNumber(ENTHESIS_OPTIONAL(sum, statistic)), "", "",
             CsvNumber(ENTHESIS_OPTIONAL(sum, p_value)),
             CsvNumber(ENTHESIS_OPTIONAL(pair, mann_whitney_p_holm))},
            v1::ABSENCE_UNSPECIFIED);
  }
  return csv.text();
}

int AskCompare(const CompareOptions& options, const Session& session) {
  return AskAndPrint(session, ReadCompare(options),
                     &RegistryClient::CompareGroups, CompareTable, CompareCsv);
}

}  // namespace

void AddCompareCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "compare",
      "A score, or its change since baseline, at one visit between groups: "
      "t tests, analysis of variance, rank tests, every two groups.");
  command->fallthrough();
  const auto options = std::make_shared<CompareOptions>();
  AddMeasureOption(*command, options->measure);
  AddVisitOption(*command, options->visit);
  command->add_flag("--change", options->change,
                    "Compare the change since baseline, not the level");
  AddCohortOptions(*command, options->question);
  AddLevelOption(*command, options->question);
  command->footer(
      "Examples:\n"
      "  enthesis compare --by primary_procedure\n"
      "  enthesis compare --by sex --change --visit 6_months\n"
      "  enthesis compare --by site --measure pain_activity --format csv");
  RunWhenChosen(*command, options, AskCompare, chosen);
}

}  // namespace enthesis::client
