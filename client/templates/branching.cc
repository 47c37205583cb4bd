#include "client/templates/branching.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace enthesis::client {
namespace {

struct Branch {
  const char* column;
  const char* shown;
};

// The operation on the form itself.
constexpr char kZadek[] =
    "[primary_procedure] = 'zadek_osteotomy' or "
    "[concomitant_procedures(zadek_osteotomy)] = '1'";
constexpr char kTransfer[] =
    "[primary_procedure] = 'fhl_transfer' or "
    "[concomitant_procedures(fhl_transfer)] = '1'";
constexpr char kGraft[] =
    "[primary_procedure] = 'graft_reinforcement' or "
    "[concomitant_procedures(graft_reinforcement)] = '1' or "
    "[primary_procedure] = 'fhl_transfer' or "
    "[concomitant_procedures(fhl_transfer)] = '1'";
// The operation as later visits see it.
constexpr char kZadekBefore[] =
    "[baseline_arm_1][primary_procedure] = 'zadek_osteotomy' or "
    "[baseline_arm_1][concomitant_procedures(zadek_osteotomy)] = '1'";

constexpr Branch kBranches[] = {
    {"surgery_year", "[surgery_date] = ''"},
    {"operation_sequence", "[surgery_date] = ''"},
    {"status_day", "[status] <> '' and [status] <> 'active'"},
    {"care_short_care_reason", "[care_months] <> '' and [care_months] < 6"},
    {"care_months_since_corticosteroid_injection",
     "[care_corticosteroid_injections] > 0"},
    {"exposure",
     "([primary_procedure] = 'debridement' or "
     "[concomitant_procedures(debridement)] = '1') and [approach] = 'open'"},
    {"graft_class", kGraft},
    {"graft_technique", "[graft_class] <> '' and [graft_class] <> 'none'"},
    {"fixation", kZadek},
    {"wedge_mm", kZadek},
    {"fhl_harvest", kTransfer},
    {"fhl_fixation", kTransfer},
    {"return_participation_day",
     "[return_stage] <> '' and [return_stage] <> 'none'"},
    {"return_sport_day",
     "[return_stage] = 'sport' or [return_stage] = 'performance'"},
    {"return_performance_day", "[return_stage] = 'performance'"},
    {"sustained_return", "[day] >= 548"},
    {"full_weight_bearing_day", "[full_weight_bearing] = '1'"},
    {"daily_life_day", "[daily_life] = '1'"},
    {"osteotomy_united", kZadekBefore},
    {"osteotomy_union_day", "[osteotomy_united] = '1'"},
    {"visa_a_item_8_points", "[visa_a_item_8_branch] <> ''"},
};

// The second complication is asked for when there is a first.
std::string BranchOfEvent(const Column& column, absl::string_view group) {
  const std::string kind =
      absl::StrCat("[", group, "_", column.group + 1, "_kind] <> ''");
  if (!absl::EndsWith(column.name, "_kind")) return kind;
  if (column.group == 0) return "";
  return absl::StrCat("[", group, "_", column.group, "_kind] <> ''");
}

}  // namespace

std::string BranchingOf(const Column& column) {
  if (column.kind == ColumnKind::kComplication) {
    return BranchOfEvent(column, "complication");
  }
  if (column.kind == ColumnKind::kReoperation) {
    return BranchOfEvent(column, "reoperation");
  }
  for (const Branch& branch : kBranches) {
    if (column.name == branch.column) return branch.shown;
  }
  return "";
}

}  // namespace enthesis::client
