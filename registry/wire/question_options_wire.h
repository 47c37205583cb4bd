// The parts that several questions share, read from enthesis.v1. Internal to
// the wire. What is wrong becomes a fault with its path; the value then stays
// the default.

#ifndef ENTHESIS_REGISTRY_WIRE_QUESTION_OPTIONS_WIRE_H_
#define ENTHESIS_REGISTRY_WIRE_QUESTION_OPTIONS_WIRE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "enthesis/v1/codes.pb.h"
#include "enthesis/v1/estimate.pb.h"
#include "enthesis/v1/question.pb.h"
#include "registry/model/question.h"
#include "registry/wire/fault.h"

namespace enthesis::wire {

// Refuses a number outside `codes`; 0 passes as "absent".
bool CheckCode(int32_t value, const model::CodeList& codes,
               absl::string_view path, Faults& faults);

// Cohort, grouping, state, confidence level.
void ReadOptions(const v1::QuestionOptions& wire, model::Question& question,
                 Faults& faults);

model::ConfidenceTransform ReadTransform(v1::IntervalTransform wire,
                                         Faults& faults);

// The required endpoint and, with complications, the kind.
void ReadEndpoint(v1::Endpoint wire, v1::ComplicationKind kind,
                  model::Endpoint& endpoint,
                  std::optional<model::ComplicationKind>& complication,
                  Faults& faults);

// An absent measure stays as it is.
void ReadMeasure(v1::Measure wire, model::Measure& measure, Faults& faults);

// "12_months"; empty stays as it is.
void ReadVisit(const std::string& wire, model::Visit& visit, Faults& faults);

// A dimension that may be absent.
std::optional<model::Dimension> ReadDimension(v1::Dimension wire,
                                              absl::string_view path,
                                              Faults& faults);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_QUESTION_OPTIONS_WIRE_H_
