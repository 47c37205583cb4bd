// A case as fields with a path each, in the order of the documentation: what
// people read of it, and what two versions are compared by.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CARE_CASE_FIELDS_H_
#define ENTHESIS_CLIENT_CARE_CASE_FIELDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "registry/model/case.h"

namespace enthesis::client {

struct CaseField {
  std::string path;  // "baseline.bmi", as an update names it
  std::string text;  // a number, a code, yes or no; codes of a list by ';'
  std::string unit;  // of a number; else empty

  bool operator==(const CaseField&) const = default;
};

// The fields of the case that have a value, the assessments left out.
std::vector<CaseField> FieldsOf(const model::Case& record);

// Those of an assessment, its id left out; paths start with `prefix`.
std::vector<CaseField> FieldsOf(const model::FollowUp& follow_up,
                                absl::string_view prefix);

// One field in which two versions of a case differ.
struct FieldChange {
  std::string path;
  std::string before, after;  // empty: no value

  bool operator==(const FieldChange&) const = default;
};

// What makes `after` of `before`. Assessments are told apart by their ids and
// named by their day: "follow_ups[day 91].pain_activity".
std::vector<FieldChange> ChangesBetween(const model::Case& before,
                                        const model::Case& after);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CARE_CASE_FIELDS_H_
