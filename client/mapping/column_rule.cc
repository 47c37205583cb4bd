#include "client/mapping/column_rule.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace enthesis::client {
namespace {

// The ways to name what a column is made from.
struct SourceKey {
  const char* key;
  Source source;
};
constexpr SourceKey kSourceKeys[] = {
    {"from", Source::kColumn},       {"first", Source::kFirst},
    {"join", Source::kJoin},         {"combine", Source::kCombine},
    {"checkbox", Source::kCheckbox}, {"value", Source::kConstant}};

bool IsNumber(const ColumnRule& rule) {
  return rule.column->info != nullptr &&
         rule.column->info->kind == model::FieldKind::kNumber;
}

absl::Status ReadNumber(const YamlNode& node, absl::string_view what,
                        double& number) {
  std::string text;
  absl::Status status = ReadText(node, what, text);
  if (status.ok() && (!absl::SimpleAtod(text, &number) || number != number ||
                      number - number != 0)) {
    status = MapFault(node.line, absl::StrCat(what, " \"", text,
                                              "\" is no number, as 30.4375"));
  }
  return status;
}

absl::Status ReadRounding(const YamlNode& node, Rounding& round) {
  std::string text;
  absl::Status status = ReadText(node, "round", text);
  if (!status.ok()) return status;
  if (text == "nearest") {
    round = Rounding::kNearest;
  } else if (text == "down") {
    round = Rounding::kDown;
  } else if (text == "up") {
    round = Rounding::kUp;
  } else {
    return MapFault(node.line, absl::StrCat("round \"", text,
                                            "\"; allowed: nearest, down, up"));
  }
  return absl::OkStatus();
}

absl::Status ReadSource(const YamlNode& node, ColumnRule& rule) {
  int n = 0;
  absl::Status status;
  for (const SourceKey& known : kSourceKeys) {
    const YamlNode* value = node.Find(known.key);
    if (value == nullptr) continue;
    ++n;
    rule.source = known.source;
    if (known.source == Source::kConstant) {
      status.Update(ReadText(*value, "value", rule.text));
    } else {
      status.Update(ReadTexts(*value, known.key, rule.from));
      const bool several = known.source == Source::kFirst ||
                           known.source == Source::kJoin ||
                           known.source == Source::kCombine;
      if (status.ok() && !several && rule.from.size() != 1) {
        status = MapFault(value->line,
                          absl::StrCat(known.key,
                                       " takes one name; several "
                                       "are for first, join or combine"));
      }
    }
  }
  if (n != 1 && status.ok()) {
    return MapFault(rule.line,
                    absl::StrCat(rule.target,
                                 " needs one of from, first, join, combine, "
                                 "checkbox or value"));
  }
  return status;
}

// What only some columns can be.
absl::Status CheckRule(const ColumnRule& rule) {
  const bool list = rule.column->list != nullptr;
  if (rule.source == Source::kCombine && !list) {
    return MapFault(rule.line,
                    absl::StrCat("combine is for columns that are lists; ",
                                 rule.target, " holds one value"));
  }
  if (rule.is_number && !IsNumber(rule)) {
    return MapFault(rule.line, absl::StrCat("factor, offset and round are for "
                                            "numbers; ",
                                            rule.target, " is none"));
  }
  if (!rule.date.has_value()) return absl::OkStatus();
  const bool days =
      IsNumber(rule) && absl::string_view(rule.column->info->unit) == "days";
  if (rule.is_number ||
      (!days && rule.column->kind != ColumnKind::kSurgeryDate &&
       rule.target != "surgery_year" && rule.target != "age_years")) {
    return MapFault(rule.line,
                    absl::StrCat("a date gives surgery_date, surgery_year, "
                                 "age_years (from the day of birth) and "
                                 "numbers of days, not ",
                                 rule.target));
  }
  return absl::OkStatus();
}

absl::Status ReadDetails(const YamlNode& node, const DateFormat& day,
                         ColumnRule& rule) {
  absl::Status status =
      CheckKeys(node, rule.target,
                {"from", "first", "join", "with", "combine", "checkbox",
                 "value", "values", "date", "factor", "offset", "round"});
  status.Update(ReadSource(node, rule));
  if (const YamlNode* with = node.Find("with"); with != nullptr) {
    if (rule.source != Source::kJoin) {
      status.Update(MapFault(with->line, "with goes with join"));
    }
    status.Update(ReadText(*with, "with", rule.text));
  }
  if (const YamlNode* values = node.Find("values"); values != nullptr) {
    status.Update(ReadValues(*values, "values", rule.values));
  }
  if (const YamlNode* factor = node.Find("factor"); factor != nullptr) {
    rule.is_number = true;
    status.Update(ReadNumber(*factor, "factor", rule.factor));
  }
  if (const YamlNode* offset = node.Find("offset"); offset != nullptr) {
    rule.is_number = true;
    status.Update(ReadNumber(*offset, "offset", rule.offset));
  }
  if (const YamlNode* round = node.Find("round"); round != nullptr) {
    rule.is_number = true;
    status.Update(ReadRounding(*round, rule.round));
  }
  const YamlNode* date = node.Find("date");
  if (date == nullptr || !status.ok()) return status;
  std::string text;
  status.Update(ReadText(*date, "date", text));
  rule.date = day;
  if (!status.ok() || text == "true" || text == "yes") return status;
  absl::StatusOr<DateFormat> format = ParseDateFormat(text);
  if (!format.ok()) return MapFault(date->line, format.status().message());
  rule.date = *format;
  return absl::OkStatus();
}

}  // namespace

absl::Status MapFault(int line, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", problem));
}

absl::Status CheckKeys(const YamlNode& node, absl::string_view what,
                       const std::vector<absl::string_view>& allowed) {
  if (node.kind != YamlNode::Kind::kMap) {
    return MapFault(node.line,
                    absl::StrCat(what, " needs lines \"key: value\"; keys: ",
                                 absl::StrJoin(allowed, ", ")));
  }
  for (const YamlNode::Entry& entry : node.entries) {
    if (std::find(allowed.begin(), allowed.end(), entry.key) == allowed.end()) {
      return MapFault(entry.line, absl::StrCat("unknown key \"", entry.key,
                                               "\" in ", what, "; allowed: ",
                                               absl::StrJoin(allowed, ", ")));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadText(const YamlNode& node, absl::string_view what,
                      std::string& text) {
  if (node.kind != YamlNode::Kind::kText || node.text.empty()) {
    return MapFault(node.line, absl::StrCat(what, " needs a text"));
  }
  text = node.text;
  return absl::OkStatus();
}

absl::Status ReadTexts(const YamlNode& node, absl::string_view what,
                       std::vector<std::string>& texts) {
  if (node.kind != YamlNode::Kind::kList) {
    return ReadText(node, what, texts.emplace_back());
  }
  absl::Status status;
  for (const YamlNode& item : node.items) {
    // "" is a text here: a cell may be missing so.
    if (item.kind == YamlNode::Kind::kText) {
      texts.push_back(item.text);
    } else {
      status.Update(MapFault(item.line, absl::StrCat(what, " needs texts")));
    }
  }
  if (texts.empty()) {
    status.Update(MapFault(node.line, absl::StrCat(what, " is empty")));
  }
  return status;
}

absl::Status ReadValues(const YamlNode& node, absl::string_view what,
                        std::optional<ValueMap>& values) {
  if (node.kind != YamlNode::Kind::kMap) {
    return MapFault(node.line,
                    absl::StrCat(what, " needs lines \"value: code\""));
  }
  ValueMap& map = values.emplace();
  map.line = node.entries.empty() ? node.line : node.entries[0].line;
  for (const YamlNode::Entry& entry : node.entries) {
    std::optional<std::string>& value = map.values[entry.key];
    if (entry.value.kind == YamlNode::Kind::kText) {
      value = entry.value.text;
    } else if (entry.value.kind != YamlNode::Kind::kNull) {
      return MapFault(entry.line,
                      absl::StrCat("\"", entry.key,
                                   "\" needs a code, or ~ to leave it out"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadRules(const YamlNode& node, absl::string_view prefix,
                       const DateFormat& day, std::vector<ColumnRule>& rules) {
  if (node.kind != YamlNode::Kind::kMap) {
    return MapFault(node.line, "columns needs lines \"column: source\"");
  }
  for (const YamlNode::Entry& entry : node.entries) {
    ColumnRule rule;
    rule.target = entry.key;
    rule.line = entry.line;
    rule.column =
        FindColumn(absl::StrCat(prefix, entry.key), LineKind::kBaseline);
    if (rule.column == nullptr) {
      return MapFault(entry.line,
                      absl::StrCat("\"", prefix, entry.key,
                                   "\" is no column of the import; `enthesis "
                                   "import --columns` lists them"));
    }
    if (prefix.empty()) rule.target = rule.column->name;
    absl::Status status;
    if (entry.value.kind == YamlNode::Kind::kText) {
      status = ReadText(entry.value, rule.target, rule.from.emplace_back());
    } else {
      status = ReadDetails(entry.value, day, rule);
    }
    status.Update(CheckRule(rule));
    if (!status.ok()) return status;
    rules.push_back(std::move(rule));
  }
  return absl::OkStatus();
}

}  // namespace enthesis::client
