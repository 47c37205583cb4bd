#include "client/analyze/funnel_plot.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/plot_axis.h"
#include "client/analyze/plot_labels.h"
#include "client/analyze/svg.h"
#include "client/analyze/text_plot.h"

namespace enthesis::client {
namespace {

constexpr double kFunnelWidth = 760;
constexpr double kFunnelLeft = 84;
constexpr double kFunnelRight = 736;
constexpr double kFunnelTop = 20;
constexpr double kFunnelBottom = 420;
constexpr double kSiteRadius = 4;
constexpr size_t kManySites = 400;  // more have smaller marks
constexpr size_t kNamedSites = 40;

using LimitOf = std::optional<double> FunnelLine::*;

// The look of a pair of limits.
struct LimitPair {
  LimitOf lower, upper;
  const char* name;
  const char* style;
  char mark;
};
constexpr LimitPair kPairs[] = {
    {&FunnelLine::lower998, &FunnelLine::upper998, "limits998",
     "stroke=\"#D55E00\" stroke-width=\"1.5\"", ':'},
    {&FunnelLine::lower95, &FunnelLine::upper95, "limits95",
     "stroke=\"#0072B2\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"", '.'}};

struct FunnelAxes {
  PlotAxis x, y;
};

// Limits of sites as large as the smallest, not much more than twice as far as
// sites reach.
FunnelAxes DifferenceAxes(const FunnelPlot& plot) {
  double smallest = plot.limits.back().size, reach = 0;
  for (const FunnelMark& site : plot.sites) {
    smallest = std::min(smallest, site.size);
    reach = std::max(reach, std::abs(site.estimate - plot.target));
  }
  for (const FunnelLine& line : plot.limits) {
    if (line.size < smallest || !line.upper998) continue;
    const double limit = *line.upper998 - plot.target;
    reach = std::max(reach, reach > 0 ? std::min(limit, 2 * reach) : limit);
    break;
  }
  reach *= 1.06;
  return {{0, plot.limits.back().size, kFunnelLeft, kFunnelRight, plot.x_title},
          {plot.target - reach, plot.target + reach, kFunnelBottom, kFunnelTop,
           plot.y_title}};
}

// As high as sites reach, and limits of sites as large as the smallest; wide
// limits of small sites leave the figure at its top.
FunnelAxes FunnelAxesOf(const FunnelPlot& plot) {
  if (plot.is_difference) return DifferenceAxes(plot);
  double smallest = plot.limits.back().size;
  double low = plot.target, high = plot.target;
  for (const FunnelMark& site : plot.sites) {
    smallest = std::min(smallest, site.size);
    low = std::min(low, site.estimate);
    high = std::max(high, site.estimate);
  }
  for (const FunnelLine& line : plot.limits) {
    if (line.size < smallest) continue;
    // Not much more than the sites need.
    high = std::max(high, std::min(line.upper998.value_or(0),
                                   1.7 * std::max(high, plot.target)));
    low = std::min(low, line.lower998.value_or(0));
    break;
  }
  if (!(high > 0)) {  // no events at all
    for (const FunnelLine& line : plot.limits) {
      high = std::max(high, line.upper998.value_or(0));
    }
    if (!(high > 0)) high = 1;
  }
  high += 0.06 * (high - low);
  low -= 0.06 * (high - low);
  if (plot.ceiling > 0) high = std::min(high, plot.ceiling);
  if (low < 0.35 * high) low = 0;
  if (!(high > low)) low = 0;
  return {{0, plot.limits.back().size, kFunnelLeft, kFunnelRight, plot.x_title},
          {low, high, kFunnelBottom, kFunnelTop, plot.y_title}};
}

// One limit as points, from where it is there: a lower one comes from 0. An
// upper one starts at its highest: of still smaller sites it falls to 0, for
// one event more than they expect is beyond it.
std::vector<std::pair<double, double>> PointsOf(const FunnelPlot& plot,
                                                LimitOf limit) {
  std::vector<std::pair<double, double>> points;
  std::optional<double> before;
  for (const FunnelLine& line : plot.limits) {
    if ((line.*limit).has_value()) {
      if (points.empty() && !plot.is_difference && before.has_value())
        points.push_back({*before, 0});
      points.push_back({line.size, *(line.*limit)});
    }
    before = line.size;
  }
  if (plot.is_difference) return points;
  const auto top = std::max_element(
      points.begin(), points.end(),
      [](const auto& a, const auto& b) { return a.second < b.second; });
  if (top != points.end() && top->second > plot.target) {
    points.erase(points.begin(), top);
  }
  return points;
}

void AppendLimit(const FunnelPlot& plot, const FunnelAxes& axes, LimitOf limit,
                 const LimitPair& pair, std::string& svg) {
  std::string path;
  const double far = axes.y.high + 5 * (axes.y.high - axes.y.low);
  const double deep = axes.y.low - 5 * (axes.y.high - axes.y.low);
  for (const auto& [size, value] : PointsOf(plot, limit)) {
    absl::StrAppend(&path, path.empty() ? "M" : "L", SvgNumber(axes.x.At(size)),
                    " ", SvgNumber(axes.y.At(std::clamp(value, deep, far))));
  }
  if (path.empty()) return;
  absl::StrAppend(&svg, "<path class=\"", pair.name, "\" d=\"", path,
                  "\" clip-path=\"url(#plot)\" fill=\"none\" ", pair.style,
                  "/>\n");
}

// A circle within limits, a square for an alert, a diamond for an alarm.
void AppendSite(double x, double y, double radius, int level, bool is_key,
                std::string& svg) {
  const char* const kind = is_key       ? "key"
                           : level == 0 ? "site"
                           : level == 1 ? "alert"
                                        : "alarm";
  if (level == 0) {
    absl::StrAppend(&svg, "<circle class=\"", kind, "\" cx=\"", SvgNumber(x),
                    "\" cy=\"", SvgNumber(y), "\" r=\"", SvgNumber(radius),
                    "\" fill=\"#777\" fill-opacity=\"0.65\"/>\n");
  } else if (level == 1) {
    absl::StrAppend(&svg, "<rect class=\"", kind, "\" x=\"",
                    SvgNumber(x - radius), "\" y=\"", SvgNumber(y - radius),
                    "\" width=\"", SvgNumber(2 * radius), "\" height=\"",
                    SvgNumber(2 * radius),
                    "\" fill=\"#fff\" stroke=\"#0072B2\" "
                    "stroke-width=\"2\"/>\n");
  } else {
    const double r = 1.6 * radius;
    absl::StrAppend(&svg, "<path class=\"", kind, "\" d=\"M", SvgNumber(x), " ",
                    SvgNumber(y - r), "L", SvgNumber(x + r), " ", SvgNumber(y),
                    "L", SvgNumber(x), " ", SvgNumber(y + r), "L",
                    SvgNumber(x - r), " ", SvgNumber(y),
                    "Z\" fill=\"#D55E00\"/>\n");
  }
}

void AppendOwnRing(double x, double y, double radius, std::string& svg) {
  absl::StrAppend(&svg, "<circle class=\"own\" cx=\"", SvgNumber(x), "\" cy=\"",
                  SvgNumber(y), "\" r=\"", SvgNumber(2.2 * radius),
                  "\" fill=\"none\" stroke=\"#000\" stroke-width=\"2\"/>\n");
}

// Sites that have a name: one's own, and those beyond limits, the furthest
// first.
std::vector<FunnelMark> NamedSites(const FunnelPlot& plot) {
  std::vector<FunnelMark> named;
  for (const FunnelMark& site : plot.sites) {
    if (site.level > 0 || site.is_own) named.push_back(site);
  }
  std::sort(named.begin(), named.end(),
            [](const FunnelMark& a, const FunnelMark& b) {
              const double a_far = -std::abs(a.z), b_far = -std::abs(b.z);
              return std::tie(b.is_own, b.level, a_far, a.label) <
                     std::tie(a.is_own, a.level, b_far, b.label);
            });
  if (named.size() > kNamedSites) named.resize(kNamedSites);
  return named;
}

// All of them, those beyond limits above the others.
void AppendSites(const FunnelPlot& plot, const FunnelAxes& axes,
                 std::string& svg) {
  PlotLabels labels(axes.x.begin, axes.y.end, axes.x.end, axes.y.begin);
  const double radius =
      plot.sites.size() > kManySites ? 0.5 * kSiteRadius : kSiteRadius;
  for (int level = 0; level <= 2; ++level) {
    for (const FunnelMark& site : plot.sites) {
      if (site.level != level) continue;
      const double x = axes.x.At(site.size), y = axes.y.At(site.estimate);
      AppendSite(x, y, radius, level, false, svg);
      if (site.is_own) AppendOwnRing(x, y, radius, svg);
      labels.Avoid(x, y, 1.6 * radius);
    }
  }
  for (const FunnelMark& site : NamedSites(plot)) {
    labels.Append(axes.x.At(site.size), axes.y.At(site.estimate), site.label,
                  svg);
  }
}

void AppendFunnelKey(const FunnelPlot& plot, std::string& svg) {
  const double y = kFunnelBottom + 68;
  double x = kFunnelLeft;
  const auto line = [&](const char* style, const char* text, double width) {
    AppendSvgLine(x, y - 4, x + 26, y - 4, style, svg);
    AppendSvgText(x + 32, y, "start", text, svg);
    x += width;
  };
  line("stroke=\"#000\" stroke-width=\"1\"", "target", 92);
  line(kPairs[1].style, "95 % limits", 122);
  line(kPairs[0].style, "99.8 % limits", 136);
  const char* const names[] = {"within", "alert", "alarm"};
  for (int level = 0; level <= 2; ++level) {
    AppendSite(x + 6, y - 4, kSiteRadius, level, true, svg);
    AppendSvgText(x + 18, y, "start", names[level], svg);
    x += 76;
  }
  if (!plot.note.empty()) {
    AppendSvgText(kFunnelLeft, y + 24, "start", plot.note, svg);
  }
}

}  // namespace

std::string FunnelPlot::Svg() const {
  const FunnelAxes axes = FunnelAxesOf(*this);
  std::string svg =
      SvgPage(kFunnelWidth, kFunnelBottom + (note.empty() ? 82 : 106));
  AppendSvgClip(axes.x, axes.y, "plot", svg);
  for (const LimitPair& pair : kPairs) {
    AppendLimit(*this, axes, pair.upper, pair, svg);
    AppendLimit(*this, axes, pair.lower, pair, svg);
  }
  AppendSvgLine(axes.x.begin, axes.y.At(target), axes.x.end, axes.y.At(target),
                "class=\"target\" stroke=\"#000\" stroke-width=\"1\"", svg);
  AppendSvgAxes(axes.x, axes.y, svg);
  AppendSites(*this, axes, svg);
  AppendFunnelKey(*this, svg);
  return svg + "</svg>\n";
}

std::string FunnelPlot::Text() const {
  const FunnelAxes axes = FunnelAxesOf(*this);
  TextPlot plot(axes.x.low, axes.x.high, axes.y.low, axes.y.high);
  for (const LimitPair& pair : kPairs) {
    plot.Line(PointsOf(*this, pair.upper), pair.mark);
    plot.Line(PointsOf(*this, pair.lower), pair.mark);
  }
  plot.Line({{axes.x.low, target}, {axes.x.high, target}}, '-');
  for (int level = 0; level <= 2; ++level) {
    for (const FunnelMark& site : sites) {
      if (site.level == level) {
        plot.Mark(site.size, site.estimate, "oA#"[level]);
      }
    }
  }
  return absl::StrCat(plot.Render(x_title, y_title),
                      "o within   A alert   # alarm   . 95 %   : 99.8 %   "
                      "- target\n");
}

}  // namespace enthesis::client
