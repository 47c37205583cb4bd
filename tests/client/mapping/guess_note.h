// What a guess says of a column, for tests.

#ifndef ENTHESIS_TESTS_CLIENT_MAPPING_GUESS_NOTE_H_
#define ENTHESIS_TESTS_CLIENT_MAPPING_GUESS_NOTE_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "client/mapping/map_guess.h"

namespace enthesis::client {

inline std::string NoteOf(const GuessedMap& guess, const std::string& column) {
  for (const GuessedColumn& one : guess.columns) {
    if (one.column == column) return absl::StrCat(one.target, ": ", one.note);
  }
  return "";
}

}  // namespace enthesis::client

#endif  // ENTHESIS_TESTS_CLIENT_MAPPING_GUESS_NOTE_H_
