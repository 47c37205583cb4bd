// A little color, for people at a terminal: never in a file or a pipe, nor
// where NO_COLOR is set (no-color.org) or the terminal is dumb.

#ifndef ENTHESIS_CLIENT_COMMANDS_COLOR_H_
#define ENTHESIS_CLIENT_COMMANDS_COLOR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace enthesis::client {

enum class Tone {
  kError,    // red
  kWarning,  // yellow
  kHeading,  // bold
};

// Whether what is written to the open file `descriptor` may have color.
bool HasColor(int descriptor);

// `text` in its tone, and then as before.
std::string InTone(Tone tone, absl::string_view text);

// A document for people with the headings of its tables, which stand above a
// rule of hyphens, in their tone.
std::string WithHeadings(absl::string_view text);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_COLOR_H_
