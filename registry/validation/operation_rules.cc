#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "registry/model/codes.h"
#include "registry/model/fields.h"
#include "registry/model/procedures.h"
#include "registry/validation/field_rules.h"
#include "registry/validation/rules.h"
#include "registry/validation/warnings.h"

namespace enthesis::validation {
namespace {

using model::Approach;
using model::Case;
using model::CodeOf;
using model::GraftClass;
using model::Operation;
using model::Pathology;
using model::Procedure;
using model::ProcedureRule;

constexpr int32_t kUsualWedgeMin = 3, kUsualWedgeMax = 6;  // Maffulli 2020

std::string ProceduresFor(Pathology pathology) {
  std::string allowed;
  for (const ProcedureRule& rule : model::ProcedureRules()) {
    if (!FitsPathology(rule, pathology)) continue;
    absl::StrAppend(&allowed, allowed.empty() ? "" : ", ",
                    CodeOf(model::kProcedureCodes, rule.procedure));
  }
  return allowed;
}

std::string ApproachesFor(const ProcedureRule& rule) {
  std::string allowed;
  for (const Approach approach :
       {Approach::kOpen, Approach::kMinimallyInvasive, Approach::kEndoscopic}) {
    if (!FitsApproach(rule, approach)) continue;
    absl::StrAppend(&allowed, allowed.empty() ? "" : ", ",
                    CodeOf(model::kApproachCodes, approach));
  }
  return allowed;
}

// `path` is that of the element, which ends in its name.
void CheckProcedure(const Case& record, Procedure procedure,
                    const std::string& path, Findings& findings) {
  const ProcedureRule& rule = model::RuleOf(procedure);
  const absl::string_view code = CodeOf(model::kProcedureCodes, procedure);
  const auto pathology =
      Known(model::kPathologyCodes, record.baseline.pathology);
  if (pathology.has_value() && !FitsPathology(rule, *pathology)) {
    findings.violations.push_back(
        {path, absl::StrCat(code, " does not fit the pathology ",
                            CodeOf(model::kPathologyCodes, *pathology),
                            "; allowed: ", ProceduresFor(*pathology))});
  }
  const auto approach = Known(model::kApproachCodes, record.operation.approach);
  if (approach.has_value() && !FitsApproach(rule, *approach)) {
    findings.violations.push_back(
        {path, absl::StrCat(code, " does not fit the approach ",
                            CodeOf(model::kApproachCodes, *approach),
                            "; allowed: ", ApproachesFor(rule))});
  }
}

// Codes of a repeated field: each in the list, none twice.
template <typename E>
bool CheckList(const std::vector<E>& values, const model::CodeList& list,
               absl::string_view prefix, absl::string_view name,
               Findings& findings) {
  if (values.size() > list.codes.size()) {
    findings.violations.push_back(
        {PathOf(prefix, name), absl::StrCat(name, " has ", values.size(),
                                            " entries; allowed: each "
                                            "of ",
                                            list.Allowed(), " once")});
    return false;
  }
  std::set<E> seen;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string path = PathOf(prefix, name, i);
    if (!Known(list, std::optional<E>(values[i])).has_value()) {
      findings.violations.push_back(
          {path, absl::StrCat(name, " is ", static_cast<int32_t>(values[i]),
                              "; allowed: ", list.Allowed())});
    } else if (!seen.insert(values[i]).second) {
      findings.violations.push_back(
          {path, absl::StrCat(CodeOf(list, values[i]),
                              " is listed twice; allowed: once")});
    }
  }
  return true;
}

void CheckProcedures(const Case& record, absl::string_view prefix,
                     Findings& findings) {
  const Operation& operation = record.operation;
  const auto primary =
      Known(model::kProcedureCodes, operation.primary_procedure);
  if (primary.has_value()) {
    CheckProcedure(record, *primary, PathOf(prefix, "primary_procedure"),
                   findings);
  }
  if (!CheckList(operation.concomitant_procedures, model::kProcedureCodes,
                 prefix, "concomitant_procedures", findings)) {
    return;
  }
  for (size_t i = 0; i < operation.concomitant_procedures.size(); ++i) {
    const auto procedure =
        Known(model::kProcedureCodes,
              std::optional<Procedure>(operation.concomitant_procedures[i]));
    if (!procedure.has_value()) continue;
    const std::string path = PathOf(prefix, "concomitant_procedures", i);
    CheckProcedure(record, *procedure, path, findings);
    if (procedure == primary) {
      findings.violations.push_back(
          {path, absl::StrCat(CodeOf(model::kProcedureCodes, *procedure),
                              " is the primary procedure already; allowed: "
                              "other procedures")});
    }
  }
}

void CheckOsteotomy(const Operation& operation, absl::string_view prefix,
                    Findings& findings) {
  const bool fixed = operation.fixation.has_value() &&
                     operation.fixation != model::Fixation::kNone;
  if (!Includes(operation, Procedure::kZadekOsteotomy)) {
    if (fixed) {
      findings.violations.push_back(
          {PathOf(prefix, "fixation"),
           "fixation is that of an osteotomy; allowed: only with "
           "zadek_osteotomy"});
    }
    if (operation.wedge_mm.has_value()) {
      findings.violations.push_back(
          {PathOf(prefix, "wedge_mm"),
           "wedge_mm is that of an osteotomy; allowed: only with "
           "zadek_osteotomy"});
    }
    return;
  }
  if (!fixed) {
    findings.warnings.push_back({PathOf(prefix, "fixation"), kFixationMissing,
                                 "an osteotomy without fixation"});
  }
  if (!operation.wedge_mm.has_value()) {
    findings.warnings.push_back({PathOf(prefix, "wedge_mm"), kWedgeMissing,
                                 "an osteotomy without its wedge"});
  } else if (*operation.wedge_mm < kUsualWedgeMin ||
             *operation.wedge_mm > kUsualWedgeMax) {
    findings.warnings.push_back(
        {PathOf(prefix, "wedge_mm"), kWedgeUnusual,
         absl::StrCat("a wedge of ", *operation.wedge_mm, " mm; usual: ",
                      kUsualWedgeMin, " to ", kUsualWedgeMax, " mm")});
  }
}

void CheckGraft(const Operation& operation, absl::string_view prefix,
                Findings& findings) {
  const bool reinforced = Includes(operation, Procedure::kGraftReinforcement);
  const bool transferred = Includes(operation, Procedure::kFhlTransfer);
  const bool graft = operation.graft_class.has_value() &&
                     operation.graft_class != GraftClass::kNone;
  if (reinforced && !graft) {
    findings.violations.push_back(
        {PathOf(prefix, "graft_class"),
         "graft_class is required with graft_reinforcement; allowed: "
         "autograft_fhl, autograft_other, allograft, xenograft, "
         "synthetic_polyurethane_urea, synthetic_other"});
  }
  if (graft && !reinforced) {
    if (!transferred) {
      findings.violations.push_back(
          {PathOf(prefix, "graft_class"),
           "graft_class is given without a graft; allowed: only with "
           "graft_reinforcement, or autograft_fhl with fhl_transfer"});
    } else if (operation.graft_class != GraftClass::kAutograftFhl) {
      findings.violations.push_back(
          {PathOf(prefix, "graft_class"),
           "graft_class does not fit fhl_transfer alone; allowed: none, "
           "autograft_fhl, or another class with graft_reinforcement"});
    }
  }
  if (operation.graft_technique.has_value() && !graft) {
    findings.violations.push_back(
        {PathOf(prefix, "graft_technique"),
         "graft_technique is given without a graft; allowed: only with a "
         "graft_class other than none"});
  }
}

void CheckTransfer(const Operation& operation, absl::string_view prefix,
                   Findings& findings) {
  if (Includes(operation, Procedure::kFhlTransfer)) return;
  const auto refuse = [&](const char* name) {
    findings.violations.push_back(
        {PathOf(prefix, name),
         absl::StrCat(name,
                      " is that of a tendon transfer; allowed: only with "
                      "fhl_transfer")});
  };
  if (operation.fhl_harvest.has_value()) refuse("fhl_harvest");
  if (operation.fhl_fixation.has_value()) refuse("fhl_fixation");
}

void CheckExposure(const Case& record, absl::string_view prefix,
                   Findings& findings) {
  if (!record.operation.exposure.has_value()) return;
  const std::string path = PathOf(prefix, "exposure");
  if (!Includes(record.operation, Procedure::kDebridement)) {
    findings.violations.push_back(
        {path,
         "exposure is that of an open debridement; allowed: only with "
         "debridement"});
  } else if (Known(model::kApproachCodes, record.operation.approach)
                 .value_or(Approach::kOpen) != Approach::kOpen) {
    findings.violations.push_back(
        {path,
         absl::StrCat("exposure is that of an open debridement, but approach "
                      "is ",
                      CodeOf(model::kApproachCodes, *record.operation.approach),
                      "; allowed: only with the approach open")});
  } else if (record.baseline.pathology == Pathology::kMidportion) {
    findings.warnings.push_back(
        {path, kExposureOfMidportion,
         "an exposure of the insertion, but pathology is midportion"});
  }
}

void CheckIndication(const Case& record, absl::string_view prefix,
                     Findings& findings) {
  const model::Baseline& baseline = record.baseline;
  const std::string path = PathOf(PathOf(prefix, "baseline"), "silfverskiold");
  if (Includes(record.operation, Procedure::kGastrocnemiusRecession)) {
    if (!baseline.silfverskiold.has_value()) {
      findings.warnings.push_back(
          {path, kSilfverskioldMissing,
           "gastrocnemius recession without a Silfverskiold test"});
    } else if (baseline.silfverskiold == model::Silfverskiold::kNegative) {
      findings.warnings.push_back(
          {path, kSilfverskioldNegative,
           "gastrocnemius recession with a negative Silfverskiold test"});
    }
  }
  if (Includes(record.operation, Procedure::kCalcaneoplasty) &&
      !baseline.haglund_prominence.value_or(false)) {
    findings.warnings.push_back(
        {PathOf(PathOf(prefix, "baseline"), "haglund_prominence"),
         kHaglundNotRecorded, "calcaneoplasty without a Haglund prominence"});
  }
}

}  // namespace

void CheckOperation(const Case& record, absl::string_view prefix,
                    Findings& findings) {
  const Operation& operation = record.operation;
  const std::string path = PathOf(prefix, "operation");
  CheckFields(model::OperationFields(), operation, path, findings);
  CheckProcedures(record, path, findings);
  CheckList(operation.implants, model::kImplantClassCodes, path, "implants",
            findings);
  CheckOsteotomy(operation, path, findings);
  CheckGraft(operation, path, findings);
  CheckTransfer(operation, path, findings);
  CheckExposure(record, path, findings);
  CheckIndication(record, prefix, findings);
}

}  // namespace enthesis::validation
