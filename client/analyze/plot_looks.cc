#include "client/analyze/plot_looks.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "client/analyze/svg.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

constexpr Look kLooks[] = {
    {"#000000", "none", '*'}, {"#0072B2", "8 4", 'o'},
    {"#D55E00", "2 3", '+'},  {"#009E73", "10 3 2 3", 'x'},
    {"#CC79A7", "5 2", '#'},  {"#56B4E9", "1 2", '@'},
    {"#E69F00", "12 4", '%'}, {"#7F7F7F", "6 2 1 2 1 2", '='}};

}  // namespace

Look LookOf(size_t line) {
  constexpr size_t kCount = std::size(kLooks);
  return {kLooks[line % kCount].color,
          kLooks[(line + line / kCount) % kCount].dashes,
          kLooks[line % kCount].mark};
}

void AppendSvgLook(const Look& look, double y, std::string& svg) {
  absl::StrAppend(&svg, "<path d=\"M8 ", SvgNumber(y - 4), "h20\" stroke=\"",
                  look.color, "\" stroke-width=\"", look.width,
                  "\" stroke-dasharray=\"", look.dashes, "\"/>\n");
}

std::string TextLegend(const std::vector<std::string>& names) {
  std::vector<std::pair<char, std::string>> marked;
  for (size_t i = 0; i < names.size(); ++i) {
    marked.emplace_back(LookOf(i).mark, names[i]);
  }
  return TextLegend(marked);
}

std::string TextLegend(
    const std::vector<std::pair<char, std::string>>& marked_names) {
  std::string legend;
  for (const auto& [mark, name] : marked_names) {
    absl::StrAppend(&legend, legend.empty() ? "" : "   ", std::string(1, mark),
                    " ", name);
  }
  return legend.empty() ? "" : Wrap(legend, "", "");
}

}  // namespace enthesis::client
