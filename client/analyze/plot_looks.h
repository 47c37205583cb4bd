// How lines of a figure are told apart.

#ifndef ENTHESIS_CLIENT_ANALYZE_PLOT_LOOKS_H_
#define ENTHESIS_CLIENT_ANALYZE_PLOT_LOOKS_H_

#include <cstddef>
#include <string>
#include <vector>

namespace enthesis::client {

inline constexpr double kSvgRowHeight = 18;  // of a line of text

// Colors that keep apart for color-blind eyes (Okabe & Ito 2008) and differ in
// lightness; dashes tell them apart in gray.
struct Look {
  const char* color;
  const char* dashes;
  char mark;  // in characters
};
// Of the line with this index. Colors come again with other dashes.
Look LookOf(size_t line);

// A piece of the line `line` at the left edge, beside the text in row `y`.
void AppendSvgLook(size_t line, double y, std::string& svg);

// "* open   o endoscopic": what a figure in characters has below.
std::string TextLegend(const std::vector<std::string>& names);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_PLOT_LOOKS_H_
