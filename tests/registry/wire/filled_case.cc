#include "tests/registry/wire/filled_case.h"

#include "registry/model/fields.h"

namespace enthesis::wire {
namespace {

class Filler {
 public:
  Filler(std::mt19937_64& random, double share)
      : random_(random), share_(share) {}

  bool Chance() {
    return static_cast<double>(random_() >> 11) * 0x1p-53 < share_;
  }

  int32_t Between(int32_t min, int32_t max) {
    const auto width = static_cast<uint64_t>(int64_t{max} - min + 1);
    return static_cast<int32_t>(min + static_cast<int64_t>(random_() % width));
  }

  // Seldom zero, so that the id can be told from an absent one.
  model::Id AnyId() { return {random_() | 1, random_()}; }

  template <typename T>
  T Fill(absl::Span<const model::Field<T>> fields) {
    T record;
    for (const model::Field<T>& field : fields) {
      if (!Chance()) continue;
      const bool coded = field.kind == model::FieldKind::kCode;
      field.set(record,
                coded ? Between(1, static_cast<int>(field.codes->codes.size()))
                      : Between(field.min, field.max));
    }
    return record;
  }

 private:
  std::mt19937_64& random_;
  const double share_;
};

}  // namespace

model::Case FilledCase(std::mt19937_64& random, double share) {
  Filler filler(random, share);
  model::Case record;
  record.site = "site-01";
  record.id = filler.AnyId();
  record.patient = filler.AnyId();
  record.synthetic = filler.Chance();
  record.baseline = filler.Fill(model::BaselineFields());
  record.conservative_care = filler.Fill(model::ConservativeCareFields());
  record.operation = filler.Fill(model::OperationFields());
  for (int i = filler.Between(0, 3); i > 0; --i) {
    record.operation.concomitant_procedures.push_back(
        static_cast<model::Procedure>(filler.Between(1, 9)));
    record.operation.implants.push_back(
        static_cast<model::ImplantClass>(filler.Between(1, 7)));
  }
  if (filler.Chance()) {
    record.status = static_cast<model::CaseStatus>(filler.Between(2, 4));
    record.status_day = filler.Between(0, 7305);
  }
  for (int i = filler.Between(0, 6); i > 0; --i) {
    model::FollowUp& follow_up =
        record.follow_ups.emplace_back(filler.Fill(model::FollowUpFields()));
    follow_up.id = filler.AnyId();
    if (filler.Chance()) {
      follow_up.visa_a = filler.Fill(model::VisaAFields());
    }
    for (int n = filler.Between(0, 2); n > 0; --n) {
      follow_up.complications.push_back(
          filler.Fill(model::ComplicationFields()));
      follow_up.reoperations.push_back(filler.Fill(model::ReoperationFields()));
    }
  }
  return record;
}

}  // namespace enthesis::wire
