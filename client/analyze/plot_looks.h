// How lines of a figure are told apart.

#ifndef ENTHESIS_CLIENT_ANALYZE_PLOT_LOOKS_H_
#define ENTHESIS_CLIENT_ANALYZE_PLOT_LOOKS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace enthesis::client {

inline constexpr double kSvgRowHeight = 18;  // of a line of text

// Colors that keep apart for color-blind eyes (Okabe & Ito 2008) and differ in
// lightness; dashes tell them apart in gray.
struct Look {
  const char* color;
  const char* dashes;
  char mark;  // in characters
  double width = 1.8;
};
// Of the line with this index. Colors come again with other dashes.
Look LookOf(size_t line);
// Of what the others are part of: behind them, in gray that no line has.
inline constexpr Look kPooledLook = {"#A6A6A6", "none", '.', 3.2};

// A piece of the line at the left edge, beside the text in row `y`.
void AppendSvgLook(const Look& look, double y, std::string& svg);
inline void AppendSvgLook(size_t line, double y, std::string& svg) {
  AppendSvgLook(LookOf(line), y, svg);
}

// "* open   o endoscopic": what a figure in characters has below.
std::string TextLegend(const std::vector<std::string>& names);
std::string TextLegend(
    const std::vector<std::pair<char, std::string>>& marked_names);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_PLOT_LOOKS_H_
