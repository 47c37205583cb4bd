// Every column of the clinic's file. Those of the model come from its field
// tables (registry/model/fields.h), so that the two cannot drift apart; names,
// prefixes and groups are described in client/README.md.

#ifndef ENTHESIS_CLIENT_CSV_COLUMNS_H_
#define ENTHESIS_CLIENT_CSV_COLUMNS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "registry/model/fields.h"
#include "registry/model/limits.h"

namespace enthesis::client {

// Groups that a file may have, and those that templates and lists show.
inline constexpr int kComplicationGroups = model::kMaxComplicationsPerFollowUp;
inline constexpr int kReoperationGroups = model::kMaxReoperationsPerFollowUp;
inline constexpr int kListedComplicationGroups = 4;
inline constexpr int kListedReoperationGroups = 2;

enum class ColumnKind {
  // Kept in the clinic, never sent.
  kRecordId,
  kEvent,
  kRepeatInstance,
  kSurgeryDate,
  kPatientKey,
  // Ids of the registry, as `case export` writes them.
  kCaseId,
  kPatientId,
  kEtag,
  kFollowUpId,
  // Baseline line.
  kBaseline,
  kSynthetic,
  kStatus,
  kStatusDay,
  kConservativeCare,
  kOperation,
  kConcomitantProcedures,
  kImplants,
  // Assessment. A baseline line may hold one, too.
  kFollowUp,
  kVisaA,
  kComplication,
  kReoperation,
};

struct Column {
  std::string name;
  ColumnKind kind;
  int field = -1;  // index in the field table of `kind`, where it has one
  int group = 0;   // of complication_1 and so on, from 0
  // Describes the values; null for texts and lists.
  const model::FieldInfo* info = nullptr;
  const model::CodeList* list = nullptr;  // codes separated by ';'
  const char* meaning = "";

  // Whether a line other than the baseline line may fill it.
  bool OnAssessmentLine() const;
  bool StaysInClinic() const { return kind <= ColumnKind::kPatientKey; }
};

// In the order of the documentation: what a clinic fills in.
absl::Span<const Column> Columns();

// Every column that a file may have: those, the ids of the registry, and the
// further groups of events. In the order of an export.
absl::Span<const Column> AllColumns();

enum class LineKind { kBaseline, kAssessment };

// The column that `name` stands for on such a line; null for an unknown name.
// "tegner_score" is the level before symptoms on a baseline line and that of
// the day elsewhere. "redcap_event_name" is "event".
const Column* FindColumn(absl::string_view name, LineKind line);

// What a cell of the column may hold: "0 to 10 points", "left, right".
std::string AllowedIn(const Column& column);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CSV_COLUMNS_H_
