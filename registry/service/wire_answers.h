// Small parts of answers that several handlers build.

#ifndef ENTHESIS_REGISTRY_SERVICE_WIRE_ANSWERS_H_
#define ENTHESIS_REGISTRY_SERVICE_WIRE_ANSWERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "enthesis/v1/registry_service.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "registry/model/codes.h"
#include "registry/validation/validate.h"
#include "registry/wire/resource_name.h"

namespace enthesis::service {

google::protobuf::RepeatedPtrField<v1::Warning> ToWire(
    const std::vector<validation::Warning>& warnings);

// The part of an answer that a retry cannot read from the store, as bytes.
std::string EncodeWarnings(const std::vector<validation::Warning>& warnings);
// DATA_LOSS when the bytes are not those of EncodeWarnings.
absl::StatusOr<std::vector<validation::Warning>> DecodeWarnings(
    absl::string_view bytes);

v1::Withdrawal ToWithdrawal(const wire::CaseName& name,
                            model::WithdrawalReason reason, uint64_t index);

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_WIRE_ANSWERS_H_
