// stats/METHODS.md, which the program carries, in pieces for a terminal.

#ifndef ENTHESIS_CLIENT_EXPLAIN_METHODS_TEXT_H_
#define ENTHESIS_CLIENT_EXPLAIN_METHODS_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace enthesis::client {

// A paragraph of prose, or lines that stay as they are (a formula).
struct MethodText {
  std::string text;
  bool verbatim = false;
};

struct MethodPart {
  std::string name;  // "Estimand"
  std::vector<MethodText> texts;
};

struct MethodSection {
  std::string name;  // "Kaplan-Meier"
  std::vector<MethodPart> parts;
};

// All sections, in the order of the document.
const std::vector<MethodSection>& MethodSections();
// Null when there is none of this name.
const MethodSection* FindSection(absl::string_view name);

// What a reader of a figure wants of a section: not how it is computed, tested
// or unlike R.
std::vector<MethodPart> ReadersParts(const MethodSection& section);

// The document itself; made from stats/METHODS.md when the program is built.
absl::string_view MethodsDocument();

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_EXPLAIN_METHODS_TEXT_H_
