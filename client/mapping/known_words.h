// What clinics call our columns and codes, for the guess of a mapping file:
// English, German, French, Spanish, Italian and Dutch words as they stand in
// headers.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_KNOWN_WORDS_H_
#define ENTHESIS_CLIENT_MAPPING_KNOWN_WORDS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "client/csv_columns.h"

namespace enthesis::client {

// Lower case, runs of anything but letters and digits as one "_", umlauts as in
// a file name: "Größe (cm)" is "groesse_cm".
std::string Normalized(absl::string_view text);

// The column of the import that a header names, as a whole or by its words
// (header_parts.h); empty: not known.
// "identifying" for what names a person and goes nowhere.
std::string TargetNamed(absl::string_view header);

// Whether a header is about the day or year of birth, which must not leave the
// clinic. TargetNamed says "age_years" of it.
bool NamesBirth(absl::string_view header);

// Whether a header is about injections: "infiltrations".
bool NamesInjection(absl::string_view header);

// The code of the column that a value stands for: a code or label of its list,
// or a known word; absent for a number or another word.
std::optional<std::string> CodeNamed(absl::string_view value,
                                     const Column& column);

// Whether a value says that there was none, where blank says so here: "keine".
bool NamesNone(absl::string_view value);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_KNOWN_WORDS_H_
