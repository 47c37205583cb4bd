// A node of a YAML document that knows where it is. yaml-cpp throws; nothing of
// that leaves these functions.

#ifndef ENTHESIS_CLIENT_MAPPING_YAML_NODE_H_
#define ENTHESIS_CLIENT_MAPPING_YAML_NODE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

struct YamlNode {
  enum class Kind { kNull, kText, kList, kMap };
  struct Entry;

  Kind kind = Kind::kNull;
  int line = 0;      // from 1
  std::string text;  // as written, without quotes
  std::vector<YamlNode> items;
  std::vector<Entry> entries;  // in the order of the document

  const YamlNode* Find(absl::string_view key) const;  // null: no such entry
};

struct YamlNode::Entry {
  std::string key;
  int line = 0;
  YamlNode value;
};

// INVALID_ARGUMENT: "line N: what is wrong". A key that is there twice is
// wrong, and so are keys that are no text, anchors to oneself and more than
// 32 levels.
absl::StatusOr<YamlNode> ParseYaml(absl::string_view text);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_YAML_NODE_H_
