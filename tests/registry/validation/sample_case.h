// A sound case to break, and what is expected of the break.

#ifndef ENTHESIS_TESTS_REGISTRY_VALIDATION_SAMPLE_CASE_H_
#define ENTHESIS_TESTS_REGISTRY_VALIDATION_SAMPLE_CASE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "registry/model/case.h"
#include "registry/validation/validate.h"

namespace enthesis::validation {

inline constexpr int32_t kThisYear = 2026;

// An athlete, open debridement of the insertion; neither a violation nor a
// warning. No follow-up.
model::Case SoundCase();

// The same after a Zadek osteotomy.
model::Case SoundOsteotomy();

// An assessment with a pain score, so that it is not empty. Its id follows from
// its day.
model::FollowUp At(int32_t day);

// SoundOsteotomy with three assessments, on days 91, 183 and 730.
model::Case FollowedOsteotomy();

// One change of a sound case, and the one finding that it causes.
struct Break {
  const char* name;
  void (*change)(model::Case& record);
  const char* path;
  const char* said;  // part of the message; of a warning, its reason
};

// Each break of `sound` causes its violation and no other.
void ExpectViolations(const model::Case& sound, absl::Span<const Break> breaks);
// Each causes its warning and no other, and no violation.
void ExpectWarnings(const model::Case& sound, absl::Span<const Break> breaks);
// None causes a violation or a warning; `path` and `said` are not read.
void ExpectSound(const model::Case& sound, absl::Span<const Break> changes);

// The path of each, and "path REASON" of each, for comparison.
std::vector<std::string> PathsOf(const std::vector<Violation>& violations);
std::vector<std::string> ReasonsOf(const std::vector<Warning>& warnings);

}  // namespace enthesis::validation

#endif  // ENTHESIS_TESTS_REGISTRY_VALIDATION_SAMPLE_CASE_H_
