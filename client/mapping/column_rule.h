// Reads how one column is made from a mapping file.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_COLUMN_RULE_H_
#define ENTHESIS_CLIENT_MAPPING_COLUMN_RULE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/mapping/import_map.h"
#include "client/mapping/yaml_node.h"

namespace enthesis::client {

// "line N: problem; allowed: ...".
absl::Status MapFault(int line, absl::string_view problem);

// Whether `node` is a map of these keys only.
absl::Status CheckKeys(const YamlNode& node, absl::string_view what,
                       const std::vector<absl::string_view>& allowed);

// One text, or a list of texts.
absl::Status ReadTexts(const YamlNode& node, absl::string_view what,
                       std::vector<std::string>& texts);
absl::Status ReadText(const YamlNode& node, absl::string_view what,
                      std::string& text);

// Values of the clinic, each with what it is, or with null: left out.
absl::Status ReadValues(const YamlNode& node, absl::string_view what,
                        std::optional<ValueMap>& values);

// "TARGET: COLUMN" or "TARGET: {from, first, join, with, combine, checkbox,
// value, values, date, factor, offset, round}". `prefix` stands before the
// names of the targets, as "complication_1_". `day` is the format of dates
// where a rule names none.
absl::Status ReadRules(const YamlNode& node, absl::string_view prefix,
                       const DateFormat& day, std::vector<ColumnRule>& rules);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_COLUMN_RULE_H_
