// enthesis sites, enthesis funnel, enthesis forest: sites compared.

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/figure_file.h"
#include "client/analyze/svg.h"
#include "client/commands/curve_figures.h"
#include "client/commands/outcome_options.h"
#include "client/commands/plot_option.h"
#include "client/commands/question_command.h"
#include "client/commands/regression_answer.h"
#include "client/commands/regression_options.h"
#include "client/commands/session.h"
#include "client/commands/sites_csv.h"
#include "client/commands/sites_figures.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "registry/model/regression_question.h"

namespace enthesis::client {
namespace {

enum class SitesView { kTable, kFunnel, kForest, kCusum };

struct SitesCommandOptions {
  SitesView view = SitesView::kTable;
  OutcomeText outcome;
  std::string score;     // --score
  std::string own_site;  // --site
  std::string limits = "prediction", overdispersion;
  std::string tau2 = "reml";
  bool hartung_knapp = false;
  double odds_ratio = 2;  // of a CUSUM
  std::optional<double> run_length;
  std::string plot;
};

absl::StatusOr<v1::CompareSitesRequest> ReadSites(
    const SitesCommandOptions& options) {
  v1::CompareSitesRequest request;
  const RegressionText& text = options.outcome.regression;
  absl::Status status = ReadQuestion(text.question, *request.mutable_options());
  if (status.ok()) status = ReadCovariates(text, *request.mutable_covariates());
  if (status.ok()) status = ReadOutcome(options.outcome, request);
  if (!status.ok()) return status;
  if (!options.score.empty()) {
    if (request.measure() == v1::MEASURE_UNSPECIFIED) {
      return absl::InvalidArgumentError("--score belongs to a --measure");
    }
    const absl::StatusOr<int32_t> score =
        ReadCode(options.score, model::kSiteScoreCodes, "--score");
    if (!score.ok()) return score.status();
    request.set_score(static_cast<v1::SiteScore>(*score));
  }
  request.set_own_site(options.own_site);
  if (options.view == SitesView::kCusum) {
    if (options.own_site.empty()) {
      return absl::InvalidArgumentError("--site is required: one's own site");
    }
    request.mutable_cusum()->set_odds_ratio(options.odds_ratio);
    if (options.run_length.has_value()) {
      request.mutable_cusum()->set_run_length(*options.run_length);
    }
  }
  const absl::StatusOr<int32_t> limits =
      ReadCode(options.limits, model::kFunnelLimitsCodes, "--limits");
  if (!limits.ok()) return limits.status();
  request.set_limits(static_cast<v1::FunnelLimitKind>(*limits));
  const absl::StatusOr<int32_t> pooling =
      ReadCode(options.tau2, model::kSitePoolingCodes, "--tau2");
  if (!pooling.ok()) return pooling.status();
  request.set_pooling(static_cast<v1::SitePooling>(*pooling));
  request.set_hartung_knapp(options.hartung_knapp);
  if (options.overdispersion.empty()) return request;
  const absl::StatusOr<int32_t> allowed_for = ReadCode(
      options.overdispersion, model::kOverdispersionCodes, "--overdispersion");
  if (!allowed_for.ok()) return allowed_for.status();
  request.set_overdispersion(
      static_cast<v1::FunnelOverdispersion>(*allowed_for));
  return request;
}

// The chart of one's own site, or why there is none.
std::string CusumText(const v1::SiteCusum& cusum, const FigureText& figures) {
  if (cusum.blocks().empty()) {
    return absl::StrCat("CUSUM: ", figures.Absent(cusum.absence()), "\n");
  }
  std::string text = CusumOf(cusum).Text();
  absl::StrAppendFormat(&text, "\nCUSUM of %d cases in %d blocks", cusum.n(),
                        cusum.blocks_size());
  if (cusum.has_threshold()) {
    absl::StrAppendFormat(&text, ", threshold %.3f", cusum.threshold());
  }
  if (cusum.has_run_length() && cusum.has_out_of_control_run_length()) {
    absl::StrAppendFormat(
        &text,
        ": a signal each %.0f cases by chance, after %.0f at the odds "
        "looked for",
        cusum.run_length(), cusum.out_of_control_run_length());
  }
  return absl::StrCat(text, "\n");
}

// Beside the name of a site: cases and how many of them are followed up; of a
// site without figures why.
std::vector<std::string> SiteCells(const v1::ComparedSite& site,
                                   const FigureText& figures) {
  const v1::ProportionEstimate& known = site.completeness();
  return {NameOf(site),
          figures.Count(ENTHESIS_OPTIONAL(site.outcome(), n), site.absence()),
          known.has_estimate()
              ? absl::StrFormat("%.0f %%", 100 * known.estimate())
              : figures.Absent(known.absence())};
}

// Of a score, which has no events.
std::string MeansHeading(const v1::CompareSitesResponse& answer,
                         const FigureText& figures) {
  if (!answer.withheld_for().empty()) return ModelHeading(answer, figures);
  return absl::StrCat(
      "n ", figures.Count(ENTHESIS_OPTIONAL(answer, n), v1::ABSENCE_SUPPRESSED),
      ", dropped for want of a covariate ",
      figures.Count(ENTHESIS_OPTIONAL(answer, dropped), v1::ABSENCE_SUPPRESSED),
      "\n");
}

// Of a score.
std::string MeansTable(const v1::CompareSitesResponse& answer,
                       const FigureText& figures) {
  Table table;
  table.AddColumn("site", Align::kLeft);
  table.AddColumn("n", Align::kRight);
  table.AddColumn("known", Align::kRight);
  table.AddColumn("mean", Align::kRight);
  table.AddColumn("expected", Align::kRight);
  table.AddColumn("difference", Align::kLeft);
  table.AddColumn("error", Align::kRight);
  table.AddColumn("shrunken difference", Align::kLeft);
  table.AddColumn("z", Align::kRight);
  table.AddColumn("funnel", Align::kLeft);
  for (const v1::ComparedSite& site : answer.sites()) {
    std::vector<std::string> row = SiteCells(site, figures);
    const auto number = [](std::optional<double> value, int digits) {
      return value ? absl::StrFormat("%.*f", digits, *value) : std::string();
    };
    row.push_back(number(ENTHESIS_OPTIONAL(site, mean), 1));
    row.push_back(number(ENTHESIS_OPTIONAL(site, expected), 1));
    const auto interval = [&figures](std::optional<double> value,
                                     std::optional<double> lower,
                                     std::optional<double> upper) {
      return value
                 ? figures.Number(value, lower, upper, 2, v1::ABSENCE_UNDEFINED)
                 : std::string();
    };
    row.push_back(interval(ENTHESIS_OPTIONAL(site, difference),
                           ENTHESIS_OPTIONAL(site, lower),
                           ENTHESIS_OPTIONAL(site, upper)));
    row.push_back(number(ENTHESIS_OPTIONAL(site, std_error), 2));
    row.push_back(interval(ENTHESIS_OPTIONAL(site, shrunken_difference),
                           ENTHESIS_OPTIONAL(site, shrunken_lower),
                           ENTHESIS_OPTIONAL(site, shrunken_upper)));
    row.push_back(number(ENTHESIS_OPTIONAL(site, z), 2));
    row.push_back(FlagText(site.flag()));
    table.AddRow(row);
  }
  return table.empty() ? "" : table.Render();
}

std::string SitesTable(const v1::CompareSitesResponse& answer,
                       const FigureText& figures) {
  Table table;
  table.AddColumn("site", Align::kLeft);
  table.AddColumn("n", Align::kRight);
  table.AddColumn("known", Align::kRight);
  table.AddColumn("events", Align::kRight);
  table.AddColumn("expected", Align::kRight);
  table.AddColumn("O/E", Align::kLeft);
  table.AddColumn("shrunken O/E", Align::kLeft);
  table.AddColumn("z", Align::kRight);
  table.AddColumn("funnel", Align::kLeft);
  table.AddColumn("outlier", Align::kLeft);
  for (const v1::ComparedSite& site : answer.sites()) {
    const bool has_figures = site.has_expected();
    std::vector<std::string> row = SiteCells(site, figures);
    row.insert(row.end(),
               {has_figures ? absl::StrCat(site.outcome().count()) : "",
                has_figures ? absl::StrFormat("%.1f", site.expected()) : "",
                has_figures ? figures.Number(ENTHESIS_OPTIONAL(site, ratio),
                                             ENTHESIS_OPTIONAL(site, lower),
                                             ENTHESIS_OPTIONAL(site, upper), 2,
                                             v1::ABSENCE_UNDEFINED)
                            : "",
                site.has_shrunken_ratio()
                    ? figures.Number(ENTHESIS_OPTIONAL(site, shrunken_ratio),
                                     ENTHESIS_OPTIONAL(site, shrunken_lower),
                                     ENTHESIS_OPTIONAL(site, shrunken_upper), 2,
                                     v1::ABSENCE_UNDEFINED)
                    : "",
                site.has_z() ? absl::StrFormat("%.2f", site.z()) : "",
                FlagText(site.flag()),
                site.screen().is_outlier() ? "yes"
                : site.has_screen()        ? "no"
                                           : ""});
    table.AddRow(row);
  }
  return table.empty() ? "" : table.Render();
}

std::string PooledText(const v1::CompareSitesResponse& answer) {
  std::string text;
  if (answer.has_pooled()) {
    const v1::PooledSites& pooled = answer.pooled();
    const bool is_score = pooled.has_difference();
    const char* const what = is_score ? "difference" : "O/E";
    absl::StrAppendFormat(&text,
                          "\nPooled %s %.2f (%.2f to %.2f), tau^2 %.4f, I^2 "
                          "%.0f %%\n",
                          what, is_score ? pooled.difference() : pooled.ratio(),
                          pooled.lower(), pooled.upper(), pooled.tau_squared(),
                          100 * pooled.i_squared());
    if (pooled.has_prediction_lower()) {
      absl::StrAppendFormat(&text, "A new site's %s: %.2f to %.2f\n", what,
                            pooled.prediction_lower(),
                            pooled.prediction_upper());
    }
    if (pooled.heterogeneity().has_p_value()) {
      const v1::ChiSquareTest& q = pooled.heterogeneity();
      absl::StrAppendFormat(&text, "Sites alike? Q %.2f on %d df, %s\n",
                            q.chi_square(), q.df(), PValuePhrase(q.p_value()));
    }
  }
  if (answer.has_phi()) {
    absl::StrAppendFormat(&text, "Scatter of z: phi %.2f (1 by chance)\n",
                          answer.phi());
  }
  if (answer.has_standard_deviation()) {
    absl::StrAppendFormat(&text, "Standard deviation within sites: %.2f\n",
                          answer.standard_deviation());
  }
  const v1::OutcomeDiscrimination& fit = answer.discrimination();
  if (fit.has_auc()) {
    absl::StrAppendFormat(
        &text, "Case-mix model: area under the curve %.3f, Brier score %.4f",
        fit.auc(), fit.brier());
    if (fit.hosmer_lemeshow().has_p_value()) {
      absl::StrAppend(&text, ", Hosmer-Lemeshow ",
                      PValuePhrase(fit.hosmer_lemeshow().p_value()));
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

// "change of visa_a at 12_months".
std::string NameOfOutcome(const SitesCommandOptions& options) {
  const std::string name = OutcomeName(options.outcome);
  return options.score.empty()
             ? name
             : absl::StrCat("mean ", options.score, " of ", name);
}

std::string DrawingOf(const v1::CompareSitesResponse& answer,
                      const SitesCommandOptions& options) {
  switch (options.view) {
    case SitesView::kFunnel:
      return FunnelOf(answer).Svg();
    case SitesView::kForest:
      return ForestOf(answer).Svg();
    case SitesView::kCusum:
      return CusumOf(answer.cusum()).Svg();
    case SitesView::kTable:
      return CaterpillarOf(answer).Svg();
  }
  return "";
}

// It may be shown without the answer.
std::string FigureOf(const v1::CompareSitesResponse& answer,
                     const SitesCommandOptions& options) {
  const FigureText figures(answer.provenance());
  std::vector<std::string> heading = {
      absl::StrCat(options.view == SitesView::kCusum
                       ? absl::StrCat("CUSUM of ", options.own_site, ": ")
                       : "Sites compared: ",
                   NameOfOutcome(options))};
  if (!options.outcome.regression.covariates.empty()) {
    heading.push_back(
        absl::StrCat("Case mix: ", options.outcome.regression.covariates));
  }
  heading.push_back(figures.Cohort());
  if (answer.provenance().synthetic()) heading.push_back(figures.Synthetic());
  return SvgWithHeading(heading, DrawingOf(answer, options));
}

std::string SitesText(const v1::CompareSitesResponse& answer,
                      const SitesCommandOptions& options) {
  const FigureText figures(answer.provenance());
  std::string text =
      absl::StrCat("Sites compared: ", NameOfOutcome(options), "\n");
  if (answer.absence() == v1::ABSENCE_UNSPECIFIED ||
      !answer.withheld_for().empty()) {
    absl::StrAppend(&text, options.score.empty()
                               ? ModelHeading(answer, figures)
                               : MeansHeading(answer, figures));
  } else {
    absl::StrAppend(&text, "no comparison: ", figures.Absent(answer.absence()),
                    ", fewer than two sites that may be shown\n");
  }
  if (answer.has_target() && options.view == SitesView::kFunnel) {
    absl::StrAppend(&text, "\n", FunnelOf(answer).Text());
  }
  if (options.view == SitesView::kCusum) {
    absl::StrAppend(&text, "\n", CusumText(answer.cusum(), figures));
  }
  if (answer.has_pooled() && options.view == SitesView::kTable) {
    absl::StrAppend(&text, "\n", CaterpillarOf(answer).Text());
  }
  if (answer.has_pooled() && options.view == SitesView::kForest) {
    absl::StrAppend(&text, "\n", ForestOf(answer).Text());
  }
  return absl::StrCat(text, "\n",
                      options.score.empty() ? SitesTable(answer, figures)
                                            : MeansTable(answer, figures),
                      PooledText(answer), figures.Footer());
}

// The figure is drawn before the answer is printed.
int AskSites(const SitesCommandOptions& options, const Session& session) {
  if (const int code = CheckPlotOption(options.plot); code != kExitDone)
    return code;
  absl::Status drawn;
  const auto ask = [&](RegistryClient& client,
                       const v1::CompareSitesRequest& request) {
    auto answer = client.CompareSites(request);
    if (!answer.ok() || options.plot.empty()) return answer;
    drawn =
        answer->has_target()
            ? WriteFigure(options.plot, FigureOf(*answer, options))
            : absl::FailedPreconditionError("--plot: there is nothing to draw");
    return answer;
  };
  const int code = AskAndPrint(
      session, ReadSites(options), ask,
      [&](const auto& answer) { return SitesText(answer, options); }, SitesCsv);
  if (drawn.ok()) return code;
  FailUsage(drawn.message());
  return kExitServer;
}

void AddSitesView(CLI::App& app, Command& chosen, SitesView view,
                  const char* name, const char* what, const char* example) {
  CLI::App* command = app.add_subcommand(name, what);
  command->fallthrough();
  const auto options = std::make_shared<SitesCommandOptions>();
  options->view = view;
  AddOutcomeOptions(*command, options->outcome);
  command
      ->add_option("--site", options->own_site,
                   "One's own site, which is named; the others have neutral "
                   "codes")
      ->type_name("ID");
  command
      ->add_option("--limits", options->limits,
                   model::kFunnelLimitsCodes.Allowed())
      ->capture_default_str();
  command->add_option("--overdispersion", options->overdispersion,
                      model::kOverdispersionCodes.Allowed());
  command
      ->add_option("--tau2", options->tau2,
                   model::kSitePoolingCodes.Allowed() +
                       ": variance between sites of what is pooled")
      ->capture_default_str();
  command->add_flag("--hksj", options->hartung_knapp,
                    "Hartung-Knapp limits of what is pooled");
  if (view != SitesView::kCusum) {
    command->add_option(
        "--score", options->score,
        absl::StrCat("With --measure and without --threshold, sites are "
                     "compared on its mean: ",
                     model::kSiteScoreCodes.Allowed()));
  }
  if (view == SitesView::kCusum) {
    command
        ->add_option("--odds-ratio", options->odds_ratio,
                     "Odds, against those expected, that the chart looks for")
        ->capture_default_str();
    command->add_option("--arl", options->run_length,
                        "Cases until a signal by chance, on average [740]");
  }
  AddPlotOption(*command, options->plot);
  command->footer(absl::StrCat("Examples:\n  enthesis ", name, " ", example));
  RunWhenChosen(*command, options, AskSites, chosen);
}

}  // namespace

void AddSitesCommands(CLI::App& app, Command& chosen) {
  AddSitesView(app, chosen, SitesView::kTable, "sites",
               "Sites on an outcome: observed over expected, shrunken effects, "
               "outliers.",
               "--endpoint complication --by-day 90 --covariates "
               "age_years,smoking --site site-03 --plot caterpillar.svg");
  AddSitesView(app, chosen, SitesView::kFunnel, "funnel",
               "Funnel plot of sites on an outcome.",
               "--endpoint reoperation --by-day 1y --overdispersion additive "
               "--plot funnel.svg");
  AddSitesView(app, chosen, SitesView::kForest, "forest",
               "Sites on an outcome, pooled, as a forest plot.",
               "--measure visa_a --threshold 14 --covariates "
               "baseline_visa_a,sex --plot forest.svg");
  AddSitesView(app, chosen, SitesView::kCusum, "cusum",
               "Risk-adjusted CUSUM and VLAD of one's own site.",
               "--endpoint complication --by-day 90 --covariates "
               "age_years,smoking --site site-03 --plot cusum.svg");
}

}  // namespace enthesis::client
