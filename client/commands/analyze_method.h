// A method of `enthesis analyze` with its flags.

#ifndef ENTHESIS_CLIENT_COMMANDS_ANALYZE_METHOD_H_
#define ENTHESIS_CLIENT_COMMANDS_ANALYZE_METHOD_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/analyze/methods.h"
#include "client/commands/plot_option.h"
#include "client/commands/session.h"

namespace CLI {
class App;
}  // namespace CLI

namespace enthesis::client {

using Analyze = absl::StatusOr<Report> (*)(const AnalyzeOptions&, std::string);

struct AnalyzeCommand {
  AnalyzeOptions options;
  std::string data;
  CurvePlotText plot;
  int threads = 0;  // 0: as many as the machine has
};

// Flags by the method that takes them. What it fills stays with the command.
class AnalyzeMethod {
 public:
  AnalyzeMethod(CLI::App& app, const char* name, const char* what,
                Analyze analyze, Command& chosen);

  AnalyzeOptions& options() { return state_->options; }

  AnalyzeMethod& Flag(const char* name, std::string& into,
                      const std::string& what, const char* type = "COLUMN");
  AnalyzeMethod& Switch(const char* name, bool& into, const char* what);
  AnalyzeMethod& TimeFlags();
  AnalyzeMethod& CovariateFlags();
  AnalyzeMethod& ReferenceFlag(const char* what);
  AnalyzeMethod& Intervals();
  AnalyzeMethod& Plot();
  AnalyzeMethod& CurvePlot();
  void Example(const char* text);

 private:
  CLI::App* command_;
  std::shared_ptr<AnalyzeCommand> state_;
};

// Methods that compare sites: meta, proportions, funnel, standardize, cusum.
void AddSiteMethods(CLI::App& app, Command& chosen);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_ANALYZE_METHOD_H_
