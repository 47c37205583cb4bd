// StatisticsService on gRPC: each method is one line to its handler.

#ifndef ENTHESIS_REGISTRY_SERVICE_STATISTICS_SERVICE_H_
#define ENTHESIS_REGISTRY_SERVICE_STATISTICS_SERVICE_H_

#include <utility>

#include "enthesis/v1/statistics_service.grpc.pb.h"
#include "registry/service/call.h"
#include "registry/service/statistics_handlers.h"

namespace enthesis::service {

// The generated service with every method taking and giving bytes (see call.h).
using RawStatisticsService =
    v1::StatisticsService::WithRawCallbackMethod_DescribeCohort<
        v1::StatisticsService::WithRawCallbackMethod_EstimateSurvival<
            v1::StatisticsService::WithRawCallbackMethod_EstimateReturnToPlay<
                v1::StatisticsService::
                    WithRawCallbackMethod_EstimateScoreChange<
                        v1::StatisticsService::Service>>>>;

class StatisticsService final : public RawStatisticsService {
 public:
  // `host` has an executor of its own, so that questions cannot keep writes
  // waiting. `handlers` outlives the service.
  StatisticsService(StatisticsHandlers& handlers, CallHost host)
      : handlers_(handlers), host_(std::move(host)) {}

  grpc::ServerUnaryReactor* DescribeCohort(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* EstimateSurvival(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* EstimateReturnToPlay(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* EstimateScoreChange(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;

 private:
  StatisticsHandlers& handlers_;
  const CallHost host_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_STATISTICS_SERVICE_H_
