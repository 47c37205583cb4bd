// StatisticsService on gRPC: each method is one line to its handler.

#ifndef ENTHESIS_REGISTRY_SERVICE_STATISTICS_SERVICE_H_
#define ENTHESIS_REGISTRY_SERVICE_STATISTICS_SERVICE_H_

#include <utility>

#include "enthesis/v1/statistics_service.grpc.pb.h"
#include "registry/service/call.h"
#include "registry/service/statistics_handlers.h"

namespace enthesis::service {

class StatisticsService final : public v1::StatisticsService::CallbackService {
 public:
  // `host` has an executor of its own, so that questions cannot keep writes
  // waiting. `handlers` outlives the service.
  StatisticsService(StatisticsHandlers& handlers, CallHost host)
      : handlers_(handlers), host_(std::move(host)) {}

  grpc::ServerUnaryReactor* DescribeCohort(
      grpc::CallbackServerContext* context,
      const v1::DescribeCohortRequest* request,
      v1::DescribeCohortResponse* response) override;
  grpc::ServerUnaryReactor* EstimateSurvival(
      grpc::CallbackServerContext* context,
      const v1::EstimateSurvivalRequest* request,
      v1::EstimateSurvivalResponse* response) override;
  grpc::ServerUnaryReactor* EstimateReturnToPlay(
      grpc::CallbackServerContext* context,
      const v1::EstimateReturnToPlayRequest* request,
      v1::EstimateReturnToPlayResponse* response) override;
  grpc::ServerUnaryReactor* EstimateScoreChange(
      grpc::CallbackServerContext* context,
      const v1::EstimateScoreChangeRequest* request,
      v1::EstimateScoreChangeResponse* response) override;

 private:
  StatisticsHandlers& handlers_;
  const CallHost host_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_STATISTICS_SERVICE_H_
