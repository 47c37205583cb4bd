// Figures of the registry's answers: curves with numbers at risk, the course of
// a score. What an answer withholds they withhold, too.

#ifndef ENTHESIS_CLIENT_COMMANDS_CURVE_FIGURES_H_
#define ENTHESIS_CLIENT_COMMANDS_CURVE_FIGURES_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/analyze/course_plot.h"
#include "client/analyze/figure_file.h"
#include "client/analyze/step_plot.h"
#include "client/commands/session.h"
#include "client/registry_client.h"
#include "enthesis/v1/incidence.pb.h"
#include "enthesis/v1/return_to_play.pb.h"
#include "enthesis/v1/score_change.pb.h"
#include "enthesis/v1/survival.pb.h"

namespace CLI {
class App;
}

namespace enthesis::client {

// --plot.
void AddPlotOption(CLI::App& command, std::string& path);

// Months at which the time axis of a figure has its ticks, from 0 on: at most
// eight, up to the last of `days`.
std::vector<double> MonthTicks(double last_day);

// The days of MonthTicks of an answer with curves.
double LastDay(const v1::EstimateSurvivalResponse& answer);
double LastDay(const v1::EstimateIncidenceResponse& answer);
double LastDay(const v1::EstimateReturnToPlayResponse& answer);

// `answer` has been asked for the days of MonthTicks.
StepPlot CurveFigure(const v1::EstimateSurvivalResponse& answer,
                     const std::string& event);
StepPlot CurveFigure(const v1::EstimateIncidenceResponse& answer,
                     const std::string& event);
StepPlot CurveFigure(const v1::EstimateReturnToPlayResponse& answer,
                     const std::string& event);

// Of a score from `low` to `high`, named `score`.
CoursePlot CourseFigure(const v1::EstimateScoreChangeResponse& answer,
                        const std::string& score, double low, double high);

// The figure in characters with an empty line below; nothing where there is
// nothing to draw. More curves than tell apart are left to --plot.
std::string DrawingOf(StepPlot plot);
std::string DrawingOf(CoursePlot plot);

// Draws into `path`; fails where there is nothing to draw.
template <typename Plot>
absl::Status DrawFigure(const std::string& path, const Plot& plot,
                        bool has_points) {
  if (!has_points) {
    return absl::FailedPreconditionError(
        "--plot: there is nothing to draw: every curve is withheld");
  }
  return WriteFigure(path, plot.Svg());
}
bool HasPoints(const StepPlot& plot);
bool HasPoints(const CoursePlot& plot);

// Whether the command has to draw at all.
inline bool Draws(const Session& session, const std::string& path) {
  return session.format == Format::kTable || !path.empty();
}

// Runs `ask` behind a check of --plot, and then writes the figure that it left
// in `plot`. Returns the exit code.
template <typename Plot, typename Ask>
int AskWithFigure(const std::string& path, const Plot& plot, const Ask& ask) {
  if (!path.empty()) {
    const absl::Status allowed = CheckFigurePath(path);
    if (!allowed.ok()) {
      FailUsage(allowed.message());
      return absl::IsInvalidArgument(allowed) ? kExitUsage : kExitServer;
    }
  }
  const int code = ask();
  if (code != kExitDone || path.empty()) return code;
  const absl::Status drawn = DrawFigure(path, plot, HasPoints(plot));
  if (drawn.ok()) return code;
  FailUsage(drawn.message());
  return kExitServer;
}

// Asks for the numbers at risk at the ticks: `request` again, of the state that
// `answer` has read, at the days of the ticks. `ask` is a method of
// RegistryClient.
template <typename Request, typename Answer, typename Ask>
StepPlot AskFigure(RegistryClient& client, Request request,
                   const Answer& answer, Ask ask, const std::string& event) {
  const double last = LastDay(answer);
  if (!(last > 0)) return {};
  request.mutable_options()->set_as_of(answer.provenance().as_of());
  request.clear_at_days();
  for (const double month : MonthTicks(last)) {
    request.add_at_days(static_cast<int32_t>(std::lround(month * 30.4375)));
  }
  const auto at_ticks = (client.*ask)(request);
  if (!at_ticks.ok()) return {};
  return CurveFigure(*at_ticks, event);
}

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_CURVE_FIGURES_H_
