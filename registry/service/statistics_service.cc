#include "registry/service/statistics_service.h"

namespace enthesis::service {

// Starts handler `method` of StatisticsHandlers for one call.
#define ENTHESIS_START(method)                                               \
  grpc::ServerUnaryReactor* StatisticsService::method(                       \
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request, \
      grpc::ByteBuffer* response) {                                          \
    return UnaryCall<v1::method##Request, v1::method##Response>::Start(      \
        host_, *context, *request, *response,                                \
        [this](const Call& call, const v1::method##Request& asked) {         \
          return handlers_.Answer<v1::method##Response>(call, asked);        \
        });                                                                  \
  }

ENTHESIS_STATISTICS_METHODS(ENTHESIS_START)
#undef ENTHESIS_START

}  // namespace enthesis::service
