// enthesis score-change

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "client/commands/answer_csv.h"
#include "client/commands/curve_figures.h"
#include "client/commands/plot_option.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/commands/session.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "registry/model/measure.h"

namespace enthesis::client {
namespace {

// Shares beside one another on one page.
constexpr int kSharesPerTable = 3;

struct ScoreOptions {
  QuestionText question;
  std::string measure = "visa_a";
  std::string thresholds;
  bool readiness = false;
  std::string plot;
};

absl::StatusOr<v1::EstimateScoreChangeRequest> ReadScore(
    const ScoreOptions& options) {
  v1::EstimateScoreChangeRequest request;
  const absl::Status status =
      ReadQuestion(options.question, *request.mutable_options());
  if (!status.ok()) return status;
  const absl::StatusOr<v1::Measure> measure = ReadMeasure(options.measure);
  if (!measure.ok()) return measure.status();
  request.set_measure(*measure);
  if (options.thresholds.empty()) return request;
  for (absl::string_view text : absl::StrSplit(options.thresholds, ',')) {
    double threshold = 0;
    if (!absl::SimpleAtod(text, &threshold) || !(threshold > 0) ||
        threshold > 1e6) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--thresholds: \"", text, "\" is not a number above 0, such as 6.5"));
    }
    request.add_thresholds(threshold);
  }
  return request;
}

std::string MeanText(const FigureText& figures, const v1::MeanEstimate& mean) {
  if (!mean.has_mean()) return figures.Absent(mean.absence());
  return mean.has_std_dev()
             ? absl::StrFormat("%.1f (SD %.1f)", mean.mean(), mean.std_dev())
             : absl::StrFormat("%.1f", mean.mean());
}

std::string ScoresOf(const v1::ScoreGroup& group, const FigureText& figures) {
  Table table;
  table.AddColumn("visit", Align::kLeft);
  table.AddColumn("n", Align::kRight);
  table.AddColumn("score", Align::kLeft);
  table.AddColumn("pairs", Align::kRight);
  table.AddColumn("change from baseline", Align::kLeft);
  table.AddColumn("p t", Align::kRight);
  table.AddColumn("p ranks", Align::kRight);
  table.AddColumn("g", Align::kRight);
  table.AddColumn("complete", Align::kLeft);
  for (const v1::VisitScore& visit : group.visits()) {
    const v1::MeanEstimate& score = visit.score();
    const v1::MeanEstimate& change = visit.change();
    const bool paired = visit.has_change();
    table.AddRow(
        {visit.visit(),
         figures.Count(ENTHESIS_OPTIONAL(score, n), score.absence()),
         MeanText(figures, score),
         paired && change.has_n() ? absl::StrCat(change.n()) : "",
         paired ? figures.Number(ENTHESIS_OPTIONAL(change, mean),
                                 ENTHESIS_OPTIONAL(change, lower),
                                 ENTHESIS_OPTIONAL(change, upper), 1,
                                 change.absence())
                : "",
         visit.t_test().has_p_value() ? PValueText(visit.t_test().p_value())
                                      : "",
         visit.signed_rank().has_p_value()
             ? PValueText(visit.signed_rank().p_value())
             : "",
         visit.has_hedges_g() ? absl::StrFormat("%.2f", visit.hedges_g()) : "",
         figures.Percent(ENTHESIS_OPTIONAL(visit.completeness(), estimate),
                         std::nullopt, std::nullopt,
                         visit.completeness().absence())});
  }
  return table.Render();
}

// Headings and shares of one visit: responders, recovery, readiness.
std::vector<std::pair<std::string, const v1::ProportionEstimate*>> SharesOf(
    const v1::VisitScore& visit) {
  std::vector<std::pair<std::string, const v1::ProportionEstimate*>> shares;
  for (const v1::ResponderShare& responder : visit.responders()) {
    shares.emplace_back(
        absl::StrCat("improved by ", responder.threshold(), "+"),
        &responder.share());
  }
  if (visit.has_full_recovery()) {
    shares.emplace_back("at 90 points or more", &visit.full_recovery());
  }
  if (visit.has_ready()) {
    shares.emplace_back("at 90 percent or more", &visit.ready());
  }
  return shares;
}

std::string RespondersOf(const v1::ScoreGroup& group,
                         const FigureText& figures) {
  std::string text;
  size_t n_shares = 0;
  const v1::VisitScore* widest = nullptr;
  for (const v1::VisitScore& visit : group.visits()) {
    const size_t n = SharesOf(visit).size();
    if (n > n_shares) {
      n_shares = n;
      widest = &visit;
    }
  }
  if (widest == nullptr) return text;
  const auto headings = SharesOf(*widest);
  for (size_t first = 0; first < n_shares; first += kSharesPerTable) {
    const size_t last = std::min(n_shares, first + kSharesPerTable);
    Table table;
    table.AddColumn("visit", Align::kLeft);
    for (size_t i = first; i < last; ++i) {
      table.AddColumn(headings[i].first, Align::kLeft);
    }
    for (const v1::VisitScore& visit : group.visits()) {
      const auto shares = SharesOf(visit);
      // The baseline has no responders, but may have the share at 90.
      const size_t missing = n_shares - shares.size();
      std::vector<std::string> row = {visit.visit()};
      bool any = false;
      for (size_t i = first; i < last; ++i) {
        const bool there = i >= missing;
        any = any || there;
        row.push_back(there ? figures.Share(*shares[i - missing].second) : "");
      }
      if (any) table.AddRow(std::move(row));
    }
    absl::StrAppend(&text, "\n", table.Render());
  }
  return text;
}

std::string ReadinessOf(const v1::ScoreGroup& group,
                        const FigureText& figures) {
  Table table;
  table.AddColumn("visit", Align::kLeft);
  table.AddColumn("strength 90 %+", Align::kLeft);
  table.AddColumn("hop 90 %+", Align::kLeft);
  table.AddColumn("ready for plyometrics", Align::kLeft);
  for (const v1::VisitReadiness& visit : group.readiness()) {
    table.AddRow({visit.visit(), figures.Share(visit.strength()),
                  figures.Share(visit.hop()),
                  figures.Share(visit.plyometric())});
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

// The measure is known: the answer is of it.
CoursePlot CourseOf(const v1::EstimateScoreChangeResponse& answer,
                    const ScoreOptions& options) {
  const model::Code* code = model::kMeasureCodes.Find(options.measure);
  const model::MeasureInfo& info =
      model::InfoOf(static_cast<model::Measure>(code->value));
  return CourseFigure(answer, std::string(code->label), info.min, info.max);
}

std::string ScoreTable(const v1::EstimateScoreChangeResponse& answer,
                       const ScoreOptions& options) {
  const FigureText figures(answer.provenance());
  const model::Code* code = model::kMeasureCodes.Find(options.measure);
  const model::MeasureInfo& info =
      model::InfoOf(static_cast<model::Measure>(code->value));
  std::string text =
      Wrap(absl::StrCat(code->label, ", ", info.min, " to ", info.max, " ",
                        info.unit, "; ",
                        info.higher_is_better ? "high is good" : "high is bad",
                        "; change is follow-up minus baseline"),
           "", "  ");
  std::string drawing = DrawingOf(CourseOf(answer, options));
  if (!drawing.empty()) {
    drawing.pop_back();  // each group begins with an empty line
    absl::StrAppend(&text, "\n", drawing);
  }
  for (const v1::ScoreGroup& group : answer.groups()) {
    absl::StrAppend(&text, "\n", GroupText(group.group()), ": ",
                    figures.CountOf(ENTHESIS_OPTIONAL(group, n_cases), "case",
                                    group.absence()),
                    "\n");
    if (group.visits().empty()) continue;
    absl::StrAppend(&text, "\n", ScoresOf(group, figures),
                    RespondersOf(group, figures));
    if (options.readiness) absl::StrAppend(&text, ReadinessOf(group, figures));
  }
  return absl::StrCat(text, figures.Footer());
}

void AddMeanRow(const v1::ScoreGroup& group, const v1::VisitScore& visit,
                const char* kind, const v1::MeanEstimate& mean,
                AnswerCsv& csv) {
  csv.Add(group.group(),
          {visit.visit(), kind, "", CsvNumber(ENTHESIS_OPTIONAL(mean, n)), "",
           CsvNumber(ENTHESIS_OPTIONAL(mean, mean)),
           CsvNumber(ENTHESIS_OPTIONAL(mean, std_dev)),
           CsvNumber(ENTHESIS_OPTIONAL(mean, lower)),
           CsvNumber(ENTHESIS_OPTIONAL(mean, upper)), "", "", ""},
          mean.absence());
}

void AddShareRow(const v1::ScoreGroup& group, const std::string& visit,
                 const char* kind, std::optional<double> threshold,
                 const v1::ProportionEstimate& share, AnswerCsv& csv) {
  csv.Add(group.group(),
          {visit, kind, CsvNumber(threshold),
           CsvNumber(ENTHESIS_OPTIONAL(share, n)),
           CsvNumber(ENTHESIS_OPTIONAL(share, count)),
           CsvNumber(ENTHESIS_OPTIONAL(share, estimate)), "",
           CsvNumber(ENTHESIS_OPTIONAL(share, lower)),
           CsvNumber(ENTHESIS_OPTIONAL(share, upper)), "", "", ""},
          share.absence());
}

void AddEffectRows(const v1::ScoreGroup& group, const v1::VisitScore& visit,
                   AnswerCsv& csv) {
  if (visit.has_signed_rank()) {
    const v1::SignedRankTest& ranks = visit.signed_rank();
    csv.Add(group.group(),
            {visit.visit(), "signed_rank", "", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(ranks, shift)), "",
             CsvNumber(ENTHESIS_OPTIONAL(ranks, shift_lower)),
             CsvNumber(ENTHESIS_OPTIONAL(ranks, shift_upper)),
             CsvNumber(ENTHESIS_OPTIONAL(ranks, statistic)), "",
             CsvNumber(ENTHESIS_OPTIONAL(ranks, p_value))},
            v1::ABSENCE_UNSPECIFIED);
  }
  const auto add = [&](const char* kind, std::optional<double> effect) {
    if (!effect.has_value()) return;
    csv.Add(group.group(),
            {visit.visit(), kind, "", "", "", CsvNumber(effect), "", "", "", "",
             "", ""},
            v1::ABSENCE_UNSPECIFIED);
  };
  add("standardized_response_mean",
      ENTHESIS_OPTIONAL(visit, standardized_response_mean));
  add("hedges_g", ENTHESIS_OPTIONAL(visit, hedges_g));
}

void AddVisitRows(const v1::ScoreGroup& group, const v1::VisitScore& visit,
                  AnswerCsv& csv) {
  AddMeanRow(group, visit, "score", visit.score(), csv);
  if (visit.has_baseline()) {
    AddMeanRow(group, visit, "paired_baseline", visit.baseline(), csv);
  }
  if (visit.has_change()) {
    AddMeanRow(group, visit, "change", visit.change(), csv);
  }
  if (visit.has_t_test()) {
    const v1::TTest& test = visit.t_test();
    csv.Add(group.group(),
            {visit.visit(), "t_test", "", "", "", "", "", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(test, statistic)),
             CsvNumber(ENTHESIS_OPTIONAL(test, df)),
             CsvNumber(ENTHESIS_OPTIONAL(test, p_value))},
            v1::ABSENCE_UNSPECIFIED);
  }
  AddEffectRows(group, visit, csv);
  for (const v1::ResponderShare& responder : visit.responders()) {
    AddShareRow(group, visit.visit(), "responders",
                ENTHESIS_OPTIONAL(responder, threshold), responder.share(),
                csv);
  }
  if (visit.has_full_recovery()) {
    AddShareRow(group, visit.visit(), "full_recovery", std::nullopt,
                visit.full_recovery(), csv);
  }
  if (visit.has_ready()) {
    AddShareRow(group, visit.visit(), "ready", std::nullopt, visit.ready(),
                csv);
  }
  AddShareRow(group, visit.visit(), "completeness", std::nullopt,
              visit.completeness(), csv);
}

std::string ScoreCsv(const v1::EstimateScoreChangeResponse& answer) {
  AnswerCsv csv({"visit", "kind", "threshold", "n", "count", "estimate",
                 "std_dev", "lower", "upper", "statistic", "df", "p_value"},
                answer.provenance());
  for (const v1::ScoreGroup& group : answer.groups()) {
    csv.Add(group.group(),
            {"", "cases", "", CsvNumber(ENTHESIS_OPTIONAL(group, n_cases)), "",
             "", "", "", "", "", "", ""},
            group.absence());
    for (const v1::VisitScore& visit : group.visits()) {
      AddVisitRows(group, visit, csv);
    }
    for (const v1::VisitReadiness& visit : group.readiness()) {
      AddShareRow(group, visit.visit(), "strength_ready", std::nullopt,
                  visit.strength(), csv);
      AddShareRow(group, visit.visit(), "hop_ready", std::nullopt, visit.hop(),
                  csv);
      AddShareRow(group, visit.visit(), "plyometric_ready", std::nullopt,
                  visit.plyometric(), csv);
    }
  }
  return csv.text();
}

int AskScoreChange(const ScoreOptions& options, const Session& session) {
  CoursePlot plot;
  const auto ask = [&](RegistryClient& client,
                       const v1::EstimateScoreChangeRequest& request) {
    auto answer = client.EstimateScoreChange(request);
    if (answer.ok() && plot.lines.empty()) plot = CourseOf(*answer, options);
    return answer;
  };
  return AskWithFigure(options.plot, plot, [&] {
    return AskAndPrint(
        session, ReadScore(options), ask,
        [&](const auto& answer) { return ScoreTable(answer, options); },
        ScoreCsv);
  });
}

}  // namespace

void AddScoreChangeCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "score-change",
      "Level and paired change of VISA-A or another measure at each visit, "
      "responders, completeness.");
  command->fallthrough();
  const auto options = std::make_shared<ScoreOptions>();
  AddMeasureOption(*command, options->measure);
  command
      ->add_option("--thresholds", options->thresholds,
                   "Improvements that make a responder, separated by commas; "
                   "without it the measure's own (VISA-A: 6.5, 8.2, 14)")
      ->type_name("NUMBERS");
  command->add_flag("--readiness", options->readiness,
                    "Table of readiness for sport, too");
  AddCohortOptions(*command, options->question);
  AddLevelOption(*command, options->question);
  AddPlotOption(*command, options->plot);
  command->footer(
      "Examples:\n"
      "  enthesis score-change\n"
      "  enthesis score-change --by site --where pathology=insertional\n"
      "  enthesis score-change --measure pain_activity --thresholds 2\n"
      "  enthesis score-change --thresholds 6.5,14,20 --format csv\n"
      "  enthesis score-change --by approach --plot course.pdf");
  RunWhenChosen(*command, options, AskScoreChange, chosen);
}

}  // namespace enthesis::client
