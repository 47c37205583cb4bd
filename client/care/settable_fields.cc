#include "client/care/settable_fields.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/near_name.h"
#include "enthesis/v1/case.pb.h"
#include "google/protobuf/descriptor.h"

namespace enthesis::client {
namespace {

// What stands before the name of the field; null where --set has no path to it.
const char* PrefixOf(ColumnKind kind) {
  switch (kind) {
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
      return nullptr;
  }
}

// "bmi" of "baseline.bmi".
absl::string_view LastOf(absl::string_view path) {
  return path.substr(path.rfind('.') + 1);  // npos + 1 is 0
}

bool IsCalled(const SettableField& field, absl::string_view name) {
  return field.column->name == name || LastOf(field.path) == name;
}

std::string PathsOf(const std::vector<const SettableField*>& fields) {
  return absl::StrJoin(fields, ", ",
                       [](std::string* text, const SettableField* field) {
                         absl::StrAppend(text, field->path);
                       });
}

// The path in messages of `type` that `name` is, such as "etag", too; absent
// where it is none.
std::optional<std::string> PathNamed(absl::string_view name,
                                     const google::protobuf::Descriptor* type) {
  std::string path;
  const std::vector<std::string> steps = absl::StrSplit(name, '.');
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto* field = type->FindFieldByName(steps[i]);
    if (field == nullptr) field = type->FindFieldByCamelcaseName(steps[i]);
    if (field == nullptr) return std::nullopt;
    absl::StrAppend(&path, i == 0 ? "" : ".", field->name());
    type = field->message_type();
    if (i + 1 == steps.size()) break;
    if (type == nullptr || field->is_repeated()) return std::nullopt;
  }
  return type == nullptr ? std::optional(path) : std::nullopt;
}

constexpr char kList[] = "`enthesis case fields` lists all";

}  // namespace

absl::Span<const SettableField> SettableFields() {
  static const std::vector<SettableField>& fields = *[] {
    auto* made = new std::vector<SettableField>;
    for (const Column& column : Columns()) {
      const char* prefix = PrefixOf(column.kind);
      if (prefix == nullptr) continue;
      const bool of_assessment = column.kind == ColumnKind::kFollowUp ||
                                 column.kind == ColumnKind::kVisaA;
      made->push_back(
          {absl::StrCat(prefix, column.info != nullptr ? column.info->name
                                                       : column.name),
           of_assessment, &column});
    }
    return made;
  }();
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
  for (const SettableField& field : SettableFields()) {
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
  std::vector<std::string> near = NearNames(name, known, 4);
  if (near.empty()) near = NearNames(LastOf(name), known, 4);
  std::vector<std::string> paths;  // of near columns, too
  for (const SettableField& field : SettableFields()) {
    if (field.of_assessment == is_case) continue;
    for (const std::string& meant : near) {
      if (meant != field.path && meant != field.column->name) continue;
      paths.push_back(field.path);
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
