#include "registry/wire/figure_wire.h"

#include <algorithm>
#include <limits>

namespace enthesis::wire {

using google::protobuf::RepeatedPtrField;

int32_t Narrow(int64_t value) {
  return static_cast<int32_t>(
      std::min<int64_t>(value, std::numeric_limits<int32_t>::max()));
}

v1::Absence ToWire(analysis::Absence absence) {
  return static_cast<v1::Absence>(absence);
}

std::string NameOf(model::Dimension dimension) {
  return std::string(model::CodeOf(model::kDimensionCodes, dimension));
}

const char* NameOf(model::Visit visit) {
  return model::kVisitWindows[static_cast<size_t>(visit) - 1].code;
}

void Fill(const analysis::Group& group,
          RepeatedPtrField<v1::GroupValue>& wire) {
  for (const analysis::GroupValue& value : group) {
    v1::GroupValue& added = *wire.Add();
    added.set_dimension(NameOf(value.dimension));
    added.set_value(value.value);
  }
}

void Fill(const analysis::TimeEstimate& estimate, v1::TimeEstimate& wire) {
  ENTHESIS_SET(wire, estimate, estimate.estimate);
  ENTHESIS_SET(wire, lower, estimate.lower);
  ENTHESIS_SET(wire, upper, estimate.upper);
  wire.set_absence(ToWire(estimate.absence));
}

void Fill(const analysis::ProportionEstimate& share,
          v1::ProportionEstimate& wire) {
  ENTHESIS_SET(wire, count, share.count);
  ENTHESIS_SET(wire, n, share.n);
  ENTHESIS_SET(wire, estimate, share.estimate);
  ENTHESIS_SET(wire, lower, share.lower);
  ENTHESIS_SET(wire, upper, share.upper);
  wire.set_absence(ToWire(share.absence));
}

void Fill(const analysis::MeanEstimate& mean, v1::MeanEstimate& wire) {
  ENTHESIS_SET(wire, n, mean.n);
  ENTHESIS_SET(wire, mean, mean.mean);
  ENTHESIS_SET(wire, std_dev, mean.std_dev);
  ENTHESIS_SET(wire, lower, mean.lower);
  ENTHESIS_SET(wire, upper, mean.upper);
  wire.set_absence(ToWire(mean.absence));
}

void Fill(const analysis::TTest& test, v1::TTest& wire) {
  ENTHESIS_SET(wire, statistic, test.statistic);
  ENTHESIS_SET(wire, df, test.df);
  ENTHESIS_SET(wire, p_value, test.p_value);
}

void Fill(const analysis::FTest& test, v1::FTest& wire) {
  ENTHESIS_SET(wire, statistic, test.statistic);
  ENTHESIS_SET(wire, df, test.df);
  ENTHESIS_SET(wire, residual_df, test.residual_df);
  ENTHESIS_SET(wire, p_value, test.p_value);
}

void Fill(const analysis::Coefficient& coefficient, v1::GlmCoefficient& wire) {
  FillCoefficient(coefficient, wire);
  ENTHESIS_SET(wire, z, coefficient.statistic);
  ENTHESIS_SET(wire, robust_std_error, coefficient.robust_std_error);
  ENTHESIS_SET(wire, ratio, coefficient.ratio);
}

void Fill(const analysis::Discrimination& fit,
          v1::OutcomeDiscrimination& wire) {
  ENTHESIS_SET(wire, auc, fit.auc);
  ENTHESIS_SET(wire, brier, fit.brier);
  FillChiSquare(fit.hosmer_lemeshow, *wire.mutable_hosmer_lemeshow());
}

}  // namespace enthesis::wire
