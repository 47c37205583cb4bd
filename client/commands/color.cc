#include "client/commands/color.h"

#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace enthesis::client {
namespace {

bool IsRule(absl::string_view line) {
  return absl::StartsWith(line, "--") &&
         line.find_first_not_of("- ") == absl::string_view::npos;
}

}  // namespace

bool HasColor(int descriptor) {
  const char* refused = std::getenv("NO_COLOR");
  if (refused != nullptr && *refused != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal == nullptr || absl::string_view(terminal) == "dumb") {
    return false;
  }
  return isatty(descriptor) == 1;
}

std::string InTone(Tone tone, absl::string_view text) {
  const char* code = tone == Tone::kError     ? "31"
                     : tone == Tone::kWarning ? "33"
                                              : "1";
  return absl::StrCat("\033[", code, "m", text, "\033[0m");
}

std::string WithHeadings(absl::string_view text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (size_t rule = 1; rule < lines.size(); ++rule) {
    if (!IsRule(lines[rule])) continue;
    // A heading may take several lines.
    for (size_t line = rule; line > 0 && !lines[line - 1].empty(); --line) {
      if (lines[line - 1][0] == '\033') break;
      lines[line - 1] = InTone(Tone::kHeading, lines[line - 1]);
    }
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace enthesis::client
