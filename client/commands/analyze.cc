// enthesis analyze METHOD --data FILE.csv: the engine on any CSV file.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "client/analyze/methods.h"
#include "client/commands/session.h"
#include "client/file_bytes.h"
#include "stats/parallel.h"

namespace enthesis::client {
namespace {

using Analyze = absl::StatusOr<Report> (*)(const AnalyzeOptions&, std::string);

struct AnalyzeCommand {
  AnalyzeOptions options;
  std::string data;
  std::string plot;
  int threads = 0;  // 0: as many as the machine has
};

int RunAnalyze(const AnalyzeCommand& command, Analyze analyze,
               const Session& session) {
  if (command.data.empty()) return FailUsage("--data FILE.csv is required");
  absl::StatusOr<std::string> text = ReadFileBytes(command.data);
  if (!text.ok()) {
    FailUsage(text.status().message());
    return kExitServer;
  }
  AnalyzeOptions options = command.options;
  options.draws = !command.plot.empty();
  options.points = session.format == Format::kCsv;
  stats::ThreadPool pool(command.threads > 0
                             ? command.threads
                             : static_cast<int>(std::max(
                                   1u, std::thread::hardware_concurrency())));
  options.pool = &pool;
  const absl::StatusOr<Report> report = analyze(options, *std::move(text));
  if (!report.ok()) {
    FailUsage(report.status().message());
    const bool asked = absl::IsInvalidArgument(report.status()) ||
                       absl::IsFailedPrecondition(report.status());
    return asked ? kExitUsage : kExitServer;
  }
  if (!command.plot.empty()) {
    const std::string figure = report->Svg();
    if (figure.empty()) return FailUsage("--plot: this method has no figure");
    const absl::Status written = ReplaceFile(command.plot, figure, 0644);
    if (!written.ok()) {
      FailUsage(written.message());
      return kExitServer;
    }
  }
  for (const std::string& warning : report->warnings) {
    PrintMessage(absl::StrCat("warning: ", warning, "\n"));
  }
  switch (session.format) {
    case Format::kJson:
      PrintDocument(report->Json());
      break;
    case Format::kCsv:
      PrintDocument(report->Csv());
      break;
    case Format::kTable:
      PrintDocument(report->Tables());
      break;
  }
  return kExitDone;
}

// Flags by the method that takes them.
class Method {
 public:
  Method(CLI::App& app, const char* name, const char* what, Analyze analyze,
         Command& chosen)
      : command_(app.add_subcommand(name, what)),
        state_(std::make_shared<AnalyzeCommand>()) {
    command_->fallthrough();
    Flag("--data", state_->data, "CSV file; - is standard input", "FILE.csv");
    command_
        ->add_option("--conf-level", options().conf_level,
                     "Confidence level of every interval")
        ->check(CLI::Range(0.001, 0.999999))
        ->capture_default_str();
    command_
        ->add_option("--threads", state_->threads,
                     "Threads to work with; the answer does not depend on it "
                     "[all cores]")
        ->type_name("N")
        ->check(CLI::Range(1, 1024));
    const std::shared_ptr<AnalyzeCommand> state = state_;
    command_->callback([state, analyze, &chosen] {
      chosen = [state, analyze](const Session& session) {
        return RunAnalyze(*state, analyze, session);
      };
    });
  }

  AnalyzeOptions& options() { return state_->options; }

  Method& Flag(const char* name, std::string& into, const std::string& what,
               const char* type = "COLUMN") {
    CLI::Option* option = command_->add_option(name, into, what);
    option->type_name(type);
    if (!into.empty()) option->capture_default_str();
    return *this;
  }
  Method& Switch(const char* name, bool& into, const char* what) {
    command_->add_flag(name, into, what);
    return *this;
  }
  Method& TimeFlags() {
    Flag("--time", options().time, "Exit time");
    Flag("--event", options().event,
         "Event: not 0; or COLUMN=VALUE for one value", "COLUMN[=VALUE]");
    return Flag("--entry", options().entry, "Entry time (left truncation)");
  }
  Method& CovariateFlags() {
    Flag("--covariates", options().covariates,
         "Comma list; factor(COLUMN) makes indicators; a name with a comma in "
         "quotes",
         "COLUMNS");
    return ReferenceFlag("Reference of a factor; repeat for further ones");
  }
  Method& ReferenceFlag(const char* what) {
    command_->add_option("--reference", options().references, what)
        ->type_name("COLUMN=LEVEL")
        ->allow_extra_args(false);
    return *this;
  }
  Method& Intervals() {
    return Flag("--conf-type", options().conf_type,
                "Scale of the interval: log-log, log, plain, logit, arcsin",
                "SCALE");
  }
  Method& Plot() {
    return Flag("--plot", state_->plot, "Draws a figure", "FILE.svg");
  }
  void Example(const char* text) {
    command_->footer(absl::StrCat("Example:\n  enthesis analyze ", text));
  }

 private:
  CLI::App* command_;
  std::shared_ptr<AnalyzeCommand> state_;
};

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
      .Plot();
  method.Example(
      "survival --data lung.csv --time time --event status=2 --by sex "
      "--at 180,365");
}

void AddIncidence(CLI::App& app, Command& chosen) {
  Method method(app, "incidence",
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
      .Plot();
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
            "Writes martingale, deviance and dfbeta residuals", "FILE.csv")
      .Plot();
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
      .Plot();
  method.Example(
      "fine-gray --data mgus2.csv --time etime --event event --cause 1 "
      "--covariates age,sex");
}

void AddParametric(CLI::App& app, Command& chosen) {
  Method method(app, "parametric",
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

void AddMetaAnalysis(CLI::App& app, Command& chosen) {
  Method method(app, "meta", "Effects of studies or sites, pooled", AnalyzeMeta,
                chosen);
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
      .Plot();
  method.Example(
      "meta --data bcg.csv --estimate log_rr --std-error se --label trial "
      "--hksj --plot forest.svg\n"
      "  enthesis analyze meta --data bcg.csv --measure or --events tpos --n "
      "treated --control-events cpos --control-n controls");
}

void AddProportions(CLI::App& app, Command& chosen) {
  Method method(app, "proportions",
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
      .Flag("--interval", options.interval,
            "Of a share: wilson, clopper-pearson or jeffreys", "NAME")
      .Flag("--correction", options.correction,
            "Added to the cells of two groups where one is 0", "X")
      .Flag("--exposure", options.exposure,
            "Time at risk: rates, with --event their number of events");
  method.Example(
      "proportions --data admissions.csv --event Admit=Admitted --by Gender "
      "--strata Dept --weights Freq");
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
      .Plot();
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
  AddProportions(*command, chosen);
  AddMetaAnalysis(*command, chosen);
  AddScoreMethods(*command, chosen);
}

}  // namespace enthesis::client
