// Kaplan-Meier with log-rank over many cases, end to end through gRPC: the
// latency a reporting tool sees.
//
//   survival_bench PATH_OF_ENTHESISD [CASES] [QUESTIONS]

#include <grpcpp/grpcpp.h>
#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "enthesis/v1/statistics_service.grpc.pb.h"
#include "registry/model/id.h"
#include "registry/storage/records.h"
#include "registry/storage/rocks_store.h"
#include "tests/bench/server_process.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSites = 12;

double Millis(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start)
      .count();
}

void Check(const absl::Status& status) {
  if (status.ok()) return;
  fprintf(stderr, "benchmark: %s\n", status.ToString().c_str());
  exit(1);
}

// Writes the cases straight into a store, many a commit.
void Fill(const std::string& folder, int cases) {
  storage::RocksStoreOptions options;
  options.folder = folder;
  auto store = storage::OpenRocksStore(options);
  Check(store.status());
  storage::Batch sites;
  for (int s = 0; s < kSites; ++s) {
    const model::Site site{absl::StrFormat("site-%02d", s), true};
    sites.puts.push_back(
        {storage::SiteKey(site.id), storage::EncodeSite(site)});
  }
  Check((*store)->Commit(std::move(sites)).status());
  std::mt19937_64 random(1);
  for (int done = 0; done < cases;) {
    storage::Batch batch;
    for (int i = 0; i < 1000 && done < cases; ++i, ++done) {
      model::Case record = tests::RandomCase(random);
      record.site = absl::StrFormat("site-%02d", done % kSites);
      record.id = {random(), random()};
      record.patient = {random(), random()};
      record.synthetic = true;
      batch.puts.push_back({storage::CaseKey(record.site, record.id),
                            storage::EncodeCase(record)});
    }
    Check((*store)->Commit(std::move(batch)).status());
  }
}

struct Latency {
  double p50, p95, worst;
};

Latency Ask(v1::StatisticsService::Stub& stub, v1::Dimension group_by,
            int questions) {
  std::vector<double> millis;
  for (int i = 0; i < questions + 3; ++i) {
    v1::EstimateSurvivalRequest request;
    request.set_endpoint(v1::ENDPOINT_REOPERATION);
    request.mutable_options()->set_group_by(group_by);
    v1::EstimateSurvivalResponse response;
    grpc::ClientContext context;
    const auto start = Clock::now();
    const grpc::Status status =
        stub.EstimateSurvival(&context, request, &response);
    if (!status.ok()) {
      fprintf(stderr, "benchmark: %s\n", status.error_message().c_str());
      exit(1);
    }
    if (i >= 3) millis.push_back(Millis(start));  // after warming up
  }
  std::sort(millis.begin(), millis.end());
  return {millis[millis.size() / 2], millis[millis.size() * 95 / 100],
          millis.back()};
}

int Run(const std::string& enthesisd, int cases, int questions) {
  const std::string folder = TemporaryFolder();
  auto start = Clock::now();
  Fill(folder, cases);
  printf("%d cases written in %.1f s\n", cases, Millis(start) / 1000);
  {
    start = Clock::now();
    ServerProcess server(
        {enthesisd, "--listen=127.0.0.1:0", "--data=" + folder});
    printf("server ready after %.1f s\n", Millis(start) / 1000);
    const auto stub = v1::StatisticsService::NewStub(grpc::CreateChannel(
        server.address(), grpc::InsecureChannelCredentials()));
    for (const auto& [name, dimension] :
         {std::pair{"pooled", v1::DIMENSION_UNSPECIFIED},
          std::pair{"by procedure, log-rank", v1::DIMENSION_PRIMARY_PROCEDURE},
          std::pair{"by site, log-rank", v1::DIMENSION_SITE}}) {
      const Latency latency = Ask(*stub, dimension, questions);
      printf("%-24s p50 %7.2f ms   p95 %7.2f ms   worst %7.2f ms\n", name,
             latency.p50, latency.p95, latency.worst);
    }
  }
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace enthesis::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: survival_bench ENTHESISD [CASES] [QUESTIONS]\n");
    return 2;
  }
  return enthesis::bench::Run(argv[1], argc > 2 ? atoi(argv[2]) : 1'000'000,
                              argc > 3 ? atoi(argv[3]) : 200);
}
