// Figures of the registry's answers: curves with numbers at risk, the course of
// a score. What an answer withholds they withhold, too.

#ifndef ENTHESIS_CLIENT_COMMANDS_CURVE_FIGURES_H_
#define ENTHESIS_CLIENT_COMMANDS_CURVE_FIGURES_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/analyze/course_plot.h"
#include "client/analyze/figure_file.h"
#include "client/analyze/step_plot.h"
#include "client/commands/plot_option.h"
#include "client/commands/question_command.h"
#include "client/commands/session.h"
#include "client/registry_client.h"
#include "client/time_text.h"
#include "enthesis/v1/incidence.pb.h"
#include "enthesis/v1/return_to_play.pb.h"
#include "enthesis/v1/score_change.pb.h"
#include "enthesis/v1/survival.pb.h"

namespace enthesis::client {

// Months at which the time axis of a figure has its ticks: at most eight, from
// the one of `first_day` or later up to that of `last_day`.
std::vector<double> MonthTicks(double first_day, double last_day);

// The first day that may be asked for.
inline double FirstDay(const v1::EstimateSurvivalRequest& request) {
  return request.landmark_day();
}
template <typename Request>
double FirstDay(const Request&) {
  return 0;
}

// The last day of the curves.
double LastDay(const v1::EstimateSurvivalResponse& answer);
double LastDay(const v1::EstimateIncidenceResponse& answer);
double LastDay(const v1::EstimateReturnToPlayResponse& answer);

// Without ticks; `answer` has been asked for their days.
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
        "--plot: there is nothing to draw: no curve is there, or each is "
        "withheld");
  }
  return WriteFigure(path, plot.Svg());
}
bool HasPoints(const StepPlot& plot);
bool HasPoints(const CoursePlot& plot);

// Runs `ask` behind a check of --plot, and then writes the figure that it left
// in `plot`. Returns the exit code.
template <typename Plot, typename Ask>
int AskWithFigure(const std::string& path, const Plot& plot, const Ask& ask) {
  int code = CheckPlotOption(path);
  if (code != kExitDone) return code;
  code = ask();
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
absl::StatusOr<StepPlot> AskFigure(RegistryClient& client, Request request,
                                   const Answer& answer, Ask ask,
                                   const std::string& event) {
  const double last = LastDay(answer);
  if (!(last > 0)) return StepPlot();
  request.mutable_options()->set_as_of(answer.provenance().as_of());
  request.clear_at_days();
  const std::vector<double> ticks = MonthTicks(FirstDay(request), last);
  for (const double month : ticks) {
    request.add_at_days(
        static_cast<int32_t>(std::lround(month * kDaysPerMonth)));
  }
  auto at_ticks = std::invoke(ask, client, request);
  if (!at_ticks.ok()) return at_ticks.status();
  const absl::Status pooled = AddPooledRow(
      request,
      [&](const Request& all) { return std::invoke(ask, client, all); },
      *at_ticks);
  if (!pooled.ok()) return pooled;
  StepPlot plot = CurveFigure(*at_ticks, event);
  plot.ticks = ticks;
  if (FirstDay(request) > 0) {
    absl::StrAppend(&plot.headings[0], "; those free of it on day ",
                    FirstDay(request));
  }
  return plot;
}

// A question whose answer is curves, and their figure: in characters above the
// table, which `table` makes of the answer and them, and in the file of
// `asked_plot`. `ask` is a method of RegistryClient. Returns the exit code.
template <typename Request, typename Ask, typename Table, typename Csv>
int AskCurves(const Session& session, const absl::StatusOr<Request>& request,
              Ask ask, const CurvePlotText& asked_plot,
              const std::string& event, const Table& table, const Csv& csv) {
  const std::string& path = asked_plot.path;
  const auto axis = ReadPlotAxis(asked_plot.axis);
  if (!axis.ok()) return FailUsage(axis.status().message());
  StepPlot plot;
  bool drawn = session.format != Format::kTable && path.empty();
  const auto ask_both = [&](RegistryClient& client, const Request& asked) {
    auto answer = std::invoke(ask, client, asked);
    if (!answer.ok() || drawn) return answer;
    drawn = true;  // the row of all sites is asked next, for the table
    absl::StatusOr<StepPlot> figure =
        AskFigure(client, asked, *answer, ask, event);
    if (!figure.ok()) {
      answer = figure.status();
    } else {
      plot = *std::move(figure);
      if (axis->has_value()) TakeAxis(**axis, plot);
    }
    return answer;
  };
  return AskWithFigure(path, plot, [&] {
    return AskAndPrint(
        session, request, ask_both,
        [&](const auto& answer) { return table(answer, DrawingOf(plot)); },
        csv);
  });
}

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_CURVE_FIGURES_H_
