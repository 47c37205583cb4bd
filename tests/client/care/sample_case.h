// A small case for tests, and assessments to give it.

#ifndef ENTHESIS_TESTS_CLIENT_CARE_SAMPLE_CASE_H_
#define ENTHESIS_TESTS_CLIENT_CARE_SAMPLE_CASE_H_

#include <cstdint>
#include <optional>

#include "registry/model/case.h"

namespace enthesis::client {

inline model::Id IdOf(uint64_t number) { return {7, number}; }

inline model::Case SampleCase(uint64_t id, int32_t year = 2020) {
  model::Case record;
  record.site = "site-01";
  record.id = IdOf(id);
  record.patient = IdOf(1000 + id);
  record.baseline.surgery_year = year;
  record.baseline.age_years = 50;
  record.baseline.sex = model::Sex::kFemale;
  record.baseline.laterality = model::Laterality::kLeft;
  record.operation.primary_procedure = model::Procedure::kDebridement;
  return record;
}

// `id` 0 makes one of the day.
inline model::FollowUp& AddVisit(model::Case& record, int32_t day,
                                 std::optional<int32_t> visa_a = std::nullopt,
                                 uint64_t id = 0) {
  model::FollowUp& follow_up = record.follow_ups.emplace_back();
  follow_up.id = IdOf(id != 0 ? id : 5000 + static_cast<uint64_t>(day + 90));
  follow_up.day = day;
  if (visa_a.has_value()) follow_up.visa_a.emplace().total = visa_a;
  return follow_up;
}

}  // namespace enthesis::client

#endif  // ENTHESIS_TESTS_CLIENT_CARE_SAMPLE_CASE_H_
