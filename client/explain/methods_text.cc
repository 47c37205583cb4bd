#include "client/explain/methods_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace enthesis::client {
namespace {

// Links and marks of Markdown, of which the text alone is read here.
std::string WithoutMarkup(absl::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const size_t open = text.find('[');
    const size_t middle = text.find("](", open);
    const size_t close = text.find(')', middle);
    // "[0, 1] (" is no link, nor is what spans another bracket.
    if (open == absl::string_view::npos || middle == absl::string_view::npos ||
        close == absl::string_view::npos) {
      break;
    }
    const absl::string_view inside = text.substr(open + 1, middle - open - 1);
    const size_t nested = inside.rfind('[');
    const size_t start =
        nested == absl::string_view::npos ? open : open + 1 + nested;
    absl::StrAppend(&plain, text.substr(0, start),
                    text.substr(start + 1, middle - start - 1));
    text.remove_prefix(close + 1);
  }
  absl::StrAppend(&plain, text);
  return absl::StrReplaceAll(plain, {{"**", ""}, {"`", ""}});
}

// A row of a table, "| ci | the exact interval |", as "ci: the exact interval";
// empty for a line that only draws the table.
std::string RowText(absl::string_view line) {
  if (line.find_first_not_of("|- ") == absl::string_view::npos) return "";
  std::vector<absl::string_view> cells;
  for (absl::string_view cell : absl::StrSplit(line, " | ")) {
    absl::ConsumePrefix(&cell, "|");
    absl::ConsumeSuffix(&cell, "|");
    cells.push_back(absl::StripAsciiWhitespace(cell));
  }
  return WithoutMarkup(absl::StrJoin(cells, ": "));
}

// The name that a paragraph begins with, "**Estimand.** ", which is cut off.
std::string TakeName(absl::string_view& paragraph) {
  if (!absl::ConsumePrefix(&paragraph, "**")) return "";
  const size_t end = paragraph.find("**");
  if (end == absl::string_view::npos) return "";
  std::string name(paragraph.substr(0, end));
  paragraph.remove_prefix(end + 2);
  paragraph = absl::StripLeadingAsciiWhitespace(paragraph);
  if (absl::EndsWith(name, ".")) name.pop_back();
  return absl::StrReplaceAll(name, {{"\n", " "}});
}

void AddParagraph(absl::string_view paragraph, MethodSection& section) {
  const std::string name = TakeName(paragraph);
  if (!name.empty() || section.parts.empty())
    section.parts.push_back({name, {}});
  std::vector<MethodText>& texts = section.parts.back().texts;
  if (absl::StartsWith(paragraph, "|")) {
    for (absl::string_view line : absl::StrSplit(paragraph, '\n')) {
      std::string row = RowText(line);
      if (!row.empty()) texts.push_back({std::move(row), false});
    }
    return;
  }
  // Lists and indented lines stay as they are.
  const bool verbatim =
      absl::StartsWith(paragraph, "    ") || absl::StartsWith(paragraph, "- ");
  std::string text = WithoutMarkup(paragraph);
  if (!verbatim) text = absl::StrReplaceAll(text, {{"\n", " "}});
  texts.push_back({std::move(text), verbatim});
}

std::vector<MethodSection> ReadSections() {
  const std::vector<absl::string_view> texts =
      absl::StrSplit(MethodsDocument(), "\n## ");
  std::vector<MethodSection> sections;
  for (size_t i = 1; i < texts.size(); ++i) {  // what is before says of all
    const std::pair<absl::string_view, absl::string_view> named =
        absl::StrSplit(texts[i], absl::MaxSplits('\n', 1));
    MethodSection section = {std::string(named.first), {}};
    for (absl::string_view paragraph :
         absl::StrSplit(named.second, "\n\n", absl::SkipWhitespace())) {
      while (absl::ConsumePrefix(&paragraph, "\n")) {
      }
      AddParagraph(absl::StripTrailingAsciiWhitespace(paragraph), section);
    }
    sections.push_back(std::move(section));
  }
  return sections;
}

}  // namespace

const std::vector<MethodSection>& MethodSections() {
  static const auto& sections = *new std::vector<MethodSection>(ReadSections());
  return sections;
}

const MethodSection* FindSection(absl::string_view name) {
  for (const MethodSection& section : MethodSections()) {
    if (section.name == name) return &section;
  }
  return nullptr;
}

std::vector<MethodPart> ReadersParts(const MethodSection& section) {
  constexpr absl::string_view kForProgrammers[] = {
      "Input",        "Numerics",      "Computation",
      "Verified",     "Convergence",   "Differs from R",
      "Collinearity", "Order of rows", "Edge cases"};
  std::vector<MethodPart> parts;
  for (const MethodPart& part : section.parts) {
    if (std::find(std::begin(kForProgrammers), std::end(kForProgrammers),
                  part.name) == std::end(kForProgrammers)) {
      parts.push_back(part);
    }
  }
  return parts;
}

}  // namespace enthesis::client
