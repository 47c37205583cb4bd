#include "registry/model/procedures.h"

#include <algorithm>

namespace enthesis::model {
namespace {

// Pathology: midportion, insertional. Approach: open, minimally invasive,
// endoscopic.
constexpr ProcedureRule kRules[] = {
    {Procedure::kDebridement, true, true, true, true, true},
    {Procedure::kScrapingPlantaris, true, false, true, true, false},
    {Procedure::kPercutaneousTenotomies, true, false, false, true, false},
    {Procedure::kGastrocnemiusRecession, true, true, true, true, true},
    {Procedure::kZadekOsteotomy, false, true, true, true, false},
    {Procedure::kCalcaneoplasty, false, true, true, true, true},
    {Procedure::kRetrocalcanealBursectomy, false, true, true, false, true},
    {Procedure::kFhlTransfer, true, true, true, true, false},
    {Procedure::kGraftReinforcement, true, true, true, true, false},
};

}  // namespace

absl::Span<const ProcedureRule> ProcedureRules() { return kRules; }

const ProcedureRule& RuleOf(Procedure procedure) {
  return kRules[static_cast<size_t>(procedure) - 1];
}

bool FitsPathology(const ProcedureRule& rule, Pathology pathology) {
  switch (pathology) {
    case Pathology::kMidportion:
      return rule.midportion;
    case Pathology::kInsertional:
      return rule.insertional;
    case Pathology::kCombined:
      return true;
  }
  return true;
}

bool FitsApproach(const ProcedureRule& rule, Approach approach) {
  switch (approach) {
    case Approach::kOpen:
      return rule.open;
    case Approach::kMinimallyInvasive:
      return rule.minimally_invasive;
    case Approach::kEndoscopic:
      return rule.endoscopic;
  }
  return true;
}

bool Includes(const Operation& operation, Procedure procedure) {
  return operation.primary_procedure == procedure ||
         std::find(operation.concomitant_procedures.begin(),
                   operation.concomitant_procedures.end(),
                   procedure) != operation.concomitant_procedures.end();
}

}  // namespace enthesis::model
