// Which procedure fits which pathology and approach, in one table.

#ifndef ENTHESIS_REGISTRY_MODEL_PROCEDURES_H_
#define ENTHESIS_REGISTRY_MODEL_PROCEDURES_H_

#include "absl/types/span.h"
#include "registry/model/case.h"

namespace enthesis::model {

struct ProcedureRule {
  Procedure procedure;
  bool midportion;   // allowed where only the midportion is affected
  bool insertional;  // allowed where only the insertion is affected
  bool open, minimally_invasive, endoscopic;
};

// One row per procedure, in code order. A combined pathology allows both.
absl::Span<const ProcedureRule> ProcedureRules();
const ProcedureRule& RuleOf(Procedure procedure);

bool FitsPathology(const ProcedureRule& rule, Pathology pathology);
bool FitsApproach(const ProcedureRule& rule, Approach approach);

// Whether the operation holds the procedure, as primary or concomitant.
bool Includes(const Operation& operation, Procedure procedure);

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_PROCEDURES_H_
