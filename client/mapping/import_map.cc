#include "client/mapping/import_map.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/csv_separator.h"
#include "client/mapping/column_rule.h"
#include "client/mapping/redcap_names.h"
#include "client/mapping/yaml_node.h"
#include "registry/model/id.h"

namespace enthesis::client {
namespace {

absl::Status ReadFileSection(const YamlNode& node, ImportMap& map) {
  absl::Status status = CheckKeys(
      node, "file", {"separator", "encoding", "export", "missing", "decimal"});
  for (const YamlNode::Entry& entry : node.entries) {
    if (!status.ok()) return status;
    std::vector<std::string> texts;
    status = ReadTexts(entry.value, entry.key, texts);
    if (entry.key == "missing") {
      map.missing.insert(texts.begin(), texts.end());
      continue;
    }
    const std::string text = texts.size() == 1 ? texts[0] : "";
    const char* allowed = nullptr;
    if (entry.key == "separator") {
      map.text.separator = SeparatorNamed(text);
      if (!map.text.separator) allowed = "comma, semicolon, tab";
    } else if (entry.key == "encoding") {
      map.text.encoding = EncodingNamed(text);
      if (!map.text.encoding) allowed = "utf-8, windows-1252, utf-16";
    } else if (entry.key == "export") {
      map.labels = text == "labels";
      if (!map.labels && text != "raw") allowed = "raw, labels";
    } else {
      map.decimal_comma = text == "comma";
      if (!map.decimal_comma && text != "point") allowed = "comma, point";
    }
    if (status.ok() && allowed != nullptr) {
      status = MapFault(entry.line, absl::StrCat(entry.key, " \"", text,
                                                 "\"; allowed: ", allowed));
    }
  }
  return status;
}

absl::Status ReadSites(const YamlNode& node, ImportMap& map) {
  absl::Status status = CheckKeys(node, "sites", {"column", "values"});
  if (!status.ok()) return status;
  const YamlNode* column = node.Find("column");
  const YamlNode* values = node.Find("values");
  if (values == nullptr) return MapFault(node.line, "sites needs values");
  if (column != nullptr) {
    status.Update(ReadText(*column, "column", map.site_column));
  }
  status.Update(ReadValues(*values, "values", map.sites));
  if (!status.ok()) return status;
  for (const auto& [group, site] : map.sites->values) {
    if (site.has_value() && !model::IsSiteId(*site)) {
      return MapFault(values->line,
                      absl::StrCat("\"", *site, "\" is no site id"));
    }
  }
  return absl::OkStatus();
}

// The columns of the dates of the operation and of the visit.
absl::Status ReadDates(const YamlNode& node, DateFormat& day, ImportMap& map) {
  absl::Status status =
      CheckKeys(node, "dates", {"format", "surgery", "visit"});
  if (!status.ok()) return status;
  if (const YamlNode* format = node.Find("format"); format != nullptr) {
    const auto read = ParseDateFormat(format->text);
    if (!read.ok()) return MapFault(format->line, read.status().message());
    day = *read;
  }
  for (const auto& [key, target] :
       {std::pair("surgery", "surgery_date"), std::pair("visit", "day")}) {
    const YamlNode* given = node.Find(key);
    if (given == nullptr) continue;
    // As a rule of `columns`, with the format of all dates.
    YamlNode rule;
    rule.kind = YamlNode::Kind::kMap;
    rule.line = given->line;
    if (given->kind == YamlNode::Kind::kMap) {
      rule = *given;
    } else {
      rule.entries.push_back({"from", given->line, *given});
    }
    if (rule.Find("date") == nullptr) {
      YamlNode date;
      date.kind = YamlNode::Kind::kText;
      date.line = rule.line;
      date.text = "true";
      rule.entries.push_back({"date", rule.line, date});
    }
    YamlNode rules;
    rules.kind = YamlNode::Kind::kMap;
    rules.line = rule.line;
    rules.entries.push_back({target, rule.line, rule});
    status.Update(ReadRules(rules, "", day, map.columns));
  }
  return status;
}

absl::Status ReadInstrument(const YamlNode::Entry& entry, const DateFormat& day,
                            InstrumentRule& rule) {
  rule.line = entry.line;
  const YamlNode& node = entry.value;
  if (node.kind == YamlNode::Kind::kNull) {
    rule.left_out = true;
    return absl::OkStatus();
  }
  absl::Status status = CheckKeys(node, absl::StrCat("\"", entry.key, "\""),
                                  {"event", "group", "attach", "columns"});
  if (!status.ok()) return status;
  const YamlNode* event = node.Find("event");
  const YamlNode* group = node.Find("group");
  const YamlNode* attach = node.Find("attach");
  const YamlNode* columns = node.Find("columns");
  if ((event == nullptr) == (group == nullptr)) {
    return MapFault(entry.line,
                    absl::StrCat("\"", entry.key,
                                 "\" needs event (each instance is an "
                                 "assessment) or group (complication or "
                                 "reoperation), or ~ to leave it out"));
  }
  if (event != nullptr) return ReadText(*event, "event", rule.event);
  status.Update(ReadText(*group, "group", rule.group));
  if (status.ok() && rule.group != "complication" &&
      rule.group != "reoperation") {
    return MapFault(group->line, absl::StrCat("group \"", rule.group,
                                              "\"; allowed: complication, "
                                              "reoperation"));
  }
  if (attach != nullptr) {
    rule.attach_by_day = attach->text == "day";
    if (!rule.attach_by_day && attach->text != "event") {
      status.Update(MapFault(attach->line, "attach; allowed: event, day"));
    }
  }
  if (columns == nullptr) {
    status.Update(MapFault(entry.line, "a group needs columns"));
  }
  if (!status.ok()) return status;
  return ReadRules(*columns, absl::StrCat(rule.group, "_1_"), day,
                   rule.columns);
}

absl::Status ReadInstruments(const YamlNode& node, const DateFormat& day,
                             ImportMap& map) {
  if (node.kind != YamlNode::Kind::kMap) {
    return MapFault(node.line, "instruments needs lines \"name: ...\"");
  }
  map.instruments_line =
      node.entries.empty() ? node.line : node.entries[0].line;
  for (const YamlNode::Entry& entry : node.entries) {
    const absl::Status status =
        ReadInstrument(entry, day, map.instruments[entry.key]);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// The column of the instruments is named here like others, but makes none.
absl::Status ReadColumns(const YamlNode& node, const DateFormat& day,
                         ImportMap& map) {
  const YamlNode* instrument = node.Find(kInstrumentColumn);
  if (instrument == nullptr) return ReadRules(node, "", day, map.columns);
  map.instrument_line = instrument->line;
  const YamlNode* from = instrument->Find("from");
  const bool alone = from != nullptr && instrument->entries.size() == 1;
  const absl::Status status = ReadText(
      alone ? *from : *instrument, kInstrumentColumn, map.instrument_column);
  if (!status.ok()) return status;
  YamlNode others = node;
  std::erase_if(others.entries, [](const YamlNode::Entry& entry) {
    return entry.key == kInstrumentColumn;
  });
  return ReadRules(others, "", day, map.columns);
}

absl::Status ReadVisits(const YamlNode& node, const DateFormat& day,
                        ImportMap& map) {
  if (node.kind != YamlNode::Kind::kList) {
    return MapFault(node.line, "visits needs a list of \"- event: ...\"");
  }
  for (const YamlNode& item : node.items) {
    VisitRule& visit = map.visits.emplace_back();
    visit.line = item.line;
    absl::Status status = CheckKeys(item, "a visit", {"event", "columns"});
    const YamlNode* event = item.Find("event");
    const YamlNode* columns = item.Find("columns");
    if (status.ok() && (event == nullptr || columns == nullptr)) {
      status = MapFault(item.line, "a visit needs event and columns");
    }
    if (!status.ok()) return status;
    status.Update(ReadText(*event, "event", visit.event));
    status.Update(ReadRules(*columns, "", day, visit.columns));
    if (!status.ok()) return status;
    for (const ColumnRule& rule : visit.columns) {
      if (!rule.column->OnAssessmentLine()) {
        return MapFault(rule.line, absl::StrCat(rule.target,
                                                " belongs on the baseline "
                                                "line, not on a visit"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ReadIgnored(const YamlNode& node, ImportMap& map) {
  absl::Status status = ReadTexts(node, "ignore", map.ignored);
  if (node.kind == YamlNode::Kind::kText) {
    map.ignore_others = node.text == "others";
    if (!map.ignore_others) {
      return MapFault(node.line,
                      "ignore needs a list of columns, or \"others\"");
    }
  }
  return status;
}

absl::Status CheckTwice(const ImportMap& map) {
  std::map<std::string, int> lines;
  for (const ColumnRule& rule : map.columns) {
    const auto [known, is_new] = lines.emplace(rule.target, rule.line);
    if (!is_new) {
      return MapFault(rule.line, absl::StrCat(rule.target, " is made on line ",
                                              known->second, " already"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadMap(const YamlNode& node, ImportMap& map) {
  absl::Status status =
      CheckKeys(node, "the mapping file",
                {"enthesis_map", "site", "file", "sites", "events",
                 "instruments", "dates", "columns", "visits", "ignore"});
  if (!status.ok()) return status;
  const YamlNode* version = node.Find("enthesis_map");
  if (version == nullptr || version->text != "1") {
    return MapFault(version == nullptr ? 1 : version->line,
                    "a mapping file begins with \"enthesis_map: 1\"");
  }
  DateFormat day;
  const auto read = [&](const char* key, auto&& take) {
    const YamlNode* section = node.Find(key);
    if (section != nullptr && status.ok()) status = take(*section);
  };
  read("site", [&](const YamlNode& section) {
    absl::Status given = ReadText(section, "site", map.site);
    if (given.ok() && !model::IsSiteId(map.site)) {
      given = MapFault(section.line,
                       absl::StrCat("\"", map.site, "\" is no site id"));
    }
    return given;
  });
  read("file", [&](const YamlNode& x) { return ReadFileSection(x, map); });
  read("sites", [&](const YamlNode& x) { return ReadSites(x, map); });
  read("events",
       [&](const YamlNode& x) { return ReadValues(x, "events", map.events); });
  read("dates", [&](const YamlNode& x) { return ReadDates(x, day, map); });
  read("instruments",
       [&](const YamlNode& x) { return ReadInstruments(x, day, map); });
  read("columns", [&](const YamlNode& x) { return ReadColumns(x, day, map); });
  read("visits", [&](const YamlNode& x) { return ReadVisits(x, day, map); });
  read("ignore", [&](const YamlNode& x) { return ReadIgnored(x, map); });
  return status.ok() ? CheckTwice(map) : status;
}

// `pattern` with * for any characters.
bool Matches(absl::string_view pattern, absl::string_view text) {
  const size_t star = pattern.find('*');
  if (star == absl::string_view::npos) return pattern == text;
  if (text.substr(0, star) != pattern.substr(0, star)) return false;
  const absl::string_view rest = pattern.substr(star + 1);
  for (size_t i = star; i <= text.size(); ++i) {
    if (Matches(rest, text.substr(i))) return true;
  }
  return false;
}

}  // namespace

std::string ValueMap::Allowed() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : values) {
    keys.push_back(key.empty() ? "(blank)" : key);
  }
  return absl::StrJoin(keys, ", ");
}

bool ImportMap::Ignores(absl::string_view column) const {
  for (const std::string& pattern : ignored) {
    if (!ignore_others && Matches(pattern, column)) return true;
  }
  return false;
}

int SiteColumnIn(const ImportMap& map, const std::vector<std::string>& header) {
  return PositionNamed(header, map.site_column.empty()
                                   ? kDataAccessGroupColumn
                                   : absl::string_view(map.site_column));
}

absl::StatusOr<ImportMap> ParseImportMap(absl::string_view yaml,
                                         const std::string& path) {
  ImportMap map;
  map.path = path;
  const absl::StatusOr<YamlNode> node = ParseYaml(yaml);
  const absl::Status status = node.ok() ? ReadMap(*node, map) : node.status();
  if (!status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ", ", status.message()));
  }
  return map;
}

}  // namespace enthesis::client
