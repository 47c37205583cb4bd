// The parts that answers are made of, between the analysis and enthesis.v1.
// Internal to the wire.

#ifndef ENTHESIS_REGISTRY_WIRE_FIGURE_WIRE_H_
#define ENTHESIS_REGISTRY_WIRE_FIGURE_WIRE_H_

#include <cstdint>
#include <string>

#include "enthesis/v1/cohort.pb.h"
#include "enthesis/v1/compare.pb.h"
#include "enthesis/v1/estimate.pb.h"
#include "enthesis/v1/glm.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "registry/disclosure/release.h"
#include "registry/model/dimension.h"
#include "registry/model/visits.h"

namespace enthesis::wire {

// As the wire holds a figure. Counts are 64 bits inside and 32 on the wire: a
// cohort of more than 2^31 cases is beyond the store.
inline double Narrow(double value) { return value; }
inline bool Narrow(bool value) { return value; }
inline int32_t Narrow(int32_t value) { return value; }
int32_t Narrow(int64_t value);

// Sets an optional field when there is a value.
#define ENTHESIS_SET(wire, field, value) \
  if ((value).has_value()) (wire).set_##field(Narrow(*(value)))

v1::Absence ToWire(analysis::Absence absence);
std::string NameOf(model::Dimension dimension);
const char* NameOf(model::Visit visit);

void Fill(const analysis::Group& group,
          google::protobuf::RepeatedPtrField<v1::GroupValue>& wire);
void Fill(const analysis::TimeEstimate& estimate, v1::TimeEstimate& wire);
void Fill(const analysis::ProportionEstimate& share,
          v1::ProportionEstimate& wire);
void Fill(const analysis::MeanEstimate& mean, v1::MeanEstimate& wire);
void Fill(const analysis::TTest& test, v1::TTest& wire);

// Of analysis of variance: the same message wherever it is a part.
void Fill(const analysis::FTest& test, v1::FTest& wire);

template <typename Wire>
void FillShift(const analysis::ShiftTest& test, Wire& wire) {
  ENTHESIS_SET(wire, statistic, test.statistic);
  ENTHESIS_SET(wire, p_value, test.p_value);
  ENTHESIS_SET(wire, exact, test.exact);
  ENTHESIS_SET(wire, shift, test.shift);
  ENTHESIS_SET(wire, shift_lower, test.shift_lower);
  ENTHESIS_SET(wire, shift_upper, test.shift_upper);
}

// Where an answer comes from, and under which policy it was released.
void Fill(const analysis::Provenance& provenance,
          const disclosure::Policy& policy, v1::Provenance& wire);

// What every coefficient of a regression has but for its statistic.
template <typename Wire>
void FillCoefficient(const analysis::Coefficient& coefficient, Wire& wire) {
  wire.set_name(coefficient.name);
  wire.set_covariate(coefficient.covariate);
  wire.set_level(coefficient.level);
  ENTHESIS_SET(wire, estimate, coefficient.estimate);
  ENTHESIS_SET(wire, std_error, coefficient.std_error);
  ENTHESIS_SET(wire, p_value, coefficient.p_value);
  ENTHESIS_SET(wire, lower, coefficient.lower);
  ENTHESIS_SET(wire, upper, coefficient.upper);
  wire.set_absence(ToWire(coefficient.absence));
}

template <typename Wire>
void FillChiSquare(const analysis::ChiSquare& test, Wire& wire) {
  ENTHESIS_SET(wire, chi_square, test.chi_square);
  ENTHESIS_SET(wire, df, test.df);
  ENTHESIS_SET(wire, p_value, test.p_value);
}

// Of generalized linear models.
void Fill(const analysis::Coefficient& coefficient, v1::GlmCoefficient& wire);
void Fill(const analysis::Discrimination& fit, v1::OutcomeDiscrimination& wire);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_FIGURE_WIRE_H_
