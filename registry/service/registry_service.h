// RegistryService on gRPC: each method is one line to its handler.

#ifndef ENTHESIS_REGISTRY_SERVICE_REGISTRY_SERVICE_H_
#define ENTHESIS_REGISTRY_SERVICE_REGISTRY_SERVICE_H_

#include <atomic>

#include "enthesis/v1/registry_service.grpc.pb.h"
#include "registry/service/call.h"
#include "registry/service/registry_handlers.h"

namespace enthesis::service {

class RegistryService final : public v1::RegistryService::CallbackService {
 public:
  // `calls` runs the single calls, `rows` the rows of imports, of which at most
  // `max_imports` are open at a time. `handlers` outlives the service.
  RegistryService(RegistryHandlers& handlers, CallHost calls, CallHost rows,
                  int max_imports)
      : handlers_(handlers),
        calls_(std::move(calls)),
        rows_(std::move(rows)),
        max_imports_(max_imports) {}

  grpc::ServerUnaryReactor* CreateSite(grpc::CallbackServerContext* context,
                                       const v1::CreateSiteRequest* request,
                                       v1::Site* response) override;
  grpc::ServerUnaryReactor* ListSites(grpc::CallbackServerContext* context,
                                      const v1::ListSitesRequest* request,
                                      v1::ListSitesResponse* response) override;
  grpc::ServerUnaryReactor* CreateCase(
      grpc::CallbackServerContext* context,
      const v1::CreateCaseRequest* request,
      v1::CreateCaseResponse* response) override;
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const v1::GetCaseRequest* request,
                                    v1::GetCaseResponse* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context,
                                      const v1::ListCasesRequest* request,
                                      v1::ListCasesResponse* response) override;
  grpc::ServerUnaryReactor* UpdateCase(
      grpc::CallbackServerContext* context,
      const v1::UpdateCaseRequest* request,
      v1::UpdateCaseResponse* response) override;
  grpc::ServerUnaryReactor* AddFollowUp(
      grpc::CallbackServerContext* context,
      const v1::AddFollowUpRequest* request,
      v1::AddFollowUpResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawCase(
      grpc::CallbackServerContext* context,
      const v1::WithdrawCaseRequest* request,
      v1::WithdrawCaseResponse* response) override;
  grpc::ServerUnaryReactor* ListCaseRevisions(
      grpc::CallbackServerContext* context,
      const v1::ListCaseRevisionsRequest* request,
      v1::ListCaseRevisionsResponse* response) override;
  grpc::ServerBidiReactor<v1::ImportCasesRequest, v1::ImportCasesResponse>*
  ImportCases(grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* ScoreVisaA(
      grpc::CallbackServerContext* context,
      const v1::ScoreVisaARequest* request,
      v1::ScoreVisaAResponse* response) override;

 private:
  RegistryHandlers& handlers_;
  const CallHost calls_;
  const CallHost rows_;
  const int max_imports_;
  std::atomic<int> n_imports_{0};
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_REGISTRY_SERVICE_H_
