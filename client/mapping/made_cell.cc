#include "client/mapping/made_cell.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/calendar_day.h"
#include "client/mapping/column_rule.h"

namespace enthesis::client {
namespace {

constexpr int32_t kOldestAge = 90;  // stands for all older ones
constexpr double kWhole = 1e-9;     // of 30.4375 times a month

int PositionOf(const std::vector<std::string>& header, absl::string_view name) {
  const auto at = std::find(header.begin(), header.end(), name);
  return at == header.end() ? -1 : static_cast<int>(at - header.begin());
}

// The code of a column of the checkbox `group`; absent for another column.
std::optional<std::string> CodeOfCheckbox(absl::string_view name,
                                          absl::string_view group) {
  if (!absl::ConsumePrefix(&name, group)) return std::nullopt;
  if (absl::ConsumePrefix(&name, "___")) return std::string(name);
  if (absl::ConsumePrefix(&name, " (choice=") &&
      absl::ConsumeSuffix(&name, ")")) {
    return std::string(name);
  }
  return std::nullopt;
}

const model::CodeList* CodeListOf(const Column& column) {
  if (column.list != nullptr) return column.list;
  return column.info == nullptr ? nullptr : column.info->codes;
}

}  // namespace

std::string CodeOfLabel(absl::string_view text, const Column& column) {
  const model::CodeList* list = CodeListOf(column);
  if (list != nullptr) {
    for (const model::Code& code : list->codes) {
      if (absl::EqualsIgnoreCase(text, code.label) ||
          absl::EqualsIgnoreCase(text, code.code)) {
        return code.code;
      }
    }
  }
  return std::string(text);
}

absl::StatusOr<BoundRule> BoundRule::Bind(
    const ImportMap& map, const ColumnRule& rule,
    const std::vector<std::string>& header) {
  BoundRule bound(map, rule);
  if (rule.source == Source::kCheckbox) {
    const absl::Status status = bound.BindCheckbox(header);
    if (!status.ok()) return status;
    return bound;
  }
  for (const std::string& name : rule.from) {
    const int at = PositionOf(header, name);
    if (at < 0) {
      return MapFault(rule.line,
                      absl::StrCat("the file has no column \"", name,
                                   "\" to make ", rule.target, " from"));
    }
    bound.columns_.push_back(at);
  }
  return bound;
}

absl::Status BoundRule::BindCheckbox(const std::vector<std::string>& header) {
  const std::string& group = rule_->from[0];
  for (size_t i = 0; i < header.size(); ++i) {
    const auto code = CodeOfCheckbox(header[i], group);
    if (!code.has_value()) continue;
    if (rule_->values.has_value() && rule_->values->values.count(*code) == 0) {
      return MapFault(
          rule_->line,
          absl::StrCat("the column \"", header[i], "\" has the choice \"",
                       *code, "\", which is not among the values of ",
                       rule_->target, ": ", rule_->values->Allowed()));
    }
    columns_.push_back(static_cast<int>(i));
    codes_.push_back(*code);
  }
  if (!columns_.empty()) return absl::OkStatus();
  return MapFault(rule_->line, absl::StrCat("the file has no columns \"", group,
                                            "___1\" and so on, nor \"", group,
                                            " (choice=...)\""));
}

std::string BoundRule::Text(const std::vector<absl::string_view>& cells,
                            int at) const {
  const auto i = static_cast<size_t>(at);
  if (i >= cells.size()) return "";
  std::string text(absl::StripAsciiWhitespace(cells[i]));
  return map_->missing.count(text) > 0 ? "" : text;
}

MadeCell BoundRule::Make(const std::vector<absl::string_view>& cells,
                         const std::optional<Date>& surgery) const {
  MadeCell made;
  if (rule_->source == Source::kConstant) {
    made.text = rule_->text;
    return made;
  }
  if (rule_->source == Source::kCheckbox) {
    MakeCheckbox(cells, made);
    return made;
  }
  std::vector<std::string> texts;
  for (const int at : columns_) {
    std::string text = Text(cells, at);
    if (text.empty()) continue;
    if (made.source < 0) {
      made.source = at;
      made.value = std::string(cells[static_cast<size_t>(at)]);
    }
    texts.push_back(std::move(text));
    if (rule_->source == Source::kFirst) break;
  }
  if (texts.empty()) return made;
  if (rule_->source == Source::kCombine) {
    TranslateList(texts, made);
  } else if (rule_->source != Source::kJoin && rule_->column->list != nullptr) {
    TranslateList(absl::StrSplit(texts[0], ';'), made);
  } else {
    if (rule_->source == Source::kJoin) {
      made.value = absl::StrJoin(texts, rule_->text);
    }
    Translate(absl::StrJoin(texts, rule_->text), surgery, made);
  }
  if (!made.fault.empty()) made.text.clear();
  return made;
}

void BoundRule::TranslateList(const std::vector<std::string>& texts,
                              MadeCell& made) const {
  std::vector<std::string> codes;
  for (const std::string& text : texts) {
    MadeCell one;
    Translate(std::string(absl::StripAsciiWhitespace(text)), std::nullopt, one);
    if (!one.fault.empty()) {
      made.fault = absl::StrCat("\"", text, "\" ", one.fault);
      return;
    }
    if (one.text.empty() ||
        std::find(codes.begin(), codes.end(), one.text) != codes.end()) {
      continue;
    }
    codes.push_back(one.text);
  }
  made.text = absl::StrJoin(codes, ";");
}

void BoundRule::Translate(const std::string& text,
                          const std::optional<Date>& surgery,
                          MadeCell& made) const {
  if (text.empty()) return;
  if (rule_->values.has_value()) {
    const auto known = rule_->values->values.find(text);
    if (known != rule_->values->values.end()) {
      made.text = known->second.value_or("");
      return;
    }
    if (!rule_->date.has_value() && !rule_->is_number) {
      made.fault =
          absl::StrCat("is not among the values of ", rule_->target, " (",
                       map_->path, ", line ", rule_->values->line,
                       "); allowed: ", rule_->values->Allowed());
      return;
    }
  }
  if (rule_->date.has_value()) return TranslateDate(text, surgery, made);
  if (rule_->is_number) return TranslateNumber(text, made);
  made.text = map_->labels ? CodeOfLabel(text, *rule_->column) : text;
  if (rule_->column->kind != ColumnKind::kSurgeryDate) return;
  const absl::StatusOr<Date> date = ParseDate(made.text);
  if (date.ok()) TakeDate(*date, made);
}

void BoundRule::TranslateDate(const std::string& text,
                              const std::optional<Date>& surgery,
                              MadeCell& made) const {
  const absl::StatusOr<Date> date = ReadDate(text, *rule_->date);
  if (!date.ok()) {
    made.fault = absl::StrCat(date.status().message(), " (", map_->path,
                              ", line ", rule_->line, ")");
  } else if (!TakeDate(*date, made)) {
    return;
  } else if (rule_->column->kind == ColumnKind::kSurgeryDate) {
    made.text = FormatDate(*date);
  } else if (rule_->target == "surgery_year") {
    made.text = absl::StrCat(date->year);
  } else if (!surgery.has_value()) {
    made.fault =
        "is a date, and the date of surgery of the record is not known, "
        "neither from the file nor from the link file";
  } else if (rule_->target == "age_years") {
    made.text =
        absl::StrCat(std::min(CompletedYears(*date, *surgery), kOldestAge));
  } else {
    made.text = absl::StrCat(DayNumber(*date) - DayNumber(*surgery));
  }
}

bool BoundRule::TakeDate(const Date& date, MadeCell& made) const {
  made.date = date;
  if (!map_->today.has_value() || date <= *map_->today) return true;
  made.fault =
      absl::StrCat("is in the future, ", FormatDate(date),
                   "; allowed: days up to today, ", FormatDate(*map_->today));
  return false;
}

void BoundRule::CheckVisitDay(const std::optional<Date>& surgery,
                              MadeCell& made) const {
  if (rule_->target != "day" || !made.date.has_value() || !made.fault.empty() ||
      !surgery.has_value() || *made.date >= *surgery) {
    return;
  }
  if (map_->today.has_value() && *surgery > *map_->today) return;
  made.fault = absl::StrCat(
      "is before the surgery of the record, ", FormatDate(*surgery),
      "; allowed: that day or a later one, or the event baseline");
  made.text.clear();
}

void BoundRule::TranslateNumber(const std::string& text, MadeCell& made) const {
  std::string plain = text;
  const bool point = absl::StrContains(text, '.');
  const bool misled = map_->decimal_comma && point;  // 1.250 may be 1250
  if (map_->decimal_comma && !point) {
    std::replace(plain.begin(), plain.end(), ',', '.');
  }
  double number = 0;
  const bool digits =
      !misled && plain.find_first_not_of("0123456789.+-") == std::string::npos;
  if (!digits || !absl::SimpleAtod(plain, &number)) {
    const bool comma = absl::StrContains(text, ',');
    const char* what = "is not a number";
    if (comma && point) {
      what = "has a comma and a point; leave out what sets thousands apart";
    } else if (misled && absl::SimpleAtod(text, &number)) {
      what =
          "has a point, which is no decimal sign with decimal: comma in the "
          "section file; leave it out where it sets thousands apart";
    } else if (comma && !map_->decimal_comma) {
      what =
          "is a decimal with a comma (decimal: comma in the section file "
          "reads it)";
    }
    made.fault = absl::StrCat(what, "; allowed: a number with a decimal ",
                              map_->decimal_comma ? "comma" : "point");
    return;
  }
  const double exact = number * rule_->factor + rule_->offset;
  double whole = std::round(exact);
  if (rule_->round == Rounding::kDown) whole = std::floor(exact + kWhole);
  if (rule_->round == Rounding::kUp) whole = std::ceil(exact - kWhole);
  const bool is_whole =
      std::abs(exact - whole) <= kWhole * (1 + std::abs(exact));
  if ((!is_whole && rule_->round == Rounding::kNone) ||
      std::abs(whole) > 2147483647) {
    made.fault = absl::StrCat("gives ", exact,
                              ", not a whole number; \"round: nearest\" "
                              "in the mapping file rounds it (",
                              map_->path, ", line ", rule_->line, ")");
    return;
  }
  made.text = absl::StrCat(static_cast<int64_t>(whole));
}

void BoundRule::MakeCheckbox(const std::vector<absl::string_view>& cells,
                             MadeCell& made) const {
  std::vector<std::string> codes;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const std::string text = Text(cells, columns_[i]);
    if (text.empty() || text == "0" ||
        absl::EqualsIgnoreCase(text, "unchecked")) {
      continue;
    }
    made.source = columns_[i];
    made.value = std::string(cells[static_cast<size_t>(columns_[i])]);
    if (text != "1" && !absl::EqualsIgnoreCase(text, "checked")) {
      made.fault =
          "is no choice of a checkbox; allowed: 1 or 0, Checked or "
          "Unchecked";
      return;
    }
    std::string code = codes_[i];
    if (rule_->values.has_value()) {
      code = rule_->values->values.find(code)->second.value_or("");
    } else {
      code = CodeOfLabel(code, *rule_->column);
    }
    if (!code.empty()) codes.push_back(code);
  }
  made.text = absl::StrJoin(codes, ";");
}

}  // namespace enthesis::client
