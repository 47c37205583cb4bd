// StatisticsService on gRPC: each method is one line to its handler.

#ifndef ENTHESIS_REGISTRY_SERVICE_STATISTICS_SERVICE_H_
#define ENTHESIS_REGISTRY_SERVICE_STATISTICS_SERVICE_H_

#include <utility>

#include "enthesis/v1/statistics_service.grpc.pb.h"
#include "registry/service/call.h"
#include "registry/service/statistics_handlers.h"

namespace enthesis::service {

// The generated service with every method taking and giving bytes (see call.h).
// clang-format off
#define ENTHESIS_RAW(method) v1::StatisticsService::WithRawCallbackMethod_##method<
#define ENTHESIS_CLOSE(method) >
using RawStatisticsService = ENTHESIS_STATISTICS_METHODS(ENTHESIS_RAW)
    v1::StatisticsService::Service
    ENTHESIS_STATISTICS_METHODS(ENTHESIS_CLOSE);
#undef ENTHESIS_RAW
#undef ENTHESIS_CLOSE
// clang-format on

class StatisticsService final : public RawStatisticsService {
 public:
  // `host` has an executor of its own, so that questions cannot keep writes
  // waiting. `handlers` outlives the service.
  StatisticsService(StatisticsHandlers& handlers, CallHost host)
      : handlers_(handlers), host_(std::move(host)) {}

#define ENTHESIS_METHOD(method)                                          \
  grpc::ServerUnaryReactor* method(grpc::CallbackServerContext* context, \
                                   const grpc::ByteBuffer* request,      \
                                   grpc::ByteBuffer* response) override;
  ENTHESIS_STATISTICS_METHODS(ENTHESIS_METHOD)
#undef ENTHESIS_METHOD

 private:
  StatisticsHandlers& handlers_;
  const CallHost host_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_STATISTICS_SERVICE_H_
