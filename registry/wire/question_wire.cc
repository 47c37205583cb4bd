#include "registry/wire/question_wire.h"

#include "registry/wire/question_options_wire.h"

namespace enthesis::wire {

model::DescribeQuestion ToModel(const v1::DescribeCohortRequest& request,
                                Faults& faults) {
  model::DescribeQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  question.baseline_table = request.baseline_table();
  return question;
}

model::SurvivalQuestion ToModel(const v1::EstimateSurvivalRequest& request,
                                Faults& faults) {
  model::SurvivalQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  ReadEndpoint(request.endpoint(), request.complication(), question.endpoint,
               question.complication, faults);
  question.at_days.assign(request.at_days().begin(), request.at_days().end());
  question.transform = ReadTransform(request.transform(), faults);
  question.quantiles.assign(request.quantiles().begin(),
                            request.quantiles().end());
  if (request.has_mean_horizon_day()) {
    question.mean_horizon = request.mean_horizon_day();
  }
  if (request.has_landmark_day()) {
    question.landmark_day = request.landmark_day();
  }
  if (request.test() != v1::RANK_TEST_UNSPECIFIED &&
      CheckCode(request.test(), model::kRankTestCodes, "test", faults)) {
    question.test = static_cast<model::RankTestKind>(request.test());
  }
  question.rho = request.rho();
  question.gamma = request.gamma();
  question.strata = ReadDimension(request.strata(), "strata", faults);
  question.trend = request.trend();
  question.pairwise = request.pairwise();
  return question;
}

model::IncidenceQuestion ToModel(const v1::EstimateIncidenceRequest& request,
                                 Faults& faults) {
  model::IncidenceQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  ReadEndpoint(request.endpoint(), request.complication(), question.endpoint,
               question.complication, faults);
  question.at_days.assign(request.at_days().begin(), request.at_days().end());
  question.transform = ReadTransform(request.transform(), faults);
  if (request.variance() != v1::INCIDENCE_VARIANCE_UNSPECIFIED &&
      CheckCode(request.variance(), model::kIncidenceVarianceCodes, "variance",
                faults)) {
    question.variance =
        static_cast<model::IncidenceVariance>(request.variance());
  }
  question.rho = request.rho();
  question.strata = ReadDimension(request.strata(), "strata", faults);
  return question;
}

model::ReturnQuestion ToModel(const v1::EstimateReturnToPlayRequest& request,
                              Faults& faults) {
  model::ReturnQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  if (request.stage() != v1::RETURN_STAGE_UNSPECIFIED &&
      CheckCode(request.stage(), model::kReturnStageCodes, "stage", faults)) {
    question.stage = static_cast<model::ReturnStage>(request.stage());
  }
  question.at_days.assign(request.at_days().begin(), request.at_days().end());
  question.transform = ReadTransform(request.transform(), faults);
  return question;
}

model::CompareQuestion ToModel(const v1::CompareGroupsRequest& request,
                               Faults& faults) {
  model::CompareQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  ReadMeasure(request.measure(), question.measure, faults);
  ReadVisit(request.visit(), question.visit, faults);
  question.change = request.change();
  return question;
}

model::IntervalQuestion ToModel(
    const v1::EstimateIntervalCensoredRequest& request, Faults& faults) {
  model::IntervalQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  if (request.endpoint() != v1::ENDPOINT_UNSPECIFIED &&
      CheckCode(request.endpoint(), model::kEndpointCodes, "endpoint",
                faults)) {
    question.endpoint = static_cast<model::Endpoint>(request.endpoint());
  }
  question.at_days.assign(request.at_days().begin(), request.at_days().end());
  return question;
}

model::ScoreQuestion ToModel(const v1::EstimateScoreChangeRequest& request,
                             Faults& faults) {
  model::ScoreQuestion question;
  FindUnknownFields(request, "", faults);
  ReadOptions(request.options(), question, faults);
  ReadMeasure(request.measure(), question.measure, faults);
  question.thresholds.assign(request.thresholds().begin(),
                             request.thresholds().end());
  return question;
}

}  // namespace enthesis::wire
