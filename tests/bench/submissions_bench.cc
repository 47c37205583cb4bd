// Durable submissions a second at 1, 8 and 64 concurrent callers, beside an
// empty gRPC echo and RocksDB's own synced group commit, in one run.
//
//   submissions_bench PATH_OF_ENTHESISD [SECONDS_PER_ROW]
//
// Server and callers share the machine, as the echo and its callers do. So
// both send bytes that were made before the clock starts: what a caller spends
// on a case of its own is no part of the comparison.

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <rocksdb/db.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "enthesis/v1/registry_service.grpc.pb.h"
#include "registry/model/id.h"
#include "registry/wire/case_wire.h"
#include "tests/bench/server_process.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Requests made beforehand: more than two cores can answer.
constexpr double kMostPerSecond = 25'000;

struct Rate {
  double per_second = 0;
  double p50_micros = 0;
  double p99_micros = 0;
};

// Calls `work(caller)` from `callers` threads until the time is up.
Rate Measure(int callers, double seconds,
             const std::function<bool(int caller)>& work) {
  std::atomic<bool> stop = false;
  std::vector<std::vector<double>> micros(static_cast<size_t>(callers));
  std::vector<std::thread> threads;
  const auto start = Clock::now();
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      auto& mine = micros[static_cast<size_t>(caller)];
      while (!stop) {
        const auto before = Clock::now();
        if (!work(caller)) {
          fprintf(stderr, "benchmark: a call failed\n");
          exit(1);
        }
        mine.push_back(
            std::chrono::duration<double, std::micro>(Clock::now() - before)
                .count());
        if (std::chrono::duration<double>(Clock::now() - start).count() >
            seconds) {
          stop = true;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double elapsed =
      std::chrono::duration<double>(Clock::now() - start).count();
  std::vector<double> all;
  for (const auto& mine : micros)
    all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  const auto at = [&](double p) {
    return all[static_cast<size_t>(p * static_cast<double>(all.size() - 1))];
  };
  return {static_cast<double>(all.size()) / elapsed, at(0.5), at(0.99)};
}

// The echo: whatever comes goes back, without a message type.
class Echo final : public grpc::CallbackGenericService {
  class Reactor final : public grpc::ServerGenericBidiReactor {
   public:
    Reactor() { StartRead(&bytes_); }
    void OnReadDone(bool ok) override {
      if (!ok) {
        Finish(grpc::Status::OK);
        return;
      }
      StartWriteAndFinish(&bytes_, {}, grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    grpc::ByteBuffer bytes_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext*) override {
    return new Reactor;
  }
};

int ServeEcho() {
  Echo service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterCallbackGenericService(&service);
  const auto server = builder.BuildAndStart();
  printf("echo listening on 127.0.0.1:%d\n", port);
  fflush(stdout);
  server->Wait();
  return 0;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address, int caller) {
  // A channel for every 8 callers, as separate clients would have.
  grpc::ChannelArguments arguments;
  arguments.SetInt("enthesis.caller", caller / 8);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                   arguments);
}

std::string RequestId() {
  std::string bytes = model::IdToBytes(model::NewId());
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    char hex[3];
    snprintf(hex, sizeof(hex), "%02x", static_cast<unsigned char>(bytes[i]));
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text += hex;
  }
  return text;
}

using Stub = std::unique_ptr<grpc::GenericStub>;

std::vector<Stub> Stubs(const std::string& address, int callers) {
  std::vector<Stub> stubs;
  for (int caller = 0; caller < callers; ++caller) {
    stubs.push_back(
        std::make_unique<grpc::GenericStub>(Connect(address, caller)));
  }
  return stubs;
}

// One call; whether it succeeded.
bool Send(grpc::GenericStub& stub, const char* method,
          const grpc::Slice& bytes) {
  grpc::ClientContext context;
  grpc::ByteBuffer request(&bytes, 1), response;
  std::promise<bool> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response,
                 [&](const grpc::Status& status) {
                   if (!status.ok()) {
                     fprintf(stderr, "%s\n", status.error_message().c_str());
                   }
                   done.set_value(status.ok());
                 });
  return done.get_future().get();
}

Rate MeasureEcho(const std::string& address, int callers, double seconds,
                 const std::string& payload) {
  const auto stubs = Stubs(address, callers);
  const grpc::Slice slice(payload);
  return Measure(callers, seconds, [&](int caller) {
    return Send(*stubs[static_cast<size_t>(caller)], "/echo/Echo", slice);
  });
}

// Requests that nobody sent yet, as bytes.
std::vector<grpc::Slice> MakeRequests(size_t n) {
  static std::mt19937_64 random(1);
  std::vector<grpc::Slice> requests;
  requests.reserve(n);
  for (size_t i = 0; i < n; ++i) {
    model::Case record = tests::RandomCase(random);
    record.site = "bench-site";
    record.id = model::NewId();
    record.patient = model::NewId();
    record.synthetic = true;
    v1::CreateCaseRequest request;
    request.set_parent("sites/bench-site");
    request.set_case_id(model::FormatId(record.id));
    request.set_request_id(RequestId());
    *request.mutable_case_() = wire::ToWire(record);
    requests.emplace_back(request.SerializeAsString());
  }
  return requests;
}

Rate MeasureCases(const std::string& address, int callers, double seconds) {
  const auto stubs = Stubs(address, callers);
  const std::vector<grpc::Slice> requests = MakeRequests(
      static_cast<size_t>(seconds * (callers == 1 ? 10'000 : kMostPerSecond)));
  std::atomic<size_t> next = 0;
  return Measure(callers, seconds, [&](int caller) {
    const size_t taken = next++;
    if (taken >= requests.size()) {
      fprintf(stderr, "faster than the requests made beforehand\n");
      return false;
    }
    return Send(*stubs[static_cast<size_t>(caller)],
                "/enthesis.v1.RegistryService/CreateCase", requests[taken]);
  });
}

Rate MeasureRocks(int callers, double seconds, const std::string& payload) {
  const std::string folder = TemporaryFolder();
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, folder, &opened).ok()) exit(1);
  std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions write;
  write.sync = true;
  std::atomic<uint64_t> next = 0;
  const Rate rate = Measure(callers, seconds, [&](int) {
    char key[24];
    snprintf(key, sizeof(key), "%020llu",
             static_cast<unsigned long long>(++next));
    return db->Put(write, key, payload).ok();
  });
  db.reset();
  std::filesystem::remove_all(folder);
  return rate;
}

void CreateBenchSite(const std::string& address) {
  const auto stub = v1::RegistryService::NewStub(Connect(address, 0));
  v1::CreateSiteRequest request;
  request.set_site_id("bench-site");
  request.mutable_site()->set_synthetic(true);
  request.set_request_id(RequestId());
  v1::Site response;
  grpc::ClientContext context;
  const grpc::Status status = stub->CreateSite(&context, request, &response);
  if (!status.ok()) {
    fprintf(stderr, "%s\n", status.error_message().c_str());
    exit(1);
  }
}

int Run(const std::string& self, const std::string& enthesisd, double seconds) {
  const std::string folder = TemporaryFolder();
  {
    ServerProcess echo({self, "--echo"});
    ServerProcess server(
        {enthesisd, "--listen=127.0.0.1:0", "--data=" + folder});
    CreateBenchSite(server.address());
    const std::string payload(600, 'x');
    printf("%8s %14s %14s %14s %10s %22s\n", "callers", "submissions/s",
           "echo/s", "rocksdb/s", "of echo", "submission p50/p99 us");
    for (const int callers : {1, 8, 64}) {
      const Rate empty = MeasureEcho(echo.address(), callers, seconds, payload);
      const Rate cases = MeasureCases(server.address(), callers, seconds);
      const Rate rocks = MeasureRocks(callers, seconds, payload);
      printf("%8d %14.0f %14.0f %14.0f %9.0f%% %12.0f /%8.0f\n", callers,
             cases.per_second, empty.per_second, rocks.per_second,
             100 * cases.per_second / empty.per_second, cases.p50_micros,
             cases.p99_micros);
      fflush(stdout);
    }
  }
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace enthesis::bench

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--echo") == 0) {
    return enthesis::bench::ServeEcho();
  }
  if (argc < 2) {
    fprintf(stderr, "usage: submissions_bench ENTHESISD [SECONDS]\n");
    return 2;
  }
  return enthesis::bench::Run(argv[0], argv[1],
                              argc > 2 ? strtod(argv[2], nullptr) : 5);
}
