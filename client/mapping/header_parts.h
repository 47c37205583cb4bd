// Headers by the words that they are put together from: "Operationsdatum",
// "date de l'opération" and "fecha de la operación" are a date and a surgery.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_HEADER_PARTS_H_
#define ENTHESIS_CLIENT_MAPPING_HEADER_PARTS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace enthesis::client {

// A normalized header without articles and blanks: "voie_d_abord" is
// "voieabord".
std::string Condensed(absl::string_view word);

// The column of the import that a normalized header names by its parts; empty
// where a part is not known, or the parts together name none.
std::string TargetOfParts(absl::string_view word);

// The column of a complication or reoperation that a normalized header names:
// "komplikation_2_datum" is complication_2_day; without a number the first.
// Empty for another header.
std::string EventColumnNamed(absl::string_view word);

// Whether a normalized header is a patient or a record alone: "Dossier".
bool IsKeyAlone(absl::string_view word);

// Whether a normalized header is a date and says not of what.
bool IsDateAlone(absl::string_view word);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_HEADER_PARTS_H_
