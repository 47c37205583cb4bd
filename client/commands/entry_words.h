// The fields of an entry by hand as the person who entered it calls them.

#ifndef ENTHESIS_CLIENT_COMMANDS_ENTRY_WORDS_H_
#define ENTHESIS_CLIENT_COMMANDS_ENTRY_WORDS_H_

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "client/case_csv.h"
#include "enthesis/v1/case.pb.h"

namespace enthesis::client {

struct EntryWords {
  v1::Case sent;  // as it is judged; empty where an assessment alone is sent
  // What was typed is about an assessment, not the case: the one that is sent
  // alone, or of `sent` that of this index.
  bool of_assessment = false;
  int follow_up = -1;
  std::map<std::string, std::string> typed;  // names of --set, by column
  // Of complications and reoperations, where some were typed: their groups.
  std::optional<CsvAssessment> groups;
  bool from_file = false;  // of JSON, which has the paths

  // Remembers that the field of `path`, within what was typed, was called so.
  void Typed(absl::string_view path, absl::string_view name);
  // A path of the registry by what was typed, else by its column, or by the
  // path where a file has that. Of an assessment in `sent` with its day and
  // visit: "pain_activity (day 183, 6_months)".
  std::string Name(absl::string_view path) const;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_ENTRY_WORDS_H_
