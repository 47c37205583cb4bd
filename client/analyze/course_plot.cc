#include "client/analyze/course_plot.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/analyze/plot_axis.h"
#include "client/analyze/plot_labels.h"
#include "client/analyze/plot_looks.h"
#include "client/analyze/svg.h"
#include "client/analyze/text_plot.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

constexpr double kCourseWidth = 576, kCourseHeight = 330;
constexpr double kCourseTop = 24, kCourseLeft = 190, kCourseRight = 24;
constexpr double kDodge = 7;  // between the marks of groups at a visit

std::string NameOfLine(const CourseLine& line) {
  return line.name.empty() ? "all" : ShortLabel(line.name);
}

// From the visit with this index and the score to the page.
struct CoursePage {
  PlotAxis x, y;

  // Marks of groups stand side by side.
  double X(size_t visit, size_t line, size_t n_lines) const {
    return x.At(static_cast<double>(visit)) +
           kDodge * (static_cast<double>(line) -
                     (static_cast<double>(n_lines) - 1) / 2);
  }
};

void AppendCourse(const CourseLine& line, size_t index, size_t n_lines,
                  const CoursePage& page, std::string& svg) {
  const Look look = LookOf(index);
  const std::string stroke =
      absl::StrCat("stroke=\"", look.color, "\" stroke-width=\"");
  std::string path, marks;
  for (size_t v = 0; v < line.points.size(); ++v) {
    const CoursePoint& point = line.points[v];
    if (!point.mean.has_value()) continue;
    const double at = page.X(v, index, n_lines);
    const std::string x = SvgNumber(at), y = SvgNumber(page.y.At(*point.mean));
    absl::StrAppend(&path, path.empty() ? "M" : "L", x, " ", y);
    if (point.lower.has_value() && point.upper.has_value()) {
      absl::StrAppend(
          &marks, "<path class=\"interval\" d=\"M", SvgNumber(at - 3), " ",
          SvgNumber(page.y.At(*point.upper)), "h6M", x, " ",
          SvgNumber(page.y.At(*point.upper)), "V",
          SvgNumber(page.y.At(*point.lower)), "M", SvgNumber(at - 3), " ",
          SvgNumber(page.y.At(*point.lower)), "h6\" ", stroke, "1.2\"/>\n");
    }
    absl::StrAppend(&marks, "<circle class=\"mean\" cx=\"", x, "\" cy=\"", y,
                    "\" r=\"3.5\" fill=\"", look.color, "\"/>\n");
  }
  absl::StrAppend(&svg, "<path class=\"course\" d=\"", path,
                  "\" fill=\"none\" ", stroke, "1.8\" stroke-dasharray=\"",
                  look.dashes, "\"/>\n", marks);
}

// The numbers measured, aligned with the visits, beside the look of each line.
void AppendNumbers(const CoursePlot& plot, const CoursePage& page,
                   std::string& svg) {
  double y = page.y.begin + 44;
  AppendSvgText(8, y, "start", "Number measured", svg);
  for (size_t i = 0; i < plot.lines.size(); ++i) {
    y += kSvgRowHeight;
    AppendSvgLook(i, y, svg);
    AppendSvgText(34, y, "start", NameOfLine(plot.lines[i]), svg);
    const std::vector<CoursePoint>& points = plot.lines[i].points;
    for (size_t v = 0; v < points.size(); ++v) {
      AppendSvgText(page.x.At(static_cast<double>(v)), y, "middle", points[v].n,
                    svg);
    }
  }
}

std::vector<PlotTick> VisitTicks(const std::vector<std::string>& visits) {
  std::vector<PlotTick> ticks;
  for (const std::string& visit : visits) {
    ticks.push_back({static_cast<double>(ticks.size()), visit});
  }
  return ticks;
}

}  // namespace

std::string CoursePlot::Svg() const {
  const double last =
      std::max<double>(1, static_cast<double>(visits.size()) - 1);
  CoursePage page = {
      {-0.25, last + 0.25, kCourseLeft, kCourseLeft + kCourseWidth},
      {low, high, kCourseTop + kCourseHeight, kCourseTop}};
  page.x.ticks = VisitTicks(visits);
  page.y.title = y_title;
  const double height = page.y.begin + 64 +
                        kSvgRowHeight * static_cast<double>(lines.size()) +
                        (note.empty() ? 0 : kSvgRowHeight);
  std::string svg = SvgPage(kCourseLeft + kCourseWidth + kCourseRight, height);
  AppendSvgAxes(page.x, page.y, svg);
  for (size_t i = 0; i < lines.size(); ++i) {
    AppendCourse(lines[i], i, lines.size(), page, svg);
  }
  AppendNumbers(*this, page, svg);
  if (!note.empty()) AppendSvgText(8, height - 10, "start", note, svg);
  svg += "</svg>\n";
  return headings.empty() ? svg : SvgWithHeading(headings, svg);
}

std::string CoursePlot::Text() const {
  const double last =
      std::max<double>(1, static_cast<double>(visits.size()) - 1);
  // Half a visit of space at both sides.
  TextPlot plot(-0.3, last + 0.3, low, high, 18);
  plot.NameTicks(VisitTicks(visits));
  std::vector<double> places;
  for (size_t v = 0; v < visits.size(); ++v) {
    places.push_back(static_cast<double>(v));
  }
  const double side =
      0.5 / std::max<double>(2, static_cast<double>(lines.size()));
  std::string numbers;
  std::vector<std::string> names;
  for (size_t i = 0; i < lines.size(); ++i) {
    std::vector<std::string> counts;
    const double dodge = side * (static_cast<double>(i) -
                                 (static_cast<double>(lines.size()) - 1) / 2);
    for (size_t v = 0; v < lines[i].points.size(); ++v) {
      const CoursePoint& point = lines[i].points[v];
      counts.push_back(point.n);
      if (!point.mean.has_value()) continue;
      const double x = static_cast<double>(v) + dodge;
      if (point.lower.has_value() && point.upper.has_value()) {
        const double step = (high - low) / 18;
        for (double y = *point.lower; y <= *point.upper; y += step) {
          plot.Mark(x, y, '|');
        }
      }
      plot.Mark(x, *point.mean, LookOf(i).mark);
    }
    absl::StrAppend(&numbers, plot.BelowTicks(std::string(1, LookOf(i).mark),
                                              places, counts));
    names.push_back(NameOfLine(lines[i]));
  }
  std::string text;
  for (const std::string& heading : headings) {
    absl::StrAppend(&text, Wrap(heading, "", "  "));
  }
  return absl::StrCat(text, plot.Render("", y_title), "Number measured\n",
                      numbers, TextLegend(names),
                      note.empty() ? "" : Wrap(note, "", "  "));
}

}  // namespace enthesis::client
