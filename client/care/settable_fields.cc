#include "client/care/settable_fields.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/near_name.h"
#include "enthesis/v1/case.pb.h"
#include "google/protobuf/descriptor.h"

namespace enthesis::client {
namespace {

// What stands before the name of the field; absent where --set has no path to
// it.
std::optional<std::string> PrefixOf(const Column& column) {
  switch (column.kind) {
    case ColumnKind::kComplication:
      return absl::StrCat("complications[", column.group, "].");
    case ColumnKind::kReoperation:
      return absl::StrCat("reoperations[", column.group, "].");
    case ColumnKind::kBaseline:
      return "baseline.";
    case ColumnKind::kConservativeCare:
      return "conservative_care.";
    case ColumnKind::kOperation:
    case ColumnKind::kConcomitantProcedures:
    case ColumnKind::kImplants:
      return "operation.";
    case ColumnKind::kVisaA:
      return "visa_a.";
    case ColumnKind::kStatus:
    case ColumnKind::kStatusDay:
    case ColumnKind::kFollowUp:
      return "";
    default:
      return std::nullopt;
  }
}

bool IsEvent(const Column& column) {
  return column.kind == ColumnKind::kComplication ||
         column.kind == ColumnKind::kReoperation;
}

// "bmi" of "baseline.bmi".
absl::string_view LastOf(absl::string_view path) {
  return path.substr(path.rfind('.') + 1);  // npos + 1 is 0
}

bool IsCalled(const SettableField& field, absl::string_view name) {
  return field.column->name == name ||
         (!IsEvent(*field.column) && LastOf(field.path) == name);
}

std::string PathsOf(const std::vector<const SettableField*>& fields) {
  return absl::StrJoin(fields, ", ",
                       [](std::string* text, const SettableField* field) {
                         absl::StrAppend(text, field->path);
                       });
}

// "kind" of "complications[0].kind" is within an element: name and index, which
// is -1 without.
struct Step {
  std::string name;
  int index = -1;
};
std::optional<Step> StepOf(const std::string& text) {
  Step step;
  const size_t bracket = text.find('[');
  step.name = text.substr(0, bracket);
  if (bracket == std::string::npos) return step;
  if (text.back() != ']' ||
      !absl::SimpleAtoi(text.substr(bracket + 1, text.size() - bracket - 2),
                        &step.index) ||
      step.index < 0) {
    return std::nullopt;
  }
  return step;
}

// The path in messages of `type` that `name` is, such as "etag", too; absent
// where it is none. Lists of messages have an index.
std::optional<std::string> PathNamed(absl::string_view name,
                                     const google::protobuf::Descriptor* type) {
  std::string path;
  const std::vector<std::string> steps = absl::StrSplit(name, '.');
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::optional<Step> step = StepOf(steps[i]);
    if (!step.has_value()) return std::nullopt;
    const auto* field = type->FindFieldByName(step->name);
    if (field == nullptr) field = type->FindFieldByCamelcaseName(step->name);
    if (field == nullptr) return std::nullopt;
    absl::StrAppend(&path, i == 0 ? "" : ".", field->name());
    if (step->index >= 0) absl::StrAppend(&path, "[", step->index, "]");
    type = field->message_type();
    const bool in_list = field->is_repeated() && type != nullptr;
    if (in_list != (step->index >= 0)) return std::nullopt;
    // An assessment is named by its day, not by its place.
    if (in_list && type == v1::FollowUp::descriptor()) return std::nullopt;
    if (i + 1 < steps.size() && type == nullptr) return std::nullopt;
  }
  return type == nullptr ? std::optional(path) : std::nullopt;
}

std::vector<SettableField> MadeOf(absl::Span<const Column> columns) {
  std::vector<SettableField> made;
  for (const Column& column : columns) {
    const std::optional<std::string> prefix = PrefixOf(column);
    if (!prefix.has_value()) continue;
    const bool of_assessment = column.kind == ColumnKind::kFollowUp ||
                               column.kind == ColumnKind::kVisaA ||
                               IsEvent(column);
    made.push_back(
        {absl::StrCat(*prefix,
                      column.info != nullptr ? column.info->name : column.name),
         of_assessment, &column});
  }
  return made;
}

// With every group of events.
absl::Span<const SettableField> AllFields() {
  static const auto& fields =
      *new std::vector<SettableField>(MadeOf(AllColumns()));
  return fields;
}

// The columns of the event that `name` is a column of, where its end is none:
// "complication_1_type".
std::vector<std::string> SameEvent(absl::string_view name) {
  std::vector<std::string> columns;
  const absl::string_view group = name.substr(0, name.rfind('_') + 1);
  for (const SettableField& field : AllFields()) {
    if (IsEvent(*field.column) && !group.empty() &&
        absl::StartsWith(field.column->name, group)) {
      columns.push_back(field.column->name);
    }
  }
  return columns.size() > model::ComplicationFields().size()
             ? std::vector<std::string>()
             : columns;
}

constexpr char kList[] = "`enthesis case fields` lists all";

}  // namespace

absl::Span<const SettableField> SettableFields() {
  static const auto& fields =
      *new std::vector<SettableField>(MadeOf(Columns()));
  return fields;
}

bool IsDay(absl::string_view path) {
  const absl::string_view name = LastOf(path);
  return name == "day" || absl::EndsWith(name, "_day");
}

absl::StatusOr<std::string> ResolveField(
    absl::string_view name, const google::protobuf::Message& message) {
  const auto path = PathNamed(name, message.GetDescriptor());
  if (path.has_value()) return *path;
  const bool is_case = message.GetDescriptor() == v1::Case::descriptor();
  std::vector<const SettableField*> called, elsewhere;
  std::vector<std::string> known;
  for (const SettableField& field : AllFields()) {
    const bool here = field.of_assessment != is_case;
    if (here) {
      known.push_back(field.path);
      known.push_back(field.column->name);
    }
    if (IsCalled(field, name) || field.path == name) {
      (here ? called : elsewhere).push_back(&field);
    }
  }
  if (called.size() == 1) return called[0]->path;
  if (called.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": is the name of several fields; allowed: ", PathsOf(called)));
  }
  if (!elsewhere.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": is a field of ",
        is_case ? "an assessment, not of the case; allowed: with "
                  "--follow-up DAY, or in `case add-follow-up`"
                : "the case, not of an assessment; allowed: in `case update` "
                  "without --follow-up"));
  }
  const Column* column = FindColumn(name, LineKind::kBaseline);
  if (column != nullptr && column->StaysInClinic()) {
    return absl::InvalidArgumentError(absl::StrCat(
        name,
        ": stays in the clinic and is no field of the registry; an import "
        "alone takes it",
        column->kind == ColumnKind::kSurgeryDate && is_case
            ? ". Allowed: surgery_year"
            : ""));
  }
  std::vector<std::string> near = NearNames(name, known, 4);
  if (near.empty() && !is_case) near = SameEvent(name);
  if (near.empty()) near = NearNames(LastOf(name), known, 4);
  std::vector<std::string> paths;  // of near columns, too
  for (const SettableField& field : AllFields()) {
    if (field.of_assessment == is_case) continue;
    for (const std::string& meant : near) {
      if (meant != field.path && meant != field.column->name) continue;
      paths.push_back(IsEvent(*field.column) ? field.column->name : field.path);
      break;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      name, ": there is no such field; ",
      paths.empty() ? ""
                    : absl::StrCat("near: ", absl::StrJoin(paths, ", "), "; "),
      kList));
}

}  // namespace enthesis::client
