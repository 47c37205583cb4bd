// enthesis analyze METHOD --data FILE.csv: the engine on any CSV file.

#include <CLI/CLI.hpp>

#include "client/analyze/methods.h"
#include "client/commands/analyze_method.h"
#include "client/commands/session.h"

namespace enthesis::client {
namespace {

using Method = AnalyzeMethod;

void AddSurvival(CLI::App& app, Command& chosen) {
  Method method(app, "survival", "Kaplan-Meier curves, rank tests",
                AnalyzeSurvival, chosen);
  AnalyzeOptions& options = method.options();
  method.TimeFlags()
      .Flag("--by", options.by, "Groups, compared by a rank test")
      .Flag("--strata", options.strata, "Strata of the test")
      .Flag("--weights", options.weights, "Case weights")
      .Intervals()
      .Flag("--at", options.at, "Times at which survival is wanted", "T,...")
      .Flag("--quantiles", options.quantiles, "Shares with the event", "P,...")
      .Flag("--rmst", options.rmst, "Horizon of the restricted mean", "T")
      .Flag("--test", options.test,
            "log-rank, gehan-breslow, tarone-ware, peto-peto, "
            "peto-peto-textbook or fleming-harrington",
            "NAME")
      .Flag("--rho", options.rho, "Weight S(t-)^rho (1 - S(t-))^gamma", "R")
      .Flag("--gamma", options.gamma, "See --rho", "G")
      .Switch("--pairwise", options.pairwise, "Test each pair of groups")
      .Flag("--adjust", options.adjust, "p of the pairs: holm, bh or none",
            "NAME")
      .Switch("--trend", options.trend, "Test for trend over the groups")
      .Flag("--landmark", options.landmark, "Only those at risk then", "T")
      .Flag("--hazard", options.hazard, "nelson-aalen or fleming-harrington",
            "NAME")
      .CurvePlot();
  method.Example(
      "survival --data lung.csv --time time --event status=2 --by sex "
      "--at 180,365");
}

void AddIncidence(CLI::App& app, Command& chosen) {
  AnalyzeMethod method(
      app, "incidence",
      "Cumulative incidence under competing risks, Gray's test",
      AnalyzeIncidence, chosen);
  AnalyzeOptions& options = method.options();
  method.TimeFlags()
      .Flag("--censored", options.censored, "Value of --event that censors (0)",
            "VALUE")
      .Flag("--by", options.by, "Groups, compared by Gray's test")
      .Flag("--strata", options.strata, "Strata of the test")
      .Intervals()
      .Flag("--at", options.at, "Times at which incidence is wanted", "T,...")
      .Flag("--variance", options.variance, "aalen or jackknife", "NAME")
      .Flag("--rho", options.rho, "Gray's weight", "R")
      .CurvePlot();
  method.Example(
      "incidence --data transplant.csv --time futime --event event "
      "--censored censored --by abo");
}

void AddCox(CLI::App& app, Command& chosen) {
  Method method(app, "cox", "Cox proportional hazards regression", AnalyzeCox,
                chosen);
  AnalyzeOptions& options = method.options();
  method.TimeFlags()
      .CovariateFlags()
      .Flag("--strata", options.strata, "Strata")
      .Flag("--cluster", options.cluster, "Clusters of the robust variance")
      .Flag("--weights", options.weights, "Case weights")
      .Flag("--ties", options.ties, "efron or breslow", "NAME")
      .Switch("--robust", options.robust, "Robust variance without clusters")
      .Switch("--zph", options.zph, "Test of proportional hazards")
      .Switch("--terms", options.terms, "Test terms rather than coefficients")
      .Flag("--transform", options.transform,
            "Of --zph: km, rank, identity, log", "NAME")
      .Flag("--predict", options.predict,
            "Curves for these covariates, profiles apart by ;",
            "COLUMN=VALUE,...")
      .Flag("--at", options.at, "Times of --predict", "T,...")
      .Intervals()
      .Flag("--residuals", options.residuals,
            "Writes martingale, deviance, dfbeta and Schoenfeld residuals",
            "FILE.csv")
      .CurvePlot();
  method.Example(
      "cox --data lung.csv --time time --event status=2 "
      "--covariates \"age,sex,factor(ph.ecog)\" --zph");
}

void AddFineGray(CLI::App& app, Command& chosen) {
  Method method(app, "fine-gray", "Regression of the cumulative incidence",
                AnalyzeFineGray, chosen);
  AnalyzeOptions& options = method.options();
  method.TimeFlags()
      .Flag("--censored", options.censored, "Value of --event that censors (0)",
            "VALUE")
      .Flag("--cause", options.cause, "Value of --event of interest", "VALUE")
      .CovariateFlags()
      .Flag("--strata", options.strata, "Strata")
      .Flag("--cluster", options.cluster, "Clusters of the robust variance")
      .Flag("--weights", options.weights, "Case weights")
      .Flag("--ties", options.ties, "efron or breslow, of finegray", "NAME")
      .Flag("--convention", options.convention, "crr or finegray", "NAME")
      .Flag("--predict", options.predict,
            "Incidence for these covariates, profiles apart by ;",
            "COLUMN=VALUE,...")
      .Flag("--at", options.at, "Times of --predict", "T,...")
      .Intervals()
      .CurvePlot();
  method.Example(
      "fine-gray --data mgus2.csv --time etime --event event --cause 1 "
      "--covariates age,sex");
}

void AddParametric(CLI::App& app, Command& chosen) {
  AnalyzeMethod method(
      app, "parametric",
      "Weibull, exponential, log-normal or log-logistic regression",
      AnalyzeParametric, chosen);
  AnalyzeOptions& options = method.options();
  method
      .Flag("--distribution", options.distribution,
            "weibull, exponential, lognormal or loglogistic", "NAME")
      .Flag("--time", options.time, "Time of event or censoring")
      .Flag("--event", options.event,
            "Event: COLUMN counts what is not 0, or COLUMN=VALUE",
            "COLUMN[=VALUE]")
      .Flag("--lower", options.lower,
            "Instead: last time known without the event; blank or 0: none")
      .Flag("--upper", options.upper,
            "First time known with the event; blank: none")
      .CovariateFlags()
      .Flag("--weights", options.weights, "Case weights")
      .Flag("--predict", options.predict,
            "Times for these covariates, profiles apart by ;",
            "COLUMN=VALUE,...")
      .Flag("--at", options.at, "Times at which survival is predicted", "T,...")
      .Flag("--quantiles", options.quantiles,
            "Shares whose time is predicted; the median", "P,...");
  method.Example(
      "parametric --data lung.csv --distribution weibull --time time "
      "--event status=2 --covariates age,sex");
}

void AddGeneralizedLinearModel(CLI::App& app, Command& chosen, const char* name,
                               const char* what, Analyze analyze,
                               const char* example) {
  Method method(app, name, what, analyze, chosen);
  AnalyzeOptions& options = method.options();
  const bool logistic = analyze == AnalyzeLogistic;
  method
      .Flag(
          "--response", options.response,
          logistic ? "0 and 1; or COLUMN=VALUE for one value of two" : "Counts",
          logistic ? "COLUMN[=VALUE]" : "COLUMN")
      .CovariateFlags()
      .Flag("--offset", options.offset, "Added to the linear predictor")
      .Flag("--weights", options.weights, "Case weights")
      .Flag("--cluster", options.cluster, "Clusters of the robust variance")
      .Switch("--robust", options.robust, "Robust variance without clusters")
      .Switch("--no-cluster-factor", options.no_cluster_factor,
              "Robust variance of clusters without G / (G - 1)");
  if (logistic) {
    method.Switch("--firth", options.firth,
                  "Firth's penalized likelihood, finite also under separation");
  }
  method.Example(example);
}

void AddRepeatedMeasures(CLI::App& app, Command& chosen) {
  Method method(app, "mmrm", "Mixed model for repeated measures", AnalyzeMmrm,
                chosen);
  AnalyzeOptions& options = method.options();
  method.Flag("--response", options.response, "What is measured")
      .Flag("--subject", options.subject, "Who is measured", "COLUMNS")
      .Flag("--visit", options.visit, "When: one row a subject and visit")
      .CovariateFlags()
      .Flag("--by", options.by,
            "Groups; visit, group and their interaction join the model",
            "COLUMNS")
      .Flag("--covariance", options.covariance,
            "Of the visits: un, cs, csh, ar1, ar1h or toep", "NAME")
      .Flag("--fallback", options.fallback,
            "Covariances tried where that does not converge", "NAME,...")
      .Flag("--df", options.df, "satterthwaite or kenward-roger", "NAME")
      .Switch("--ml", options.ml, "Maximum likelihood instead of REML")
      .Plot();
  method.Example(
      "mmrm --data trial.csv --response visa --subject id --visit week "
      "--covariates baseline --by arm --df kenward-roger");
}

void AddMixed(CLI::App& app, Command& chosen) {
  Method method(app, "mixed",
                "Linear mixed model: repeated scores of patients, or of sites",
                AnalyzeMixed, chosen);
  AnalyzeOptions& options = method.options();
  method.Flag("--response", options.response, "Score, a row a measurement")
      .CovariateFlags()
      .Flag("--group", options.group, "Who was measured: random intercepts")
      .Flag("--slope", options.slope, "Random slopes of this column, too")
      .Flag("--site", options.site,
            "Random intercepts by this column, too: across or around the "
            "groups")
      .Switch("--ml", options.ml, "Maximum likelihood instead of REML")
      .Switch("--random-effects", options.random_effects,
              "Predicted effects of every group, and of every site")
      .Plot();
  method.Example(
      "mixed --data visits.csv --response visa_a --covariates \"month,arm\" "
      "--group patient --slope month");
}

void AddInterval(CLI::App& app, Command& chosen) {
  Method method(app, "interval", "Turnbull's curve of interval-censored times",
                AnalyzeInterval, chosen);
  AnalyzeOptions& options = method.options();
  method
      .Flag("--lower", options.lower,
            "Last time known without the event; blank or 0: none")
      .Flag("--upper", options.upper,
            "First time known with the event; blank: none")
      .Flag("--by", options.by, "Groups")
      .Flag("--weights", options.weights, "Case weights")
      .Flag("--at", options.at, "Times at which survival is wanted", "T,...")
      .CurvePlot();
  method.Example(
      "interval --data visits.csv --lower last_without --upper first_with "
      "--by arm --at 90,180");
}

void AddScoreMethods(CLI::App& app, Command& chosen) {
  Method change(app, "change", "Paired change of a score", AnalyzeChange,
                chosen);
  change.Flag("--baseline", change.options().baseline, "Score before")
      .Flag("--follow-up", change.options().follow_up, "Score after")
      .Flag("--by", change.options().by, "Groups")
      .Flag("--mcid", change.options().mcid, "Thresholds of response", "X,...")
      .Switch("--lower-is-better", change.options().lower_is_better,
              "A fall is an improvement");
  change.Example(
      "change --data visa.csv --baseline before --follow-up after --mcid "
      "6.5,14");

  Method compare(app, "compare", "A value between groups", AnalyzeCompare,
                 chosen);
  compare.Flag("--value", compare.options().value, "What is compared")
      .Flag("--by", compare.options().by, "Groups");
  compare.Example("compare --data sleep.csv --value extra --by group");

  Method ancova(app, "ancova", "Groups compared, adjusted for baseline",
                AnalyzeAncova, chosen);
  ancova.Flag("--response", ancova.options().response, "Score after")
      .Flag("--baseline", ancova.options().baseline, "Score before")
      .Flag("--group", ancova.options().group, "Groups")
      .CovariateFlags();
  ancova.Example(
      "ancova --data trial.csv --response after --baseline before --group arm");

  Method describe(app, "describe", "What columns hold", AnalyzeDescribe,
                  chosen);
  describe
      .Flag("--columns", describe.options().columns, "Comma list", "COLUMNS")
      .Flag("--by", describe.options().by, "Groups");
  describe.Example("describe --data lung.csv --columns age,wt.loss --by sex");
}

}  // namespace

void AddAnalyzeCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "analyze",
      "Analyze any CSV file on this machine, without a registry. Equal to R; "
      "nothing is withheld.");
  command->fallthrough();
  command->require_subcommand(1);
  command->footer(
      "Rows with a blank or NA in a column in use are left out and counted.\n"
      "In a list a name with a comma is quoted, '\"a,b\",c', or has its comma\n"
      "after a backslash.\n"
      "Examples:\n"
      "  enthesis analyze survival --data lung.csv --time time --event "
      "status=2 --by sex\n"
      "  enthesis analyze cox --data lung.csv --time time --event status=2 "
      "--covariates age,sex --format json\n"
      "`enthesis analyze METHOD --help` lists the flags of a method.");
  AddSurvival(*command, chosen);
  AddIncidence(*command, chosen);
  AddCox(*command, chosen);
  AddFineGray(*command, chosen);
  AddParametric(*command, chosen);
  AddInterval(*command, chosen);
  AddGeneralizedLinearModel(
      *command, chosen, "logistic", "Logistic regression of a binary response",
      AnalyzeLogistic,
      "logistic --data births.csv --response low --covariates "
      "\"age,lwt,factor(race)\"");
  AddGeneralizedLinearModel(
      *command, chosen, "poisson", "Poisson regression of counts",
      AnalyzePoisson,
      "poisson --data claims.csv --response claims --covariates age "
      "--offset log_holders");
  AddGeneralizedLinearModel(
      *command, chosen, "negbin", "Negative binomial regression of counts",
      AnalyzeNegativeBinomial,
      "negbin --data absences.csv --response days --covariates "
      "\"sex,factor(age)\"");
  AddMixed(*command, chosen);
  AddRepeatedMeasures(*command, chosen);
  AddSiteMethods(*command, chosen);
  AddScoreMethods(*command, chosen);
}

}  // namespace enthesis::client
