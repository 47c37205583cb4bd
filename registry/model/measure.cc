#include "registry/model/measure.h"

#include "registry/model/visa_a.h"

namespace enthesis::model {
namespace {

constexpr Code kMeasure[] = {
    {1, "visa_a", "VISA-A"},
    {2, "visa_a_sedentary", "VISA-A (sedentary)"},
    {3, "pain_activity", "pain on activity"},
    {4, "pain_rest", "pain at rest"},
    {5, "heel_rise_count", "single-leg heel rises"},
    {6, "strength_symmetry", "strength symmetry"},
    {7, "hop_symmetry", "hop symmetry"},
    {8, "satisfaction", "satisfaction"},
    {9, "tegner", "Tegner activity level"},
};

// VISA-A: McCormack 2015 (insertional), Challoumas 2023 (half SD), Lagas 2021
// (midportion, 12 weeks). Pain: Challoumas 2023.
constexpr double kVisaAThresholds[] = {6.5, 8.2, 14};
constexpr double kPainThresholds[] = {1.1};

const MeasureInfo kInfo[] = {
    {Measure::kVisaA, 0, 100, true, true, "points", kVisaAThresholds},
    {Measure::kVisaASedentary, 0, 100, true, true, "points", {}},
    {Measure::kPainActivity, 0, 10, false, true, "points", kPainThresholds},
    {Measure::kPainRest, 0, 10, false, true, "points", kPainThresholds},
    {Measure::kHeelRiseCount, 0, 100, true, true, "repetitions", {}},
    {Measure::kStrengthSymmetry, 20, 150, true, true, "percent", {}},
    {Measure::kHopSymmetry, 20, 150, true, true, "percent", {}},
    {Measure::kSatisfaction, 1, 5, true, false, "points", {}},
    {Measure::kTegner, 0, 10, true, true, "points", {}},
};

std::optional<int32_t> VisaATotal(const FollowUp& follow_up,
                                  VisaAInstrument instrument) {
  if (!follow_up.visa_a.has_value() ||
      InstrumentOf(*follow_up.visa_a) != instrument) {
    return std::nullopt;
  }
  return TotalOf(*follow_up.visa_a);
}

}  // namespace

const CodeList kMeasureCodes{"measure", kMeasure};

const MeasureInfo& InfoOf(Measure measure) {
  return kInfo[static_cast<size_t>(measure) - 1];
}

std::optional<int32_t> ValueOf(Measure measure, const Case& record,
                               const FollowUp& follow_up) {
  const bool symmetry_means_something =
      !record.baseline.bilateral_symptoms.value_or(false);
  switch (measure) {
    case Measure::kVisaA:
      return VisaATotal(follow_up, VisaAInstrument::kVisaA);
    case Measure::kVisaASedentary:
      return VisaATotal(follow_up, VisaAInstrument::kVisaASedentary);
    case Measure::kPainActivity:
      return follow_up.pain_activity;
    case Measure::kPainRest:
      return follow_up.pain_rest;
    case Measure::kHeelRiseCount:
      return follow_up.heel_rise_count;
    case Measure::kStrengthSymmetry:
      if (!symmetry_means_something) return std::nullopt;
      return follow_up.strength_symmetry_percent;
    case Measure::kHopSymmetry:
      if (!symmetry_means_something) return std::nullopt;
      return follow_up.hop_symmetry_percent;
    case Measure::kSatisfaction:
      if (!follow_up.satisfaction.has_value()) return std::nullopt;
      return static_cast<int32_t>(*follow_up.satisfaction);
    case Measure::kTegner:
      return follow_up.tegner_score;
  }
  return std::nullopt;
}

}  // namespace enthesis::model
