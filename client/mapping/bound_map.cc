#include "client/mapping/bound_map.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/mapping/column_rule.h"
#include "client/mapping/redcap_names.h"
#include "client/rejected_lines.h"

namespace enthesis::client {

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

absl::Status BoundMap::BindSite() {
  if (!map->sites.has_value()) return absl::OkStatus();
  site = SiteColumnIn(*map, header);
  if (site >= 0) return absl::OkStatus();
  return MapFault(map->sites->line,
                  absl::StrCat("the file has no column ",
                               map->site_column.empty()
                                   ? BothNames(kDataAccessGroupColumn)
                                   : absl::StrCat("\"", map->site_column, "\""),
                               "; \"column\" under \"sites\" names another"));
}

// Lines of an instrument that repeats, taken for others, would clear what was
// stored of it: the column that tells them apart has to be there.
absl::Status BoundMap::BindInstrument() {
  if (!map->instrument_column.empty()) {
    instrument = PositionNamed(header, map->instrument_column);
    if (instrument >= 0) return absl::OkStatus();
    return MapFault(
        map->instrument_line,
        absl::StrCat("the file has no column \"", map->instrument_column,
                     "\" to make ", kInstrumentColumn, " from"));
  }
  instrument = PositionNamed(header, kInstrumentColumn);
  if (instrument >= 0 || map->instruments.empty()) return absl::OkStatus();
  return MapFault(
      map->instruments_line,
      absl::StrCat("the file has no column ", BothNames(kInstrumentColumn),
                   ", which says which lines are of these instruments; \"",
                   kInstrumentColumn,
                   ": COLUMN\" under \"columns\" names another"));
}

// Columns that no rule names: those with a name of the import are taken as they
// are.
absl::Status BoundMap::BindOthers(std::set<int>& used) {
  std::vector<std::string> unknown;
  for (size_t i = 0; i < header.size(); ++i) {
    const std::string& name = header[i];
    const absl::string_view raw = RawName(name);
    const int at = static_cast<int>(i);
    partial = partial || name == kFaultsColumn;
    if (at == instrument || name == kFaultsColumn || raw == kSurveyColumn ||
        used.count(at) > 0 || at == site || map->Ignores(name)) {
      continue;
    }
    const Column* column = FindColumn(raw, LineKind::kBaseline);
    if (column != nullptr && RuleOf(column->name) == nullptr) {
      ColumnRule& rule = own_.emplace_back();
      rule.target = column->name;
      rule.column = column;
      rule.from = {name};
      const absl::StatusOr<BoundRule> bound =
          BoundRule::Bind(*map, rule, header);
      if (!bound.ok()) return bound.status();
      columns.push_back(*bound);
    } else if (!map->ignore_others && raw != kDataAccessGroupColumn) {
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
  absl::Status status = bound.BindSite();
  if (status.ok()) status = bound.BindInstrument();
  if (!status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(map.path, ", ", status.message()));
  }
  status = bound.BindRules(map.columns, bound.columns, used);
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
