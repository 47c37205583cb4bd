#include "client/absent_columns.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/csv_columns.h"
#include "registry/model/fields.h"

namespace enthesis::client {
namespace {

bool Has(const std::vector<std::string>& header, absl::string_view name) {
  return std::find(header.begin(), header.end(), name) != header.end();
}

bool HasAny(const std::vector<std::string>& header, absl::string_view prefix) {
  return std::any_of(header.begin(), header.end(), [&](const auto& name) {
    return absl::StartsWith(name, prefix);
  });
}

// A value that the file gave some other way (the year of a date) stands.
template <typename T>
void KeepFields(const std::vector<std::string>& header,
                absl::string_view prefix,
                absl::Span<const model::Field<T>> fields, const T& stored,
                T& record) {
  for (const model::Field<T>& field : fields) {
    if (Has(header, absl::StrCat(prefix, field.name))) continue;
    if (field.get(record).has_value()) continue;
    field.set(record, field.get(stored));
  }
}

}  // namespace

void KeepAbsentColumns(const std::vector<std::string>& header,
                       const model::Case& stored, model::Case& record) {
  KeepFields(header, "", model::BaselineFields(), stored.baseline,
             record.baseline);
  KeepFields(header, "care_", model::ConservativeCareFields(),
             stored.conservative_care, record.conservative_care);
  KeepFields(header, "", model::OperationFields(), stored.operation,
             record.operation);
  if (!Has(header, "concomitant_procedures")) {
    record.operation.concomitant_procedures =
        stored.operation.concomitant_procedures;
  }
  if (!Has(header, "implants")) {
    record.operation.implants = stored.operation.implants;
  }
  if (!Has(header, "status")) {
    record.status = stored.status;
    if (!Has(header, "status_day")) record.status_day = stored.status_day;
  }
}

void KeepAbsentColumns(const std::vector<std::string>& header,
                       const model::FollowUp& stored,
                       model::FollowUp& follow_up) {
  KeepFields(header, "", model::FollowUpFields(), stored, follow_up);
  if (!HasAny(header, "visa_a_")) {
    follow_up.visa_a = stored.visa_a;
  } else if (stored.visa_a.has_value()) {
    model::VisaA answers = follow_up.visa_a.value_or(model::VisaA());
    KeepFields(header, "visa_a_", model::VisaAFields(), *stored.visa_a,
               answers);
    if (answers != model::VisaA()) follow_up.visa_a = answers;
  }
  if (!HasAny(header, "complication_")) {
    follow_up.complications = stored.complications;
  }
  if (!HasAny(header, "reoperation_")) {
    follow_up.reoperations = stored.reoperations;
  }
}

bool HasAssessmentColumns(const std::vector<std::string>& header) {
  return std::any_of(header.begin(), header.end(), [](const std::string& name) {
    const Column* column = FindColumn(name, LineKind::kAssessment);
    return column != nullptr && column->kind >= ColumnKind::kFollowUp &&
           name != "day" && name != "tegner_score";
  });
}

}  // namespace enthesis::client
