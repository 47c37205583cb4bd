// Addresses, limits, health, reflection, the orderly end.

#include "registry/service/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "grpcpp/generic/generic_stub.h"
#include "tests/registry/service/test_registry.h"

namespace enthesis::service {
namespace {

using ::testing::HasSubstr;

ServerOptions OnAnyPort() {
  ServerOptions options = TestRegistry::DefaultOptions();
  options.listen = "127.0.0.1:0";
  return options;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
}

TEST(ListenAddress, LoopbackOnly) {
  for (const char* address :
       {"127.0.0.1:7443", "127.0.0.1:0", "127.255.1.2:65535", "localhost:80",
        "[::1]:7443", "unix:/tmp/enthesis.sock"}) {
    EXPECT_TRUE(CheckListenAddress(address).ok()) << address;
  }
  for (const char* address :
       {"0.0.0.0:7443", "[::]:7443", "192.168.1.5:7443", "example.org:7443",
        "127.0.0.1.example.org:80", "128.0.0.1:80", "127.0.0:80", ":7443",
        "localhost.example.org:1", "[::ffff:10.0.0.1]:1", "127.0.0.1e:5",
        "127.0.0.256:1"}) {
    const absl::Status status = CheckListenAddress(address);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << address;
    EXPECT_THAT(std::string(status.message()), HasSubstr("loopback"));
  }
  for (const char* address : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http",
                              "127.0.0.1:65536", "127.0.0.1:-1"}) {
    const absl::Status status = CheckListenAddress(address);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << address;
    EXPECT_THAT(std::string(status.message()), HasSubstr("HOST:PORT"));
  }
}

TEST(ServerTest, RefusesOtherAddressesAndWeakPolicies) {
  TestRegistry registry;
  auto cohort = cohort::Cohort::Open(registry.store());
  ASSERT_TRUE(cohort.ok());
  stats::ThreadPool pool(1);
  ServerOptions options = TestRegistry::DefaultOptions();
  options.listen = "0.0.0.0:0";
  EXPECT_TRUE(absl::IsInvalidArgument(
      Server::Start(registry.store(), **cohort, pool, options).status()));
  options = TestRegistry::DefaultOptions();
  options.policy.threshold = 2;
  EXPECT_TRUE(absl::IsInvalidArgument(
      Server::Start(registry.store(), **cohort, pool, options).status()));
}

TEST(ServerTest, TakenAddressIsRefused) {
  TestRegistry registry(OnAnyPort());
  auto cohort = cohort::Cohort::Open(registry.store());
  ASSERT_TRUE(cohort.ok());
  stats::ThreadPool pool(1);
  ServerOptions options = TestRegistry::DefaultOptions();
  options.listen = registry.server().address();
  EXPECT_TRUE(absl::IsUnavailable(
      Server::Start(registry.store(), **cohort, pool, options).status()));
}

TEST(ServerTest, ServesOnTheAddressItNames) {
  TestRegistry registry(OnAnyPort());
  EXPECT_THAT(registry.server().address(), ::testing::StartsWith("127.0.0.1:"));
  EXPECT_NE(registry.server().address(), "127.0.0.1:0");
  const auto stub =
      v1::RegistryService::NewStub(Connect(registry.server().address()));
  grpc::ClientContext context;
  v1::ListSitesResponse response;
  EXPECT_TRUE(
      stub->ListSites(&context, v1::ListSitesRequest(), &response).ok());
}

TEST(ServerTest, OversizedMessagesAreRefused) {
  TestRegistry registry(OnAnyPort());
  registry.MakeSite();
  const auto stub =
      v1::RegistryService::NewStub(Connect(registry.server().address()));
  v1::CreateCaseRequest request = registry.NewCase();
  request.set_parent(std::string(5 << 20, 'x'));
  grpc::ClientContext context;
  v1::CreateCaseResponse response;
  EXPECT_EQ(stub->CreateCase(&context, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

// A stock client with default limits still gets the error and its details.
TEST(ServerTest, ManyViolationsArriveOverTheNetwork) {
  TestRegistry registry(OnAnyPort());
  registry.MakeSite();
  const auto stub =
      v1::RegistryService::NewStub(Connect(registry.server().address()));
  v1::CreateCaseRequest request = registry.NewCase();
  for (int i = 0; i < 300; ++i) {
    request.mutable_case_()->add_follow_ups()->set_day(100'000 + i);
  }
  grpc::ClientContext context;
  v1::CreateCaseResponse response;
  const Outcome outcome =
      OutcomeOf(stub->CreateCase(&context, request, &response));
  EXPECT_EQ(outcome.code, grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(outcome.reason, "FIELD_VIOLATION");
  EXPECT_GT(outcome.paths.size(), 20u);
}

// Calls a method of a service of gRPC itself.
grpc::Status CallRaw(const std::shared_ptr<grpc::Channel>& channel,
                     const char* method, const std::string& request,
                     std::string* response) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::Slice slice(request);
  const grpc::ByteBuffer bytes(&slice, 1);
  auto call = stub.PrepareUnaryCall(&context, method, bytes, &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  grpc::Slice single;
  if (status.ok() && answer.DumpToSingleSlice(&single).ok()) {
    response->assign(reinterpret_cast<const char*>(single.begin()),
                     single.size());
  }
  return status;
}

TEST(ServerTest, HealthSaysServing) {
  TestRegistry registry(OnAnyPort());
  std::string response;
  // HealthCheckResponse{status: SERVING} is field 1, value 1.
  EXPECT_TRUE(CallRaw(Connect(registry.server().address()),
                      "/grpc.health.v1.Health/Check", "", &response)
                  .ok());
  EXPECT_EQ(response, std::string("\x08\x01"));
}

TEST(ServerTest, ReflectionListsTheServices) {
  TestRegistry registry(OnAnyPort());
  grpc::GenericStub stub(Connect(registry.server().address()));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  auto call = stub.PrepareCall(
      &context,
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  // ServerReflectionRequest{list_services: "*"} is field 7.
  const grpc::Slice slice(std::string("\x3a\x01*"));
  call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::Slice single;
  ASSERT_TRUE(answer.DumpToSingleSlice(&single).ok());
  const std::string text(reinterpret_cast<const char*>(single.begin()),
                         single.size());
  EXPECT_THAT(text, HasSubstr("enthesis.v1.RegistryService"));
  EXPECT_THAT(text, HasSubstr("enthesis.v1.StatisticsService"));
  EXPECT_THAT(text, HasSubstr("grpc.health.v1.Health"));
  context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
}

class Drain : public ::testing::Test {
 protected:
  Drain() : registry_(OnAnyPort()) {
    registry_.MakeSite();
    stub_ = v1::RegistryService::NewStub(Connect(registry_.server().address()));
    stream_ = stub_->ImportCases(&context_);
    SendRow();  // it is open
  }

  void SendRow() {
    v1::ImportCasesRequest row;
    *row.mutable_create() = registry_.NewCase();
    ASSERT_TRUE(stream_->Write(row));
    v1::ImportCasesResponse answer;
    ASSERT_TRUE(stream_->Read(&answer));
    ASSERT_EQ(answer.status().code(), 0);
  }

  // Until new calls are refused.
  void AwaitDraining() {
    grpc::Status status;
    while (status.ok()) {
      grpc::ClientContext context;
      v1::ListSitesResponse response;
      status = stub_->ListSites(&context, v1::ListSitesRequest(), &response);
    }
    // A call that came in the very moment of the end is cancelled.
    EXPECT_THAT(status.error_code(),
                ::testing::AnyOf(grpc::StatusCode::UNAVAILABLE,
                                 grpc::StatusCode::CANCELLED));
  }

  TestRegistry registry_;
  std::unique_ptr<v1::RegistryService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriter<v1::ImportCasesRequest, v1::ImportCasesResponse>>
      stream_;
};

TEST_F(Drain, LetsWhatRunsFinishAndAcceptsNothingNew) {
  std::thread drainer([this] { registry_.server().Drain(absl::Seconds(60)); });
  AwaitDraining();
  SendRow();
  stream_->WritesDone();
  v1::ImportCasesResponse answer;
  EXPECT_FALSE(stream_->Read(&answer));
  EXPECT_TRUE(stream_->Finish().ok());
  drainer.join();
}

TEST_F(Drain, CancelsWhatIsLeftAfterItsTime) {
  registry_.server().Drain(absl::Milliseconds(20));
  v1::ImportCasesResponse answer;
  EXPECT_FALSE(stream_->Read(&answer));
  EXPECT_FALSE(stream_->Finish().ok());
}

}  // namespace
}  // namespace enthesis::service
