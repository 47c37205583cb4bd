#include "client/analyze/step_plot.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/plot_axis.h"
#include "client/analyze/plot_labels.h"
#include "client/analyze/svg.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

constexpr double kPlotWidth = 576;
constexpr double kLeast = 120;        // left of the curves
constexpr double kNameAt = 34;        // after the line that shows the look
constexpr double kLetterWidth = 7.4;  // of 13 px Helvetica, on the wide side
constexpr double kRight = 24;
constexpr double kTop = 24;
constexpr double kPlotHeight = 360;
// Nearer to one another marks of censoring would hide the curve.
constexpr double kMarksApart = 4;

std::string NameOf(const StepCurve& curve) {
  return curve.name.empty() ? "all" : ShortLabel(curve.name);
}

double WidthOnPage(const std::string& text) {
  return kLetterWidth * static_cast<double>(WidthOf(text));
}

// From data to the page.
struct Scale {
  double left = kLeast;
  double top = kTop;
  double end = 1;  // last time
  double low = 0, high = 1;

  double Right() const { return left + kPlotWidth; }
  double X(double time) const { return left + kPlotWidth * (time / end); }
  double Y(double value) const {
    return top + kPlotHeight * (high - value) / (high - low);
  }
};

// The corners of a step line through (time, value of each point).
template <typename ValueOf>
std::string StepPath(const StepCurve& curve, const Scale& scale,
                     const ValueOf& value_of) {
  double last = curve.start;
  std::string path =
      absl::StrCat("M", SvgNumber(scale.X(0)), " ", SvgNumber(scale.Y(last)));
  for (const StepPoint& point : curve.points) {
    absl::StrAppend(&path, "H", SvgNumber(scale.X(point.time)));
    const std::optional<double> value = value_of(point);
    if (value.has_value() && *value != last) {
      last = *value;
      absl::StrAppend(&path, "V", SvgNumber(scale.Y(last)));
    }
  }
  return path;
}

// The band between the limits: out along the upper, back along the lower.
std::string BandPath(const StepCurve& curve, const Scale& scale) {
  std::vector<std::pair<double, double>> out, back;
  double upper = curve.start, lower = curve.start;
  out.emplace_back(0, upper);
  back.emplace_back(0, lower);
  for (const StepPoint& point : curve.points) {
    out.emplace_back(point.time, upper);
    back.emplace_back(point.time, lower);
    if (!point.lower.has_value() || !point.upper.has_value()) continue;
    upper = *point.upper;
    lower = *point.lower;
    out.emplace_back(point.time, upper);
    back.emplace_back(point.time, lower);
  }
  std::string path;
  for (const auto& [time, value] : out) {
    absl::StrAppend(&path, path.empty() ? "M" : "L", SvgNumber(scale.X(time)),
                    " ", SvgNumber(scale.Y(value)));
  }
  for (auto at = back.rbegin(); at != back.rend(); ++at) {
    absl::StrAppend(&path, "L", SvgNumber(scale.X(at->first)), " ",
                    SvgNumber(scale.Y(at->second)));
  }
  return path + "Z";
}

void AppendCurve(const StepCurve& curve, const Look& look, const Scale& scale,
                 std::string& svg) {
  // That of the pooled curve would lie below all others.
  if (!curve.pooled) {
    absl::StrAppend(&svg, "<path class=\"band\" d=\"", BandPath(curve, scale),
                    "\" fill=\"", look.color,
                    "\" fill-opacity=\"0.12\" stroke=\"none\"/>\n");
  }
  absl::StrAppend(
      &svg, "<path class=\"curve\" d=\"",
      StepPath(curve, scale,
               [](const StepPoint& p) { return std::optional(p.value); }),
      "\" fill=\"none\" stroke=\"", look.color, "\" stroke-width=\"",
      look.width, "\" stroke-dasharray=\"", look.dashes, "\"/>\n");
  double last = -kMarksApart;
  for (const StepPoint& point : curve.points) {
    if (!point.censored || scale.X(point.time) < last + kMarksApart) continue;
    last = scale.X(point.time);
    const std::string x = SvgNumber(last);
    absl::StrAppend(&svg, "<path class=\"censored\" d=\"M", x, " ",
                    SvgNumber(scale.Y(point.value) - 4), "v8\" stroke=\"",
                    look.color, "\" stroke-width=\"1\"/>\n");
  }
}

std::vector<double> ValueTicks(const StepPlot& plot) {
  if (plot.low == 0 && plot.high == 1) return {0, 0.25, 0.5, 0.75, 1};
  return TicksBetween(plot.low, plot.high, 5);
}

void AppendAxes(const StepPlot& plot, const Scale& scale,
                const std::vector<double>& ticks, std::string& svg) {
  const double bottom = scale.Y(scale.low);
  absl::StrAppend(&svg, "<path d=\"M", SvgNumber(scale.left), " ",
                  SvgNumber(scale.top), "V", SvgNumber(bottom), "H",
                  SvgNumber(scale.Right()),
                  "\" fill=\"none\" stroke=\"#000\"/>\n");
  const std::vector<double> values = ValueTicks(plot);
  const double step = values.size() > 1 ? values[1] - values[0] : 0;
  for (const double value : values) {
    const double y = scale.Y(value);
    absl::StrAppend(&svg, "<path d=\"M", SvgNumber(scale.left), " ",
                    SvgNumber(y), "h-5\" stroke=\"#000\"/>\n");
    AppendSvgText(
        scale.left - 9, y + 4, "end",
        step < 0.0099 ? TickText(value, step) : absl::StrFormat("%.2f", value),
        svg);
  }
  // An axis that does not begin with 0 is broken below its first value.
  if (scale.low > 0) {
    for (const double up : {6.0, 11.0}) {
      absl::StrAppend(&svg, "<path class=\"break\" d=\"M",
                      SvgNumber(scale.left - 5), " ", SvgNumber(bottom - up),
                      "l10 -5\" stroke=\"#000\"/>\n");
    }
  }
  for (double tick : ticks) {
    absl::StrAppend(&svg, "<path d=\"M", SvgNumber(scale.X(tick)), " ",
                    SvgNumber(bottom), "v5\" stroke=\"#000\"/>\n");
    AppendSvgText(scale.X(tick), bottom + 19, "middle",
                  absl::StrFormat("%.6g", tick), svg);
  }
  AppendSvgText((scale.left + scale.Right()) / 2, bottom + 38, "middle",
                plot.x_title, svg);
  absl::StrAppend(&svg, "<text transform=\"translate(",
                  SvgNumber(scale.left - 48), " ",
                  SvgNumber(scale.top + kPlotHeight / 2),
                  ") rotate(-90)\" text-anchor=\"middle\">",
                  SvgEscape(plot.ValueTitle()), "</text>\n");
}

double AtRisk(const StepCurve& curve, double time) {
  const auto next = std::lower_bound(
      curve.points.begin(), curve.points.end(), time,
      [](const StepPoint& point, double t) { return point.time < t; });
  return next == curve.points.end() ? 0 : next->at_risk;
}

void AppendAtRisk(const StepPlot& plot, const Scale& scale,
                  const std::vector<double>& ticks, std::string& svg) {
  double y = scale.Y(scale.low) + 62;
  if (plot.at_risk) AppendSvgText(8, y, "start", "Number at risk", svg);
  for (size_t c = 0; c < plot.curves.size(); ++c) {
    y += kSvgRowHeight;
    AppendSvgLook(CurveLook(plot, c), y, svg);
    AppendSvgText(kNameAt, y, "start", NameOf(plot.curves[c]), svg);
    if (!plot.at_risk || plot.curves[c].same_group) continue;
    const std::vector<std::string> texts = AtRiskTexts(plot.curves[c], ticks);
    for (size_t t = 0; t < texts.size(); ++t) {
      AppendSvgText(scale.X(ticks[t]), y, "middle", texts[t], svg);
    }
  }
}

// Names end before the numbers below the first tick, those at time 0.
double LeftOf(const StepPlot& plot) {
  double left = kLeast;
  for (const StepCurve& curve : plot.curves) {
    const double first =
        plot.at_risk ? WidthOnPage(AtRiskTexts(curve, {0})[0]) / 2 : 0;
    left = std::max(
        left, kNameAt + WidthOnPage(NameOf(curve)) + 4 * kLetterWidth + first);
  }
  return left;
}

}  // namespace

std::vector<std::string> AtRiskTexts(const StepCurve& curve,
                                     const std::vector<double>& ticks) {
  if (!curve.at_risk.empty()) return curve.at_risk;
  std::vector<std::string> texts;
  for (const double tick : ticks) {
    texts.push_back(absl::StrFormat("%.6g", AtRisk(curve, tick)));
  }
  return texts;
}

Look CurveLook(const StepPlot& plot, size_t index) {
  return plot.curves[index].pooled ? kPooledLook : LookOf(index);
}

std::string StepPlot::ValueTitle() const {
  if (low == 0) return y_title;
  return absl::StrCat(y_title, " (axis from ", low, ")");
}

double StepPlot::EndTime() const {
  double end = 0;
  for (const StepCurve& curve : curves) {
    if (curve.points.empty()) continue;
    end = std::max(end, curve.points.back().time);
  }
  return std::isnormal(end) ? end : 1;
}

std::vector<double> StepPlot::TimeTicks() const {
  return ticks.empty() ? RoundTicks(EndTime(), 6) : ticks;
}

std::vector<double> RoundTicks(double end, int wanted) {
  std::vector<double> ticks = {0};
  if (!(end > 0) || !std::isfinite(end)) return ticks;
  const double raw = end / wanted;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (raw <= factor * power * (1 + 1e-9)) {
      step = factor * power;
      break;
    }
  }
  // Below the normal numbers there is no power of 10 to step by.
  if (!std::isnormal(step)) return ticks;
  for (int i = 1; i * step <= end * (1 + 1e-9); ++i) ticks.push_back(i * step);
  return ticks;
}

std::string StepPlot::Svg() const {
  Scale scale;
  const std::vector<double> at = TimeTicks();
  scale.end = ticks.empty() ? EndTime() : std::max(EndTime(), ticks.back());
  scale.low = low;
  scale.high = high;
  scale.left = LeftOf(*this);
  const std::vector<std::string> notes =
      note.empty() ? std::vector<std::string>()
                   : SvgLines({note}, scale.Right() + kRight);
  const double height = scale.top + kPlotHeight + 74 +
                        kSvgRowHeight * static_cast<double>(curves.size()) +
                        kSvgRowHeight * static_cast<double>(notes.size()) +
                        (notes.empty() ? 0 : 4);
  std::string svg = SvgPage(scale.Right() + kRight, height);
  AppendAxes(*this, scale, at, svg);
  // What the axis does not reach is not drawn over the rest of the page.
  absl::StrAppend(&svg, "<clipPath id=\"values\"><rect x=\"0\" y=\"",
                  SvgNumber(scale.Y(scale.high) - 2), "\" width=\"",
                  SvgNumber(scale.Right() + kRight), "\" height=\"",
                  SvgNumber(kPlotHeight + 4),
                  "\"/></clipPath>\n<g clip-path=\"url(#values)\">\n");
  for (const bool pooled : {true, false}) {
    for (size_t c = 0; c < curves.size(); ++c) {
      if (curves[c].pooled != pooled) continue;
      AppendCurve(curves[c], CurveLook(*this, c), scale, svg);
    }
  }
  svg += "</g>\n";
  AppendAtRisk(*this, scale, at, svg);
  double y =
      height - 10 - kSvgRowHeight * (static_cast<double>(notes.size()) - 1);
  for (const std::string& line : notes) {
    AppendSvgText(8, y, "start", line, svg);
    y += kSvgRowHeight;
  }
  svg += "</svg>\n";
  return headings.empty() ? svg : SvgWithHeading(headings, svg);
}

}  // namespace enthesis::client
