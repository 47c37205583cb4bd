#include "client/commands/plot_option.h"

#include <CLI/CLI.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/analyze/figure_file.h"
#include "client/analyze/step_plot.h"
#include "client/commands/session.h"

namespace enthesis::client {

void AddPlotOption(CLI::App& command, std::string& path) {
  command
      .add_option("--plot", path,
                  "Draws a figure; the suffix decides its form (PNG and PDF "
                  "are made by rsvg-convert)")
      ->type_name("FILE.svg|png|pdf");
}

void AddCurvePlotOptions(CLI::App& command, CurvePlotText& plot,
                         bool in_terminal) {
  AddPlotOption(command, plot.path);
  command
      .add_option("--plot-axis", plot.axis,
                  absl::StrCat("First and last value of the axis of the "
                               "curves, such as 0.9..1",
                               in_terminal ? ", also in the terminal" : "",
                               "; one that begins above 0 is drawn broken and "
                               "says so"))
      ->type_name("FROM..TO");
}

absl::StatusOr<std::optional<AxisEnds>> ReadPlotAxis(const std::string& text) {
  if (text.empty()) return std::optional<AxisEnds>();
  const std::vector<std::string> ends =
      absl::StrSplit(text, absl::MaxSplits("..", 1));
  AxisEnds axis;
  // Nearer to one another they would leave no round number between them.
  constexpr double kLeast = 0.001;
  if (ends.size() == 2 && absl::SimpleAtod(ends[0], &axis.low) &&
      absl::SimpleAtod(ends[1], &axis.high) && axis.low >= 0 &&
      axis.high <= 1 && axis.high - axis.low >= kLeast) {
    return std::optional(axis);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--plot-axis: \"", text,
                   "\" is no part of an axis; allowed: FROM..TO from 0 to 1, "
                   "such as 0.9..1"));
}

void TakeAxis(const AxisEnds& axis, StepPlot& plot) {
  plot.low = axis.low;
  plot.high = axis.high;
  plot.own_axis = true;
  bool beyond = false;
  for (const StepCurve& curve : plot.curves) {
    for (const StepPoint& point : curve.points) {
      beyond = beyond || point.lower.value_or(point.value) < axis.low ||
               point.upper.value_or(point.value) > axis.high;
    }
  }
  if (!beyond) return;
  plot.note =
      absl::StrCat("What is beyond ", axis.low, " to ", axis.high,
                   " is not drawn.", plot.note.empty() ? "" : " ", plot.note);
}

int CheckPlotOption(const std::string& path) {
  if (path.empty()) return kExitDone;
  const absl::Status allowed = CheckFigurePath(path);
  if (allowed.ok()) return kExitDone;
  FailUsage(allowed.message());
  return absl::IsInvalidArgument(allowed) ? kExitUsage : kExitServer;
}

}  // namespace enthesis::client
