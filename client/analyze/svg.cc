#include "client/analyze/svg.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

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

}  // namespace enthesis::client
