// The methods of `enthesis analyze` that compare sites.

#include <CLI/CLI.hpp>

#include "client/analyze/methods.h"
#include "client/commands/analyze_method.h"

namespace enthesis::client {
namespace {

void AddMetaAnalysis(CLI::App& app, Command& chosen) {
  AnalyzeMethod method(app, "meta", "Effects of studies or sites, pooled",
                       AnalyzeMeta, chosen);
  AnalyzeOptions& options = method.options();
  method.Flag("--estimate", options.estimate, "Estimates, as log odds")
      .Flag("--std-error", options.std_error, "Their standard errors")
      .Flag("--measure", options.measure,
            "Instead, from counts: or, rr, rd (--events --n --control-events "
            "--control-n), logit (--events --n), rate (--events --exposure), "
            "rate-ratio; from moments: mean (--mean --sd --n), md",
            "NAME")
      .Flag("--events", options.events, "Number with the event")
      .Flag("--n", options.size, "Number in all")
      .Flag("--exposure", options.exposure, "Time at risk")
      .Flag("--mean", options.mean, "Mean, or mean change")
      .Flag("--sd", options.sd, "Standard deviation of its values")
      .Flag("--control-events", options.control_events,
            "The same of the other group")
      .Flag("--control-n", options.control_size, "See --control-events")
      .Flag("--control-exposure", options.control_exposure,
            "See --control-events")
      .Flag("--control-mean", options.control_mean, "See --control-events")
      .Flag("--control-sd", options.control_sd, "See --control-events")
      .Flag("--correction", options.correction,
            "Added to the cells of a study where one is 0 [0.5]; none leaves "
            "such a study out",
            "X")
      .Flag("--label", options.label, "Names of the studies")
      .Flag("--tau2", options.tau2,
            "Variance between studies: fe (none), dl, reml, ml, pm, hs, sj",
            "NAME")
      .Switch("--hksj", options.hksj, "Hartung-Knapp interval and test")
      .Switch("--leave-one-out", options.leave_one_out, "Without each study")
      .Switch("--cumulative", options.cumulative,
              "Up to each study, in the order of the file")
      .Switch("--egger", options.egger, "Regression on the standard error")
      .Switch("--blup", options.blup,
              "Effects of the studies, shrunken toward the mean")
      .Plot();
  method.Example(
      "meta --data bcg.csv --estimate log_rr --std-error se --label trial "
      "--hksj --plot forest.svg\n"
      "  enthesis analyze meta --data bcg.csv --measure or --events tpos --n "
      "treated --control-events cpos --control-n controls");
}

void AddProportions(CLI::App& app, Command& chosen) {
  AnalyzeMethod method(app, "proportions",
                       "Shares or rates of an event, groups compared",
                       AnalyzeProportions, chosen);
  AnalyzeOptions& options = method.options();
  method
      .Flag("--event", options.event,
            "Event: not 0; or COLUMN=VALUE for one value", "COLUMN[=VALUE]")
      .Flag("--by", options.by, "Groups")
      .ReferenceFlag("Reference group; repeat for further columns")
      .Flag("--strata", options.strata,
            "Strata, over which groups are compared")
      .Flag("--weights", options.weights,
            "How many a row stands for, a whole number")
      .Flag("--interval", options.share_interval,
            "Of a share: wilson, clopper-pearson or jeffreys", "NAME")
      .Flag("--correction", options.correction,
            "Added to the cells of two groups where one is 0", "X")
      .Flag("--exposure", options.exposure,
            "Time at risk: rates, with --event their number of events");
  method.Example(
      "proportions --data admissions.csv --event Admit=Admitted --by Gender "
      "--strata Dept --weights Freq");
}

void AddFunnel(CLI::App& app, Command& chosen) {
  AnalyzeMethod method(app, "funnel",
                       "Sites within the limits of a funnel plot",
                       AnalyzeFunnel, chosen);
  AnalyzeOptions& options = method.options();
  method.Flag("--events", options.events, "Events of each site")
      .Flag("--n", options.size, "Cases of each site")
      .Flag("--expected", options.expected,
            "Instead: events that a case-mix model expects")
      .Flag("--label", options.label, "Names of the sites")
      .Flag("--limits", options.limits,
            "prediction (exact), ci (exact, of the target) or normal", "NAME")
      .Flag("--overdispersion", options.overdispersion,
            "none, multiplicative or additive", "NAME")
      .Flag("--target", options.target,
            "Share or ratio that sites are held to [all events over all cases; "
            "1]",
            "X")
      .Plot();
  method.Example(
      "funnel --data sites.csv --events deaths --n cases --label site "
      "--plot funnel.svg");
}

void AddStandardize(CLI::App& app, Command& chosen) {
  AnalyzeMethod method(app, "standardize",
                       "Observed over expected events, indirectly standardized",
                       AnalyzeStandardize, chosen);
  AnalyzeOptions& options = method.options();
  method
      .Flag("--outcome", options.outcome,
            "Events of each case, 0 and 1 or counts; or COLUMN=VALUE",
            "COLUMN[=VALUE]")
      .Flag("--expected", options.expected,
            "Probability or number of events that a case-mix model expects")
      .Flag("--by", options.by, "Groups, such as sites")
      .Flag("--interval", options.interval, "exact (Garwood) or byar", "NAME")
      .Flag("--exposure", options.exposure,
            "Years of follow-up: screens groups for outliers by their rates")
      .Plot();
  method.Example(
      "standardize --data cases.csv --outcome died --expected predicted "
      "--by site --plot caterpillar.svg");
}

void AddCusum(CLI::App& app, Command& chosen) {
  AnalyzeMethod method(app, "cusum",
                       "Risk-adjusted CUSUM and VLAD of a sequence",
                       AnalyzeCusum, chosen);
  AnalyzeOptions& options = method.options();
  method
      .Flag("--outcome", options.outcome, "0 and 1; or COLUMN=VALUE",
            "COLUMN[=VALUE]")
      .Flag("--expected", options.expected,
            "Probability of the event by a case-mix model")
      .Flag("--sequence", options.sequence,
            "Order of the cases, numbers or dates [order of the file]")
      .Flag("--odds-ratio", options.odds_ratio,
            "Of the outcome, to be detected; below 1 an improvement", "R")
      .Flag("--arl", options.arl,
            "Mean cases until a false signal, which give the threshold [740]",
            "N")
      .Flag("--threshold", options.threshold, "Instead: the threshold", "H")
      .Switch("--reset", options.reset, "Starts from 0 again after a signal")
      .Flag("--simulate", options.simulate,
            "Runs in control, whose mean length stands beside the chain's", "N")
      .Flag("--seed", options.seed, "Of --simulate", "S")
      .Plot();
  method.Example(
      "cusum --data cases.csv --outcome died --expected predicted --sequence "
      "day --plot cusum.svg");
}

}  // namespace

void AddSiteMethods(CLI::App& app, Command& chosen) {
  AddMetaAnalysis(app, chosen);
  AddProportions(app, chosen);
  AddFunnel(app, chosen);
  AddStandardize(app, chosen);
  AddCusum(app, chosen);
}

}  // namespace enthesis::client
