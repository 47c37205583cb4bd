// Covariates of a regression by name: the dimensions, what else is known before
// surgery, and the measures at baseline.

#ifndef ENTHESIS_REGISTRY_MODEL_COVARIATE_H_
#define ENTHESIS_REGISTRY_MODEL_COVARIATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "registry/model/case.h"
#include "registry/model/code_list.h"
#include "registry/model/fields.h"

namespace enthesis::model {

// A scalar field of the baseline or of conservative care for which no dimension
// stands. Named as its column in a clinic's file: "bmi", "care_months".
struct PreoperativeField {
  std::string name;
  const FieldInfo* info = nullptr;
  // One of the two.
  const Field<Baseline>* baseline = nullptr;
  const Field<ConservativeCare>* care = nullptr;
};
inline constexpr int kPreoperativeFieldCount = 38;

// In the order of the tables of fields. Left out: the order of operations,
// which is never released; the diagnosis, of which one is eligible; the age,
// which is AgeYears below.
absl::Span<const PreoperativeField> PreoperativeFields();

// As the table of fields gives it; "asked, not known" is no value.
std::optional<int32_t> ValueOf(const PreoperativeField& field,
                               const Case& record);

enum class CovariateSource { kDimension, kAgeYears, kField, kBaselineScore };

struct Covariate {
  std::string name;  // "sex", "age_years", "care_months", "baseline_visa_a"
  CovariateSource source = CovariateSource::kDimension;
  // The Dimension, the place in PreoperativeFields, or the Measure.
  int index = 0;
  // A number (flags are 0 and 1), which a question may take as a factor, too;
  // otherwise a factor: codes in list order, sites by id.
  bool is_number = false;
  // Several values a case, an indicator each: the concomitant procedures.
  bool is_set = false;
  const CodeList* codes = nullptr;  // null for numbers and sites
};

// Dimensions, age in years, fields, measures at baseline.
absl::Span<const Covariate> Covariates();
// Null when there is none of that name.
const Covariate* FindCovariate(absl::string_view name);
// "site, primary_procedure, ...": all names, for messages.
std::string AllowedCovariates();

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_COVARIATE_H_
