// From a case to its column values: the only place that knows both.

#ifndef ENTHESIS_REGISTRY_COHORT_ENCODE_H_
#define ENTHESIS_REGISTRY_COHORT_ENCODE_H_

#include <cstdint>

#include "registry/cohort/row.h"
#include "registry/model/case.h"

namespace enthesis::cohort {

// `site` is the index of the case's site in the site table. A value outside its
// range, which validation never stores, counts as absent.
//
// Visits: model::AssignVisits among the assessments that have the measure, so
// that a baseline is the latest assessment before surgery with that measure;
// versions of VISA-A are measures of their own.
Row Encode(const model::Case& record, uint16_t site);

// 64 bits of a patient id; 0 for none.
uint64_t PatientHash(const model::Id& patient);

}  // namespace enthesis::cohort

#endif  // ENTHESIS_REGISTRY_COHORT_ENCODE_H_
