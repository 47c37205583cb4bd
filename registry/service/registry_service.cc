#include "registry/service/registry_service.h"

#include "registry/service/import_stream.h"

namespace enthesis::service {

// Starts handler `method` of RegistryHandlers for one call.
#define ENTHESIS_START(host, method, Request, Response)                      \
  grpc::ServerUnaryReactor* RegistryService::method(                         \
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request, \
      grpc::ByteBuffer* response) {                                          \
    return UnaryCall<v1::Request, v1::Response>::Start(                      \
        host, *context, *request, *response,                                 \
        [this](const Call& call, const v1::Request& asked) {                 \
          return handlers_.method(call, asked);                              \
        });                                                                  \
  }

ENTHESIS_START(calls_, CreateSite, CreateSiteRequest, Site)
ENTHESIS_START(calls_, ListSites, ListSitesRequest, ListSitesResponse)
ENTHESIS_START(calls_, CreateCase, CreateCaseRequest, CreateCaseResponse)
ENTHESIS_START(calls_, GetCase, GetCaseRequest, GetCaseResponse)
ENTHESIS_START(calls_, ListCases, ListCasesRequest, ListCasesResponse)
ENTHESIS_START(calls_, UpdateCase, UpdateCaseRequest, UpdateCaseResponse)
ENTHESIS_START(calls_, AddFollowUp, AddFollowUpRequest, AddFollowUpResponse)
ENTHESIS_START(calls_, WithdrawCase, WithdrawCaseRequest, WithdrawCaseResponse)
ENTHESIS_START(calls_, ListCaseRevisions, ListCaseRevisionsRequest,
               ListCaseRevisionsResponse)
ENTHESIS_START(calls_, ScoreVisaA, ScoreVisaARequest, ScoreVisaAResponse)
ENTHESIS_START(batches_, BatchImportCases, BatchImportCasesRequest,
               BatchImportCasesResponse)
#undef ENTHESIS_START

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
RegistryService::ImportCases(grpc::CallbackServerContext* context) {
  return StartImport(handlers_, rows_, *context, n_imports_, max_imports_);
}

}  // namespace enthesis::service
