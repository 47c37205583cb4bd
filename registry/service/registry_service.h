// RegistryService on gRPC: each method is one line to its handler.

#ifndef ENTHESIS_REGISTRY_SERVICE_REGISTRY_SERVICE_H_
#define ENTHESIS_REGISTRY_SERVICE_REGISTRY_SERVICE_H_

#include <atomic>

#include "enthesis/v1/registry_service.grpc.pb.h"
#include "registry/service/call.h"
#include "registry/service/registry_handlers.h"

namespace enthesis::service {

// The generated service with every method taking and giving bytes (see call.h).
using RawRegistryService = v1::RegistryService::WithRawCallbackMethod_CreateSite<
    v1::RegistryService::WithRawCallbackMethod_ListSites<
        v1::RegistryService::WithRawCallbackMethod_CreateCase<
            v1::RegistryService::WithRawCallbackMethod_GetCase<
                v1::RegistryService::WithRawCallbackMethod_ListCases<
                    v1::RegistryService::WithRawCallbackMethod_UpdateCase<
                        v1::RegistryService::WithRawCallbackMethod_AddFollowUp<
                            v1::RegistryService::WithRawCallbackMethod_WithdrawCase<
                                v1::RegistryService::WithRawCallbackMethod_ListCaseRevisions<
                                    v1::RegistryService::WithRawCallbackMethod_ScoreVisaA<
                                        v1::RegistryService::
                                            WithRawCallbackMethod_ImportCases<
                                                v1::RegistryService::
                                                    WithRawCallbackMethod_BatchImportCases<
                                                        v1::RegistryService::
                                                            Service>>>>>>>>>>>>;

class RegistryService final : public RawRegistryService {
 public:
  // `calls` runs the single calls, `batches` BatchImportCases, `rows` the rows
  // of streams, of which at most `max_imports` are open at a time. `handlers`
  // outlives the service.
  RegistryService(RegistryHandlers& handlers, CallHost calls, CallHost batches,
                  CallHost rows, int max_imports)
      : handlers_(handlers),
        calls_(std::move(calls)),
        batches_(std::move(batches)),
        rows_(std::move(rows)),
        max_imports_(max_imports) {}

  grpc::ServerUnaryReactor* CreateSite(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListSites(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CreateCase(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateCase(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* AddFollowUp(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* WithdrawCase(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListCaseRevisions(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ScoreVisaA(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchImportCases(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ImportCases(
      grpc::CallbackServerContext* context) override;

 private:
  RegistryHandlers& handlers_;
  const CallHost calls_;
  const CallHost batches_;
  const CallHost rows_;
  const int max_imports_;
  std::atomic<int> n_imports_{0};
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_REGISTRY_SERVICE_H_
