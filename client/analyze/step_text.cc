// Step curves in characters.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/analyze/plot_labels.h"
#include "client/analyze/step_plot.h"
#include "client/analyze/text_plot.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

constexpr size_t kRows = 18;

// The corners of the line: it stays at each value up to the next time.
std::vector<std::pair<double, double>> CornersOf(const StepCurve& curve) {
  std::vector<std::pair<double, double>> corners = {{0, curve.start}};
  for (const StepPoint& point : curve.points) {
    corners.emplace_back(point.time, corners.back().second);
    corners.emplace_back(point.time, point.value);
  }
  return corners;
}

}  // namespace

std::string StepPlot::Text() const {
  const std::vector<double> at = TimeTicks();
  TextPlot plot(0, std::max(EndTime(), at.back()), low, high, kRows);
  std::vector<PlotTick> named;
  const double step = at.size() > 1 ? at[1] - at[0] : 0;
  for (const double tick : at) named.push_back({tick, TickText(tick, step)});
  plot.NameTicks(std::move(named));
  // The first lie on top, the pooled one below all.
  for (const bool pooled : {true, false}) {
    for (size_t c = curves.size(); c-- > 0;) {
      if (curves[c].points.empty() || curves[c].pooled != pooled) continue;
      plot.Line(CornersOf(curves[c]), CurveLook(*this, c).mark);
    }
  }
  std::string text;
  for (const std::string& heading : headings) {
    absl::StrAppend(&text, Wrap(heading, "", "  "));
  }
  absl::StrAppend(&text, plot.Render(x_title, ValueTitle()));
  if (at_risk) absl::StrAppend(&text, "Number at risk\n");
  std::vector<std::pair<char, std::string>> names;
  for (size_t c = 0; c < curves.size(); ++c) {
    const char mark = CurveLook(*this, c).mark;
    names.emplace_back(
        mark, curves[c].name.empty() ? "all" : ShortLabel(curves[c].name));
    if (!at_risk || curves[c].same_group) continue;
    absl::StrAppend(&text, plot.BelowTicks(std::string(1, mark), at,
                                           AtRiskTexts(curves[c], at)));
  }
  return absl::StrCat(text, TextLegend(names),
                      note.empty() ? "" : Wrap(note, "", "  "));
}

}  // namespace enthesis::client
