#include "absl/strings/str_cat.h"
#include "registry/model/codes.h"
#include "registry/model/duplicates.h"
#include "registry/validation/field_rules.h"
#include "registry/validation/rules.h"
#include "registry/validation/warnings.h"

namespace enthesis::validation {
namespace {

using model::Case;

}  // namespace

Findings ValidateAgainst(const Case& record, absl::Span<const Case> others,
                         absl::string_view prefix) {
  Findings findings;
  bool same_limb = false;
  int same_sequence = 0;
  int same_baseline = 0;
  for (const Case& other : others) {
    if (other.id == record.id) continue;
    if (other.patient == record.patient) {
      // The other limb of one person is no duplicate.
      same_limb =
          same_limb || other.baseline.laterality == record.baseline.laterality;
      continue;
    }
    if (other.site != record.site) continue;
    if (model::SamePlace(other, record)) ++same_sequence;
    if (model::SameBaseline(other, record)) ++same_baseline;
  }
  if (same_limb) {
    findings.violations.push_back(
        {PathOf(PathOf(prefix, "baseline"), "laterality"),
         absl::StrCat(
             "this limb of the patient has a case already",
             "; allowed: one case a limb (a reoperation is an event of the "
             "first case)")});
  }
  if (same_sequence > 0) {
    findings.warnings.push_back(
        {PathOf(PathOf(prefix, "baseline"), "operation_sequence"),
         kPossibleDuplicate,
         absl::StrCat(same_sequence,
                      " other case(s) of the site with the same "
                      "year and operation_sequence")});
  }
  if (same_baseline > 0) {
    findings.warnings.push_back(
        {absl::StrCat(prefix), kPossibleDuplicate,
         absl::StrCat(same_baseline,
                      " other case(s) of the site with the same "
                      "baseline and primary procedure")});
  }
  return findings;
}

}  // namespace enthesis::validation
