#include "client/content_digest.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "registry/model/fields.h"
#include "registry/model/sha256.h"

namespace enthesis::client {
namespace {

constexpr size_t kTextBytes = 2048;  // most texts fit

// The fields of a record as lines "section.name=value", without those absent.
template <typename T>
class Lines {
 public:
  Lines(absl::string_view section, absl::Span<const model::Field<T>> fields)
      : fields_(fields) {
    for (const model::Field<T>& field : fields) {
      starts_.push_back(absl::StrCat(section, ".", field.name, "="));
    }
  }

  void Append(const T& record, std::string& text) const {
    for (size_t i = 0; i < fields_.size(); ++i) {
      const std::optional<int32_t> value = fields_[i].get(record);
      if (value.has_value()) absl::StrAppend(&text, starts_[i], *value, "\n");
    }
  }

 private:
  absl::Span<const model::Field<T>> fields_;
  std::vector<std::string> starts_;
};

// Those of every table, made once.
struct Tables {
  Lines<model::Baseline> baseline{"baseline", model::BaselineFields()};
  Lines<model::ConservativeCare> care{"care", model::ConservativeCareFields()};
  Lines<model::Operation> operation{"operation", model::OperationFields()};
  Lines<model::FollowUp> follow_up{"follow_up", model::FollowUpFields()};
  Lines<model::VisaA> visa_a{"visa_a", model::VisaAFields()};
  Lines<model::Complication> complication{"complication",
                                          model::ComplicationFields()};
  Lines<model::Reoperation> reoperation{"reoperation",
                                        model::ReoperationFields()};
};

const Tables& AllTables() {
  static const Tables& tables = *new Tables;
  return tables;
}

std::string Digest(absl::string_view text) {
  return absl::BytesToHexString(
      absl::string_view(model::Sha256(text)).substr(0, 16));
}

}  // namespace

std::string DigestOfBaseline(const model::Case& record,
                             absl::string_view surgery_date) {
  const Tables& tables = AllTables();
  std::string text;
  text.reserve(kTextBytes);
  absl::StrAppend(&text, "synthetic=", record.synthetic, "\n");
  tables.baseline.Append(record.baseline, text);
  tables.care.Append(record.conservative_care, text);
  tables.operation.Append(record.operation, text);
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
  const Tables& tables = AllTables();
  std::string text;
  text.reserve(kTextBytes);
  tables.follow_up.Append(follow_up, text);
  if (follow_up.visa_a.has_value()) {
    absl::StrAppend(&text, "visa_a\n");
    tables.visa_a.Append(*follow_up.visa_a, text);
  }
  for (const model::Complication& complication : follow_up.complications) {
    absl::StrAppend(&text, "complication\n");
    tables.complication.Append(complication, text);
  }
  for (const model::Reoperation& reoperation : follow_up.reoperations) {
    absl::StrAppend(&text, "reoperation\n");
    tables.reoperation.Append(reoperation, text);
  }
  return Digest(text);
}

}  // namespace enthesis::client
