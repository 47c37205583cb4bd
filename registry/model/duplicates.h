// Whether two cases of a site may be one operation that was entered twice.
//
// Threads: pure functions.

#ifndef ENTHESIS_REGISTRY_MODEL_DUPLICATES_H_
#define ENTHESIS_REGISTRY_MODEL_DUPLICATES_H_

#include "registry/model/case.h"

namespace enthesis::model {

// The same primary procedure and, but for the rank within the site, the same
// baseline.
bool SameBaseline(const Case& a, const Case& b);

// The same year and rank, and nothing that tells two operations apart: another
// sex, side or primary procedure, or ages more than a year apart. Two
// coordinators of a site count ranks of their own, so that the rank alone says
// nothing.
bool SamePlace(const Case& a, const Case& b);

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_DUPLICATES_H_
