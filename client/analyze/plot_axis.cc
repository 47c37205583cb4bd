#include "client/analyze/plot_axis.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/analyze/svg.h"

namespace enthesis::client {
namespace {

constexpr double kTickLength = 5;
constexpr int kHorizontalTicks = 7;
constexpr int kVerticalTicks = 6;

}  // namespace

std::vector<double> TicksBetween(double low, double high, int wanted) {
  std::vector<double> ticks;
  const double raw = (high - low) / wanted;
  if (!(raw > 0) || !std::isfinite(raw)) return ticks;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power * (1 + 1e-9)) {
      step = factor * power;
      break;
    }
  }
  // Below the normal numbers there is no power of 10 to step by.
  if (!std::isnormal(step)) return ticks;
  // Multiples, lest sums drift; and no -0.
  for (double k = std::ceil(low / step * (1 - 1e-12));
       k * step <= high + 1e-9 * step; ++k) {
    ticks.push_back(k * step + 0.0);
  }
  return ticks;
}

std::string TickText(double tick, double step) {
  if (std::abs(tick) >= 1e7 || (step > 0 && step < 1e-6)) {
    return absl::StrFormat("%.4g", tick);
  }
  const int decimals =
      step > 0
          ? std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)))
          : 0;
  return absl::StrFormat("%.*f", decimals, tick);
}

void AppendSvgLine(double x1, double y1, double x2, double y2,
                   const char* style, std::string& svg) {
  absl::StrAppend(&svg, "<path d=\"M", SvgNumber(x1), " ", SvgNumber(y1), "L",
                  SvgNumber(x2), " ", SvgNumber(y2), "\" fill=\"none\" ", style,
                  "/>\n");
}

void AppendSvgAxes(const PlotAxis& x, const PlotAxis& y, std::string& svg) {
  absl::StrAppend(&svg, "<path d=\"M", SvgNumber(x.begin), " ",
                  SvgNumber(y.end), "V", SvgNumber(y.begin), "H",
                  SvgNumber(x.end), "\" fill=\"none\" stroke=\"#000\"/>\n");
  const auto step_of = [](const std::vector<double>& ticks) {
    return ticks.size() > 1 ? ticks[1] - ticks[0] : 0;
  };
  const std::vector<double> across =
      TicksBetween(x.low, x.high, kHorizontalTicks);
  for (const double tick : across) {
    AppendSvgLine(x.At(tick), y.begin, x.At(tick), y.begin + kTickLength,
                  "stroke=\"#000\"", svg);
    AppendSvgText(x.At(tick), y.begin + 19, "middle",
                  TickText(tick, step_of(across)), svg);
  }
  const std::vector<double> up = TicksBetween(y.low, y.high, kVerticalTicks);
  size_t widest = 0;
  for (const double tick : up) {
    const std::string text = TickText(tick, step_of(up));
    widest = std::max(widest, text.size());
    AppendSvgLine(x.begin - kTickLength, y.At(tick), x.begin, y.At(tick),
                  "stroke=\"#000\"", svg);
    AppendSvgText(x.begin - 9, y.At(tick) + 4, "end", text, svg);
  }
  AppendSvgText((x.begin + x.end) / 2, y.begin + 40, "middle", x.title, svg);
  const double title_x = x.begin - 24 - 7.5 * static_cast<double>(widest);
  absl::StrAppend(&svg, "<text transform=\"translate(", SvgNumber(title_x), " ",
                  SvgNumber((y.begin + y.end) / 2),
                  ") rotate(-90)\" text-anchor=\"middle\">", SvgEscape(y.title),
                  "</text>\n");
}

void AppendSvgClip(const PlotAxis& x, const PlotAxis& y, const char* id,
                   std::string& svg) {
  absl::StrAppend(&svg, "<clipPath id=\"", id, "\"><rect x=\"",
                  SvgNumber(x.begin), "\" y=\"", SvgNumber(y.end),
                  "\" width=\"", SvgNumber(x.end - x.begin), "\" height=\"",
                  SvgNumber(y.begin - y.end), "\"/></clipPath>\n");
}

}  // namespace enthesis::client
