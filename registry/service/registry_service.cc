#include "registry/service/registry_service.h"

#include "registry/service/import_stream.h"

namespace enthesis::service {

// Starts handler `method` of RegistryHandlers for one call.
#define ENTHESIS_START(method, Request, Response)                            \
  grpc::ServerUnaryReactor* RegistryService::method(                         \
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request, \
      grpc::ByteBuffer* response) {                                          \
    return UnaryCall<v1::Request, v1::Response>::Start(                      \
        calls_, *context, *request, *response,                               \
        [this](const Call& call, const v1::Request& asked) {                 \
          return handlers_.method(call, asked);                              \
        });                                                                  \
  }

ENTHESIS_START(CreateSite, CreateSiteRequest, Site)
ENTHESIS_START(ListSites, ListSitesRequest, ListSitesResponse)
ENTHESIS_START(CreateCase, CreateCaseRequest, CreateCaseResponse)
ENTHESIS_START(GetCase, GetCaseRequest, GetCaseResponse)
ENTHESIS_START(ListCases, ListCasesRequest, ListCasesResponse)
ENTHESIS_START(UpdateCase, UpdateCaseRequest, UpdateCaseResponse)
ENTHESIS_START(AddFollowUp, AddFollowUpRequest, AddFollowUpResponse)
ENTHESIS_START(WithdrawCase, WithdrawCaseRequest, WithdrawCaseResponse)
ENTHESIS_START(ListCaseRevisions, ListCaseRevisionsRequest,
               ListCaseRevisionsResponse)
ENTHESIS_START(ScoreVisaA, ScoreVisaARequest, ScoreVisaAResponse)
#undef ENTHESIS_START

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
RegistryService::ImportCases(grpc::CallbackServerContext* context) {
  return StartImport(handlers_, rows_, *context, n_imports_, max_imports_);
}

}  // namespace enthesis::service
