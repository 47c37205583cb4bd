// A whole registry in memory for tests: store, cohort, server and an in-process
// channel; the clock stands still unless moved.

#ifndef ENTHESIS_TESTS_REGISTRY_SERVICE_TEST_REGISTRY_H_
#define ENTHESIS_TESTS_REGISTRY_SERVICE_TEST_REGISTRY_H_

#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "enthesis/v1/registry_service.grpc.pb.h"
#include "enthesis/v1/statistics_service.grpc.pb.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"
#include "registry/cohort/cohort.h"
#include "registry/model/case.h"
#include "registry/service/server.h"
#include "registry/storage/store.h"
#include "stats/parallel.h"

namespace rocksdb {
class Env;
}

namespace enthesis::service {

// What a call answered: OK, or an error with its details.
struct Outcome {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string message;
  std::string reason;              // of ErrorInfo
  std::vector<std::string> paths;  // of BadRequest, in order
  std::string resource;            // of ResourceInfo
  bool has_retry = false;          // RetryInfo is there
  bool has_quota = false;          // QuotaFailure is there
  bool has_precondition = false;   // PreconditionFailure is there
};
Outcome OutcomeOf(const grpc::Status& status);
Outcome OutcomeOf(const google::rpc::Status& status);

// "INVALID_ARGUMENT FIELD_VIOLATION a, b": one line for comparisons.
std::string Summary(const Outcome& outcome);
std::string Summary(const grpc::Status& status);

// The n-th UUID of version 4; different for different n.
std::string RequestId(int n);

class TestRegistry {
 public:
  static constexpr char kSite[] = "site-01";

  explicit TestRegistry(ServerOptions options = DefaultOptions());
  ~TestRegistry();

  // No address, disclosure on.
  static ServerOptions DefaultOptions();

  // Ends the server and the cohort and opens both again on the same store.
  void Restart();

  // A request that will be accepted, with a fresh id and request id.
  v1::CreateCaseRequest NewCase();
  // A follow-up that will be accepted on any day before surgery of a case made
  // by NewCase.
  v1::FollowUp NewFollowUp(int day);

  // Makes the synthetic site `site`; a failure ends the test.
  void MakeSite(const std::string& site = kSite);
  // Stores a new case and returns it.
  v1::Case MakeCase();

  std::string NextRequestId() { return RequestId(++n_requests_); }
  storage::Store& store() { return *store_; }
  Server& server() { return *server_; }
  std::shared_ptr<grpc::Channel> channel() { return channel_; }
  v1::RegistryService::Stub& registry() { return *registry_; }
  v1::StatisticsService::Stub& statistics() { return *statistics_; }
  std::mt19937_64& random() { return random_; }

  // One call of a method with its request and response.
  template <typename Stub, typename Request, typename Response>
  static grpc::Status Call(Stub& stub,
                           grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                        const Request&,
                                                        Response*),
                           const Request& request, Response* response) {
    grpc::ClientContext context;
    return (stub.*method)(&context, request, response);
  }

 private:
  void StartServer();

  const ServerOptions options_;
  std::mt19937_64 random_{20261124};
  int n_requests_ = 1'000'000;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<cohort::Cohort> cohort_;
  stats::ThreadPool pool_{2};
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::RegistryService::Stub> registry_;
  std::unique_ptr<v1::StatisticsService::Stub> statistics_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_TESTS_REGISTRY_SERVICE_TEST_REGISTRY_H_
