// ImportCases: a stream of rows in, one answer a row out, in the order of the
// rows. Rows are stored side by side so that one synced write serves many; rows
// of one case are stored one after the other.

#ifndef ENTHESIS_REGISTRY_SERVICE_IMPORT_STREAM_H_
#define ENTHESIS_REGISTRY_SERVICE_IMPORT_STREAM_H_

#include <atomic>

#include "enthesis/v1/registry_service.pb.h"
#include "grpcpp/support/server_callback.h"
#include "registry/service/call.h"
#include "registry/service/registry_handlers.h"

namespace enthesis::service {

// Rows read and not yet answered, at most. Beyond it the stream stops reading,
// and flow control holds the sender.
inline constexpr size_t kImportWindow = 256;

// The reactor of one stream. At most `max_open` are open at a time, counted in
// `n_open`; another one ends with CONCURRENCY_LIMIT. `handlers` and `n_open`
// outlive the stream.
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartImport(
    RegistryHandlers& handlers, const CallHost& host,
    const grpc::CallbackServerContext& context, std::atomic<int>& n_open,
    int max_open);

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_IMPORT_STREAM_H_
