#include "client/analyze/means_plot.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/analyze/plot_axis.h"
#include "client/analyze/svg.h"
#include "client/analyze/text_plot.h"

namespace enthesis::client {
namespace {

constexpr double kMeansWidth = 760;
constexpr double kMeansLeft = 84;
constexpr double kMeansRight = 736;
constexpr double kMeansTop = 20;
constexpr double kMeansBottom = 400;
constexpr double kKeyLetter = 7.2;
// Intervals of groups at one visit stand side by side, so far apart at most.
constexpr double kDodge = 9;
constexpr double kCap = 3.5;
// Of all visits the closest two are not nearer than this share of the whole.
constexpr double kClosest = 0.06;

// The palette of Okabe and Ito, with a dash and a mark of each color.
struct MeansLook {
  const char* color;
  const char* dash;
  char mark;
};
constexpr MeansLook kMeansLooks[] = {
    {"#0072B2", "none", 'A'}, {"#D55E00", "7 4", 'B'},
    {"#009E73", "2 3", 'C'},  {"#CC79A7", "9 3 2 3", 'D'},
    {"#E69F00", "none", 'E'}, {"#56B4E9", "7 4", 'F'},
    {"#000000", "2 3", 'G'},  {"#777777", "9 3 2 3", 'H'}};

const MeansLook& MeansLookOf(size_t series) {
  return kMeansLooks[series % std::size(kMeansLooks)];
}

std::vector<double> PlacesOf(const MeansPlot& plot) {
  if (!plot.places.empty()) return plot.places;
  std::vector<double> equal, numbers;
  for (size_t v = 0; v < plot.visits.size(); ++v) {
    equal.push_back(static_cast<double>(v));
    double number = 0;
    if (absl::SimpleAtod(plot.visits[v], &number) && std::isfinite(number)) {
      numbers.push_back(number);
    }
  }
  if (numbers.size() != equal.size() || numbers.size() < 2) return equal;
  const double whole = numbers.back() - numbers.front();
  for (size_t v = 1; v < numbers.size(); ++v) {
    if (!(numbers[v] - numbers[v - 1] >= kClosest * whole)) return equal;
  }
  return numbers;
}

PlotAxis VisitAxis(const MeansPlot& plot, const std::vector<double>& places) {
  PlotAxis axis{places.front(), places.back(), 0, 1, plot.x_title};
  double margin = 0.06 * (axis.high - axis.low);
  if (!(margin > 0)) margin = 0.5;
  axis.low -= margin;
  axis.high += margin;
  for (size_t v = 0; v < places.size(); ++v) {
    axis.ticks.push_back({places[v], plot.visits[v]});
  }
  return axis;
}

PlotAxis MeanAxis(const MeansPlot& plot) {
  PlotAxis axis{HUGE_VAL, -HUGE_VAL, 0, 1, plot.y_title};
  for (const MeansSeries& series : plot.series) {
    for (const PlottedMean& mean : series.means) {
      axis.low = std::min(axis.low, mean.lower.value_or(mean.estimate));
      axis.high = std::max(axis.high, mean.upper.value_or(mean.estimate));
    }
  }
  double margin = 0.05 * (axis.high - axis.low);
  if (!(margin > 0)) margin = 1;
  axis.low -= margin;
  axis.high += margin;
  return axis;
}

double DodgeOf(const MeansPlot& plot, size_t series, double most) {
  const auto n = static_cast<double>(plot.series.size());
  return (static_cast<double>(series) - (n - 1) / 2) *
         std::min(kDodge, most / n);
}

// Half the least distance of visits on the page.
double RoomOf(const PlotAxis& x, const std::vector<double>& places) {
  double room = x.end - x.begin;
  for (size_t v = 1; v < places.size(); ++v) {
    room = std::min(room, x.At(places[v]) - x.At(places[v - 1]));
  }
  return room / 2;
}

// Marks that differ by shape, too.
void AppendMark(size_t series, double x, double y, std::string& svg) {
  const std::string style =
      absl::StrCat("class=\"mean\" fill=\"", MeansLookOf(series).color, "\"");
  const double r = 4.2;
  switch (series % 4) {
    case 0:
      absl::StrAppend(&svg, "<circle ", style, " cx=\"", SvgNumber(x),
                      "\" cy=\"", SvgNumber(y), "\" r=\"", SvgNumber(r),
                      "\"/>\n");
      return;
    case 1:
      absl::StrAppend(&svg, "<path ", style, " d=\"M", SvgNumber(x - r), " ",
                      SvgNumber(y - r), "h", SvgNumber(2 * r), "v",
                      SvgNumber(2 * r), "h", SvgNumber(-2 * r), "Z\"/>\n");
      return;
    case 2:
      absl::StrAppend(&svg, "<path ", style, " d=\"M", SvgNumber(x), " ",
                      SvgNumber(y - 1.2 * r), "L", SvgNumber(x + 1.2 * r), " ",
                      SvgNumber(y + r), "L", SvgNumber(x - 1.2 * r), " ",
                      SvgNumber(y + r), "Z\"/>\n");
      return;
    default:
      absl::StrAppend(&svg, "<path ", style, " d=\"M", SvgNumber(x), " ",
                      SvgNumber(y - 1.3 * r), "L", SvgNumber(x + 1.3 * r), " ",
                      SvgNumber(y), "L", SvgNumber(x), " ",
                      SvgNumber(y + 1.3 * r), "L", SvgNumber(x - 1.3 * r), " ",
                      SvgNumber(y), "Z\"/>\n");
  }
}

void AppendSeries(const MeansPlot& plot, size_t index, const PlotAxis& x,
                  const PlotAxis& y, const std::vector<double>& places,
                  std::string& svg) {
  const MeansSeries& series = plot.series[index];
  const double dodge = DodgeOf(plot, index, RoomOf(x, places));
  const std::string stroke =
      absl::StrCat("stroke=\"", MeansLookOf(index).color, "\"");
  std::string path;
  for (const PlottedMean& mean : series.means) {
    const double at = x.At(places[mean.visit]) + dodge;
    absl::StrAppend(&path, path.empty() ? "M" : "L", SvgNumber(at), " ",
                    SvgNumber(y.At(mean.estimate)));
    if (!mean.lower.has_value() || !mean.upper.has_value()) continue;
    const double low = y.At(*mean.lower), high = y.At(*mean.upper);
    absl::StrAppend(
        &svg, "<path class=\"interval\" d=\"M", SvgNumber(at - kCap), " ",
        SvgNumber(low), "h", SvgNumber(2 * kCap), "M", SvgNumber(at), " ",
        SvgNumber(low), "V", SvgNumber(high), "M", SvgNumber(at - kCap), " ",
        SvgNumber(high), "h", SvgNumber(2 * kCap), "\" fill=\"none\" ", stroke,
        " stroke-width=\"1.2\"/>\n");
  }
  absl::StrAppend(&svg, "<path class=\"series\" d=\"", path,
                  "\" fill=\"none\" ", stroke, " stroke-width=\"1.5\"",
                  " stroke-dasharray=\"", MeansLookOf(index).dash, "\"/>\n");
  for (const PlottedMean& mean : series.means) {
    AppendMark(index, x.At(places[mean.visit]) + dodge, y.At(mean.estimate),
               svg);
  }
}

// Returns where the last line of keys stands.
double AppendMeansKeys(const MeansPlot& plot, std::string& svg) {
  double x = kMeansLeft, y = kMeansBottom + 68;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    const std::string& label = plot.series[i].label;
    if (label.empty()) continue;
    const double width = 58 + kKeyLetter * static_cast<double>(label.size());
    if (x > kMeansLeft && x + width > kMeansRight) {
      x = kMeansLeft;
      y += 22;
    }
    const std::string style =
        absl::StrCat("stroke=\"", MeansLookOf(i).color,
                     "\" stroke-width=\"1.5\" stroke-dasharray=\"",
                     MeansLookOf(i).dash, "\"");
    AppendSvgLine(x, y - 4.5, x + 30, y - 4.5, style.c_str(), svg);
    std::string mark;
    AppendMark(i, x + 15, y - 4.5, mark);
    // A key is no mean.
    mark.replace(mark.find("\"mean\""), 6, "\"key\"");
    svg += mark;
    AppendSvgText(x + 37, y, "start", label, svg);
    x += width;
  }
  return y;
}

}  // namespace

std::string MeansPlot::Svg() const {
  const std::vector<double> at = PlacesOf(*this);
  PlotAxis x = VisitAxis(*this, at), y = MeanAxis(*this);
  x.begin = kMeansLeft;
  x.end = kMeansRight;
  y.begin = kMeansBottom;
  y.end = kMeansTop;
  std::string body;
  AppendSvgAxes(x, y, body);
  for (size_t i = 0; i < series.size(); ++i) {
    AppendSeries(*this, i, x, y, at, body);
  }
  double bottom = AppendMeansKeys(*this, body);
  if (!note.empty()) {
    bottom += 24;
    AppendSvgText(12, bottom, "start", note, body);
  }
  return absl::StrCat(SvgPage(kMeansWidth, bottom + 14), body, "</svg>\n");
}

std::string MeansPlot::Text() const {
  const std::vector<double> at = PlacesOf(*this);
  const PlotAxis x = VisitAxis(*this, at), y = MeanAxis(*this);
  TextPlot plot(x.low, x.high, y.low, y.high);
  plot.NameTicks(x.ticks);
  constexpr int kSteps = 120;
  const double column = (x.high - x.low) / static_cast<double>(TextPlotWidth());
  const auto place_of = [&](size_t index, const PlottedMean& mean) {
    const auto n = static_cast<double>(series.size());
    return at[mean.visit] +
           2 * column * (static_cast<double>(index) - (n - 1) / 2);
  };
  for (size_t i = 0; i < series.size(); ++i) {
    for (const PlottedMean& mean : series[i].means) {
      if (!mean.lower.has_value() || !mean.upper.has_value()) continue;
      for (int step = 0; step <= kSteps; ++step) {
        plot.Mark(place_of(i, mean),
                  *mean.lower + (*mean.upper - *mean.lower) * step / kSteps,
                  '|');
      }
    }
  }
  std::string keys;
  for (size_t i = 0; i < series.size(); ++i) {
    const char mark = MeansLookOf(i).mark;
    for (const PlottedMean& mean : series[i].means) {
      plot.Mark(place_of(i, mean), mean.estimate, mark);
    }
    if (series[i].label.empty()) continue;
    absl::StrAppend(&keys, keys.empty() ? "" : "   ", std::string(1, mark), " ",
                    series[i].label);
  }
  return absl::StrCat(plot.Render(x_title, y_title), keys,
                      keys.empty() ? "" : "\n");
}

}  // namespace enthesis::client
