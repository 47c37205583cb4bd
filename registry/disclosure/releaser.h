// The one maker of Released<T>, for the files of this folder.

#ifndef ENTHESIS_REGISTRY_DISCLOSURE_RELEASER_H_
#define ENTHESIS_REGISTRY_DISCLOSURE_RELEASER_H_

#include <utility>

#include "absl/status/status.h"
#include "registry/disclosure/release.h"
#include "registry/disclosure/withhold.h"

namespace enthesis::disclosure {

class Releaser {
 public:
  template <typename Answer>
  static Released<Answer> Make(Answer answer, const Policy& policy) {
    return Released<Answer>(std::move(answer), policy);
  }
};

// The rules on the cohort as a whole, the same for every answer: refuses one
// below the threshold, withholds small exclusions.
absl::Status ReleaseCohort(analysis::Provenance& provenance,
                           const Policy& policy);

// Whether a regression leaves; clears its support.
bool ReleaseModel(analysis::EventModel& model, const CohortParts& parts,
                  analysis::Provenance& provenance, const Policy& policy);

}  // namespace enthesis::disclosure

#endif  // ENTHESIS_REGISTRY_DISCLOSURE_RELEASER_H_
