#include "client/analyze/svg.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

std::string SvgPage(double width, double height) {
  return absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
      "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" font-family=\"Helvetica, "
      "Arial, sans-serif\" font-size=\"13\">\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
      width, height, width, height);
}

std::string SvgNumber(double x) { return absl::StrFormat("%.2f", x); }

std::string SvgEscape(const std::string& text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

void AppendSvgText(double x, double y, const char* anchor,
                   const std::string& text, std::string& svg) {
  absl::StrAppend(&svg, "<text x=\"", SvgNumber(x), "\" y=\"", SvgNumber(y),
                  "\" text-anchor=\"", anchor, "\">", SvgEscape(text),
                  "</text>\n");
}

namespace {

constexpr double kHeadingMargin = 20, kHeadingLine = 19;
constexpr double kCharacterWidth = 7;  // about, of the font of a page

// A number of the opening tag of a page.
double SvgAttribute(const std::string& svg, const char* name) {
  const std::string before = absl::StrCat(" ", name, "=\"");
  const size_t begin = svg.find(before) + before.size();
  double number = 0;
  (void)absl::SimpleAtod(
      absl::string_view(svg).substr(begin, svg.find('"', begin) - begin),
      &number);
  return number;
}

}  // namespace

std::vector<std::string> SvgLines(const std::vector<std::string>& lines,
                                  double width) {
  const auto fits = static_cast<size_t>(
      std::max(1.0, (width - 2 * kHeadingMargin) / kCharacterWidth));
  std::vector<std::string> fitted;
  for (const std::string& line : lines) {
    fitted.emplace_back();
    for (absl::string_view word : absl::StrSplit(line, ' ')) {
      if (!fitted.back().empty()) {
        if (fitted.back().size() + 1 + word.size() > fits) {
          fitted.emplace_back();
        } else {
          fitted.back() += ' ';
        }
      }
      absl::StrAppend(&fitted.back(), word);
    }
  }
  return fitted;
}

std::string SvgWithHeading(const std::vector<std::string>& lines,
                           const std::string& svg) {
  const double width = SvgAttribute(svg, "width");
  const std::vector<std::string> fitted = SvgLines(lines, width);
  const double top =
      kHeadingMargin + kHeadingLine * static_cast<double>(fitted.size());
  std::string page = SvgPage(width, SvgAttribute(svg, "height") + top);
  absl::StrAppend(&page, "<g class=\"heading\">\n");
  double y = kHeadingMargin + 5;
  for (const std::string& line : fitted) {
    AppendSvgText(kHeadingMargin, y, "start", line, page);
    y += kHeadingLine;
  }
  return absl::StrCat(page, "</g>\n<svg y=\"", SvgNumber(top), "\"",
                      svg.substr(4), "</svg>\n");
}

}  // namespace enthesis::client
