#include "client/analyze/plot_labels.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "client/analyze/plot_axis.h"
#include "client/analyze/svg.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

constexpr double kLetterWidth = 7.4;  // of 13 px Helvetica, on the wide side
constexpr double kLetterHeight = 13;
constexpr double kGap = 9;  // from the mark

}  // namespace

std::string ShortLabel(const std::string& name) {
  if (WidthOf(name) <= kLabelLetters) return name;
  // Whole letters, of which each but the first byte is 10xxxxxx.
  size_t end = 0;
  for (size_t letters = 0; letters < kLabelLetters; ++end) {
    const bool begins = (static_cast<unsigned char>(name[end]) & 0xC0) != 0x80;
    if (begins && ++letters == kLabelLetters) break;
  }
  return name.substr(0, end) + "~";
}

bool PlotLabels::IsFree(const Box& box) const {
  if (box.left < page_.left || box.right > page_.right || box.top < page_.top ||
      box.bottom > page_.bottom) {
    return false;
  }
  return std::none_of(taken_.begin(), taken_.end(), [&](const Box& other) {
    return box.left < other.right && other.left < box.right &&
           box.top < other.bottom && other.top < box.bottom;
  });
}

void PlotLabels::Avoid(double x, double y, double radius) {
  taken_.push_back({x - radius, y - radius, x + radius, y + radius});
}

void PlotLabels::Append(double x, double y, const std::string& name,
                        std::string& svg) {
  const double width = kLetterWidth * static_cast<double>(WidthOf(name));
  // Ever further off; first to the right.
  for (double away = 0; away <= 90; away += 15) {
    for (const double angle :
         {0.0, 180.0, 90.0, 270.0, 45.0, 315.0, 135.0, 225.0}) {
      const double radians = angle * std::acos(-1) / 180;
      const double across = std::cos(radians), up = std::sin(radians);
      // The center of the name.
      const double center_x = x + across * (kGap + width / 2 + away);
      const double center_y = y - up * (kGap + kLetterHeight / 2 + away);
      const Box box = {center_x - width / 2, center_y - kLetterHeight / 2,
                       center_x + width / 2, center_y + kLetterHeight / 2};
      if (!IsFree(box)) continue;
      if (away > 0) {
        AppendSvgLine(x, y, std::clamp(x, box.left, box.right),
                      std::clamp(y, box.top, box.bottom),
                      "stroke=\"#999\" stroke-width=\"0.8\"", svg);
      }
      // Legible over lines.
      absl::StrAppend(&svg, "<text class=\"label\" x=\"", SvgNumber(center_x),
                      "\" y=\"", SvgNumber(center_y + 4.5),
                      "\" text-anchor=\"middle\" stroke=\"#fff\" "
                      "stroke-width=\"3\" paint-order=\"stroke\">",
                      SvgEscape(name), "</text>\n");
      taken_.push_back(box);
      return;
    }
  }
}

}  // namespace enthesis::client
