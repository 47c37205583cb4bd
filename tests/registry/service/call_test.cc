// The adapter: cancellation, deadlines, admission. Its handlers here wait for
// what the test decides, so nothing depends on speed.

#include "registry/service/call.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <thread>

#include "enthesis/v1/statistics_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "tests/registry/service/test_registry.h"

namespace enthesis::service {
namespace {

using Request = v1::DescribeCohortRequest;
using Response = v1::DescribeCohortResponse;
using Handler = UnaryCall<Request, Response>::Handler;

// One method, whose handler the test gives.
class OneMethod final
    : public v1::StatisticsService::WithRawCallbackMethod_DescribeCohort<
          v1::StatisticsService::Service> {
 public:
  OneMethod(Executor& executor, Handler handler)
      : host_{&executor, [] { return absl::UnixEpoch(); }},
        handler_(std::move(handler)) {}

  grpc::ServerUnaryReactor* DescribeCohort(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override {
    return UnaryCall<Request, Response>::Start(host_, *context, *request,
                                               *response, handler_);
  }

 private:
  const CallHost host_;
  const Handler handler_;
};

class CallTest : public ::testing::Test {
 protected:
  void Serve(int threads, size_t queue, Handler handler) {
    executor_ = std::make_unique<Executor>(threads, queue);
    service_ = std::make_unique<OneMethod>(*executor_, std::move(handler));
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = v1::StatisticsService::NewStub(
        server_->InProcessChannel(grpc::ChannelArguments()));
  }

  ~CallTest() override {
    server_->Shutdown();
    server_->Wait();
    server_.reset();
    executor_.reset();
  }

  grpc::Status Call(grpc::ClientContext& context) {
    Response response;
    return stub_->DescribeCohort(&context, Request(), &response);
  }

  // Blocks a handler until its call is stopped; returns how that ended.
  static absl::StatusOr<Response> WaitUntilStopped(const class Call& call) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock<std::mutex> lock(mutex);
    stopped.wait(lock, call.stop, [] { return false; });
    return absl::CancelledError("stopped");
  }

  std::unique_ptr<Executor> executor_;
  std::unique_ptr<OneMethod> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::StatisticsService::Stub> stub_;
};

TEST_F(CallTest, CancelledCallStopsItsHandlerAndFreesTheThread) {
  std::latch started(1);
  std::atomic<int> n_calls = 0;
  Serve(
      1, 8,
      [&](const class Call& call, const Request&) -> absl::StatusOr<Response> {
        if (++n_calls > 1) return Response();
        started.count_down();
        return WaitUntilStopped(call);
      });
  grpc::ClientContext context;
  std::thread canceller([&] {
    started.wait();
    context.TryCancel();
  });
  EXPECT_EQ(Call(context).error_code(), grpc::StatusCode::CANCELLED);
  canceller.join();
  // The only thread answers the next call, so the handler has ended.
  grpc::ClientContext next;
  EXPECT_TRUE(Call(next).ok());
}

TEST_F(CallTest, DeadlineStopsTheHandler) {
  std::atomic<bool> saw_deadline = false;
  std::atomic<int> n_calls = 0;
  Serve(
      1, 8,
      [&](const class Call& call, const Request&) -> absl::StatusOr<Response> {
        if (++n_calls > 1) return Response();
        saw_deadline = call.deadline != absl::InfiniteFuture();
        return WaitUntilStopped(call);
      });
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(50));
  EXPECT_EQ(Call(context).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  grpc::ClientContext next;
  EXPECT_TRUE(Call(next).ok());
  EXPECT_TRUE(saw_deadline);
}

TEST_F(CallTest, FullExecutorRefusesAtOnce) {
  std::latch started(1), release(1);
  Serve(1, 0, [&](const class Call&, const Request&) {
    started.count_down();
    release.wait();
    return absl::StatusOr<Response>(Response());
  });
  grpc::Status first;
  std::thread caller([&] {
    grpc::ClientContext context;
    first = Call(context);
  });
  started.wait();
  grpc::ClientContext context;
  const Outcome refused = OutcomeOf(Call(context));
  EXPECT_EQ(Summary(refused), "RESOURCE_EXHAUSTED CONCURRENCY_LIMIT");
  EXPECT_TRUE(refused.has_retry);
  release.count_down();
  caller.join();
  EXPECT_TRUE(first.ok());
}

TEST_F(CallTest, AnswersTooLargeForAMessageAreErrors) {
  Serve(1, 1, [&](const class Call&, const Request&) {
    Response response;
    response.mutable_provenance()->set_estimand(
        std::string(model::kMaxMessageBytes, 'x'));
    return absl::StatusOr<Response>(response);
  });
  grpc::ClientContext context;
  EXPECT_EQ(Summary(Call(context)), "RESOURCE_EXHAUSTED ROWS_LIMIT");
}

TEST_F(CallTest, HandlersGetTheTimeOfTheHost) {
  absl::Time seen;
  std::string actor;
  Serve(1, 1, [&](const class Call& call, const Request&) {
    seen = call.now;
    actor = call.actor;
    EXPECT_EQ(call.deadline, absl::InfiniteFuture());
    EXPECT_EQ(call.MillisLeft(1234), 1234);
    return absl::StatusOr<Response>(Response());
  });
  grpc::ClientContext context;
  EXPECT_TRUE(Call(context).ok());
  EXPECT_EQ(seen, absl::UnixEpoch());
  EXPECT_EQ(actor, "local");
}

TEST(ExecutorTest, RunsInOrderAndRefusesWhenFull) {
  std::vector<int> ran;
  std::latch release(1), started(1);
  {
    Executor executor(1, 2);
    ASSERT_TRUE(executor.Post([&] {
      started.count_down();
      release.wait();
    }));
    started.wait();
    EXPECT_TRUE(executor.Post([&] { ran.push_back(1); }));
    EXPECT_TRUE(executor.Post([&] { ran.push_back(2); }));
    EXPECT_FALSE(executor.Post([&] { ran.push_back(3); }));
    release.count_down();
  }  // runs what is queued
  EXPECT_EQ(ran, (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace enthesis::service
