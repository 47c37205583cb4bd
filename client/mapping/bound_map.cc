#include "client/mapping/bound_map.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/rejected_lines.h"

namespace enthesis::client {
namespace {

constexpr absl::string_view kInstrument = "redcap_repeat_instrument";
constexpr absl::string_view kDataAccessGroup = "redcap_data_access_group";

}  // namespace

const BoundRule* BoundMap::RuleOf(absl::string_view target) const {
  for (const BoundRule& rule : columns) {
    if (rule.rule().target == target) return &rule;
  }
  return nullptr;
}

std::string BoundMap::ColumnsOf(const BoundRule& rule) const {
  std::vector<std::string> names;
  for (const int at : rule.columns()) {
    names.push_back(header[static_cast<size_t>(at)]);
  }
  return absl::StrJoin(names, " + ");
}

absl::Status BoundMap::BindRules(const std::vector<ColumnRule>& rules,
                                 std::vector<BoundRule>& bound,
                                 std::set<int>& used) {
  for (const ColumnRule& rule : rules) {
    absl::StatusOr<BoundRule> one = BoundRule::Bind(*map, rule, header);
    if (!one.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(map->path, ", ", one.status().message()));
    }
    used.insert(one->columns().begin(), one->columns().end());
    bound.push_back(*std::move(one));
  }
  return absl::OkStatus();
}

// Columns that no rule names: those with a name of the import are taken as they
// are.
absl::Status BoundMap::BindOthers(std::set<int>& used) {
  std::vector<std::string> unknown;
  for (size_t i = 0; i < header.size(); ++i) {
    const std::string& name = header[i];
    const int at = static_cast<int>(i);
    if (name == kInstrument) instrument = at;
    partial = partial || name == kFaultsColumn;
    if (name == kInstrument || name == kFaultsColumn ||
        name == "redcap_survey_identifier" || used.count(at) > 0 ||
        at == site || map->Ignores(name)) {
      continue;
    }
    const Column* column = FindColumn(name, LineKind::kBaseline);
    if (column != nullptr && RuleOf(column->name) == nullptr) {
      ColumnRule& rule = own_.emplace_back();
      rule.target = column->name;
      rule.column = column;
      rule.from = {name};
      const absl::StatusOr<BoundRule> bound =
          BoundRule::Bind(*map, rule, header);
      if (!bound.ok()) return bound.status();
      columns.push_back(*bound);
    } else if (!map->ignore_others && name != kDataAccessGroup) {
      unknown.push_back(absl::StrCat("\"", name, "\""));
    }
  }
  if (unknown.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "line 1: ", map->path, " says nothing of column",
      unknown.size() > 1 ? "s " : " ", absl::StrJoin(unknown, ", "),
      "; nothing was sent. Name them under \"columns\" or \"ignore\" there"));
}

absl::StatusOr<BoundMap> BoundMap::Bind(
    const ImportMap& map, const std::vector<std::string>& header) {
  BoundMap bound;
  bound.map = &map;
  bound.header = header;
  std::set<int> used;
  if (map.sites.has_value()) {
    const auto at = std::find(header.begin(), header.end(), map.site_column);
    if (at == header.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(map.path, ", line ", map.sites->line,
                       ": the file has no column \"", map.site_column, "\""));
    }
    bound.site = static_cast<int>(at - header.begin());
  }
  absl::Status status = bound.BindRules(map.columns, bound.columns, used);
  for (const VisitRule& visit : map.visits) {
    if (!status.ok()) return status;
    status = bound.BindRules(visit.columns, bound.visits.emplace_back(), used);
  }
  for (const auto& [name, rule] : map.instruments) {
    if (!status.ok()) return status;
    if (rule.group.empty()) continue;
    status = bound.BindRules(rule.columns, bound.instruments[name], used);
  }
  if (status.ok()) status = bound.BindOthers(used);
  if (!status.ok()) return status;
  bound.has_instance = bound.RuleOf("redcap_repeat_instance") != nullptr;
  for (const char* needed : {"record_id", "event"}) {
    if (bound.RuleOf(needed) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          map.path, ": no column makes ", needed,
          needed == absl::string_view("event")
              ? "; a file with one line a record has \"event: {value: "
                "baseline}\""
              : ""));
    }
  }
  return bound;
}

}  // namespace enthesis::client
