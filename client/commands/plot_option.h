// --plot, of every command that draws.

#ifndef ENTHESIS_CLIENT_COMMANDS_PLOT_OPTION_H_
#define ENTHESIS_CLIENT_COMMANDS_PLOT_OPTION_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace CLI {
class App;
}

namespace enthesis::client {

void AddPlotOption(CLI::App& command, std::string& path);

// A figure of curves: its file, and --plot-axis.
struct CurvePlotText {
  std::string path;
  std::string axis;  // "0.9..1"; empty: chosen by the program
};
void AddCurvePlotOptions(CLI::App& command, CurvePlotText& plot);

// From and to of the axis, where one is asked for. INVALID_ARGUMENT names what
// is allowed.
struct AxisEnds {
  double low = 0, high = 1;
};
absl::StatusOr<std::optional<AxisEnds>> ReadPlotAxis(const std::string& text);

// kExitDone where no figure is asked for or `path` may be written to; else the
// exit code of the command, which has said why.
int CheckPlotOption(const std::string& path);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_PLOT_OPTION_H_
