// Pieces of figures in SVG.

#ifndef ENTHESIS_CLIENT_ANALYZE_SVG_H_
#define ENTHESIS_CLIENT_ANALYZE_SVG_H_

#include <string>
#include <vector>

namespace enthesis::client {

// A white page of this size, to be closed by "</svg>\n".
std::string SvgPage(double width, double height);
// A place on the page.
std::string SvgNumber(double x);
// For text between tags and in attributes.
std::string SvgEscape(const std::string& text);
// `anchor` is start, middle or end.
void AppendSvgText(double x, double y, const char* anchor,
                   const std::string& text, std::string& svg);

// Lines broken between words where they do not fit a page of this width, with
// a margin at either side.
std::vector<std::string> SvgLines(const std::vector<std::string>& lines,
                                  double width);

// A figure with lines of text above it, what it shows, and of which
// cases. Lines are broken where the page ends.
std::string SvgWithHeading(const std::vector<std::string>& lines,
                           const std::string& svg);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_SVG_H_
