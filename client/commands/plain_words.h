// Errors of the registry in the words of the command line: the names of the
// API are not what a person typed.

#ifndef ENTHESIS_CLIENT_COMMANDS_PLAIN_WORDS_H_
#define ENTHESIS_CLIENT_COMMANDS_PLAIN_WORDS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "enthesis/v1/case.pb.h"

namespace CLI {
class App;
}

namespace enthesis::client {

// The flag behind a field of a question, such as --by of options.group_by; a
// field that has none as it is.
std::string FlagOf(absl::string_view path);
// A message with the fields of questions that it names as flags.
std::string WithFlags(absl::string_view message);

// The field of a case as --set and `case history` name it: without what it is
// in, and an assessment by its day where `record` has it.
std::string FieldOf(absl::string_view path, const v1::Case& record);

// "; did you mean --dry-run?", of the words of a command line that `app` could
// not place; empty where nothing is near.
std::string NearestWords(const CLI::App& app);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_PLAIN_WORDS_H_
