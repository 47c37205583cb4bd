#include "registry/cohort/encode.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>

#include "registry/model/limits.h"
#include "registry/model/procedures.h"

namespace enthesis::cohort {
namespace {

using model::Dimension;
using model::Endpoint;
using model::FollowUp;
using model::Measure;

int32_t Day(int32_t day) { return std::clamp(day, 0, model::kMaxDay); }

uint8_t DimensionValue(Dimension dimension, const model::Case& record) {
  int32_t value = model::ValueOf(dimension, record);
  if (dimension == Dimension::kSurgeryYear && value != 0) value -= kYearOffset;
  const auto values = static_cast<int32_t>(StoredValues(dimension));
  return value < 0 || value >= values ? uint8_t{0}
                                      : static_cast<uint8_t>(value);
}

uint16_t ConcomitantMask(const model::Case& record) {
  uint16_t mask = 0;
  for (const model::Procedure procedure :
       record.operation.concomitant_procedures) {
    const int32_t bit = static_cast<int32_t>(procedure) - 1;
    if (bit < 0 || bit >= kProcedureCount) continue;
    mask = static_cast<uint16_t>(mask | (1 << bit));
  }
  return mask;
}

uint8_t Flags(const model::Case& record) {
  unsigned flags = 0;
  if (model::WasAthlete(record)) flags |= kAthlete;
  if (record.status == model::CaseStatus::kDied) flags |= kDied;
  if (record.synthetic) flags |= kSynthetic;
  const std::optional<bool> sustained = model::SustainedReturn(record);
  if (sustained.has_value()) flags |= kSustainedAsked;
  if (sustained.value_or(false)) flags |= kSustained;
  if (model::Includes(record.operation, model::Procedure::kZadekOsteotomy)) {
    flags |= kOsteotomy;
  }
  return static_cast<uint8_t>(flags);
}

void EncodeEndpoints(const model::Case& record, Row& row) {
  for (int e = 1; e <= kEndpointCount; ++e) {
    const auto endpoint = static_cast<Endpoint>(e);
    const auto index = static_cast<size_t>(e - 1);
    const int bits = CauseBits(endpoint);
    row.interval_start[index] = kExactDay;
    if (!model::InRiskSet(record, endpoint)) {
      row.exit[index] = PackExit(0, OutsideRiskSet(endpoint), bits);
      continue;
    }
    const model::EndpointTime time = model::TimeTo(record, endpoint);
    row.exit[index] =
        PackExit(Day(time.exit_day), CauseOf(endpoint, time.exit), bits);
    if (time.exit == model::Exit::kEvent && time.known_by_visit) {
      row.interval_start[index] =
          static_cast<uint16_t>(Day(time.interval_start));
    }
  }
  row.last_contact =
      PackExit(Day(model::LastContactDay(record)),
               (row.flags & kDied) != 0 ? 0 : 1, kLastContactCauseBits);
}

void EncodeFields(const model::Case& record, Row& row) {
  const absl::Span<const model::PreoperativeField> fields =
      model::PreoperativeFields();
  for (size_t f = 0; f < fields.size(); ++f) {
    const std::optional<int32_t> value = model::ValueOf(fields[f], record);
    if (!value.has_value()) continue;
    const int32_t stored = *value - FieldOffset(*fields[f].info);
    if (stored > 0 && stored <= 0xFF) {
      row.field[f] = static_cast<uint8_t>(stored);
    }
  }
}

void EncodeComplications(const model::Case& record, Row& row) {
  std::set<model::ComplicationKind> kinds;
  for (const FollowUp& follow_up : record.follow_ups) {
    for (const model::Complication& complication : follow_up.complications) {
      if (complication.kind.has_value()) kinds.insert(*complication.kind);
    }
  }
  for (const model::ComplicationKind kind : kinds) {
    const model::EndpointTime time =
        model::TimeTo(record, Endpoint::kComplication, kind);
    if (time.exit != model::Exit::kEvent) continue;
    row.complications.push_back(
        {static_cast<uint8_t>(kind),
         PackExit(Day(time.exit_day), 1, CauseBits(Endpoint::kComplication))});
  }
}

// Whether an assessment has the measure, the rest of the case aside.
template <Measure kMeasure>
bool Has(const FollowUp& follow_up) {
  static const auto* const kAnyCase = new model::Case();
  return model::ValueOf(kMeasure, *kAnyCase, follow_up).has_value();
}

using Predicate = bool (*)(const FollowUp&);
constexpr std::array<Predicate, model::kMeasureCount> kHas = {
    Has<Measure::kVisaA>,         Has<Measure::kVisaASedentary>,
    Has<Measure::kPainActivity>,  Has<Measure::kPainRest>,
    Has<Measure::kHeelRiseCount>, Has<Measure::kStrengthSymmetry>,
    Has<Measure::kHopSymmetry>,   Has<Measure::kSatisfaction>,
    Has<Measure::kTegner>,
};

uint8_t Score(Measure measure, std::optional<int32_t> value) {
  const model::MeasureInfo& info = model::InfoOf(measure);
  if (!value.has_value() || *value < info.min || *value > info.max) {
    return kMissing;
  }
  return static_cast<uint8_t>(*value - info.min);
}

void EncodeScores(const model::Case& record, Row& row) {
  for (size_t m = 0; m < kHas.size(); ++m) {
    const auto measure = static_cast<Measure>(m + 1);
    const auto visits = model::AssignVisits(record, kHas[m]);
    for (size_t v = 0; v < visits.size(); ++v) {
      row.score[m][v] =
          visits[v] == nullptr
              ? kMissing
              : Score(measure, model::ValueOf(measure, record, *visits[v]));
    }
  }
  const auto plyometric = model::AssignVisits(
      record, [](const FollowUp& f) { return f.plyometric_ready.has_value(); });
  const auto any =
      model::AssignVisits(record, [](const FollowUp&) { return true; });
  unsigned seen = 0;
  for (size_t v = 0; v < any.size(); ++v) {
    row.score[kPlyometricScore][v] =
        plyometric[v] == nullptr
            ? kMissing
            : static_cast<uint8_t>(*plyometric[v]->plyometric_ready ? 1 : 0);
    if (any[v] != nullptr) seen |= 1U << v;
  }
  row.seen = static_cast<uint8_t>(seen);
}

}  // namespace

size_t StoredValues(Dimension dimension) {
  if (dimension == Dimension::kSurgeryYear) return kYearCount + 1;
  const model::CodeList* codes = model::CodesOf(dimension);
  return codes == nullptr ? 1 : codes->codes.size() + 1;
}

uint64_t PatientHash(const model::Id& patient) {
  if (patient.IsZero()) return 0;
  // Ids are random; the multiplier keeps low bits apart if they are not.
  const uint64_t hash = patient.low ^ (patient.high * 0x9E3779B97F4A7C15ULL);
  return hash == 0 ? 1 : hash;
}

Row Encode(const model::Case& record, uint16_t site) {
  Row row;
  row.site = site;
  row.concomitant = ConcomitantMask(record);
  for (int d = 1; d <= model::kDimensionCount; ++d) {
    row.dimension[static_cast<size_t>(d - 1)] =
        DimensionValue(static_cast<Dimension>(d), record);
  }
  row.sequence = static_cast<uint32_t>(
      std::max(record.baseline.operation_sequence.value_or(-1), -1) + 1);
  const int32_t age = record.baseline.age_years.value_or(0);
  row.age_years =
      age < 0 || age >= kAgeCount ? uint8_t{0} : static_cast<uint8_t>(age);
  EncodeFields(record, row);
  row.flags = Flags(record);
  row.patient = PatientHash(record.patient);
  EncodeEndpoints(record, row);
  EncodeComplications(record, row);
  EncodeScores(record, row);
  return row;
}

}  // namespace enthesis::cohort
