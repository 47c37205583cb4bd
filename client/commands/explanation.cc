#include "client/commands/explanation.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/explain/methods_text.h"
#include "client/figure_text.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

std::string Indented(absl::string_view lines) {
  std::string text;
  for (absl::string_view line : absl::StrSplit(lines, '\n')) {
    absl::StrAppend(&text, line.empty() ? "" : "  ", line, "\n");
  }
  return text;
}

std::string PartText(const MethodPart& part) {
  std::string text;
  bool first = true;
  for (const MethodText& paragraph : part.texts) {
    if (paragraph.verbatim) {
      if (first && !part.name.empty()) {
        absl::StrAppend(&text, "  ", part.name, ":\n");
      }
      absl::StrAppend(&text, Indented(paragraph.text));
    } else {
      absl::StrAppend(&text, Wrap(paragraph.text,
                                  first && !part.name.empty()
                                      ? absl::StrCat("  ", part.name, ": ")
                                      : "  ",
                                  "  "));
    }
    first = false;
  }
  return text;
}

// The cases of all sites that no exclusion has; absent where any is withheld.
std::optional<int32_t> CasesIn(const v1::Provenance& provenance) {
  if (!provenance.has_n_cases()) return std::nullopt;
  int32_t n = provenance.n_cases();
  for (const v1::Exclusion& exclusion : provenance.exclusions()) {
    if (!exclusion.has_n()) return std::nullopt;
    n -= exclusion.n();
  }
  return n;
}

}  // namespace

std::string FigureExplanation(const Figure& figure) {
  std::string text = absl::StrCat(
      figure.name, "\n\n", Wrap(figure.words, "", ""),
      "\nShown by: ", absl::StrJoin(CommandsOf(figure), ", "), "\n");
  const MethodSection* section = FindSection(figure.section);
  if (section == nullptr) return text;
  absl::StrAppend(&text, "\n", section->name, " (stats/METHODS.md)\n");
  for (const MethodPart& part : ReadersParts(*section)) {
    absl::StrAppend(&text, "\n", PartText(part));
  }
  return text;
}

std::string FiguresExplained(const std::string& command) {
  std::string text = "\nWhat the figures say\n";
  for (const Figure* figure : FiguresOf(command)) {
    absl::StrAppend(
        &text,
        Wrap(figure->words, absl::StrCat("  ", figure->name, ": "), "    "));
  }
  return absl::StrCat(
      text, "Formula, interval and reference of each: enthesis explain ",
      FiguresOf(command).empty() ? "FIGURE" : FiguresOf(command)[0]->name,
      "\n");
}

std::string CasesExplained(const v1::Provenance& provenance) {
  const FigureText figures(provenance);
  std::string text =
      absl::StrCat("\nWho is in it\n", Wrap(figures.Cohort(), "  ", "    "));
  for (const v1::Exclusion& exclusion : provenance.exclusions()) {
    absl::StrAppend(
        &text,
        Wrap(absl::StrCat(
                 figures.CountOf(ENTHESIS_OPTIONAL(exclusion, n), "case",
                                 v1::ABSENCE_SUPPRESSED),
                 " are not: they ",
                 ReasonWords(exclusion.reason(), exclusion.covariate()), "."),
             "  ", "    "));
  }
  const std::optional<int32_t> in = CasesIn(provenance);
  absl::StrAppend(
      &text, Wrap(in.has_value()
                      ? absl::StrCat(CountOf(*in, "case"),
                                     provenance.exclusions().empty()
                                         ? " are in it: nobody was left out."
                                         : " are in it.")
                      : "How many are in it is withheld with those left out.",
                  "  ", "    "));
  if (!provenance.estimand().empty()) {
    absl::StrAppend(&text,
                    Wrap(provenance.estimand(), "  Estimated: ", "    "));
  }
  return text;
}

}  // namespace enthesis::client
