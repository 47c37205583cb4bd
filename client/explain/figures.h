// Every figure of an answer in plain words. Formulas, intervals and references
// are those of stats/METHODS.md, of which each figure names a section.

#ifndef ENTHESIS_CLIENT_EXPLAIN_FIGURES_H_
#define ENTHESIS_CLIENT_EXPLAIN_FIGURES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace enthesis::client {

struct Figure {
  absl::string_view name;      // "hazard-ratio"
  absl::string_view commands;  // that show it: "cox,analyze cox"
  absl::string_view section;   // of METHODS.md
  absl::string_view words;     // what it says, for whom does not know it
};

absl::Span<const Figure> Figures();

// Those that `command`, such as "analyze cox", shows.
std::vector<const Figure*> FiguresOf(absl::string_view command);

// Null when there is none. Blanks and underscores are as good as hyphens, and
// capitals as small letters.
const Figure* FindFigure(absl::string_view name);

// "cox", "analyze cox".
std::vector<std::string> CommandsOf(const Figure& figure);

// Who was left out for `reason` of an exclusion ("NO_VALUE"), in words that
// follow a number of cases; the reason itself where it is not known here.
std::string ReasonWords(absl::string_view reason, absl::string_view covariate);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_EXPLAIN_FIGURES_H_
