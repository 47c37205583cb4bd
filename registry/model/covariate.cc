#include "registry/model/covariate.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "registry/model/dimension.h"
#include "registry/model/measure.h"

namespace enthesis::model {
namespace {

bool HasDimension(absl::string_view name) {
  return kDimensionCodes.Find(name) != nullptr;
}

std::vector<PreoperativeField> MakeFields() {
  const std::set<absl::string_view> left_out = {"operation_sequence",
                                                "diagnosis", "age_years"};
  std::vector<PreoperativeField> fields;
  for (const Field<Baseline>& field : BaselineFields()) {
    if (HasDimension(field.name) || left_out.count(field.name) > 0) continue;
    fields.push_back({field.name, &field, &field, nullptr});
  }
  for (const Field<ConservativeCare>& field : ConservativeCareFields()) {
    fields.push_back(
        {absl::StrCat("care_", field.name), &field, nullptr, &field});
  }
  return fields;
}

std::vector<Covariate> MakeCovariates() {
  std::vector<Covariate> covariates;
  for (const Code& code : kDimensionCodes.codes) {
    const auto dimension = static_cast<Dimension>(code.value);
    Covariate covariate;
    covariate.name = code.code;
    covariate.source = CovariateSource::kDimension;
    covariate.index = code.value;
    covariate.is_number = dimension == Dimension::kSurgeryYear;
    covariate.is_set = dimension == Dimension::kConcomitantProcedure;
    covariate.codes = CodesOf(dimension);
    covariates.push_back(std::move(covariate));
  }
  covariates.push_back(
      {"age_years", CovariateSource::kAgeYears, 0, true, false, nullptr});
  int place = 0;
  for (const PreoperativeField& field : PreoperativeFields()) {
    covariates.push_back({field.name, CovariateSource::kField, place++,
                          field.info->kind != FieldKind::kCode, false,
                          field.info->codes});
  }
  for (const Code& code : kMeasureCodes.codes) {
    if (!InfoOf(static_cast<Measure>(code.value)).has_baseline) continue;
    covariates.push_back({absl::StrCat("baseline_", code.code),
                          CovariateSource::kBaselineScore, code.value, true,
                          false, nullptr});
  }
  return covariates;
}

}  // namespace

absl::Span<const PreoperativeField> PreoperativeFields() {
  static const auto* const kFields =
      new std::vector<PreoperativeField>(MakeFields());
  return *kFields;
}

std::optional<int32_t> ValueOf(const PreoperativeField& field,
                               const Case& record) {
  const std::optional<int32_t> value =
      field.baseline != nullptr ? field.baseline->get(record.baseline)
                                : field.care->get(record.conservative_care);
  if (!value.has_value() || field.info->codes == nullptr) return value;
  const Code* code = field.info->codes->Find(*value);
  if (code == nullptr || absl::string_view(code->code) == "unknown") {
    return std::nullopt;
  }
  return value;
}

absl::Span<const Covariate> Covariates() {
  static const auto* const kCovariates =
      new std::vector<Covariate>(MakeCovariates());
  return *kCovariates;
}

const Covariate* FindCovariate(absl::string_view name) {
  for (const Covariate& covariate : Covariates()) {
    if (covariate.name == name) return &covariate;
  }
  return nullptr;
}

std::string AllowedCovariates() {
  return absl::StrJoin(Covariates(), ", ",
                       [](std::string* out, const Covariate& covariate) {
                         out->append(covariate.name);
                       });
}

}  // namespace enthesis::model
