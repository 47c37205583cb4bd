#include "client/care/case_fields.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cell_value.h"
#include "registry/model/fields.h"

namespace enthesis::client {
namespace {

template <typename T>
void AddFieldsOf(absl::string_view prefix,
                 absl::Span<const model::Field<T>> fields, const T& record,
                 std::vector<CaseField>& out) {
  for (const model::Field<T>& field : fields) {
    const std::optional<int32_t> value = field.get(record);
    if (!value.has_value()) continue;
    std::string text = field.kind == model::FieldKind::kFlag
                           ? (*value != 0 ? "yes" : "no")
                           : FormatCell(*value, field);
    out.push_back({absl::StrCat(prefix, field.name), std::move(text),
                   field.kind == model::FieldKind::kNumber ? field.unit : ""});
  }
}

template <typename T>
void AddCodes(const char* path, const std::vector<T>& codes,
              const model::CodeList& list, std::vector<CaseField>& out) {
  if (codes.empty()) return;
  out.push_back({path,
                 absl::StrJoin(codes, ";",
                               [&](std::string* text, T code) {
                                 absl::StrAppend(text,
                                                 model::CodeOf(list, code));
                               }),
                 ""});
}

// Changes of two lists of fields: those of `before` in order, then new ones.
void AddChanges(const std::vector<CaseField>& before,
                const std::vector<CaseField>& after,
                std::vector<FieldChange>& changes) {
  std::map<absl::string_view, const CaseField*> old_by_path, new_by_path;
  for (const CaseField& field : before) old_by_path[field.path] = &field;
  for (const CaseField& field : after) new_by_path[field.path] = &field;
  for (const CaseField& field : before) {
    const auto at = new_by_path.find(field.path);
    const std::string text = at == new_by_path.end() ? "" : at->second->text;
    if (text != field.text) changes.push_back({field.path, field.text, text});
  }
  for (const CaseField& field : after) {
    if (old_by_path.count(field.path) > 0) continue;
    changes.push_back({field.path, "", field.text});
  }
}

std::string PrefixOfDay(const model::FollowUp& follow_up) {
  return absl::StrCat("follow_ups[day ", follow_up.day.value_or(0), "].");
}

const model::FollowUp* FindAssessment(const model::Case& record,
                                      const model::Id& id) {
  for (const model::FollowUp& follow_up : record.follow_ups) {
    if (follow_up.id == id) return &follow_up;
  }
  return nullptr;
}

}  // namespace

std::vector<CaseField> FieldsOf(const model::Case& record) {
  std::vector<CaseField> fields;
  AddFieldsOf("baseline.", model::BaselineFields(), record.baseline, fields);
  AddFieldsOf("conservative_care.", model::ConservativeCareFields(),
              record.conservative_care, fields);
  AddFieldsOf("operation.", model::OperationFields(), record.operation, fields);
  AddCodes("operation.concomitant_procedures",
           record.operation.concomitant_procedures, model::kProcedureCodes,
           fields);
  AddCodes("operation.implants", record.operation.implants,
           model::kImplantClassCodes, fields);
  fields.push_back(
      {"status",
       std::string(model::CodeOf(model::kCaseStatusCodes, record.status)), ""});
  if (record.status_day.has_value()) {
    fields.push_back({"status_day", absl::StrCat(*record.status_day), "days"});
  }
  return fields;
}

std::vector<CaseField> FieldsOf(const model::FollowUp& follow_up,
                                absl::string_view prefix) {
  std::vector<CaseField> fields;
  AddFieldsOf(prefix, model::FollowUpFields(), follow_up, fields);
  if (follow_up.visa_a.has_value()) {
    AddFieldsOf(absl::StrCat(prefix, "visa_a."), model::VisaAFields(),
                *follow_up.visa_a, fields);
  }
  for (size_t i = 0; i < follow_up.complications.size(); ++i) {
    AddFieldsOf(absl::StrCat(prefix, "complications[", i, "]."),
                model::ComplicationFields(), follow_up.complications[i],
                fields);
  }
  for (size_t i = 0; i < follow_up.reoperations.size(); ++i) {
    AddFieldsOf(absl::StrCat(prefix, "reoperations[", i, "]."),
                model::ReoperationFields(), follow_up.reoperations[i], fields);
  }
  return fields;
}

std::vector<FieldChange> ChangesBetween(const model::Case& before,
                                        const model::Case& after) {
  std::vector<FieldChange> changes;
  AddChanges(FieldsOf(before), FieldsOf(after), changes);
  for (const model::FollowUp& old : before.follow_ups) {
    const model::FollowUp* now = FindAssessment(after, old.id);
    const std::string prefix = PrefixOfDay(old);
    AddChanges(
        FieldsOf(old, prefix),
        now == nullptr ? std::vector<CaseField>() : FieldsOf(*now, prefix),
        changes);
  }
  for (const model::FollowUp& added : after.follow_ups) {
    if (FindAssessment(before, added.id) != nullptr) continue;
    AddChanges({}, FieldsOf(added, PrefixOfDay(added)), changes);
  }
  return changes;
}

}  // namespace enthesis::client
