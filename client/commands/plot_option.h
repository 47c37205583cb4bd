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

struct StepPlot;

void AddPlotOption(CLI::App& command, std::string& path);

// A figure of curves: its file, and --plot-axis.
struct CurvePlotText {
  std::string path;
  std::string axis;  // "0.9..1"; empty: chosen by the program
};
// `in_terminal`: whether the command draws the curves there, too.
void AddCurvePlotOptions(CLI::App& command, CurvePlotText& plot,
                         bool in_terminal = true);

// From and to of the axis, where one is asked for. INVALID_ARGUMENT names what
// is allowed.
struct AxisEnds {
  double low = 0, high = 1;
};
absl::StatusOr<std::optional<AxisEnds>> ReadPlotAxis(const std::string& text);
// Draws what is between the ends; the note says so where there is more.
void TakeAxis(const AxisEnds& axis, StepPlot& plot);

// kExitDone where no figure is asked for or `path` may be written to; else the
// exit code of the command, which has said why.
int CheckPlotOption(const std::string& path);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_PLOT_OPTION_H_
