#include "client/mapping/guessed_rule.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/mapping/known_words.h"

namespace enthesis::client {
namespace {

const model::CodeList* ListOf(const Column& column) {
  if (column.list != nullptr) return column.list;
  return column.info == nullptr ? nullptr : column.info->codes;
}

// What two short values of a column both seem to be they cannot both be: in
// {h, m} m is mujer, in {m, w} it is not.
std::set<std::string> AmbiguousOf(const ColumnValues& column,
                                  const Column& target) {
  std::map<std::string, std::string> seen;
  std::set<std::string> twice;
  for (const std::string& value : column.values) {
    const auto code = CodeNamed(value, target);
    if (!code.has_value() || Normalized(value).size() > 1) continue;
    const auto [first, is_new] = seen.emplace(*code, value);
    if (is_new || Normalized(first->second) == Normalized(value)) continue;
    twice.insert({first->second, value});
  }
  return twice;
}

// Empty where all are dates.
std::string NotDates(const ColumnValues& column) {
  if (column.n_not_dates == 0) return "";
  const size_t n_lines = column.lines_not_dates.size();
  const bool one = column.n_not_dates == 1;
  return absl::StrCat(
      column.n_not_dates, " of ", column.n_cells,
      one ? " is no day written " : " are no days written ",
      column.date_formats[0], one ? ": line " : ": lines ",
      absl::StrJoin(column.lines_not_dates, ", "),
      static_cast<int64_t>(n_lines) < column.n_not_dates ? ", ..." : "");
}

class RuleText {
 public:
  RuleText(const ColumnValues& column, const Column& target,
           absl::string_view indent, std::string note)
      : column_(column), target_(target), indent_(indent) {
    rule_.note = std::move(note);
  }

  GuessedRule Make() {
    const bool number = target_.info != nullptr &&
                        target_.info->kind == model::FieldKind::kNumber;
    const bool flag = target_.info != nullptr &&
                      target_.info->kind == model::FieldKind::kFlag;
    if (!column_.date_formats.empty() &&
        (number || target_.kind == ColumnKind::kSurgeryDate)) {
      AddDate();
    } else if (target_.kind == ColumnKind::kSurgeryDate &&
               column_.n_cells > 0) {
      Ask("no format of a date was found that most have; years need four "
          "digits");
      Add(Yaml(column_.name));
    } else if (number) {
      AddNumber();
    } else if (flag || ListOf(target_) != nullptr) {
      AddCodes();
    } else {
      Add(Yaml(column_.name));
    }
    return std::move(rule_);
  }

 private:
  void Ask(absl::string_view what) {
    absl::StrAppend(&rule_.note, rule_.note.empty() ? "? " : "; ", what);
  }

  void Add(const std::string& made) {
    if (!rule_.note.empty()) {
      absl::StrAppend(&rule_.yaml, indent_, "# ", rule_.note, "\n");
    }
    if (made == target_.name && indent_.size() == 2) return;
    absl::StrAppend(&rule_.yaml, indent_, target_.name, ": ", made, "\n");
  }

  void AddDate() {
    if (column_.date_formats.size() > 1) {
      Ask(absl::StrCat("the dates may be ",
                       absl::StrJoin(column_.date_formats, " or ")));
    }
    if (column_.n_not_dates > 0) Ask(NotDates(column_));
    Add(absl::StrCat("{from: ", Yaml(column_.name),
                     ", date: ", Yaml(column_.date_formats[0]), "}"));
  }

  void AddNumber() {
    const std::string word = Normalized(column_.name);
    std::string made = Yaml(column_.name);
    if (!column_.numbers && column_.n_filled > 0) {
      rule_.note = "? holds texts, where a number is needed";
    } else if (!column_.whole && column_.n_filled > 0) {
      rule_.decimal_comma = column_.decimal_comma;
      made = absl::StrCat("{from: ", made, ", round: nearest}");
      rule_.note = "? has decimals, which are rounded";
    }
    const absl::string_view unit = target_.info->unit;
    if (unit == "months" &&
        (absl::StrContains(word, "year") || absl::StrContains(word, "jahr"))) {
      made = absl::StrCat("{from: ", Yaml(column_.name),
                          ", factor: 12, round: nearest}");
      rule_.note = "? years to months";
    }
    Add(made);
  }

  void AddCodes() {
    bool all_same = true;
    std::vector<std::string> open;
    const std::string values = absl::StrCat(indent_, "    ");
    const std::string lines =
        ValueLines(column_, target_, values, all_same, open);
    if (all_same && !column_.many) return Add(Yaml(column_.name));
    if (column_.many) {  // perhaps no codes, but words about a patient
      rule_.note = absl::StrCat("? more than ", kMostValues,
                                " different values, which are not shown here");
    } else if (!open.empty()) {
      rule_.note =
          absl::StrCat("? codes not known: ", absl::StrJoin(open, ", "));
    }
    absl::StrAppend(&rule_.yaml, indent_, target_.name, ":\n", indent_,
                    "  from: ", Yaml(column_.name), "\n", indent_,
                    "  # allowed: ", AllowedValues(target_), "\n", indent_,
                    "  values:",
                    column_.many ? absl::StrCat(" {}  # ", rule_.note, "\n")
                                 : absl::StrCat("\n", lines));
  }

  const ColumnValues& column_;
  const Column& target_;
  const absl::string_view indent_;
  GuessedRule rule_;
};

}  // namespace

std::string Yaml(absl::string_view text) {
  const bool plain =
      !text.empty() && text.find_first_not_of(
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvw"
                           "xyz0123456789_.") == absl::string_view::npos;
  if (plain) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

std::string DatesOf(const ColumnValues& column) {
  return absl::StrCat(absl::StrJoin(column.date_formats, " or "),
                      column.n_not_dates > 0 ? ", " : "", NotDates(column));
}

GuessedRule RuleFor(const ColumnValues& column, const Column& target,
                    absl::string_view indent, std::string note) {
  return RuleText(column, target, indent, std::move(note)).Make();
}

std::string ValueLines(const ColumnValues& values, const Column& target,
                       absl::string_view indent, bool& all_same,
                       std::vector<std::string>& open) {
  std::string lines;
  const std::set<std::string> ambiguous = AmbiguousOf(values, target);
  for (const std::string& value : values.values) {
    const auto code =
        ambiguous.count(value) > 0 ? std::nullopt : CodeNamed(value, target);
    all_same = all_same && code.has_value() && *code == value;
    if (code.has_value()) {
      absl::StrAppend(&lines, indent, Yaml(value), ": ", *code, "\n");
    } else if (target.kind >= ColumnKind::kComplication && NamesNone(value)) {
      absl::StrAppend(&lines, indent, Yaml(value), ": ~\n");
    } else {
      absl::StrAppend(&lines, indent, Yaml(value), ": \"?\"\n");
      open.push_back(value);
    }
  }
  return lines;
}

std::string AllowedValues(const Column& target) {
  const model::CodeList* list = ListOf(target);
  return list == nullptr ? "1, 0" : list->Allowed();
}

}  // namespace enthesis::client
