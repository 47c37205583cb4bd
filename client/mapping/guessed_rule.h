// The rule of a proposed mapping file that makes one column of the import from
// one of the clinic.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_GUESSED_RULE_H_
#define ENTHESIS_CLIENT_MAPPING_GUESSED_RULE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/csv_columns.h"
#include "client/mapping/column_values.h"

namespace enthesis::client {

// A text of YAML that is read back as it is.
std::string Yaml(absl::string_view text);

struct GuessedRule {
  std::string yaml;            // lines that begin with `indent`
  std::string note;            // "? what is left to decide"; may be empty
  bool decimal_comma = false;  // numbers have one
};

// The formats of its dates, and how many of its cells are none, without their
// values: "DD.MM.YYYY, 1 of 3 is no day written DD.MM.YYYY: line 4".
std::string DatesOf(const ColumnValues& column);

// `note` is said before what the values say. No line is needed in `columns`
// where a column has our name and nothing else is to be said.
GuessedRule RuleFor(const ColumnValues& column, const Column& target,
                    absl::string_view indent, std::string note = "");

// The lines "VALUE: code" of `values`, "?" for those that are not known, which
// are added to `open`; `all_same` becomes false where a code is another text.
std::string ValueLines(const ColumnValues& values, const Column& target,
                       absl::string_view indent, bool& all_same,
                       std::vector<std::string>& open);

std::string AllowedValues(const Column& target);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_GUESSED_RULE_H_
