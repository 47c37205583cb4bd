#include "client/content_digest.h"

#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "registry/model/fields.h"

namespace enthesis::client {
namespace {

constexpr size_t kTextBytes = 2048;  // most texts fit

template <typename T>
void Append(absl::string_view section, absl::Span<const model::Field<T>> fields,
            const T& record, std::string& text) {
  for (const model::Field<T>& field : fields) {
    const std::optional<int32_t> value = field.get(record);
    if (value.has_value()) {
      absl::StrAppend(&text, section, ".", field.name, "=", *value, "\n");
    }
  }
}

std::string Digest(absl::string_view text) {
  unsigned char bytes[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         bytes);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes), 16));
}

}  // namespace

std::string DigestOfBaseline(const model::Case& record,
                             absl::string_view surgery_date) {
  std::string text = absl::StrCat("synthetic=", record.synthetic, "\n");
  Append("baseline", model::BaselineFields(), record.baseline, text);
  Append("care", model::ConservativeCareFields(), record.conservative_care,
         text);
  Append("operation", model::OperationFields(), record.operation, text);
  for (const model::Procedure code : record.operation.concomitant_procedures) {
    absl::StrAppend(&text, "concomitant=", static_cast<int>(code), "\n");
  }
  for (const model::ImplantClass code : record.operation.implants) {
    absl::StrAppend(&text, "implant=", static_cast<int>(code), "\n");
  }
  absl::StrAppend(&text, "status=", static_cast<int>(record.status), "\n");
  if (record.status_day.has_value()) {
    absl::StrAppend(&text, "status_day=", *record.status_day, "\n");
  }
  if (!surgery_date.empty()) {
    absl::StrAppend(&text, "surgery_date=", surgery_date, "\n");
  }
  return Digest(text);
}

std::string DigestOfFollowUp(const model::FollowUp& follow_up) {
  std::string text;
  text.reserve(kTextBytes);
  Append("follow_up", model::FollowUpFields(), follow_up, text);
  if (follow_up.visa_a.has_value()) {
    absl::StrAppend(&text, "visa_a\n");
    Append("visa_a", model::VisaAFields(), *follow_up.visa_a, text);
  }
  for (const model::Complication& complication : follow_up.complications) {
    absl::StrAppend(&text, "complication\n");
    Append("complication", model::ComplicationFields(), complication, text);
  }
  for (const model::Reoperation& reoperation : follow_up.reoperations) {
    absl::StrAppend(&text, "reoperation\n");
    Append("reoperation", model::ReoperationFields(), reoperation, text);
  }
  return Digest(text);
}

}  // namespace enthesis::client
