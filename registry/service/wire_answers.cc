#include "registry/service/wire_answers.h"

namespace enthesis::service {

google::protobuf::RepeatedPtrField<v1::Warning> ToWire(
    const std::vector<validation::Warning>& warnings) {
  google::protobuf::RepeatedPtrField<v1::Warning> wire;
  for (const validation::Warning& warning : warnings) {
    v1::Warning& added = *wire.Add();
    added.set_field(warning.path);
    added.set_reason(warning.reason);
    added.set_message(warning.message);
  }
  return wire;
}

std::string EncodeWarnings(const std::vector<validation::Warning>& warnings) {
  v1::CreateCaseResponse holder;
  *holder.mutable_warnings() = ToWire(warnings);
  return holder.SerializeAsString();
}

absl::StatusOr<std::vector<validation::Warning>> DecodeWarnings(
    absl::string_view bytes) {
  v1::CreateCaseResponse holder;
  if (!holder.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the stored answer of a request");
  }
  std::vector<validation::Warning> warnings;
  for (const v1::Warning& warning : holder.warnings()) {
    warnings.push_back({warning.field(), warning.reason(), warning.message()});
  }
  return warnings;
}

v1::Withdrawal ToWithdrawal(const wire::CaseName& name,
                            model::WithdrawalReason reason, uint64_t index) {
  v1::Withdrawal withdrawal;
  withdrawal.set_name(wire::FormatCaseName(name.site, name.id));
  withdrawal.set_reason(static_cast<v1::WithdrawalReason>(reason));
  withdrawal.set_commit_index(index);
  return withdrawal;
}

}  // namespace enthesis::service
