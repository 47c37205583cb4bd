#include "registry/model/duplicates.h"

#include <cstdlib>

namespace enthesis::model {
namespace {

Baseline WithoutSequence(Baseline baseline) {
  baseline.operation_sequence.reset();
  return baseline;
}

template <typename T>
bool Differ(const std::optional<T>& a, const std::optional<T>& b) {
  return a.has_value() && b.has_value() && *a != *b;
}

bool AreTwo(const Case& a, const Case& b) {
  const auto& age = a.baseline.age_years;
  const auto& other_age = b.baseline.age_years;
  return Differ(a.baseline.sex, b.baseline.sex) ||
         Differ(a.baseline.laterality, b.baseline.laterality) ||
         Differ(a.operation.primary_procedure, b.operation.primary_procedure) ||
         (age.has_value() && other_age.has_value() &&
          std::abs(*age - *other_age) > 1);
}

}  // namespace

bool SameBaseline(const Case& a, const Case& b) {
  return a.operation.primary_procedure == b.operation.primary_procedure &&
         WithoutSequence(a.baseline) == WithoutSequence(b.baseline);
}

bool SamePlace(const Case& a, const Case& b) {
  return a.baseline.operation_sequence.has_value() &&
         a.baseline.operation_sequence == b.baseline.operation_sequence &&
         a.baseline.surgery_year == b.baseline.surgery_year && !AreTwo(a, b);
}

}  // namespace enthesis::model
