// Where a covariate that has a byte a case is stored. Internal to the cohort.

#ifndef ENTHESIS_REGISTRY_COHORT_COVARIATE_COLUMN_H_
#define ENTHESIS_REGISTRY_COHORT_COVARIATE_COLUMN_H_

#include <cstddef>
#include <cstdint>

#include "registry/cohort/columns.h"
#include "registry/cohort/row.h"
#include "registry/model/covariate.h"
#include "registry/model/fields.h"
#include "registry/model/measure.h"

namespace enthesis::cohort {

// Codes from 1 to levels from 0.
inline constexpr int32_t kFirstLevel = -1;

// The value of a row is values[row] + offset, unless it is `missing`.
struct CovariateColumn {
  const uint8_t* values = nullptr;
  uint8_t missing = 0;
  int32_t offset = 0;
};

// Of a covariate that is no dimension.
inline CovariateColumn ColumnOf(const model::Covariate& covariate,
                                const Chunk& chunk) {
  const auto index = static_cast<size_t>(covariate.index);
  switch (covariate.source) {
    case model::CovariateSource::kField: {
      const model::FieldInfo& info = *model::PreoperativeFields()[index].info;
      return {chunk.field[index].data(), 0,
              info.codes == nullptr ? FieldOffset(info) : kFirstLevel};
    }
    case model::CovariateSource::kBaselineScore:
      return {chunk.score[index - 1][0].data(), kMissing,
              model::InfoOf(static_cast<model::Measure>(index)).min};
    case model::CovariateSource::kDimension:  // not here
    case model::CovariateSource::kAgeYears:
      break;
  }
  return {chunk.age_years.data(), 0, 0};
}

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_COVARIATE_COLUMN_H_
