#include "client/mapping/yaml_node.h"

#include <yaml-cpp/yaml.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace enthesis::client {
namespace {

constexpr int kMaxDepth = 32;
constexpr size_t kMaxNodes = 100'000;  // aliases multiply

int LineOfNode(const YAML::Node& node) {
  return node.Mark().is_null() ? 1 : node.Mark().line + 1;
}

absl::Status YamlFault(int line, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", problem));
}

absl::StatusOr<YamlNode> Convert(const YAML::Node& from, int depth,
                                 size_t& n_nodes) {
  YamlNode node;
  node.line = LineOfNode(from);
  if (depth > kMaxDepth) return YamlFault(node.line, "too many levels");
  if (++n_nodes > kMaxNodes) return YamlFault(node.line, "too many values");
  if (from.IsScalar()) {
    node.kind = YamlNode::Kind::kText;
    node.text = from.Scalar();
  } else if (from.IsSequence()) {
    node.kind = YamlNode::Kind::kList;
    for (const YAML::Node& item : from) {
      absl::StatusOr<YamlNode> converted = Convert(item, depth + 1, n_nodes);
      if (!converted.ok()) return converted;
      node.items.push_back(*std::move(converted));
    }
  } else if (from.IsMap()) {
    node.kind = YamlNode::Kind::kMap;
    for (const auto& pair : from) {
      const int line = LineOfNode(pair.first);
      if (!pair.first.IsScalar()) return YamlFault(line, "a key is no text");
      const std::string key = pair.first.Scalar();
      if (node.Find(key) != nullptr) {
        return YamlFault(line, absl::StrCat("\"", key, "\" is there twice"));
      }
      absl::StatusOr<YamlNode> value = Convert(pair.second, depth + 1, n_nodes);
      if (!value.ok()) return value;
      if (value->kind == YamlNode::Kind::kNull) value->line = line;
      node.entries.push_back({key, line, *std::move(value)});
    }
  }
  return node;
}

}  // namespace

const YamlNode* YamlNode::Find(absl::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

absl::StatusOr<YamlNode> ParseYaml(absl::string_view text) {
  try {
    size_t n_nodes = 0;
    return Convert(YAML::Load(std::string(text)), 0, n_nodes);
  } catch (const YAML::Exception& error) {
    return YamlFault(error.mark.is_null() ? 1 : error.mark.line + 1, error.msg);
  }
}

}  // namespace enthesis::client
