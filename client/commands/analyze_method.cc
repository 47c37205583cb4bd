#include "client/commands/analyze_method.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "client/analyze/figure_file.h"
#include "client/commands/explanation.h"
#include "client/file_bytes.h"
#include "client/text_encoding.h"
#include "stats/parallel.h"

namespace enthesis::client {
namespace {

int DrawFigure(const std::string& path, const Report& report) {
  const std::string figure = report.Svg();
  if (figure.empty()) return FailUsage("--plot: this method has no figure");
  const absl::Status written = WriteFigure(path, figure);
  if (written.ok()) return kExitDone;
  FailUsage(written.message());
  return kExitServer;
}

int RunAnalyze(const AnalyzeCommand& command, Analyze analyze,
               const Session& session) {
  if (command.data.empty()) return FailUsage("--data FILE.csv is required");
  if (const int code = CheckPlotOption(command.plot.path); code != kExitDone)
    return code;
  const auto axis = ReadPlotAxis(command.plot.axis);
  if (!axis.ok()) return FailUsage(axis.status().message());
  if (axis->has_value() && command.plot.path.empty()) {
    return FailUsage("--plot-axis is of a figure; allowed: with --plot FILE");
  }
  absl::StatusOr<std::string> text = ReadFileBytes(command.data);
  if (!text.ok()) {
    FailUsage(text.status().message());
    return kExitServer;
  }
  absl::StatusOr<DecodedText> decoded = DecodeText(*std::move(text), {});
  if (!decoded.ok()) return FailUsage(decoded.status().message());
  AnalyzeOptions options = command.options;
  options.draws = !command.plot.path.empty();
  options.points = session.format == Format::kCsv;
  stats::ThreadPool pool(command.threads > 0
                             ? command.threads
                             : static_cast<int>(std::max(
                                   1u, std::thread::hardware_concurrency())));
  options.pool = &pool;
  absl::StatusOr<Report> report = analyze(options, std::move(decoded->text));
  if (!report.ok()) {
    FailUsage(report.status().message());
    const bool asked = absl::IsInvalidArgument(report.status()) ||
                       absl::IsFailedPrecondition(report.status());
    return asked ? kExitUsage : kExitServer;
  }
  if (decoded->encoding != TextEncoding::kUtf8) {
    report->warnings.push_back(
        absl::StrCat("the file is read as ", NameOf(decoded->encoding)));
  }
  report->WarnOfRange();
  if (axis->has_value()) TakeAxis(**axis, report->plot);
  if (options.draws) {
    const int code = DrawFigure(command.plot.path, *report);
    if (code != kExitDone) return code;
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
      PrintText(session.explain
                    ? absl::StrCat(report->Tables(),
                                   FiguresExplained(session.command))
                    : report->Tables());
      break;
  }
  return kExitDone;
}

}  // namespace

AnalyzeMethod::AnalyzeMethod(CLI::App& app, const char* name, const char* what,
                             Analyze analyze, Command& chosen)
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

AnalyzeMethod& AnalyzeMethod::Flag(const char* name, std::string& into,
                                   const std::string& what, const char* type) {
  CLI::Option* option = command_->add_option(name, into, what);
  option->type_name(type);
  if (!into.empty()) option->capture_default_str();
  return *this;
}

AnalyzeMethod& AnalyzeMethod::Switch(const char* name, bool& into,
                                     const char* what) {
  command_->add_flag(name, into, what);
  return *this;
}

AnalyzeMethod& AnalyzeMethod::TimeFlags() {
  Flag("--time", options().time, "Exit time");
  Flag("--event", options().event,
       "Event: not 0; or COLUMN=VALUE for one value", "COLUMN[=VALUE]");
  return Flag("--entry", options().entry, "Entry time (left truncation)");
}

AnalyzeMethod& AnalyzeMethod::CovariateFlags() {
  Flag("--covariates", options().covariates,
       "Comma list; factor(COLUMN) makes indicators; a name with a comma in "
       "quotes",
       "COLUMNS");
  return ReferenceFlag("Reference of a factor; repeat for further ones");
}

AnalyzeMethod& AnalyzeMethod::ReferenceFlag(const char* what) {
  command_->add_option("--reference", options().references, what)
      ->type_name("COLUMN=LEVEL")
      ->allow_extra_args(false);
  return *this;
}

AnalyzeMethod& AnalyzeMethod::Intervals() {
  return Flag("--conf-type", options().conf_type,
              "Scale of the interval: log-log, log, plain, logit, arcsin",
              "SCALE");
}

AnalyzeMethod& AnalyzeMethod::Plot() {
  AddPlotOption(*command_, state_->plot.path);
  return *this;
}

AnalyzeMethod& AnalyzeMethod::CurvePlot() {
  AddCurvePlotOptions(*command_, state_->plot, /*in_terminal=*/false);
  return *this;
}

void AnalyzeMethod::Example(const char* text) {
  command_->footer(absl::StrCat("Example:\n  enthesis analyze ", text));
}

}  // namespace enthesis::client
