// What clinics call the visits, in values and in headers, in the languages of
// known_words.h.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_VISIT_WORDS_H_
#define ENTHESIS_CLIENT_MAPPING_VISIT_WORDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace enthesis::client {

// A normalized word as its letters and digits apart: "kontrolle_3m" is
// kontrolle, 3, m.
std::vector<std::string> PartsOf(absl::string_view word);

// Whether `word` is one of `words`, which are separated by spaces.
bool IsAmong(absl::string_view word, absl::string_view words);

// Words of units of time and of a visit as such, which say nothing of what was
// measured.
bool IsTimeWord(absl::string_view part);
bool IsVisitWord(absl::string_view part);

// The visit that an event is by its words: "kontrolle_3m", "FU 1 year" and
// "6 weeks postop" are 3_months, 12_months and 6_weeks. Absent for other words.
std::optional<std::string> VisitNamed(absl::string_view event);

// Whether an event is before or at the surgery: "Aufnahme", "pre-op".
bool NamesBaseline(absl::string_view event);

// A header of a file with one line a record: "VISA-A 3 mois" is visa_a at
// 3_months, "VISA-A préop" at baseline. Absent where it names no visit, or
// several.
struct HeaderAtVisit {
  std::string visit;  // its code
  std::string rest;   // what it says besides, normalized
};
std::optional<HeaderAtVisit> SplitHeader(absl::string_view header);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_VISIT_WORDS_H_
