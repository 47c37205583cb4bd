// Survival curves on the wire.

#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "registry/wire/answer_wire.h"
#include "registry/wire/figure_wire.h"

namespace enthesis::wire {
namespace {

void FillSurvivalPoints(
    const std::vector<analysis::SurvivalPoint>& points,
    google::protobuf::RepeatedPtrField<v1::SurvivalPoint>& wire) {
  wire.Reserve(static_cast<int>(points.size()));
  for (const analysis::SurvivalPoint& point : points) {
    v1::SurvivalPoint& added = *wire.Add();
    ENTHESIS_SET(added, day, point.day);
    ENTHESIS_SET(added, at_risk, point.at_risk);
    ENTHESIS_SET(added, events, point.events);
    ENTHESIS_SET(added, censored, point.censored);
    ENTHESIS_SET(added, survival, point.survival);
    ENTHESIS_SET(added, std_error, point.std_error);
    ENTHESIS_SET(added, lower, point.lower);
    ENTHESIS_SET(added, upper, point.upper);
    ENTHESIS_SET(added, cumulative_hazard, point.cumulative_hazard);
    added.set_absence(ToWire(point.absence));
  }
}

void FillCurveTest(const analysis::CurveTest& test, v1::CurveTest& wire) {
  wire.set_name(test.name);
  ENTHESIS_SET(wire, chi_square, test.chi_square);
  ENTHESIS_SET(wire, df, test.df);
  ENTHESIS_SET(wire, p_value, test.p_value);
  for (const analysis::TestGroup& group : test.groups) {
    v1::TestGroup& added = *wire.add_groups();
    Fill(group.group, *added.mutable_group());
    ENTHESIS_SET(added, n, group.n);
    ENTHESIS_SET(added, observed, group.observed);
    ENTHESIS_SET(added, expected, group.expected);
    added.set_absence(ToWire(group.absence));
  }
  wire.set_absence(ToWire(test.absence));
}

void FillTrend(const analysis::TrendTest& trend, v1::TrendTest& wire) {
  wire.set_name(trend.name);
  ENTHESIS_SET(wire, z, trend.z);
  ENTHESIS_SET(wire, chi_square, trend.chi_square);
  ENTHESIS_SET(wire, df, trend.df);
  ENTHESIS_SET(wire, p_value, trend.p_value);
  wire.set_absence(ToWire(trend.absence));
}

void FillMean(const analysis::RestrictedMean& mean, v1::RestrictedMean& wire) {
  wire.set_horizon(mean.horizon);
  ENTHESIS_SET(wire, estimate, mean.estimate);
  ENTHESIS_SET(wire, std_error, mean.std_error);
  ENTHESIS_SET(wire, lower, mean.lower);
  ENTHESIS_SET(wire, upper, mean.upper);
  wire.set_absence(ToWire(mean.absence));
}

void FillMeanContrast(const analysis::MeanContrast& contrast,
                      v1::MeanContrast& wire) {
  ENTHESIS_SET(wire, estimate, contrast.estimate);
  ENTHESIS_SET(wire, std_error, contrast.std_error);
  ENTHESIS_SET(wire, lower, contrast.lower);
  ENTHESIS_SET(wire, upper, contrast.upper);
  ENTHESIS_SET(wire, z, contrast.z);
  ENTHESIS_SET(wire, p_value, contrast.p_value);
}

void FillMeanContrasts(const analysis::RestrictedMeanContrast& contrast,
                       v1::RestrictedMeanContrast& wire) {
  Fill(contrast.group, *wire.mutable_group());
  Fill(contrast.reference, *wire.mutable_reference());
  if (contrast.difference.has_value()) {
    FillMeanContrast(*contrast.difference, *wire.mutable_difference());
  }
  if (contrast.ratio.has_value()) {
    FillMeanContrast(*contrast.ratio, *wire.mutable_ratio());
  }
  if (contrast.lost_ratio.has_value()) {
    FillMeanContrast(*contrast.lost_ratio, *wire.mutable_lost_ratio());
  }
  wire.set_absence(ToWire(contrast.absence));
}

void FillCurvePair(const analysis::CurvePair& pair, v1::CurvePair& wire) {
  Fill(pair.first, *wire.mutable_first());
  Fill(pair.second, *wire.mutable_second());
  ENTHESIS_SET(wire, chi_square, pair.chi_square);
  ENTHESIS_SET(wire, df, pair.df);
  ENTHESIS_SET(wire, p_value, pair.p_value);
  ENTHESIS_SET(wire, adjusted_p_value, pair.adjusted_p_value);
}

void FillCurve(const analysis::SurvivalCurve& curve, v1::SurvivalCurve& wire) {
  Fill(curve.group, *wire.mutable_group());
  ENTHESIS_SET(wire, n, curve.n);
  ENTHESIS_SET(wire, events, curve.events);
  Fill(curve.median, *wire.mutable_median());
  for (const analysis::CurveQuantile& quantile : curve.quantiles) {
    v1::TimeQuantile& added = *wire.add_quantiles();
    added.set_p(quantile.p);
    ENTHESIS_SET(added, estimate, quantile.time.estimate);
    ENTHESIS_SET(added, lower, quantile.time.lower);
    ENTHESIS_SET(added, upper, quantile.time.upper);
    added.set_absence(ToWire(quantile.time.absence));
  }
  if (curve.restricted_mean.has_value()) {
    FillMean(*curve.restricted_mean, *wire.mutable_restricted_mean());
  }
  FillSurvivalPoints(curve.at, *wire.mutable_at());
  FillSurvivalPoints(curve.points, *wire.mutable_points());
  wire.set_absence(ToWire(curve.absence));
}

}  // namespace

v1::EstimateSurvivalResponse ToWire(
    const disclosure::Released<analysis::SurvivalAnswer>& released) {
  const analysis::SurvivalAnswer& answer = released.answer();
  v1::EstimateSurvivalResponse wire;
  for (const analysis::SurvivalCurve& curve : answer.curves) {
    FillCurve(curve, *wire.add_curves());
  }
  for (const auto& contrast : answer.mean_contrasts) {
    FillMeanContrasts(contrast, *wire.add_restricted_mean_contrasts());
  }
  if (answer.test.has_value()) {
    FillCurveTest(*answer.test, *wire.mutable_test());
  }
  if (answer.trend.has_value()) FillTrend(*answer.trend, *wire.mutable_trend());
  for (const analysis::CurvePair& pair : answer.pairs) {
    FillCurvePair(pair, *wire.add_pairwise());
  }
  Fill(answer.provenance, released.policy(), *wire.mutable_provenance());
  return wire;
}

}  // namespace enthesis::wire
