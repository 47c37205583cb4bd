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

std::vector<double> RatioTicks(double low, double high) {
  // 1, 2, 5 of each power, or the powers alone where these are many.
  std::vector<double> ticks;
  const bool is_wide = high - low > 8;
  const double first = std::floor(low / std::log(10.0));
  for (double power = first; power * std::log(10.0) <= high; ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (is_wide && factor != 1) continue;
      const double tick = factor * std::pow(10, power);
      if (std::log(tick) >= low && std::log(tick) <= high) {
        ticks.push_back(tick);
      }
    }
  }
  // Too few to read an axis by.
  if (ticks.size() < 3) {
    ticks = TicksBetween(std::exp(low), std::exp(high), 5);
    std::erase_if(ticks, [](double tick) { return !(tick > 0); });
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

std::vector<PlotTick> TicksOf(const PlotAxis& axis, int wanted) {
  if (!axis.ticks.empty()) return axis.ticks;
  std::vector<PlotTick> ticks;
  const std::vector<double> round = TicksBetween(axis.low, axis.high, wanted);
  const double step = round.size() > 1 ? round[1] - round[0] : 0;
  for (const double tick : round) ticks.push_back({tick, TickText(tick, step)});
  return ticks;
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
  for (const PlotTick& tick : TicksOf(x, kHorizontalTicks)) {
    AppendSvgLine(x.At(tick.at), y.begin, x.At(tick.at), y.begin + kTickLength,
                  "stroke=\"#000\"", svg);
    AppendSvgText(x.At(tick.at), y.begin + 19, "middle", tick.text, svg);
  }
  size_t widest = 0;
  for (const PlotTick& tick : TicksOf(y, kVerticalTicks)) {
    widest = std::max(widest, tick.text.size());
    AppendSvgLine(x.begin - kTickLength, y.At(tick.at), x.begin, y.At(tick.at),
                  "stroke=\"#000\"", svg);
    AppendSvgText(x.begin - 9, y.At(tick.at) + 4, "end", tick.text, svg);
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
