// Released answers as responses. Only disclosure control makes a Released<T>,
// so a figure that has not passed it cannot get into a response.

#ifndef ENTHESIS_REGISTRY_WIRE_ANSWER_WIRE_H_
#define ENTHESIS_REGISTRY_WIRE_ANSWER_WIRE_H_

#include "absl/strings/string_view.h"
#include "enthesis/v1/statistics_service.pb.h"
#include "registry/disclosure/release.h"

namespace enthesis::wire {

// Version of this build, as in Provenance: "0.1.0".
absl::string_view EngineVersion();

v1::CompareGroupsResponse ToWire(
    const disclosure::Released<analysis::CompareAnswer>& released);
v1::DescribeCohortResponse ToWire(
    const disclosure::Released<analysis::DescribeAnswer>& released);
v1::EstimateSurvivalResponse ToWire(
    const disclosure::Released<analysis::SurvivalAnswer>& released);
v1::EstimateIntervalCensoredResponse ToWire(
    const disclosure::Released<analysis::IntervalAnswer>& released);
v1::EstimateIncidenceResponse ToWire(
    const disclosure::Released<analysis::IncidenceAnswer>& released);
v1::EstimateReturnToPlayResponse ToWire(
    const disclosure::Released<analysis::ReturnAnswer>& released);
v1::EstimateScoreChangeResponse ToWire(
    const disclosure::Released<analysis::ScoreAnswer>& released);
v1::FitCoxResponse ToWire(
    const disclosure::Released<analysis::CoxAnswer>& released);
v1::FitAncovaResponse ToWire(
    const disclosure::Released<analysis::AncovaAnswer>& released);
v1::FitFineGrayResponse ToWire(
    const disclosure::Released<analysis::FineGrayAnswer>& released);
v1::FitParametricResponse ToWire(
    const disclosure::Released<analysis::ParametricAnswer>& released);
v1::FitRegressionResponse ToWire(
    const disclosure::Released<analysis::GlmAnswer>& released);
v1::CompareSitesResponse ToWire(
    const disclosure::Released<analysis::SitesAnswer>& released);
v1::FitMixedModelResponse ToWire(
    const disclosure::Released<analysis::MixedAnswer>& released);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_ANSWER_WIRE_H_
