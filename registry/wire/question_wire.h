// Statistics requests as questions of the model. Every fault of a request is
// reported at once, with its path: "options.cohort.filters[0].values[1]".
//
// Code and band texts are read here; what a question may ask (levels, days,
// each dimension once) is the matter of validation. A filter with a fault is
// kept in its place, so that indexes stay those of the request.

#ifndef ENTHESIS_REGISTRY_WIRE_QUESTION_WIRE_H_
#define ENTHESIS_REGISTRY_WIRE_QUESTION_WIRE_H_

#include "enthesis/v1/statistics_service.pb.h"
#include "registry/model/mixed_question.h"
#include "registry/model/question.h"
#include "registry/model/regression_question.h"
#include "registry/wire/fault.h"

namespace enthesis::wire {

model::DescribeQuestion ToModel(const v1::DescribeCohortRequest& request,
                                Faults& faults);
model::SurvivalQuestion ToModel(const v1::EstimateSurvivalRequest& request,
                                Faults& faults);
model::IncidenceQuestion ToModel(const v1::EstimateIncidenceRequest& request,
                                 Faults& faults);
model::ReturnQuestion ToModel(const v1::EstimateReturnToPlayRequest& request,
                              Faults& faults);
model::CompareQuestion ToModel(const v1::CompareGroupsRequest& request,
                               Faults& faults);
model::IntervalQuestion ToModel(
    const v1::EstimateIntervalCensoredRequest& request, Faults& faults);
model::ScoreQuestion ToModel(const v1::EstimateScoreChangeRequest& request,
                             Faults& faults);
model::CoxQuestion ToModel(const v1::FitCoxRequest& request, Faults& faults);
model::AncovaQuestion ToModel(const v1::FitAncovaRequest& request,
                              Faults& faults);
model::FineGrayQuestion ToModel(const v1::FitFineGrayRequest& request,
                                Faults& faults);
model::ParametricQuestion ToModel(const v1::FitParametricRequest& request,
                                  Faults& faults);
model::GlmQuestion ToModel(const v1::FitRegressionRequest& request,
                           Faults& faults);
model::SitesQuestion ToModel(const v1::CompareSitesRequest& request,
                             Faults& faults);
model::MixedQuestion ToModel(const v1::FitMixedModelRequest& request,
                             Faults& faults);

}  // namespace enthesis::wire

#endif  // ENTHESIS_REGISTRY_WIRE_QUESTION_WIRE_H_
